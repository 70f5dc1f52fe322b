//! The types of problems that are not refusals of the domain.

use serde_json::{Value, json};

use crate::http::problem::TYPES;

/// A type of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its code: the last part of its type.
    pub code: &'static str,
    /// The status it comes with.
    pub status: u16,
    /// What it means.
    pub meaning: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// A type of problem.
#[must_use]
pub const fn known(
    code: &'static str,
    status: u16,
    meaning: &'static str,
    remedy: &'static str,
) -> Known {
    Known {
        code,
        status,
        meaning,
        remedy,
    }
}

impl Known {
    /// The status in words.
    #[must_use]
    pub fn title(&self) -> &'static str {
        let status = axum::http::StatusCode::from_u16(self.status).ok();
        let words = status.and_then(|status| status.canonical_reason());
        words.unwrap_or("Problem")
    }

    /// What an answer with it looks like.
    #[must_use]
    pub fn example(&self) -> Value {
        json!({
            "type": format!("{TYPES}{}", self.code),
            "title": self.title(),
            "status": self.status,
            "code": self.code,
            "detail": "what is wrong with this request, in a sentence",
            "hint": "what to do about it",
        })
    }

    /// Everything about it, for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "type": format!("{TYPES}{}", self.code),
            "code": self.code,
            "status": self.status,
            "title": self.title(),
            "meaning": self.meaning,
            "remedy": self.remedy,
            "example": self.example(),
        })
    }
}

/// Of requests, whatever they ask.
pub const OF_REQUESTS: &[Known] = &[
    known(
        "malformed",
        400,
        "Something in the request is not well formed: `field` says what, `detail` what was expected.",
        "Change it and send the request again. Names that a route does not know are refused as well, so that a slip of the \
         pen is not silently ignored.",
    ),
    known(
        "no_such_path",
        404,
        "There is nothing at this path.",
        "The page /docs lists every route.",
    ),
    known(
        "no_such_method",
        405,
        "The path exists and does not take this method.",
        "The header `Allow` says what it takes; so does /docs.",
    ),
    known(
        "body_too_slow",
        408,
        "The body did not arrive in time.",
        "Nothing was recorded. Send it again, over a better connection or in smaller pieces.",
    ),
    known(
        "body_too_long",
        413,
        "The body is longer than the service takes: 1 MiB for commands, for files what the service was set to.",
        "Send several batches, or a smaller file.",
    ),
    known(
        "media_type",
        415,
        "The body is of a type that this path does not take.",
        "Send JSON with `Content-Type: application/json`, or what /docs says of the route.",
    ),
    known(
        "uri_too_long",
        414,
        "The address with what stands behind the question mark is too long.",
        "Ask for less at a time.",
    ),
];

/// Of who may do what, and how much.
pub const OF_ACCESS: &[Known] = &[
    known(
        "token",
        401,
        "No token was sent, or one that is not valid here: unknown, run out or revoked. Which of these it is, is not told.",
        "Send a valid one as `Authorization: Bearer …`. Whoever administers the service makes them with `dealtrail token \
         add`; they are valid for 90 days at most.",
    ),
    known(
        "forbidden",
        403,
        "The token is valid, and its role may not do this, or it was narrowed to less than its role.",
        "Ask for a token of another role. /docs says of each route which roles may call it.",
    ),
    known(
        "too_many_requests",
        429,
        "Requests with this token, or from this address, come too fast, or too many of them are under way.",
        "Wait as long as `Retry-After` says. Several events in one batch cost as much as one request.",
    ),
    known(
        "tokens_unreadable",
        503,
        "The service cannot read which tokens are valid. It lets nobody in rather than somebody it should not.",
        "Whoever runs the service finds the reason in its log; it goes on by itself once the list can be read.",
    ),
    known(
        "access_log",
        503,
        "The access log cannot be written. What could not be looked up later is not answered.",
        "Whoever runs the service frees space on the ledger's disk, or mends it; it goes on by itself, or after a new start \
         where a sync failed.",
    ),
];

/// Of reading.
pub const OF_READING: &[Known] = &[
    known(
        "no_such_moment",
        400,
        "`known_at` is no day, no moment and no position.",
        "Write a day such as 2025-04-26, a moment such as 2025-04-26T10:00:00Z, or a position.",
    ),
    known(
        "no_such_filter",
        400,
        "A word in the question is none of those that are there.",
        "`detail` tells all that are; change the word or leave it out.",
    ),
    known(
        "no_such_cursor",
        400,
        "The cursor is not one that a page before gave, or it belongs to another question.",
        "Take it from `next` of the page before, with the same question; leave it out for the first page.",
    ),
    known(
        "no_such_format",
        400,
        "`format` names no format of reports.",
        "`detail` tells all that are there.",
    ),
    known(
        "beyond_head",
        404,
        "The position lies beyond the last event.",
        "GET /v1/ledger tells how many events there are.",
    ),
    known(
        "no_such_entry",
        404,
        "No event has this position yet.",
        "Wait until it is recorded, or ask for an earlier one.",
    ),
    known(
        "not_signed",
        404,
        "The event was recorded after the newest checkpoint: nothing signed covers it yet.",
        "Ask again after the next checkpoint.",
    ),
    known(
        "not_published",
        404,
        "No published file has this path.",
        "A checkpoint publishes what was recorded up to it; of a partial tile ask for the full one.",
    ),
    known(
        "not_known",
        404,
        "The thing is registered, and was not yet as of the moment asked about.",
        "Ask as known at a later moment, or leave `known_at` out.",
    ),
    known(
        "unknown_command",
        404,
        "No command of this sender with this id recorded anything.",
        "Send the command: the same id gives the first answer again.",
    ),
    known(
        "evidence_gone",
        404,
        "The file behind this commitment is not kept here.",
        "Ask whoever has the file itself; the commitment proves it once it is found.",
    ),
    known(
        "no_evidence_store",
        404,
        "This ledger has no place for files.",
        "Record the fact without a file.",
    ),
    known(
        "not_acceptable",
        406,
        "A report is written in none of the media types in `Accept`.",
        "Send another `Accept`, or name a `format`.",
    ),
    known(
        "too_many_questions",
        503,
        "Too many questions about the past are being computed.",
        "Ask again after `Retry-After`; what was computed once is answered at once.",
    ),
    known(
        "not_found",
        404,
        "No thing has this reference.",
        "`near` tells references that may have been meant; GET /v1/agreements lists what is registered.",
    ),
    known(
        "other_kind",
        404,
        "The reference belongs to a thing of another kind.",
        "Ask below the path of its own kind.",
    ),
    known(
        "not_ready",
        503,
        "The read models do not yet follow as far as was asked for, or have stopped.",
        "Try again in a moment. Where it lasts, /health/ready says why.",
    ),
];

/// Of recording.
pub const OF_RECORDING: &[Known] = &[
    known(
        "reserved_kind",
        422,
        "The kind is one that the program alone records, of what it did itself.",
        "Leave it out: what clients record are facts of agreements and the things around them.",
    ),
    known(
        "command_id_reused",
        409,
        "The `Idempotency-Key` was used before for another request.",
        "Choose a new key for a new request; send exactly the same again only to be sure of its answer.",
    ),
    known(
        "event_too_long",
        413,
        "One event is longer than the ledger stores.",
        "Shorten its texts, or attach a file as evidence.",
    ),
    known(
        "batch_too_large",
        413,
        "The events together are larger than one batch may be.",
        "Send several batches.",
    ),
    known(
        "evidence_too_large",
        413,
        "The file is larger than this service keeps.",
        "Attach an extract of it.",
    ),
    known(
        "not_storable",
        422,
        "A value cannot be written in the one form in which events are stored, a number with a fraction for one.",
        "Change the field that `detail` names.",
    ),
    known(
        "busy",
        503,
        "Too many requests are waiting to be recorded. Nothing of this one was.",
        "Try again after `Retry-After` with the same Idempotency-Key.",
    ),
    known(
        "clock",
        503,
        "The clock of the machine cannot be trusted: it stands before the last event, or it jumped.",
        "Whoever runs the service sets the clock right; recording goes on by itself.",
    ),
    known(
        "unreadable",
        503,
        "The ledger could not be read while this was decided.",
        "Whoever runs the service finds the damage with `dealtrail doctor`.",
    ),
    known(
        "not_taken",
        503,
        "The store did not take what was to be recorded, and wrote nothing.",
        "Please report this with the program's log.",
    ),
    known(
        "read_only",
        503,
        "The service has the ledger open for reading only.",
        "Record where it is open for recording.",
    ),
    known(
        "stopped",
        503,
        "The service has stopped recording after its disk failed. Reading goes on.",
        "Whoever runs the service mends the disk and starts it again; it checks the ledger first.",
    ),
    known(
        "outcome_unknown",
        503,
        "The disk failed in the middle: only the next start tells whether this was recorded.",
        "Send the same again with the same Idempotency-Key after the next start: it is never recorded twice.",
    ),
    known(
        "no_space",
        507,
        "The disk of the ledger is full. Reading goes on.",
        "Whoever runs the service frees space; recording goes on by itself.",
    ),
];

/// Of the service itself.
pub const OF_SERVICE: &[Known] = &[
    known(
        "starting",
        503,
        "The service is starting: its ledger is being opened.",
        "Try again in a moment; /health/ready tells when it is ready.",
    ),
    known(
        "internal",
        500,
        "The service failed, by no fault of whoever asks. What was acknowledged is safe.",
        "The service's log says what happened, under the request's id. Send what was to be recorded again with the same \
         Idempotency-Key.",
    ),
    known(
        "overloaded",
        503,
        "The service has as much under way as it can take. Nothing was read of the request.",
        "Try again after `Retry-After`.",
    ),
    known(
        "too_slow",
        503,
        "Answering took longer than the service allows.",
        "Ask for less, or try again. Of a request to record it is not known whether it was recorded: send the same again with \
         the same Idempotency-Key.",
    ),
];

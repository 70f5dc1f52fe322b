//! Recording: events, registrations, and batches of both.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde_json::{Map, Value};

use super::ask::{self, Named};
use super::endpoint::Endpoint;
use super::problem::Problem;
use super::state::Api;
use crate::deal::command::Command;
use crate::deal::value::ids::{CommandId, Ref, StreamId, StreamKind};
use crate::deal::value::source::Source;
use crate::deal::value::when::When;
use crate::service::access::Caller;
use crate::service::access::role::Action;
use crate::service::answer::{Answer, CommandError, RecordedEvent};
use crate::service::find::FindError;
use crate::service::intake::answered::Answered;
use crate::service::intake::error::IntakeError;
use crate::service::intake::resolve::{ResolveError, Resolved};
use crate::service::intake::sent::Sent;

/// From how many bytes on a body is read on a thread that may take its time.
const LONG_BODY: usize = 64 << 10;
/// The header that makes two sendings one command.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    let batch = Endpoint::post(Action::Record, "/v1/batches", batch)
        .called(
            "recordBatch",
            "Records several events of several things, all or nothing",
        )
        .taking::<BatchBody>();
    let things = [
        (
            StreamKind::Agreement,
            "/v1/agreements",
            "/v1/agreements/{ref}/events",
        ),
        (
            StreamKind::Package,
            "/v1/packages",
            "/v1/packages/{ref}/events",
        ),
        (
            StreamKind::Occasion,
            "/v1/occasions",
            "/v1/occasions/{ref}/events",
        ),
        (
            StreamKind::Organization,
            "/v1/organizations",
            "/v1/organizations/{ref}/events",
        ),
    ];
    let of_things = things.into_iter().flat_map(|(kind, all, events)| {
        let (register, record) = names(kind);
        let registers =
            async move |State(api): State<Api>, caller: Caller, headers: HeaderMap, body: Body| {
                let read = move |body: &[u8]| Sent::registration(body, kind);
                let place = Place::Thing(kind);
                record_sent(&api, &caller, &headers, body, (place, read)).await
            };
        let records = async move |State(api): State<Api>,
                                  Named(thing): Named<String>,
                                  caller: Caller,
                                  headers: HeaderMap,
                                  body: Body| {
            let read = move |body: &[u8]| Sent::event(body, &thing, kind);
            record_sent(&api, &caller, &headers, body, (Place::Event, read)).await
        };
        [
            Endpoint::post(Action::Record, all, registers)
                .called(register.0, register.1)
                .taking::<RegistrationBody>(),
            Endpoint::post(Action::Record, events, records)
                .called(record.0, record.1)
                .taking::<EventBody>(),
        ]
    });
    std::iter::once(batch)
        .chain(of_things)
        .map(|endpoint| {
            endpoint
                .giving::<Answered>(StatusCode::CREATED)
                .giving::<Answered>(StatusCode::OK)
        })
        .collect()
}

type Called = (&'static str, &'static str);

fn names(kind: StreamKind) -> (Called, Called) {
    match kind {
        StreamKind::Package => (
            ("registerPackage", "Registers a package"),
            ("recordOfPackage", "Records an event of a package"),
        ),
        StreamKind::Occasion => (
            ("registerOccasion", "Registers an occasion"),
            ("recordOfOccasion", "Records an event of an occasion"),
        ),
        StreamKind::Organization => (
            ("registerOrganization", "Registers an organisation"),
            (
                "recordOfOrganization",
                "Records an event of an organisation",
            ),
        ),
        StreamKind::Agreement | StreamKind::Ledger => (
            ("registerAgreement", "Registers an agreement"),
            ("recordOfAgreement", "Records an event of an agreement"),
        ),
    }
}

/// Several events, recorded all or not at all.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BatchBody {
    /// The events, in the order in which they are decided.
    #[schemars(length(min = 1, max = 1_000))]
    pub events: Vec<ItemBody>,
}

/// One event of a batch.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ItemBody {
    /// The thing it is about, by its reference, which an earlier event of the batch may have registered.
    #[schemars(rename = "ref")]
    pub reference: Option<String>,
    /// The thing it is about, by its stream; of a registration the new one, drawn when it is left out.
    pub stream: Option<StreamId>,
    /// What happened: an event kind, or `fact_moved`.
    pub kind: String,
    /// When it happened; the day of recording where the kind takes no day.
    pub on: Option<When>,
    /// What it says, as its kind has it.
    pub data: Option<Map<String, Value>>,
    /// Where it comes from.
    pub sources: Option<Vec<Source>>,
}

/// An event of the thing that the path names.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct EventBody {
    /// What happened: an event kind, or `fact_moved`.
    pub kind: String,
    /// When it happened; the day of recording where the kind takes no day.
    pub on: Option<When>,
    /// What it says, as its kind has it.
    pub data: Option<Map<String, Value>>,
    /// Where it comes from.
    pub sources: Option<Vec<Source>>,
}

/// The registration of a thing.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RegistrationBody {
    /// The kind of its registration; it may be left out.
    pub kind: Option<String>,
    /// Its stream; drawn when it is left out.
    pub stream: Option<StreamId>,
    /// When it was, of an occasion.
    pub on: Option<When>,
    /// What it is and is called, with its reference as `ref`.
    pub data: Map<String, Value>,
    /// Where that comes from.
    pub sources: Option<Vec<Source>>,
}

/// What an answer's `Location` names.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// The thing that was registered.
    Thing(StreamKind),
    /// The event.
    Event,
    /// All events.
    Batch,
}

async fn batch(
    State(api): State<Api>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    record_sent(&api, &caller, &headers, body, (Place::Batch, Sent::batch)).await
}

async fn record_sent(
    api: &Api,
    caller: &Caller,
    headers: &HeaderMap,
    body: Body,
    (place, read): (
        Place,
        impl FnOnce(&[u8]) -> Result<Sent, IntakeError> + Send + 'static,
    ),
) -> Result<Response, Problem> {
    json_only(headers)?;
    let id = command_id(api, headers)?;
    let wanted = expected(headers)?;
    let body = whole(body).await?;
    let sent = match body.len() {
        short if short < LONG_BODY => read(&body)?,
        _ => api.blocking(move |_| Ok(read(&body)?)).await?,
    };
    if sent.confirms() && !caller.may(Action::Confirm) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "the role of this token may not confirm facts",
            "ask a reviewer to confirm it",
        ));
    }
    let resolved = match sent.at_once(api.ledger()) {
        Some(resolved) => resolved,
        None => {
            api.blocking(move |ledger| Ok(sent.resolve(ledger)?))
                .await?
        }
    };
    let command = Command {
        id,
        actor: caller.actor.clone(),
        expected: match wanted {
            None => None,
            Some(version) => Some((one_stream(&resolved)?, version)),
        },
        intents: resolved.intents.clone(),
    };
    let pending = api.ledger().submit_drawn(command, &resolved.drawn)?;
    match pending.answer().await {
        Ok(answer) => {
            // The line of a request in the log names what it recorded; without such lines nobody would read it.
            if api.operations().logs_requests() {
                let events = tracing::field::debug(answer.first_ids());
                tracing::Span::current().record("events", events);
            }
            api.ledger().remember(registered(&resolved, &answer));
            Ok(told(&resolved, answer, place))
        }
        Err(error) => Ok(refused(error, place)),
    }
}

/// The things that a command has registered just now, by their references.
fn registered<'a>(
    resolved: &'a Resolved,
    answer: &'a Answer,
) -> impl Iterator<Item = (&'a Ref, StreamId)> {
    // Nothing but its registration is the first event of a thing.
    let first = |event: &&RecordedEvent| event.version == 0 && !answer.replayed;
    let first = answer.events.iter().filter(first);
    first.filter_map(|event| Some((resolved.refs.get(&event.stream)?, event.stream)))
}

/// A refusal; of a stale version with the tag to decide on next.
fn refused(error: CommandError, place: Place) -> Response {
    let mut problem = Problem::from(error);
    // The rules know a field by its name; whoever sent it knows it by its path.
    let event = problem.members.get("event").and_then(Value::as_u64);
    let item = match (place, event) {
        (Place::Batch, Some(event)) => format!("events[{event}]."),
        _ => String::new(),
    };
    if let Some(Value::String(field)) = problem.members.get_mut("field") {
        *field = match field.as_str() {
            "on" | "sources" | "stream" | "kind" => format!("{item}{field}"),
            _ => format!("{item}data.{field}"),
        };
    }
    let current = problem.members.get("current").and_then(Value::as_u64);
    let mut response = problem.into_response();
    if let Some(etag) = current.and_then(etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

fn one_stream(resolved: &Resolved) -> Result<StreamId, Problem> {
    match resolved.streams.as_slice() {
        [stream] => Ok(*stream),
        _ => Err(Problem::malformed(
            header::IF_MATCH.as_str(),
            "it speaks of the version of one thing, and this command is about several",
        )),
    }
}

fn told(resolved: &Resolved, answer: Answer, place: Place) -> Response {
    let status = match answer.replayed || answer.count == 0 {
        true => StatusCode::OK,
        false => StatusCode::CREATED,
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let (name, position) = ask::at(answer.position);
    headers.insert(name, position);
    let last = answer.events.last();
    let of_one = last.filter(|last| answer.events.iter().all(|one| one.stream == last.stream));
    let etag = of_one.and_then(|last| etag(last.version.saturating_add(1)));
    if let Some(etag) = etag {
        headers.insert(header::ETAG, etag);
    }
    let first = answer.events.first().map(|event| (event.seq, event.stream));
    let answered = Answered::new(resolved, answer);
    let place = first.map(|(seq, _)| match (place, answered.reference()) {
        (Place::Thing(kind), Some(reference)) => format!("/v1/{kind}s/{reference}"),
        (Place::Batch, _) => {
            let count = answered.count();
            format!("/v1/ledger/events?from={seq}&limit={count}")
        }
        (Place::Event | Place::Thing(_), _) => format!("/v1/ledger/events/{seq}"),
    });
    if let Some(place) = place.and_then(|place| HeaderValue::from_str(&place).ok()) {
        headers.insert(header::LOCATION, place);
    }
    (status, headers, axum::Json(answered)).into_response()
}

/// The entity tag of a thing at a version (RFC 9110 section 8.8.3).
#[must_use]
pub fn etag(version: u64) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("\"{version}\"")).ok()
}

/// The version that a thing must have, by `If-Match` (RFC 9110 section 13.1.1).
fn expected(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let mut all = headers.get_all(header::IF_MATCH).iter();
    let (Some(first), more) = (all.next(), all.next()) else {
        return Ok(None);
    };
    let typed = first.to_str().unwrap_or_default().trim();
    // Whatever is recorded of a thing needs the thing: that it exists at all is asked for in any case.
    if typed == "*" && more.is_none() {
        return Ok(None);
    }
    let version = typed
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let version = version.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    match version.and_then(|digits| digits.parse().ok()) {
        Some(version) if more.is_none() => Ok(Some(version)),
        _ => Err(Problem::malformed(
            header::IF_MATCH.as_str(),
            "one version is taken, as an ETag gives it, such as \"12\"",
        )),
    }
}

/// The id of a command: as sent, else a fresh one.
///
/// # Errors
/// When what was sent is no id.
pub fn command_id(api: &Api, headers: &HeaderMap) -> Result<CommandId, Problem> {
    let mut all = headers.get_all(IDEMPOTENCY_KEY).iter();
    let (Some(first), more) = (all.next(), all.next()) else {
        return Ok(api.ledger().new_command_id());
    };
    let malformed = |sentence: String| Problem::malformed(IDEMPOTENCY_KEY.as_str(), sentence);
    if more.is_some() {
        return Err(malformed("it is given twice".to_owned()));
    }
    let typed = first.to_str().unwrap_or_default().trim();
    // A structured field has quotes, and most senders leave them out.
    let bare = typed
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let id = bare.unwrap_or(typed).parse::<CommandId>();
    id.map_err(|error| malformed(error.to_string()))
}

fn json_only(headers: &HeaderMap) -> Result<(), Problem> {
    let media = headers.get(header::CONTENT_TYPE);
    let media = media
        .and_then(|media| media.to_str().ok())
        .unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    match media.eq_ignore_ascii_case("application/json") {
        true => Ok(()),
        false => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media_type",
            "this path takes JSON",
            "send it with `Content-Type: application/json`",
        )),
    }
}

/// The whole body. The gate keeps it to its length and time, and answers for it.
async fn whole(body: Body) -> Result<Bytes, Problem> {
    let read = axum::body::to_bytes(body, usize::MAX).await;
    read.map_err(|_| Problem::malformed("body", "it broke off before its end"))
}

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
        match error {
            IntakeError::Malformed { path, sentence } => Self::malformed(&path, sentence),
            IntakeError::UnknownKind { path, sentence } => Self::new(
                unprocessable,
                "unknown_kind",
                format!("{path}: {sentence}"),
                "the kinds of events are listed in the documentation of the ledger's events",
            )
            .with("field", path),
            error @ IntakeError::Reserved { .. } => {
                let sentence = error.to_string();
                let IntakeError::Reserved { path, .. } = error else {
                    return Self::internal();
                };
                let hint = "what clients record are facts of things; leave it out";
                Self::new(unprocessable, "reserved_kind", sentence, hint).with("field", path)
            }
        }
    }
}

impl From<ResolveError> for Problem {
    fn from(error: ResolveError) -> Self {
        let sentence = error.to_string();
        match error {
            ResolveError::Find { path, error } => {
                // A fact by a position that is not there yet is none.
                let error = match error {
                    FindError::BeyondHead { wanted, .. } => {
                        FindError::UnknownFact(wanted.to_string())
                    }
                    error => error,
                };
                let mut problem = Self::from(error);
                problem.sentence = sentence;
                problem.with("field", path)
            }
            ResolveError::NotReady(error) => error.into(),
            ResolveError::Intake(error) => error.into(),
            ResolveError::OtherStream { path, stream } => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "other_stream",
                sentence,
                "name the fact's own thing, or move the fact first",
            )
            .with("field", path)
            .with("other_stream", stream.to_string()),
        }
    }
}

//! The ledger as it is stored: pages of events, the whole of it, one event with its proof, and what comes new.

use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::time::{Instant, timeout, timeout_at};

use super::ask::{self, Asked, Named};
use super::endpoint::Endpoint;
use super::limits::Load;
use super::problem::Problem;
use super::state::Api;
use super::streamed::{Gone, Pipe, pipe};
use crate::service::access::role::Action;
use crate::service::feed::{self, Follow, Next, Pieces};
use crate::service::receipt::{self, IssueError};

/// How many events a page of CloudEvents has unless said otherwise.
const PAGE: u64 = 100;
/// How many it has at most.
const LONGEST_PAGE: u64 = 1_000;
/// CloudEvents as a JSON array (CNCF CloudEvents 1.0.2, "JSON Event Format", section 4).
const CLOUD_EVENTS: &str = "application/cloudevents-batch+json";
const LINES: &str = "application/x-ndjson";
const EVENT_STREAM: &str = "text/event-stream";
const TEXT: &str = "text/plain; charset=utf-8";
/// How often a silent stream says that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// After how many milliseconds whoever was cut off comes again.
const RETRY: &str = "retry: 2000\n\n";
/// What a stored event is cached as: it never changes, and is nobody else's.
const FOR_EVER: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
/// The position of the last event that a follower has seen (HTML, section 9.2.4).
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    let read = Action::ReadLedger;
    vec![
        Endpoint::get(read, "/v1/ledger/events", events)
            .called("ledgerEvents", "The stored events from a position on")
            .weighing(Load::Long)
            .asked::<Page>()
            .giving_bytes(StatusCode::OK, CLOUD_EVENTS)
            .giving_bytes(StatusCode::OK, LINES),
        Endpoint::get(read, "/v1/ledger/events/{seq}", event)
            .called("ledgerEvent", "One event, byte for byte as it is stored")
            .giving_bytes(StatusCode::OK, "application/json"),
        Endpoint::get(read, "/v1/ledger/events/{seq}/proof", proof)
            .called(
                "ledgerProof",
                "The proof that an event is in the ledger that was signed",
            )
            .giving_bytes(StatusCode::OK, TEXT),
        Endpoint::get(read, "/v1/ledger/stream", stream)
            .called(
                "ledgerStream",
                "Every event from a position on, and new ones as they are recorded",
            )
            .weighing(Load::Long)
            .asked::<From>()
            .giving_bytes(StatusCode::OK, EVENT_STREAM),
    ]
}

/// Which events.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The position of the first one; 0 unless said otherwise.
    pub from: Option<u64>,
    /// How many at most: 100 unless said otherwise and 1,000 at most for CloudEvents, all of them for lines.
    pub limit: Option<u64>,
}

/// Where a stream begins.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct From {
    /// The position of the first event; what is recorded from now on unless said otherwise. `Last-Event-ID` comes before it.
    pub from: Option<u64>,
}

async fn events(
    State(api): State<Api>,
    Asked(page): Asked<Page>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let from = page.from.unwrap_or(0);
    if wants_lines(&headers) {
        return lines(&api, from, page.limit).await;
    }
    let most = page.limit.unwrap_or(PAGE);
    if most > LONGEST_PAGE {
        let sentence = format!("a page has at most {LONGEST_PAGE} events");
        return Err(Problem::malformed("limit", sentence));
    }
    let page =
        api.blocking(move |ledger| feed::cloud_events(ledger, from, most).map_err(unreadable));
    let page = page.await?;
    let mut response = Response::new(Body::from(page.json));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CLOUD_EVENTS));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    let (name, position) = ask::at(page.head);
    headers.insert(name, position);
    let link = format!(
        "</v1/ledger/events?from={}&limit={most}>; rel=\"next\"",
        page.next
    );
    if let (true, Ok(link)) = (page.next < page.head, HeaderValue::from_str(&link)) {
        headers.insert(header::LINK, link);
    }
    Ok(response)
}

fn wants_lines(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    let accepted = accepted.filter_map(|value| value.to_str().ok());
    let mut media = accepted.flat_map(|value| value.split(','));
    media.any(|one| one.split(';').next().unwrap_or_default().trim() == LINES)
}

async fn lines(api: &Api, from: u64, limit: Option<u64>) -> Result<Response, Problem> {
    let end = limit.map(|limit| from.saturating_add(limit));
    let open = move |ledger: &_| Pieces::of(ledger, from, end).map_err(unreadable);
    let mut pieces = api.blocking(open).await?;
    let (pipe, body) = pipe();
    tokio::task::spawn_blocking(move || {
        while let Some(piece) = piece(&mut pieces) {
            if pipe.put_blocking(piece).is_err() {
                return;
            }
        }
    });
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(LINES));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    let (name, position) = ask::at(api.ledger().head());
    headers.insert(name, position);
    Ok(response)
}

fn piece(pieces: &mut Pieces) -> Option<Vec<u8>> {
    match pieces.next(feed::line) {
        Ok(piece) => Some(piece).filter(|piece| !piece.is_empty()),
        Err(error) => {
            // The answer has begun: that it ends early is all that can be said.
            tracing::error!(%error, "a reading of the ledger was broken off");
            None
        }
    }
}

async fn event(State(api): State<Api>, Named(seq): Named<u64>) -> Result<Response, Problem> {
    let bytes = api.blocking(move |ledger| {
        let bytes = ledger.event_bytes(seq).map_err(unreadable)?;
        bytes.ok_or_else(|| no_such_entry(seq, ledger.head()))
    });
    let mut response = Response::new(Body::from(bytes.await?));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, FOR_EVER);
    Ok(response)
}

async fn proof(State(api): State<Api>, Named(seq): Named<u64>) -> Result<Response, Problem> {
    let issued = api.blocking(move |ledger| {
        receipt::issue_kept(ledger, seq).map_err(|error| unproven(seq, ledger.head(), error))
    });
    let mut response = Response::new(Body::from(issued.await?.text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(TEXT));
    // The next checkpoint makes another one.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let name = format!(
        "attachment; filename=\"entry-{seq}.{}\"",
        receipt::EXTENSION.trim_start_matches('.')
    );
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

fn unproven(seq: u64, head: u64, error: IssueError) -> Problem {
    match error {
        IssueError::NoSuchEntry { .. } => no_such_entry(seq, head),
        IssueError::NotSigned { signed, .. } => Problem::new(
            StatusCode::NOT_FOUND,
            "not_signed",
            error.to_string(),
            "`dealtrail checkpoint` signs everything recorded so far; try again after the next one",
        )
        .with("signed", signed),
        error => {
            tracing::error!(%error, "no proof could be made");
            Problem::internal()
        }
    }
}

fn no_such_entry(seq: u64, head: u64) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no_such_entry",
        format!("there is no entry {seq}: the ledger has {head}, the first is 0"),
        "wait until it is recorded, or ask for an earlier one",
    )
    .with("head", head)
}

fn unreadable(error: impl std::fmt::Display) -> Problem {
    tracing::error!(%error, "stored events could not be read");
    Problem::internal()
}

async fn stream(
    State(api): State<Api>,
    Asked(asked): Asked<From>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let head = api.ledger().head();
    let (field, from) = match headers.get(LAST_EVENT_ID) {
        Some(last) => {
            let last = last
                .to_str()
                .ok()
                .and_then(|last| last.trim().parse::<u64>().ok());
            let last =
                last.ok_or_else(|| Problem::malformed("last-event-id", "it is no position"))?;
            ("last-event-id", last.saturating_add(1))
        }
        None => ("from", asked.from.unwrap_or(head)),
    };
    if from > head {
        let sentence = format!("the ledger has {head} entries, and this lies beyond them");
        return Err(Problem::malformed(field, sentence));
    }
    let follow = api.feed().follow(from).map_err(unreadable)?;
    let (pipe, body) = pipe();
    tokio::spawn(hand_on(api.clone(), follow, pipe));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Nginx holds answers back unless told.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    let (name, position) = ask::at(head);
    headers.insert(name, position);
    Ok(response.into_response())
}

/// Why a stream ends.
enum Ended {
    /// Whoever read is gone.
    Gone,
    /// It is told in a last event.
    Told(&'static str, &'static str),
}

impl std::convert::From<Gone> for Ended {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

const SLOW_END: Ended = Ended::Told("slow", "events were not taken for too long");
const BROKEN_END: Ended = Ended::Told("broken", "the ledger could not be read");
const CLOSING_END: Ended = Ended::Told("closing", "the service ends");

async fn hand_on(api: Api, mut follow: Follow, pipe: Pipe) {
    let mut closing = api.closing();
    let out = Out {
        pipe,
        taking: api.limits().settings().taking,
    };
    let ended = tokio::select! {
        ended = follow_on(&mut follow, &out) => ended,
        _ = closing.wait_for(|closing| *closing) => CLOSING_END,
    };
    if let Ended::Told(reason, words) = ended {
        let last =
            format!("event: end\ndata: {{\"reason\":\"{reason}\",\"sentence\":\"{words}\"}}\n\n");
        out.pipe.end_with(last.into_bytes());
    }
}

/// Where a stream goes, and how long it may take nothing.
struct Out {
    pipe: Pipe,
    taking: Duration,
}

async fn follow_on(follow: &mut Follow, out: &Out) -> Ended {
    match handing_on(follow, out).await {
        Ok(ended) | Err(ended) => ended,
    }
}

async fn handing_on(follow: &mut Follow, out: &Out) -> Result<Ended, Ended> {
    put(out, RETRY.as_bytes().to_vec()).await?;
    loop {
        if follow.is_behind() {
            catch_up(follow, out).await?;
        }
        let alive = Instant::now().checked_add(KEEP_ALIVE);
        let next = async {
            match alive {
                Some(alive) => timeout_at(alive, follow.next()).await.ok(),
                None => Some(follow.next().await),
            }
        };
        let next = tokio::select! {
            next = next => next,
            () = out.pipe.gone() => return Err(Ended::Gone),
        };
        match next {
            None => put(out, b": alive\n\n".to_vec()).await?,
            Some(Next::Behind) => {}
            Some(Next::Over) => return Ok(CLOSING_END),
            Some(Next::Frame(frame)) => {
                let piece = follow.sent(&frame);
                drop(frame);
                if !piece.is_empty() {
                    put(out, piece).await?;
                }
            }
        }
    }
}

/// Hands on what the store has and was not handed on yet.
async fn catch_up(follow: &mut Follow, out: &Out) -> Result<(), Ended> {
    let broken = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "stored events could not be read for whoever follows");
        BROKEN_END
    };
    let opened = tokio::task::spawn_blocking(follow.stored()).await;
    let opened = opened.map_err(|error| broken(&error))?;
    let mut pieces = opened.map_err(|error| broken(&error))?;
    while !pieces.is_over() {
        let read = move || {
            let piece = pieces.next(feed::sent);
            (pieces, piece)
        };
        let read = tokio::task::spawn_blocking(read).await;
        let (back, piece) = read.map_err(|error| broken(&error))?;
        pieces = back;
        let piece = piece.map_err(|error| broken(&error))?;
        if piece.is_empty() {
            break;
        }
        put(out, piece).await?;
    }
    follow.caught_up(pieces.position());
    Ok(())
}

async fn put(out: &Out, piece: Vec<u8>) -> Result<(), Ended> {
    match timeout(out.taking, out.pipe.put(piece)).await {
        Ok(put) => Ok(put?),
        Err(_) => Err(SLOW_END),
    }
}

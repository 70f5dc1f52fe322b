//! One agreement, package, occasion or organisation: how it stands, its trail, its stored events.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::{json, pinned, plain};
use super::ask::{Asked, Times};
use super::endpoint::Endpoint;
use super::kept::Kept;
use super::problem::Problem;
use super::state::Api;
use super::stored::Form;
use super::validate;
use crate::deal::value::ids::{StreamId, StreamKind};
use crate::service::access::role::Action;
use crate::service::find::FindError;
use crate::service::query::Reading;
use crate::service::query::explained::Explanation;
use crate::service::query::standing::ThingStanding;
use crate::service::query::trail::ThingTrail;

/// The routes of one kind of thing.
struct Routes {
    kind: StreamKind,
    one: (&'static str, &'static str, &'static str),
    events: (&'static str, &'static str, &'static str),
    history: (&'static str, &'static str, &'static str),
    explanation: (&'static str, &'static str, &'static str),
}

/// Paths, names and what they are for.
const ROUTES: [Routes; 4] = [
    Routes {
        kind: StreamKind::Agreement,
        one: (
            "/v1/agreements/{ref}",
            "agreement",
            "How an agreement stands",
        ),
        events: (
            "/v1/agreements/{ref}/events",
            "agreementEvents",
            "The stored events of an agreement, in order",
        ),
        history: (
            "/v1/agreements/{ref}/history",
            "agreementHistory",
            "The trail of an agreement, with what became of each fact",
        ),
        explanation: (
            "/v1/agreements/{ref}/explanation",
            "agreementExplanation",
            "What the answer about an agreement was made of",
        ),
    },
    Routes {
        kind: StreamKind::Package,
        one: ("/v1/packages/{ref}", "package", "How a package stands"),
        events: (
            "/v1/packages/{ref}/events",
            "packageEvents",
            "The stored events of a package, in order",
        ),
        history: (
            "/v1/packages/{ref}/history",
            "packageHistory",
            "The trail of a package, with what became of each fact",
        ),
        explanation: (
            "/v1/packages/{ref}/explanation",
            "packageExplanation",
            "What the answer about a package was made of",
        ),
    },
    Routes {
        kind: StreamKind::Occasion,
        one: (
            "/v1/occasions/{ref}",
            "occasion",
            "What is known of an occasion",
        ),
        events: (
            "/v1/occasions/{ref}/events",
            "occasionEvents",
            "The stored events of an occasion, in order",
        ),
        history: (
            "/v1/occasions/{ref}/history",
            "occasionHistory",
            "The trail of an occasion, with what became of each fact",
        ),
        explanation: (
            "/v1/occasions/{ref}/explanation",
            "occasionExplanation",
            "What the answer about an occasion was made of",
        ),
    },
    Routes {
        kind: StreamKind::Organization,
        one: (
            "/v1/organizations/{ref}",
            "organization",
            "What is known of an organisation",
        ),
        events: (
            "/v1/organizations/{ref}/events",
            "organizationEvents",
            "The stored events of an organisation, in order",
        ),
        history: (
            "/v1/organizations/{ref}/history",
            "organizationHistory",
            "The trail of an organisation, with what became of each fact",
        ),
        explanation: (
            "/v1/organizations/{ref}/explanation",
            "organizationExplanation",
            "What the answer about an organisation was made of",
        ),
    },
];

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    ROUTES.iter().flat_map(of_kind).collect()
}

fn of_kind(routes: &'static Routes) -> [Endpoint; 4] {
    let kind = routes.kind;
    let (path, id, summary) = routes.one;
    let one = move |api, path, asked, headers| standing(kind, api, path, asked, headers);
    let one = Endpoint::get(Action::Read, path, one)
        .called(id, summary)
        .asked::<Times>()
        .giving::<ThingStanding>(StatusCode::OK)
        .giving_bytes(StatusCode::NOT_MODIFIED, "");
    let (path, id, summary) = routes.events;
    let events = move |api, path, asked, headers| events(kind, api, path, asked, headers);
    let events = Endpoint::get(Action::Read, path, events)
        .called(id, summary)
        .asked::<KnownAt>()
        .giving::<Vec<serde_json::Value>>(StatusCode::OK)
        .giving_bytes(StatusCode::OK, Form::Lines.media())
        .giving_bytes(StatusCode::NOT_MODIFIED, "");
    let (path, id, summary) = routes.history;
    let history = move |api, path, asked, headers| history(kind, api, path, asked, headers);
    let history = Endpoint::get(Action::Read, path, history)
        .called(id, summary)
        .asked::<InOrder>()
        .giving::<ThingTrail>(StatusCode::OK)
        .giving_bytes(StatusCode::NOT_MODIFIED, "");
    let (path, id, summary) = routes.explanation;
    let explanation = move |api, path, asked| explanation(kind, api, path, asked);
    let explanation = Endpoint::get(Action::Read, path, explanation)
        .called(id, summary)
        .asked::<Times>()
        .giving::<Explanation>(StatusCode::OK);
    [one, events, history, explanation]
}

/// As known when.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct KnownAt {
    /// As known at this position, moment or day; now unless said otherwise.
    known_at: Option<String>,
    /// Waits until the answer rests on at least so many events.
    at_least: Option<u64>,
}

/// The two times, and an order.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct InOrder {
    /// What had happened by this day, inclusive; today unless said otherwise.
    as_of: Option<NaiveDate>,
    /// As known at this position, moment or day; now unless said otherwise.
    known_at: Option<String>,
    /// Waits until the answer rests on at least so many events.
    at_least: Option<u64>,
    /// In the order of happening instead of recording.
    #[serde(default)]
    by_day: bool,
}

/// The thing somebody names; of one that is known only later than asked about, that is said.
fn named(api: &Api, reading: &Reading, kind: StreamKind, typed: &str) -> Result<StreamId, Problem> {
    reading.thing_of(kind, typed).map_err(|error| {
        let is_past = reading.position() < api.ledger().head();
        let later = || {
            let live = Times::default().read(api.ledger(), reading.day()).ok()?;
            live.thing_of(kind, typed).ok()
        };
        match error {
            FindError::UnknownRef { .. } if is_past && later().is_some() => not_known(typed),
            error => error.into(),
        }
    })
}

/// Nothing of a thing was known then.
fn not_known(typed: &str) -> Problem {
    let shown: String = typed.chars().take(60).collect();
    Problem::new(
        StatusCode::NOT_FOUND,
        "not_known",
        format!("nothing was known of {shown} then"),
        "ask as known at a later moment, or leave `known_at` out",
    )
}

async fn standing(
    kind: StreamKind,
    State(api): State<Api>,
    Path(typed): Path<String>,
    Asked(times): Asked<Times>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let within = api.clone();
    if times.are_now() {
        times.reached(&api).await?;
        let (asked, today) = (times.clone(), api.today());
        // Read and answered on one thread: changing threads once more costs as much as a small agreement.
        let standing = api.blocking(move |ledger| {
            let reading = asked.read(ledger, today)?;
            let stream = named(&within, &reading, kind, &typed)?;
            let standing = reading.standing(stream).ok_or_else(|| not_known(&typed))?;
            Ok((standing.version, reading.position(), json(&standing)?))
        });
        let (version, position, body) = standing.await?;
        return Ok(validate::current(version, position, body));
    }
    let question = format!("standing {kind} {typed}");
    let compute = move |reading: &Reading| {
        let stream = named(&within, reading, kind, &typed)?;
        let standing = reading.standing(stream).ok_or_else(|| not_known(&typed))?;
        Ok((json(&standing)?, None))
    };
    pinned(&api, &headers, &times, &question, compute).await
}

/// Which form is accepted: lines where they are named, else an array.
fn form(headers: &HeaderMap) -> Form {
    let accepted = headers.get_all(header::ACCEPT).iter();
    let mut accepted = accepted.filter_map(|field| field.to_str().ok());
    match accepted.any(|field| field.contains(Form::Lines.media())) {
        true => Form::Lines,
        false => Form::Array,
    }
}

fn stored(version: u64, position: u64, form: Form, body: axum::body::Bytes) -> Kept {
    Kept {
        body,
        media: form.media(),
        tag: form.tag(version),
        position,
        next: None,
    }
}

async fn events(
    kind: StreamKind,
    State(api): State<Api>,
    Path(typed): Path<String>,
    Asked(asked): Asked<KnownAt>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let form = form(&headers);
    let times = Times {
        as_of: None,
        known_at: asked.known_at,
        at_least: asked.at_least,
    };
    times.reached(&api).await?;
    // What was asked for before and has not changed is copied, and nothing else is done.
    let now = times.known_at.is_none();
    let hand = now.then(|| api.ledger().at_hand(kind, &typed)).flatten();
    if let Some(hand) = &hand
        && let Some(body) = api.stored().get(hand.stream, form, hand.version)
    {
        let kept = stored(hand.version, hand.position, form, body);
        return Ok(validate::answered(&headers, &kept));
    }
    let (within, today) = (api.clone(), api.today());
    let read = api.blocking(move |ledger| {
        let (stream, position) = match hand {
            Some(hand) => (hand.stream, hand.position),
            None => {
                let reading = times.read(ledger, today)?;
                (named(&within, &reading, kind, &typed)?, reading.position())
            }
        };
        let events = ledger.stored_of(stream, position).map_err(|error| {
            tracing::error!(%error, "stored events could not be read");
            Problem::internal()
        })?;
        let (version, body) = (
            events.len() as u64,
            form.body(events.iter().map(|one| one.bytes())),
        );
        Ok((stream, version, position, axum::body::Bytes::from(body)))
    });
    let (stream, version, position, body) = read.await?;
    api.stored().put(stream, form, version, body.clone());
    Ok(validate::answered(
        &headers,
        &stored(version, position, form, body),
    ))
}

async fn history(
    kind: StreamKind,
    State(api): State<Api>,
    Path(typed): Path<String>,
    Asked(asked): Asked<InOrder>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let times = Times {
        as_of: asked.as_of,
        known_at: asked.known_at,
        at_least: asked.at_least,
    };
    let (within, by_day) = (api.clone(), asked.by_day);
    let question = format!("history {kind} {by_day} {typed}");
    let compute = move |reading: &Reading| {
        let stream = named(&within, reading, kind, &typed)?;
        let trail = reading.trail(stream, by_day);
        let trail = trail.ok_or_else(|| not_known(&typed))?;
        Ok((json(&trail)?, None))
    };
    pinned(&api, &headers, &times, &question, compute).await
}

async fn explanation(
    kind: StreamKind,
    State(api): State<Api>,
    Path(typed): Path<String>,
    Asked(times): Asked<Times>,
) -> Result<Response, Problem> {
    let reading = times.reading(&api).await?;
    let turn = api.answers().turn().await?;
    let within = api.clone();
    let explained = api.blocking(move |ledger| {
        let head = Times::default().read(ledger, reading.day())?;
        let stream = named(&within, &reading, kind, &typed)?;
        let explained = reading.explained(stream, &head);
        drop(turn);
        let explained = explained.ok_or_else(|| not_known(&typed))?;
        Ok((reading.position(), explained))
    });
    let (position, explained) = explained.await?;
    plain(position, &explained)
}

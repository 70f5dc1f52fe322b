//! What a sender has to know before recording: the ledger and its day, what a name means, which reference is free, what was
//! used or sent before.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::plain;
use super::ask::{Asked, Times};
use super::endpoint::Endpoint;
use super::problem::Problem;
use super::state::Api;
use crate::deal::value::ids::CommandId;
use crate::service::access::Caller;
use crate::service::access::role::Action;
use crate::service::query::known::{
    FactNow, LastSources, LedgerNow, Milestones, NextRefs, SentBefore, Thing,
};

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        // Whoever reads anything has to know the day and the position.
        Endpoint::get(Action::ReadReports, "/v1/ledger", ledger)
            .called(
                "ledger",
                "Which ledger this is, how far it has come, and its day",
            )
            .asked::<Times>()
            .giving::<LedgerNow>(StatusCode::OK),
        Endpoint::get(Action::Read, "/v1/things/{ref}", thing)
            .called("thing", "What a reference or the id of a stream means")
            .asked::<Times>()
            .giving::<Thing>(StatusCode::OK),
        Endpoint::get(Action::Read, "/v1/facts/{fact}", fact)
            .called("fact", "The fact of an event, by its id or its position")
            .asked::<Times>()
            .giving::<FactNow>(StatusCode::OK),
        Endpoint::get(Action::Read, "/v1/next-refs", next_refs)
            .called("nextRefs", "The next free reference of each kind of thing")
            .asked::<Times>()
            .giving::<NextRefs>(StatusCode::OK),
        Endpoint::get(Action::Read, "/v1/milestones", milestones)
            .called(
                "milestones",
                "The codes of the milestones of the tracks in force",
            )
            .asked::<Times>()
            .giving::<Milestones>(StatusCode::OK),
        Endpoint::get(Action::Read, "/v1/sources/last", last_sources)
            .called("lastSources", "The sources whoever asks used last")
            .asked::<Nothing>()
            .giving::<LastSources>(StatusCode::OK),
        Endpoint::get(Action::Read, "/v1/commands/{id}", sent)
            .called("command", "What a command of whoever asks recorded first")
            .asked::<Nothing>()
            .giving::<SentBefore>(StatusCode::OK),
    ]
}

/// Nothing is asked beyond the path.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn ledger(
    State(api): State<Api>,
    caller: Caller,
    Asked(times): Asked<Times>,
) -> Result<Response, Problem> {
    let reading = times.reading(&api).await?;
    let ledger = api.ledger();
    let now = LedgerNow {
        id: ledger.id(),
        opened: ledger.opened().clone(),
        position: ledger.head(),
        known_at: reading.position(),
        as_of: reading.day(),
        today: ledger.today(),
        recorded_at: reading.recorded_at(),
        caller: caller.actor,
    };
    plain(reading.position(), &now)
}

async fn thing(
    State(api): State<Api>,
    Path(typed): Path<String>,
    Asked(times): Asked<Times>,
) -> Result<Response, Problem> {
    let reading = times.reading(&api).await?;
    let answer = api.blocking(move |_| {
        let stream = reading.thing(&typed)?;
        let thing = reading.described(stream).ok_or_else(Problem::internal)?;
        plain(reading.position(), &thing)
    });
    answer.await
}

async fn fact(
    State(api): State<Api>,
    Path(typed): Path<String>,
    Asked(times): Asked<Times>,
) -> Result<Response, Problem> {
    let reading = times.reading(&api).await?;
    let answer = api.blocking(move |_| {
        let fact = reading.fact_now(&typed)?;
        plain(reading.position(), &fact)
    });
    answer.await
}

async fn next_refs(
    State(api): State<Api>,
    Asked(times): Asked<Times>,
) -> Result<Response, Problem> {
    let reading = times.reading(&api).await?;
    // It looks at every reference there is.
    let turn = api.answers().turn().await?;
    let answer = api.blocking(move |_| {
        let next = reading.next_refs();
        drop(turn);
        plain(reading.position(), &next)
    });
    answer.await
}

async fn milestones(
    State(api): State<Api>,
    Asked(times): Asked<Times>,
) -> Result<Response, Problem> {
    let reading = times.reading(&api).await?;
    let milestones = Milestones {
        milestones: reading.milestones().into_iter().collect(),
    };
    plain(reading.position(), &milestones)
}

async fn last_sources(
    State(api): State<Api>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Problem> {
    let answer = api.blocking(move |ledger| {
        let sources = ledger.last_sources(&caller.actor.id)?;
        plain(ledger.head(), &LastSources { sources })
    });
    answer.await
}

async fn sent(
    State(api): State<Api>,
    caller: Caller,
    Path(typed): Path<String>,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Problem> {
    let command: Result<CommandId, _> = typed.parse();
    let command = command.map_err(|error| Problem::malformed("id", error))?;
    let answer = api.blocking(move |ledger| {
        let sent = ledger.sent_by(&caller.actor.id, &command)?;
        let sent = sent.ok_or_else(|| {
            Problem::new(
                StatusCode::NOT_FOUND,
                "unknown_command",
                format!("no command {typed} of this sender recorded anything"),
                "send it: the same id again gives the first answer",
            )
        })?;
        let sent = SentBefore {
            stream: sent.stream,
            sources: sent.sources,
        };
        plain(ledger.head(), &sent)
    });
    answer.await
}

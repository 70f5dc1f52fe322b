//! Whether the service lives, and whether it can do its work.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::endpoint::Endpoint;
use super::problem::Problem;
use super::state::Api;
use crate::service::access::role::Action;
use crate::service::health::{STUCK, Trouble, held_up};

/// How long the ledger may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(2);

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(Action::Greet, "/health/live", live)
            .called("live", "Whether the service lives")
            .giving::<Live>(StatusCode::OK),
        Endpoint::get(Action::Greet, "/health/ready", ready)
            .called("ready", "Whether the service can do its work, and why not")
            .giving::<Ready>(StatusCode::OK),
    ]
}

/// That the service lives.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Live {
    /// `live`.
    status: &'static str,
}

/// Whether the service lives: who gets this answer knows.
pub async fn live() -> Json<Live> {
    Json(Live { status: "live" })
}

/// That the service can do its work.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Ready {
    /// `ready`.
    status: &'static str,
    /// How many events the ledger has.
    position: u64,
    /// How many of them the read models have not taken in yet.
    lag: u64,
}

async fn ready(State(api): State<Api>) -> Response {
    if let Some(trouble) = held_up(api.ledger()) {
        return told(unready(&[trouble]).into_response());
    }
    let looked = api.looked(PATIENCE, |api| {
        let follow = api.ledger().follow_status();
        (api.troubles(), follow)
    });
    let answer = match looked.await {
        None => unready(&[Trouble {
            code: STUCK,
            sentence: "the ledger does not say how it is: its disk does not answer".to_owned(),
            hint: "check the disk; what was acknowledged is safe",
        }])
        .into_response(),
        Some((troubles, follow)) if troubles.is_empty() => Json(Ready {
            status: "ready",
            position: follow.position.saturating_add(follow.lag),
            lag: follow.lag,
        })
        .into_response(),
        Some((troubles, _)) => unready(&troubles).into_response(),
    };
    told(answer)
}

fn told(answer: Response) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
}

/// The service cannot do its work, for these reasons.
fn unready(troubles: &[Trouble]) -> Problem {
    let sentences: Vec<&str> = troubles.iter().map(|one| one.sentence.as_str()).collect();
    let hint = troubles.first().map_or("", |one| one.hint);
    let reasons = troubles
        .iter()
        .map(|one| json!({ "code": one.code, "detail": one.sentence, "hint": one.hint }));
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "not_ready",
        sentences.join("; "),
        hint,
    )
    .with("reasons", reasons.collect::<Vec<_>>())
    .retry()
}

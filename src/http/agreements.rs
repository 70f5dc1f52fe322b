//! Agreements.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::ask::{self, Asked, Times};
use super::endpoint::Endpoint;
use super::problem::Problem;
use super::state::Api;
use crate::service::access::role::Action;

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(Action::Read, "/v1/agreements/{ref}", agreement)
            .called("agreement", "How an agreement stands")
            .asked::<Times>()
            .giving::<serde_json::Value>(StatusCode::OK),
    ]
}

async fn agreement(
    State(api): State<Api>,
    Path(reference): Path<String>,
    Asked(times): Asked<Times>,
) -> Result<Response, Problem> {
    let reading = times.reading(&api).await?;
    let stream = reading.thing(&reference)?;
    let standing = reading.standing(stream).ok_or_else(Problem::internal)?;
    Ok(([ask::at(reading.position())], Json(standing)).into_response())
}

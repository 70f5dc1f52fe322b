//! Answers of the reading routes: computed once for a position and a day, and given again from then on.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::ask::{self, Times};
use super::kept::Kept;
use super::problem::Problem;
use super::state::Api;
use super::validate;
use crate::service::query::Reading;

/// The answer to a question at the two times asked for: one that was computed before is given again, any other waits for its
/// turn. `compute` gives the body, and the address of what follows it where it is a part.
///
/// # Errors
/// When there is no such reading or no turn in time, and what `compute` says.
pub async fn pinned(
    api: &Api,
    headers: &HeaderMap,
    times: &Times,
    question: &str,
    compute: impl FnOnce(&Reading) -> Result<(Vec<u8>, Option<String>), Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let reading = times.reading(api).await?;
    let (position, day) = (reading.position(), reading.day());
    let key = format!("{position} {day} {question}");
    if let Some(kept) = api.answers().get(&key) {
        return Ok(validate::answered(headers, &kept));
    }
    let turn = api.answers().turn().await?;
    let computed = api.blocking(move |_| {
        let computed = compute(&reading);
        drop(turn);
        computed
    });
    let (body, next) = computed.await?;
    let kept = Kept {
        body: body.into(),
        media: "application/json",
        tag: validate::two_times(position, day),
        position,
        next,
    };
    let kept = api.answers().put(key, kept);
    Ok(validate::answered(headers, &kept))
}

/// A value as JSON.
///
/// # Errors
/// When it has no JSON, which no answer is without.
pub fn json(value: &impl Serialize) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(value).map_err(|error| {
        tracing::error!(%error, "an answer has no JSON");
        Problem::internal()
    })
}

/// A small answer that is not kept.
///
/// # Errors
/// As [`json`].
pub fn plain(position: u64, value: &impl Serialize) -> Result<Response, Problem> {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ask::at(position),
    ];
    Ok((headers, json(value)?).into_response())
}

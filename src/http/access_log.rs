//! The access log over the network, for auditors.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;

use super::ask::Asked;
use super::endpoint::Endpoint;
use super::limits::Load;
use super::problem::Problem;
use super::state::Api;
use crate::service::access::log::read;
use crate::service::access::role::Action;

/// How many records a page has at most.
const MOST: usize = 1_000;
/// The media type of one JSON object a line.
const NDJSON: &str = "application/x-ndjson";

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(Action::ReadAccessLog, "/v1/access-log", access_log)
            .called(
                "accessLog",
                "Who was let through to what, and who was not: one record a line, each chained to the one before",
            )
            .weighing(Load::Long)
            .asked::<Pages>()
            .giving_bytes(StatusCode::OK, NDJSON),
    ]
}

/// Which records.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// The number of the first record; 0 unless said otherwise.
    #[serde(default)]
    pub from: u64,
    /// How many records at most; 100 unless said otherwise.
    #[schemars(range(min = 1, max = 1_000))]
    pub limit: Option<usize>,
}

async fn access_log(
    State(api): State<Api>,
    Asked(pages): Asked<Pages>,
) -> Result<Response, Problem> {
    let limit = pages.limit.unwrap_or(100);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::malformed(
            "limit",
            format_args!("it lies between 1 and {MOST}"),
        ));
    }
    let page = api
        .blocking(move |ledger| {
            let Some(dir) = ledger.dir() else {
                return Ok(read::Page::default());
            };
            read::page(dir, pages.from, limit).map_err(|error| {
                tracing::error!(%error, "the access log could not be read");
                Problem::internal()
            })
        })
        .await?;
    let mut response = page.bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(NDJSON));
    if let Some(next) = page.next {
        let next = format!("</v1/access-log?from={next}&limit={limit}>; rel=\"next\"");
        if let Ok(next) = HeaderValue::from_str(&next) {
            headers.insert(header::LINK, next);
        }
    }
    Ok(response)
}

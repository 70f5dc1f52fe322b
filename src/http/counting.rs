//! Counts every request and its answer, and logs it where that is asked for.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;

use super::state::Api;

/// Counts a request and its answer.
pub async fn counted(State(api): State<Api>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let busy = api.traffic().begin();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let path = api
        .operations()
        .logs_requests()
        .then(|| request.uri().path().to_owned());
    let response = next.run(request).await;
    let (took, status) = (begun.elapsed(), response.status());
    let route = route.as_ref().map_or("", MatchedPath::as_str);
    api.traffic().count((route, &method), status, took);
    if let Some(path) = path {
        let (micros, status) = (
            u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            status.as_u16(),
        );
        tracing::info!(%method, ?path, status, micros, "request");
    }
    let media = response.headers().get(header::CONTENT_TYPE);
    let is_stream = media.is_some_and(|media| media.as_bytes().starts_with(b"text/event-stream"));
    let followed = is_stream.then(|| api.traffic().follow());
    response.map(|body| {
        let body = busy.until_read(body);
        match followed {
            Some(followed) => followed.until_read(body),
            None => body,
        }
    })
}

//! Counts every request and its answer, and logs it where that is asked for.

use std::future::Future;
use std::time::Instant;

use axum::extract::Request;
use axum::http::header;
use axum::response::Response;

use super::state::Api;

/// Counts a request to a route, by its pattern, and the answer that `then` gives to it; the pattern is empty where there is none.
pub async fn counted<F: Future<Output = Response>>(
    api: &Api,
    route: &str,
    request: Request,
    then: impl FnOnce(Request) -> F,
) -> Response {
    let begun = Instant::now();
    let busy = api.traffic().begin();
    let method = request.method().clone();
    let path = api
        .operations()
        .logs_requests()
        .then(|| request.uri().path().to_owned());
    let response = then(request).await;
    let (took, status) = (begun.elapsed(), response.status());
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

//! What holds for every request and every answer, whatever it is about: a request's id, the longest address, and the headers
//! that tell a browser to take nothing for what it is not.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::problem::Problem;
use super::state::Api;

/// The header that carries a request's id, both ways.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The header of W3C Trace Context.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// How many characters an id may have.
const LONGEST_ID: usize = 64;
/// What a page may load and do when it says nothing else: nothing.
const CONTENT: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

/// What a request is called in logs: by its sender's own word, where that is well formed.
#[derive(Debug, Clone)]
pub struct RequestId(pub Arc<str>);

impl RequestId {
    /// The id in `X-Request-Id`, else the trace id in `traceparent`, else a new one.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let said = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let given = said(REQUEST_ID).filter(|id| is_id(id));
        let given = given.or_else(|| said(TRACEPARENT).and_then(trace_id));
        Self(given.map_or_else(fresh, Arc::from))
    }
}

fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    // What looks like a token was put there by mistake, and is not to stand in a log.
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(plain) && !text.contains("dt_")
}

/// The trace id of `traceparent` (W3C Trace Context section 3.2.2).
fn trace_id(text: &str) -> Option<&str> {
    let mut parts = text.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let lower_hex = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let sound = version.len() == 2 && version != "ff" && lower_hex(version);
    let sound = sound && trace.len() == 32 && lower_hex(trace) && trace.bytes().any(|b| b != b'0');
    sound.then_some(trace)
}

/// An id no other request of any run has: what the process drew when it began, and a number.
fn fresh() -> Arc<str> {
    static RUN: OnceLock<u64> = OnceLock::new();
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let run = RUN.get_or_init(|| {
        let mut bytes = [0; 8];
        // Without random bytes ids have to differ, not to be secret.
        match getrandom::fill(&mut bytes) {
            Ok(()) => u64::from_be_bytes(bytes),
            Err(_) => u64::from(std::process::id()),
        }
    });
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{run:016x}-{number:x}").into()
}

/// Stands before all routes: `then` answers what gets past it.
pub async fn stand<F: Future<Output = Response>>(
    api: &Api,
    mut request: Request,
    then: impl FnOnce(Request) -> F,
) -> Response {
    let id = RequestId::of(request.headers());
    let length = request
        .uri()
        .path_and_query()
        .map_or(0, |uri| uri.as_str().len());
    let longest = api.limits().settings().uri_bytes;
    let mut response = match (length > longest, is_for_one(&request)) {
        (true, _) => Problem::new(
            StatusCode::URI_TOO_LONG,
            "uri_too_long",
            format!("the address has more than {longest} bytes"),
            "ask for less at a time",
        )
        .into_response(),
        (_, false) => {
            Problem::malformed("host", "HTTP/1.1 names the machine it asks once").into_response()
        }
        (false, true) => {
            request.extensions_mut().insert(id.clone());
            let span = tracing::info_span!(
                "request",
                id = %id.0,
                actor = tracing::field::Empty,
                events = tracing::field::Empty
            );
            then(request).instrument(span).await
        }
    };
    guard(response.headers_mut(), &id);
    response
}

/// Whether a request says for which machine it is, and says it once (RFC 9112 section 3.2).
fn is_for_one(request: &Request) -> bool {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    match request.version() {
        Version::HTTP_11 => hosts == 1,
        // Earlier ones need not; later ones have it in the address, and may have it twice over.
        _ => hosts <= 1,
    }
}

fn guard(headers: &mut HeaderMap, id: &RequestId) {
    if let Ok(id) = HeaderValue::from_str(&id.0) {
        headers.insert(REQUEST_ID, id);
    }
    let nosniff = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    let no_referrer = HeaderValue::from_static("no-referrer");
    headers.insert(header::REFERRER_POLICY, no_referrer);
    // A route that says more knows better.
    let no_store = HeaderValue::from_static("no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(no_store);
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(CONTENT);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: HeaderName, value: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        RequestId::of(&headers).0.as_ref().to_owned()
    }

    #[test]
    fn a_well_formed_id_is_kept_and_any_other_is_replaced() {
        assert_eq!(id(REQUEST_ID, "job-7.a_B"), "job-7.a_B");
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(
            id(TRACEPARENT, &format!("00-{trace}-00f067aa0ba902b7-01")),
            trace
        );
        let bad = [
            (REQUEST_ID, "a b".to_owned()),
            (REQUEST_ID, "\"".to_owned()),
            (REQUEST_ID, "x".repeat(65)),
            (REQUEST_ID, "dt_abc".to_owned()),
            (TRACEPARENT, format!("ff-{trace}-00f067aa0ba902b7-01")),
            (
                TRACEPARENT,
                format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            ),
            (TRACEPARENT, "00".to_owned()),
        ];
        for (name, value) in bad {
            let made = id(name, &value);
            assert!(
                made != value && made.contains('-') && made.len() > 17,
                "{value} {made}"
            );
        }
        assert_ne!(id(REQUEST_ID, "a b"), id(REQUEST_ID, "a b"));
    }
}

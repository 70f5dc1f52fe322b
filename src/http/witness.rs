//! The routes of a witness: `POST /add-checkpoint` (C2SP tlog-witness 1.0.0), and for those who watch it
//! `GET /<SHA-256 of the origin in hexadecimal>/checkpoint`.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};

use super::server::{BodyRefusal, body_of};
use crate::proof::witness::SIZE_TYPE;
use crate::service::witness::{Witness, WitnessError};

/// The longest request that is read, in bytes: a proof of 63 hashes, and a checkpoint with many long signatures.
pub const MAX_BODY: usize = 256 << 10;
/// How long a body may take.
const BODY_TIME: Duration = Duration::from_secs(10);
const TEXT: &str = "text/plain; charset=utf-8";

/// The routes.
pub fn routes(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{place}/checkpoint", get(checkpoint))
        .fallback(async || {
            answer(
                StatusCode::NOT_FOUND,
                TEXT,
                "there is nothing here\n".to_owned(),
            )
        })
        .with_state(witness)
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: Body) -> Response {
    let body = match body_of(body, MAX_BODY, BODY_TIME).await {
        Ok(body) => body,
        Err(refusal) => {
            let (status, words) = match refusal {
                BodyRefusal::TooLong => {
                    (StatusCode::PAYLOAD_TOO_LARGE, "the request is too long\n")
                }
                BodyRefusal::TooSlow => {
                    (StatusCode::REQUEST_TIMEOUT, "the request took too long\n")
                }
                BodyRefusal::Broken => (StatusCode::BAD_REQUEST, "the request broke off\n"),
            };
            return answer(status, TEXT, words.to_owned());
        }
    };
    // It waits for the disk.
    let decided = tokio::task::spawn_blocking(move || witness.add_checkpoint(&body)).await;
    match decided {
        Ok(Ok(lines)) => answer(StatusCode::OK, TEXT, lines),
        Ok(Err(error)) => declined(&error),
        Err(_) => failed(),
    }
}

fn declined(error: &WitnessError) -> Response {
    let WitnessError::Refused(refusal) = error else {
        tracing::error!(%error, "a checkpoint could not be cosigned");
        return failed();
    };
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    match refusal.latest() {
        Some(size) => answer(status, SIZE_TYPE, format!("{size}\n")),
        None => answer(status, TEXT, format!("{refusal}\n")),
    }
}

/// What is wrong with the witness itself is told in its log, not to whoever asks.
fn failed() -> Response {
    let words = "this witness cannot cosign at the moment, and cosigned nothing\n".to_owned();
    answer(StatusCode::INTERNAL_SERVER_ERROR, TEXT, words)
}

async fn checkpoint(State(witness): State<Arc<Witness>>, Path(place): Path<String>) -> Response {
    let latest = tokio::task::spawn_blocking(move || witness.latest(&place)).await;
    match latest {
        Ok(Ok(Some(note))) => answer(StatusCode::OK, TEXT, note),
        Ok(Ok(None)) => {
            let words = "nothing was cosigned of a ledger with this name\n".to_owned();
            answer(StatusCode::NOT_FOUND, TEXT, words)
        }
        Ok(Err(error)) => declined(&error),
        Err(_) => failed(),
    }
}

fn answer(status: StatusCode, media: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

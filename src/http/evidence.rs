//! Files behind facts: kept beside the ledger and handed out again.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::ask::Named;
use super::endpoint::Endpoint;
use super::limits::Load;
use super::problem::Problem;
use super::state::Api;
use super::streamed::pipe;
use crate::deal::value::source::{Commitment, Evidence, MediaType};
use crate::service::access::role::Action;
use crate::service::evidence;
use crate::service::evidence::error::EvidenceError;
use crate::service::evidence::incoming::Incoming;

/// How long a file may make no progress.
const STALLED: Duration = Duration::from_secs(20);
/// How many pieces of a file wait to be written.
const WAITING: usize = 4;
/// About how many bytes of a file are read at a time.
const PIECE_BYTES: usize = 64 << 10;
const NOSNIFF: HeaderName = HeaderName::from_static("x-content-type-options");
const BYTES: &str = "application/octet-stream";

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::post(Action::Record, "/v1/evidence", attach)
            .called(
                "attachEvidence",
                "Keeps a file that shows a fact; what it answers is a source's `evidence`",
            )
            .weighing(Load::Upload)
            .taking_bytes(BYTES)
            .giving::<Evidence>(StatusCode::CREATED),
        Endpoint::get(Action::ReadLedger, "/v1/evidence/{commit}", file)
            .weighing(Load::Long)
            .called(
                "evidence",
                "A file that was kept, proved against its commitment",
            )
            .giving_bytes(StatusCode::OK, BYTES),
    ]
}

async fn attach(
    State(api): State<Api>,
    headers: HeaderMap,
    mut body: Body,
) -> Result<Response, Problem> {
    let media = headers.get(header::CONTENT_TYPE);
    let media = media.and_then(|media| media.to_str().ok()).unwrap_or(BYTES);
    let media = media
        .split(';')
        .next()
        .unwrap_or_default()
        .parse::<MediaType>();
    let media = media.map_err(|error| Problem::malformed(header::CONTENT_TYPE.as_str(), error))?;
    let limit = api.limits().settings().upload_bytes;
    let (pieces, mut taken) = mpsc::channel::<Bytes>(WAITING);
    let ledger = std::sync::Arc::clone(api.ledger());
    let keeping = tokio::task::spawn_blocking(move || {
        let mut incoming = Incoming::begin(&ledger, limit)?;
        while let Some(piece) = taken.blocking_recv() {
            // An empty piece is the end; a body that breaks off has none, and nothing of it is kept.
            if piece.is_empty() {
                return incoming.keep(&ledger, media).map(Some);
            }
            incoming.write(&piece)?;
        }
        Ok(None)
    });
    let sent = send(&mut body, &pieces).await;
    drop(pieces);
    let kept = keeping.await.map_err(|_| Problem::internal())?;
    let evidence = kept.map_err(|error| refused(error, limit))?;
    sent?;
    let evidence = evidence.ok_or_else(Problem::internal)?;
    let place = format!("/v1/evidence/{}", evidence.commit);
    let place = HeaderValue::from_str(&place).map_err(|_| Problem::internal())?;
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, place)],
        axum::Json(evidence),
    )
        .into_response())
}

async fn send(body: &mut Body, pieces: &mpsc::Sender<Bytes>) -> Result<(), Problem> {
    let mut body = std::pin::Pin::new(body);
    loop {
        let frame = std::future::poll_fn(|context| body.as_mut().poll_frame(context));
        let frame = timeout(STALLED, frame).await.map_err(|_| {
            Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "body_too_slow",
                "the file took too long to arrive",
                "nothing was kept; send it again",
            )
        })?;
        let piece = match frame {
            None => Bytes::new(),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(piece) if !piece.is_empty() => piece,
                _ => continue,
            },
            Some(Err(_)) => return Err(Problem::malformed("body", "it broke off before its end")),
        };
        let over = piece.is_empty();
        // Whoever writes ended: its own error says why.
        if pieces.send(piece).await.is_err() || over {
            return Ok(());
        }
    }
}

fn too_large(limit: u64) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "evidence_too_large",
        format!("the file has more than {limit} bytes, which is the limit of this service"),
        "attach an extract of it",
    )
    .with("limit", limit)
}

fn refused(error: EvidenceError, limit: u64) -> Problem {
    match error {
        EvidenceError::TooLarge { .. } => too_large(limit),
        EvidenceError::Empty(_) => Problem::malformed("body", "the file is empty"),
        EvidenceError::NoPlace => Problem::new(
            StatusCode::NOT_FOUND,
            "no_evidence_store",
            error.to_string(),
            "record the fact without a file",
        ),
        EvidenceError::Gone(_) => Problem::new(
            StatusCode::NOT_FOUND,
            "evidence_gone",
            error.to_string(),
            "ask whoever has the file itself",
        ),
        EvidenceError::NotKept(error) if error.kind() == std::io::ErrorKind::StorageFull => {
            Problem::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "no_space",
                "there is no space left for the file",
                "free some space on the ledger's disk, and send it again",
            )
        }
        error => {
            tracing::error!(%error, "a file of evidence could not be kept or read");
            Problem::internal()
        }
    }
}

async fn file(State(api): State<Api>, Named(commit): Named<String>) -> Result<Response, Problem> {
    let commit = commit.parse::<Commitment>();
    let commit = commit.map_err(|error| Problem::malformed("commit", error))?;
    let named = commit.clone();
    let opened = api.blocking(move |ledger| {
        evidence::open_proved(ledger, &named).map_err(|error| refused(error, 0))
    });
    let (mut opened, bytes) = opened.await?;
    let (pipe, body) = pipe();
    tokio::task::spawn_blocking(move || {
        while let Ok(piece) = evidence::piece(&mut opened, PIECE_BYTES) {
            if piece.is_empty() || pipe.put_blocking(piece).is_err() {
                return;
            }
        }
    });
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(BYTES));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    headers.insert(NOSNIFF, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=31536000, immutable"),
    );
    // The commitment is all digits and letters.
    let name = format!("attachment; filename=\"{commit}\"");
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

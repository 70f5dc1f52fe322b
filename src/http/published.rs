//! The ledger as plain files, for auditors and witnesses (C2SP tlog-tiles 0.1.0).

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::ask::Named;
use super::endpoint::Endpoint;
use super::problem::Problem;
use super::state::Api;
use crate::proof::tiles::{Kind, Tile};
use crate::service::access::role::Action;
use crate::service::tiles::served;

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(Action::ReadPublished, "/ledger/checkpoint", checkpoint)
            .called(
                "publishedCheckpoint",
                "The checkpoint that the published pieces stand for",
            )
            .giving_bytes(StatusCode::OK, TEXT),
        Endpoint::get(
            Action::ReadPublished,
            "/ledger/tile/{level}/{*piece}",
            hashes,
        )
        .called("publishedTile", "A piece of the tree: up to 256 hashes")
        .giving_bytes(StatusCode::OK, BYTES),
        // Entries are facts of agreements, and not for everybody.
        Endpoint::get(Action::ReadLedger, "/ledger/tile/entries/{*piece}", entries)
            .called(
                "publishedEntries",
                "A piece of the ledger: up to 256 stored events",
            )
            .giving_bytes(StatusCode::OK, BYTES),
    ]
}

async fn checkpoint(State(api): State<Api>) -> Result<Response, Problem> {
    let text = api.blocking(|ledger| match served::checkpoint(ledger) {
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err(nothing()),
        Err(error) => Err(unreadable(&error)),
    });
    let mut response = Response::new(Body::from(text.await?));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(TEXT));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

async fn hashes(
    State(api): State<Api>,
    Named((level, piece)): Named<(String, String)>,
) -> Result<Response, Problem> {
    let tile = format!("tile/{level}/{piece}").parse::<Tile>();
    // However it is spelled, this way leads to no entries.
    let tile = tile.ok().filter(|tile| tile.kind() != Kind::Entries);
    served_tile(&api, tile).await
}

async fn entries(State(api): State<Api>, Named(piece): Named<String>) -> Result<Response, Problem> {
    let tile = format!("tile/entries/{piece}").parse::<Tile>();
    served_tile(&api, tile.ok()).await
}

async fn served_tile(api: &Api, tile: Option<Tile>) -> Result<Response, Problem> {
    let tile = tile.ok_or_else(nothing)?;
    let bytes = api.blocking(move |ledger| match served::tile(ledger, tile) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(nothing()),
        Err(error) => Err(unreadable(&error)),
    });
    let mut response = Response::new(Body::from(bytes.await?));
    let cached = match (tile.kind(), tile.is_full()) {
        (Kind::Hashes(_), true) => "public, max-age=31536000, immutable",
        (Kind::Hashes(_), false) => "public, max-age=3600",
        (Kind::Entries, true) => "private, max-age=31536000, immutable",
        (Kind::Entries, false) => "private, max-age=3600",
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(BYTES));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cached));
    Ok(response)
}

fn nothing() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "not_published",
        "nothing is published at this path",
        "`dealtrail checkpoint` signs and publishes what was recorded; of a partial piece ask for the full one",
    )
}

fn unreadable(error: &std::io::Error) -> Problem {
    tracing::error!(%error, "a published file could not be read");
    Problem::internal()
}

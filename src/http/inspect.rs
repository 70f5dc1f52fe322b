//! What an auditor and whoever runs the service look at: the state of the ledger itself, and what its read models have come to.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::answer::{json, pinned, plain};
use super::ask::{Asked, Times};
use super::endpoint::Endpoint;
use super::limits::Load;
use super::problem::Problem;
use super::state::Api;
use crate::service::access::role::Action;
use crate::service::info::{self, LedgerInfo};
use crate::service::refold::Digests;

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        // It names directories and what was saved where: figures, for those who look after the service.
        Endpoint::get(Action::ReadMetrics, "/v1/ledger/info", state)
            .called(
                "ledgerInfo",
                "The state of the ledger itself: its end, its copies, what was signed and saved of it",
            )
            .giving::<LedgerInfo>(StatusCode::OK),
        Endpoint::get(Action::ReadLedger, "/v1/ledger/digests", digests)
            .called(
                "ledgerDigests",
                "What the read models have come to, for whoever folds the stored events for themselves",
            )
            .weighing(Load::Long)
            .asked::<Times>()
            .giving::<Digests>(StatusCode::OK)
            .giving_bytes(StatusCode::NOT_MODIFIED, ""),
    ]
}

async fn state(State(api): State<Api>) -> Result<Response, Problem> {
    // It looks at files, and at the mirror's disk.
    let turn = api.answers().turn().await?;
    let info = api.blocking(move |ledger| {
        let dir = ledger.dir().map(std::path::Path::to_owned);
        let info = info::info_kept(ledger, &dir.unwrap_or_default());
        drop(turn);
        plain(info.position, &info)
    });
    info.await
}

async fn digests(
    State(api): State<Api>,
    Asked(times): Asked<Times>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let ledger = Arc::clone(api.ledger());
    let answer = pinned(&api, &headers, &times, "digests", move |reading| {
        let position = reading.position();
        let root = ledger.root(position)?;
        let digests = Digests {
            position,
            root: root.hash.to_string(),
            digests: reading.digests(),
        };
        Ok((json(&digests)?, None))
    });
    answer.await
}

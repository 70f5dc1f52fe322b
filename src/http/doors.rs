//! A service before its ledger is open, while it is, and while it ends.
//!
//! It listens from the first moment, so that a port in use is told before a large ledger is opened, and whoever watches it
//! learns that it is starting.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;

use super::problem::Problem;
use super::{greeting, health};

/// The routes of a service, as far as it has come. Copies are of the same service.
#[derive(Clone)]
pub struct Doors(Arc<Stages>);

struct Stages {
    closed: Router,
    open: OnceLock<Router>,
}

impl Default for Doors {
    fn default() -> Self {
        Self::closed()
    }
}

impl Doors {
    /// A service whose ledger is being opened: it answers that it lives and is not ready.
    #[must_use]
    pub fn closed() -> Self {
        let closed = Router::new()
            .route("/health/live", get(health::live))
            .route("/version", get(greeting::version))
            .fallback(async || starting());
        Self(Arc::new(Stages {
            closed,
            open: OnceLock::new(),
        }))
    }

    /// From now on these routes answer; the first ones given stay.
    pub fn open(&self, routes: Router) {
        let _ = self.0.open.set(routes);
    }

    /// The routes that answer now.
    pub fn routes(&self) -> Router {
        self.0.open.get().unwrap_or(&self.0.closed).clone()
    }
}

fn starting() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "starting",
        "the service is starting: its ledger is being opened",
        "try again in a moment; /health/ready tells when it is ready",
    )
    .retry()
}

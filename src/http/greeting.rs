//! What everybody may ask: whether the service lives, and which version it is.

use axum::Json;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::endpoint::Endpoint;
use crate::service::access::role::Action;

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(Action::Greet, "/version", version)
            .called("version", "Which program answers")
            .giving::<Version>(StatusCode::OK),
        Endpoint::get(Action::Greet, "/health/live", live)
            .called("live", "Whether the service lives")
            .giving::<Live>(StatusCode::OK),
    ]
}

/// Which program answers.
pub async fn version() -> Json<Version> {
    Json(Version::own())
}

/// Whether the service lives: who gets this answer knows.
pub async fn live() -> Json<Live> {
    Json(Live { status: "live" })
}

/// That the service lives.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Live {
    /// `live`.
    status: &'static str,
}

/// Which program answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Version {
    /// Its name.
    name: &'static str,
    /// Its version.
    version: &'static str,
}

impl Version {
    fn own() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

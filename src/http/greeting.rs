//! What everybody may ask: which program answers.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::endpoint::Endpoint;
use crate::service::access::role::Action;
use crate::service::formats;

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(Action::Greet, "/version", version)
            .called("version", "Which program answers")
            .giving::<Version>(StatusCode::OK),
    ]
}

/// Which program answers.
pub async fn version() -> Json<Version> {
    Json(Version::own())
}

/// Which program answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Version {
    /// Its name.
    name: &'static str,
    /// Its version.
    version: &'static str,
    /// What it was built for: processor and system.
    target: String,
    /// Whether it was built with checks that cost time.
    debug: bool,
    /// What it was built with, of what can be left out.
    features: Vec<&'static str>,
    /// The versions of the forms it writes; it reads every earlier one too.
    formats: BTreeMap<&'static str, u32>,
}

impl Version {
    /// This program.
    #[must_use]
    pub fn own() -> Self {
        let features = [
            (cfg!(feature = "jemalloc"), "jemalloc"),
            (cfg!(feature = "tls"), "tls"),
        ];
        let built = features.into_iter();
        Self {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            target: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
            debug: cfg!(debug_assertions),
            features: built.filter_map(|(is, name)| is.then_some(name)).collect(),
            formats: formats::written(),
        }
    }

    /// Its version.
    #[must_use]
    pub fn number(&self) -> &'static str {
        self.version
    }

    /// What it was built for.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }
}

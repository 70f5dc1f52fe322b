//! What the access log keeps.

use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::deal::value::ids::ActorId;
use crate::service::access::role::{Action, Role};
use crate::service::access::token::TokenId;

/// Who asked, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Who they are.
    pub actor: ActorId,
    /// What they may do.
    pub role: Role,
    /// The token they sent, by its id.
    pub token: Option<TokenId>,
}

/// A decision: somebody was let through to a route, or was not.
#[derive(Debug, Clone)]
pub struct Decision {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Who asked; `None` when nobody knows.
    pub who: Option<Who>,
    /// Where they asked from.
    pub from: Option<IpAddr>,
    /// The method.
    pub method: &'static str,
    /// The path, without what stands behind a question mark.
    pub path: Box<str>,
    /// The name of the route.
    pub route: &'static str,
    /// What the route is for.
    pub action: Action,
    /// Why not, as the code of the problem; `None` when they were let through.
    pub refused: Option<&'static str>,
    /// The status that was answered; `None` when whoever asked went away before.
    pub status: Option<u16>,
    /// The position the answer was given at.
    pub position: Option<u64>,
    /// The request's id.
    pub request: Arc<str>,
}

/// What is handed over.
pub(super) enum Entry {
    Decision(Decision),
    Note(DateTime<Utc>, String),
}

/// How the log is kept.
#[derive(Debug, Clone, Copy)]
pub struct Keeping {
    /// At how many bytes a new file is begun.
    pub file_bytes: u64,
}

impl Default for Keeping {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
        }
    }
}

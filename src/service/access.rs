//! Who may do what with a service.
//!
//! Deny by default: a request has a [`Caller`], a route has an [`Action`](role::Action), and one table says whether the
//! caller's role may do it ([`role::allows`]).

pub mod role;

use crate::deal::value::ids::{Actor, ActorId, KnownBy};
use role::Role;

/// Who asks a service, once that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who records, and how that is known.
    pub actor: Actor,
    /// What they may do.
    pub role: Role,
}

/// Why it is not known who asks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// No token was sent, and one is needed.
    #[error("this service needs a token")]
    NoToken,
    /// The token is none of this service's, has run out or was revoked: which of these is not told.
    #[error("this token is not valid here")]
    NotValid,
}

/// How a service knows who asks.
#[derive(Debug, Clone)]
pub enum Access {
    /// Whoever can connect may do everything and records under this id: for a service that only this machine reaches.
    Open(ActorId),
}

impl Access {
    /// Who sends a request with this token, if it has one.
    ///
    /// # Errors
    /// When that cannot be said.
    pub fn caller(&self, _token: Option<&str>) -> Result<Caller, Unknown> {
        match self {
            Self::Open(id) => Ok(Caller {
                actor: Actor {
                    id: id.clone(),
                    known_by: KnownBy::LocalClaim,
                },
                role: Role::Anyone,
            }),
        }
    }
}

//! Who may do what with a service, and what is kept of it.
//!
//! Deny by default: a request has a [`Caller`], a route has an [`Action`], and one table says whether the caller's role may
//! do it ([`role::allows`]). Callers are known by a token ([`token`]) that was granted ([`grants`]) and is looked up in
//! memory ([`tokens`]); every decision is kept in the access log ([`log`]). Grants and the log are chained ([`chain`]).

pub mod chain;
pub mod grants;
pub mod log;
pub mod role;
pub mod token;
pub mod tokens;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

use crate::deal::value::ids::{Actor, ActorId, KnownBy};
use crate::service::ambient::Clock;
use crate::service::open_error::LedgerError;
use crate::store::journal::disk::Disk;
use crate::store::ledger_file::LedgerFile;
use crate::store::open::OpenError;
use grants::{Granted, GrantsError};
use log::AccessLog;
use log::decision::{Keeping, Who};
use log::files::LogError;
use role::{Action, Role, allows};
use tokens::{NotFound, Tokens};

/// Who asks a service, once that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who records, and how that is known.
    pub actor: Actor,
    /// What they may do.
    pub role: Role,
    /// The token they are known by.
    granted: Option<Arc<Granted>>,
}

impl Caller {
    /// Whether they may do something: what their role may, as far as their token was not narrowed.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        let only = self.granted.as_ref().map(|one| one.grant.only.as_slice());
        let within = only.is_none_or(|only| only.is_empty() || only.contains(&action));
        allows(Some(self.role), action) && (within || action.is_public())
    }

    /// The token they are known by; `None` where no tokens are asked for.
    #[must_use]
    pub fn token(&self) -> Option<&token::TokenId> {
        self.granted.as_ref().map(|one| &one.grant.token)
    }

    /// Who they are, for the access log.
    #[must_use]
    pub fn who(&self) -> Who {
        Who {
            actor: self.actor.id.clone(),
            role: self.role,
            token: self.token().cloned(),
        }
    }
}

/// Why it is not known who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// No token was sent, and one is needed.
    #[error("this service needs a token")]
    NoToken,
    /// The token is none of this service's, has run out or was revoked: which of these is not told.
    #[error("this token is not valid here")]
    NotValid,
    /// It is not known at the moment which tokens are valid.
    #[error("the service cannot read which tokens are valid")]
    Unreadable,
}

/// How a service knows who asks.
#[derive(Debug, Clone)]
pub enum Access {
    /// Whoever can connect may do everything and records under this id: for a service that only this machine reaches.
    Open(ActorId),
    /// By their token.
    Tokens(Arc<Tokens>),
}

impl Access {
    /// Who sends a request with this token, if it has one.
    ///
    /// # Errors
    /// When that cannot be said.
    pub fn caller(&self, token: Option<&str>) -> Result<Caller, Unknown> {
        match self {
            Self::Open(id) => Ok(Caller {
                actor: Actor {
                    id: id.clone(),
                    known_by: KnownBy::LocalClaim,
                },
                role: Role::Anyone,
                granted: None,
            }),
            Self::Tokens(tokens) => {
                let token = token.ok_or(Unknown::NoToken)?;
                let granted = tokens.find(token).map_err(|error| match error {
                    NotFound::NotValid => Unknown::NotValid,
                    NotFound::Unreadable => Unknown::Unreadable,
                })?;
                Ok(Caller {
                    actor: Actor {
                        id: granted.grant.actor.clone(),
                        known_by: KnownBy::Token,
                    },
                    role: granted.grant.role,
                    granted: Some(granted),
                })
            }
        }
    }

    /// Whether somebody who was let in would still be: long answers ask again and again.
    #[must_use]
    pub fn still_knows(&self, caller: &Caller) -> bool {
        match (self, caller.token()) {
            (Self::Tokens(tokens), Some(token)) => tokens.is_valid(token),
            (Self::Tokens(_), None) => false,
            (Self::Open(_), _) => true,
        }
    }
}

/// Where what concerns access is kept.
#[derive(Debug, Clone)]
pub struct AccessFiles {
    /// The ledger's directory.
    pub dir: PathBuf,
    /// The ledger they belong to.
    pub ledger: Uuid,
}

/// Where what concerns access to the ledger in a directory is kept. The ledger need not be opened.
///
/// # Errors
/// When there is no ledger.
pub fn files_of(dir: &Path, disk: &dyn Disk) -> Result<AccessFiles, LedgerError> {
    let file = LedgerFile::read(disk, dir).map_err(OpenError::from)?;
    Ok(AccessFiles {
        dir: dir.to_owned(),
        ledger: file.id,
    })
}

/// What a service needs to know who asks and to keep what was decided.
#[derive(Debug)]
pub struct Opened {
    /// How it is known who asks.
    pub access: Access,
    /// Where decisions are kept.
    pub log: Arc<AccessLog>,
}

/// Opens the access of a service over the ledger in a directory. Where no token was ever granted and nobody but this
/// machine reaches the service (`local`), nobody is asked for one, and `unnamed` is who records.
///
/// # Errors
/// When no token is valid and others reach the service, or what is kept about access cannot be read.
pub fn open(
    (dir, ledger): (&Path, Uuid),
    local: bool,
    unnamed: ActorId,
    clock: Arc<dyn Clock>,
) -> Result<Opened, AccessError> {
    let granted = grants::read(dir, ledger)?;
    let now = clock.now();
    // Tokens that all ran out do not open the door to everybody.
    if !local && granted.valid(now) == 0 {
        return Err(AccessError::NoTokens);
    }
    let log = Arc::new(AccessLog::open(dir, ledger, Keeping::default(), now)?);
    let access = match granted.all.is_empty() {
        true => {
            log.note(
                now,
                format!("no tokens are asked for; whoever connects acts as {unnamed}"),
            );
            Access::Open(unnamed)
        }
        false => {
            let (noted, time) = (Arc::clone(&log), Arc::clone(&clock));
            let told = move |words: &str| noted.note(time.now(), words.to_owned());
            Access::Tokens(Arc::new(Tokens::open(dir, ledger, clock, told)?))
        }
    };
    Ok(Opened { access, log })
}

/// Why a service cannot know who asks.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Others could reach the service, and nobody has a token.
    #[error("others than this machine could reach this address, and no token is valid")]
    NoTokens,
    /// The grants cannot be read.
    #[error(transparent)]
    Grants(#[from] GrantsError),
    /// The log cannot be kept.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl AccessError {
    /// Whether asking otherwise helps, as against damage and a system that refuses.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::NoTokens)
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoTokens => {
                "`dealtrail token add` makes one; or listen on a loopback address such as 127.0.0.1"
            }
            Self::Grants(_) => {
                "nobody is let in while it is not known whom to; put the file back from where you keep a copy, or move it away \
                 and grant tokens anew"
            }
            Self::Log(_) => {
                "free some space or mend the disk; a log that was altered can be moved elsewhere, and a new one is begun"
            }
        }
    }
}

//! What a ledger is held to: it has every entry its newest checkpoint covers, unchanged.

use super::kept::{Kept, Unreadable};
use crate::proof::tree::Root;

/// How a ledger departs from a checkpoint it signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Departure {
    /// Entries are missing.
    #[error(
        "the ledger has {position} entries, and it signed a checkpoint of {signed}: {} missing", missing(*position, *signed)
    )]
    Shorter {
        /// How many entries there are.
        position: u64,
        /// How many the checkpoint covers.
        signed: u64,
    },
    /// The entries are others.
    #[error(
        "the first {size} entries are not those the ledger signed: their root is {found}, and the checkpoint's is {signed}"
    )]
    Other {
        /// How many entries the checkpoint covers.
        size: u64,
        /// The checkpoint's root, in hexadecimal.
        signed: String,
        /// The root of what is there, in hexadecimal.
        found: String,
    },
    /// It is the checkpoint of another ledger.
    #[error("{file} is a checkpoint of {origin}, and this ledger is {own}")]
    Origin {
        /// The checkpoint's file.
        file: String,
        /// The ledger it names.
        origin: String,
        /// This ledger.
        own: String,
    },
    /// The checkpoint cannot be read, so nobody knows what was signed.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

impl Departure {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Shorter { .. } | Self::Other { .. } => {
                "every question is still answered, and nothing is recorded or signed; restore a newer backup into a new \
                 directory (`dealtrail --data NEW restore BACKUP`) or go on from the mirror; without the missing entries \
                 a ledger goes on only by `restore --accept-loss`, and whoever holds the checkpoint will see it"
            }
            Self::Origin { .. } | Self::Unreadable(_) => {
                "every question is still answered, and nothing is recorded or signed; put the file back from a backup"
            }
        }
    }
}

fn missing(position: u64, signed: u64) -> String {
    match signed.saturating_sub(1) {
        last if last == position => format!("entry {last} is"),
        last => format!("entries {position} to {last} are"),
    }
}

/// Holds a ledger with this name and so many entries to a checkpoint; `root` gives the root over its first entries.
///
/// # Errors
/// When the root cannot be computed; the inner one when the ledger departs.
pub fn check<E>(
    kept: &Kept,
    origin: &str,
    position: u64,
    root: impl FnOnce(u64) -> Result<Root, E>,
) -> Result<Result<(), Departure>, E> {
    let checkpoint = kept.signed.checkpoint();
    let signed = checkpoint.root();
    if checkpoint.origin() != origin {
        return Ok(Err(Departure::Origin {
            file: kept.file.clone(),
            origin: checkpoint.origin().to_owned(),
            own: origin.to_owned(),
        }));
    }
    if signed.size > position {
        let signed = signed.size;
        return Ok(Err(Departure::Shorter { position, signed }));
    }
    let found = root(signed.size)?;
    Ok(match found == signed {
        true => Ok(()),
        false => Err(Departure::Other {
            size: signed.size,
            signed: signed.hash.to_string(),
            found: found.hash.to_string(),
        }),
    })
}

//! When each token was last used, as `dealtrail token list` shows it: known to a minute, kept beside the access log.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::decision::Decision;
use super::files;
use crate::service::access::chain;
use crate::service::access::token::TokenId;
use crate::store::journal::disk::{Access, RealDisk, replace};

const FILE_NAME: &str = "used.json";
const FORMAT: u32 = 1;
/// How often it is written while the service runs.
const EVERY: Duration = Duration::from_secs(60);

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    dealtrail_token_use: u32,
    used: BTreeMap<TokenId, DateTime<Utc>>,
}

/// When each token was last used.
pub(super) struct Used {
    file: File,
    changed: bool,
    kept: Instant,
}

fn path(dir: &Path) -> PathBuf {
    files::directory(dir).join(FILE_NAME)
}

/// When each token was last used, as far as that is known: a help for people, and nothing rests on it.
#[must_use]
pub fn last_used(dir: &Path) -> BTreeMap<TokenId, DateTime<Utc>> {
    let bytes = chain::bytes_of(&path(dir)).unwrap_or_default();
    let file: File = serde_json::from_slice(&bytes).unwrap_or_default();
    file.used
}

impl Used {
    pub(super) fn read(dir: &Path) -> Self {
        Self {
            file: File {
                dealtrail_token_use: FORMAT,
                used: last_used(dir),
            },
            changed: false,
            kept: Instant::now(),
        }
    }

    pub(super) fn note(&mut self, decision: &Decision) {
        let Some(token) = decision.who.as_ref().and_then(|who| who.token.as_ref()) else {
            return;
        };
        self.changed = true;
        match self.file.used.get_mut(token) {
            Some(at) => *at = decision.at,
            None => {
                self.file.used.insert(token.clone(), decision.at);
            }
        }
    }

    pub(super) fn keep(&mut self, dir: &Path, last: bool) {
        if !self.changed || (!last && self.kept.elapsed() < EVERY) {
            return;
        }
        self.changed = false;
        self.kept = Instant::now();
        let bytes = serde_json::to_vec(&self.file).map_err(io::Error::from);
        let kept =
            bytes.and_then(|bytes| replace(&RealDisk, &path(dir), &bytes, Access::OwnerOnly));
        if let Err(error) = kept {
            tracing::warn!(%error, "when tokens were last used could not be kept");
        }
    }
}

//! The tokens of a running service: what was granted, kept in memory, and looked at again four times a second.
//!
//! A token is found by its hash, so that how long the look-up takes tells nothing about the token. A file that cannot be
//! read or was altered lets nobody in until it can be read again.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use uuid::Uuid;

use super::grants::{self, Granted, Grants, GrantsError};
use super::token::{PREFIX, TokenHash, TokenId};
use crate::service::ambient::Clock;

/// How often the file is looked at: a revoked token is refused well within a second.
const EVERY: Duration = Duration::from_millis(250);
/// Far more letters than a token has.
const LONGEST: usize = 128;

/// What a file looked like when it was read.
type Stamp = Option<(u64, u64, i64, i64)>;

/// The tokens of a running service.
pub struct Tokens(Arc<Live>);

struct Live {
    dir: PathBuf,
    ledger: Uuid,
    clock: Arc<dyn Clock>,
    told: Box<dyn Fn(&str) + Send + Sync>,
    /// `None` while the file cannot be read.
    table: RwLock<Option<Arc<Table>>>,
}

struct Table {
    by_hash: HashMap<TokenHash, Arc<Granted>>,
    by_id: HashMap<TokenId, Arc<Granted>>,
}

/// Why a token lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFound {
    /// It is not known, has run out or was revoked.
    NotValid,
    /// It is not known at the moment which tokens are valid.
    Unreadable,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the tokens of a service")
    }
}

impl Tokens {
    /// The tokens of a ledger, kept up until dropped. `told` hears of every change, in a sentence without secrets.
    ///
    /// # Errors
    /// When the file cannot be read, or the system gives no thread.
    pub fn open(
        dir: &Path,
        ledger: Uuid,
        clock: Arc<dyn Clock>,
        told: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<Self, GrantsError> {
        // The look before the reading: what changes in between is read once more.
        let seen = stamp(dir);
        let grants = grants::read(dir, ledger)?;
        told(&standing(&grants));
        let live = Arc::new(Live {
            dir: dir.to_owned(),
            ledger,
            clock,
            told: Box::new(told),
            table: RwLock::new(Some(Arc::new(Table::of(grants)))),
        });
        let weak = Arc::downgrade(&live);
        let thread = std::thread::Builder::new().name("tokens".to_owned());
        thread.spawn(move || keep_up(&weak, seen.ok()))?;
        Ok(Self(live))
    }

    /// The grant of a token, while it is valid.
    ///
    /// # Errors
    /// When it is not.
    pub fn find(&self, token: &str) -> Result<Arc<Granted>, NotFound> {
        let table = self.0.table().ok_or(NotFound::Unreadable)?;
        if token.len() > LONGEST || !token.starts_with(PREFIX) {
            return Err(NotFound::NotValid);
        }
        let hash: TokenHash = <sha2::Sha256 as sha2::Digest>::digest(token.as_bytes()).into();
        let found = table.by_hash.get(&hash);
        let found = found.filter(|one| one.is_valid(self.0.clock.now()));
        found.cloned().ok_or(NotFound::NotValid)
    }

    /// Whether a token that was valid still is.
    #[must_use]
    pub fn is_valid(&self, id: &TokenId) -> bool {
        let table = self.0.table();
        let found = table.and_then(|table| table.by_id.get(id).cloned());
        found.is_some_and(|one| one.is_valid(self.0.clock.now()))
    }
}

impl Table {
    fn of(grants: Grants) -> Self {
        let all: Vec<_> = grants.all.into_iter().map(Arc::new).collect();
        let by_id = all
            .iter()
            .map(|one| (one.grant.token.clone(), Arc::clone(one)));
        let by_id = by_id.collect();
        let by_hash = all
            .into_iter()
            .filter_map(|one| Some((one.grant.hash()?, one)));
        Self {
            by_hash: by_hash.collect(),
            by_id,
        }
    }
}

impl Live {
    fn table(&self) -> Option<Arc<Table>> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        table.clone()
    }

    fn read_again(&self) {
        let read = grants::read(&self.dir, self.ledger);
        let table = match read {
            Ok(grants) => {
                (self.told)(&standing(&grants));
                Some(Arc::new(Table::of(grants)))
            }
            Err(error) => {
                tracing::error!(%error, "the tokens cannot be read: nobody is let in until they can");
                (self.told)(&format!("nobody is let in: {error}"));
                None
            }
        };
        *self.table.write().unwrap_or_else(PoisonError::into_inner) = table;
    }
}

/// Anchors the chain of grants in the log of whoever is told.
fn standing(grants: &Grants) -> String {
    match grants.place.link {
        Some(link) => format!("{} changes of tokens, the last {link}", grants.place.next),
        None => "no changes of tokens".to_owned(),
    }
}

fn keep_up(live: &Weak<Live>, mut seen: Option<Stamp>) {
    loop {
        std::thread::sleep(EVERY);
        let Some(live) = live.upgrade() else {
            return;
        };
        // What cannot be looked at is read, so that the failure has its words.
        let now = stamp(&live.dir).ok();
        if now.is_none() || now != seen {
            live.read_again();
        }
        seen = now;
    }
}

fn stamp(dir: &Path) -> io::Result<Stamp> {
    match fs::metadata(grants::path(dir)) {
        Ok(file) => Ok(Some((
            file.ino(),
            file.len(),
            file.mtime(),
            file.mtime_nsec(),
        ))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use chrono::TimeDelta;

    use super::*;
    use crate::service::access::grants::Order;
    use crate::service::access::role::Role;
    use crate::service::ambient::SetClock;

    const LEDGER: Uuid = Uuid::from_u128(7);
    const NOW: &str = "2026-01-01T00:00:00Z";

    fn order() -> Order {
        Order {
            actor: "u:7f3a".parse().unwrap(),
            role: Role::Officer,
            only: Vec::new(),
            valid: TimeDelta::days(1),
            label: None,
            by: "u:admin".parse().unwrap(),
        }
    }

    fn within_a_second(what: &str, holds: impl Fn() -> bool) {
        let began = Instant::now();
        while !holds() {
            assert!(began.elapsed() < Duration::from_secs(1), "{what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn a_running_service_hears_of_grants_and_revocations_within_a_second() {
        let dir = tempfile::tempdir().unwrap();
        let clock = SetClock::at(NOW.parse().unwrap());
        let (told, heard) = std::sync::mpsc::channel();
        let told = move |words: &str| told.send(words.to_owned()).unwrap();
        let tokens = Tokens::open(dir.path(), LEDGER, Arc::new(clock.clone()), told).unwrap();
        assert_eq!(tokens.find("dt_x").unwrap_err(), NotFound::NotValid);
        let now = NOW.parse().unwrap();
        let (token, one) = grants::grant(dir.path(), LEDGER, order(), now).unwrap();
        within_a_second("granted", || tokens.find(token.as_str()).is_ok());
        assert!(tokens.is_valid(&one.grant.token));
        let by = order().by;
        grants::revoke(dir.path(), LEDGER, token.as_str(), &by, now).unwrap();
        within_a_second("revoked", || tokens.find(token.as_str()).is_err());
        assert!(!tokens.is_valid(&one.grant.token));
        let heard: Vec<String> = heard.try_iter().collect();
        assert_eq!(heard.len(), 3, "{heard:?}");
        let (token, _) = grants::grant(dir.path(), LEDGER, order(), now).unwrap();
        within_a_second("granted", || tokens.find(token.as_str()).is_ok());
        clock.set("2026-01-02T00:00:00Z".parse().unwrap());
        assert_eq!(tokens.find(token.as_str()).unwrap_err(), NotFound::NotValid);
    }

    #[test]
    fn an_altered_file_lets_nobody_in() {
        let dir = tempfile::tempdir().unwrap();
        let now = NOW.parse().unwrap();
        let (token, _) = grants::grant(dir.path(), LEDGER, order(), now).unwrap();
        let clock = Arc::new(SetClock::at(now));
        let tokens = Tokens::open(dir.path(), LEDGER, clock, |_| {}).unwrap();
        assert!(tokens.find(token.as_str()).is_ok());
        let path = grants::path(dir.path());
        let good = fs::read_to_string(&path).unwrap();
        fs::write(&path, good.replace("u:7f3a", "u:7f3b") + "{}\n").unwrap();
        within_a_second("closed", || {
            tokens.find(token.as_str()).err() == Some(NotFound::Unreadable)
        });
        fs::write(&path, good).unwrap();
        within_a_second("open again", || tokens.find(token.as_str()).is_ok());
    }
}

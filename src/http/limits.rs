//! How much a service takes on: requests at a time and a second, and how large and how slow they may be.
//!
//! What is too much is answered at once and before its body is read, so that saying no stays cheap.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::service::access::token::TokenId;

/// How many requests one who asks may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Requests a second, kept up for as long as one likes.
    pub a_second: u32,
    /// How many of them may come at once.
    pub burst: u32,
}

/// Every limit of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How fast requests with one token may come.
    pub token: Pace,
    /// How fast requests without a valid token may come from one address: routes for everybody, and tokens that are
    /// refused.
    pub address: Pace,
    /// How many requests with one token may be under way at a time.
    pub token_at_once: usize,
    /// How many reading requests may be under way at a time.
    pub reads: usize,
    /// How many recording requests may be under way at a time.
    pub writes: usize,
    /// How many long answers may be under way at a time: exports and streams, which are read for minutes.
    pub long: usize,
    /// The longest body, in bytes.
    pub body_bytes: u64,
    /// The longest file of evidence, in bytes.
    pub upload_bytes: u64,
    /// How long a follower of the ledger may take nothing before it is let go.
    pub taking: Duration,
    /// How long a body may take to arrive.
    pub body_time: Duration,
    /// How long an answer may take to begin.
    pub time: Duration,
    /// The same for long answers.
    pub long_time: Duration,
    /// The longest path with what stands behind the question mark, in bytes.
    pub uri_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token: Pace {
                a_second: 2_000,
                burst: 4_000,
            },
            address: Pace {
                a_second: 200,
                burst: 1_000,
            },
            token_at_once: 256,
            reads: 1_024,
            writes: 4_096,
            long: 256,
            body_bytes: 1 << 20,
            upload_bytes: 64 << 20,
            taking: Duration::from_secs(20),
            body_time: Duration::from_secs(30),
            time: Duration::from_secs(30),
            long_time: Duration::from_secs(300),
            uri_bytes: 8 << 10,
        }
    }
}

/// Which budget a route takes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// None: it is answered from memory at once, also while everything else is too much.
    Light,
    /// That of reading.
    Read,
    /// That of recording.
    Write,
    /// That of recording, with a body of its own size.
    Upload,
    /// That of long answers.
    Long,
}

/// How much is under way and how much came lately.
#[derive(Debug)]
pub struct Limits {
    settings: Settings,
    began: Instant,
    reads: Arc<AtomicUsize>,
    writes: Arc<AtomicUsize>,
    long: Arc<AtomicUsize>,
    accounts: Accounts,
}

/// A place among what is under way, until dropped.
#[derive(Debug)]
pub struct Turn(Arc<AtomicUsize>);

impl Turn {
    fn take(counter: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        let before = counter.fetch_add(1, Ordering::Relaxed);
        let turn = Self(Arc::clone(counter));
        // One that is too many gives its place back as it is dropped.
        (before < most).then_some(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Why a request has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Requests of whoever asks come too fast: so many seconds from now the next one is taken.
    TooFast(u32),
    /// Too many requests of whoever asks are under way.
    TooMany,
}

impl Limits {
    /// Limits with nothing under way yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let none = || Arc::new(AtomicUsize::new(0));
        Self {
            settings,
            began: Instant::now(),
            reads: none(),
            writes: none(),
            long: none(),
            accounts: Accounts::default(),
        }
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A place in a budget; `None` when it is used up. What is light needs none.
    #[must_use]
    pub fn enter(&self, load: Load) -> Option<Option<Turn>> {
        let (counter, most) = match load {
            Load::Light => return Some(None),
            Load::Read => (&self.reads, self.settings.reads),
            Load::Write | Load::Upload => (&self.writes, self.settings.writes),
            Load::Long => (&self.long, self.settings.long),
        };
        Turn::take(counter, most).map(Some)
    }

    /// Counts a request with a valid token.
    ///
    /// # Errors
    /// When it has to wait.
    pub fn of_token(&self, token: &TokenId) -> Result<Turn, Wait> {
        let account = self.accounts.of(Key::Token(token.clone()), self.now());
        account.pay(self.settings.token, self.now())?;
        Turn::take(&account.under_way, self.settings.token_at_once).ok_or(Wait::TooMany)
    }

    /// Counts a request without a valid token.
    ///
    /// # Errors
    /// When it has to wait.
    pub fn of_address(&self, address: Option<IpAddr>) -> Result<(), Wait> {
        let account = self.accounts.of(Key::of(address), self.now());
        account.pay(self.settings.address, self.now())
    }

    /// How many reading, recording and long requests are under way.
    #[must_use]
    pub fn under_way(&self) -> [usize; 3] {
        [&self.reads, &self.writes, &self.long].map(|counter| counter.load(Ordering::Relaxed))
    }

    /// Nanoseconds since the beginning: enough for five centuries.
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Token(TokenId),
    /// An address of version 4, or the network of one of version 6: whoever has one such address has 2^64.
    Network(u64),
    /// Everybody there is no room to count.
    Crowd,
}

impl Key {
    fn of(address: Option<IpAddr>) -> Self {
        match address {
            None => Self::Crowd,
            Some(IpAddr::V4(address)) => Self::Network(u64::from(address.to_bits())),
            Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
                Some(address) => Self::Network(u64::from(address.to_bits())),
                None => {
                    let network = address.to_bits().checked_shr(64).unwrap_or_default();
                    Self::Network(u64::try_from(network).unwrap_or_default())
                }
            },
        }
    }
}

/// What one who asks has used up.
#[derive(Debug, Default)]
struct Account {
    /// When everything so far would have been sent at the even pace (GCRA, ITU-T I.371), in nanoseconds.
    paid_until: AtomicU64,
    under_way: Arc<AtomicUsize>,
}

impl Account {
    fn pay(&self, pace: Pace, now: u64) -> Result<(), Wait> {
        let second = 1_000_000_000_u64;
        let each = second
            .checked_div(u64::from(pace.a_second))
            .unwrap_or(second);
        let ahead = each.saturating_mul(u64::from(pace.burst));
        let mut too_far = 0;
        let paid = self
            .paid_until
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |until| {
                let next = until.max(now).saturating_add(each);
                too_far = next.saturating_sub(now.saturating_add(ahead));
                (too_far == 0).then_some(next)
            });
        paid.map(drop).map_err(|_| {
            let seconds = too_far.div_ceil(second);
            Wait::TooFast(u32::try_from(seconds).unwrap_or(u32::MAX))
        })
    }

    fn is_settled(&self, now: u64) -> bool {
        self.paid_until.load(Ordering::Relaxed) <= now
            && self.under_way.load(Ordering::Relaxed) == 0
    }
}

/// How many are counted apart.
const MOST_ACCOUNTS: usize = 10_000;

/// Who asked lately.
#[derive(Debug, Default)]
struct Accounts(RwLock<HashMap<Key, Arc<Account>>>);

impl Accounts {
    fn of(&self, key: Key, now: u64) -> Arc<Account> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(account) = known.get(&key) {
            return Arc::clone(account);
        }
        drop(known);
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_ACCOUNTS {
            // Whoever has nothing open starts afresh at no advantage.
            all.retain(|_, account| !account.is_settled(now));
        }
        let key = match all.len() >= MOST_ACCOUNTS {
            true => Key::Crowd,
            false => key,
        };
        Arc::clone(all.entry(key).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        a_second: 10,
        burst: 5,
    };
    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_burst_passes_then_the_even_pace() {
        let account = Account::default();
        let passed = |now| (0..100).filter(|_| account.pay(PACE, now).is_ok()).count();
        assert_eq!(passed(0), 5);
        assert_eq!(account.pay(PACE, 0), Err(Wait::TooFast(1)));
        assert_eq!(passed(SECOND / 10), 1);
        assert_eq!(passed(SECOND / 5), 1);
        assert_eq!(passed(100 * SECOND), 5, "what was not used is not saved up");
    }

    #[test]
    fn places_are_given_back() {
        let limits = Limits::new(Settings {
            reads: 2,
            ..Settings::default()
        });
        let first = limits.enter(Load::Read);
        let second = limits.enter(Load::Read);
        assert!(first.is_some() && limits.enter(Load::Read).is_none());
        assert!(limits.enter(Load::Write).is_some(), "a budget of its own");
        assert!(limits.enter(Load::Light).is_some());
        drop(second);
        assert!(limits.enter(Load::Read).is_some());
        drop(first);
        assert_eq!(limits.under_way(), [0, 0, 0]);
    }

    #[test]
    fn one_token_does_not_use_up_another_ones_places() {
        let limits = Limits::new(Settings {
            token_at_once: 1,
            ..Settings::default()
        });
        let [one, two] = ["t-aaaaaaaaaaaa", "t-bbbbbbbbbbbb"].map(|id| id.parse().unwrap());
        let turn = limits.of_token(&one).unwrap();
        assert_eq!(limits.of_token(&one).unwrap_err(), Wait::TooMany);
        assert!(limits.of_token(&two).is_ok());
        drop(turn);
        assert!(limits.of_token(&one).is_ok());
    }

    #[test]
    fn who_has_a_network_is_counted_once_and_a_crowd_takes_no_memory() {
        let key = |text: &str| Key::of(Some(text.parse().unwrap()));
        assert_eq!(key("2001:db8:1:2:3::4"), key("2001:db8:1:2:9::9"));
        assert_ne!(key("2001:db8:1:2::"), key("2001:db8:1:3::"));
        assert_eq!(key("::ffff:10.0.0.1"), key("10.0.0.1"));
        let accounts = Accounts::default();
        for n in 0..20_000 {
            let account = accounts.of(Key::Network(n), 0);
            let _ = account.pay(PACE, 0);
        }
        let count = |accounts: &Accounts| accounts.0.read().unwrap().len();
        assert_eq!(count(&accounts), MOST_ACCOUNTS + 1);
        accounts.of(Key::Network(99_999), 100 * SECOND);
        assert_eq!(count(&accounts), 1, "those who were quiet are forgotten");
    }
}

//! What the world around the service hands in: the time, fresh ids and random bytes.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use rustix::time::{ClockId, clock_gettime};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> DateTime<Utc>;

    /// Time since some fixed moment; it passes evenly, sleep included, and is never set.
    fn elapsed(&self) -> Duration;

    /// Whether the time was set by hand, as only a demonstration ledger allows.
    fn is_set(&self) -> bool {
        false
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn elapsed(&self) -> Duration {
        // CLOCK_BOOTTIME counts while the machine sleeps: waking up is no jump of the clock.
        let time = clock_gettime(ClockId::Boottime);
        let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
        Duration::from_secs(seconds).saturating_add(Duration::from_nanos(
            u64::try_from(time.tv_nsec).unwrap_or_default(),
        ))
    }
}

/// A clock that stands where it was set.
#[derive(Debug, Clone)]
pub struct SetClock(Arc<Mutex<DateTime<Utc>>>);

impl SetClock {
    /// A clock standing at this moment.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// Sets it, for everyone who holds a clone of it.
    pub fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn is_set(&self) -> bool {
        true
    }
}

/// What a fresh id is for: a part of what [`SeededIds`] draws from, so that uses never collide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An event.
    Event,
    /// A new agreement, package, occasion or organisation.
    Stream,
    /// A command whose sender chose no id.
    Command,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Stream => "stream",
            Self::Command => "command",
        }
    }
}

/// Where fresh ids come from: UUIDs of version 7, which sort by time.
pub trait Ids: Send + Sync {
    /// A fresh id. `place` is where the ledger ends and `n` counts the ids drawn there, so that a
    /// reproducible source can draw a different id each time without a memory of its own.
    fn draw(&self, purpose: Purpose, now: DateTime<Utc>, place: u64, n: u64) -> Uuid;

    /// The secret of a new ledger: nobody can foresee it, unless everything in the ledger is made up.
    ///
    /// # Errors
    /// When the system has no random bytes to give.
    fn secret(&self) -> Result<[u8; 32], NoRandomness> {
        secret()
    }
}

/// How many random bytes an id has.
const RANDOM: usize = 10;
/// For how many ids the system is asked at a time: asking it takes longer than everything else of an id.
const AT_A_TIME: usize = 64;

/// Random bytes of the system's that no id was made of yet.
struct Supply {
    bytes: [[u8; RANDOM]; AT_A_TIME],
    left: usize,
}

thread_local! {
    static SUPPLY: RefCell<Supply> = const {
        RefCell::new(Supply {
            bytes: [[0; RANDOM]; AT_A_TIME],
            left: 0,
        })
    };
}

impl Supply {
    /// Bytes for one id, which are given once; `None` when the system has none to give.
    fn take(&mut self) -> Option<[u8; RANDOM]> {
        if self.left == 0 {
            getrandom::fill(self.bytes.as_flattened_mut()).ok()?;
            self.left = AT_A_TIME;
        }
        self.left = self.left.checked_sub(1)?;
        self.bytes.get_mut(self.left).map(std::mem::take)
    }
}

/// Ids nobody can foresee.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    fn draw(&self, purpose: Purpose, now: DateTime<Utc>, place: u64, n: u64) -> Uuid {
        let drawn = SUPPLY.with_borrow_mut(Supply::take);
        let Some(bytes) = drawn else {
            // Ids have to differ, not to be secret: the place in the ledger makes the difference then.
            let seed = std::process::id().to_be_bytes();
            return SeededIds::new(&seed).draw(purpose, now, place, n);
        };
        version_7(now, bytes)
    }
}

/// Ids that come out the same in every run with the same ledger and clock: for demonstrations and tests.
#[derive(Debug, Clone)]
pub struct SeededIds {
    seed: Vec<u8>,
}

impl SeededIds {
    /// A source with this seed.
    #[must_use]
    pub fn new(seed: &[u8]) -> Self {
        Self {
            seed: seed.to_vec(),
        }
    }
}

impl Ids for SeededIds {
    fn draw(&self, purpose: Purpose, now: DateTime<Utc>, place: u64, n: u64) -> Uuid {
        let digest: [u8; 32] = Sha256::new()
            .chain_update((self.seed.len() as u64).to_be_bytes())
            .chain_update(&self.seed)
            .chain_update(purpose.word())
            .chain_update(place.to_be_bytes())
            .chain_update(n.to_be_bytes())
            .finalize()
            .into();
        let mut bytes = [0; 10];
        bytes
            .iter_mut()
            .zip(digest)
            .for_each(|(to, from)| *to = from);
        version_7(now, bytes)
    }
}

/// Ids and a secret that follow from a seed, for ledgers in which everything is made up: there is nothing to keep
/// from anybody, and the ledger comes out the same to the last byte.
#[derive(Debug, Clone)]
pub struct FictionalIds(SeededIds);

impl FictionalIds {
    /// A source with this seed.
    #[must_use]
    pub fn new(seed: &[u8]) -> Self {
        Self(SeededIds::new(seed))
    }
}

impl Ids for FictionalIds {
    fn draw(&self, purpose: Purpose, now: DateTime<Utc>, place: u64, n: u64) -> Uuid {
        self.0.draw(purpose, now, place, n)
    }

    fn secret(&self) -> Result<[u8; 32], NoRandomness> {
        let digest = Sha256::new()
            .chain_update(b"the secret of a fictional ledger")
            .chain_update(&self.0.seed);
        Ok(digest.finalize().into())
    }
}

fn version_7(now: DateTime<Utc>, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// 32 bytes nobody can foresee, for a ledger's secret or the salt of a commitment.
///
/// # Errors
/// When the system has no random bytes to give.
pub fn secret() -> Result<[u8; 32], NoRandomness> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| NoRandomness(error.to_string()))?;
    Ok(bytes)
}

/// The system gave no random bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random bytes, which a ledger's secret needs: {0}")]
pub struct NoRandomness(String);

/// The clock and the source of ids a ledger works with.
#[derive(Clone)]
pub struct Ambient {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of ids.
    pub ids: Arc<dyn Ids>,
}

impl Default for Ambient {
    /// The machine's clock, and ids nobody can foresee.
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
        }
    }
}

impl Ambient {
    /// A clock set by hand, and ids that come out the same in every run.
    #[must_use]
    pub fn set(clock: SetClock, seed: &[u8]) -> Self {
        Self {
            clock: Arc::new(clock),
            ids: Arc::new(SeededIds::new(seed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_ids_are_the_same_again_and_differ_by_use_and_place() {
        let now = "2025-04-18T06:00:00Z".parse().unwrap();
        let ids = SeededIds::new(b"demo");
        let draw = |purpose, place, n| ids.draw(purpose, now, place, n);
        let first = draw(Purpose::Event, 0, 0);
        assert_eq!(
            first,
            SeededIds::new(b"demo").draw(Purpose::Event, now, 0, 0)
        );
        assert_eq!(first.get_version_num(), 7);
        for other in [
            draw(Purpose::Stream, 0, 0),
            draw(Purpose::Event, 1, 0),
            draw(Purpose::Event, 0, 1),
            SeededIds::new(b"omed").draw(Purpose::Event, now, 0, 0),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn random_ids_differ_and_sort_by_time() {
        let early = "2025-04-18T06:00:00Z".parse().unwrap();
        let late = "2025-04-18T06:00:01Z".parse().unwrap();
        let draw = |now| RandomIds.draw(Purpose::Event, now, 0, 0);
        assert_ne!(draw(early), draw(early));
        assert!(draw(early) < draw(late));
    }

    #[test]
    fn the_machines_time_passes() {
        let before = SystemClock.elapsed();
        std::thread::sleep(Duration::from_millis(2));
        assert!(SystemClock.elapsed() > before);
    }
}

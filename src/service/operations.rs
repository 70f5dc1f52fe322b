//! How a service that runs is doing: since when, whether it ends, and what its audit of itself found.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::health::{ENDING, Trouble, troubles};
use super::ledger::Ledger;
use super::self_audit::{Audited, Pace, SelfAudit};
use super::stall::Stall;

/// How a service that runs is doing. Copies are of the same service.
#[derive(Clone, Default)]
pub struct Operations(Arc<State>);

struct State {
    begun: Instant,
    begun_at: SystemTime,
    ending: AtomicBool,
    logs_requests: AtomicBool,
    stall: Stall,
    audit: Mutex<Option<SelfAudit>>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            begun_at: SystemTime::now(),
            ending: AtomicBool::new(false),
            logs_requests: AtomicBool::new(false),
            stall: Stall::default(),
            audit: Mutex::new(None),
        }
    }
}

impl Operations {
    /// From now on each request is a line of the log.
    pub fn log_requests(&self) {
        self.0.logs_requests.store(true, Ordering::Relaxed);
    }

    /// Whether each request is a line of the log.
    #[must_use]
    pub fn logs_requests(&self) -> bool {
        self.0.logs_requests.load(Ordering::Relaxed)
    }

    /// Starts the audit of a ledger's read models.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn audit(&self, ledger: &Ledger, pace: Pace) -> std::io::Result<()> {
        let follower = Arc::clone(ledger.follower());
        let store = Arc::clone(ledger.store());
        let audit = SelfAudit::start(store, follower, ledger.doubt(), pace)?;
        *self.held() = Some(audit);
        Ok(())
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<SelfAudit>> {
        let audit = self.0.audit.lock();
        audit.unwrap_or_else(PoisonError::into_inner)
    }

    /// The service ends: its audit does, and it is not ready any more.
    pub fn end(&self) {
        self.0.ending.store(true, Ordering::Relaxed);
        let audit = self.held().take();
        drop(audit);
    }

    /// How far the audit has come; `None` where there is none.
    #[must_use]
    pub fn audited(&self) -> Option<Audited> {
        self.held().as_ref().map(SelfAudit::audited)
    }

    /// How long the service has run.
    #[must_use]
    pub fn uptime(&self) -> Duration {
        self.0.begun.elapsed()
    }

    /// When it began.
    #[must_use]
    pub fn begun_at(&self) -> SystemTime {
        self.0.begun_at
    }

    /// What keeps it from its work; nothing when it is ready.
    #[must_use]
    pub fn troubles(&self, ledger: &Ledger) -> Vec<Trouble> {
        let mut found = troubles(ledger, &self.0.stall, self.audited().as_ref());
        if self.0.ending.load(Ordering::Relaxed) {
            found.push(Trouble {
                code: ENDING,
                sentence: "the service is ending".to_owned(),
                hint: "ask the one that takes its place",
            });
        }
        found
    }
}

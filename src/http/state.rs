//! What the handlers of the API share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::NaiveDate;

use tokio::sync::watch;

use super::problem::Problem;
use crate::service::access::Access;
use crate::service::evidence::error::MAX_BYTES;
use crate::service::feed::Feed;
use crate::service::ledger::Ledger;

/// How long a follower of the ledger may take nothing unless said otherwise, in milliseconds.
const TAKING_MILLIS: u64 = 20_000;

/// What the handlers of the API share.
#[derive(Clone)]
pub struct Api(Arc<Shared>);

struct Shared {
    ledger: Arc<Ledger>,
    access: Access,
    feed: Feed,
    closing: watch::Sender<bool>,
    evidence_bytes: AtomicU64,
    taking_millis: AtomicU64,
}

impl Api {
    /// The API of a ledger.
    #[must_use]
    pub fn new(ledger: Arc<Ledger>, access: Access) -> Self {
        let (feed, closing) = (Feed::new(&ledger), watch::Sender::new(false));
        Self(Arc::new(Shared {
            ledger,
            access,
            feed,
            closing,
            evidence_bytes: AtomicU64::new(MAX_BYTES),
            taking_millis: AtomicU64::new(TAKING_MILLIS),
        }))
    }

    /// The ledger.
    #[must_use]
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.0.ledger
    }

    /// How it is known who asks.
    #[must_use]
    pub fn access(&self) -> &Access {
        &self.0.access
    }

    /// What hands new events to those who follow.
    #[must_use]
    pub fn feed(&self) -> &Feed {
        &self.0.feed
    }

    /// How many bytes a file of evidence may have.
    #[must_use]
    pub fn evidence_bytes(&self) -> u64 {
        self.0.evidence_bytes.load(Ordering::Relaxed)
    }

    /// From now on a file of evidence may have so many bytes.
    pub fn limit_evidence(&self, bytes: u64) {
        self.0.evidence_bytes.store(bytes, Ordering::Relaxed);
    }

    /// How long a follower of the ledger may take nothing before it is let go.
    #[must_use]
    pub fn taking(&self) -> Duration {
        Duration::from_millis(self.0.taking_millis.load(Ordering::Relaxed))
    }

    /// From now on a follower may take nothing for so long.
    pub fn limit_taking(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.0.taking_millis.store(millis, Ordering::Relaxed);
    }

    /// Ends the answers that have no end of their own: the service is about to end.
    pub fn close(&self) {
        // Nobody may be waiting for it.
        let _ = self.0.closing.send_replace(true);
    }

    /// Whether the service is about to end, and to be woken when it is.
    #[must_use]
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.0.closing.subscribe()
    }

    /// Today, in the agency's zone.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.0.ledger.today()
    }

    /// What `work` gives on a thread that may block.
    ///
    /// # Errors
    /// What it fails with.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Ledger) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let ledger = Arc::clone(&self.0.ledger);
        tokio::task::spawn_blocking(move || work(&ledger))
            .await
            .unwrap_or_else(|_| Err(Problem::internal()))
    }
}

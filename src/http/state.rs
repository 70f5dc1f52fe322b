//! What the handlers of the API share.

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use tokio::sync::watch;

use super::kept::Answers;
use super::limits::{Limits, Settings};
use super::problem::Problem;
use super::stored::Stored;
use super::traffic::Traffic;
use crate::service::access::Access;
use crate::service::access::log::AccessLog;
use crate::service::feed::Feed;
use crate::service::health::{ACCESS_LOG, Trouble};
use crate::service::ledger::Ledger;
use crate::service::operations::Operations;

/// What the handlers of the API share.
#[derive(Clone)]
pub struct Api(Arc<Shared>);

struct Shared {
    ledger: Arc<Ledger>,
    access: Access,
    operations: Operations,
    traffic: Traffic,
    /// Held by whoever asks the ledger how it is.
    looking: tokio::sync::Semaphore,
    answers: Answers,
    stored: Stored,
    log: Option<Arc<AccessLog>>,
    limits: Limits,
    feed: Feed,
    closing: watch::Sender<bool>,
}

impl Api {
    /// The API of a ledger.
    #[must_use]
    pub fn new(ledger: Arc<Ledger>, access: Access) -> Self {
        Self::guarded(ledger, (access, None), Settings::default())
    }

    /// The API of a ledger, with limits, and with an access log where there is one.
    #[must_use]
    pub fn guarded(
        ledger: Arc<Ledger>,
        (access, log): (Access, Option<Arc<AccessLog>>),
        settings: Settings,
    ) -> Self {
        Self(Arc::new(Shared {
            feed: Feed::new(&ledger),
            closing: watch::Sender::new(false),
            ledger,
            access,
            log,
            limits: Limits::new(settings),
            operations: Operations::default(),
            traffic: Traffic::default(),
            looking: tokio::sync::Semaphore::new(1),
            answers: Answers::default(),
            stored: Stored::default(),
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

    /// Answers that took long, and turns to compute them.
    #[must_use]
    pub fn answers(&self) -> &Answers {
        &self.0.answers
    }

    /// The stored events of things that were asked for before.
    #[must_use]
    pub fn stored(&self) -> &Stored {
        &self.0.stored
    }

    /// Where decisions are kept, if they are.
    #[must_use]
    pub fn log(&self) -> Option<&Arc<AccessLog>> {
        self.0.log.as_ref()
    }

    /// How much the service takes on.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// How the service is doing.
    #[must_use]
    pub fn operations(&self) -> &Operations {
        &self.0.operations
    }

    /// What keeps it from its work; nothing when it is ready. It looks at the ledger, whose disk may not answer.
    #[must_use]
    pub fn troubles(&self) -> Vec<Trouble> {
        let mut troubles = self.operations().troubles(self.ledger());
        if self.log().is_some_and(|log| !log.is_ready()) {
            troubles.push(Trouble {
                code: ACCESS_LOG,
                sentence: "the disk does not take the access log, and requests are refused".to_owned(),
                hint: "free some space on the ledger's disk: requests are answered again by themselves; after a failed sync start \
                       the service again",
            });
        }
        troubles
    }

    /// What was asked of it.
    #[must_use]
    pub fn traffic(&self) -> &Traffic {
        &self.0.traffic
    }

    /// What `look` says of how the ledger is; `None` when it does not say it in time, or did not say it to somebody before
    /// who still waits: a disk that hangs holds up one such question and not all.
    pub async fn looked<T: Send + 'static>(
        &self,
        patience: Duration,
        look: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Option<T> {
        let api = self.clone();
        let turn = tokio::time::timeout(patience, async move {
            let turn = api.0.looking.acquire().await.ok()?;
            turn.forget();
            Some(Turn(api))
        });
        let turn = turn.await.ok()??;
        // Given back only by the thread that is held up, when it is no more.
        let asked = tokio::task::spawn_blocking(move || look(&turn.0));
        tokio::time::timeout(patience, asked).await.ok()?.ok()
    }

    /// What hands new events to those who follow.
    #[must_use]
    pub fn feed(&self) -> &Feed {
        &self.0.feed
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
        // What is logged there belongs to the request.
        let span = tracing::Span::current();
        tokio::task::spawn_blocking(move || span.in_scope(|| work(&ledger)))
            .await
            .unwrap_or_else(|_| Err(Problem::internal()))
    }
}

/// The turn of whoever asks the ledger how it is, until it is dropped.
struct Turn(Api);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.0.looking.add_permits(1);
    }
}

//! How a run is ended from outside: at once, or first asked to.
//!
//! Most commands are ended at once by Ctrl-C: what was acknowledged is on the disk. A service that answers is asked first,
//! by Ctrl-C or SIGTERM, and ended by the second time it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

/// Whether the end was asked for. Copies are of the same run.
#[derive(Clone, Default)]
pub(super) struct Stopping(Arc<Asked>);

#[derive(Default)]
struct Asked {
    /// Whether the command ends by itself when it is asked to.
    gracefully: AtomicBool,
    told: Notify,
}

impl Stopping {
    /// From now on the command ends by itself once it is asked to, and is asked first.
    pub(super) fn gracefully(&self) {
        self.0.gracefully.store(true, Ordering::Release);
    }

    /// Waits until the end is asked for.
    pub(super) async fn asked(&self) {
        self.0.told.notified().await;
    }

    /// Waits until the run has to end at once. Of a command that `serves`, SIGTERM is taken note of as well.
    pub(super) async fn at_once(&self, serves: bool) {
        let mut interrupts = signal(SignalKind::interrupt()).ok();
        let mut terms = match serves {
            true => signal(SignalKind::terminate()).ok(),
            false => None,
        };
        let mut was_asked = false;
        loop {
            tokio::select! {
                () = next(&mut interrupts) => {}
                () = next(&mut terms) => {}
            }
            if was_asked || !self.0.gracefully.load(Ordering::Acquire) {
                return;
            }
            was_asked = true;
            self.0.told.notify_one();
        }
    }
}

/// The next time a signal comes; never where the system gives no way to know.
async fn next(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

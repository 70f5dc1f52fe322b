//! Records what the scrub mends while the ledger is open.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use super::ambient::{Ambient, Purpose};
use super::finding;
use super::opening;
use super::writer::{Pending, Writer};
use crate::deal::event::ledger_repaired::LedgerRepaired;
use crate::deal::value::ids::CommandId;
use crate::store::event_store::EventStore;

/// How often to look.
const EVERY: Duration = Duration::from_millis(500);

/// A thread that looks for new findings, until it is dropped.
pub(super) struct Repairs {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Repairs {
    /// Looks behind a ledger; the first `known` findings were recorded before.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn watch(
        store: Arc<dyn EventStore>,
        writer: Arc<Writer>,
        ambient: Ambient,
        known: usize,
    ) -> io::Result<Self> {
        let (end, ended) = mpsc::channel();
        let mut known = known;
        let thread = std::thread::Builder::new()
            .name("repairs".to_owned())
            .spawn(move || {
                let mut last = false;
                while !last {
                    last = ended.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout);
                    let findings = store.info().findings;
                    let fresh = findings.get(known..).unwrap_or_default();
                    known = findings.len();
                    let Some(repair) = finding::repairs(fresh, true) else {
                        continue;
                    };
                    let place = store.head().frames;
                    let id =
                        ambient
                            .ids
                            .draw(Purpose::Command, ambient.clock.now(), place, u64::MAX);
                    record(&writer, CommandId::from(id), repair);
                }
            })?;
        Ok(Self {
            end: Some(end),
            thread: Some(thread),
        })
    }
}

/// Records a repair. One that cannot be recorded is still told by `info`.
pub(super) fn record(writer: &Writer, id: CommandId, repair: LedgerRepaired) {
    let command = opening::repaired(id, repair);
    if let Err(error) = writer.submit(command).and_then(Pending::wait) {
        tracing::warn!(%error, "a repair of the ledger could not be recorded");
    }
}

impl Drop for Repairs {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // A panic there costs the record of a repair, which is told by `info` all the same.
            let _ = thread.join();
        }
    }
}

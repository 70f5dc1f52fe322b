//! A ledger's directory, read and proved from its first frame to its end.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;

use super::error::BackupError;
use super::manifest::ModelDigest;
use super::step::{Step, Told};
use crate::deal::event::{Event, Payload};
use crate::deal::value::ids::StreamId;
use crate::projection::digest::hexadecimal;
use crate::projection::models::Models;
use crate::proof::tree::Root;
use crate::service::replay::Fold;
use crate::store::event_store::ReadError;
use crate::store::frame::Check;
use crate::store::head::{ChainHash, Head};
use crate::store::journal::disk::Disk;
use crate::store::journal::files::JournalFiles;
use crate::store::journal::frames::{JournalFrames, parsed};
use crate::store::journal::recover::Recovery;
use crate::store::journal::writer::JournalEnd;

/// A journal, open for reading up to its last whole durable frame.
pub(super) struct Source {
    /// Its segments.
    pub(super) files: Arc<JournalFiles>,
    /// Where it ends.
    pub(super) end: JournalEnd,
}

/// What a journal read from end to end comes to.
pub(super) struct Proved {
    /// The Merkle root over its events.
    pub(super) root: Root,
    /// The root at the size that was asked for, when there are so many events.
    pub(super) marked: Option<Root>,
    /// The digest of each read model.
    pub(super) read_models: BTreeMap<String, ModelDigest>,
    /// The chain hash after the frame that was asked for, when there are so many.
    pub(super) passed: Option<ChainHash>,
    /// Whether its clock may be set by hand.
    pub(super) demonstration: bool,
    /// Whether the key it signs with was ever changed.
    pub(super) key_changed: bool,
}

/// Places on the way at which something is to be noted.
#[derive(Default)]
pub(super) struct Marks {
    /// The root over so many events.
    pub(super) size: Option<u64>,
    /// The chain hash after so many frames.
    pub(super) frames: Option<u64>,
}

impl Source {
    /// Opens a journal beside a running writer or without one; the last segment is synced before it is trusted, and
    /// nothing is written.
    pub(super) fn open(
        dir: &Path,
        disk: &Arc<dyn Disk>,
        ledger: Uuid,
        segment_bytes: u64,
    ) -> Result<Self, ReadError> {
        let recovery = Recovery {
            dir,
            disk: Arc::clone(disk),
            ledger,
            segment_bytes,
            copy: None,
            acknowledged: 0,
            writable: false,
        };
        let recovered = recovery.run()?;
        match recovered.broken {
            Some(damage) => Err(damage),
            None => Ok(Self {
                files: recovered.files,
                end: recovered.end,
            }),
        }
    }

    /// The head.
    pub(super) fn head(&self) -> Head {
        self.end.head
    }

    /// Reads and folds everything: checksums, chain, and that each event stands where it belongs.
    pub(super) fn prove(
        &self,
        marks: Marks,
        step: Step,
        told: Told<'_>,
    ) -> Result<Proved, BackupError> {
        let head = self.head();
        let mut fold = Fold::new().mark(marks.size);
        let start =
            JournalFrames::start_of(&self.files, |_| false).ok_or_else(|| ReadError::Missing {
                file: crate::store::journal::segment::name(0),
                what: "the journal has no segment".to_owned(),
            })?;
        let files = Arc::clone(&self.files);
        let mut frames = JournalFrames::new(files, start, head.frames, Check::Checksum);
        let mut passed = None;
        for item in frames.by_ref() {
            let (at, bytes) = item?;
            let reached = bytes.head();
            if marks.frames == Some(reached.frames) {
                passed = Some(reached.chain);
            }
            fold.take_in(&parsed(at, bytes)?, head.position)?;
            told(step, fold.models().position(), head.position);
        }
        // Frames are linked by number and chain, so the last one stands for all.
        if frames.head() != head {
            let found = frames.head();
            return Err(BackupError::Different(format!(
                "{} entries in {} frames were read, and there are {} in {}",
                found.position, found.frames, head.position, head.frames
            )));
        }
        let models = fold.models();
        let mut own = models.status.events_of(StreamId::Ledger).into_iter();
        let key_changed = |event: Event| matches!(event.payload, Payload::KeyRotated(_));
        Ok(Proved {
            key_changed: own.any(key_changed),
            root: fold.root(),
            marked: fold.marked(),
            passed,
            read_models: digests(models),
            demonstration: models
                .ledger
                .opened()
                .is_some_and(|opened| opened.demonstration),
        })
    }
}

fn digests(models: &Models) -> BTreeMap<String, ModelDigest> {
    let each = models.each().into_iter();
    each.map(|model| {
        let digest = ModelDigest {
            digest: hexadecimal(&model.digest()),
            version: model.version(),
        };
        (model.name().to_owned(), digest)
    })
    .collect()
}

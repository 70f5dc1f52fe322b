//! The journal from its first byte to its last: every frame's checksum and chain, every record hashed again, on all cores.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use uuid::Uuid;

use super::times::{Moment, Sandwich};
use crate::deal::event::Kind;
use crate::proof::tiles::Tiling;
use crate::proof::tree::{Hash, Root, leaf_hash};
use crate::service::in_order::in_order;
use crate::service::tiles::check::{Bundles, Published, Tiles, Wrong};
use crate::store::event_store::ReadError;
use crate::store::frame::{Check, FrameBytes};
use crate::store::head::{ChainHash, Head};
use crate::store::journal::disk::Disk;
use crate::store::journal::files::{Location, damaged};
use crate::store::journal::frames::JournalFrames;
use crate::store::journal::recover::{Recovered, Recovery};
use crate::store::journal::segment;
use crate::store::ledger_file::LedgerFile;

/// About how many bytes of frames are handed over at once.
const PIECE_BYTES: usize = 256 << 10;

/// What the walk came to.
pub(super) struct Walked {
    /// Where the journal ends.
    pub(super) head: Head,
    /// The root over all records.
    pub(super) root: Root,
    /// The root at each size that was asked for, as far as the ledger goes.
    pub(super) roots: BTreeMap<u64, Root>,
    /// How many events there are and the chain hash after each number of frames that was asked for.
    pub(super) passed: BTreeMap<u64, (u64, ChainHash)>,
    /// The ids of all events, in order.
    pub(super) ids: Vec<u128>,
    /// The first event recorded earlier than the one before it.
    pub(super) disorder: Option<u64>,
    /// The first event whose time does not fit what witnesses say.
    pub(super) misfit: Option<(u64, Moment)>,
    /// Whether the ledger's clock may be set by hand.
    pub(super) demonstration: bool,
    /// The entries that tell of a change of key, as they are stored.
    pub(super) key_changes: Vec<(u64, Vec<u8>)>,
    /// How many published tiles and bundles were looked at, and those that are not what the entries make them.
    pub(super) tiles: (u64, Vec<Wrong>),
}

/// Places at which the walk notes something.
#[derive(Default)]
pub(super) struct Marks {
    /// The root over so many events.
    pub(super) sizes: Vec<u64>,
    /// The chain hash after so many frames.
    pub(super) frames: Vec<u64>,
    /// The times that events are held against.
    pub(super) times: Sandwich,
    /// What is published.
    pub(super) published: Option<Published>,
}

/// What some neighbouring frames came to, and the bundles that do not hold their entries.
struct ReadPiece {
    frames: Vec<Result<Read, ReadError>>,
    wrong: BTreeMap<u64, Wrong>,
}

/// What one frame came to.
struct Read {
    head: Head,
    leaves: Vec<Hash>,
    ids: Vec<u128>,
    times: Option<(Moment, Moment)>,
    disorder: Option<u64>,
    misfit: Option<(u64, Moment)>,
    demonstration: bool,
    key_changes: Vec<(u64, Vec<u8>)>,
}

/// What the first event says of the ledger's clock.
#[derive(Deserialize)]
struct Opening {
    data: Opened,
}

#[derive(Deserialize)]
struct Opened {
    #[serde(default)]
    demonstration: bool,
}

/// The members of an event that have to be right whatever it says.
#[derive(Deserialize)]
struct Envelope<'a> {
    id: Uuid,
    #[serde(borrow)]
    kind: &'a str,
    #[serde(borrow)]
    recorded_at: &'a str,
    seq: u64,
}

/// Walks a ledger's journal beside a running writer or without one. `told` hears events done, of all.
///
/// # Errors
/// At the first damage, with its place.
pub(super) fn walk(
    dir: &Path,
    disk: &Arc<dyn Disk>,
    ledger: &LedgerFile,
    marks: &Marks,
    told: &mut dyn FnMut(u64, u64),
) -> Result<Walked, ReadError> {
    let recovery = Recovery {
        dir,
        disk: Arc::clone(disk),
        ledger: ledger.id,
        segment_bytes: ledger.segment_bytes,
        copy: None,
        acknowledged: 0,
        writable: false,
    };
    let Recovered {
        files, end, broken, ..
    } = recovery.run()?;
    let start = JournalFrames::start_of(&files, |_| false).ok_or_else(|| ReadError::Missing {
        file: segment::name(0),
        what: "the journal has no segment".to_owned(),
    })?;
    let mut frames = JournalFrames::new(files, start, end.head.frames, Check::Checksum);
    let pieces = std::iter::from_fn(move || piece(&mut frames));
    let mut walking = Walking::new(marks);
    let mut result = Ok(());
    let hire = || {
        let mut bundles = Bundles::of(marks.published.clone());
        move |piece| read_piece(piece, &marks.times, &mut bundles)
    };
    in_order(pieces, &hire, &mut |piece| {
        walking.take_bundles(piece.wrong);
        for read in piece.frames {
            match read {
                Ok(read) => walking.take_in(read),
                Err(error) => result = Err(error),
            }
            if result.is_err() {
                return false;
            }
        }
        told(walking.tiling.size(), end.head.position);
        true
    });
    result?;
    let (read, all) = (walking.tiling.size(), end.head.position);
    match broken {
        Some(damage) => Err(damage),
        // Whatever went wrong on the way: a walk that did not reach the end vouches for nothing.
        None if read != all => Err(ReadError::Io {
            file: segment::DIRECTORY.to_owned(),
            problem: format!("only {read} of {all} entries could be read"),
        }),
        None => Ok(walking.end(end.head)),
    }
}

type Framed = Result<(Location, FrameBytes), ReadError>;

/// Some neighbouring frames; the last piece ends with the damage, if there is any.
fn piece(frames: &mut JournalFrames) -> Option<Vec<Framed>> {
    let (mut piece, mut bytes) = (Vec::new(), 0_usize);
    while bytes < PIECE_BYTES {
        let Some(frame) = frames.next() else { break };
        let length = frame.as_ref().map_or(0, |(_, frame)| frame.bytes().len());
        bytes = bytes.saturating_add(length);
        piece.push(frame);
    }
    (!piece.is_empty()).then_some(piece)
}

fn read_piece(piece: Vec<Framed>, times: &Sandwich, bundles: &mut Bundles) -> ReadPiece {
    let read = |frame: Framed| frame.and_then(|(at, frame)| read_frame(at, &frame, times, bundles));
    ReadPiece {
        frames: piece.into_iter().map(read).collect(),
        wrong: bundles.take_wrong(),
    }
}

fn read_frame(
    at: Location,
    frame: &FrameBytes,
    times: &Sandwich,
    bundles: &mut Bundles,
) -> Result<Read, ReadError> {
    let header = frame.header();
    let bad = |what: &str| damaged(at.segment.into(), at.offset.into(), header.first_seq, what);
    if !frame.is_chained() {
        return Err(bad("the chain hash is not that of its bytes"));
    }
    let events = frame.events().map_err(|error| bad(&error.to_string()))?;
    // Not needed here, but a frame whose commands make no sense is no whole frame.
    frame.commands().map_err(|error| bad(&error.to_string()))?;
    let mut read = Read {
        head: frame.head(),
        leaves: Vec::with_capacity(events.len()),
        ids: Vec::with_capacity(events.len()),
        times: None,
        disorder: None,
        misfit: None,
        demonstration: false,
        key_changes: Vec::new(),
    };
    for (event, seq) in events.iter().zip(header.first_seq..) {
        let envelope: Envelope<'_> = serde_json::from_slice(event)
            .map_err(|error| bad(&format!("event {seq} cannot be read: {error}")))?;
        if envelope.seq != seq {
            let what = format!("event {} stands where event {seq} belongs", envelope.seq);
            return Err(bad(&what));
        }
        let time: Moment = envelope
            .recorded_at
            .as_bytes()
            .try_into()
            .map_err(|_| bad(&format!("event {seq} says no moment it was recorded at")))?;
        let first = match read.times {
            Some((first, last)) => {
                if time < last {
                    read.disorder.get_or_insert(seq);
                }
                first
            }
            None => time,
        };
        read.times = Some((first, time));
        if read.misfit.is_none() && !times.fits(seq, &time) {
            read.misfit = Some((seq, time));
        }
        if seq == 0 {
            let opening = serde_json::from_slice::<Opening>(event);
            read.demonstration = opening.is_ok_and(|opening| opening.data.demonstration);
        }
        bundles.compare(seq, event);
        if envelope.kind == Kind::KeyRotated.as_str() {
            read.key_changes.push((seq, event.to_vec()));
        }
        read.ids.push(envelope.id.as_u128());
        read.leaves.push(leaf_hash(event));
    }
    Ok(read)
}

/// The walk so far, frame after frame.
struct Walking {
    sizes: Vec<u64>,
    frames: Vec<u64>,
    tiling: Tiling,
    tiles: Option<Tiles>,
    bundles: BTreeMap<u64, Wrong>,
    last: Option<Moment>,
    walked: Walked,
}

impl Walking {
    fn new(marks: &Marks) -> Self {
        let sorted = |marks: &[u64]| {
            let mut marks = marks.to_vec();
            // The next one last, so that it can be taken off.
            marks.sort_unstable_by(|one, other| other.cmp(one));
            marks.dedup();
            marks
        };
        let mut walking = Self {
            sizes: sorted(&marks.sizes),
            frames: sorted(&marks.frames),
            tiling: Tiling::new(),
            tiles: marks.published.clone().map(Tiles::of),
            bundles: BTreeMap::new(),
            last: None,
            walked: Walked {
                head: Head::default(),
                root: Root::empty(),
                roots: BTreeMap::new(),
                passed: BTreeMap::new(),
                ids: Vec::new(),
                disorder: None,
                misfit: None,
                demonstration: false,
                key_changes: Vec::new(),
                tiles: (0, Vec::new()),
            },
        };
        walking.note_root();
        walking
    }

    fn take_in(&mut self, read: Read) {
        if let (Some(before), Some((first, _))) = (self.last, read.times)
            && first < before
        {
            self.walked.disorder.get_or_insert(self.tiling.size());
        }
        if self.walked.disorder.is_none() {
            self.walked.disorder = read.disorder;
        }
        self.walked.misfit = self.walked.misfit.or(read.misfit);
        self.walked.demonstration |= read.demonstration;
        self.last = read.times.map(|(_, last)| last).or(self.last);
        self.walked.ids.extend(read.ids);
        self.walked.key_changes.extend(read.key_changes);
        for leaf in read.leaves {
            let tiles = &mut self.tiles;
            self.tiling.push(leaf, &mut |tile, hashes| {
                if let Some(tiles) = tiles {
                    tiles.full(tile, hashes);
                }
            });
            self.note_root();
        }
        let Head {
            position,
            frames,
            chain,
        } = read.head;
        if self.frames.pop_if(|next| *next == frames).is_some() {
            self.walked.passed.insert(frames, (position, chain));
        }
    }

    fn take_bundles(&mut self, wrong: BTreeMap<u64, Wrong>) {
        for (number, wrong) in wrong {
            self.bundles.entry(number).or_insert(wrong);
        }
    }

    fn note_root(&mut self) {
        let size = self.tiling.size();
        if self.sizes.pop_if(|next| *next == size).is_some() {
            self.walked.roots.insert(size, self.tiling.root());
        }
        if let Some(tiles) = &mut self.tiles {
            tiles.at(&self.tiling);
        }
    }

    fn end(self, head: Head) -> Walked {
        let tiles = self.tiles.map(|mut tiles| {
            tiles.and_bundles(self.bundles);
            (tiles.looked_at, tiles.wrong)
        });
        Walked {
            head,
            root: self.tiling.root(),
            tiles: tiles.unwrap_or_default(),
            ..self.walked
        }
    }
}

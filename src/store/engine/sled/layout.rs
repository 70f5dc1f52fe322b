//! The keys and values of the one sled tree.
//!
//! Everything here can be made anew from the journal, so this layout may change: raise [`FORMAT`] and it is.
//! Numbers in keys are big-endian, so that sled's order is theirs; numbers in values are little-endian.
//!
//! ```text
//! l/ first seq (8), frame number (8), chunk (2)   -> location (8), up to 5 KiB of the frame's bytes
//! x/ run (8), block (4)                           -> up to 160 index entries of 32 bytes, sorted
//! y/ run (8), part (4)                            -> the run's filter and fence, up to 5 KiB a part
//! m/applied                                       -> format (4), indexer version (4), ledger id (16), frames (8),
//!                                                    position (8), chain hash (32), location of the last frame (8)
//! m/runs                                          -> frames (8) and position (8) that are indexed, chain hash (32),
//!                                                    then each run: id (8), level (4), entries (8), parts (4)
//! ```

use uuid::Uuid;

use crate::store::frame::cursor::Cursor;
use crate::store::head::{ChainHash, Head};
use crate::store::journal::files::Location;

/// The layout's version.
pub const FORMAT: u32 = 1;
/// Length of a segment of sled's log. sled holds a few buffers of this length, so it is what an idle ledger costs in memory.
pub const SEGMENT_BYTES: usize = 512 << 10;
/// The length that segments had before: a database keeps the one it was made with. Its values have up to 60 KiB and are read
/// as any others.
pub const EARLIER_SEGMENT_BYTES: usize = 8 << 20;
/// The most bytes in one value. Pages above a quarter of a segment would leave the log for files that sled never syncs, and a
/// page holds more values than it should for a moment.
pub const CHUNK_BYTES: usize = 5 << 10;
/// sled splits a page of more than 16 values the next time it comes by, and until then a neighbour of fewer than four may have
/// been merged into it; and some to spare.
const PAGE_VALUES: usize = 24;
/// What a page takes beside a value at most: the location before it, its key, and lengths.
const BESIDE_BYTES: usize = 64;
const _: () = assert!(PAGE_VALUES * (CHUNK_BYTES + BESIDE_BYTES) < SEGMENT_BYTES / 4);
/// Key of the record of which frames were copied.
pub const APPLIED: &[u8] = b"m/applied";
/// Key of the list of index runs.
pub const RUNS: &[u8] = b"m/runs";
/// Bytes of a location before a chunk.
pub const LOCATION_BYTES: usize = 8;

/// What the tree has taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Version of the keys' meaning.
    pub indexer: u32,
    /// The ledger.
    pub ledger: Uuid,
    /// The ledger's head then.
    pub head: Head,
    /// Where the last frame stands in the journal.
    pub last: Location,
}

impl Applied {
    /// The value of [`APPLIED`].
    pub fn to_bytes(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(80);
        out.extend_from_slice(&FORMAT.to_le_bytes());
        out.extend_from_slice(&self.indexer.to_le_bytes());
        out.extend_from_slice(self.ledger.as_bytes());
        write_head(self.head, &mut out);
        out.extend_from_slice(&location(self.last));
        out
    }

    /// Reads the value of [`APPLIED`]; `None` when it is of another layout.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        if cursor.u32()? != FORMAT {
            return None;
        }
        let indexer = cursor.u32()?;
        let ledger = Uuid::from_bytes(cursor.array()?);
        let head = read_head(&mut cursor)?;
        let last = read_location(&mut cursor)?;
        Some(Self {
            indexer,
            ledger,
            head,
            last,
        })
    }
}

/// Writes a head.
pub fn write_head(head: Head, out: &mut Vec<u8>) {
    out.extend_from_slice(&head.frames.to_le_bytes());
    out.extend_from_slice(&head.position.to_le_bytes());
    out.extend_from_slice(&head.chain.0);
}

/// Reads a head.
pub fn read_head(cursor: &mut Cursor<'_>) -> Option<Head> {
    let frames = cursor.u64()?;
    let position = cursor.u64()?;
    Some(Head {
        position,
        frames,
        chain: ChainHash(cursor.array()?),
    })
}

/// A location's bytes.
pub fn location(at: Location) -> [u8; LOCATION_BYTES] {
    (u64::from(at.segment) << 32 | u64::from(at.offset)).to_le_bytes()
}

/// Reads a location.
pub fn read_location(cursor: &mut Cursor<'_>) -> Option<Location> {
    let both = cursor.u64()?;
    Some(Location {
        segment: (both >> 32) as u32,
        offset: both as u32,
    })
}

/// Start of a frame's keys, and a chunk's key with its number behind.
pub fn frame_key(first_seq: u64, number: u64, chunk: Option<u16>) -> Vec<u8> {
    let mut key = Vec::with_capacity(20);
    key.extend_from_slice(b"l/");
    key.extend_from_slice(&first_seq.to_be_bytes());
    key.extend_from_slice(&number.to_be_bytes());
    key.extend_from_slice(
        chunk
            .map(u16::to_be_bytes)
            .as_ref()
            .map_or(&[], |chunk| chunk.as_slice()),
    );
    key
}

/// The key of a block of a run.
pub fn block_key(run: u64, block: u32) -> [u8; 14] {
    run_key(*b"x/", run, block)
}

/// The key of a part of a run's filter and fence.
pub fn part_key(run: u64, part: u32) -> [u8; 14] {
    run_key(*b"y/", run, part)
}

fn run_key(prefix: [u8; 2], run: u64, number: u32) -> [u8; 14] {
    let mut key = [0; 14];
    let bytes = prefix
        .into_iter()
        .chain(run.to_be_bytes())
        .chain(number.to_be_bytes());
    key.iter_mut()
        .zip(bytes)
        .for_each(|(place, byte)| *place = byte);
    key
}

/// The number at the end of a key.
pub fn number_at_end(key: &[u8]) -> Option<u64> {
    key.last_chunk().copied().map(u64::from_be_bytes)
}

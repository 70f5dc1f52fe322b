//! The keys and values of the one sled tree.
//!
//! Everything here can be made anew from the journal, so this layout may change: raise [`FORMAT`] and it is.
//! Numbers in keys are big-endian, so that sled's order is theirs; numbers in values are little-endian.
//!
//! ```text
//! l/ first seq (8), frame number (8), chunk (2)       -> location (8), up to 60 KiB of the frame's bytes
//! s/ length (2), stream, first version (8)            -> location (8), frame number (8), seq of each event (8 each)
//! c/ length of actor (2), actor, key                  -> command record, as in the frame
//! u/ length (2), key, seq (8)                         -> stream
//! m/applied                                           -> format (4), indexer version (4), ledger id (16), frames (8),
//!                                                        position (8), chain hash (32), location of the last frame (8)
//! ```

use uuid::Uuid;

use crate::store::event_store::{ChainHash, Head, Scope};
use crate::store::frame::cursor::Cursor;
use crate::store::journal::files::Location;

/// The layout's version.
pub const FORMAT: u32 = 1;
/// The most frame bytes in one value. A sled page holds up to 16 values, and pages above a quarter of a segment
/// (2 MiB here) would leave the log for files that sled never syncs.
pub const CHUNK_BYTES: usize = 60 << 10;
/// Key of the record of what was taken over.
pub const APPLIED: &[u8] = b"m/applied";
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
        out.extend_from_slice(&self.head.frames.to_le_bytes());
        out.extend_from_slice(&self.head.position.to_le_bytes());
        out.extend_from_slice(&self.head.chain.0);
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
        let frames = cursor.u64()?;
        let position = cursor.u64()?;
        let chain = ChainHash(cursor.array()?);
        let last = read_location(&mut cursor)?;
        Some(Self {
            indexer,
            ledger,
            head: Head {
                position,
                frames,
                chain,
            },
            last,
        })
    }
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

/// The key of a stream's run of events from `version` on.
pub fn stream_key(stream: &str, version: u64) -> Vec<u8> {
    with_number(named(b"s/", stream.as_bytes()), version)
}

/// What all keys of a stream begin with.
pub fn stream_prefix(stream: &str) -> Vec<u8> {
    named(b"s/", stream.as_bytes())
}

/// The key of a command record.
pub fn command_key(scope: &Scope) -> Vec<u8> {
    let mut key = named(b"c/", scope.actor.as_bytes());
    key.extend_from_slice(scope.key.as_bytes());
    key
}

/// The key of one mention of a key.
pub fn mention_key(key: &[u8], seq: u64) -> Vec<u8> {
    with_number(named(b"u/", key), seq)
}

/// What all mentions of a key begin with.
pub fn mention_prefix(key: &[u8]) -> Vec<u8> {
    named(b"u/", key)
}

/// The number at the end of a key.
pub fn number_at_end(key: &[u8]) -> Option<u64> {
    key.last_chunk().copied().map(u64::from_be_bytes)
}

fn named(prefix: &[u8], name: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(prefix.len() + 2 + name.len() + 8);
    key.extend_from_slice(prefix);
    key.extend_from_slice(&(name.len() as u16).to_be_bytes());
    key.extend_from_slice(name);
    key
}

fn with_number(mut key: Vec<u8>, number: u64) -> Vec<u8> {
    key.extend_from_slice(&number.to_be_bytes());
    key
}

//! One entry of the index: something's hash, and where it is spoken of.

use sha2::{Digest, Sha256};

use crate::store::engine::sled::layout;
use crate::store::event_store::Indexer;
use crate::store::frame::Frame;
use crate::store::frame::cursor::Cursor;
use crate::store::frame::error::FrameError;
use crate::store::group::Scope;
use crate::store::index::keys_in;
use crate::store::journal::files::Location;

/// Bytes of a stored entry.
pub const ENTRY_BYTES: usize = 32;

/// What is indexed: the first 8 bytes of a SHA-256 over a tag and the name. Whoever finds an entry looks at the frame
/// itself, so two names with one hash cost a read and no more; and nobody can make up many such names.
pub fn hash(tag: u8, name: &[&[u8]]) -> u64 {
    let mut hash = Sha256::new();
    hash.update([tag]);
    for part in name {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    digest.first_chunk().copied().map_or(0, u64::from_be_bytes)
}

/// Hash of a stream.
pub fn stream_hash(stream: &str) -> u64 {
    hash(b's', &[stream.as_bytes()])
}

/// Hash of a command's scope.
pub fn command_hash(scope: &Scope) -> u64 {
    hash(b'c', &[scope.actor.as_bytes(), scope.key.as_bytes()])
}

/// Hash of a key.
pub fn key_hash(key: &[u8]) -> u64 {
    hash(b'u', &[key])
}

/// One entry. Entries are ordered as they are written here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// What it is about.
    pub hash: u64,
    /// Of a stream, the first version in the frame; of a command, the frame's number; of a key, the event.
    pub number: u64,
    /// An event or position of the frame.
    pub seq: u64,
    /// Where the frame stands.
    pub at: Location,
}

impl Entry {
    /// Writes it.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.hash.to_le_bytes());
        out.extend_from_slice(&self.number.to_le_bytes());
        out.extend_from_slice(&self.seq.to_le_bytes());
        out.extend_from_slice(&layout::location(self.at));
    }

    /// Reads one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let hash = cursor.u64()?;
        let number = cursor.u64()?;
        let seq = cursor.u64()?;
        let at = layout::read_location(&mut cursor)?;
        Some(Self {
            hash,
            number,
            seq,
            at,
        })
    }
}

/// All entries of a frame, in no order.
///
/// # Errors
/// When the frame's command records are not well formed.
pub fn entries_of(
    at: Location,
    frame: &Frame,
    indexer: &dyn Indexer,
    out: &mut Vec<Entry>,
) -> Result<(), FrameError> {
    for command in frame.commands()? {
        let hash = command_hash(&command.scope);
        out.push(Entry {
            hash,
            number: frame.number(),
            seq: command.first_seq,
            at,
        });
    }
    let mut seen = std::collections::BTreeSet::new();
    for (event, keys) in frame.events().iter().zip(keys_in(frame, indexer)) {
        let seq = event.seq();
        // One entry a stream and frame: its versions follow one another there.
        if seen.insert(event.stream()) {
            out.push(Entry {
                hash: stream_hash(event.stream()),
                number: event.version(),
                seq,
                at,
            });
        }
        out.extend(keys.iter().map(|key| Entry {
            hash: key_hash(key),
            number: seq,
            seq,
            at,
        }));
    }
    Ok(())
}

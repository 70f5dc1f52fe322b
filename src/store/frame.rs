//! The bytes of one group commit. This layout is for ever: a later layout gets another version number.
//!
//! All numbers are little-endian. Offsets are bytes from the start of the frame.
//!
//! ```text
//!   0   4  magic FF 64 74 46: FF never occurs in UTF-8, so no event can hold the start of a frame
//!   4   2  layout version, 1
//!   6   2  flags, 0
//!   8   4  body length B, padding included
//!  12   4  number of events E
//!  16   4  number of command records C
//!  20   8  sequence number of the first event (with no events: the position)
//!  28   8  number of the frame, 0 for the ledger's first
//!  36  32  chain hash of the frame before; for frame 0 the ledger's own starting hash
//!  68   4  CRC32C of bytes 0..68, so that a length is never trusted before it is proved
//!  72   B  body:
//!            E lengths of 4 bytes
//!            E events, each exactly as stored
//!            C command records:
//!              2 length of actor, 2 length of key, 4 length of warnings, 4 event count,
//!              8 first sequence number, 8 time (microseconds since 1970, signed), 32 digest,
//!              actor, key (UTF-8), warnings
//!            zero bytes, so that the frame's whole length is a multiple of 8
//!  72+B  32  chain hash: SHA-256 of bytes 0..72+B
//! 104+B   4  CRC32C of bytes 0..104+B
//! ```
//!
//! The checksum finds damage, the chain fixes the order of frames and segments. Neither is a proof for an auditor:
//! that is the signed tree's office.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::store::group::{CommandRecord, Scope};
use crate::store::head::{ChainHash, Head};
use crate::store::recorded::{MAX_EVENT_BYTES, Recorded};
use crate::store::sabotage::{self, Sabotage};
use crate::store::slice::Slice;

pub mod cursor;
pub mod encode;
pub mod error;
pub mod heal;
pub mod record;

use cursor::Cursor;
use error::FrameError;

/// First bytes of every frame.
pub const MAGIC: [u8; 4] = [0xff, b'd', b't', b'F'];
/// The layout this code writes and reads.
pub const VERSION: u16 = 1;
/// Bytes before the body.
pub const HEADER_BYTES: usize = 72;
/// Bytes after the body.
pub const TRAILER_BYTES: usize = 36;
/// Frames start at multiples of this.
pub const ALIGNMENT: usize = 8;
/// The most bytes one frame may have.
pub const MAX_FRAME_BYTES: usize = 2 << 20;

/// How thoroughly to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// The checksum over every byte: finds damage.
    Checksum,
    /// The chain hash computed anew as well: finds a frame that was replaced together with its checksum.
    Chain,
}

/// The fixed part before a frame's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Length of the body with its padding.
    pub body_bytes: u32,
    /// How many events.
    pub events: u32,
    /// How many command records.
    pub commands: u32,
    /// Sequence number of the first event.
    pub first_seq: u64,
    /// Number of the frame.
    pub number: u64,
    /// Chain hash of the frame before.
    pub previous: ChainHash,
}

impl Header {
    /// Reads a header and proves it by its own checksum.
    ///
    /// # Errors
    /// When the bytes are too few, do not begin with the magic, are damaged, or are of a newer layout.
    pub fn parse(bytes: &[u8]) -> Result<Self, FrameError> {
        if bytes.get(..4) != Some(&MAGIC) {
            return Err(FrameError::NoFrame);
        }
        let bytes = bytes.get(..HEADER_BYTES).ok_or(FrameError::Short)?;
        let (proved, crc) = bytes.split_at(HEADER_BYTES - 4);
        if crc32c::crc32c(proved).to_le_bytes() != crc && !sabotage::is(Sabotage::NoChecksum) {
            return Err(FrameError::Header);
        }
        let mut cursor = Cursor::new(proved);
        let mut fields = || -> Option<Self> {
            cursor.take(4)?;
            let version = cursor.u16()?;
            let flags = cursor.u16()?;
            let header = Self {
                body_bytes: cursor.u32()?,
                events: cursor.u32()?,
                commands: cursor.u32()?,
                first_seq: cursor.u64()?,
                number: cursor.u64()?,
                previous: ChainHash(cursor.array()?),
            };
            (version == VERSION && flags == 0).then_some(header)
        };
        match fields() {
            Some(header) if header.frame_bytes() > MAX_FRAME_BYTES => Err(FrameError::TooLarge {
                bytes: header.frame_bytes(),
                limit: MAX_FRAME_BYTES,
            }),
            // Only a forger gets this far with them; refused here, no reader has to think of them.
            Some(header) if !header.frame_bytes().is_multiple_of(ALIGNMENT) => {
                Err(content("its length is none that a frame can have"))
            }
            Some(header) if header.ends_beyond_counting() => {
                Err(content("its numbers are beyond counting"))
            }
            Some(header) => Ok(header),
            None => Err(FrameError::Newer(
                Cursor::new(bytes.get(4..6).unwrap_or_default())
                    .u16()
                    .unwrap_or(0),
            )),
        }
    }

    /// Length of the whole frame.
    pub fn frame_bytes(&self) -> usize {
        HEADER_BYTES
            .saturating_add(self.body_bytes as usize)
            .saturating_add(TRAILER_BYTES)
    }

    /// Position after the frame.
    pub fn end_seq(&self) -> u64 {
        self.first_seq.saturating_add(u64::from(self.events))
    }

    /// Whether a reader that starts at position `from` gets this frame: it holds that event, or stands at it or later.
    pub fn is_wanted_from(&self, from: u64) -> bool {
        self.end_seq() > from || self.first_seq >= from
    }

    fn ends_beyond_counting(&self) -> bool {
        self.number == u64::MAX || self.first_seq > u64::MAX - u64::from(self.events)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(&self.body_bytes.to_le_bytes());
        out.extend_from_slice(&self.events.to_le_bytes());
        out.extend_from_slice(&self.commands.to_le_bytes());
        out.extend_from_slice(&self.first_seq.to_le_bytes());
        out.extend_from_slice(&self.number.to_le_bytes());
        out.extend_from_slice(&self.previous.0);
        let crc = crc32c::crc32c(out.get(start..).unwrap_or_default());
        out.extend_from_slice(&crc.to_le_bytes());
    }
}

/// A frame whose bytes were proved; its events are not read yet.
#[derive(Debug, Clone)]
pub struct FrameBytes {
    header: Header,
    chain: ChainHash,
    bytes: Slice,
}

impl FrameBytes {
    /// Proves the bytes of exactly one frame.
    ///
    /// # Errors
    /// When any byte is damaged, missing or too many.
    pub fn decode(bytes: Slice, check: Check) -> Result<Self, FrameError> {
        let header = Header::parse(&bytes)?;
        if bytes.len() != header.frame_bytes() {
            return Err(FrameError::Short);
        }
        let (_, trailer) = bytes
            .split_at_checked(bytes.len() - TRAILER_BYTES)
            .ok_or(FrameError::Short)?;
        let (chain, crc) = trailer.split_at_checked(32).ok_or(FrameError::Short)?;
        let proved = bytes.get(..bytes.len() - 4).unwrap_or_default();
        if crc32c::crc32c(proved).to_le_bytes() != crc && !sabotage::is(Sabotage::NoChecksum) {
            return Err(FrameError::Checksum);
        }
        let chain = ChainHash(chain.try_into().map_err(|_| FrameError::Short)?);
        let frame = Self {
            header,
            chain,
            bytes,
        };
        if check == Check::Chain && !frame.is_chained() && !sabotage::is(Sabotage::NoChecksum) {
            return Err(FrameError::Chain);
        }
        Ok(frame)
    }

    /// Whether the chain hash is that of the frame's bytes, computed anew.
    pub fn is_chained(&self) -> bool {
        let hashed = self.bytes.len().saturating_sub(TRAILER_BYTES);
        let hashed = self.bytes.get(..hashed).unwrap_or_default();
        ChainHash(Sha256::digest(hashed).into()) == self.chain
    }

    /// The frame's header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Chain hash after this frame.
    pub fn chain(&self) -> ChainHash {
        self.chain
    }

    /// The head of a ledger that ends with this frame.
    pub fn head(&self) -> Head {
        Head {
            position: self.header.end_seq(),
            frames: self.header.number.saturating_add(1),
            chain: self.chain,
        }
    }

    /// The whole frame.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Each event's bytes, in order.
    ///
    /// # Errors
    /// When the lengths do not fit the body.
    pub fn events(&self) -> Result<Vec<Slice>, FrameError> {
        let mut cursor = Cursor::new(self.body());
        let lengths = cursor
            .lengths(self.header.events)
            .ok_or_else(|| content("the lengths of its events do not fit"))?;
        let mut at = HEADER_BYTES + cursor.position();
        let mut events = Vec::with_capacity(lengths.len());
        for length in lengths {
            let end = at.saturating_add(length);
            if length > MAX_EVENT_BYTES || end > HEADER_BYTES + self.body().len() {
                return Err(content("an event does not fit"));
            }
            events.push(
                self.bytes
                    .sub(at..end)
                    .ok_or_else(|| content("an event does not fit"))?,
            );
            at = end;
        }
        Ok(events)
    }

    /// The event with this sequence number, read by itself.
    ///
    /// # Errors
    /// When the frame's lengths do not fit, or the event is no event.
    pub fn event(&self, seq: u64) -> Result<Option<Recorded>, FrameError> {
        let Some(place) = seq
            .checked_sub(self.header.first_seq)
            .and_then(|n| usize::try_from(n).ok())
        else {
            return Ok(None);
        };
        let Some(slice) = self.events()?.into_iter().nth(place) else {
            return Ok(None);
        };
        Recorded::parse(slice)
            .map(Some)
            .map_err(|error| FrameError::Content(error.to_string()))
    }

    /// The command records, in order.
    ///
    /// # Errors
    /// When they do not fill the rest of the body exactly, up to zero padding.
    pub fn commands(&self) -> Result<Vec<CommandRecord>, FrameError> {
        let mut cursor = Cursor::new(self.body());
        let lengths = cursor
            .lengths(self.header.events)
            .ok_or_else(|| content("the lengths of its events do not fit"))?;
        cursor
            .take(lengths.iter().sum())
            .ok_or_else(|| content("an event does not fit"))?;
        let mut commands = Vec::new();
        for _ in 0..self.header.commands {
            commands.push(
                record::read(&mut cursor)
                    .ok_or_else(|| content("a command record does not fit"))?,
            );
        }
        let padding = cursor.rest();
        if padding.len() >= ALIGNMENT || padding.iter().any(|byte| *byte != 0) {
            return Err(content("its padding is not empty"));
        }
        Ok(commands)
    }

    fn body(&self) -> &[u8] {
        self.bytes
            .get(HEADER_BYTES..self.bytes.len() - TRAILER_BYTES)
            .unwrap_or_default()
    }
}

/// One frame, its events read.
#[derive(Debug, Clone)]
pub struct Frame {
    bytes: FrameBytes,
    events: Vec<Recorded>,
    keys: OnceLock<Vec<EventKeys>>,
}

/// The keys of one event.
pub type EventKeys = Vec<Vec<u8>>;

impl Frame {
    /// Reads the events of a proved frame.
    ///
    /// # Errors
    /// When an event is no event, or its sequence number is not the one its place gives it.
    pub fn read(bytes: FrameBytes) -> Result<Self, FrameError> {
        let slices = bytes.events()?;
        let mut events = Vec::with_capacity(slices.len());
        for (slice, seq) in slices.into_iter().zip(bytes.header.first_seq..) {
            let event =
                Recorded::parse(slice).map_err(|error| FrameError::Content(error.to_string()))?;
            if event.seq() != seq {
                return Err(FrameError::Content(format!(
                    "event {seq} says it is event {}",
                    event.seq()
                )));
            }
            events.push(event);
        }
        Ok(Self::of(bytes, events))
    }

    fn of(bytes: FrameBytes, events: Vec<Recorded>) -> Self {
        Self {
            bytes,
            events,
            keys: OnceLock::new(),
        }
    }

    /// Number of the frame, 0 for the ledger's first.
    pub fn number(&self) -> u64 {
        self.bytes.header.number
    }

    /// Sequence number of its first event; with no events, the position.
    pub fn first_seq(&self) -> u64 {
        self.bytes.header.first_seq
    }

    /// Position after it.
    pub fn end_seq(&self) -> u64 {
        self.bytes.header.end_seq()
    }

    /// Chain hash of the frame before.
    pub fn previous(&self) -> ChainHash {
        self.bytes.header.previous
    }

    /// Chain hash after it.
    pub fn chain(&self) -> ChainHash {
        self.bytes.chain
    }

    /// Its events, in order.
    pub fn events(&self) -> &[Recorded] {
        &self.events
    }

    /// The keys of each event. They are read once, because a frame is indexed more than once: whoever asks must always
    /// read them in the same way.
    pub fn keys(&self, read: impl Fn(&Recorded) -> EventKeys) -> &[EventKeys] {
        self.keys
            .get_or_init(|| self.events.iter().map(read).collect())
    }

    /// Its command records, in order; decoded at each call, since replay needs none of them.
    ///
    /// # Errors
    /// When they are not well formed.
    pub fn commands(&self) -> Result<Vec<CommandRecord>, FrameError> {
        self.bytes.commands()
    }

    /// The frame's own bytes.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.bytes()
    }

    /// The head of a ledger that ends with this frame.
    pub fn head(&self) -> Head {
        self.bytes.head()
    }

    /// The event with this sequence number.
    pub fn event(&self, seq: u64) -> Option<&Recorded> {
        self.events
            .get(usize::try_from(seq.checked_sub(self.first_seq())?).ok()?)
    }

    /// The last command record under this scope.
    pub fn command(&self, scope: &Scope) -> Option<CommandRecord> {
        self.commands()
            .ok()?
            .into_iter()
            .rfind(|command| command.scope == *scope)
    }
}

fn content(problem: &str) -> FrameError {
    FrameError::Content(problem.to_owned())
}

#[cfg(test)]
mod tests;

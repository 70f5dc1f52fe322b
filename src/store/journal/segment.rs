//! The layout of a segment file. It is for ever, like the frame's.
//!
//! ```text
//!    0  16  magic "dealtrail journl"
//!   16   4  layout version, 1
//!   20  16  ledger id
//!   36   8  number of the segment
//!   44   8  number of its first frame
//!   52   8  sequence number at its start
//!   60  32  chain hash before its first frame
//!   92   8  length of the file
//!  100   4  CRC32C of bytes 0..100
//!  104      zeros up to 4096
//! 4096      frames, one after the other, then zeros to the end
//! ```
//!
//! A segment made ahead is all zeros; its header is written together with its first frame, in one write, so that
//! changing segments costs no sync of its own.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::store::frame::cursor::Cursor;
use crate::store::head::{ChainHash, Head};

/// Where the first frame begins: one page, so that no frame shares a sector with the header.
pub const FRAMES_START: u64 = 4_096;
/// The usual length of a segment.
pub const DEFAULT_BYTES: u64 = 64 << 20;
/// The least length: room for the header and a largest frame.
pub const MIN_BYTES: u64 = 4 << 20;
/// The greatest length: offsets in a segment fit 32 bits with room to spare.
pub const MAX_BYTES: u64 = 1 << 30;
/// The directory of the segments inside the ledger's.
pub const DIRECTORY: &str = "journal";

const MAGIC: &[u8; 16] = b"dealtrail journl";
/// The version of the form.
pub const VERSION: u32 = 1;
const PROVED_BYTES: usize = 100;

/// What a used segment says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentHeader {
    /// The ledger it belongs to.
    pub ledger: Uuid,
    /// Its number: also its name.
    pub number: u64,
    /// The head of the ledger when it was begun.
    pub start: Head,
    /// Length of the file.
    pub bytes: u64,
}

/// What stands where a segment's header belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// A header.
    Used(SegmentHeader),
    /// Zeros: made ahead and not used yet.
    Blank,
    /// A header of a later layout.
    Newer(u32),
    /// Neither.
    Damaged,
}

impl SegmentHeader {
    /// The header's bytes, up to the first frame.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(FRAMES_START as usize);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(self.ledger.as_bytes());
        out.extend_from_slice(&self.number.to_le_bytes());
        out.extend_from_slice(&self.start.frames.to_le_bytes());
        out.extend_from_slice(&self.start.position.to_le_bytes());
        out.extend_from_slice(&self.start.chain.0);
        out.extend_from_slice(&self.bytes.to_le_bytes());
        out.extend_from_slice(&crc32c::crc32c(&out).to_le_bytes());
        out.resize(FRAMES_START as usize, 0);
        out
    }
}

impl Stamp {
    /// Reads the first [`FRAMES_START`] bytes of a segment.
    pub fn parse(bytes: &[u8]) -> Self {
        if bytes.iter().all(|byte| *byte == 0) {
            return Self::Blank;
        }
        Self::used(bytes).unwrap_or(Self::Damaged)
    }

    fn used(bytes: &[u8]) -> Option<Self> {
        let (proved, rest) = bytes.split_at_checked(PROVED_BYTES)?;
        let (crc, padding) = rest.split_at_checked(4)?;
        if crc32c::crc32c(proved).to_le_bytes() != crc || padding.iter().any(|byte| *byte != 0) {
            return None;
        }
        let mut cursor = Cursor::new(proved);
        if cursor.take(MAGIC.len())? != MAGIC {
            return None;
        }
        let version = cursor.u32()?;
        if version != VERSION {
            return Some(Self::Newer(version));
        }
        let ledger = Uuid::from_bytes(cursor.array()?);
        let number = cursor.u64()?;
        let frames = cursor.u64()?;
        let position = cursor.u64()?;
        let chain = ChainHash(cursor.array()?);
        let bytes = cursor.u64()?;
        Some(Self::Used(SegmentHeader {
            ledger,
            number,
            start: Head {
                position,
                frames,
                chain,
            },
            bytes,
        }))
    }
}

/// The head of a new ledger: its chain starts from its own id, so that no frame fits into another ledger.
pub fn origin_head(ledger: Uuid) -> Head {
    let mut hash = Sha256::new();
    hash.update(b"dealtrail journal 1\n");
    hash.update(ledger.as_bytes());
    Head {
        position: 0,
        frames: 0,
        chain: ChainHash(hash.finalize().into()),
    }
}

/// A segment's path inside the ledger's directory.
pub fn name(number: u64) -> String {
    format!("{DIRECTORY}/{number:06}")
}

/// A segment's path.
pub fn path(ledger_dir: &Path, number: u64) -> PathBuf {
    ledger_dir.join(name(number))
}

/// The number of a segment's file name; `None` for another file's.
pub fn number_of(file_name: &str) -> Option<u64> {
    let digits = file_name.len() >= 6 && file_name.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| file_name.parse().ok())??;
    (format!("{number:06}") == file_name).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> SegmentHeader {
        let ledger = Uuid::from_bytes([7; 16]);
        let start = Head {
            position: 99,
            frames: 12,
            ..origin_head(ledger)
        };
        SegmentHeader {
            ledger,
            number: 3,
            start,
            bytes: MIN_BYTES,
        }
    }

    #[test]
    fn a_header_is_read_as_written() {
        assert_eq!(Stamp::parse(&header().to_bytes()), Stamp::Used(header()));
        assert_eq!(Stamp::parse(&[0; 4_096]), Stamp::Blank);
    }

    /// These bytes stand in ledgers: when this test fails, old ledgers cannot be read.
    #[test]
    fn the_layout_is_for_ever() {
        let hex = data_encoding::HEXLOWER.encode(&Sha256::digest(header().to_bytes()));
        assert_eq!(
            hex,
            "0e46ac5966dabd9e5a5d552feda0b8bddc76c0357bcc7ebf471a5a89dadaa740"
        );
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let whole = header().to_bytes();
        for byte in 0..whole.len() {
            for bit in 0..8 {
                let mut bad = whole.clone();
                bad[byte] ^= 1 << bit;
                assert_eq!(Stamp::parse(&bad), Stamp::Damaged, "byte {byte} bit {bit}");
            }
        }
    }

    #[test]
    fn names_and_numbers_agree() {
        assert_eq!(name(12), "journal/000012");
        assert_eq!(number_of("000012"), Some(12));
        assert_eq!(number_of("1000000"), Some(1_000_000));
        for other in ["12", "0000012", "000012.new", "00001x", ""] {
            assert_eq!(number_of(other), None, "{other}");
        }
    }
}

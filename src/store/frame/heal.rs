//! Tells a frame that rotted from one that was never whole: when flipping a single bit back makes checksum and chain
//! hash hold, the frame had been written whole.

use crate::store::frame::{Check, FrameBytes, HEADER_BYTES, Header, MAX_FRAME_BYTES};
use crate::store::slice::Slice;

/// The polynomial of CRC32C, its bits in the order in which the checksum is computed.
const POLYNOMIAL: u32 = 0x82f6_3b78;

/// The frame at the start of these bytes, when exactly one of its bits is wrong; proved by its chain hash.
pub fn one_bit(bytes: &[u8]) -> Option<FrameBytes> {
    let mut bytes = bytes.get(..bytes.len().min(MAX_FRAME_BYTES))?.to_vec();
    if Header::parse(&bytes).is_err() {
        flip_back(bytes.get_mut(..HEADER_BYTES)?)?;
    }
    let header = Header::parse(&bytes).ok()?;
    bytes.truncate(header.frame_bytes());
    let whole = |bytes: &[u8]| FrameBytes::decode(Slice::from(bytes.to_vec()), Check::Chain).ok();
    if let Some(frame) = whole(&bytes) {
        return Some(frame);
    }
    flip_back(&mut bytes)?;
    whole(&bytes)
}

/// Flips the one bit back that the checksum in the last four bytes points at.
fn flip_back(bytes: &mut [u8]) -> Option<()> {
    let (proved, stored) = bytes.split_last_chunk_mut::<4>()?;
    let difference = crc32c::crc32c(proved) ^ u32::from_le_bytes(*stored);
    if difference.count_ones() == 1 {
        *stored = (u32::from_le_bytes(*stored) ^ difference).to_le_bytes();
        return Some(());
    }
    // What a flip of the very last bit does to the checksum; each bit before it does the same, shifted once more.
    let mut effect = POLYNOMIAL;
    for byte in proved.iter_mut().rev() {
        for bit in (0..8).rev() {
            if effect == difference {
                *byte ^= 1 << bit;
                return Some(());
            }
            let carry = if effect & 1 == 1 { POLYNOMIAL } else { 0 };
            effect = (effect >> 1) ^ carry;
        }
    }
    None
}

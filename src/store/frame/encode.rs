//! Writes frames.

use sha2::{Digest, Sha256};

use crate::store::frame::error::FrameError;
use crate::store::frame::{
    ALIGNMENT, Frame, FrameBytes, HEADER_BYTES, Header, MAX_FRAME_BYTES, TRAILER_BYTES, record,
};
use crate::store::group::Group;
use crate::store::head::ChainHash;
use crate::store::recorded::MAX_EVENT_BYTES;
use crate::store::slice::Slice;

/// Makes the frame of one group.
///
/// # Errors
/// When an event, a command record or the frame is too large.
pub fn encode(
    number: u64,
    first_seq: u64,
    previous: ChainHash,
    group: Group,
) -> Result<Frame, FrameError> {
    let body = body_bytes(&group)?;
    let padded = (HEADER_BYTES + body + TRAILER_BYTES).next_multiple_of(ALIGNMENT)
        - HEADER_BYTES
        - TRAILER_BYTES;
    let header = Header {
        body_bytes: padded as u32,
        events: group.events.len() as u32,
        commands: group.commands.len() as u32,
        first_seq,
        number,
        previous,
    };
    let mut out = Vec::with_capacity(header.frame_bytes());
    header.write(&mut out);
    for event in &group.events {
        out.extend_from_slice(&(event.bytes().len() as u32).to_le_bytes());
    }
    for event in &group.events {
        out.extend_from_slice(event.bytes());
    }
    for command in &group.commands {
        record::write(command, &mut out);
    }
    out.resize(HEADER_BYTES + padded, 0);
    let chain = ChainHash(Sha256::digest(&out).into());
    out.extend_from_slice(&chain.0);
    let crc = crc32c::crc32c(&out);
    out.extend_from_slice(&crc.to_le_bytes());
    let bytes = Slice::from(out);
    // The events go on in the frame's bytes, and those they were written in are free for the next ones.
    let mut at = HEADER_BYTES + 4 * group.events.len();
    let events = group.events.into_iter().map(|event| {
        let end = at.saturating_add(event.bytes().len());
        let within = bytes.sub(at..end);
        at = end;
        match within {
            Some(slice) => event.within(slice),
            None => event,
        }
    });
    let events = events.collect();
    let bytes = FrameBytes {
        header,
        chain,
        bytes,
    };
    Ok(Frame::of(bytes, events))
}

/// Length of a group's body before padding, when everything in it is small enough.
fn body_bytes(group: &Group) -> Result<usize, FrameError> {
    let mut total = 0_usize;
    for event in &group.events {
        let bytes = event.bytes().len();
        if bytes > MAX_EVENT_BYTES {
            return Err(FrameError::TooLarge {
                bytes,
                limit: MAX_EVENT_BYTES,
            });
        }
        total = total.saturating_add(4 + bytes);
    }
    for command in &group.commands {
        total = total.saturating_add(record::length(command)?);
    }
    let frame = total.saturating_add(HEADER_BYTES + TRAILER_BYTES + ALIGNMENT);
    if frame > MAX_FRAME_BYTES {
        return Err(FrameError::TooLarge {
            bytes: frame,
            limit: MAX_FRAME_BYTES,
        });
    }
    Ok(total)
}

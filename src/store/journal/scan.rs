//! Reads one segment file from front to back.

use std::io;
use std::sync::Arc;

use crate::store::frame::error::FrameError;
use crate::store::frame::{
    ALIGNMENT, Check, FrameBytes, HEADER_BYTES, Header, MAX_FRAME_BYTES, heal,
};
use crate::store::journal::disk::{DiskFile, fill_at};
use crate::store::slice::Slice;

/// How much is read at once: events share the buffer, so it is also what one kept event keeps in memory.
const CHUNK_BYTES: usize = 256 << 10;
/// How much is read first, and twice as much each time: who reads a few frames at the end of a journal takes no more.
const FIRST_CHUNK_BYTES: usize = 32 << 10;
/// How much is looked at at once for something that is not zero.
const LOOK_BYTES: usize = 32 << 10;

/// What stands at an offset.
#[derive(Debug, Clone)]
pub enum Step {
    /// A whole frame.
    Frame(u64, FrameBytes),
    /// Zeros where a header would be, or no room for one.
    End(u64),
    /// Something that is no whole frame.
    Bad(u64, FrameError),
}

/// A reader of one segment.
pub struct SegmentScan {
    file: Arc<dyn DiskFile>,
    length: u64,
    offset: u64,
    check: Check,
    chunk: Slice,
    chunk_start: u64,
    next_chunk: usize,
}

impl SegmentScan {
    /// Reads `file`, of `length` bytes, from `offset` on.
    pub fn new(file: Arc<dyn DiskFile>, length: u64, offset: u64, check: Check) -> Self {
        Self {
            file,
            length,
            offset,
            check,
            chunk: Slice::from(Vec::new()),
            chunk_start: offset,
            next_chunk: FIRST_CHUNK_BYTES,
        }
    }

    /// Where the next step looks.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Goes on at another offset.
    pub fn skip_to(&mut self, offset: u64) {
        self.offset = offset;
    }

    /// What stands at the offset; after a whole frame the offset moves behind it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn step(&mut self) -> io::Result<Step> {
        let at = self.offset;
        let header = {
            // Let go of the view before the next one is taken, or the buffer could not be filled again.
            let Some(bytes) = self.view(HEADER_BYTES)? else {
                return Ok(Step::End(at));
            };
            match Header::parse(&bytes) {
                Ok(header) => header,
                Err(_) if bytes.iter().all(|byte| *byte == 0) => return Ok(Step::End(at)),
                Err(error) => return Ok(Step::Bad(at, error)),
            }
        };
        let Some(bytes) = self.view(header.frame_bytes())? else {
            return Ok(Step::Bad(at, FrameError::Short));
        };
        match FrameBytes::decode(bytes, self.check) {
            Ok(frame) => {
                self.offset = at.saturating_add(header.frame_bytes() as u64);
                Ok(Step::Frame(at, frame))
            }
            Err(error) => Ok(Step::Bad(at, error)),
        }
    }

    /// The first whole frame at or after `from` whose number is above `number`: a sign that what stands before it was
    /// once complete.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn find_later(&mut self, from: u64, number: u64) -> io::Result<Option<u64>> {
        let mut at = from.next_multiple_of(ALIGNMENT as u64);
        while at.saturating_add(HEADER_BYTES as u64) <= self.length {
            self.offset = at;
            if let Step::Frame(found, frame) = self.step()?
                && frame.header().number > number
            {
                return Ok(Some(found));
            }
            at = at.saturating_add(ALIGNMENT as u64);
        }
        Ok(None)
    }

    /// The frame at an offset, when all that is wrong with it is one flipped bit.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn healed(&self, at: u64) -> io::Result<Option<FrameBytes>> {
        let left = self.length.saturating_sub(at).min(MAX_FRAME_BYTES as u64);
        let mut bytes = vec![0; left as usize];
        fill_at(self.file.as_ref(), &mut bytes, at)?;
        Ok(heal::one_bit(&bytes))
    }

    /// The end of the last byte that is not zero, at or after `from`; `from` when there is none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn used_end(&self, from: u64) -> io::Result<u64> {
        let mut buffer = vec![0; LOOK_BYTES];
        let zeros = vec![0; LOOK_BYTES];
        let mut end = from;
        let mut at = from;
        while at < self.length {
            let count = (self.length - at).min(LOOK_BYTES as u64) as usize;
            let part = buffer.get_mut(..count).unwrap_or_default();
            fill_at(self.file.as_ref(), part, at)?;
            // Nearly all of it is zeros, and comparing whole blocks is many times faster than looking at bytes.
            if zeros.get(..count) != Some(&*part)
                && let Some(last) = part.iter().rposition(|byte| *byte != 0)
            {
                end = at + last as u64 + 1;
            }
            at += count as u64;
        }
        Ok(end)
    }

    /// `count` bytes at the offset, `None` when the segment ends before.
    fn view(&mut self, count: usize) -> io::Result<Option<Slice>> {
        if self.offset.saturating_add(count as u64) > self.length {
            return Ok(None);
        }
        if let Some(found) = self.in_chunk(count) {
            return Ok(Some(found));
        }
        let left = self.length - self.offset;
        // A caller that kept none of the events gets the same buffer filled again.
        let mut fresh = std::mem::replace(&mut self.chunk, Slice::from(Vec::new())).into_buffer();
        fresh.resize(left.min(count.max(self.next_chunk) as u64) as usize, 0);
        self.next_chunk = self.next_chunk.saturating_mul(2).min(CHUNK_BYTES);
        fill_at(self.file.as_ref(), &mut fresh, self.offset)?;
        self.chunk = Slice::from(fresh);
        self.chunk_start = self.offset;
        Ok(self.in_chunk(count))
    }

    fn in_chunk(&self, count: usize) -> Option<Slice> {
        let start = usize::try_from(self.offset.checked_sub(self.chunk_start)?).ok()?;
        self.chunk.sub(start..start.checked_add(count)?)
    }
}

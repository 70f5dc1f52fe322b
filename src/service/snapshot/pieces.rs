//! The pieces of a snapshot: length and CRC32C, then so many bytes.

use std::io::{self, Read, Write};
use std::sync::mpsc::SyncSender;

/// The longest piece that is believed, in bytes.
const MAX_PIECE: u32 = 16 << 20;

/// Writes a piece; an empty one is the end.
pub(super) fn put(to: &mut impl Write, piece: &[u8]) -> io::Result<()> {
    let length = u32::try_from(piece.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&crc32c::crc32c(piece).to_le_bytes())?;
    to.write_all(piece)
}

/// The next piece; `None` at the end that was written.
pub(super) fn next(reader: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut number = || -> io::Result<u32> {
        let mut four = [0; 4];
        reader.read_exact(&mut four)?;
        Ok(u32::from_le_bytes(four))
    };
    let (length, sum) = (number()?, number()?);
    if length > MAX_PIECE {
        return Err(io::Error::other("a piece is longer than any"));
    }
    // Not filled before it is read: a snapshot is as large as the memory its read models take.
    let mut bytes = Vec::with_capacity(length as usize);
    if reader
        .by_ref()
        .take(length.into())
        .read_to_end(&mut bytes)?
        < length as usize
    {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    if crc32c::crc32c(&bytes) != sum {
        return Err(io::Error::other("a checksum does not hold"));
    }
    Ok((length > 0).then_some(bytes))
}

/// Reads and checks every piece, ahead of whoever takes them apart.
pub(super) fn give(reader: &mut impl Read, give: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let Some(piece) = next(reader).transpose() else {
            return;
        };
        let is_last = piece.is_err();
        // Whoever takes no more has seen that the file is of no use.
        if give.send(piece).is_err() || is_last {
            return;
        }
    }
}

//! The pieces of a snapshot: length and CRC32C, then so many bytes.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Scope};

/// The longest piece that is believed, in bytes.
const MAX_PIECE: u32 = 16 << 20;
/// How many bytes stand before those of a piece.
const HEAD: u64 = 8;
/// How many threads read: one is slower than whoever takes the pieces apart, for most of them are only kept.
const READERS: usize = 2;
/// How many pieces each is ahead.
const AHEAD: usize = 4;

/// Writes a piece; an empty one is the end.
pub(super) fn put(to: &mut impl Write, piece: &[u8]) -> io::Result<()> {
    let length = u32::try_from(piece.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&crc32c::crc32c(piece).to_le_bytes())?;
    to.write_all(piece)
}

/// What stands before the bytes of a piece.
#[derive(Clone, Copy)]
struct Head {
    length: u32,
    sum: u32,
}

impl Head {
    fn read(reader: &mut impl Read) -> io::Result<Self> {
        let mut number = || -> io::Result<u32> {
            let mut four = [0; 4];
            reader.read_exact(&mut four)?;
            Ok(u32::from_le_bytes(four))
        };
        let (length, sum) = (number()?, number()?);
        if length > MAX_PIECE {
            return Err(io::Error::other("a piece is longer than any"));
        }
        Ok(Self { length, sum })
    }

    /// The bytes, when they are those that were written.
    fn checked(self, bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        match crc32c::crc32c(&bytes) == self.sum {
            true => Ok(bytes),
            false => Err(io::Error::other("a checksum does not hold")),
        }
    }
}

/// The next piece; `None` at the end that was written.
pub(super) fn next(reader: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let head = Head::read(reader)?;
    let mut bytes = vec![0; head.length as usize];
    reader.read_exact(&mut bytes)?;
    let piece = head.checked(bytes)?;
    Ok((!piece.is_empty()).then_some(piece))
}

/// The pieces of a file in order, read and checked by several threads ahead of whoever takes them apart.
pub(super) struct Ahead {
    given: Vec<Receiver<io::Result<Vec<u8>>>>,
    next: usize,
}

impl Ahead {
    /// Begins with the piece at a place of the file.
    pub(super) fn of<'scope>(
        scope: &'scope Scope<'scope, '_>,
        file: &'scope File,
        from: u64,
    ) -> io::Result<Self> {
        let mut given = Vec::new();
        for reader in 0..READERS {
            let (give, taken) = sync_channel(AHEAD);
            thread::Builder::new()
                .name("snapshot".to_owned())
                .spawn_scoped(scope, move || read_in_turn(file, from, reader, &give))?;
            given.push(taken);
        }
        Ok(Self { given, next: 0 })
    }

    /// The next piece; `None` at the end that was written. After an error nothing more can be told.
    pub(super) fn next(&mut self) -> Option<io::Result<Vec<u8>>> {
        let turn = self.next.checked_rem(READERS)?;
        self.next = self.next.saturating_add(1);
        self.given.get(turn)?.recv().ok()
    }
}

/// Reads every piece whose turn it is for this reader and passes over the others.
fn read_in_turn(file: &File, from: u64, reader: usize, give: &SyncSender<io::Result<Vec<u8>>>) {
    let mut at = from;
    for turn in (0..READERS).cycle() {
        let is_mine = turn == reader;
        let read = head_at(file, at).and_then(|head| {
            let piece = (is_mine && head.length > 0).then(|| piece_at(file, at, head));
            Ok((head, piece.transpose()?))
        });
        let (head, piece) = match read {
            Ok(read) => read,
            Err(error) => {
                // Whose turn it is tells of it.
                let _ = is_mine.then(|| give.send(Err(error)));
                return;
            }
        };
        if head.length == 0 {
            return;
        }
        // Whoever takes no more has seen that the file is of no use.
        if piece.is_some_and(|piece| give.send(Ok(piece)).is_err()) {
            return;
        }
        at = at.saturating_add(HEAD).saturating_add(head.length.into());
    }
}

fn head_at(file: &File, at: u64) -> io::Result<Head> {
    let mut bytes = [0; HEAD as usize];
    file.read_exact_at(&mut bytes, at)?;
    Head::read(&mut bytes.as_slice())
}

fn piece_at(file: &File, at: u64, head: Head) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; head.length as usize];
    file.read_exact_at(&mut bytes, at.saturating_add(HEAD))?;
    head.checked(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(pieces: &[Vec<u8>]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"head").unwrap();
        pieces
            .iter()
            .for_each(|piece| put(&mut file, piece).unwrap());
        file
    }

    /// The pieces that are given until there are no more, and whether the last that came was an error.
    fn read(file: &File) -> (Vec<Vec<u8>>, bool) {
        thread::scope(|scope| {
            let mut ahead = Ahead::of(scope, file, 4).unwrap();
            let (mut pieces, mut failed) = (Vec::new(), false);
            while let Some(piece) = ahead.next() {
                match piece {
                    Ok(piece) => pieces.push(piece),
                    Err(_) => {
                        failed = true;
                        break;
                    }
                }
            }
            (pieces, failed)
        })
    }

    #[test]
    fn pieces_come_in_order_up_to_the_end_or_to_what_was_not_written_so() {
        for count in [0_u8, 1, 2, 3, 40] {
            let pieces: Vec<Vec<u8>> = (1..=count).map(|n| vec![n; usize::from(n) * 7]).collect();
            let mut all = pieces.clone();
            all.push(Vec::new());
            assert_eq!(read(&written(&all)), (pieces.clone(), false), "{count}");
            // Without an end.
            assert_eq!(read(&written(&pieces)), (pieces.clone(), true), "{count}");
            let Some(at) = pieces.len().checked_sub(1) else {
                continue;
            };
            let file = written(&all);
            let before: u64 = pieces[..at].iter().map(|one| HEAD + one.len() as u64).sum();
            file.write_all_at(b"\xff", 4 + before + HEAD).unwrap();
            assert_eq!(read(&file), (pieces[..at].to_vec(), true), "{count}");
        }
    }

    #[test]
    fn whoever_takes_no_more_is_not_waited_for() {
        let mut all: Vec<Vec<u8>> = (1..=50).map(|n| vec![n; 9]).collect();
        all.push(Vec::new());
        let file = written(&all);
        thread::scope(|scope| {
            let mut ahead = Ahead::of(scope, &file, 4).unwrap();
            assert_eq!(ahead.next().unwrap().unwrap(), all[0]);
        });
    }
}

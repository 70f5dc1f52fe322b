//! Where the files of a pack go: a folder, or an archive (POSIX ustar) that is written from front to back.
//!
//! Nothing of the machine or the day gets into either, so that the same files give the same bytes. Both are written
//! under another name and renamed once they are whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The length of a header and of what files are filled up to, in bytes.
const BLOCK: usize = 512;

/// A pack that is being written.
pub(super) struct Shelf {
    to: PathBuf,
    part: PathBuf,
    archive: Option<BufWriter<File>>,
    files: u64,
    bytes: u64,
}

impl Shelf {
    /// An archive when the name ends with `.tar`, else a folder.
    ///
    /// # Errors
    /// When the folder is not empty, or nothing can be written there.
    pub(super) fn new(to: &Path) -> io::Result<Self> {
        let mut name = to.file_name().unwrap_or(to.as_os_str()).to_owned();
        name.push(".part");
        let part = to.with_file_name(name);
        let is_archive = to.extension().is_some_and(|ending| ending == "tar");
        let archive = match is_archive {
            true => Some(BufWriter::new(File::create(&part)?)),
            false => {
                if to.exists() && fs::read_dir(to)?.next().is_some() {
                    let kind = io::ErrorKind::DirectoryNotEmpty;
                    return Err(io::Error::new(kind, "it is there already and not empty"));
                }
                fs::create_dir(&part)?;
                None
            }
        };
        Ok(Self {
            to: to.to_owned(),
            part,
            archive,
            files: 0,
            bytes: 0,
        })
    }

    /// How many files were written.
    pub(super) fn files(&self) -> u64 {
        self.files
    }

    /// How many bytes they have.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes a file. `name` is a path below the pack with `/` between folders, of at most 100 bytes.
    ///
    /// # Errors
    /// As the system says.
    pub(super) fn write(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        self.files = self.files.saturating_add(1);
        self.bytes = self.bytes.saturating_add(content.len() as u64);
        match &mut self.archive {
            Some(archive) => {
                archive.write_all(&header(name, content.len())?)?;
                archive.write_all(content)?;
                let over = content.len() % BLOCK;
                let fill = if over == 0 {
                    0
                } else {
                    BLOCK.saturating_sub(over)
                };
                archive.write_all([0; BLOCK].get(..fill).unwrap_or_default())
            }
            None => {
                let place = self.part.join(name);
                if let Some(folder) = place.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::write(place, content)
            }
        }
    }

    /// Ends the pack and gives it its name.
    ///
    /// # Errors
    /// As the system says.
    pub(super) fn end(mut self) -> io::Result<()> {
        if let Some(mut archive) = self.archive.take() {
            // Two blocks of nothing end an archive.
            archive.write_all(&[0; BLOCK])?;
            archive.write_all(&[0; BLOCK])?;
            archive.flush()?;
            archive.get_ref().sync_all()?;
        }
        fs::rename(&self.part, &self.to)
    }

    /// Takes away what was written of a pack that came to nothing.
    pub(super) fn abandon(self) {
        // What cannot be taken away stays under a name that is no pack's.
        let _ = match self.archive {
            Some(_) => fs::remove_file(&self.part),
            None => fs::remove_dir_all(&self.part),
        };
    }
}

/// The header of a plain file that anybody may read, of nobody and of no day.
fn header(name: &str, length: usize) -> io::Result<[u8; BLOCK]> {
    let mut header = [0; BLOCK];
    let size = format!("{length:011o}\0");
    let fields: [(usize, usize, &[u8]); 10] = [
        (0, 100, name.as_bytes()),
        (100, 8, b"0000644\0"),
        (108, 8, b"0000000\0"),
        (116, 8, b"0000000\0"),
        (124, 12, size.as_bytes()),
        (136, 12, b"00000000000\0"),
        (148, 8, b"        "),
        (156, 1, b"0"),
        (257, 6, b"ustar\0"),
        (263, 2, b"00"),
    ];
    for (at, longest, value) in fields {
        let room = header.get_mut(at..at.saturating_add(longest));
        let room = room.and_then(|room| room.get_mut(..value.len()));
        let too_long =
            || io::Error::new(io::ErrorKind::InvalidInput, format!("{name} is too long"));
        room.ok_or_else(too_long)?.copy_from_slice(value);
    }
    // The sum over the header with blanks in its own place.
    let sum: u32 = header.iter().copied().map(u32::from).sum();
    let sum = format!("{sum:06o}\0 ");
    if let Some(room) = header.get_mut(148..156) {
        room.copy_from_slice(sum.as_bytes());
    }
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_that_of_the_format() {
        let header = header("tile/0/000", 8_192).unwrap();
        assert_eq!(&header[..11], b"tile/0/000\0");
        assert_eq!(&header[124..136], b"00000020000\0");
        assert_eq!(&header[257..265], b"ustar\x0000");
        let told = u32::from_str_radix(str::from_utf8(&header[148..154]).unwrap(), 8).unwrap();
        let others = header
            .iter()
            .enumerate()
            .filter(|(at, _)| !(148..156).contains(at));
        let sum: u32 = others.map(|(_, byte)| u32::from(*byte)).sum();
        assert_eq!(told, sum + 8 * u32::from(b' '));
        assert!(super::header(&"x".repeat(101), 1).is_err());
    }
}

//! Lines that are chained: each is a JSON object whose member `prev` is the SHA-256 of the line before it, without the
//! line's end. So no line can be changed, taken out or put in without changing every `prev` after it.
//!
//! A file begins with a line of its own that says what it is and, when it goes on from another, carries that one's last
//! hash. The very first line has a `prev` of zeros.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use data_encoding::HEXLOWER;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// What a line is known by to the one after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link([u8; 32]);

impl Link {
    /// Before the first line.
    pub const NONE: Self = Self([0; 32]);

    /// That of a line, given without its end.
    #[must_use]
    pub fn of(line: &[u8]) -> Self {
        Self(Sha256::digest(line).into())
    }

    /// Writes it in hexadecimal behind what is there already.
    pub fn write(self, to: &mut Vec<u8>) {
        let mut letters = [0; 64];
        HEXLOWER.encode_mut(&self.0, &mut letters);
        to.extend_from_slice(&letters);
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

/// What is read of any line.
#[derive(Debug, Deserialize)]
pub struct Linked {
    /// Its number, but for the line that begins a file.
    pub n: Option<u64>,
    /// The number that the record after the line that begins a file has.
    pub first: Option<u64>,
    /// The link it says it follows.
    pub prev: String,
}

/// Where a chain stands after a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number the next record has.
    pub next: u64,
    /// The link of the last line; `None` when the line before is not known, as where older files were moved away.
    pub link: Option<Link>,
}

impl Place {
    /// Before the first line of all.
    pub const START: Self = Self {
        next: 0,
        link: Some(Link::NONE),
    };

    /// The place after a line, when the line follows.
    ///
    /// # Errors
    /// When it does not: the words say why.
    pub fn after(self, line: &[u8]) -> Result<Self, String> {
        let read: Linked = serde_json::from_slice(line)
            .map_err(|error| format!("a line is not one of this log: {error}"))?;
        if self.link.is_some_and(|link| link.to_string() != read.prev) {
            return Err("a line does not follow from the line before it".to_owned());
        }
        let link = Some(Link::of(line));
        let next = match (read.n, read.first, self.link) {
            (Some(n), None, _) if n == self.next => n.saturating_add(1),
            // What was there before is not known: the numbers begin as this line says.
            (None, Some(first), None) => first,
            (None, Some(first), Some(_)) if first == self.next => first,
            _ => return Err(format!("the record with number {} is missing", self.next)),
        };
        Ok(Self { next, link })
    }
}

/// The lines of bytes, without their ends; what follows the last end is left out.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n');
    let whole = whole.and_then(|end| bytes.get(..end));
    whole
        .into_iter()
        .flat_map(|whole| whole.split(|byte| *byte == b'\n'))
}

/// How much of a file holds together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The place after its last whole line.
    pub place: Place,
    /// How many bytes its whole lines have.
    pub bytes: u64,
    /// What is wrong with the rest, if there is any.
    pub broken: Option<String>,
}

/// Follows the lines of a file from a place.
#[must_use]
pub fn follow(bytes: &[u8], from: Place) -> Checked {
    let mut checked = Checked {
        place: from,
        bytes: 0,
        broken: None,
    };
    for line in lines(bytes) {
        match checked.place.after(line) {
            Ok(place) => checked.place = place,
            Err(broken) => {
                checked.broken = Some(broken);
                return checked;
            }
        }
        let length = (line.len() as u64).saturating_add(1);
        checked.bytes = checked.bytes.saturating_add(length);
    }
    if checked.bytes < bytes.len() as u64 {
        checked.broken = Some("the last line is not whole".to_owned());
    }
    checked
}

/// Opens a file of the log for writing, for its owner alone, and makes it if it is not there.
pub(super) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
}

/// Makes the directory, for its owner alone, if it is not there.
pub(super) fn make_dir(dir: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}

/// All of a file; nothing when it is not there.
pub(super) fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(bytes),
        file => file?.read_to_end(&mut bytes)?,
    };
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chained(count: u64) -> Vec<u8> {
        let mut bytes = format!("{{\"first\":0,\"prev\":\"{}\"}}\n", Link::NONE).into_bytes();
        let mut link = Link::of(&bytes[..bytes.len() - 1]);
        for n in 0..count {
            let line = format!("{{\"n\":{n},\"what\":\"x{n}\",\"prev\":\"{link}\"}}");
            link = Link::of(line.as_bytes());
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
        }
        bytes
    }

    #[test]
    fn whole_lines_hold_and_half_a_line_is_seen() {
        let bytes = chained(3);
        let checked = follow(&bytes, Place::START);
        assert_eq!((checked.place.next, checked.broken), (3, None));
        assert_eq!(checked.bytes, bytes.len() as u64);
        let torn = follow(&bytes[..bytes.len() - 4], Place::START);
        assert_eq!(torn.place.next, 2);
        assert!(torn.broken.unwrap().contains("not whole"));
        assert_eq!(follow(b"", Place::START).broken, None);
    }

    /// Whatever single byte is changed, line taken out or moved: it shows.
    #[test]
    fn nothing_can_be_changed_unseen() {
        let bytes = chained(4);
        // A change in the very last line would need a line after it: it changes what the next one has to carry.
        let whole = follow(&bytes, Place::START).place;
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let checked = follow(&changed, Place::START);
            assert!(
                checked.broken.is_some() || checked.place != whole,
                "byte {at}"
            );
        }
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        for gone in 0..lines.len() - 1 {
            let mut fewer = lines.clone();
            fewer.remove(gone);
            let checked = follow(&fewer.concat(), Place::START);
            assert!(checked.broken.is_some(), "without line {gone}");
        }
    }
}

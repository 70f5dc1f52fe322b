//! Where a piece is found below the address of a ledger: `tile/<level>/<number>[.p/<width>]` (C2SP
//! tlog-tiles, "Merkle Tree" and "Log entries").

use std::fmt;
use std::str::FromStr;

use super::{FULL, Kind, Tile};
use crate::proof::decimal;

impl fmt::Display for Tile {
    /// Its path, without a slash in front.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Hashes(level) => write!(f, "tile/{level}/")?,
            Kind::Entries => f.write_str("tile/entries/")?,
        }
        // Groups of three digits, each but the last behind an x, so that no file is called as a folder.
        let digits = self.number.to_string();
        let length = digits.len().next_multiple_of(3);
        let digits = format!("{digits:0>length$}");
        let groups = length / 3;
        for (index, digit) in digits.chars().enumerate() {
            let group = index / 3;
            if index % 3 == 0 {
                if group > 0 {
                    f.write_str("/")?;
                }
                if group.saturating_add(1) < groups {
                    f.write_str("x")?;
                }
            }
            write!(f, "{digit}")?;
        }
        match self.is_full() {
            true => Ok(()),
            false => write!(f, ".p/{}", self.width),
        }
    }
}

impl FromStr for Tile {
    type Err = PathError;

    /// Reads a path, which has one spelling.
    fn from_str(text: &str) -> Result<Self, PathError> {
        let malformed = || PathError(text.chars().take(120).collect());
        read(text).ok_or_else(malformed)
    }
}

fn read(text: &str) -> Option<Tile> {
    let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let kind = match kind {
        "entries" => Kind::Entries,
        level => Kind::Hashes(u8::try_from(decimal::read(level)?).ok()?),
    };
    let (groups, width) = match rest.split_once(".p/") {
        Some((groups, width)) => (groups, u16::try_from(decimal::read(width)?).ok()?),
        None => (rest, FULL),
    };
    let mut digits = String::new();
    let mut groups = groups.split('/').peekable();
    while let Some(group) = groups.next() {
        let plain = match groups.peek() {
            Some(_) => group.strip_prefix('x')?,
            None => group,
        };
        let whole = plain.len() == 3 && plain.bytes().all(|byte| byte.is_ascii_digit());
        digits.push_str(whole.then_some(plain)?);
    }
    // A first group of zeros alone would be a second spelling.
    if digits.len() > 3 && digits.starts_with("000") {
        return None;
    }
    let tile = Tile::new(kind, digits.parse().ok()?, width)?;
    // The width of a full piece is not written.
    (rest.contains(".p/") != tile.is_full()).then_some(tile)
}

/// A path that is not one of a tile or an entry bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the path of a tile; one is such as tile/0/x001/234 or tile/entries/000.p/17")]
pub struct PathError(String);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tile(level: u8, number: u64, width: u16) -> Tile {
        Tile::new(Kind::Hashes(level), number, width).unwrap()
    }

    #[test]
    fn paths_are_those_of_the_specification() {
        let cases = [
            (tile(0, 0, 256), "tile/0/000"),
            (tile(0, 273, 112), "tile/0/273.p/112"),
            (tile(1, 1, 17), "tile/1/001.p/17"),
            (tile(0, 3_906, 256), "tile/0/x003/906"),
            (tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),
            (tile(7, 999, 1), "tile/7/999.p/1"),
            (tile(63, 1_000, 256), "tile/63/x001/000"),
            (tile(0, 1_000_000, 256), "tile/0/x001/x000/000"),
            (
                tile(0, u64::MAX, 255),
                "tile/0/x018/x446/x744/x073/x709/x551/615.p/255",
            ),
            (
                Tile::new(Kind::Entries, 3_906, 64).unwrap(),
                "tile/entries/x003/906.p/64",
            ),
        ];
        for (tile, path) in cases {
            assert_eq!(tile.to_string(), path);
            assert_eq!(path.parse(), Ok(tile));
        }
    }

    #[test]
    fn a_path_has_one_spelling() {
        for wrong in [
            "",
            "tile",
            "tile/0",
            "tile/0/",
            "/tile/0/000",
            "tile/0/000/",
            "tile/00/000",
            "tile/64/000",
            "tile/-1/000",
            "tile/data/000",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/x000",
            "tile/0/x000/001",
            "tile/0/x001/x002",
            "tile/0/001/002",
            "tile/0/X001/002",
            "tile/0/x01/002",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/257",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/0/000.p",
            "tile/0/000.p/1/2",
            "tile/0/000.p/1.p/1",
            "tile/0/x000.p/1/001",
            "tile/0/00\u{663}",
        ] {
            let error = wrong.parse::<Tile>().unwrap_err();
            assert!(
                error.to_string().contains("is not the path of a tile"),
                "{wrong}"
            );
        }
        assert_eq!(Tile::new(Kind::Hashes(64), 0, 1), None);
        assert_eq!(Tile::new(Kind::Entries, 0, 0), None);
        assert_eq!(Tile::new(Kind::Entries, 0, 257), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(tile/)?[a-z0-9]{0,7}/[x0-9/]{0,16}(\\.p/[0-9]{0,4})?") {
            if let Ok(tile) = text.parse::<Tile>() {
                prop_assert_eq!(tile.to_string(), text);
            }
        }

        #[test]
        fn a_path_reads_back(level in 0..=63_u8, entries in any::<bool>(), number in any::<u64>(), shift in 0..64_u32, width in 1..=256_u16) {
            let kind = if entries { Kind::Entries } else { Kind::Hashes(level) };
            let tile = Tile::new(kind, number >> shift, width).unwrap();
            prop_assert_eq!(tile.to_string().parse(), Ok(tile));
        }
    }
}

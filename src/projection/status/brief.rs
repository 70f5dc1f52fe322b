//! JSON in fewer bytes: what comes again in every ledger is written as a byte that no JSON text has.
//!
//! Names of members and words of the domain become one byte or two, ids sixteen bytes and one, days two and one. Everything
//! else stands as it is, so that any text at all can be written and comes back as it was.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::pieces::{DOUBLE, SINGLE};
use super::trie::{Code, Trie};

/// The next byte stands for itself.
const PLAIN: u8 = 0x00;
/// Sixteen bytes of an id follow, which is written with hyphens and in small letters.
const ID: u8 = 0x01;
/// Two bytes of a day follow, counted from [`FIRST_DAY`].
const DAY: u8 = 0x02;
/// The text ends.
const END: u8 = 0x03;
/// The codes of single pieces: JSON writes control characters otherwise, and UTF-8 never has the later ones.
const SINGLES: [(u8, u8); 3] = [(0x04, 0x1f), (0xc0, 0xc1), (0xf5, 0xfd)];
/// The first of the bytes that begin a code of two bytes; those after it do, too.
const DOUBLES: u8 = 0xfe;
/// 1930-01-01: the days that two bytes can count from there reach past 2100.
const FIRST_DAY: i32 = 704_553;
const ID_LENGTH: usize = 36;
const DAY_LENGTH: usize = 10;

/// The pieces of each sort.
struct Pieces {
    single: Vec<&'static str>,
    double: Vec<&'static str>,
    /// The single pieces by their codes; as many as there are bytes.
    by_code: Vec<&'static str>,
}

static PIECES: LazyLock<Pieces> = LazyLock::new(|| {
    let single: Vec<&str> = SINGLE.split_ascii_whitespace().collect();
    let piece = |code| Some(*single.get(single_number(code)?)?);
    let by_code = (0..=u8::MAX).map(|code| piece(code).unwrap_or_default());
    Pieces {
        by_code: by_code.collect(),
        double: DOUBLE.split_ascii_whitespace().collect(),
        single,
    }
});

/// Which bytes stand for themselves.
const PLAIN_BYTES: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        plain[byte] = matches!(byte, 0x20..=0xbf | 0xc2..=0xf4);
        byte += 1;
    }
    plain
};

/// Whether a byte stands for itself.
fn is_plain(byte: u8) -> bool {
    PLAIN_BYTES.get(usize::from(byte)) == Some(&true)
}

/// Writes a text in short; its end is written, too.
pub(super) fn shorten(text: &[u8], out: &mut Vec<u8>) {
    let trie = &*TRIE;
    // What stands for itself is copied when something else comes, many bytes at once.
    let (mut rest, mut plain) = (text, text);
    while let Some((first, after)) = rest.split_first() {
        let (code, length) = match coded(rest, *first, trie) {
            Some(found) => found,
            None if is_plain(*first) => {
                rest = after;
                continue;
            }
            None => (Coded::Byte(*first), 1),
        };
        let waiting = plain.len().saturating_sub(rest.len());
        out.extend_from_slice(plain.get(..waiting).unwrap_or_default());
        code.write(out);
        rest = rest.get(length..).unwrap_or_default();
        plain = rest;
    }
    out.extend_from_slice(plain);
    out.push(END);
}

/// Something that is written as a code.
enum Coded {
    Id(Uuid),
    Day(u16),
    Piece(Code),
    Byte(u8),
}

impl Coded {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Id(id) => {
                out.push(ID);
                out.extend_from_slice(id.as_bytes());
            }
            Self::Day(day) => {
                out.push(DAY);
                out.extend_from_slice(&day.to_le_bytes());
            }
            Self::Piece(Code::One(code)) => out.push(*code),
            Self::Piece(Code::Two(codes)) => out.extend_from_slice(codes),
            Self::Byte(byte) => out.extend_from_slice(&[PLAIN, *byte]),
        }
    }
}

/// What has a code at the beginning of a text, with its length.
fn coded(text: &[u8], first: u8, trie: &Trie) -> Option<(Coded, usize)> {
    if let Some(id) = id_at(text, first) {
        return Some((Coded::Id(id), ID_LENGTH));
    }
    if let Some(day) = day_at(text, first) {
        return Some((Coded::Day(day), DAY_LENGTH));
    }
    let (length, code) = trie.longest(text, first)?;
    Some((Coded::Piece(code), length))
}

/// Whether the text at the beginning of these bytes is empty.
pub(super) fn ends(bytes: &[u8]) -> bool {
    bytes.first() == Some(&END)
}

/// Reads a text that was written in short, adds it to `out`, and goes on behind it. What was written was UTF-8; whoever
/// needs to be sure of it looks.
pub(super) fn lengthen(bytes: &mut &[u8], out: &mut Vec<u8>) -> Option<()> {
    let pieces = &*PIECES;
    loop {
        let plain = bytes.iter().position(|byte| !is_plain(*byte))?;
        let (plain, rest) = bytes.split_at_checked(plain)?;
        out.extend_from_slice(plain);
        let (code, rest) = rest.split_first()?;
        *bytes = rest;
        match *code {
            END => return Some(()),
            PLAIN => out.push(*taken(bytes, 1)?.first()?),
            ID => {
                let id = Uuid::from_slice(taken(bytes, 16)?).ok()?;
                let mut written = [0; ID_LENGTH];
                id.hyphenated().encode_lower(&mut written);
                out.extend_from_slice(&written);
            }
            DAY => {
                let day = u16::from_le_bytes(taken(bytes, 2)?.try_into().ok()?);
                write_day(day, out)?;
            }
            DOUBLES.. => {
                let upper = usize::from(code.wrapping_sub(DOUBLES)) << 8;
                let lower = usize::from(*taken(bytes, 1)?.first()?);
                out.extend_from_slice(pieces.double.get(upper | lower)?.as_bytes());
            }
            single => out.extend_from_slice(pieces.by_code.get(usize::from(single))?.as_bytes()),
        }
    }
}

/// The id that follows a single piece at the very beginning of a text, if the text begins so.
pub(super) fn id_behind(piece: &str, bytes: &[u8]) -> Option<Uuid> {
    let [code, ID, rest @ ..] = bytes else {
        return None;
    };
    let is_piece = PIECES.by_code.get(usize::from(*code)) == Some(&piece);
    Uuid::from_slice(rest.get(..16).filter(|_| is_piece)?).ok()
}

/// Goes on behind a text without reading it.
pub(super) fn skip(bytes: &mut &[u8]) -> Option<()> {
    loop {
        let plain = bytes.iter().position(|byte| !is_plain(*byte))?;
        let (code, rest) = bytes.get(plain..)?.split_first()?;
        *bytes = rest;
        match *code {
            END => return Some(()),
            PLAIN | DOUBLES.. => taken(bytes, 1)?,
            ID => taken(bytes, 16)?,
            DAY => taken(bytes, 2)?,
            _ => continue,
        };
    }
}

fn taken<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}

/// The id that a text begins with.
fn id_at(text: &[u8], first: u8) -> Option<Uuid> {
    if !first.is_ascii_hexdigit() || text.get(8) != Some(&b'-') {
        return None;
    }
    let text = text.get(..ID_LENGTH)?;
    let hyphens = [13, 18, 23].iter().all(|at| text.get(*at) == Some(&b'-'));
    if !hyphens || text.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    Uuid::try_parse_ascii(text).ok()
}

/// The day that a text begins with, as it is counted here.
fn day_at(text: &[u8], first: u8) -> Option<u16> {
    if !first.is_ascii_digit() || text.get(4) != Some(&b'-') || text.get(7) != Some(&b'-') {
        return None;
    }
    let number = |from: usize, to: usize| {
        let digits = text.get(from..to)?;
        digits.iter().try_fold(0_u32, |number, digit| {
            let digit = digit.is_ascii_digit().then(|| u32::from(digit & 0x0f))?;
            number.checked_mul(10)?.checked_add(digit)
        })
    };
    let year = i32::try_from(number(0, 4)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?)?;
    u16::try_from(date.num_days_from_ce().checked_sub(FIRST_DAY)?).ok()
}

fn write_day(day: u16, out: &mut Vec<u8>) -> Option<()> {
    let date = NaiveDate::from_num_days_from_ce_opt(FIRST_DAY.checked_add(day.into())?)?;
    let digit = |number: u32| b'0' | (number % 10) as u8;
    let (year, month, day) = (date.year().unsigned_abs(), date.month(), date.day());
    out.extend([1_000, 100, 10, 1].map(|unit| digit(year / unit)));
    out.extend([b'-', digit(month / 10), digit(month)]);
    out.extend([b'-', digit(day / 10), digit(day)]);
    Some(())
}

static TRIE: LazyLock<Trie> = LazyLock::new(|| Trie::of(codes().collect()));

/// The place of a single code among the pieces.
fn single_number(code: u8) -> Option<usize> {
    let mut before = 0_usize;
    for (first, last) in SINGLES {
        if (first..=last).contains(&code) {
            return before.checked_add(usize::from(code.wrapping_sub(first)));
        }
        before = before.saturating_add(usize::from(last.wrapping_sub(first)) + 1);
    }
    None
}

/// Every piece with its code.
fn codes() -> impl Iterator<Item = (&'static str, Code)> {
    let singles = SINGLES.into_iter().flat_map(|(first, last)| first..=last);
    let doubles = (DOUBLES..=u8::MAX).flat_map(|one| (0..=u8::MAX).map(move |two| [one, two]));
    let single = PIECES.single.iter().copied().zip(singles.map(Code::One));
    single.chain(PIECES.double.iter().copied().zip(doubles.map(Code::Two)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projection::Projection;
    use crate::projection::digest::{StateDigest, hexadecimal};
    use crate::projection::status::Status;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn short(text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        shorten(text.as_bytes(), &mut out);
        out
    }

    fn lengthened(bytes: &mut &[u8]) -> Option<String> {
        let mut out = Vec::new();
        lengthen(bytes, &mut out)?;
        String::from_utf8(out).ok()
    }

    fn comes_back(text: &str) {
        let mut out = short(text);
        let length = out.len();
        out.extend_from_slice(b"what follows");
        let mut rest = out.as_slice();
        assert_eq!(lengthened(&mut rest).as_deref(), Some(text));
        assert_eq!(rest, b"what follows");
        let mut rest = out.as_slice();
        skip(&mut rest).unwrap();
        assert_eq!(rest, &out[length..], "{text}");
    }

    #[test]
    fn every_piece_is_one_code_of_its_own() {
        let pieces: Vec<_> = codes().collect();
        assert_eq!(
            pieces.len(),
            PIECES.single.len() + PIECES.double.len(),
            "there are codes for all"
        );
        let all: BTreeSet<&str> = pieces.iter().map(|(piece, _)| *piece).collect();
        assert_eq!(all.len(), pieces.len(), "none stands twice");
        for (piece, code) in pieces {
            let wanted = match code {
                Code::One(code) => vec![code, END],
                Code::Two([one, two]) => vec![one, two, END],
            };
            assert_eq!(short(piece), wanted, "{piece}");
            comes_back(piece);
        }
    }

    #[test]
    fn other_pieces_are_another_version_of_the_status() {
        let version = Status::default().version();
        let mut digest = StateDigest::of("pieces", version);
        codes().for_each(|(piece, _)| digest.text(piece));
        let pinned = "1f22d13115138296ceabd134d4019cafeeb12e102e7fe2249a48a55830af6420";
        let told = "raise the version of the status: what is kept in snapshots is written with other pieces";
        assert_eq!(hexadecimal(&digest.finish()), pinned, "{told}");
    }

    #[test]
    fn ids_and_days_are_short_and_what_only_looks_like_one_stays() {
        let id = "017b14f1-6ca6-7708-82d0-3cd79bb91c70";
        assert_eq!(short(id).len(), 18);
        for (day, length) in [
            ("2025-04-18", 4),
            ("1930-01-01", 4),
            ("2109-06-06", 4),
            ("1929-12-31", 11),
            ("2109-06-07", 11),
            ("2025-02-29", 11),
        ] {
            assert_eq!(short(day).len(), length, "{day}");
            comes_back(day);
        }
        comes_back(id);
        comes_back(&id.to_uppercase());
        comes_back("017b14f1-6ca6-7708-82d0-3cd79bb91c7");
        comes_back("017b14f1-6ca6-7708-82d0-3cd79bb91c7g");
        comes_back("2021-09-25/..");
        comes_back("12025-04-18-04-18");
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in any::<String>()) {
            comes_back(&text);
        }

        #[test]
        fn any_mixture_of_pieces_comes_back(parts in proptest::collection::vec(
            prop_oneof![
                (0..PIECES.single.len() + PIECES.double.len()).prop_map(|n| codes().nth(n).unwrap().0.to_owned()),
                any::<u128>().prop_map(|id| Uuid::from_u128(id).to_string()),
                "[12][0-9]{3}-[01][0-9]-[0-3][0-9]",
                "[\\x00-\\x20a-f0-9\":,{}-]{0,40}",
            ],
            0..12,
        )) {
            comes_back(&parts.concat());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let mut rest = bytes.as_slice();
            while lengthened(&mut rest).is_some() {}
            let mut rest = bytes.as_slice();
            while skip(&mut rest).is_some() {}
        }
    }
}

//! How much a service takes on: requests at a time and a second, and how large and how slow they may be.

use std::time::Duration;

/// The most requests a second, or at once at the beginning, that can be allowed to one who asks.
const MOST_A_SECOND: u32 = 1_000_000;
/// The most requests that can be allowed to be under way.
const MOST_AT_ONCE: u32 = 65_536;
/// The longest time that can be given, in seconds: a day.
const LONGEST: u32 = 86_400;
const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// How much a service takes on; what nobody said is the service's own choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Requests a second with one token.
    pub token_rate: Option<u32>,
    /// How many of them may come at once.
    pub token_burst: Option<u32>,
    /// How many of them may be under way.
    pub token_at_once: Option<usize>,
    /// Requests a second without a valid token, from one address.
    pub address_rate: Option<u32>,
    /// How many of them may come at once.
    pub address_burst: Option<u32>,
    /// Reading requests under way.
    pub reads_at_once: Option<usize>,
    /// Recording requests under way.
    pub writes_at_once: Option<usize>,
    /// Long answers under way.
    pub long_at_once: Option<usize>,
    /// The longest body, in bytes.
    pub max_body: Option<u64>,
    /// The longest file of evidence, in bytes.
    pub max_evidence: Option<u64>,
    /// The longest path with what stands behind the question mark, in bytes.
    pub max_uri: Option<usize>,
    /// How long a body may take to arrive.
    pub body_time: Option<Duration>,
    /// How long an answer may take to begin.
    pub answer_time: Option<Duration>,
    /// The same for long answers.
    pub long_answer_time: Option<Duration>,
    /// How long a follower of the ledger may take nothing.
    pub follower_time: Option<Duration>,
}

/// How a limit is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// A number of requests, one at least and so many at most.
    Requests(u32),
    /// Bytes.
    Bytes {
        /// So many at least.
        least: u64,
        /// So many at most.
        most: u64,
    },
    /// Seconds, one at least.
    Seconds,
}

impl Measure {
    /// Reads a limit.
    ///
    /// # Errors
    /// When it is none, or out of bounds: the words say what to write.
    pub fn read(self, text: &str) -> Result<u64, String> {
        match self {
            Self::Requests(most) => number(text, most),
            Self::Seconds => number(text, LONGEST),
            Self::Bytes { least, most } => size(text, least, most),
        }
    }
}

impl Limits {
    /// Settles each limit, by the key of its setting, with what `said` knows of it.
    ///
    /// # Errors
    /// What `said` fails with.
    pub fn settle<E>(
        said: impl Fn(&'static str, Measure) -> Result<Option<u64>, E>,
    ) -> Result<Self, E> {
        let rate = |key| {
            let rate = said(key, Measure::Requests(MOST_A_SECOND))?;
            Ok(rate.and_then(|rate| u32::try_from(rate).ok()))
        };
        let at_once = |key| {
            let number = said(key, Measure::Requests(MOST_AT_ONCE))?;
            Ok(number.and_then(|number| usize::try_from(number).ok()))
        };
        let time = |key| Ok(said(key, Measure::Seconds)?.map(Duration::from_secs));
        let bytes = |key, least, most| said(key, Measure::Bytes { least, most });
        let uri = bytes("max_uri", 256, 16 * KIB)?;
        Ok(Self {
            token_rate: rate("token_rate")?,
            token_burst: rate("token_burst")?,
            token_at_once: at_once("token_at_once")?,
            address_rate: rate("address_rate")?,
            address_burst: rate("address_burst")?,
            reads_at_once: at_once("reads_at_once")?,
            writes_at_once: at_once("writes_at_once")?,
            long_at_once: at_once("long_at_once")?,
            max_body: bytes("max_body", KIB, 4 * MIB)?,
            max_evidence: bytes("max_evidence", KIB, 256 * MIB)?,
            max_uri: uri.and_then(|bytes| usize::try_from(bytes).ok()),
            body_time: time("body_time")?,
            answer_time: time("answer_time")?,
            long_answer_time: time("long_answer_time")?,
            follower_time: time("follower_time")?,
        })
    }
}

fn number(text: &str, most: u32) -> Result<u64, String> {
    let number = text.parse::<u64>().ok();
    let number = number.filter(|number| (1..=u64::from(most)).contains(number));
    number.ok_or_else(|| format!("write a number from 1 to {most}"))
}

/// A number of bytes: `1048576`, `1024 KiB`, `1 MiB`.
fn size(text: &str, least: u64, most: u64) -> Result<u64, String> {
    let text = text.trim();
    let (digits, unit) = [("KiB", KIB), ("MiB", MIB)]
        .into_iter()
        .find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?.trim_end(), bytes)))
        .unwrap_or((text, 1));
    let bytes = digits.parse::<u64>().ok();
    let bytes = bytes.and_then(|number| number.checked_mul(unit));
    bytes
        .filter(|bytes| (least..=most).contains(bytes))
        .ok_or_else(|| {
            format!(
                "write a number of bytes from {} to {}, such as {}",
                in_words(least),
                in_words(most),
                in_words(most / 2)
            )
        })
}

fn in_words(bytes: u64) -> String {
    match bytes {
        bytes if bytes >= MIB && bytes.is_multiple_of(MIB) => format!("{} MiB", bytes / MIB),
        bytes if bytes >= KIB && bytes.is_multiple_of(KIB) => format!("{} KiB", bytes / KIB),
        bytes => bytes.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_written_in_bytes_or_with_its_unit() {
        for (text, bytes) in [
            ("1024", 1_024),
            ("1 KiB", 1_024),
            ("4MiB", 4 << 20),
            (" 3 MiB ", 3 << 20),
        ] {
            assert_eq!(size(text, KIB, 4 * MIB), Ok(bytes), "{text:?}");
        }
        for text in [
            "",
            "KiB",
            "1023",
            "5 MiB",
            "1 GiB",
            "1.5 MiB",
            "-1",
            "1 MB",
            "99999999999999999999 MiB",
        ] {
            let told = size(text, KIB, 4 * MIB).unwrap_err();
            assert_eq!(
                told, "write a number of bytes from 1 KiB to 4 MiB, such as 2 MiB",
                "{text:?}"
            );
        }
    }
}

//! When something happened: a subset of the Extended Date/Time Format (ISO 8601-2, level 0 and 1).
//!
//! ```
//! use dealtrail::deal::value::when::When;
//!
//! let by: When = "../2025-04-25".parse().unwrap();
//! assert!(by.is_by() && by.earliest().is_none());
//! assert_eq!(by.latest().unwrap().to_string(), "2025-04-25");
//! ```

#[cfg(test)]
mod tests;

use super::string_form::{shown, string_form};
use chrono::{Datelike, NaiveDate};
use std::fmt;
use std::str::FromStr;

/// A day, month or year, an interval of them, or an interval open at one end, in civil days of the
/// agency's zone. Printed exactly as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct When {
    text: Written,
    shape: Shape,
}

/// The longest text there is: two days, both approximate.
const LONGEST: usize = "2025-04-17~/2025-04-25~".len();

/// The text in the value itself: every fact has one, and a place of its own in memory would cost more than it.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Written {
    bytes: [u8; LONGEST],
    length: u8,
}

impl Written {
    /// `None` for a text that no date has: one too long.
    fn of(text: &str) -> Option<Self> {
        let mut bytes = [0; LONGEST];
        bytes
            .get_mut(..text.len())?
            .copy_from_slice(text.as_bytes());
        let length = u8::try_from(text.len()).ok()?;
        Some(Self { bytes, length })
    }

    /// The text that begins here with none yet.
    fn start() -> Self {
        Self {
            bytes: [0; LONGEST],
            length: 0,
        }
    }

    fn push(&mut self, letter: u8) {
        // PANIC: a part has eleven characters at most, since its years are those of four digits.
        self.bytes[usize::from(self.length)] = letter;
        self.length = self.length.saturating_add(1);
    }

    /// So many digits of a number, digit by digit: every fact has a day, and what formats anything takes many times as long.
    fn digits(&mut self, number: u32, digits: u32) {
        let places = (0..digits).rev().map(|place| 10_u32.pow(place));
        for place in places {
            // PANIC: the remainder of a division by ten fits any number.
            self.push(b'0' + (number / place % 10) as u8);
        }
    }

    fn part(&mut self, part: &Part) {
        self.digits(part.first.year().unsigned_abs(), 4);
        if part.precision >= Precision::Month {
            self.push(b'-');
            self.digits(part.first.month(), 2);
        }
        if part.precision == Precision::Day {
            self.push(b'-');
            self.digits(part.first.day(), 2);
        }
        if part.approximate {
            self.push(b'~');
        }
    }

    fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.length));
        std::str::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
    }
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// The form a [`When`] has; sentences are chosen by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// `2025-04`: some time within one day, month or year.
    Within(Part),
    /// `2025-04-17/2025-04-25`: from the one to the other.
    Between(Part, Part),
    /// `2025-04-25/..`: from then on, no end known.
    From(Part),
    /// `../2025-04-25`: by then, no start known.
    By(Part),
}

/// One day, month or year of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Part {
    first: NaiveDate,
    last: NaiveDate,
    precision: Precision,
    approximate: bool,
}

/// How exactly a [`Part`] is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Precision {
    /// A calendar year.
    Year,
    /// A calendar month.
    Month,
    /// A civil day.
    Day,
}

impl Part {
    /// The first civil day of the day, month or year.
    pub fn first(&self) -> NaiveDate {
        self.first
    }

    /// The last civil day of the day, month or year.
    pub fn last(&self) -> NaiveDate {
        self.last
    }

    /// Whether this is a day, a month or a year.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Whether the source marks it as approximate (`~`). It does not widen the days meant.
    pub fn is_approximate(&self) -> bool {
        self.approximate
    }

    fn of_day(day: NaiveDate) -> Self {
        let inside = match day.year() {
            ..=0 => NaiveDate::from_ymd_opt(1, 1, 1),
            1..=9999 => None,
            _ => NaiveDate::from_ymd_opt(9999, 12, 31),
        };
        let day = inside.unwrap_or(day);
        Self {
            first: day,
            last: day,
            precision: Precision::Day,
            approximate: false,
        }
    }

    fn parse(text: &str, whole: &str) -> Result<Self, WhenError> {
        if let Some(day) = plain_day(text.as_bytes()) {
            return Ok(Self {
                first: day,
                last: day,
                precision: Precision::Day,
                approximate: false,
            });
        }
        let (date, approximate) = match text.strip_suffix('~') {
            Some(date) => (date, true),
            None => (text, false),
        };
        let malformed = || WhenError::Malformed(shown(whole), hint(text));
        let mut fields = date.split('-');
        let year = digits(fields.next(), 4).ok_or_else(malformed)?;
        let month = optional(fields.next()).map_err(|()| malformed())?;
        let day = optional(fields.next()).map_err(|()| malformed())?;
        if fields.next().is_some() {
            return Err(malformed());
        }
        if year == 0 {
            return Err(WhenError::YearZero(shown(whole)));
        }
        if month.is_some_and(|month| !(1..=12).contains(&month)) {
            return Err(WhenError::NoSuchMonth(shown(whole), month.unwrap_or(0)));
        }
        let year = i32::try_from(year).map_err(|_| malformed())?;
        let no_such_day = || WhenError::NoSuchDay(date.to_owned(), days_in_month(year, month));
        let first = NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1))
            .ok_or_else(no_such_day)?;
        let (precision, last) = match (month, day) {
            (None, _) => (Precision::Year, NaiveDate::from_ymd_opt(year, 12, 31)),
            (Some(_), None) => (Precision::Month, first.with_day(days_in_month(year, month))),
            (Some(_), Some(_)) => (Precision::Day, Some(first)),
        };
        let last = last.ok_or_else(no_such_day)?;
        Ok(Self {
            first,
            last,
            precision,
            approximate,
        })
    }
}

/// The day that a text is, as most are; `None` for whatever has to be looked at closely.
fn plain_day(text: &[u8]) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_u32, |number, digit| {
            let digit = digit.is_ascii_digit().then(|| u32::from(digit & 0x0f))?;
            number.checked_mul(10)?.checked_add(digit)
        })
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number(&[m1, m2])?, number(&[d1, d2])?);
    day.filter(|_| year > 0)
}

/// How many days that month has; 0 where there is no such month.
fn days_in_month(year: i32, month: Option<u32>) -> u32 {
    let first = NaiveDate::from_ymd_opt(year, month.unwrap_or(0), 1);
    first.map_or(0, |first| u32::from(first.num_days_in_month()))
}

/// Exactly `width` ASCII digits, as a number.
fn digits(field: Option<&str>, width: usize) -> Option<u32> {
    let field = field?;
    if field.len() != width || !field.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    field.parse().ok()
}

/// Two digits if the field is there at all.
fn optional(field: Option<&str>) -> Result<Option<u32>, ()> {
    match field {
        None => Ok(None),
        Some(_) => digits(field, 2).map(Some).ok_or(()),
    }
}

/// What the writer of a malformed date most likely meant, as a second sentence.
fn hint(part: &str) -> &'static str {
    if part.contains('T') || part.contains(':') {
        " A day has no time of day here."
    } else if part.contains(['?', '%']) {
        " Doubt is marked with `~` alone."
    } else if part.contains(['X', 'x', 'u']) {
        " Leave out what is not known: 2025-04 for a day in April."
    } else if part.contains(['.', ' ', ',']) && part != ".." {
        " Write year, month, day with hyphens."
    } else {
        ""
    }
}

impl When {
    /// One civil day.
    ///
    /// A day outside the years 1 to 9999, which no clock of ours gives, becomes the nearest day
    /// inside them, because the written form has four digits for the year.
    pub fn day(day: NaiveDate) -> Self {
        let part = Part::of_day(day);
        Self::of(Shape::Within(part))
    }

    /// By that day, start unknown (`../2025-04-25`).
    pub fn by(day: NaiveDate) -> Self {
        Self::of(Shape::By(Part::of_day(day)))
    }

    /// From that day on (`2025-04-25/..`).
    pub fn from_day(day: NaiveDate) -> Self {
        Self::of(Shape::From(Part::of_day(day)))
    }

    fn of(shape: Shape) -> Self {
        let mut text = Written::start();
        match &shape {
            Shape::Within(part) => text.part(part),
            Shape::Between(start, end) => {
                text.part(start);
                text.push(b'/');
                text.part(end);
            }
            Shape::From(start) => {
                text.part(start);
                b"/..".iter().for_each(|letter| text.push(*letter));
            }
            Shape::By(end) => {
                b"../".iter().for_each(|letter| text.push(*letter));
                text.part(end);
            }
        }
        Self { text, shape }
    }

    /// The canonical text: as it was given.
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// Its form, for choosing a sentence.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The first day it may mean; `None` for `../D`.
    pub fn earliest(&self) -> Option<NaiveDate> {
        match self.shape {
            Shape::Within(part) | Shape::Between(part, _) | Shape::From(part) => Some(part.first),
            Shape::By(_) => None,
        }
    }

    /// The last day it may mean; `None` for `D/..`.
    pub fn latest(&self) -> Option<NaiveDate> {
        match self.shape {
            Shape::Within(part) | Shape::Between(_, part) | Shape::By(part) => Some(part.last),
            Shape::From(_) => None,
        }
    }

    /// `../D`: by that day, start unknown.
    pub fn is_by(&self) -> bool {
        matches!(self.shape, Shape::By(_))
    }

    /// `D/..`: from that day on.
    pub fn is_open_ended(&self) -> bool {
        matches!(self.shape, Shape::From(_))
    }

    /// Whether any part is marked `~`.
    pub fn is_approximate(&self) -> bool {
        match self.shape {
            Shape::Within(part) | Shape::From(part) | Shape::By(part) => part.approximate,
            Shape::Between(start, end) => start.approximate || end.approximate,
        }
    }

    /// The day, if it is one single day, exactly or approximately.
    pub fn single_day(&self) -> Option<NaiveDate> {
        match (self.earliest(), self.latest()) {
            (Some(earliest), Some(latest)) if earliest == latest => Some(earliest),
            _ => None,
        }
    }

    /// The latest day of a fact: the earlier of its own latest day and the civil day on which this
    /// `on` was first recorded, since a fact is never in the future of its recording.
    pub fn latest_day(&self, first_recorded: NaiveDate) -> NaiveDate {
        match self.latest() {
            Some(latest) => latest.min(first_recorded),
            None => first_recorded,
        }
    }

    /// The day on which a fact with this `on` is certainly still to come, if there is one: its
    /// earliest day, or the day of `../D`, is after `today`.
    pub fn in_future_of(&self, today: NaiveDate) -> Option<NaiveDate> {
        let day = match self.shape {
            Shape::By(part) => part.last,
            Shape::Within(part) | Shape::Between(part, _) | Shape::From(part) => part.first,
        };
        (day > today).then_some(day)
    }

    fn from_canonical(text: &str) -> Result<Self, WhenError> {
        let part = |part| Part::parse(part, text);
        let shape = match text.split_once('/') {
            None if text.is_empty() => return Err(WhenError::Empty),
            None if text == ".." => return Err(WhenError::OpenAtBothEnds),
            None => Shape::Within(part(text)?),
            Some(("..", "..")) => return Err(WhenError::OpenAtBothEnds),
            Some(("", _) | (_, "")) => return Err(WhenError::EndMissing(shown(text))),
            Some(("..", end)) => Shape::By(part(end)?),
            Some((start, "..")) => Shape::From(part(start)?),
            Some((start, end)) => {
                let (start, end) = (part(start)?, part(end)?);
                if start.first > end.last {
                    return Err(WhenError::EndsBeforeStart(shown(text)));
                }
                Shape::Between(start, end)
            }
        };
        let malformed = || WhenError::Malformed(shown(text), "");
        let text = Written::of(text).ok_or_else(malformed)?;
        Ok(Self { text, shape })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Written::start();
        text.part(self);
        f.pad(text.as_str())
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text.as_str())
    }
}

impl FromStr for When {
    type Err = WhenError;

    fn from_str(text: &str) -> Result<Self, WhenError> {
        Self::from_canonical(text.trim())
    }
}

string_form!(When, WhenError, expects "a date in quotes, such as \"2025-04-22\"", schema {
    "type": "string",
    "description": "A day, month or year (~ = approximate), an interval, D/.. (from) or ../D (by).",
    "pattern": "^([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?~?\
        (/([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?~?|\\.\\.))?\
        |\\.\\./[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?~?)$"
});

/// Why a text is no [`When`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    /// Nothing was given.
    #[error(
        "the date is empty; write a day such as 2025-04-22, or ../2025-04-25 for \"by that day\""
    )]
    Empty,
    /// Not one of the forms.
    #[error(
        "{0} is not a date; write 2025, 2025-04 or 2025-04-22 (add ~ if approximate), \
         2025-04-17/2025-04-25, 2025-04-25/.. or ../2025-04-25.{1}"
    )]
    Malformed(String, &'static str),
    /// A month outside 1 to 12.
    #[error("{0} has month {1}; months run from 01 to 12")]
    NoSuchMonth(String, u32),
    /// A day the calendar does not have.
    #[error("{0} is not a day of the calendar; that month has {1} days")]
    NoSuchDay(String, u32),
    /// The year 0000.
    #[error("{0} has the year 0000; years run from 0001 to 9999")]
    YearZero(String),
    /// An interval with an end left empty.
    #[error("{0} leaves one end empty; write .. for an unknown end, such as ../2025-04-25")]
    EndMissing(String),
    /// `../..` says nothing.
    #[error(
        "an interval open at both ends says nothing; give at least one day, such as ../2025-04-25"
    )]
    OpenAtBothEnds,
    /// The interval runs backwards.
    #[error("{0} ends before it starts; write the earlier day first")]
    EndsBeforeStart(String),
}

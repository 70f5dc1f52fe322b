//! The law of dates: a text is accepted exactly when a calendar of our own, written apart from the program's,
//! reads it; then both mean the same days, and the text comes out as it went in.

use chrono::{Datelike, Days, NaiveDate};
use dealtrail::deal::value::when::When;

/// Year, month and day; tuples order as days do.
type Ymd = (u32, u32, u32);
/// First and last day meant; `None` where an interval is open.
type Span = (Option<Ymd>, Option<Ymd>);

/// Holds the law against any bytes; those that are not UTF-8 never become a date.
pub(crate) fn holds(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let trimmed = text.trim();
    let wanted = model(trimmed);
    let strict = serde_json::to_string(text).unwrap();
    let strict = serde_json::from_str::<When>(&strict);
    match text.parse::<When>() {
        Ok(when) => {
            assert_eq!(Some(span(&when)), wanted, "{text:?} means other days");
            assert_eq!(when.to_string(), trimmed);
            assert_eq!(strict.is_ok(), text == trimmed, "JSON takes no blanks");
            round_trip(&when);
            ordered(&when);
        }
        Err(error) => {
            assert_eq!(wanted, None, "{text:?} was refused: {error}");
            assert!(strict.is_err(), "JSON took {text:?}");
            // At most 60 characters of the text are shown, each in at most ten when it is invisible.
            let sentence = error.to_string();
            assert!(!sentence.is_empty() && sentence.chars().count() < 900);
        }
    }
}

fn round_trip(when: &When) {
    assert_eq!(when.as_str().parse::<When>().as_ref(), Ok(when));
    let json = serde_json::to_string(when).unwrap();
    assert_eq!(serde_json::from_str::<When>(&json).unwrap(), *when);
    assert_eq!(when.is_by(), when.as_str().starts_with(".."));
    assert_eq!(when.is_open_ended(), when.as_str().ends_with(".."));
    assert_eq!(when.is_approximate(), when.as_str().contains('~'));
}

/// What holds between the days a date means and any other day: the days themselves and their neighbours.
fn ordered(when: &When) {
    let (earliest, latest) = (when.earliest(), when.latest());
    if let (Some(earliest), Some(latest)) = (earliest, latest) {
        assert!(earliest <= latest, "{when} ends before it starts");
        assert_eq!(when.single_day().is_some(), earliest == latest);
    } else {
        assert_eq!(when.single_day(), None);
    }
    for day in [earliest, latest].into_iter().flatten() {
        let before = day.checked_sub_days(Days::new(1));
        let after = day.checked_add_days(Days::new(1));
        for today in [before, Some(day), after].into_iter().flatten() {
            let shown = when.latest_day(today);
            assert!(
                shown <= today,
                "{when} is in the future of its own recording"
            );
            assert_eq!(shown == today, latest.is_none_or(|latest| latest >= today));
            let to_come = earliest.or(latest).filter(|first| *first > today);
            assert_eq!(when.in_future_of(today), to_come);
        }
    }
    if let Some(day) = when.single_day()
        && !when.is_approximate()
        && when.as_str().len() == 10
    {
        assert_eq!(When::day(day), *when);
    }
}

fn span(when: &When) -> Span {
    let ymd = |day: NaiveDate| (day.year().try_into().unwrap(), day.month(), day.day());
    (when.earliest().map(ymd), when.latest().map(ymd))
}

fn model(text: &str) -> Option<Span> {
    let ends: Vec<&str> = text.split('/').collect();
    match ends[..] {
        [one] => part(one).map(|(first, last)| (Some(first), Some(last))),
        ["..", end] => part(end).map(|(_, last)| (None, Some(last))),
        [start, ".."] => part(start).map(|(first, _)| (Some(first), None)),
        [start, end] => {
            let (first, last) = (part(start)?.0, part(end)?.1);
            (first <= last).then_some((Some(first), Some(last)))
        }
        _ => None,
    }
}

/// A day, month or year, by its letters alone.
fn part(text: &str) -> Option<(Ymd, Ymd)> {
    let text = text.strip_suffix('~').unwrap_or(text).as_bytes();
    let number = |from: usize, to: usize| {
        text[from..to].iter().try_fold(0, |sum: u32, digit| {
            Some(sum * 10 + char::from(*digit).to_digit(10)?)
        })
    };
    let hyphens = [4, 7]
        .iter()
        .all(|at| matches!(text.get(*at), None | Some(b'-')));
    if !hyphens || ![4, 7, 10].contains(&text.len()) {
        return None;
    }
    let year = number(0, 4).filter(|year| *year > 0)?;
    if text.len() == 4 {
        return Some(((year, 1, 1), (year, 12, 31)));
    }
    let month = number(5, 7).filter(|month| (1..=12).contains(month))?;
    let days = match month {
        2 if year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if text.len() == 7 {
        return Some(((year, month, 1), (year, month, days)));
    }
    let day = number(8, 10).filter(|day| (1..=days).contains(day))?;
    Some(((year, month, day), (year, month, day)))
}

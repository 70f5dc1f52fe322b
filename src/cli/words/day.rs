//! Days as people write them.

use chrono::NaiveDate;

use super::{WordsError, strip_word};
use crate::deal::value::when::When;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads a day, month, year or span: the stored forms (`2025-04-25`, `../2025-04-25`, …), and
/// `today`, `yesterday`, `25 April 2025`, `April 2025`, each also after `by`, `from`, `since` or
/// `about`, or joined by `to`.
pub(in crate::cli) fn when(typed: &str, today: NaiveDate) -> Result<When, WordsError> {
    let text = typed.trim();
    if let Some(rest) = strip_word(text, "by") {
        return Ok(format!("../{}", part(rest, today)).parse()?);
    }
    let from = strip_word(text, "from").or_else(|| strip_word(text, "since"));
    let (start, is_from) = from.map_or((text, false), |rest| (rest, true));
    let between = strip_word(text, "between");
    let span = between
        .and_then(|rest| rest.split_once(" and "))
        .or_else(|| start.split_once(" to "));
    if let Some((first, last)) = span {
        return Ok(format!("{}/{}", part(first, today), part(last, today)).parse()?);
    }
    let text = part(start, today);
    Ok(if is_from {
        format!("{text}/..").parse()?
    } else {
        text.parse()?
    })
}

/// Reads one civil day.
pub(in crate::cli) fn day(typed: &str, today: NaiveDate) -> Result<NaiveDate, WordsError> {
    let when = when(typed, today)?;
    match when.single_day() {
        Some(day) if !when.is_approximate() => Ok(day),
        _ => Err(WordsError::NotADay(typed.trim().to_owned())),
    }
}

/// One part of a span in the stored form, or as typed when it is none of the friendly forms.
fn part(typed: &str, today: NaiveDate) -> String {
    let text = typed.trim();
    if let Some(rest) = strip_word(text, "about").or_else(|| strip_word(text, "around")) {
        return format!("{}~", part(rest, today));
    }
    match text.to_ascii_lowercase().as_str() {
        "today" => today.to_string(),
        "yesterday" => today.pred_opt().unwrap_or(today).to_string(),
        lower => spelled_out(lower).unwrap_or_else(|| text.to_owned()),
    }
}

/// `25 april 2025` and `april 2025` in the stored form.
fn spelled_out(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (day, month, year) = match words.as_slice() {
        [day, month, year] => (Some(day.parse::<u32>().ok()?), month, year),
        [month, year] => (None, month, year),
        _ => return None,
    };
    let number = MONTHS
        .iter()
        .position(|name| name == month)?
        .checked_add(1)?;
    if year.len() != 4 || !year.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some(match day {
        Some(day) => format!("{year}-{number:02}-{day:02}"),
        None => format!("{year}-{number:02}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, 4, 26).unwrap()
    }

    fn read(typed: &str) -> String {
        when(typed, today()).map_or_else(|error| error.to_string(), |when| when.to_string())
    }

    #[test]
    fn friendly_words_become_the_stored_forms() {
        for (typed, stored) in [
            ("today", "2025-04-26"),
            ("Yesterday", "2025-04-25"),
            ("2025-04-25", "2025-04-25"),
            (" 25 April 2025 ", "2025-04-25"),
            ("5 may 2025", "2025-05-05"),
            ("April 2025", "2025-04"),
            ("about 2025-04", "2025-04~"),
            ("by 2025-04-25", "../2025-04-25"),
            ("by 25 April 2025", "../2025-04-25"),
            ("by today", "../2025-04-26"),
            ("from 2025-04-25", "2025-04-25/.."),
            ("since April 2025", "2025-04/.."),
            ("from 2025-04-17 to 2025-04-25", "2025-04-17/2025-04-25"),
            ("17 April 2025 to today", "2025-04-17/2025-04-26"),
            ("between 2025-04-17 and 2025-04-25", "2025-04-17/2025-04-25"),
            ("../2025-04-25", "../2025-04-25"),
            ("2025-04-17/2025-04-25", "2025-04-17/2025-04-25"),
        ] {
            assert_eq!(read(typed), stored, "{typed}");
        }
    }

    #[test]
    fn what_is_no_day_is_refused_with_a_sentence() {
        for (typed, part) in [
            ("", "the date is empty"),
            ("25.04.2025", "Write year, month, day with hyphens"),
            ("2025-02-30", "is not a day of the calendar"),
            ("31 April 2025", "is not a day of the calendar"),
            ("soon", "is not a date"),
            ("by", "is not a date"),
            ("by ../2025", "is not a date"),
        ] {
            assert!(read(typed).contains(part), "{typed}: {}", read(typed));
        }
    }

    #[test]
    fn one_day_is_asked_for_where_a_day_is_needed() {
        assert_eq!(day("today", today()).unwrap(), today());
        for typed in ["2025-04", "by today", "about 2025-04-25"] {
            assert!(
                matches!(day(typed, today()), Err(WordsError::NotADay(_))),
                "{typed}"
            );
        }
    }
}

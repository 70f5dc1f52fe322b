use super::*;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Text, first day it may mean, last day; `-` where there is none.
const ACCEPTED: [(&str, &str, &str); 32] = [
    ("2025", "2025-01-01", "2025-12-31"),
    ("2025-04", "2025-04-01", "2025-04-30"),
    ("2025-04-22", "2025-04-22", "2025-04-22"),
    ("2025~", "2025-01-01", "2025-12-31"),
    ("2025-04~", "2025-04-01", "2025-04-30"),
    ("2025-04-22~", "2025-04-22", "2025-04-22"),
    ("2024-02", "2024-02-01", "2024-02-29"),
    ("2025-02", "2025-02-01", "2025-02-28"),
    ("2000-02-29", "2000-02-29", "2000-02-29"),
    ("2025-12", "2025-12-01", "2025-12-31"),
    ("0001", "0001-01-01", "0001-12-31"),
    ("0001-01-01", "0001-01-01", "0001-01-01"),
    ("9999", "9999-01-01", "9999-12-31"),
    ("9999-12-31", "9999-12-31", "9999-12-31"),
    ("2025-04-17/2025-04-25", "2025-04-17", "2025-04-25"),
    ("2025-04-17/2025-04-17", "2025-04-17", "2025-04-17"),
    ("2025-04/2025-05", "2025-04-01", "2025-05-31"),
    ("2025/2026", "2025-01-01", "2026-12-31"),
    ("2025-04-20/2025-04", "2025-04-20", "2025-04-30"),
    ("2025-04/2025-04-20", "2025-04-01", "2025-04-20"),
    ("2025-04/2025", "2025-04-01", "2025-12-31"),
    ("2025-04~/2025-05-02", "2025-04-01", "2025-05-02"),
    ("2025-04-17/2025-05~", "2025-04-17", "2025-05-31"),
    ("2024~/2025~", "2024-01-01", "2025-12-31"),
    ("2025-04-25/..", "2025-04-25", "-"),
    ("2025-04/..", "2025-04-01", "-"),
    ("2025~/..", "2025-01-01", "-"),
    ("../2025-04-25", "-", "2025-04-25"),
    ("../2025-04", "-", "2025-04-30"),
    ("../2025", "-", "2025-12-31"),
    ("../2025~", "-", "2025-12-31"),
    ("../9999-12-31", "-", "9999-12-31"),
];

/// Text, and words of the sentence that refuses it.
const REFUSED: [(&str, &str); 53] = [
    ("", "the date is empty"),
    ("..", "open at both ends"),
    ("../..", "open at both ends"),
    ("/", "leaves one end empty"),
    ("2025-04-17/", "leaves one end empty"),
    ("/2025-04-17", "leaves one end empty"),
    ("2025-02-29", "not a day of the calendar"),
    (
        "2025-02-30",
        "2025-02-30 is not a day of the calendar; that month has 28 days",
    ),
    ("1900-02-29", "not a day of the calendar"),
    ("2025-04-31", "not a day of the calendar"),
    ("2025-04-00", "not a day of the calendar"),
    (
        "2025-04-32~",
        "2025-04-32 is not a day of the calendar; that month has 30 days",
    ),
    ("../2025-02-30", "not a day of the calendar"),
    ("2025-02-30/..", "not a day of the calendar"),
    ("2025-04-01/2025-04-31", "not a day of the calendar"),
    ("2025-13", "month 13; months run from 01 to 12"),
    ("2025-00", "month 0"),
    ("2025-00-10", "month 0"),
    ("2025-21", "month 21"),
    ("0000", "year 0000"),
    ("0000-01-01", "year 0000"),
    ("2025-04-25/2025-04-17", "ends before it starts"),
    ("2025-04/2025-03", "ends before it starts"),
    ("2026/2025", "ends before it starts"),
    ("2025-05/2025-04-30", "ends before it starts"),
    ("25-04-2025", "is not a date"),
    ("22.04.2025", "Write year, month, day with hyphens"),
    ("2025.04.22", "Write year, month, day with hyphens"),
    ("22 April 2025", "Write year, month, day with hyphens"),
    ("April", "is not a date"),
    ("2025-4-22", "is not a date"),
    ("2025-04-2", "is not a date"),
    ("20250422", "is not a date"),
    ("2025-04-22-01", "is not a date"),
    ("2025-", "is not a date"),
    ("2025-04-", "is not a date"),
    ("-2025", "is not a date"),
    ("+2025", "is not a date"),
    ("+025", "is not a date"),
    ("12025", "is not a date"),
    ("Y12025", "is not a date"),
    ("2025~~", "is not a date"),
    ("~2025", "is not a date"),
    ("2025~-04", "is not a date"),
    ("2025?", "Doubt is marked with `~` alone"),
    ("2025-04-22%", "Doubt is marked with `~` alone"),
    ("202X", "Leave out what is not known"),
    ("2025-XX-22", "Leave out what is not known"),
    ("2025-04-22T10:00:00Z", "no time of day"),
    ("2025/2026/2027", "is not a date"),
    ("../2025/..", "is not a date"),
    ("..~/2025", "is not a date"),
    ("٢٠٢٥", "is not a date"),
];

#[test]
fn accepted_forms_mean_their_days_and_print_as_given() {
    for (text, earliest, latest) in ACCEPTED {
        let when: When = text.parse().unwrap();
        let show = |day: Option<NaiveDate>| day.map_or("-".to_owned(), |day| day.to_string());
        assert_eq!(show(when.earliest()), earliest, "{text}");
        assert_eq!(show(when.latest()), latest, "{text}");
        assert_eq!(when.to_string(), text);
        assert_eq!(
            When::of(when.shape()),
            when,
            "{text}: the form tells the whole text"
        );
        assert_eq!(when.is_by(), text.starts_with(".."), "{text}");
        assert_eq!(when.is_open_ended(), text.ends_with(".."), "{text}");
        assert_eq!(when.is_approximate(), text.contains('~'), "{text}");
        let json = serde_json::to_string(&when).unwrap();
        assert_eq!(json, format!("{text:?}"));
        assert_eq!(serde_json::from_str::<When>(&json).unwrap(), when);
    }
}

#[test]
fn refused_forms_are_told_why() {
    for (text, words) in REFUSED {
        let error = text.parse::<When>().unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
        assert!(
            serde_json::from_value::<When>(text.into()).is_err(),
            "{text}"
        );
    }
}

#[test]
fn json_takes_no_blanks_and_no_numbers() {
    assert_eq!(" 2025 \n".parse::<When>().unwrap().as_str(), "2025");
    assert!(serde_json::from_str::<When>("\" 2025\"").is_err());
    let error = serde_json::from_str::<When>("2025")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("a date in quotes, such as \"2025-04-22\""),
        "{error}"
    );
}

#[test]
fn single_days_are_told_from_spans() {
    for (text, single) in [
        ("2025-04-22", true),
        ("2025-04-22~", true),
        ("2025-04-22/2025-04-22", true),
        ("2025-04", false),
        ("../2025-04-22", false),
        ("2025-04-22/..", false),
    ] {
        let when: When = text.parse().unwrap();
        assert_eq!(
            when.single_day(),
            single.then(|| day("2025-04-22")),
            "{text}"
        );
    }
}

/// The latest day of a fact is the earlier of what it says and the day it was recorded.
#[test]
fn latest_day_is_never_after_the_recording() {
    for (text, recorded, expected) in [
        ("2025-04-17", "2025-04-18", "2025-04-17"),
        ("2025-04", "2025-04-18", "2025-04-18"),
        ("2025", "2026-01-05", "2025-12-31"),
        ("2025-04-25/..", "2025-04-26", "2025-04-26"),
        ("../2025-04-25", "2025-04-25", "2025-04-25"),
        ("../2025-04-18", "2025-04-25", "2025-04-18"),
        ("2025-04-17/2025-04-25", "2025-04-20", "2025-04-20"),
    ] {
        let when: When = text.parse().unwrap();
        assert_eq!(
            when.latest_day(day(recorded)),
            day(expected),
            "{text} recorded {recorded}"
        );
    }
}

#[test]
fn what_has_begun_is_not_in_the_future() {
    let today = day("2025-04-20");
    for (text, future) in [
        ("2025-04-20", None),
        ("2025-04-21", Some("2025-04-21")),
        ("2025-04", None),
        ("2025-05", Some("2025-05-01")),
        ("2025", None),
        ("2026", Some("2026-01-01")),
        ("2025-04-20/2025-06", None),
        ("2025-04-21/..", Some("2025-04-21")),
        ("2025-04-20/..", None),
        ("../2025-04-20", None),
        ("../2025-04-21", Some("2025-04-21")),
        ("../2025-04", Some("2025-04-30")),
    ] {
        let when: When = text.parse().unwrap();
        assert_eq!(when.in_future_of(today), future.map(day), "{text}");
    }
}

#[test]
fn days_outside_four_digit_years_are_moved_inside() {
    assert_eq!(When::day(day("2025-04-22")).as_str(), "2025-04-22");
    assert_eq!(When::by(day("0033-04-03")).as_str(), "../0033-04-03");
    assert_eq!(When::from_day(day("2025-04-22")).as_str(), "2025-04-22/..");
    assert_eq!(When::day(NaiveDate::MIN).as_str(), "0001-01-01");
    assert_eq!(When::day(NaiveDate::MAX).as_str(), "9999-12-31");
}

#[test]
fn long_nonsense_is_cut_in_messages() {
    let error = "2".repeat(100_000).parse::<When>().unwrap_err().to_string();
    assert!(
        error.len() < 400 && error.contains("100000 characters"),
        "{error}"
    );
}

proptest! {
    /// Every day there is reads as chrono reads it; every other triple of numbers is refused.
    #[test]
    fn the_calendar_is_the_real_one(year in 0_i32..10_000, month in 0_u32..14, day in 0_u32..33) {
        let text = format!("{year:04}-{month:02}-{day:02}");
        let expected = NaiveDate::from_ymd_opt(year, month, day).filter(|_| year > 0);
        let when = text.parse::<When>().ok();
        prop_assert_eq!(when.as_ref().and_then(When::single_day), expected);
        prop_assert_eq!(when, expected.map(When::day));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[0-9./~X -]{0,24}|\\PC{0,24}") {
        if let Ok(when) = text.parse::<When>() {
            prop_assert_eq!(when.as_str(), text.trim());
            prop_assert_eq!(&When::of(when.shape()), &when);
            if let (Some(earliest), Some(latest)) = (when.earliest(), when.latest()) {
                prop_assert!(earliest <= latest);
            }
        }
    }
}

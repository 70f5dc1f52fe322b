//! Series and numbers of issued reports.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::question::{ParameterKind, Report};
use crate::deal::value::ids::Ref;

/// The letters before the numbers of a report's issues. A report not listed here takes the first
/// letters of its name.
const PREFIXES: [(&str, &str); 6] = [
    ("practical-steps", "PS"),
    ("dossier", "DO"),
    ("follow-up", "FU"),
    ("changes", "CH"),
    ("portfolio", "PF"),
    ("conversion", "CV"),
];

/// The letters before the numbers of a report's issues.
#[must_use]
pub fn prefix(report: &str) -> String {
    let listed = PREFIXES.iter().find(|(name, _)| *name == report);
    listed.map_or_else(
        || {
            let letters = report.chars().filter(char::is_ascii_alphabetic);
            letters.take(2).collect::<String>().to_ascii_uppercase()
        },
        |(_, prefix)| (*prefix).to_owned(),
    )
}

/// The number after those given: PS-2025-017. Numbers run through a year and all series of a report,
/// so that one names one issue.
#[must_use]
pub fn next_number<'n>(
    report: &str,
    issued_on: NaiveDate,
    given: impl Iterator<Item = &'n str>,
) -> String {
    let start = format!("{}-{:04}-", prefix(report), issued_on.year());
    let numbers = given.filter_map(|number| number.strip_prefix(&start)?.parse::<u64>().ok());
    let next = numbers.max().unwrap_or(0).saturating_add(1);
    format!("{start}{next:03}")
}

/// Whether a text has the form of a number of an issue.
#[must_use]
pub fn is_number(text: &str) -> bool {
    let mut parts = text.split('-');
    let digits = |part: &str, least: usize| {
        part.len() >= least && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let letters = parts
        .next()
        .is_some_and(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_uppercase()));
    letters
        && parts.next().is_some_and(|year| digits(year, 4))
        && parts.next().is_some_and(|number| digits(number, 3))
        && parts.next().is_none()
}

/// The series of a question: the report's name and its parameters except days, moments and issues.
#[must_use]
pub fn series(report: &Report, parameters: &BTreeMap<String, String>) -> String {
    let mut series = report.name.to_owned();
    for (name, value) in parameters {
        let known = report.parameters.iter().find(|known| known.name == name);
        let value = match known.map(|known| known.kind) {
            Some(
                ParameterKind::Day
                | ParameterKind::LastDay
                | ParameterKind::Moment
                | ParameterKind::Issue,
            ) => continue,
            // A reference is the same however it is typed.
            Some(ParameterKind::Agreement | ParameterKind::Package) => {
                Ref::new(value).map_or_else(|_| value.clone(), |reference| reference.to_string())
            }
            _ => value.trim().to_owned(),
        };
        series.push_str(&format!(" {name}={value}"));
    }
    series
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_report_has_letters_of_its_own() {
        let reports = crate::report::REPORTS;
        let prefixes: BTreeSet<String> = reports.iter().map(|one| prefix(one.name)).collect();
        assert_eq!(prefixes.len(), reports.len());
        assert_eq!(prefix("harvest"), "HA");
    }

    #[test]
    fn numbers_run_through_a_year() {
        let on = |day: &str| day.parse::<NaiveDate>().unwrap();
        let given = [
            "PS-2024-009",
            "PS-2025-001",
            "PS-2025-016",
            "DO-2025-040",
            "PS-2025-x",
        ];
        let next = |day| next_number("practical-steps", on(day), given.into_iter());
        assert_eq!(next("2025-12-31"), "PS-2025-017");
        assert_eq!(next("2026-01-01"), "PS-2026-001");
        assert_eq!(next("2024-06-01"), "PS-2024-010");
        assert!(is_number("PS-2025-017") && is_number("PS-2025-1017"));
        for other in [
            "practical-steps",
            "ps-2025-001",
            "PS-2025-01",
            "PS-2025-001-2",
            "PSX-2025-001",
        ] {
            assert!(!is_number(other), "{other}");
        }
    }

    #[test]
    fn a_series_is_name_and_parameters_except_days() {
        let report = crate::report::report("practical-steps").unwrap();
        let given = |pairs: &[(&str, &str)]| {
            let pairs = pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            series(report, &pairs.collect())
        };
        assert_eq!(given(&[]), "practical-steps");
        let days = [
            ("since", "2025-04-17"),
            ("until", "2025-04-26"),
            ("follows", "PS-2025-001"),
        ];
        assert_eq!(given(&days), "practical-steps");
        assert_eq!(
            given(&[("package", "pk-2025-001")]),
            "practical-steps package=PK-2025-001"
        );
    }
}

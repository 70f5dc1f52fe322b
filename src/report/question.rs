//! What a report is asked with, what it offers, and how it can refuse.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::document::Document;
use super::past::{Earlier, FOLLOWS, Past};
use super::text::pack::LanguagePack;
use crate::deal::value::ids::{Ref, StreamId, StreamKind};
use crate::projection::models::Models;
use crate::projection::status::Status;

/// A question to a report.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The read models after the first K events; K is their position, a batch boundary.
    pub models: &'a Models,
    /// D: the last day whose facts count.
    pub day: NaiveDate,
    /// The Merkle root over the first K events, 64 hexadecimal digits.
    pub root: &'a str,
    /// The parameters by name, as the report lists them.
    pub parameters: &'a BTreeMap<String, String>,
    /// What is needed of earlier moments.
    pub past: Past<'a>,
    /// The language to answer in.
    pub text: &'a dyn LanguagePack,
}

/// A report that can be asked for.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    /// Its name.
    pub name: &'static str,
    /// The version of its code: raised whenever the same question would give another Document.
    pub version: u32,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// What it can be asked with.
    pub parameters: &'static [Parameter],
    /// Computes it.
    pub compute: fn(&Question<'_>) -> Result<Document, ReportError>,
}

/// A parameter of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// What it holds.
    pub kind: ParameterKind,
    /// Whether the report cannot do without it.
    pub required: bool,
}

/// The parameter of reports that can be asked about one package.
pub const PACKAGE: Parameter = Parameter {
    name: "package",
    about: "the reference of one package, to leave out all others",
    kind: ParameterKind::Package,
    required: false,
};

/// What a parameter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// A civil day.
    Day,
    /// The last civil day, inclusive: it is D itself, so asking for another D beside it is refused.
    LastDay,
    /// The reference of an agreement.
    Agreement,
    /// The reference of a package.
    Package,
    /// The id of an officer.
    Officer,
    /// A moment of the ledger's life, resolved to its position.
    Moment,
    /// The number of an issued report.
    Issue,
}

/// Why a report cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// No such report.
    #[error("there is no report {given:?}; choose one of {known}")]
    UnknownReport {
        /// What was asked for.
        given: String,
        /// The reports there are.
        known: String,
    },
    /// No such parameter.
    #[error("the report {report} takes no parameter {given:?}; it takes {known}")]
    UnknownParameter {
        /// The report.
        report: &'static str,
        /// What was given.
        given: String,
        /// What it takes.
        known: String,
    },
    /// A parameter is missing.
    #[error("the report {report} needs {parameter}: {about}")]
    MissingParameter {
        /// The report.
        report: &'static str,
        /// The parameter.
        parameter: &'static str,
        /// What it does.
        about: &'static str,
    },
    /// A parameter is no day.
    #[error("{parameter} is {given:?}, which is no day; write it as 2025-04-17")]
    NotADay {
        /// The parameter.
        parameter: &'static str,
        /// What was given.
        given: String,
    },
    /// The window is upside down.
    #[error("the period begins on {since} and ends on {until}; give a first day that is not later")]
    EndsBeforeStart {
        /// The first day.
        since: NaiveDate,
        /// The last day.
        until: NaiveDate,
    },
    /// `until` and D differ.
    #[error("until is {until} and as-of is {as_of}; both mean the last day, so give one of them")]
    TwoLastDays {
        /// The parameter.
        until: NaiveDate,
        /// D.
        as_of: NaiveDate,
    },
    /// A moment that is no position, or whose read models are not handed in.
    #[error("{parameter} is {given:?}, which is no position that was handed in")]
    NotAPosition {
        /// The parameter.
        parameter: &'static str,
        /// What was given.
        given: String,
    },
    /// The earlier moment is the later one.
    #[error(
        "from is position {from}, and what is known is position {position}; give an earlier moment"
    )]
    LearnedBackwards {
        /// The earlier moment.
        from: u64,
        /// K.
        position: u64,
    },
    /// No issue of that number is known at K.
    #[error(
        "no report was issued as {given:?} before this position; `dealtrail report --issued` lists those there are"
    )]
    UnknownIssue {
        /// What was asked for.
        given: String,
    },
    /// The last issue tells of that day already.
    #[error(
        "{number} tells of the days up to {until} already; ask for a later last day, or say since which day"
    )]
    NothingSinceIssue {
        /// Its number.
        number: String,
        /// Its last day.
        until: NaiveDate,
    },
    /// The first day is not the one after the issue that is followed.
    #[error(
        "since is {since}, and what follows {number} begins on {begins}; leave one of them out"
    )]
    NotAfterIssue {
        /// The first day given.
        since: NaiveDate,
        /// The number of the issue.
        number: String,
        /// The day after its last.
        begins: NaiveDate,
    },
    /// Nobody of that id has an agreement assigned at K.
    #[error("no agreement is assigned to {given:?} at this position{}", officers(.known))]
    UnknownOfficer {
        /// Who was asked for.
        given: String,
        /// The officers there are.
        known: Vec<String>,
    },
    /// A reference that is not known at K.
    #[error("{given:?} is no {kind} known at this position{}", suggestion(.near))]
    UnknownReference {
        /// What was asked for.
        given: String,
        /// Agreement or package.
        kind: &'static str,
        /// References like it.
        near: Vec<String>,
    },
}

fn suggestion(near: &[String]) -> String {
    if near.is_empty() {
        "; see `dealtrail list` for those there are".to_owned()
    } else {
        format!("; did you mean {}?", near.join(", "))
    }
}

fn officers(known: &[String]) -> String {
    match known {
        [] => "; no agreement is assigned to anybody, see `dealtrail assign --help`".to_owned(),
        known => format!("; officers with agreements: {}", known.join(", ")),
    }
}

/// The names, with commas between.
pub(super) fn names(of: impl Iterator<Item = &'static str>) -> String {
    of.collect::<Vec<_>>().join(", ")
}

impl Report {
    /// Computes the report, after checking that the parameters are its own and complete.
    ///
    /// # Errors
    /// If a parameter is unknown, missing or malformed, or names what is not known at K.
    pub fn ask(&self, question: &Question<'_>) -> Result<Document, ReportError> {
        for given in question.parameters.keys() {
            if !self.parameters.iter().any(|known| known.name == given) {
                return Err(ReportError::UnknownParameter {
                    report: self.name,
                    given: given.chars().take(40).collect(),
                    known: names(self.parameters.iter().map(|known| known.name)),
                });
            }
        }
        for parameter in self.parameters.iter().filter(|known| known.required) {
            if !question.parameters.contains_key(parameter.name) {
                return Err(ReportError::MissingParameter {
                    report: self.name,
                    parameter: parameter.name,
                    about: parameter.about,
                });
            }
        }
        (self.compute)(question)
    }
}

impl Question<'_> {
    /// The one package asked about: its reference as registered, and its stream.
    pub(super) fn package(&self) -> Result<Option<(String, StreamId)>, ReportError> {
        let Some(given) = self.parameters.get("package") else {
            return Ok(None);
        };
        let status = &self.models.status;
        let reference = Ref::new(given).ok();
        let stream = reference
            .as_ref()
            .and_then(|reference| status.by_ref(reference));
        let registered = stream.filter(|stream| {
            stream.kind() == StreamKind::Package
                && status
                    .book(*stream)
                    .is_some_and(|book| book.is_registered())
        });
        let found = reference.zip(registered);
        found
            .map(|(reference, stream)| Some((reference.to_string(), stream)))
            .ok_or_else(|| unknown(status, given, "package", StreamKind::Package))
    }

    /// A parameter that is a day.
    pub(super) fn day_of(&self, parameter: &'static str) -> Result<Option<NaiveDate>, ReportError> {
        let Some(given) = self.parameters.get(parameter) else {
            return Ok(None);
        };
        // One spelling only: what chrono forgives would be another parameter with the same meaning.
        let day = NaiveDate::parse_from_str(given, "%Y-%m-%d").ok();
        let day = day.filter(|day| day.to_string() == *given);
        day.map(Some).ok_or_else(|| ReportError::NotADay {
            parameter,
            given: given.chars().take(40).collect(),
        })
    }
}

/// The error for a reference that names nothing of its kind at K, with those like it.
pub(super) fn unknown(
    status: &Status,
    given: &str,
    kind: &'static str,
    of: StreamKind,
) -> ReportError {
    let is_of = |near: &&Ref| {
        status
            .by_ref(near)
            .is_some_and(|stream| stream.kind() == of)
    };
    ReportError::UnknownReference {
        given: given.chars().take(60).collect(),
        kind,
        near: status
            .near_refs(given, 3)
            .into_iter()
            .filter(is_of)
            .map(Ref::to_string)
            .collect(),
    }
}

impl<'a> Question<'a> {
    /// The issue this report is to follow, if it is to follow one.
    pub(super) fn follows(&self) -> Result<Option<&'a Earlier>, ReportError> {
        let Some(number) = self.parameters.get(FOLLOWS) else {
            return Ok(None);
        };
        let handed_in = self.past.follows;
        handed_in
            .filter(|earlier| earlier.number == *number && earlier.seq < self.models.position())
            .map(Some)
            .ok_or_else(|| ReportError::UnknownIssue {
                given: number.chars().take(40).collect(),
            })
    }
}

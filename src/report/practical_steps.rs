//! `practical-steps`: what followed the signatures in a period, and what did not.
//!
//! Its parts, in order: what was announced, conversion, statements quoted as such, the steps of the
//! period, steps confirmed further, earlier steps learned since, what is expected, obstacles,
//! agreements without a step, assumptions, corrections.
//!
//! Everything is counted; a list names as many as a reader can take in, and says how many more there are.

mod account;
mod announced;
mod changes;
mod conversion;
mod named;
mod outlook;
mod statements;
mod steps;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use self::account::{Accounts, Period};
use super::document::Document;
use super::document::block::{Block, Line, Part};
use super::facts::Wording;
use super::notes::Notes;
use super::opening;
use super::past::{Earlier, FOLLOWS};
use super::question::{PACKAGE, Parameter, ParameterKind, Question, Report, ReportError};
use super::text::pack::LanguagePack;
use super::text::sentence::issuing::Issuing;
use super::text::sentence::{Frame, Heading};
use crate::projection::portfolio::census::{Census, PackageTally};
use crate::projection::portfolio::conversion::rate::Rate;
use crate::projection::portfolio::register::Register;
use crate::projection::portfolio::roll::Scope;

/// The report.
pub const REPORT: Report = Report {
    name: "practical-steps",
    version: 2,
    about: "the steps taken after signature in a period, with their sources",
    parameters: &[
        Parameter {
            name: "since",
            about: "the first day of the period, inclusive; without it there is no lower bound",
            kind: ParameterKind::Day,
            required: false,
        },
        Parameter {
            name: "until",
            about: "the last day of the period, inclusive; it is also the day as of which all is told",
            kind: ParameterKind::LastDay,
            required: false,
        },
        PACKAGE,
        Parameter {
            name: FOLLOWS,
            about: "the number of the issue this report follows: the period begins the day after it",
            kind: ParameterKind::Issue,
            required: false,
        },
    ],
    compute,
};

/// The report while it is written.
struct Draft<'a> {
    question: Question<'a>,
    wording: Wording<'a>,
    text: &'a dyn LanguagePack,
    register: &'a Register<'a>,
    /// The registered agreements in scope.
    accounts: &'a Accounts,
    /// The same on the last day, whatever the period.
    census: &'a Census<'a, 'a>,
    /// All agreements by reference: the numbers of their streams.
    order: &'a [u32],
    /// The packages in scope, by reference.
    packages: Vec<PackageTally<'a>>,
    /// The rates over everything in scope, by definition.
    rates: Vec<Rate<'a>>,
    scope: Scope,
    period: Period<'a>,
    notes: Notes<'a>,
}

fn compute(question: &Question<'_>) -> Result<Document, ReportError> {
    let follows = question.follows()?;
    let until = question.day;
    let since = first_day(question.day_of("since")?, follows, until)?;
    if let Some(given) = question.day_of("until")?.filter(|given| *given != until) {
        return Err(ReportError::TwoLastDays {
            until: given,
            as_of: until,
        });
    }
    if let Some(since) = since.filter(|since| *since > until) {
        return Err(ReportError::EndsBeforeStart { since, until });
    }
    let package = question.package()?;
    let scope = package
        .as_ref()
        .map_or(Scope::All, |(_, id)| Scope::Package(*id));
    let period = Period {
        since,
        until,
        follows,
    };
    let register = question.models.register(until);
    let mut census = question.models.census(&register, scope, since);
    let order = register.by_reference();
    let accounts = Accounts::of(&census, &register, period, &order);
    let mut packages = std::mem::take(&mut census.packages);
    PackageTally::sort(&mut packages);
    let rates = census.conversions.rates(packages.iter());
    let draft = Draft {
        order: &order,
        question: *question,
        wording: Wording {
            models: question.models,
            text: question.text,
        },
        text: question.text,
        register: &register,
        accounts: &accounts,
        census: &census,
        packages,
        rates,
        scope,
        period,
        notes: Notes::new(question),
    };
    let mut parameters = BTreeMap::from([("until".to_owned(), until.to_string())]);
    parameters.extend(since.map(|since| ("since".to_owned(), since.to_string())));
    parameters.extend(follows.map(|earlier| (FOLLOWS.to_owned(), earlier.number.clone())));
    parameters.extend(package.map(|(reference, _)| ("package".to_owned(), reference)));
    Ok(draft.written(parameters))
}

/// The first day of the period: as given, or the day after the issue that is followed.
fn first_day(
    given: Option<NaiveDate>,
    follows: Option<&Earlier>,
    until: NaiveDate,
) -> Result<Option<NaiveDate>, ReportError> {
    let Some(earlier) = follows else {
        return Ok(given);
    };
    let number = earlier.number.clone();
    let begins = earlier.until.succ_opt().filter(|begins| *begins <= until);
    let begins = begins.ok_or(ReportError::NothingSinceIssue {
        number: number.clone(),
        until: earlier.until,
    })?;
    match given.filter(|given| *given != begins) {
        Some(since) => Err(ReportError::NotAfterIssue {
            since,
            number,
            begins,
        }),
        None => Ok(Some(begins)),
    }
}

impl<'a> Draft<'a> {
    fn written(mut self, parameters: BTreeMap<String, String>) -> Document {
        let mut parts = vec![self.opening()];
        if self.register.is_empty() {
            parts.push(Part {
                name: "empty".to_owned(),
                heading: String::new(),
                blocks: vec![Block::Empty {
                    text: self.text.frame(Frame::EmptyLedger),
                }],
            });
        } else {
            parts.push(self.announced());
            parts.push(self.conversion());
            parts.push(self.statements());
            parts.push(self.steps());
            parts.extend(self.institutional_steps());
            parts.push(self.strengthened());
            parts.extend(self.learned_since());
            parts.push(self.expected());
            parts.push(self.obstacles());
            parts.push(self.no_step());
            parts.push(self.assumptions());
            parts.push(self.corrections());
        }
        let title = self.text.frame(Frame::StepsTitle {
            since: self.period.since,
            until: self.period.until,
        });
        self.notes.document(&REPORT, title, parameters, parts)
    }

    /// The lines under the title: both times, the period, the package.
    fn opening(&self) -> Part {
        let mut lines = vec![
            opening::times(&self.question),
            Line::new(self.text.frame(Frame::Window {
                since: self.period.since,
                until: self.period.until,
            })),
        ];
        lines.extend(self.period.follows.map(|earlier| {
            Line::new(self.text.issuing(Issuing::Follows {
                number: &earlier.number,
                until: earlier.until,
                known_at: earlier.known_at,
            }))
        }));
        lines.extend(opening::one_package(&self.question, self.scope));
        opening::opening(lines)
    }

    fn part(&self, name: &str, heading: Heading, blocks: Vec<Block>) -> Part {
        Part {
            name: name.to_owned(),
            heading: self.text.heading(heading).to_owned(),
            blocks,
        }
    }
}

/// A list, or the sentence that there is nothing.
fn list_or(items: Vec<Line>, nothing: String) -> Block {
    if items.is_empty() {
        Block::Empty { text: nothing }
    } else {
        Block::List { items }
    }
}

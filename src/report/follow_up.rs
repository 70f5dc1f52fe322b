//! `follow-up`: what needs attention on a day, whose it is, how late it is and what to do.
//!
//! Its parts, in order: what was looked at, a summary, the same by officer and review tier, one line
//! an agreement, one line for each package, occasion and organisation.

mod agreements;
mod case;
mod matters;
mod others;
mod summary;

use std::collections::{BTreeMap, BTreeSet};

use self::case::Case;
use super::document::Document;
use super::document::block::{Block, Line, Part};
use super::facts::Wording;
use super::notes::Notes;
use super::question::{PACKAGE, Parameter, ParameterKind, Question, Report, ReportError};
use super::text::pack::LanguagePack;
use super::text::sentence::Frame;
use super::text::sentence::follow_up::{FollowUp, Section};
use crate::deal::policy::{Criterion, Policy};
use crate::deal::value::ids::ActorId;
use crate::deal::value::source::EvidenceLevel;
use crate::projection::description;
use crate::projection::portfolio::roll::Scope;
use crate::projection::portfolio::{Member, Portfolio};
use crate::projection::standing::health::{Health, Pause};

/// The report.
pub const REPORT: Report = Report {
    name: "follow-up",
    version: 1,
    about: "what needs attention, by officer and review tier, with the days it is late",
    parameters: &[
        Parameter {
            name: "officer",
            about: "the id of one officer, to leave out all other agreements",
            kind: ParameterKind::Officer,
            required: false,
        },
        PACKAGE,
    ],
    compute,
};

/// The report while it is written.
struct Draft<'a> {
    wording: Wording<'a>,
    text: &'a dyn LanguagePack,
    portfolio: Portfolio<'a>,
    scope: Scope,
    officer: Option<ActorId>,
    /// The evidence level below which a step's evidence is weak.
    level: u8,
    notes: Notes<'a>,
}

fn compute(question: &Question<'_>) -> Result<Document, ReportError> {
    let models = question.models;
    let portfolio = models.portfolio(question.day);
    let mut parameters = BTreeMap::new();
    let package = question.package()?;
    let officer = question.parameters.get("officer");
    let officer = officer
        .map(|given| officer_named(&portfolio, given))
        .transpose()?;
    parameters.extend(
        package
            .as_ref()
            .map(|(reference, _)| ("package".to_owned(), reference.clone())),
    );
    parameters.extend(
        officer
            .as_ref()
            .map(|officer| ("officer".to_owned(), officer.to_string())),
    );
    let draft = Draft {
        wording: Wording {
            models,
            text: question.text,
        },
        text: question.text,
        level: documented(models.ledger.policy()),
        portfolio,
        scope: package.map_or(Scope::All, |(_, id)| Scope::Package(id)),
        officer,
        notes: Notes::new(question),
    };
    Ok(draft.written(parameters))
}

/// The officer of that id, if any agreement is assigned to them.
fn officer_named(portfolio: &Portfolio<'_>, given: &str) -> Result<ActorId, ReportError> {
    let officers = portfolio.agreements.iter();
    let known: BTreeSet<&ActorId> = officers
        .filter_map(|member| member.standing.officer)
        .collect();
    let wanted: Option<ActorId> = given.parse().ok();
    let found = wanted.filter(|officer| known.contains(officer));
    found.ok_or_else(|| ReportError::UnknownOfficer {
        given: given.chars().take(80).collect(),
        known: known.into_iter().map(ToString::to_string).collect(),
    })
}

/// The level that the policy's first definition of a documented step asks for.
fn documented(policy: &Policy) -> u8 {
    let levels = policy.conversions.iter();
    let mut levels = levels.filter_map(|conversion| match conversion.criterion {
        Criterion::DocumentedStep { min_level, .. } => Some(min_level),
        _ => None,
    });
    levels.next().unwrap_or(match EvidenceLevel::DOCUMENTED {
        EvidenceLevel::Level(level) => level,
        EvidenceLevel::None => 0,
    })
}

/// How many agreements are looked at, and how many are not.
#[derive(Default)]
struct Looked {
    open: u64,
    suspended: u64,
    ended: u64,
    replaced: u64,
}

impl<'a> Draft<'a> {
    fn written(mut self, parameters: BTreeMap<String, String>) -> Document {
        let (open, looked) = self.looked_at();
        let mut parts = vec![self.opening(&looked)];
        let agreements = self.agreements(&open);
        let (others, counts) = self.others();
        if self.officer.is_none()
            && let Some(Block::Paragraph { lines }) =
                parts.first_mut().and_then(|part| part.blocks.first_mut())
        {
            let [packages, occasions, organizations] = counts;
            lines.push(Line::new(self.text.follow_up(FollowUp::OthersLookedAt {
                packages,
                occasions,
                organizations,
            })));
        }
        let registered = self
            .portfolio
            .status
            .books()
            .any(|book| book.is_registered());
        if !registered {
            parts.push(self.empty(self.text.frame(Frame::EmptyLedger)));
        } else if agreements.iter().chain(&others).all(Case::is_empty) {
            parts.push(self.empty(self.text.follow_up(FollowUp::Nothing)));
        } else {
            parts.push(self.summary(&agreements, &others));
            parts.push(self.by_officer(&agreements));
            parts.push(self.agreement_lines(&agreements));
            if self.officer.is_none() {
                parts.push(self.other_lines(&others));
            }
        }
        let title = self.text.follow_up(FollowUp::Title {
            as_of: self.portfolio.day,
        });
        self.notes.document(&REPORT, title, parameters, parts)
    }

    fn empty(&self, text: String) -> Part {
        Part {
            name: "empty".to_owned(),
            heading: String::new(),
            blocks: vec![Block::Empty { text }],
        }
    }

    fn part(&self, name: &str, section: Section, blocks: Vec<Block>) -> Part {
        Part {
            name: name.to_owned(),
            heading: self.text.follow_up(FollowUp::Section(section)),
            blocks,
        }
    }

    /// The agreements that go on, by reference, and how many there are of all sorts.
    fn looked_at(&self) -> (Vec<Member<'a>>, Looked) {
        let mut looked = Looked::default();
        let mut open = Vec::new();
        for member in self.portfolio.in_scope(self.scope) {
            let standing = &member.standing;
            let wanted = self.officer.as_ref();
            if wanted.is_some_and(|officer| standing.officer != Some(officer)) {
                continue;
            }
            let count = if !member.counts() {
                &mut looked.replaced
            } else if matches!(standing.health, Health::Terminated | Health::Completed) {
                &mut looked.ended
            } else {
                open.push(member.clone());
                &mut looked.open
            };
            *count = count.saturating_add(1);
            if member.counts() && standing.health == Health::Suspended {
                looked.suspended = looked.suspended.saturating_add(1);
            }
        }
        open.sort_by(|a, b| a.info.reference.cmp(b.info.reference));
        (open, looked)
    }

    fn opening(&self, looked: &Looked) -> Part {
        let models = self.wording.models;
        let recorded = models
            .boundaries
            .recorded_at(models.position())
            .map(|moment| models.ledger.zone().day_of(moment));
        let mut lines = vec![Line::new(self.text.frame(Frame::Times {
            as_of: self.portfolio.day,
            position: models.position(),
            recorded,
        }))];
        if let Scope::Package(package) = self.scope {
            let info = models.status.book(package).and_then(description::package);
            lines.extend(info.map(|info| {
                Line::new(self.text.frame(Frame::OnePackage {
                    reference: info.reference.as_str(),
                    title: &self.text.name(info.titles.value),
                }))
            }));
        }
        let officer = self.officer.as_ref().map(ActorId::as_str);
        lines.extend(
            officer.map(|officer| Line::new(self.text.follow_up(FollowUp::OneOfficer { officer }))),
        );
        lines.push(Line::new(self.text.follow_up(FollowUp::LookedAt {
            open: looked.open,
            suspended: looked.suspended,
            ended: looked.ended,
            replaced: looked.replaced,
        })));
        Part {
            name: "scope".to_owned(),
            heading: String::new(),
            blocks: vec![Block::Paragraph { lines }],
        }
    }
}

/// Whether work on the agreement has stopped for the time being.
fn is_suspended(member: &Member<'_>) -> bool {
    let lasting = |pause: Pause| {
        let intervals = member.standing.intervals.iter();
        intervals
            .filter(|interval| interval.pause == pause)
            .any(|interval| interval.ended.is_none())
    };
    lasting(Pause::Suspension)
}

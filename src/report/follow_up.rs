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
use crate::deal::value::ids::{ActorId, Ref, StreamId};
use crate::projection::attention::documented;
use crate::projection::description;
use crate::projection::portfolio::card::Card;
use crate::projection::portfolio::package::PackageCounts;
use crate::projection::portfolio::parts::Parts;
use crate::projection::portfolio::roll::{Roll, Scope};
use crate::projection::portfolio::ties::Summed;
use crate::projection::standing::health::Health;

/// The report.
pub const REPORT: Report = Report {
    name: "follow-up",
    version: 2,
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
    roll: Roll<'a>,
    scope: Scope,
    /// The packages in scope, by reference.
    packages: Vec<PackageCounts>,
    officer: Option<ActorId>,
    /// The evidence level below which a step's evidence is weak.
    level: u8,
    notes: Notes<'a>,
}

fn compute(question: &Question<'_>) -> Result<Document, ReportError> {
    let models = question.models;
    let roll = models.roll(question.day);
    let mut parameters = BTreeMap::new();
    let package = question.package()?;
    let officer = question.parameters.get("officer");
    let officer = officer
        .map(|given| officer_named(&roll, given))
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
    let scope = package.map_or(Scope::All, |(_, id)| Scope::Package(id));
    let draft = Draft {
        wording: Wording {
            models,
            text: question.text,
        },
        text: question.text,
        level: documented(models.ledger.policy()),
        packages: packages(&roll, scope),
        roll,
        scope,
        //.map_or(Scope::All, |(_, id)| Scope::Package(id)),
        officer,
        notes: Notes::new(question),
    };
    Ok(draft.written(parameters))
}

/// The officer of that id, if any agreement is assigned to them.
fn officer_named(roll: &Roll<'_>, given: &str) -> Result<ActorId, ReportError> {
    let officers = roll.counted(Scope::All);
    let known: BTreeSet<&ActorId> = officers
        .filter_map(|counted| counted.card.officer.as_ref())
        .collect();
    let wanted: Option<ActorId> = given.parse().ok();
    let found = wanted.filter(|officer| known.contains(officer));
    found.ok_or_else(|| ReportError::UnknownOfficer {
        given: given.chars().take(80).collect(),
        known: known.into_iter().map(ToString::to_string).collect(),
    })
}

/// What every package in scope comes to, by reference.
fn packages(roll: &Roll<'_>, scope: Scope) -> Vec<PackageCounts> {
    let mut parts: BTreeMap<StreamId, Parts> = BTreeMap::new();
    for counted in roll.counted(scope) {
        if let Some(package) = counted.ties.package {
            parts.entry(package).or_default().add(&counted);
        }
    }
    let mut packages = roll.sums(scope, &mut parts);
    packages.sort_by(|a, b| a.reference.cmp(&b.reference));
    packages
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
        let (agreements, looked) = self.looked_at();
        let mut parts = vec![self.opening(&looked)];
        let (others, counts) = self.others();
        let named = self.named(&agreements, &others);
        let told = self.told(&agreements, &others, &named);
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
        let registered = self.roll.counted(Scope::All).next().is_some();
        if !registered && counts.iter().all(|count| *count == 0) {
            parts.push(self.empty(self.text.frame(Frame::EmptyLedger)));
        } else if agreements.iter().chain(&others).all(Case::is_empty) {
            parts.push(self.empty(self.text.follow_up(FollowUp::Nothing)));
        } else {
            parts.push(self.summary(&agreements, &others));
            parts.push(self.by_officer(&agreements));
            parts.push(self.agreement_lines(&agreements, &told));
            if self.officer.is_none() {
                parts.push(self.other_lines(&others, &told));
            }
        }
        let title = self.text.follow_up(FollowUp::Title {
            as_of: self.roll.day,
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
    fn looked_at(&self) -> (Vec<Case>, Looked) {
        let mut looked = Looked::default();
        let mut open: Vec<(&Ref, Case)> = Vec::new();
        for counted in self.roll.counted(self.scope) {
            let card = counted.card;
            let wanted = self.officer.as_ref();
            if wanted.is_some_and(|officer| card.officer.as_ref() != Some(officer)) {
                continue;
            }
            let count = if !counted.counts() {
                &mut looked.replaced
            } else if matches!(card.health, Health::Terminated | Health::Completed) {
                &mut looked.ended
            } else {
                open.push((&card.reference, self.case(card)));
                &mut looked.open
            };
            *count = count.saturating_add(1);
            if counted.counts() && card.health == Health::Suspended {
                looked.suspended = looked.suspended.saturating_add(1);
            }
        }
        open.sort_by_key(|(reference, _)| *reference);
        (open.into_iter().map(|(_, case)| case).collect(), looked)
    }

    fn case(&self, card: &Card) -> Case {
        Case {
            id: card.id,
            officer: card.officer.clone(),
            tier: self.tier_of(card),
            weights: card.matters.clone(),
        }
    }

    fn opening(&self, looked: &Looked) -> Part {
        let models = self.wording.models;
        let recorded = models
            .boundaries
            .recorded_at(models.position())
            .map(|moment| models.ledger.zone().day_of(moment));
        let mut lines = vec![Line::new(self.text.frame(Frame::Times {
            as_of: self.roll.day,
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

//! How one thing stands on a day.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::details::Detail;
use super::{Named, Reading, Word, phrase};
use crate::deal::state::{Book, Fact};
use crate::deal::value::ids::{EventId, StreamId, StreamKind};
use crate::deal::value::source::EvidenceLevel;
use crate::projection::description;
use crate::projection::description::claims::{FieldClaims, claims};
use crate::projection::standing::Standing;
use crate::projection::standing::follow_up::NextStep;
use crate::projection::standing::milestones::Reached;
use crate::projection::timeline::Deed;

/// A fact as lists and answers show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FactLine {
    /// The position of its root.
    pub seq: u64,
    /// The event of its root.
    pub id: EventId,
    /// Its kind.
    pub kind: String,
    /// Its milestone or kind in words.
    pub what: String,
    /// What it says beyond that.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub content: String,
    /// When it happened, as the source gives it; for kinds that are not dated, when it was recorded.
    pub on: String,
    /// The same in words.
    pub on_words: String,
    /// Its evidence level.
    pub evidence: EvidenceLevel,
    /// Whether it was ever corrected.
    pub corrected: bool,
}

/// A milestone reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MilestoneLine {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether it is a practical step.
    pub step: bool,
    /// The latest day on which it can have been reached.
    pub day: NaiveDate,
    /// The highest evidence level of its facts.
    pub evidence: EvidenceLevel,
    /// The facts that reach it.
    pub facts: Vec<FactLine>,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NextLine {
    /// The expectation or promise.
    #[serde(flatten)]
    pub fact: FactLine,
    /// The day by which it should have come, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
}

/// A field on which sources differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DisputedField {
    /// The field.
    pub field: String,
    /// The preferred claim, where one was preferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred: Option<String>,
    /// All claims.
    pub claims: Vec<FactLine>,
}

/// How an agreement stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgreementStanding {
    /// practical or institutional.
    pub class: Word,
    /// The paper it is.
    pub instrument: Word,
    /// Its package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<Named>,
    /// The furthest milestone by rank in its track.
    pub stage: Option<MilestoneLine>,
    /// The step reached last.
    pub latest_step: Option<MilestoneLine>,
    /// Its health.
    pub health: Word,
    /// The last day of news.
    pub last_news: Option<NaiveDate>,
    /// The lowest evidence level behind its milestones.
    pub evidence_lowest: Option<EvidenceLevel>,
    /// The highest.
    pub evidence_highest: Option<EvidenceLevel>,
    /// The officer who follows it up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub officer: Option<String>,
    /// What comes next.
    pub next_step: Option<NextLine>,
    /// All milestones reached.
    pub milestones: Vec<MilestoneLine>,
    /// Facts that may have happened by the day and may not.
    pub possible: Vec<FactLine>,
    /// Milestones reversed by the day.
    pub reversed: Vec<FactLine>,
    /// Open expectations.
    pub expectations: Vec<FactLine>,
    /// Open promises.
    pub promises: Vec<FactLine>,
    /// Open obstacles.
    pub obstacles: Vec<FactLine>,
}

/// How any thing stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ThingStanding {
    /// What it is called.
    #[serde(flatten)]
    pub named: Named,
    /// What it is.
    #[serde(rename = "kind")]
    pub sort: StreamKind,
    /// Its stream.
    pub stream: StreamId,
    /// How many entries it has: what `--if-version` takes.
    pub version: u64,
    /// The day asked about, inclusive.
    pub as_of: NaiveDate,
    /// How many entries of the ledger were known.
    pub known_at: u64,
    /// Why its registration was withdrawn, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<String>,
    /// What describes it beyond its name.
    pub details: Vec<Detail>,
    /// Of an agreement: its state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement: Option<AgreementStanding>,
    /// Of other things: the facts in force.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<FactLine>,
    /// Fields on which sources differ.
    pub disputed: Vec<DisputedField>,
    /// What is inferred rather than read in a source.
    pub inferred: Vec<String>,
    /// Whether entries of it could not be read by this program, so that the answer is incomplete.
    pub incomplete: bool,
}

impl Reading {
    /// How a thing stands; `None` when nothing of that stream was recorded.
    #[must_use]
    pub fn standing(&self, stream: StreamId) -> Option<ThingStanding> {
        let book = self.models.status.book(stream)?;
        let named = self.named(book)?;
        let state = self.models.standing(stream, self.day());
        let agreement = state.as_ref().and_then(|state| self.agreement(state));
        let facts = match agreement {
            Some(_) => Vec::new(),
            None => self.facts_in_force(book),
        };
        let withdrawn = book.registration().and_then(|fact| fact.retracted.as_ref());
        Some(ThingStanding {
            named,
            sort: stream.kind(),
            stream,
            version: book.version,
            as_of: self.day(),
            known_at: self.position(),
            withdrawn: withdrawn.map(|retraction| retraction.reason.to_string()),
            details: self.details(book),
            agreement,
            facts,
            disputed: claims(book, self.day())
                .iter()
                .filter(|field| field.disputed)
                .map(|field| self.disputed(book, field))
                .collect(),
            inferred: inferred(book),
            incomplete: book.is_incomplete(),
        })
    }

    /// One fact as lists show it.
    pub(super) fn fact_line(&self, book: &Book, fact: &Fact) -> FactLine {
        let current = fact.current();
        FactLine {
            seq: fact.seq(),
            id: fact.id(),
            kind: fact.payload().kind_name().to_owned(),
            what: self.what(book, fact),
            content: phrase::content(fact.payload()),
            on: current.on.to_string(),
            on_words: phrase::when(&current.on),
            evidence: fact.evidence(),
            corrected: fact.is_corrected(),
        }
    }

    /// The fact that an event belongs to, as lists show it, and what the event did to it.
    #[must_use]
    pub fn fact_of(&self, event: EventId) -> Option<(Word, FactLine)> {
        let found = self.models.status.fact(event)?;
        let trail = self.models.trail(found.book.id)?;
        let lines = trail.lines();
        let line = lines.iter().find(|line| line.recording.event == event)?;
        let deed = match line.deed {
            Deed::Recorded => "recorded",
            Deed::Corrected(..) => "corrected",
            Deed::Retracted(_) => "retracted",
            Deed::Sourced(_) => "source added",
            Deed::SourceWithdrawn(_) => "source withdrawn",
            Deed::Confirmed(..) => "confirmed",
            Deed::ConfirmationWithdrawn(_) => "confirmation withdrawn",
            Deed::Unplaced(_) => "kept, not understood",
        };
        Some((deed.into(), self.fact_line(found.book, found.fact)))
    }

    fn facts_in_force(&self, book: &Book) -> Vec<FactLine> {
        let facts = book.live().filter(|fact| fact.happened_by(self.day()));
        facts.map(|fact| self.fact_line(book, fact)).collect()
    }

    fn disputed(&self, book: &Book, field: &FieldClaims<'_>) -> DisputedField {
        DisputedField {
            field: field.field.to_string(),
            preferred: field
                .preferred
                .as_ref()
                .map(|preferred| preferred.claim.data.value.to_string()),
            claims: field
                .claims
                .iter()
                .map(|claim| self.fact_line(book, claim.fact))
                .collect(),
        }
    }

    fn agreement(&self, state: &Standing<'_>) -> Option<AgreementStanding> {
        let book = state.book;
        let info = description::agreement(book)?;
        let line = |fact: &Fact| self.fact_line(book, fact);
        let milestone = |reached: &Reached<'_>| self.milestone(book, reached);
        let evidence = state.evidence();
        let follow_up = &state.follow_up;
        Some(AgreementStanding {
            class: info.class.value.as_str().into(),
            instrument: info.instrument.value.as_str().into(),
            package: info.package.and_then(|package| self.name(*package.value)),
            stage: state.stage().map(milestone),
            latest_step: state.latest_step().map(milestone),
            health: state.health.as_str().into(),
            last_news: state.last_news,
            evidence_lowest: evidence.map(|(lowest, _)| lowest),
            evidence_highest: evidence.map(|(_, highest)| highest),
            officer: state.officer.map(ToString::to_string),
            next_step: state.next_step().map(|next| self.next(book, &next)),
            milestones: state.milestones.iter().map(milestone).collect(),
            possible: state.possible.iter().map(|fact| line(fact)).collect(),
            reversed: state.reversed.iter().map(|one| line(one.fact)).collect(),
            expectations: follow_up
                .open_expectations()
                .map(|one| line(one.fact))
                .collect(),
            promises: follow_up
                .open_promises()
                .map(|one| line(one.fact))
                .collect(),
            obstacles: follow_up
                .open_obstacles()
                .map(|one| line(one.fact))
                .collect(),
        })
    }

    fn milestone(&self, book: &Book, reached: &Reached<'_>) -> MilestoneLine {
        MilestoneLine {
            code: reached.code.to_owned(),
            name: match reached.strength {
                Some(strength) => phrase::model(strength),
                None => self.milestone_name(book, reached.code),
            },
            step: reached.is_step,
            day: reached.day,
            evidence: reached.evidence,
            facts: reached
                .facts
                .iter()
                .map(|fact| self.fact_line(book, fact))
                .collect(),
        }
    }

    fn next(&self, book: &Book, next: &NextStep<'_>) -> NextLine {
        NextLine {
            fact: self.fact_line(book, next.fact()),
            due: next.due(),
        }
    }
}

fn inferred(book: &Book) -> Vec<String> {
    let remarks = description::agreement(book)
        .map(|info| info.inferred)
        .or_else(|| description::package(book).map(|info| info.inferred));
    let remarks = remarks.unwrap_or_default();
    remarks
        .iter()
        .map(|remark| remark.value.to_string())
        .collect()
}

//! The whole trail of one thing: every fact with both its dates, and all that became of it.
//!
//! Nothing is left out and nothing is filtered by a day: corrected versions stay with who replaced
//! them, when and why; so do retractions, reversals, confirmations (lapsed ones marked) and sources.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::standing::milestones::place;
use crate::deal::event::common::Continued;
use crate::deal::event::{Kind, Payload};
use crate::deal::state::{Anomaly, Book, Confirmation, Fact, Recording, Retraction, Version};
use crate::deal::track::Track;
use crate::deal::value::ids::EventId;
use crate::deal::value::source::{EvidenceLevel, Source};
use crate::deal::value::text::Text;
use crate::deal::value::when::When;

/// The trail of one stream.
#[derive(Debug, Clone)]
pub struct Trail<'a> {
    /// The stream's facts.
    pub book: &'a Book,
    /// One entry a fact, in order of recording.
    pub entries: Vec<Entry<'a>>,
    happening: Vec<usize>,
}

/// One fact with all that was ever recorded of it.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// The fact.
    pub fact: &'a Fact,
    /// When it happened, in the version in force.
    pub on: &'a When,
    /// The latest day on which it can have happened.
    pub latest_day: NaiveDate,
    /// Whether a day asked about filters it; other facts hold from their recording.
    pub is_dated: bool,
    /// Its first recording: who and when.
    pub recorded: &'a Recording,
    /// Every version, oldest first; the last one is in force unless the fact was retracted.
    pub versions: Vec<VersionEntry<'a>>,
    /// Who withdrew it, when and why.
    pub retracted: Option<&'a Retraction>,
    /// The fact that says this milestone no longer holds.
    pub reversed_by: Option<&'a Fact>,
    /// The milestone fact this one reverses.
    pub reverses: Option<&'a Fact>,
    /// The confirmation of the version in force.
    pub confirmation: Option<&'a Confirmation>,
    /// Confirmations that lapsed because the version they speak of was corrected.
    pub lapsed: Vec<&'a Confirmation>,
    /// Sources of the version in force and sources added later, withdrawn ones included.
    pub sources: Vec<SourceEntry<'a>>,
    /// The highest level among the sources that stand.
    pub evidence: EvidenceLevel,
    /// The fact it continues, when it was moved here from another agreement.
    pub continues: Option<Continued>,
}

/// One version of a fact.
#[derive(Debug, Clone, Copy)]
pub struct VersionEntry<'a> {
    /// The version, with who recorded it when.
    pub version: &'a Version,
    /// Whether it is in force: the last one of a fact that was not retracted.
    pub in_force: bool,
    /// The version that replaced it, with who, when and (as its reason) why.
    pub replaced_by: Option<&'a Version>,
}

/// One source of a fact.
#[derive(Debug, Clone, Copy)]
pub struct SourceEntry<'a> {
    /// The source.
    pub source: &'a Source,
    /// The level it gives.
    pub level: EvidenceLevel,
    /// Who added it when, if it was added after the fact.
    pub added: Option<&'a Recording>,
    /// Who withdrew it, when and why.
    pub retracted: Option<&'a Retraction>,
}

/// How a fact stands to a day asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// It had happened by the day.
    Happened,
    /// It may have happened by the day, and may not.
    Possible,
    /// It happened later.
    Later,
    /// It is not dated: it holds from its recording.
    Undated,
    /// It was retracted and never holds.
    Retracted,
}

impl Entry<'_> {
    /// How the fact stands to a day.
    #[must_use]
    pub fn holds(&self, day: NaiveDate) -> Holds {
        if self.retracted.is_some() {
            Holds::Retracted
        } else if !self.is_dated {
            Holds::Undated
        } else if self.fact.happened_by(day) {
            Holds::Happened
        } else if self.fact.possible_on(day) {
            Holds::Possible
        } else {
            Holds::Later
        }
    }
}

/// What one event did.
#[derive(Debug, Clone, Copy)]
pub enum Deed<'a> {
    /// It recorded a fact.
    Recorded,
    /// It corrected a fact: the version replaced, and the new one.
    Corrected(&'a Version, &'a Version),
    /// It withdrew a fact.
    Retracted(&'a Text),
    /// It added sources.
    Sourced(&'a [Source]),
    /// It withdrew sources added before.
    SourceWithdrawn(&'a Text),
    /// It confirmed a version; `true` if that version was corrected since.
    Confirmed(&'a Confirmation, bool),
    /// It withdrew a confirmation.
    ConfirmationWithdrawn(&'a Text),
    /// It could not be placed; kept and shown, and answers are marked incomplete.
    Unplaced(&'a Anomaly),
}

/// One event of the stream.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Who recorded it when.
    pub recording: &'a Recording,
    /// The fact it is about; `None` when it could not be placed.
    pub fact: Option<&'a Fact>,
    /// What it did.
    pub deed: Deed<'a>,
}

/// The trail of a stream. The track gives the order of what happened on one day.
#[must_use]
pub fn trail<'a>(book: &'a Book, track: &Track) -> Trail<'a> {
    let mut reversed_by: BTreeMap<EventId, &Fact> = BTreeMap::new();
    for fact in book.live() {
        if let Some(target) = reverses(book, fact) {
            reversed_by.entry(target.id()).or_insert(fact);
        }
    }
    let entries: Vec<Entry<'a>> = book
        .facts()
        .map(|fact| entry(book, fact, reversed_by.get(&fact.id()).copied()))
        .collect();
    let mut happening: Vec<usize> = (0..entries.len()).collect();
    happening.sort_by_key(|index| entries.get(*index).map(|entry| place(entry.fact, track)));
    Trail {
        book,
        entries,
        happening,
    }
}

impl<'a> Trail<'a> {
    /// The entries in order of happening: latest day, rank in the track, position.
    pub fn by_happening(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.happening
            .iter()
            .filter_map(|index| self.entries.get(*index))
    }

    /// Every event of the stream in order of position: what it did, and to which fact.
    #[must_use]
    pub fn lines(&self) -> Vec<Line<'a>> {
        let mut lines = Vec::new();
        for fact in self.book.facts() {
            lines_of(fact, &mut lines);
        }
        lines.extend(self.book.anomalies.iter().map(|anomaly| Line {
            recording: &anomaly.recording,
            fact: None,
            deed: Deed::Unplaced(anomaly),
        }));
        lines.sort_by_key(|line| line.recording.seq);
        lines
    }
}

/// The milestone fact a reversal names.
fn reverses<'a>(book: &'a Book, fact: &Fact) -> Option<&'a Fact> {
    match fact.payload() {
        Payload::MilestoneReversed(data) => book.fact(data.fact),
        _ => None,
    }
}

fn entry<'a>(book: &'a Book, fact: &'a Fact, reversed_by: Option<&'a Fact>) -> Entry<'a> {
    let current = fact.current();
    let next = fact.versions().iter().skip(1).map(Some).chain([None]);
    let versions = fact.versions().iter().zip(next);
    let own = current.sources.iter().map(|source| SourceEntry {
        source,
        level: source.level(),
        added: None,
        retracted: None,
    });
    let added = fact.added.iter().flat_map(|added| {
        added.sources.iter().map(|source| SourceEntry {
            source,
            level: source.level(),
            added: Some(&added.recording),
            retracted: added.retracted.as_deref(),
        })
    });
    Entry {
        fact,
        on: &current.on,
        latest_day: current.latest_day(),
        is_dated: fact.payload().kind().is_some_and(Kind::dated),
        recorded: &fact.root().recording,
        versions: versions
            .map(|(version, replaced_by)| VersionEntry {
                version,
                in_force: replaced_by.is_none() && fact.is_live(),
                replaced_by,
            })
            .collect(),
        retracted: fact.retracted.as_deref(),
        reversed_by,
        reverses: reverses(book, fact),
        confirmation: fact.confirmation(),
        lapsed: fact.lapsed_confirmations().collect(),
        sources: own.chain(added).collect(),
        evidence: fact.evidence(),
        continues: fact.root().payload.continues(),
    }
}

fn lines_of<'a>(fact: &'a Fact, lines: &mut Vec<Line<'a>>) {
    let mut line = |recording: &'a Recording, deed: Deed<'a>| {
        lines.push(Line {
            recording,
            fact: Some(fact),
            deed,
        });
    };
    line(&fact.root().recording, Deed::Recorded);
    for (before, after) in fact.versions().iter().zip(fact.versions().iter().skip(1)) {
        line(&after.recording, Deed::Corrected(before, after));
    }
    for added in &fact.added {
        line(&added.recording, Deed::Sourced(&added.sources));
        if let Some(withdrawn) = &added.retracted {
            line(
                &withdrawn.recording,
                Deed::SourceWithdrawn(&withdrawn.reason),
            );
        }
    }
    let current = fact.current().recording.event;
    for confirmation in &fact.confirmations {
        let lapsed = confirmation.version != current;
        line(
            &confirmation.recording,
            Deed::Confirmed(confirmation, lapsed),
        );
        if let Some(withdrawn) = &confirmation.retracted {
            line(
                &withdrawn.recording,
                Deed::ConfirmationWithdrawn(&withdrawn.reason),
            );
        }
    }
    if let Some(withdrawn) = &fact.retracted {
        line(&withdrawn.recording, Deed::Retracted(&withdrawn.reason));
    }
}

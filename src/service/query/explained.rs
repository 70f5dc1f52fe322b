//! What an answer about one thing was made of: the entries it rests on, what was corrected or withdrawn and by which
//! entry, what was known and does not count by its day, and what was not known yet.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::trail::{Recorded, UnplacedLine, recorded, unplaced};
use super::{Named, Reading, Word, phrase};
use crate::deal::event::{Kind, Payload};
use crate::deal::state::{Book, Fact, Recording, Version};
use crate::deal::value::ids::StreamId;
use crate::deal::value::text::Text;
use crate::projection::timeline::{Deed, Line};

/// One entry of the thing, with both its times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EntryLine {
    /// Its position, and who recorded it when.
    #[serde(flatten)]
    pub recorded: Recorded,
    /// What it did: `recorded`, `corrected`, `source_added`, `confirmed` and so on.
    pub deed: Word,
    /// The position of the fact it is about: its own when it recorded the fact.
    pub fact: u64,
    /// The fact's milestone or kind in words.
    pub what: String,
    /// What it says beyond that.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub content: String,
    /// When the fact happened, as this entry says; `None` where it says nothing of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_words: Option<String>,
    /// Why it corrected or withdrew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An entry that no longer holds, and the one that put an end to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReplacedLine {
    /// The entry.
    #[serde(flatten)]
    pub entry: EntryLine,
    /// What put an end to it.
    pub by: Ending,
}

/// What put an end to an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ending {
    /// `corrected`, `retracted`, or `withdrawn` of sources and confirmations.
    pub how: Word,
    /// Its position, and who recorded it when.
    #[serde(flatten)]
    pub recorded: Recorded,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An entry that stands and does not count by the day asked about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UncountedLine {
    /// The entry.
    #[serde(flatten)]
    pub entry: EntryLine,
    /// Why: `later`, `possible`, `reversed`, `lapsed`, or `with_its_fact` of what belongs to a fact that does not count.
    pub why: Word,
    /// The same in words.
    pub why_words: String,
}

/// What an answer about one thing was made of. Every entry of the thing that was known stands in exactly one place; what
/// withdraws stands beside what it withdrew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    /// What it is called.
    #[serde(flatten)]
    pub named: Option<Named>,
    /// Its stream.
    pub stream: StreamId,
    /// The day asked about, inclusive.
    pub as_of: NaiveDate,
    /// How many entries of the ledger were known.
    pub known_at: u64,
    /// How many entries of the thing were known.
    pub version: u64,
    /// The entries that made the answer, by position.
    pub made_by: Vec<EntryLine>,
    /// What was corrected or withdrawn.
    pub replaced: Vec<ReplacedLine>,
    /// What was known and does not count by the day.
    pub not_counted: Vec<UncountedLine>,
    /// What could not be placed: kept, and no part of any answer.
    pub unplaced: Vec<UnplacedLine>,
    /// What was recorded later.
    pub not_known_yet: Vec<EntryLine>,
}

/// Where an entry belongs.
enum Place<'a> {
    Made,
    Replaced(&'static str, &'a Recording, Option<&'a Text>),
    Uncounted(&'static str, String),
    /// It withdraws another, and stands beside it.
    Beside,
}

impl Reading {
    /// What the answer about a thing was made of; `head` is what is known in the end. `None` when nothing of that stream
    /// was known.
    #[must_use]
    pub fn explained(&self, stream: StreamId, head: &Self) -> Option<Explanation> {
        let trail = self.models.trail(stream)?;
        let book = trail.book;
        let mut explanation = Explanation {
            named: self.named(book),
            stream,
            as_of: self.day(),
            known_at: self.position(),
            version: book.version,
            made_by: Vec::new(),
            replaced: Vec::new(),
            not_counted: Vec::new(),
            unplaced: book.anomalies.iter().map(unplaced).collect(),
            not_known_yet: head.entries_since(stream, self.position()),
        };
        for line in trail.lines() {
            let Some(fact) = line.fact else { continue };
            let entry = self.entry_line(book, &line);
            match place(book, fact, &line, self.day()) {
                Place::Made => explanation.made_by.push(entry),
                Place::Replaced(how, by, reason) => explanation.replaced.push(ReplacedLine {
                    entry,
                    by: Ending {
                        how: how.into(),
                        recorded: recorded(by),
                        reason: reason.map(ToString::to_string),
                    },
                }),
                Place::Uncounted(why, why_words) => explanation.not_counted.push(UncountedLine {
                    entry,
                    why: why.into(),
                    why_words,
                }),
                Place::Beside => {}
            }
        }
        Some(explanation)
    }

    /// The entries of a stream from a position on, in order.
    fn entries_since(&self, stream: StreamId, position: u64) -> Vec<EntryLine> {
        let Some(trail) = self.models.trail(stream) else {
            return Vec::new();
        };
        let lines = trail.lines().into_iter();
        let lines = lines.filter(|line| line.recording.seq >= position);
        lines
            .map(|line| self.entry_line(trail.book, &line))
            .collect()
    }

    fn entry_line(&self, book: &Book, line: &Line<'_>) -> EntryLine {
        let first = line.fact.map(Fact::root);
        let sources = |sources: &[crate::deal::value::source::Source]| {
            let titles = sources.iter().map(|source| source.title.to_string());
            titles.collect::<Vec<_>>().join(", ")
        };
        let (deed, said, content, reason) = match line.deed {
            Deed::Recorded => ("recorded", first, String::new(), None),
            Deed::Corrected(_, now) => ("corrected", Some(now), String::new(), now.reason.as_ref()),
            Deed::Retracted(reason) => ("retracted", None, String::new(), Some(reason)),
            Deed::Sourced(added) => ("source_added", None, sources(added), None),
            Deed::SourceWithdrawn(reason) => {
                ("source_withdrawn", None, String::new(), Some(reason))
            }
            Deed::Confirmed(..) => ("confirmed", None, String::new(), None),
            Deed::ConfirmationWithdrawn(reason) => {
                ("confirmation_withdrawn", None, String::new(), Some(reason))
            }
            Deed::Unplaced(anomaly) => ("unplaced", None, anomaly.why.clone(), None),
        };
        // What is not dated has the day of its recording there, which says nothing of the world.
        let dated = |version: &&Version| version.payload.kind().is_none_or(Kind::dated);
        let happened = said.filter(dated);
        EntryLine {
            recorded: recorded(line.recording),
            deed: deed.into(),
            fact: line.fact.map_or(line.recording.seq, Fact::seq),
            what: match (line.fact, line.deed) {
                (Some(fact), _) => self.what(book, fact),
                (None, Deed::Unplaced(anomaly)) => phrase::kind(&anomaly.kind),
                (None, _) => String::new(),
            },
            content: said.map_or(content, |version| phrase::content(&version.payload)),
            on: happened.map(|version| version.on.to_string()),
            on_words: happened.map(|version| phrase::when(&version.on)),
            reason: reason.map(ToString::to_string),
        }
    }
}

fn place<'a>(book: &Book, fact: &'a Fact, line: &Line<'a>, day: NaiveDate) -> Place<'a> {
    let own = line.recording.event;
    match line.deed {
        Deed::Recorded | Deed::Corrected(..) => match (next_version(fact, line), &fact.retracted) {
            (Some(next), _) => Place::Replaced("corrected", &next.recording, next.reason.as_ref()),
            (None, Some(gone)) => Place::Replaced("retracted", &gone.recording, Some(&gone.reason)),
            (None, None) => match uncounted(book, fact, day) {
                Some((why, words)) => Place::Uncounted(why, words),
                None => Place::Made,
            },
        },
        Deed::Sourced(_) => {
            let added = fact.added.iter().find(|added| added.recording.event == own);
            match added.and_then(|added| added.retracted.as_ref()) {
                Some(gone) => Place::Replaced("withdrawn", &gone.recording, Some(&gone.reason)),
                None => with_fact(book, fact, day),
            }
        }
        Deed::Confirmed(confirmation, lapsed) => match (&confirmation.retracted, lapsed) {
            (Some(gone), _) => Place::Replaced("withdrawn", &gone.recording, Some(&gone.reason)),
            (None, true) => Place::Uncounted(
                "lapsed",
                "the version it confirms was corrected since".to_owned(),
            ),
            (None, false) => with_fact(book, fact, day),
        },
        Deed::Retracted(_) | Deed::SourceWithdrawn(_) | Deed::ConfirmationWithdrawn(_) => {
            Place::Beside
        }
        // It has no fact, and is told apart from the others before.
        Deed::Unplaced(_) => Place::Beside,
    }
}

/// The version that replaced the one of a line.
fn next_version<'a>(fact: &'a Fact, line: &Line<'_>) -> Option<&'a Version> {
    let mut versions = fact.versions().iter();
    versions
        .by_ref()
        .find(|version| version.recording.event == line.recording.event)?;
    versions.next()
}

/// What belongs to a fact counts with it.
fn with_fact<'a>(book: &Book, fact: &Fact, day: NaiveDate) -> Place<'a> {
    let counts = fact.is_live() && uncounted(book, fact, day).is_none();
    match counts {
        true => Place::Made,
        false => {
            let words = format!("entry {}, which it belongs to, does not count", fact.seq());
            Place::Uncounted("with_its_fact", words)
        }
    }
}

/// Why a fact that stands does not count by a day.
fn uncounted(book: &Book, fact: &Fact, day: NaiveDate) -> Option<(&'static str, String)> {
    if !fact.happened_by(day) {
        return Some(match fact.possible_on(day) {
            true => (
                "possible",
                format!("it may have happened by {day}, and may not"),
            ),
            false => ("later", format!("it happened after {day}")),
        });
    }
    let undoes = |reversal: &&Fact| match reversal.payload() {
        Payload::MilestoneReversed(data) => {
            let undone = book.fact(data.fact);
            undone.is_some_and(|undone| undone.id() == fact.id()) && reversal.happened_by(day)
        }
        _ => false,
    };
    let reversal = book.live().find(undoes)?;
    let words = format!(
        "it was reversed by entry {}, {}",
        reversal.seq(),
        phrase::when(&reversal.current().on)
    );
    Some(("reversed", words))
}

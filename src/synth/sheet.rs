//! A command while it is put together: its moment, its sender, its intents, and the ids its events will have.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use crate::deal::command::{Change, Draft, Intent};
use crate::deal::event::Payload;
use crate::deal::value::ids::{EventId, StreamId};
use crate::deal::value::source::Source;
use crate::deal::value::text::Text;
use crate::deal::value::when::When;

/// The id of an event: by the moment of its command, the position at which the command is decided, and its place
/// among the command's events. Whoever records the portfolio draws ids in just this way.
pub type EventIds = Arc<dyn Fn(DateTime<Utc>, u64, u64) -> EventId + Send + Sync>;

/// A command being put together.
pub(super) struct Sheet {
    /// When it is recorded.
    pub(super) at: DateTime<Utc>,
    /// The civil day of that.
    pub(super) today: NaiveDate,
    /// Who sends it, by number.
    pub(super) officer: usize,
    /// The language of its remarks.
    pub(super) lang: usize,
    /// The sources of its facts.
    pub(super) sources: Vec<Source>,
    ids: EventIds,
    place: u64,
    most: u64,
    events: u64,
    corrections: u64,
    intents: Vec<Intent>,
}

impl Sheet {
    /// An empty sheet at a position, for so many events at most.
    pub(super) fn new(at: DateTime<Utc>, today: NaiveDate, ids: EventIds, place: u64) -> Self {
        Self {
            at,
            today,
            officer: 0,
            lang: 1,
            sources: Vec::new(),
            ids,
            place,
            most: 1,
            events: 0,
            corrections: 0,
            intents: Vec::new(),
        }
    }

    /// With room for so many events.
    pub(super) fn with_room(mut self, most: u64) -> Self {
        self.most = most;
        self
    }

    /// How many more events it takes.
    pub(super) fn room(&self) -> u64 {
        self.most.saturating_sub(self.events)
    }

    /// How many events it has.
    pub(super) fn events(&self) -> u64 {
        self.events
    }

    /// How many of them correct a fact.
    pub(super) fn corrections(&self) -> u64 {
        self.corrections
    }

    /// What it asks.
    pub(super) fn into_intents(self) -> Vec<Intent> {
        self.intents
    }

    fn push(&mut self, intent: Intent, events: u64) -> EventId {
        self.intents.push(intent);
        let id = (self.ids)(
            self.at,
            self.place,
            self.events.saturating_add(events.saturating_sub(1)),
        );
        self.events = self.events.saturating_add(events);
        id
    }

    /// Records a fact with the sheet's sources.
    pub(super) fn record(
        &mut self,
        stream: StreamId,
        payload: impl Into<Payload>,
        on: Option<When>,
    ) -> EventId {
        let sources = self.sources.clone();
        self.record_from(stream, payload.into(), on, sources)
    }

    /// Records the agency's own word, without a source.
    pub(super) fn record_own(
        &mut self,
        stream: StreamId,
        payload: impl Into<Payload>,
        on: Option<When>,
    ) -> EventId {
        self.record_from(stream, payload.into(), on, Vec::new())
    }

    fn record_from(
        &mut self,
        stream: StreamId,
        payload: Payload,
        on: Option<When>,
        sources: Vec<Source>,
    ) -> EventId {
        let draft = Draft {
            stream,
            payload,
            on,
            sources,
        };
        self.push(Intent::Record(draft), 1)
    }

    /// Corrects a fact.
    pub(super) fn correct(&mut self, fact: EventId, change: Change, reason: Text) {
        self.corrections = self.corrections.saturating_add(1);
        let correct = Intent::Correct {
            fact,
            change,
            reason,
        };
        self.push(correct, 1);
    }

    /// Retracts a fact.
    pub(super) fn retract(&mut self, fact: EventId, reason: Text) {
        self.push(Intent::Retract { fact, reason }, 1);
    }

    /// Moves a fact: two events.
    pub(super) fn relocate(&mut self, fact: EventId, to: StreamId, reason: Text) {
        self.push(Intent::Move { fact, to, reason }, 2);
    }

    /// Adds a source to a fact.
    pub(super) fn source(&mut self, fact: EventId, source: Source) {
        let sources = vec![source];
        self.push(Intent::Source { fact, sources }, 1);
    }

    /// Confirms a fact.
    pub(super) fn confirm(&mut self, fact: EventId, words: Option<Text>) {
        let confirm = Intent::Confirm {
            fact,
            version: None,
            sources: self.sources.clone(),
            words,
        };
        self.push(confirm, 1);
    }
}

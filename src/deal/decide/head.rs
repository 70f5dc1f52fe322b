//! The state a command is decided on: the world, and over it what the command itself decided so far.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::deal::command::{Command, MAX_EVENTS};
use crate::deal::decision::{DecideError, Decided, Moment, World};
use crate::deal::event::{Batch, Event, Payload};
use crate::deal::ledger::LedgerState;
use crate::deal::refusal::{Reason, Refusal};
use crate::deal::state::Book;
use crate::deal::value::ids::{ActorId, EventId, StreamId};
use crate::deal::value::source::Source;
use crate::deal::value::when::When;

/// What a step of deciding gives.
pub(super) type Step<T, W> = Result<T, DecideError<<W as World>::Error>>;

/// Positions of events not appended yet: above every position a ledger can reach, in order.
const FIRST_SEQ: u64 = 1 << 62;

/// One stream, before the command and now.
#[derive(Clone, Default)]
struct Page {
    before: Option<Arc<Book>>,
    now: Option<Arc<Book>>,
}

/// The state a command is decided on.
pub(super) struct Head<'a, W: World> {
    world: &'a W,
    command: &'a Command,
    moment: &'a Moment,
    ids: &'a mut dyn Iterator<Item = EventId>,
    ledger: Arc<LedgerState>,
    pages: BTreeMap<StreamId, Page>,
    touched: BTreeSet<StreamId>,
    decided: Vec<Decided>,
    intents: Vec<usize>,
    intent: usize,
}

impl<'a, W: World> Head<'a, W> {
    pub(super) fn new(
        command: &'a Command,
        moment: &'a Moment,
        ids: &'a mut dyn Iterator<Item = EventId>,
        world: &'a W,
    ) -> Step<Self, W> {
        Ok(Self {
            world,
            command,
            moment,
            ids,
            ledger: world.ledger().map_err(DecideError::World)?,
            pages: BTreeMap::new(),
            touched: BTreeSet::new(),
            decided: Vec::new(),
            intents: Vec::new(),
            intent: 0,
        })
    }

    /// Says which intent of the command is decided next.
    pub(super) fn turn_to(&mut self, intent: usize) {
        self.intent = intent;
    }

    pub(super) fn moment(&self) -> &'a Moment {
        self.moment
    }

    pub(super) fn actor(&self) -> &'a ActorId {
        &self.command.actor.id
    }

    pub(super) fn ledger(&self) -> Arc<LedgerState> {
        Arc::clone(&self.ledger)
    }

    /// The streams the command changes.
    pub(super) fn touched(&self) -> &BTreeSet<StreamId> {
        &self.touched
    }

    /// The events decided so far.
    pub(super) fn decided(&self) -> &[Decided] {
        &self.decided
    }

    pub(super) fn into_decided(self) -> Vec<Decided> {
        self.decided
    }

    /// The intent that led to an event of this command.
    pub(super) fn intent_of(&self, event: EventId) -> Option<usize> {
        let at = self.decided.iter().position(|decided| decided.id == event);
        at.and_then(|at| self.intents.get(at)).copied()
    }

    fn page(&mut self, stream: StreamId) -> Step<&mut Page, W> {
        if !self.pages.contains_key(&stream) {
            let before = self.world.book(stream).map_err(DecideError::World)?;
            let page = Page {
                now: before.clone(),
                before,
            };
            self.pages.insert(stream, page);
        }
        Ok(self.pages.entry(stream).or_default())
    }

    /// The stream as the command leaves it so far.
    pub(super) fn book(&mut self, stream: StreamId) -> Step<Option<Arc<Book>>, W> {
        self.page(stream).map(|page| page.now.clone())
    }

    /// The stream as it was before the command.
    pub(super) fn before(&mut self, stream: StreamId) -> Step<Option<Arc<Book>>, W> {
        self.page(stream).map(|page| page.before.clone())
    }

    /// The stream an event stands in, events of this command included.
    pub(super) fn stream_of(&self, event: EventId) -> Step<Option<StreamId>, W> {
        match self.decided.iter().find(|decided| decided.id == event) {
            Some(decided) => Ok(Some(decided.stream)),
            None => self.world.fact_stream(event).map_err(DecideError::World),
        }
    }

    /// The streams that mentioned a key before the command.
    pub(super) fn mentioned_before(&self, key: &str) -> Step<Vec<StreamId>, W> {
        self.world.mentioned(key).map_err(DecideError::World)
    }

    /// The streams that may mention a key: those that ever did, and those this command changes.
    pub(super) fn mentioned(&self, key: &str) -> Step<BTreeSet<StreamId>, W> {
        let mut streams = self.touched.clone();
        streams.extend(self.mentioned_before(key)?);
        Ok(streams)
    }

    /// Decides on an event, and lets it change the state the rest is decided on.
    pub(super) fn emit(
        &mut self,
        stream: StreamId,
        on: When,
        payload: Payload,
        sources: Vec<Source>,
    ) -> Step<EventId, W> {
        if self.decided.len() >= MAX_EVENTS {
            return Err(too_many_events().into());
        }
        let id = self.ids.next().ok_or_else(too_many_events)?;
        let order = self.decided.len() as u64;
        let mut event = Event {
            seq: FIRST_SEQ.saturating_add(order),
            stream,
            version: 0,
            id,
            on,
            recorded_at: self.moment.now,
            day: self.moment.today,
            actor: self.command.actor.clone(),
            batch: Batch {
                first: FIRST_SEQ,
                count: 1,
            },
            command: self.command.id.clone(),
            sources: sources.into(),
            payload,
        };
        let page = self.page(stream)?;
        let book = page.now.get_or_insert_with(|| Arc::new(Book::new(stream)));
        event.version = book.version;
        Arc::make_mut(book).evolve(&event);
        if stream == StreamId::Ledger {
            Arc::make_mut(&mut self.ledger).evolve(&event);
        }
        self.touched.insert(stream);
        self.intents.push(self.intent);
        self.decided.push(Decided {
            id,
            stream,
            on: event.on,
            payload: event.payload,
            sources: event.sources,
        });
        Ok(id)
    }
}

fn too_many_events() -> Refusal {
    Refusal::new(
        Reason::TooManyEvents,
        format!("the command comes to more than {MAX_EVENTS} events, the most one batch may hold"),
        "split it into several commands",
    )
}

//! One agreement while it is followed: what has happened to it, and how many events it still has.

use chrono::NaiveDate;

use super::chance::Dice;
use super::memory::{Memory, Remembered};
use super::sheet::Sheet;
use crate::deal::event::Payload;
use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::event::linked::Relation;
use crate::deal::track::Track;
use crate::deal::value::ids::{EventId, StreamId};
use crate::deal::value::when::When;

/// The sides and neighbours of an agreement.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Neighbours {
    /// Its investor, when it is named.
    pub(super) investor: Option<StreamId>,
    /// A public body that has to do with it.
    pub(super) body: Option<StreamId>,
    /// Where it was signed.
    pub(super) occasion: Option<StreamId>,
    /// An agreement announced together with it.
    pub(super) sibling: Option<StreamId>,
}

/// How an agreement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Work goes on.
    Open,
    /// Work stopped for the time being.
    Suspended,
    /// Terminated or completed.
    Closed,
}

/// A milestone that was reached and stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reached {
    pub(super) fact: EventId,
    pub(super) rank: usize,
}

/// One agreement while it is followed.
pub(super) struct Life {
    pub(super) stream: StreamId,
    pub(super) class: Class,
    pub(super) instrument: Instrument,
    pub(super) around: Neighbours,
    /// How many events it still has.
    pub(super) left: u64,
    /// Until when it is followed, in office time.
    pub(super) end: u64,
    /// The day of its signing.
    pub(super) signed: NaiveDate,
    /// Whether its registration may turn out to be wrong: nothing else names it.
    pub(super) may_be_withdrawn: bool,
    /// The event that registered it.
    pub(super) registration: Option<EventId>,
    pub(super) standing: Standing,
    /// How it stood when it was closed: to that it returns.
    pub(super) standing_before: Standing,
    /// The day of the last change of its standing.
    pub(super) standing_since: NaiveDate,
    pub(super) officer: usize,
    pub(super) model: Option<ModelStrength>,
    pub(super) reached: Vec<Reached>,
    pub(super) promises: Vec<EventId>,
    pub(super) obstacles: Vec<EventId>,
    pub(super) claims: Vec<EventId>,
    pub(super) preferred: Option<EventId>,
    pub(super) relations: Vec<Relation>,
    pub(super) memory: Memory,
    passed: u32,
    not_needed: u32,
}

impl Life {
    /// An agreement that has just been registered.
    pub(super) fn new(stream: StreamId, class: Class, instrument: Instrument) -> Self {
        Self {
            stream,
            class,
            instrument,
            around: Neighbours::default(),
            left: 0,
            end: 0,
            signed: NaiveDate::MIN,
            may_be_withdrawn: false,
            registration: None,
            standing: Standing::Open,
            standing_before: Standing::Open,
            standing_since: NaiveDate::MIN,
            officer: usize::MAX,
            model: None,
            reached: Vec::new(),
            promises: Vec::new(),
            obstacles: Vec::new(),
            claims: Vec::new(),
            preferred: None,
            relations: Vec::new(),
            memory: Memory::default(),
            passed: 0,
            not_needed: 0,
        }
    }

    /// Records a fact of it and keeps it in mind.
    pub(super) fn tell(
        &mut self,
        sheet: &mut Sheet,
        payload: impl Into<Payload>,
        on: Option<When>,
        dice: &mut Dice,
    ) -> EventId {
        let payload = payload.into();
        let own = matches!(payload, Payload::Contacted(_) | Payload::Noted(_));
        let id = match own {
            true => sheet.record_own(self.stream, payload.clone(), on.clone()),
            false => sheet.record(self.stream, payload.clone(), on.clone()),
        };
        let fact = Remembered {
            id,
            on,
            payload,
            officer: sheet.officer,
            confirmed: false,
        };
        self.memory.keep(fact, dice);
        id
    }

    /// The milestone of this rank is passed: reached, or passed over.
    pub(super) fn pass(&mut self, rank: usize) {
        self.passed |= bit(rank);
    }

    /// The milestone of this rank was reached by a fact.
    pub(super) fn reach(&mut self, rank: usize, fact: EventId) {
        self.pass(rank);
        self.reached.push(Reached { fact, rank });
    }

    /// The milestone of this rank is not needed.
    pub(super) fn spare(&mut self, rank: usize) {
        self.not_needed |= bit(rank);
    }

    /// Whether the milestone of this rank can still be reached.
    pub(super) fn is_ahead(&self, rank: usize) -> bool {
        (self.passed | self.not_needed) & bit(rank) == 0
    }

    /// The first few milestones of its track that are ahead.
    pub(super) fn ahead(&self, track: &Track, most: usize) -> Vec<usize> {
        let ranks = 0..track.milestones.len();
        ranks
            .filter(|rank| self.is_ahead(*rank))
            .take(most)
            .collect()
    }

    /// A fact was retracted or moved away.
    pub(super) fn lose(&mut self, fact: EventId) {
        self.memory.forget(fact);
        let lost = self.reached.iter().find(|one| one.fact == fact).copied();
        if let Some(lost) = lost {
            self.reached.retain(|one| one.fact != fact);
            self.passed &= !bit(lost.rank);
        }
    }

    /// A day on which something happened to it that is told today: days or months ago.
    pub(super) fn a_day(&self, today: NaiveDate, dice: &mut Dice) -> NaiveDate {
        super::calendar::before(today, backdated(dice))
            .max(self.signed)
            .min(today)
    }
}

/// How many days after it happened a fact is told.
pub(super) fn backdated(dice: &mut Dice) -> u64 {
    let (low, high) = dice.weighted(&[(30, (0, 2)), (45, (3, 30)), (25, (31, 200))]);
    dice.between(low, high)
}

fn bit(rank: usize) -> u32 {
    u32::try_from(rank)
        .ok()
        .and_then(|rank| 1_u32.checked_shl(rank))
        .unwrap_or(0)
}

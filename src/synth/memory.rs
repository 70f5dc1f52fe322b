//! The last facts of a thing, so that they can be corrected, confirmed, sourced, moved and retracted.

use super::chance::Dice;
use crate::deal::event::{Kind, Payload};
use crate::deal::value::ids::EventId;
use crate::deal::value::when::When;

/// How many facts of one thing are kept in mind: enough to go back to, and little for thousands of things.
const KEPT: usize = 5;

/// A fact that stands.
pub(super) struct Remembered {
    /// Its id.
    pub(super) id: EventId,
    /// When it happened, of dated facts.
    pub(super) on: Option<When>,
    /// What it says.
    pub(super) payload: Payload,
    /// Who recorded the version in force.
    pub(super) officer: usize,
    /// Whether that version was confirmed.
    pub(super) confirmed: bool,
}

impl Remembered {
    fn kind(&self) -> Option<Kind> {
        self.payload.kind()
    }

    /// Whether it may be corrected.
    pub(super) fn is_correctable(&self) -> bool {
        self.kind().is_some_and(Kind::correctable)
    }

    /// Whether it may be retracted without leaving anything behind that speaks of it.
    pub(super) fn is_retractable(&self) -> bool {
        self.is_light()
            || matches!(
                self.payload,
                Payload::ExpectationStated(_)
                    | Payload::LandAllocated(_)
                    | Payload::FinancialModelAgreed(_)
                    | Payload::CompanyIncorporated(_)
                    | Payload::MilestoneReached(_)
            )
    }

    /// Whether it can belong to another agreement just as well.
    pub(super) fn is_light(&self) -> bool {
        matches!(
            self.payload,
            Payload::Contacted(_)
                | Payload::Noted(_)
                | Payload::ValueStated(_)
                | Payload::FigureStated(_)
        )
    }
}

/// The last facts of a thing.
#[derive(Default)]
pub(super) struct Memory(Vec<Remembered>);

impl Memory {
    /// Keeps a fact in mind; an older one may be forgotten for it.
    pub(super) fn keep(&mut self, fact: Remembered, dice: &mut Dice) {
        if self.0.len() >= KEPT {
            let at = dice.place(self.0.len());
            self.0.swap_remove(at);
        }
        self.0.push(fact);
    }

    /// One of the facts for which this holds.
    pub(super) fn any(
        &mut self,
        dice: &mut Dice,
        holds: impl Fn(&Remembered) -> bool,
    ) -> Option<&mut Remembered> {
        let count = self.0.iter().filter(|fact| holds(fact)).count();
        let at = dice.place(count);
        self.0.iter_mut().filter(|fact| holds(fact)).nth(at)
    }

    /// Forgets a fact.
    pub(super) fn forget(&mut self, id: EventId) {
        self.0.retain(|fact| fact.id != id);
    }
}

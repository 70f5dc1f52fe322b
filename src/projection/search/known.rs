//! What is kept of a thing: its registrations and descriptions, and which of them are in force.
//!
//! The rules are those of the books. They are the same whether fields are kept in words or in numbers of words.

use std::collections::BTreeMap;

use super::said::{Field, describes};
use crate::deal::event::{Kind, Role};
use crate::deal::value::ids::EventId;

/// A thing with its registrations and descriptions; `S` is what a field says.
#[derive(Debug, Clone)]
pub(super) struct Known<S> {
    /// In the order in which they were recorded.
    pub(super) facts: Vec<Kept<S>>,
}

/// A registration or description.
#[derive(Debug, Clone)]
pub(super) struct Kept<S> {
    /// Its kind.
    pub(super) kind: Kind,
    /// Its root and every correction of it.
    pub(super) versions: Vec<EventId>,
    /// Whether it was not retracted.
    pub(super) stands: bool,
    /// What the version in force says.
    pub(super) told: Told<S>,
}

/// What a version of a registration or description says.
#[derive(Debug, Clone)]
pub(super) struct Told<S> {
    /// The reference, if it is a registration.
    pub(super) reference: Option<String>,
    /// Field by field; those left open are left out.
    pub(super) fields: Vec<(Field, S)>,
}

/// What an event does to what is kept.
#[derive(Debug, Clone)]
pub(super) enum Change<S> {
    /// A registration or description is recorded.
    State(Kind, Told<S>),
    /// The fact of a version is corrected, if it is of this kind.
    Correct(EventId, Kind, Told<S>),
    /// The fact of a version is retracted.
    Retract(EventId),
}

impl<S> Default for Known<S> {
    fn default() -> Self {
        Self { facts: Vec::new() }
    }
}

impl<S> Known<S> {
    /// Whether an event is a version of a registration or description.
    pub(super) fn has(&self, event: EventId) -> bool {
        self.facts.iter().any(|fact| fact.versions.contains(&event))
    }

    /// Takes in what an event does. A correction counts where the book takes it in: of a fact that stands, in a version
    /// of it, of its kind.
    pub(super) fn take(&mut self, event: EventId, change: Change<S>) {
        match change {
            Change::State(kind, told) => self.facts.push(Kept {
                kind,
                versions: vec![event],
                stands: true,
                told,
            }),
            Change::Correct(of, kind, told) => {
                if let Some(fact) = self.version_of(of).filter(|fact| fact.kind == kind) {
                    fact.versions.push(event);
                    fact.told = told;
                }
            }
            Change::Retract(of) => {
                if let Some(fact) = self.version_of(of) {
                    fact.stands = false;
                }
            }
        }
    }

    /// The fact in force that has this event among its versions.
    fn version_of(&mut self, event: EventId) -> Option<&mut Kept<S>> {
        let mut facts = self.facts.iter_mut();
        facts.find(|fact| fact.stands && fact.versions.contains(&event))
    }

    /// The registration, as long as it stands.
    pub(super) fn registration(&self) -> Option<&Kept<S>> {
        let mut facts = self.facts.iter();
        let first = facts.find(|fact| fact.kind.role() == Role::Registration)?;
        first.stands.then_some(first)
    }

    /// The fields in force: the registration's, each replaced by the last description that states it.
    pub(super) fn in_force(&self) -> BTreeMap<Field, &S> {
        let mut fields = BTreeMap::new();
        let Some(registration) = self.registration() else {
            return fields;
        };
        let description = describes(registration.kind);
        let described = self
            .facts
            .iter()
            .filter(|fact| fact.stands && Some(fact.kind) == description);
        for fact in std::iter::once(registration).chain(described) {
            fields.extend(fact.told.fields.iter().map(|(field, said)| (*field, said)));
        }
        fields
    }

    /// The same with other words for what each field says.
    pub(super) fn map<T>(self, mut to: impl FnMut(S) -> T) -> Known<T> {
        let facts = self.facts.into_iter().map(|fact| Kept {
            kind: fact.kind,
            versions: fact.versions,
            stands: fact.stands,
            told: fact.told.map(&mut to),
        });
        Known {
            facts: facts.collect(),
        }
    }
}

impl<S> Told<S> {
    fn map<T>(self, mut to: impl FnMut(S) -> T) -> Told<T> {
        let fields = self.fields.into_iter();
        Told {
            reference: self.reference,
            fields: fields.map(|(field, said)| (field, to(said))).collect(),
        }
    }
}

impl<S> Change<S> {
    /// The same with other words for what each field says.
    pub(super) fn map<T>(self, to: impl FnMut(S) -> T) -> Change<T> {
        match self {
            Self::State(kind, told) => Change::State(kind, told.map(to)),
            Self::Correct(fact, kind, told) => Change::Correct(fact, kind, told.map(to)),
            Self::Retract(fact) => Change::Retract(fact),
        }
    }
}

//! Rates of conversion in figures: what several reports say of them they say alike.

use super::document::block::Figure;
use super::notes::Notes;
use super::text::pack::LanguagePack;
use super::text::sentence::Strength;
use super::text::sentence::{Definition, Headline, Label, Missing, Rate, Word};
use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::policy::{Conversion, Criterion};
use crate::projection::ledger::LedgerModel;
use crate::projection::portfolio::conversion::rate::{Denominator, Rate as Answer};

/// What is needed to put rates into words.
#[derive(Clone, Copy)]
pub(super) struct Rates<'a> {
    pub(super) text: &'a dyn LanguagePack,
    pub(super) ledger: &'a LedgerModel,
}

impl Rates<'_> {
    /// The agreements all rates are of.
    pub(super) fn denominator_row(
        &self,
        denominator: &Denominator,
        notes: &mut Notes<'_>,
    ) -> Figure {
        let unregistered = denominator.unregistered.filter(|count| *count > 0);
        let value = match denominator.value {
            Some(all) => self.text.whole(all),
            None => self.text.word(Word::NotKnown).to_owned(),
        };
        let details = unregistered.map(|count| {
            self.text.headline(Headline::NotRegistered {
                all: Some(count),
                practical: None,
                institutional: None,
            })
        });
        Figure {
            label: self.text.label(Label::Denominator).to_owned(),
            value,
            details: details.into_iter().collect(),
            definition: Some(notes.define(Definition::Denominator)),
            notes: Vec::new(),
        }
    }

    /// The letter of a definition of the policy.
    pub(super) fn defined(&self, definition: &Conversion, notes: &mut Notes<'_>) -> String {
        let name = self.text.name(&definition.names);
        let criterion = &definition.criterion;
        let milestone = match criterion {
            Criterion::Milestone { milestone, .. } => {
                let track = self.ledger.track(Class::Practical);
                let names = track
                    .milestone(milestone.as_str())
                    .map(|known| &known.names);
                self.text
                    .milestone(milestone.as_str(), names, Strength::Plain)
            }
            Criterion::AnyStep | Criterion::DocumentedStep { .. } => String::new(),
        };
        notes.define(Definition::Conversion {
            name: &name,
            criterion,
            milestone: &milestone,
        })
    }

    /// A definition with its rate and the parts of it by instrument.
    pub(super) fn row(&self, answer: &Answer<'_>, notes: &mut Notes<'_>) -> Figure {
        let mark = self.defined(answer.definition, notes);
        let mut details = Vec::new();
        let parts: Vec<(Instrument, u64, u64)> = answer
            .by_instrument
            .iter()
            .map(|(instrument, share)| (*instrument, share.converted, share.of))
            .collect();
        let unregistered = answer.denominator.unregistered.unwrap_or(0);
        if answer.denominator.value.is_some_and(|all| all > 0) && !parts.is_empty() {
            details.push(self.text.rate(Rate::ByInstrument {
                parts: &parts,
                unregistered,
            }));
        }
        Figure {
            label: self.text.opening(&self.text.name(&answer.definition.names)),
            value: self.value(answer),
            details,
            definition: Some(mark),
            notes: Vec::new(),
        }
    }

    /// "2 of 9 practical agreements", or why that cannot be computed.
    pub(super) fn value(&self, answer: &Answer<'_>) -> String {
        let numerator = answer.numerator;
        self.text.rate(match answer.denominator {
            Denominator { value: None, .. } => Rate::CannotBeComputed(Missing::Counts),
            Denominator { value: Some(0), .. } => Rate::CannotBeComputed(Missing::Agreements),
            Denominator {
                value: Some(denominator),
                ..
            } => Rate::Of {
                numerator,
                denominator,
            },
        })
    }
}

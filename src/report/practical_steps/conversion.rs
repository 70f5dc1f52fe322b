//! From signature to step: each definition of the policy with its numerator and denominator.

use super::Draft;
use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::policy::Criterion;
use crate::projection::portfolio::conversion::{Denominator, Rate as Answer};
use crate::report::document::block::{Block, Figure, Part};
use crate::report::text::sentence::Strength;
use crate::report::text::sentence::{Definition, Heading, Headline, Label, Missing, Rate, Word};

impl Draft<'_> {
    pub(super) fn conversion(&mut self) -> Part {
        let rates = self.portfolio.conversion(self.scope);
        let mut rows: Vec<Figure> = rates
            .first()
            .map(|rate| self.denominator_row(&rate.denominator))
            .into_iter()
            .collect();
        rows.extend(rates.iter().map(|rate| self.rate_row(rate)));
        if rates.iter().all(|rate| rate.by_value.is_empty()) {
            let why = self.text.rate(Rate::CannotBeComputed(Missing::Apportioned));
            rows.push(Figure {
                label: self.text.label(Label::ByValue).to_owned(),
                value: why,
                details: Vec::new(),
                definition: Some(self.notes.define(Definition::ByValue)),
                notes: Vec::new(),
            });
        }
        self.part(
            "conversion",
            Heading::Conversion,
            vec![Block::Figures { rows }],
        )
    }

    /// The agreements all rates are of.
    fn denominator_row(&mut self, denominator: &Denominator) -> Figure {
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
            definition: Some(self.notes.define(Definition::Denominator)),
            notes: Vec::new(),
        }
    }

    fn rate_row(&mut self, answer: &Answer<'_>) -> Figure {
        let name = self.text.name(&answer.definition.names);
        let criterion = &answer.definition.criterion;
        let milestone = match criterion {
            Criterion::Milestone { milestone, .. } => {
                let track = self.portfolio.ledger.track(Class::Practical);
                let names = track
                    .milestone(milestone.as_str())
                    .map(|known| &known.names);
                self.text
                    .milestone(milestone.as_str(), names, Strength::Plain)
            }
            Criterion::AnyStep | Criterion::DocumentedStep { .. } => String::new(),
        };
        let mark = self.notes.define(Definition::Conversion {
            name: &name,
            criterion,
            milestone: &milestone,
        });
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
        for share in &answer.by_value {
            details.push(self.text.rate(Rate::Value {
                currency: share.currency,
                converted: &share.converted,
                of: &share.of,
                covers_others: share.covers_others,
            }));
        }
        Figure {
            label: self.text.opening(&name),
            value: self.rate(answer),
            details,
            definition: Some(mark),
            notes: Vec::new(),
        }
    }

    fn rate(&self, answer: &Answer<'_>) -> String {
        let numerator = answer.numerator();
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

//! From signature to step: each definition of the policy with its numerator and denominator.

use super::Draft;
use crate::projection::portfolio::conversion::rate::Rate as Answer;
use crate::report::document::block::{Block, Figure, Part};
use crate::report::rates::Rates;
use crate::report::text::sentence::{Definition, Heading, Label, Missing, Rate};

impl Draft<'_> {
    pub(super) fn conversion(&mut self) -> Part {
        let answers = std::mem::take(&mut self.rates);
        let rates = Rates {
            text: self.text,
            ledger: self.register.ledger,
        };
        let mut rows: Vec<Figure> = answers
            .first()
            .map(|answer| rates.denominator_row(&answer.denominator, &mut self.notes))
            .into_iter()
            .collect();
        rows.extend(answers.iter().map(|answer| self.rate_row(rates, answer)));
        if answers.iter().all(|answer| answer.by_value.is_empty()) {
            let why = self.text.rate(Rate::CannotBeComputed(Missing::Apportioned));
            rows.push(Figure {
                label: self.text.label(Label::ByValue).to_owned(),
                value: why,
                details: Vec::new(),
                definition: Some(self.notes.define(Definition::ByValue)),
                notes: Vec::new(),
            });
        }
        self.rates = answers;
        self.part(
            "conversion",
            Heading::Conversion,
            vec![Block::Figures { rows }],
        )
    }

    fn rate_row(&mut self, rates: Rates<'_>, answer: &Answer<'_>) -> Figure {
        let mut row = rates.row(answer, &mut self.notes);
        for share in &answer.by_value {
            row.details.push(self.text.rate(Rate::Value {
                currency: share.currency,
                converted: &share.converted,
                of: &share.of,
                covers_others: share.covers_others,
            }));
        }
        row
    }
}

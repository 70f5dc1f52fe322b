//! The rates by instrument, by package and by value.

use super::Draft;
use crate::deal::event::agreement_registered::Instrument;
use crate::projection::portfolio::conversion::rate::{NoShare, Rate};
use crate::projection::portfolio::roll::Scope;
use crate::report::document::block::{Block, Figure, Part};
use crate::report::tables::{MOST_ROWS, Rows, left_out};
use crate::report::text::sentence::portfolio::{Head, Meaning, Name, PortfolioWords};
use crate::report::text::sentence::{Definition, Label, Missing, Rate as RateWords, Word};

/// So many definitions stand side by side; a policy with more gets further tables.
const ABREAST: usize = 4;

impl<'a> Draft<'a> {
    /// Each definition by instrument, those not registered on a line of their own.
    pub(super) fn by_instrument(&mut self) -> Part {
        let rates = std::mem::take(&mut self.rates);
        let mark = self.meaning(Meaning::RateOfInstrument);
        let mut blocks = Vec::new();
        for abreast in rates.chunks(ABREAST) {
            let title = format!("{} ({mark})", self.text.label(Label::Instrument));
            let mut table = self.table(title, abreast);
            let first = abreast.iter().flat_map(|rate| rate.by_instrument.keys());
            let mut instruments: Vec<Instrument> = first.copied().collect();
            instruments.sort_unstable();
            instruments.dedup();
            for instrument in instruments {
                let numbers = abreast.iter().map(|rate| {
                    let share = rate.by_instrument.get(&instrument).copied();
                    let share = share.unwrap_or_default();
                    self.of(share.converted, Some(share.of))
                });
                let words = self.text.word(Word::Instrument(instrument));
                table.row(self.text.opening(words), Vec::new(), numbers.collect());
            }
            let unregistered = abreast.iter().map(|rate| rate.denominator.unregistered);
            if !unregistered.clone().all(|count| count == Some(0)) {
                let numbers = unregistered.map(|count| match count {
                    Some(_) => self.of(0, count),
                    None => self.text.word(Word::NotKnown).to_owned(),
                });
                let words = self.name(Name::NotRegistered);
                table.row(words, Vec::new(), numbers.collect());
            }
            let numbers = abreast.iter().map(|rate| self.cell(rate));
            let words = self.name(Name::AllOnce);
            table.row(words, Vec::new(), numbers.collect());
            blocks.push(table.block());
        }
        self.rates = rates;
        self.part("by_instrument", Head::ByInstrument, blocks)
    }

    /// Each definition by package, with the agreements outside packages; nothing without packages.
    pub(super) fn by_package(&mut self) -> Option<Part> {
        if self.packages.is_empty() {
            return None;
        }
        let packages = std::mem::take(&mut self.packages);
        let all = std::mem::take(&mut self.rates);
        let mark = self.meaning(Meaning::RateOfPackage);
        let shown = packages.iter().take(MOST_ROWS);
        let of_packages: Vec<(String, Vec<u32>, Vec<Rate<'a>>)> = shown
            .map(|package| {
                let facts = self.register.package_facts(package.id);
                let facts = facts.map(|facts| facts.info.declared_counts.fact);
                let notes = self.notes.cite_all(facts);
                let rates = self.conversions.of_package(package);
                (self.wording.thing(package.id), notes, rates)
            })
            .collect();
        let outside = self.conversions.outside();
        let mut blocks = Vec::new();
        for from in (0..all.len()).step_by(ABREAST) {
            let abreast = |rates: &[Rate<'a>]| -> Vec<String> {
                let rates = rates.iter().skip(from).take(ABREAST);
                rates.map(|rate| self.cell(rate)).collect()
            };
            let mut rows: Vec<(String, Vec<u32>, Vec<String>)> = of_packages
                .iter()
                .map(|(words, notes, rates)| (words.clone(), notes.clone(), abreast(rates)))
                .collect();
            if self.scope == Scope::All {
                rows.push((self.name(Name::Outside), Vec::new(), abreast(&outside)));
                rows.push((self.name(Name::AllOnce), Vec::new(), abreast(&all)));
            }
            let title = format!("{} ({mark})", self.text.label(Label::Package));
            let titled: Vec<Rate<'a>> = all.iter().skip(from).take(ABREAST).cloned().collect();
            let mut table = self.table(title, &titled);
            for (words, notes, numbers) in rows {
                table.row(words, notes, numbers);
            }
            blocks.push(table.block());
        }
        let more = left_out(packages.len());
        if more > 0 {
            blocks.push(self.paragraph(PortfolioWords::MorePackages(more)));
        }
        (self.packages, self.rates) = (packages, all);
        Some(self.part("by_package", Head::ByPackage, blocks))
    }

    /// A table with a column a definition.
    fn table(&mut self, title: String, rates: &[Rate<'a>]) -> Rows {
        let mut table = Rows::of(title);
        for rate in rates {
            let mark = self.words.defined(rate.definition, &mut self.notes);
            let name = self.text.name(&rate.definition.names);
            table = table.defined(&self.text.opening(&name), &mark);
        }
        table
    }

    fn of(&self, count: u64, of: Option<u64>) -> String {
        self.say(PortfolioWords::Of { count, of })
    }

    fn cell(&self, rate: &Rate<'_>) -> String {
        match rate.denominator.value {
            Some(0) => self.name(Name::NotApplicable),
            Some(_) => self.of(rate.numerator, rate.denominator.value),
            None => self.say(PortfolioWords::CannotBeComputed),
        }
    }

    /// Each definition by declared value. Nothing is ever spread over agreements that state none.
    pub(super) fn by_value(&mut self) -> Part {
        let mark = self.notes.define(Definition::ByValue);
        let rows = self.rates.iter().map(|rate| {
            let mut values: Vec<String> = Vec::new();
            for share in &rate.by_value {
                values.push(self.say(PortfolioWords::Share {
                    currency: share.currency,
                    converted: &share.converted,
                    converted_qualifier: share.converted_qualifier,
                    of: &share.of,
                    of_qualifier: share.of_qualifier,
                    covers_others: share.covers_others,
                }));
            }
            for (currency, why) in &rate.without_share {
                values.push(self.say(match why {
                    NoShare::NoWhole => PortfolioWords::NoWhole(*currency),
                    NoShare::OfNothing => PortfolioWords::OfNothing(*currency),
                    NoShare::TooLarge => PortfolioWords::ShareTooLarge(*currency),
                }));
            }
            let mut values = values.into_iter();
            let value = values.next().unwrap_or_else(|| {
                self.text
                    .rate(RateWords::CannotBeComputed(Missing::Apportioned))
            });
            Figure {
                label: self.text.opening(&self.text.name(&rate.definition.names)),
                value,
                details: values.collect(),
                definition: Some(mark.clone()),
                notes: Vec::new(),
            }
        });
        let rows = rows.collect();
        self.part("by_value", Head::ByValue, vec![Block::Figures { rows }])
    }
}

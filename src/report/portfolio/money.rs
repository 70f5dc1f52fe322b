//! The five kinds of money, side by side in each currency.

use std::collections::BTreeSet;

use super::Draft;
use crate::deal::event::agreement_registered::Class;
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::{Currency, MoneyKind};
use crate::deal::value::tally::Tally;
use crate::projection::portfolio::overview::MoneyStated;
use crate::projection::standing::values::values;
use crate::report::document::block::{Block, Part};
use crate::report::tables::{MOST_ROWS, Rows};
use crate::report::text::sentence::portfolio::{Head, Meaning, Name, PortfolioWords};
use crate::report::text::sentence::{Headline, Label};

impl Draft<'_> {
    pub(super) fn money(&mut self) -> Part {
        let mut blocks = Vec::new();
        for class in [Class::Practical, Class::Institutional] {
            let count = self.overview.all.registered.of(class);
            let money = self.overview.money.remove(&class).unwrap_or_default();
            if money.stating.is_empty() {
                // That no money is stated of documents between institutions goes without saying.
                if class == Class::Practical {
                    blocks.push(Block::Empty {
                        text: self.say(PortfolioWords::NoMoney(class)),
                    });
                }
                continue;
            }
            blocks.push(Block::Subheading {
                text: self.say(PortfolioWords::OfClass { class, count }),
            });
            blocks.push(self.money_table(&money, count));
        }
        self.part("money", Head::Money, blocks)
    }

    fn money_table(&mut self, money: &MoneyStated, of: u64) -> Block {
        let mark = self.meaning(Meaning::Money);
        let mut table = Rows::of(format!("{} ({mark})", self.name(Name::Currency)));
        for kind in MoneyKind::ALL {
            table = table.number(self.name(Name::Kind(kind)));
        }
        let currencies: BTreeSet<Currency> = money
            .stating
            .keys()
            .map(|(_, currency)| *currency)
            .collect();
        for currency in currencies {
            let facts = money.facts.get(&currency);
            let facts = facts.map_or(&[][..], |facts| facts.named());
            let notes = self.notes.cite_positions(facts);
            let sums = MoneyKind::ALL.map(|kind| self.amount(money.sums.get(kind, currency)));
            table.row(currency.to_string(), notes, sums.into());
            let stating = MoneyKind::ALL.map(|kind| {
                let stating = money.stating.get(&(kind, currency));
                self.of(stating.copied().unwrap_or(0), of)
            });
            let words = self.say(PortfolioWords::Stating { currency });
            table.row(words, Vec::new(), stating.into());
        }
        table.block()
    }

    /// A sum in a column of its currency.
    pub(super) fn amount(&self, tally: Option<&Tally>) -> String {
        let Some(tally) = tally.filter(|tally| !tally.is_empty()) else {
            return self.name(Name::NotStated);
        };
        match tally.total() {
            Ok(amount) => self.say(PortfolioWords::Amount {
                amount: &amount,
                qualifier: tally.qualifier(),
            }),
            Err(_) => self.text.headline(Headline::TooLarge),
        }
    }

    /// Money of other kinds than declared, stated of packages as a whole.
    pub(super) fn own_money(&mut self) -> Option<Part> {
        const KINDS: [MoneyKind; 4] = [
            MoneyKind::Contracted,
            MoneyKind::Contributed,
            MoneyKind::Realised,
            MoneyKind::Estimated,
        ];
        let packages = self.overview.packages.iter();
        let with_own: Vec<StreamId> = packages
            .filter(|package| package.card.own.iter().next().is_some())
            .map(|package| package.id)
            .take(MOST_ROWS)
            .collect();
        if with_own.is_empty() {
            return None;
        }
        let mark = self.meaning(Meaning::OwnMoney);
        let mut table = Rows::of(format!("{} ({mark})", self.text.label(Label::Package)));
        for kind in KINDS {
            table = table.number(self.name(Name::Kind(kind)));
        }
        let status = &self.question.models.status;
        for id in with_own {
            let Some(book) = status.book(id) else {
                continue;
            };
            let own = values(book, self.question.day);
            let sums = own.sums();
            let stated = own.iter();
            let facts: Vec<_> = stated
                .flat_map(|(_, currency, stated)| stated.iter().map(move |s| (currency, s.fact)))
                .collect();
            let currencies: BTreeSet<Currency> =
                sums.iter().map(|(_, currency, _)| currency).collect();
            for currency in currencies {
                let of_currency = facts.iter().filter(|(of, _)| *of == currency);
                let notes = self.notes.cite_all(of_currency.map(|(_, fact)| *fact));
                let words = self.say(PortfolioWords::PackageIn {
                    package: &self.wording.thing(id),
                    currency,
                });
                let amounts = KINDS.map(|kind| self.amount(sums.get(kind, currency)));
                table.row(words, notes, amounts.into());
            }
        }
        Some(self.part("own_money", Head::OwnMoney, vec![table.block()]))
    }
}

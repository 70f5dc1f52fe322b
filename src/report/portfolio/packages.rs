//! The packages: their documents, their declared values against what members state, what the sources
//! dispute and what was assumed.

use rust_decimal::Decimal;

use super::Draft;
use crate::deal::event::package_registered::ValueScope;
use crate::deal::state::Fact;
use crate::deal::value::money::{Currency, MoneyKind};
use crate::deal::value::quantity::Qualifier;
use crate::deal::value::tally::Tally;
use crate::projection::portfolio::declared::{Declared, declared};
use crate::projection::portfolio::documents::Count;
use crate::projection::portfolio::headline::Residual;
use crate::projection::portfolio::package::PackageCounts;
use crate::projection::portfolio::roll::Scope;
use crate::report::document::block::{Block, Line, Part};
use crate::report::tables::{Rows, left_out};
use crate::report::text::sentence::portfolio::{Head, Meaning, Name, PortfolioWords};
use crate::report::text::sentence::{Definition, Headline, Label, Word};

impl Draft<'_> {
    /// The packages with their documents; left out where there is none.
    pub(super) fn by_package(&mut self) -> Option<Part> {
        let packages = std::mem::take(&mut self.overview.packages);
        let part = (!packages.is_empty()).then(|| self.package_table(&packages));
        self.overview.packages = packages;
        part
    }

    fn package_table(&mut self, packages: &[PackageCounts]) -> Part {
        let declared = self.meaning(Meaning::Declared);
        let counted = self.meaning(Meaning::Counted);
        let step = self.notes.define(Definition::Step);
        let mut table = Rows::of(self.text.label(Label::Package).to_owned())
            .defined(&self.name(Name::PracticalDeclared), &declared)
            .defined(&self.name(Name::PracticalRegistered), &counted)
            .defined(&self.name(Name::PracticalWithStep), &step)
            .defined(&self.name(Name::InstitutionalDeclared), &declared)
            .defined(&self.name(Name::InstitutionalRegistered), &counted);
        for (package, facts) in packages.iter().zip(&self.named) {
            let notes = vec![self.notes.cite(facts.info.declared_counts.fact)];
            let practical = u64::from(package.documents.practical.registered);
            let numbers = vec![
                self.declared_count(package.documents.practical),
                self.text.whole(practical),
                self.of(package.with_step.practical, practical),
                self.declared_count(package.documents.institutional),
                self.text
                    .whole(package.documents.institutional.registered.into()),
            ];
            table.row(self.wording.thing(package.id), notes, numbers);
        }
        if self.scope == Scope::All {
            let alone = &self.overview.alone;
            let (registered, with_step) = (alone.registered, alone.with_step);
            let numbers = vec![
                self.name(Name::NotApplicable),
                self.text.whole(registered.practical),
                self.of(with_step.practical, registered.practical),
                self.name(Name::NotApplicable),
                self.text.whole(registered.institutional),
            ];
            table.row(self.name(Name::Outside), Vec::new(), numbers);
            self.all_packages(&mut table, packages);
        }
        let mut blocks = vec![table.block()];
        blocks.extend(self.more_packages(packages.len()));
        self.part("by_package", Head::ByPackage, blocks)
    }

    /// The row of all agreements; one count not known makes the whole not known.
    fn all_packages(&self, table: &mut Rows, packages: &[PackageCounts]) {
        let sum = |count: fn(&PackageCounts) -> Count| -> Option<u64> {
            let counts = packages.iter().map(count);
            counts.map(|count| count.declared.map(u64::from)).sum()
        };
        let declared = |count: Option<u64>| match count {
            Some(count) => self.text.whole(count),
            None => self.text.word(Word::NotKnown).to_owned(),
        };
        let all = &self.overview.all;
        let numbers = vec![
            declared(sum(|package| package.documents.practical)),
            self.text.whole(all.registered.practical),
            self.of(all.with_step.practical, all.registered.practical),
            declared(sum(|package| package.documents.institutional)),
            self.text.whole(all.registered.institutional),
        ];
        table.row(self.name(Name::AllOnce), Vec::new(), numbers);
    }

    fn declared_count(&self, count: Count) -> String {
        match count.declared {
            Some(count) => self.text.whole(count.into()),
            None => self.text.word(Word::NotKnown).to_owned(),
        }
    }

    fn more_packages(&self, rows: usize) -> Option<Block> {
        let more = left_out(rows);
        (more > 0).then(|| Block::Paragraph {
            lines: vec![Line::new(self.say(PortfolioWords::MorePackages(more)))],
        })
    }

    /// Declared values: over everything by currency, then package by package.
    pub(super) fn declared(&mut self) -> Part {
        let packages = std::mem::take(&mut self.overview.packages);
        let sums = declared(&packages, &self.overview.alone.money());
        let mut blocks = Vec::new();
        if sums.is_empty() {
            blocks.push(Block::Empty {
                text: self.say(PortfolioWords::NoDeclared),
            });
        } else {
            let mut table = self.declared_table();
            let mut lines = Vec::new();
            for (currency, declared) in &sums {
                self.declared_row(&mut table, *currency, declared);
                if declared.exceeded > 0 {
                    lines.push(Line::new(self.say(PortfolioWords::Exceeded {
                        currency: *currency,
                        count: declared.exceeded,
                    })));
                }
            }
            let with_value = packages.iter().filter(|p| p.card.value.is_some());
            if !packages.is_empty() {
                lines.push(Line::new(self.say(PortfolioWords::WithDeclared {
                    count: with_value.count() as u64,
                    of: packages.len() as u64,
                })));
            }
            blocks.push(table.block());
            blocks.push(Block::Paragraph { lines });
        }
        blocks.extend(self.each_package(&packages));
        self.overview.packages = packages;
        self.part("declared", Head::Declared, blocks)
    }

    fn declared_table(&mut self) -> Rows {
        let packages = self.meaning(Meaning::OfPackages);
        let members = self.meaning(Meaning::OfMembers);
        let residual = self.meaning(Meaning::Residual);
        let outside = self.notes.define(Definition::Outside);
        let all = self.meaning(Meaning::InAll);
        Rows::of(self.name(Name::Currency))
            .defined(&self.name(Name::OfPackages), &packages)
            .defined(&self.name(Name::OfMembers), &members)
            .defined(&self.name(Name::Residual), &residual)
            .defined(&self.name(Name::OfOthers), &outside)
            .defined(&self.name(Name::InAll), &all)
    }

    fn declared_row(&self, table: &mut Rows, currency: Currency, declared: &Declared) {
        let residual = match declared.residual {
            _ if declared.packages.is_empty() => self.name(Name::NotApplicable),
            left => self.left(left),
        };
        let all = match &declared.in_all {
            Some(all) => self.amount(Some(all)),
            None => self.text.headline(Headline::TooLarge),
        };
        let numbers = vec![
            self.amount(Some(&declared.packages)),
            self.amount(Some(&declared.members)),
            residual,
            self.amount(Some(&declared.outside)),
            all,
        ];
        table.row(currency.to_string(), Vec::new(), numbers);
    }

    fn left(&self, residual: Option<Residual>) -> String {
        match residual {
            Some(left) => self.stated(&left.amount, left.qualifier),
            None => self.text.headline(Headline::TooLarge),
        }
    }

    fn stated(&self, amount: &Decimal, qualifier: Qualifier) -> String {
        self.say(PortfolioWords::Amount { amount, qualifier })
    }

    /// A line a package and currency: declared, members, residual.
    fn each_package(&mut self, packages: &[PackageCounts]) -> Vec<Block> {
        if packages.is_empty() {
            return Vec::new();
        }
        let whole = self.meaning(Meaning::OfPackages);
        let members = self.meaning(Meaning::OfMembers);
        let residual = self.meaning(Meaning::Residual);
        let with_value = self.meaning(Meaning::WithValue);
        let mut table = Rows::of(self.text.label(Label::Package).to_owned())
            .defined(&self.name(Name::Kind(MoneyKind::Declared)), &whole)
            .defined(&self.name(Name::OfMembers), &members)
            .defined(&self.name(Name::Residual), &residual)
            .defined(&self.name(Name::WithValue), &with_value);
        let mut lines = Vec::new();
        let named = std::mem::take(&mut self.named);
        for (package, facts) in packages.iter().zip(&named) {
            let stated = facts.info.declared_value;
            self.package_values(&mut table, package, stated.map(|stated| stated.fact));
            let vague = stated.filter(|stated| stated.value.scope != ValueScope::All);
            if let Some(stated) = vague {
                let what = self.text.headline(Headline::Scope(stated.value.scope));
                let text = self.say(PortfolioWords::Remark {
                    thing: &self.wording.thing(package.id),
                    what: &what,
                });
                lines.push(Line::new(text).noted([self.notes.cite(stated.fact)]));
            }
        }
        self.named = named;
        let mut blocks = vec![
            Block::Subheading {
                text: self.say(PortfolioWords::Head(Head::DeclaredByPackage)),
            },
            table.block(),
        ];
        blocks.extend(self.more_packages(packages.len()));
        if !lines.is_empty() {
            blocks.push(Block::List { items: lines });
        }
        blocks
    }

    fn package_values(
        &mut self,
        table: &mut Rows,
        package: &PackageCounts,
        declared: Option<&Fact>,
    ) {
        let thing = self.wording.thing(package.id);
        let members: Vec<(Currency, Tally)> = package
            .apportioned()
            .iter()
            .filter(|(kind, _, _)| *kind == MoneyKind::Declared)
            .map(|(_, currency, tally)| (currency, tally.clone()))
            .collect();
        let headline = package.headline();
        let headline = headline.as_ref();
        if let (Some(headline), Some(declared)) = (headline, declared) {
            let notes = vec![self.notes.cite(declared)];
            let covered = match headline.scope {
                ValueScope::Practical => package.documents.practical,
                ValueScope::All | ValueScope::Ambiguous => package.documents.all,
            };
            let of = covered.declared.map(|all| all.max(covered.registered));
            let numbers = vec![
                self.stated(&headline.declared, headline.qualifier),
                self.amount(headline.apportioned.as_ref()),
                self.left(headline.residual),
                self.say(PortfolioWords::Of {
                    count: headline.with_value,
                    of: of.map(u64::from),
                }),
            ];
            let words = self.say(PortfolioWords::PackageIn {
                package: &thing,
                currency: headline.currency,
            });
            table.row(words, notes, numbers);
        } else if members.is_empty() {
            let not_known = || self.text.word(Word::NotKnown).to_owned();
            let numbers = vec![
                not_known(),
                self.name(Name::NotStated),
                not_known(),
                self.name(Name::NotApplicable),
            ];
            table.row(thing.clone(), Vec::new(), numbers);
        }
        let beside = headline.and_then(|headline| headline.beside.clone());
        let other = members.into_iter().filter_map(|(currency, tally)| {
            match headline.filter(|headline| headline.currency == currency) {
                // What members state that the declared value does not cover has no residual.
                Some(_) => beside.clone().map(|beside| (currency, beside)),
                None => Some((currency, tally)),
            }
        });
        for (currency, tally) in other {
            let numbers = vec![
                self.name(Name::NotStated),
                self.amount(Some(&tally)),
                self.name(Name::NotApplicable),
                self.name(Name::NotApplicable),
            ];
            let words = self.say(PortfolioWords::PackageIn {
                package: &thing,
                currency,
            });
            table.row(words, Vec::new(), numbers);
        }
    }
}

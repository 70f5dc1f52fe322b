//! What was announced: each package with its declared documents and value, what is apportioned, what
//! is left; then agreements outside packages, signatures and steps of the period.

use super::Draft;
use super::named::{MOST, Named, Topic};
use crate::deal::event::agreement_registered::Class;
use crate::deal::value::money::MoneyKind;
use crate::projection::description;
use crate::projection::portfolio::census::PackageTally;
use crate::projection::portfolio::headline::Headline as Sums;
use crate::projection::portfolio::marks::Marks;
use crate::projection::portfolio::package::{PackageCounts, PackageFacts};
use crate::projection::portfolio::register::Entry;
use crate::projection::portfolio::roll::Scope;
use crate::projection::portfolio::telling::Seen;
use crate::projection::portfolio::ties::Summed;
use crate::report::document::block::{Block, Figure, Line, Part};
use crate::report::facts::claims::{COUNTS, VALUE, disputed};
use crate::report::notes::Citations;
use crate::report::text::sentence::{Definition, Heading, Headline, Label, Listed};

impl<'a> Draft<'a> {
    pub(super) fn announced(&mut self) -> Part {
        let packages = std::mem::take(&mut self.packages);
        let mut blocks = Vec::new();
        if packages.is_empty() {
            blocks.push(Block::Empty {
                text: self.text.headline(Headline::NoPackage),
            });
        }
        let named = self.named_packages(&packages);
        let read = self.register.asked(&named.first, |package| {
            let facts = self.register.package_facts(package.id)?;
            let package = self.register.package(package.id)?;
            let stated = self.stated(&facts);
            let apportioning = self.apportioning(&package);
            let apportioning = self.notes.citations.cited(&apportioning);
            Some((package, facts, stated, apportioning))
        });
        for (package, facts, stated, apportioning) in read {
            let title = self.text.name(facts.info.titles.value);
            let stated = stated.map(|apart| self.notes.citations.take_in(apart).sorted());
            blocks.push(Block::Subheading {
                text: self.text.headline(Headline::Package {
                    reference: package.reference.as_str(),
                    title: &title,
                }),
            });
            let rows = self.package_rows(&package, &facts, stated, apportioning);
            blocks.push(Block::Figures { rows });
        }
        blocks.extend(self.more(Listed::Packages, named.more));
        self.packages = packages;
        blocks.push(Block::Subheading {
            text: self.text.heading(Heading::Overall).to_owned(),
        });
        let rows = self.overall_rows();
        blocks.push(Block::Figures { rows });
        self.part("announced", Heading::Headline, blocks)
    }

    /// All packages while they are few; of many those whose agreements were signed or made a step in the period.
    fn named_packages<'p>(&self, packages: &'p [PackageTally<'a>]) -> Named<&'p PackageTally<'a>> {
        let few = packages.len() <= MOST;
        let named = packages
            .iter()
            .filter(|package| few || self.accounts.is_moving(package.id));
        let first: Vec<&PackageTally<'_>> = named.take(MOST).collect();
        Named {
            more: packages.len().saturating_sub(first.len()) as u64,
            first,
        }
    }

    fn figure(
        &mut self,
        label: Label,
        value: String,
        definition: Option<Definition<'_>>,
    ) -> Figure {
        Figure {
            label: self.text.label(label).to_owned(),
            value,
            details: Vec::new(),
            definition: definition.map(|definition| self.notes.define(definition)),
            notes: Vec::new(),
        }
    }

    /// What states where a package was signed, of how many documents it is, and what they are worth: cited apart.
    fn stated(&self, facts: &PackageFacts<'_>) -> [Citations<'a>; 3] {
        let info = &facts.info;
        let occasion = info.occasion.and_then(|stated| {
            let book = self.register.status.book(*stated.value)?;
            Some(description::occasion(book)?.on.fact)
        });
        let counts = Some(info.declared_counts.fact);
        let value = info.declared_value.map(|stated| stated.fact);
        [occasion, counts, value].map(|fact| {
            let mut apart = self.notes.apart();
            apart.cite_all(fact);
            apart
        })
    }

    /// What is told of a package, where it is known as what the facts that state it are cited.
    fn package_rows(
        &mut self,
        package: &PackageCounts,
        facts: &PackageFacts<'_>,
        [occasion, counts, value]: [Vec<u32>; 3],
        apportioning: Citations<'a>,
    ) -> Vec<Figure> {
        let mut rows = Vec::new();
        rows.extend(self.occasion_row(facts, occasion));
        rows.push(self.documents_row(facts, counts));
        rows.push(self.registered_row(package));
        rows.extend(self.value_rows(package, facts, value, apportioning));
        rows
    }

    fn occasion_row(&mut self, facts: &PackageFacts<'_>, cited: Vec<u32>) -> Option<Figure> {
        let stated = facts.info.occasion?;
        let book = self.register.status.book(*stated.value)?;
        let info = description::occasion(book)?;
        let place = self.wording.words(info.place.map(|place| place.value));
        let value = self.text.headline(Headline::Occasion {
            name: &self.text.name(info.names.value),
            on: info.on.value,
            place: place.as_deref(),
        });
        let mut row = self.figure(Label::Occasion, value, None);
        row.notes = cited;
        Some(row)
    }

    fn documents_row(&mut self, facts: &PackageFacts<'_>, cited: Vec<u32>) -> Figure {
        let counts = facts.info.declared_counts;
        let value = self.text.headline(Headline::Documents(counts.value));
        let mut row = self.figure(Label::Documents, value, Some(Definition::Documents));
        row.notes = cited;
        row.details
            .extend(disputed(self.text, &facts.claims, COUNTS));
        row
    }

    fn registered_row(&mut self, package: &PackageCounts) -> Figure {
        let value = self.text.headline(Headline::Registered {
            practical: package.documents.practical.registered.into(),
            institutional: package.documents.institutional.registered.into(),
        });
        let mut row = self.figure(Label::Registered, value, Some(Definition::Registered));
        row.details
            .push(self.text.headline(Headline::NotRegistered {
                all: package.documents.never_registered_at_all(),
                practical: package.documents.never_registered(Class::Practical),
                institutional: package.documents.never_registered(Class::Institutional),
            }));
        row
    }

    fn value_rows(
        &mut self,
        package: &PackageCounts,
        facts: &PackageFacts<'_>,
        cited: Vec<u32>,
        apportioning: Citations<'a>,
    ) -> Vec<Figure> {
        let declared = facts.info.declared_value;
        let value = self
            .text
            .headline(Headline::Value(declared.map(|stated| stated.value)));
        let mut row = self.figure(Label::DeclaredValue, value, Some(Definition::DeclaredValue));
        if let Some(stated) = declared {
            row.details
                .push(self.text.headline(Headline::Scope(stated.value.scope)));
            row.notes = cited;
        }
        row.details
            .extend(disputed(self.text, &facts.claims, VALUE));
        let mut rows = vec![row];
        if let Some(sums) = package.headline() {
            let apportioned = self.apportioned(&sums);
            let mut row = self.figure(
                Label::Apportioned,
                apportioned,
                Some(Definition::Apportioned),
            );
            row.notes = self.notes.citations.take_in(apportioning).sorted();
            rows.push(row);
            let residual = self.residual(&sums);
            rows.push(self.figure(Label::Residual, residual, Some(Definition::Residual)));
        }
        rows
    }

    fn apportioned(&self, sums: &Sums) -> String {
        let currency = sums.currency;
        let Some(tally) = &sums.apportioned else {
            return self.text.headline(Headline::Nothing(Some(currency)));
        };
        match tally.total() {
            Ok(amount) => self.text.headline(Headline::Sum {
                currency,
                amount: &amount,
                qualifier: tally.qualifier(),
            }),
            Err(_) => self.text.headline(Headline::TooLarge),
        }
    }

    fn residual(&self, sums: &Sums) -> String {
        match &sums.residual {
            Some(left) => self.text.headline(Headline::Sum {
                currency: sums.currency,
                amount: &left.amount,
                qualifier: left.qualifier,
            }),
            None => self.text.headline(Headline::TooLarge),
        }
    }

    /// The positions of the facts that apportion something of a value that was declared; none where they are too many to be
    /// named.
    fn apportioning(&self, package: &PackageCounts) -> Vec<u64> {
        if package.card.value.is_none() {
            return Vec::new();
        }
        let members = self.register.members(package.id);
        let facts = members.into_iter().filter(Entry::counts).flat_map(|entry| {
            let declared = entry.on.money();
            let declared = declared.filter(|(_, money)| money.kind() == MoneyKind::Declared);
            declared.map(|(fact, _)| *fact)
        });
        let facts: Vec<u64> = facts.collect();
        if facts.len() > MOST {
            return Vec::new();
        }
        facts
    }

    /// Agreements outside packages, signatures and steps of the period.
    fn overall_rows(&mut self) -> Vec<Figure> {
        let mut rows = Vec::new();
        if self.scope == Scope::All {
            let of = |class| self.accounts.count(Marks::OUTSIDE.and(class));
            let value = self.text.headline(Headline::Outside {
                practical: of(Marks::PRACTICAL),
                institutional: of(Marks::INSTITUTIONAL),
            });
            rows.push(self.figure(Label::Outside, value, Some(Definition::Outside)));
        }
        rows.push(self.signed_row());
        let (steps, agreements) = self.counted_steps(true);
        let value = self.text.headline(Headline::Steps { steps, agreements });
        let mut row = self.figure(Label::Steps, value, Some(Definition::Step));
        let (steps, documents) = self.counted_steps(false);
        if steps > 0 {
            row.details.push(
                self.text
                    .headline(Headline::InstitutionalSteps { steps, documents }),
            );
        }
        rows.push(row);
        rows
    }

    fn signed_row(&mut self) -> Figure {
        let marks = [Marks::PRACTICAL, Marks::INSTITUTIONAL].map(|told| told.and(Marks::SIGNED));
        let [practical, institutional] = marks.map(|marks| self.accounts.count(marks));
        let value = self.text.headline(Headline::Registered {
            practical,
            institutional,
        });
        let mut row = self.figure(Label::Signed, value, Some(Definition::Signed));
        // Signatures that are too many to be named are cited by their count.
        if practical.max(institutional) <= MOST as u64 {
            let cite = |_: &Self, seen: &Seen<'_>, notes: &mut Citations<'_>| {
                let signed = seen.standing.signed();
                let facts = signed.iter().flat_map(|signed| &signed.facts).copied();
                vec![Line::new(String::new()).noted(notes.cite_all(facts))]
            };
            let cited = marks.map(|marks| self.said(MOST, marks, Topic::Signing, cite).first);
            let lines = cited.into_iter().flatten().flat_map(|said| said.lines);
            row.notes = lines.flat_map(|line| line.notes).collect();
            row.notes.sort_unstable();
        }
        row
    }

    /// How many steps of the period on how many agreements.
    pub(super) fn counted_steps(&self, practical: bool) -> (u64, u64) {
        let told = Marks::told(practical).and(Marks::STEPS);
        let counts = self.accounts.tallies(told).map(|tally| tally.steps);
        counts.fold((0_u64, 0_u64), |(steps, agreements), count| {
            (steps.saturating_add(count), agreements.saturating_add(1))
        })
    }
}

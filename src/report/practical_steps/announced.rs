//! What was announced: each package with its declared documents and value, what is apportioned, what
//! is left; then agreements outside packages, signatures and steps of the period.

use super::Draft;
use crate::deal::event::agreement_registered::Class;
use crate::deal::state::Fact;
use crate::projection::description;
use crate::projection::portfolio::package::{Headline as Sums, PackageSums};
use crate::projection::portfolio::{Member, Scope};
use crate::report::document::block::{Block, Figure, Part};
use crate::report::facts::claims::{COUNTS, VALUE, disputed};
use crate::report::text::sentence::{Definition, Heading, Headline, Label};

impl Draft<'_> {
    pub(super) fn announced(&mut self) -> Part {
        let mut packages = self.portfolio.packages(self.scope);
        packages.sort_by(|a, b| a.info.reference.cmp(b.info.reference));
        let mut blocks = Vec::new();
        if packages.is_empty() {
            blocks.push(Block::Empty {
                text: self.text.headline(Headline::NoPackage),
            });
        }
        for package in &packages {
            let title = self.text.name(package.info.titles.value);
            blocks.push(Block::Subheading {
                text: self.text.headline(Headline::Package {
                    reference: package.info.reference.as_str(),
                    title: &title,
                }),
            });
            let rows = self.package_rows(package);
            blocks.push(Block::Figures { rows });
        }
        blocks.push(Block::Subheading {
            text: self.text.heading(Heading::Overall).to_owned(),
        });
        let rows = self.overall_rows();
        blocks.push(Block::Figures { rows });
        self.part("announced", Heading::Headline, blocks)
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

    fn package_rows(&mut self, package: &PackageSums<'_>) -> Vec<Figure> {
        let mut rows = Vec::new();
        rows.extend(self.occasion_row(package));
        rows.push(self.documents_row(package));
        rows.push(self.registered_row(package));
        rows.extend(self.value_rows(package));
        rows
    }

    fn occasion_row(&mut self, package: &PackageSums<'_>) -> Option<Figure> {
        let stated = package.info.occasion?;
        let book = self.portfolio.status.book(*stated.value)?;
        let info = description::occasion(book)?;
        let place = self.wording.words(info.place.map(|place| place.value));
        let value = self.text.headline(Headline::Occasion {
            name: &self.text.name(info.names.value),
            on: info.on.value,
            place: place.as_deref(),
        });
        let mut row = self.figure(Label::Occasion, value, None);
        row.notes = vec![self.notes.cite(info.on.fact)];
        Some(row)
    }

    fn documents_row(&mut self, package: &PackageSums<'_>) -> Figure {
        let counts = package.info.declared_counts;
        let value = self.text.headline(Headline::Documents(counts.value));
        let mut row = self.figure(Label::Documents, value, Some(Definition::Documents));
        row.notes = vec![self.notes.cite(counts.fact)];
        row.details
            .extend(disputed(self.text, &package.claims, COUNTS));
        row
    }

    fn registered_row(&mut self, package: &PackageSums<'_>) -> Figure {
        let value = self.text.headline(Headline::Registered {
            practical: package.practical.registered.into(),
            institutional: package.institutional.registered.into(),
        });
        let mut row = self.figure(Label::Registered, value, Some(Definition::Registered));
        row.details
            .push(self.text.headline(Headline::NotRegistered {
                all: package.all.unregistered().map(u64::from),
                practical: package.practical.unregistered().map(u64::from),
                institutional: package.institutional.unregistered().map(u64::from),
            }));
        row
    }

    fn value_rows(&mut self, package: &PackageSums<'_>) -> Vec<Figure> {
        let declared = package.info.declared_value;
        let value = self
            .text
            .headline(Headline::Value(declared.map(|stated| stated.value)));
        let mut row = self.figure(Label::DeclaredValue, value, Some(Definition::DeclaredValue));
        if let Some(stated) = declared {
            row.details
                .push(self.text.headline(Headline::Scope(stated.value.scope)));
            row.notes = vec![self.notes.cite(stated.fact)];
        }
        row.details
            .extend(disputed(self.text, &package.claims, VALUE));
        let mut rows = vec![row];
        if let Some(sums) = &package.headline {
            let apportioned = self.apportioned(sums);
            let mut row = self.figure(
                Label::Apportioned,
                apportioned,
                Some(Definition::Apportioned),
            );
            row.notes = self.apportioned_notes(package);
            rows.push(row);
            let residual = self.residual(sums);
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

    /// The facts that apportion something of the declared value.
    fn apportioned_notes(&mut self, package: &PackageSums<'_>) -> Vec<u32> {
        use crate::deal::value::money::MoneyKind;
        let members = self.portfolio.members(package.info.id);
        let facts: Vec<&Fact> = members
            .filter(|member| member.counts())
            .flat_map(|member| member.standing.values.iter())
            .filter(|(kind, _, _)| *kind == MoneyKind::Declared)
            .flat_map(|(_, _, stated)| stated.iter().map(|stated| stated.fact))
            .collect();
        self.notes.cite_all(facts)
    }

    /// Agreements outside packages, signatures and steps of the period.
    fn overall_rows(&mut self) -> Vec<Figure> {
        let mut rows = Vec::new();
        if self.scope == Scope::All {
            let of = |class| {
                self.portfolio
                    .outside()
                    .filter(move |m| m.counts() && m.class() == class)
            };
            let value = self.text.headline(Headline::Outside {
                practical: of(Class::Practical).count() as u64,
                institutional: of(Class::Institutional).count() as u64,
            });
            rows.push(self.figure(Label::Outside, value, Some(Definition::Outside)));
        }
        rows.push(self.signed_row());
        let practical = self.told(true);
        let institutional = self.told(false);
        let (steps, agreements) = self.counted_steps(&practical);
        let value = self.text.headline(Headline::Steps { steps, agreements });
        let mut row = self.figure(Label::Steps, value, Some(Definition::Step));
        let (steps, documents) = self.counted_steps(&institutional);
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
        let (since, until) = (self.since, self.until);
        let in_window = |member: &Member<'_>| {
            let signed = member.standing.signed();
            signed.is_some_and(|s| since.is_none_or(|since| s.day >= since) && s.day <= until)
        };
        let mut signed = self.told(true);
        signed.extend(self.told(false));
        signed.retain(in_window);
        let practical = signed.iter().filter(|member| member.is_practical()).count() as u64;
        let value = self.text.headline(Headline::Registered {
            practical,
            institutional: (signed.len() as u64).saturating_sub(practical),
        });
        let mut row = self.figure(Label::Signed, value, Some(Definition::Signed));
        let facts = signed.iter().filter_map(|member| member.standing.signed());
        let facts: Vec<&Fact> = facts
            .flat_map(|signed| signed.facts.iter().copied())
            .collect();
        row.notes = self.notes.cite_all(facts);
        row
    }

    /// How many steps of the period on how many agreements.
    fn counted_steps(&self, members: &[Member<'_>]) -> (u64, u64) {
        let counts: Vec<u64> = members
            .iter()
            .map(|member| {
                member
                    .standing
                    .steps_between(self.since, self.until)
                    .count() as u64
            })
            .filter(|count| *count > 0)
            .collect();
        (counts.iter().sum(), counts.len() as u64)
    }
}

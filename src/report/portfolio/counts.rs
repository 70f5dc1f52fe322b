//! How many agreements there are, by class, and how they fare.

use super::Draft;
use crate::deal::event::agreement_registered::Class;
use crate::projection::portfolio::by_class::ByClass;
use crate::projection::portfolio::roll::Scope;
use crate::projection::standing::health::Health;
use crate::report::document::block::{Block, Figure, Part};
use crate::report::tables::Rows;
use crate::report::text::sentence::portfolio::{Head, Meaning, Name, PortfolioWords};
use crate::report::text::sentence::{Definition, Label, Word};

/// From the best to the worst, as a table of them is read.
const FARING: [Health; 6] = [
    Health::Current,
    Health::Silent,
    Health::Slipping,
    Health::Suspended,
    Health::Completed,
    Health::Terminated,
];

impl Draft<'_> {
    pub(super) fn counts(&mut self) -> Part {
        let mut rows = vec![self.count(
            self.text.label(Label::Registered).to_owned(),
            self.overview.all.registered,
            Meaning::Counted,
        )];
        if self.scope == Scope::All {
            let (inside, outside) = (self.overview.in_packages, self.overview.outside);
            let mut row = self.plain(Name::InPackages, inside);
            row.definition = rows.first().and_then(|row| row.definition.clone());
            rows.push(row);
            let mut row = self.plain(Name::Outside, outside);
            row.definition = Some(self.notes.define(Definition::Outside));
            rows.push(row);
        }
        rows.extend(self.not_registered());
        let terminated = self.overview.terminated();
        let label = self.name(Name::Terminated);
        rows.push(self.count(label, terminated, Meaning::Terminated));
        for (name, count) in [
            (Name::Superseded, self.overview.superseded),
            (Name::Duplicates, self.overview.duplicates),
            (Name::Withdrawn, self.overview.withdrawn),
        ] {
            let label = self.name(name);
            rows.push(self.count(label, count, Meaning::Apart));
        }
        self.part("counts", Head::Counts, vec![Block::Figures { rows }])
    }

    fn by(&self, count: ByClass) -> String {
        let ByClass {
            practical,
            institutional,
        } = count;
        self.say(PortfolioWords::ByClass {
            practical,
            institutional,
        })
    }

    fn count(&mut self, label: String, count: ByClass, meaning: Meaning) -> Figure {
        let value = self.by(count);
        self.figure(label, value, meaning)
    }

    fn plain(&self, name: Name, count: ByClass) -> Figure {
        Figure {
            label: self.name(name),
            value: self.by(count),
            details: Vec::new(),
            definition: None,
            notes: Vec::new(),
        }
    }

    /// Documents declared and not registered, over all packages; nothing without packages.
    fn not_registered(&mut self) -> Option<Figure> {
        let packages = &self.overview.packages;
        if packages.is_empty() {
            return None;
        }
        let (mut practical, mut institutional, mut unknown) = (0_u64, 0_u64, 0_u64);
        for package in packages {
            let counts = [
                package.documents.never_registered(Class::Practical),
                package.documents.never_registered(Class::Institutional),
            ];
            let [first, second] = counts.map(|count| count.unwrap_or(0));
            practical = practical.saturating_add(first);
            institutional = institutional.saturating_add(second);
            unknown = unknown.saturating_add(u64::from(counts.contains(&None)));
        }
        let value = self.say(PortfolioWords::NotRegistered {
            practical,
            institutional,
            unknown,
        });
        let label = self.name(Name::NotRegistered);
        Some(self.figure(label, value, Meaning::NotRegistered))
    }

    pub(super) fn by_class(&mut self) -> Part {
        let counted = self.meaning(Meaning::Counted);
        let step = self.notes.define(Definition::Step);
        let mut table = Rows::of(self.text.label(Label::Class).to_owned())
            .defined(&self.name(Name::Registered), &counted)
            .number(self.name(Name::InPackages))
            .number(self.name(Name::Outside))
            .number(self.name(Name::Signed))
            .defined(&self.name(Name::WithStep), &step)
            .number(self.name(Name::Terminated));
        let overview = &self.overview;
        for class in [Class::Practical, Class::Institutional] {
            let all = overview.all.registered.of(class);
            let count = |of: ByClass| self.of(of.of(class), all);
            let numbers = vec![
                self.text.whole(all),
                count(overview.in_packages),
                count(overview.outside),
                count(overview.all.signed),
                count(overview.all.with_step),
                count(overview.terminated()),
            ];
            let words = self.text.opening(self.text.word(Word::Class(class)));
            table.row(words, Vec::new(), numbers);
        }
        self.part("by_class", Head::ByClass, vec![table.block()])
    }

    pub(super) fn health(&mut self) -> Part {
        let track = |class| self.question.models.ledger.track(class);
        let mark = self.meaning(Meaning::Health {
            practical: track(Class::Practical).review_interval_days,
            institutional: track(Class::Institutional).review_interval_days,
        });
        let mut table = Rows::of(format!("{} ({mark})", self.text.label(Label::Health)))
            .number(self.name(Name::Practical))
            .number(self.name(Name::Institutional));
        let all = self.overview.all.registered;
        for health in FARING {
            let count = self.overview.health.get(&health).copied();
            let count = count.unwrap_or_default();
            let words = self.text.word(Word::Health(health.as_str()));
            let numbers = vec![
                self.of(count.practical, all.practical),
                self.of(count.institutional, all.institutional),
            ];
            table.row(self.text.opening(words), Vec::new(), numbers);
        }
        self.part("health", Head::Health, vec![table.block()])
    }
}

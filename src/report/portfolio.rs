//! `portfolio`: all agreements on a day, counted: how far they came, how they fare, by class,
//! instrument, sector, country and package, and what money is stated of them.

mod counts;
mod funnel;
mod groups;
mod money;
mod packages;

use std::collections::BTreeMap;

use super::announced;
use super::document::Document;
use super::document::block::{Block, Figure, Part};
use super::facts::Wording;
use super::notes::Notes;
use super::opening;
use super::question::{PACKAGE, Question, Report, ReportError};
use super::tables::MOST_ROWS;
use super::text::pack::LanguagePack;
use super::text::sentence::portfolio::{Head, Meaning, Name, PortfolioWords};
use crate::deal::value::ids::StreamId;
use crate::projection::portfolio::overview::Overview;
use crate::projection::portfolio::package::PackageFacts;
use crate::projection::portfolio::roll::Scope;

/// The report.
pub const REPORT: Report = Report {
    name: "portfolio",
    version: 1,
    about: "all agreements counted: milestones, health, sectors, countries, packages, money",
    parameters: &[PACKAGE],
    compute,
};

/// The report while it is written.
struct Draft<'a> {
    question: Question<'a>,
    wording: Wording<'a>,
    text: &'a dyn LanguagePack,
    overview: Overview,
    /// The facts of as many packages as are named, by reference.
    named: Vec<PackageFacts<'a>>,
    scope: Scope,
    notes: Notes<'a>,
}

fn compute(question: &Question<'_>) -> Result<Document, ReportError> {
    let package = question.package()?;
    let scope = package
        .as_ref()
        .map_or(Scope::All, |(_, id)| Scope::Package(*id));
    let models = question.models;
    let register = models.register(question.day);
    let mut overview = Overview::of(&register, scope);
    let by_reference = &mut overview.packages;
    by_reference.sort_by(|a, b| a.reference.cmp(&b.reference));
    let named = by_reference.iter().take(MOST_ROWS);
    let named: Vec<StreamId> = named.map(|package| package.id).collect();
    register.unfold(&named);
    let named = named.into_iter();
    let named = named.filter_map(|package| register.package_facts(package));
    let draft = Draft {
        question: *question,
        wording: Wording {
            models,
            text: question.text,
        },
        text: question.text,
        named: named.collect(),
        overview,
        scope,
        notes: Notes::new(question),
    };
    let parameters = package.map(|(reference, _)| ("package".to_owned(), reference));
    Ok(draft.written(parameters.into_iter().collect()))
}

impl Draft<'_> {
    fn written(mut self, parameters: BTreeMap<String, String>) -> Document {
        let mut lines = vec![opening::times(&self.question)];
        lines.extend(opening::one_package(&self.question, self.scope));
        let mut parts = vec![opening::opening(lines)];
        if self.overview.is_empty() {
            parts.push(self.empty("empty", PortfolioWords::EmptyLedger));
        } else {
            parts.push(self.counts());
            if self.overview.all.registered.all() == 0 {
                parts.push(self.empty("none", PortfolioWords::NoAgreement));
            } else {
                parts.push(self.by_class());
                parts.push(self.milestones());
                parts.push(self.health());
                parts.push(self.by_instrument());
                parts.push(self.by_sector());
                parts.push(self.by_country());
            }
            parts.extend(self.by_package());
            parts.push(self.money());
            parts.push(self.declared());
            parts.extend(self.own_money());
            let named = &self.named;
            parts.extend(announced::disputes(self.wording, named, &mut self.notes));
            parts.extend(announced::assumptions(self.wording, named, &mut self.notes));
        }
        let title = self.say(PortfolioWords::PortfolioTitle {
            as_of: self.question.day,
        });
        self.notes.document(&REPORT, title, parameters, parts)
    }

    fn say(&self, sentence: PortfolioWords<'_>) -> String {
        self.text.portfolio(sentence)
    }

    fn name(&self, name: Name) -> String {
        self.say(PortfolioWords::Name(name))
    }

    /// The letter of what a figure means.
    fn meaning(&mut self, meaning: Meaning) -> String {
        let words = self.say(PortfolioWords::Meaning(meaning));
        self.notes.meaning(words)
    }

    /// "2 of 9"; of nothing there is no share.
    fn of(&self, count: u64, of: u64) -> String {
        if of == 0 {
            return self.name(Name::NotApplicable);
        }
        let of = Some(of);
        self.say(PortfolioWords::Of { count, of })
    }

    fn part(&self, name: &str, head: Head, blocks: Vec<Block>) -> Part {
        Part {
            name: name.to_owned(),
            heading: self.say(PortfolioWords::Head(head)),
            blocks,
        }
    }

    fn empty(&self, name: &str, sentence: PortfolioWords<'_>) -> Part {
        Part {
            name: name.to_owned(),
            heading: String::new(),
            blocks: vec![Block::Empty {
                text: self.say(sentence),
            }],
        }
    }

    fn figure(&mut self, label: String, value: String, meaning: Meaning) -> Figure {
        Figure {
            label,
            value,
            details: Vec::new(),
            definition: Some(self.meaning(meaning)),
            notes: Vec::new(),
        }
    }
}

//! `conversion`: how many practical agreements came to something, by each definition of the policy
//! in force; by instrument, by package and by value, with the agreements behind each figure.

mod behind;
mod cast;
mod counted;
mod splits;

use std::collections::BTreeMap;

use self::cast::Cast;
use super::document::Document;
use super::document::block::{Block, Figure, Line, Part};
use super::facts::Wording;
use super::notes::Notes;
use super::question::{PACKAGE, Question, Report, ReportError};
use super::rates::Rates;
use super::tables::MOST_ROWS;
use super::text::pack::LanguagePack;
use super::text::sentence::Heading;
use super::text::sentence::portfolio::{Head, Meaning, Name, PortfolioWords};
use super::{announced, opening};
use crate::deal::value::ids::StreamId;
use crate::projection::portfolio::conversion::Conversions;
use crate::projection::portfolio::conversion::rate::Rate;
use crate::projection::portfolio::package::{PackageCounts, PackageFacts};
use crate::projection::portfolio::register::Register;
use crate::projection::portfolio::roll::Scope;

/// The report.
pub const REPORT: Report = Report {
    name: "conversion",
    version: 1,
    about: "how many practical agreements came to something, by each definition of the policy",
    parameters: &[PACKAGE],
    compute,
};

/// The report while it is written.
struct Draft<'a> {
    question: Question<'a>,
    wording: Wording<'a>,
    text: &'a dyn LanguagePack,
    words: Rates<'a>,
    scope: Scope,
    register: &'a Register<'a>,
    cast: Cast,
    conversions: Conversions<'a>,
    /// The packages in scope, by reference.
    packages: Vec<PackageCounts>,
    /// The facts of as many of them as are named.
    named: Vec<PackageFacts<'a>>,
    /// The rates over everything in scope.
    rates: Vec<Rate<'a>>,
    notes: Notes<'a>,
}

fn compute(question: &Question<'_>) -> Result<Document, ReportError> {
    let package = question.package()?;
    let scope = package
        .as_ref()
        .map_or(Scope::All, |(_, id)| Scope::Package(*id));
    let parameters = package.map(|(reference, _)| ("package".to_owned(), reference));
    let register = question.models.register(question.day);
    let draft = counted(question, scope, &register);
    Ok(draft.written(parameters.into_iter().collect()))
}

/// Counts every agreement in scope, in one pass.
fn counted<'a>(question: &Question<'a>, scope: Scope, register: &'a Register<'a>) -> Draft<'a> {
    let models = question.models;
    let mut conversions = Conversions::by(&models.ledger.policy().conversions);
    let mut cast = Cast::default();
    let entries = register.by_stream(scope);
    for entry in &entries {
        conversions.add(entry);
        cast.add(entry);
    }
    let mut packages = register.sums(scope, entries.iter());
    packages.sort_by(|a, b| a.reference.cmp(&b.reference));
    let named = packages.iter().take(MOST_ROWS);
    let named: Vec<StreamId> = named.map(|package| package.id).collect();
    register.unfold(&named);
    let named = named.into_iter();
    let named = named.filter_map(|package| register.package_facts(package));
    Draft {
        question: *question,
        wording: Wording {
            models,
            text: question.text,
        },
        text: question.text,
        words: Rates {
            text: question.text,
            ledger: &models.ledger,
        },
        scope,
        named: named.collect(),
        rates: conversions.rates(packages.iter()),
        register,
        cast,
        conversions,
        packages,
        notes: Notes::new(question),
    }
}

impl Draft<'_> {
    fn written(mut self, parameters: BTreeMap<String, String>) -> Document {
        let mut lines = vec![opening::times(&self.question)];
        lines.extend(opening::one_package(&self.question, self.scope));
        let mut parts = vec![opening::opening(lines)];
        if self.packages.is_empty() && self.cast.is_empty() {
            let text = self.say(PortfolioWords::EmptyLedger);
            parts.push(Part {
                name: "empty".to_owned(),
                heading: String::new(),
                blocks: vec![Block::Empty { text }],
            });
        } else {
            parts.push(self.rated());
            parts.push(self.denominator());
            parts.extend(self.left_out());
            if !self.rates.is_empty() {
                parts.push(self.by_instrument());
                parts.extend(self.by_package());
                parts.push(self.by_value());
                parts.push(self.behind());
            }
            let (wording, packages) = (self.wording, &self.named);
            parts.extend(announced::disputes(wording, packages, &mut self.notes));
            parts.extend(announced::assumptions(wording, packages, &mut self.notes));
        }
        let title = self.say(PortfolioWords::ConversionTitle {
            as_of: self.question.day,
        });
        self.notes.document(&REPORT, title, parameters, parts)
    }

    /// The answer: what the rates are of, and each definition with its rate.
    fn rated(&mut self) -> Part {
        let words = self.words;
        let mut blocks = Vec::new();
        let first = self.rates.first();
        let mut rows: Vec<Figure> = first
            .map(|rate| words.denominator_row(&rate.denominator, &mut self.notes))
            .into_iter()
            .collect();
        for rate in &self.rates {
            rows.push(words.row(rate, &mut self.notes));
        }
        if rows.is_empty() {
            blocks.push(Block::Empty {
                text: self.say(PortfolioWords::NoDefinition),
            });
        } else {
            blocks.push(Block::Figures { rows });
        }
        Part {
            name: "rates".to_owned(),
            heading: self.text.heading(Heading::Conversion).to_owned(),
            blocks,
        }
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

    fn part(&self, name: &str, head: Head, blocks: Vec<Block>) -> Part {
        Part {
            name: name.to_owned(),
            heading: self.say(PortfolioWords::Head(head)),
            blocks,
        }
    }

    fn paragraph(&self, sentence: PortfolioWords<'_>) -> Block {
        Block::Paragraph {
            lines: vec![Line::new(self.say(sentence))],
        }
    }
}

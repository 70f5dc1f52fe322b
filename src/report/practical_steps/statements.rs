//! What the agency and others say, quoted as their words; and what was assumed in recording.

use std::collections::BTreeMap;

use super::Draft;
use crate::deal::state::{Book, Fact};
use crate::projection::description::claims::claims;
use crate::report::document::block::{Block, Line, Part};
use crate::report::facts::claims::quoted;
use crate::report::facts::inferred;
use crate::report::text::sentence::Heading;
use crate::report::text::sentence::record::Remark;

impl<'a> Draft<'a> {
    /// The books this report is about: packages in scope with their occasions, then agreements.
    pub(super) fn books(&self) -> Vec<&'a Book> {
        let status = self.portfolio.status;
        let mut packages = self.portfolio.packages(self.scope);
        packages.sort_by(|a, b| a.info.reference.cmp(b.info.reference));
        let mut books: Vec<&Book> = Vec::new();
        for package in &packages {
            books.push(package.book);
            let occasion = package.info.occasion.map(|stated| *stated.value);
            books.extend(occasion.and_then(|occasion| status.book(occasion)));
        }
        books.extend(self.members().iter().map(|member| member.standing.book));
        books.dedup_by_key(|book| book.id);
        books
    }

    pub(super) fn statements(&mut self) -> Part {
        let mut blocks = Vec::new();
        for book in self.books() {
            let fields = claims(book, self.until);
            if !fields.is_empty() {
                blocks.push(Block::Subheading {
                    text: self.wording.thing(book.id),
                });
            }
            for field in fields {
                blocks.extend(quoted(self.wording, &field, &mut self.notes));
            }
        }
        if blocks.is_empty() {
            blocks.push(Block::Empty {
                text: self.text.remark(Remark::NoClaim),
            });
        }
        self.part("statements", Heading::Claims, blocks)
    }

    /// What was inferred rather than read, each remark once with all it is about.
    pub(super) fn assumptions(&mut self) -> Part {
        let mut order: Vec<String> = Vec::new();
        let mut about: BTreeMap<String, (Vec<String>, Vec<&Fact>)> = BTreeMap::new();
        for book in self.books() {
            for fact in book.live().filter(|fact| fact.happened_by(self.until)) {
                let Some(words) = inferred(fact.payload()) else {
                    continue;
                };
                let words = self.text.text(words);
                let (things, facts) = about.entry(words.clone()).or_insert_with(|| {
                    order.push(words);
                    Default::default()
                });
                let thing = self.wording.thing(book.id);
                if !things.contains(&thing) {
                    things.push(thing);
                }
                facts.push(fact);
            }
        }
        let mut items = Vec::new();
        for words in order {
            let Some((things, facts)) = about.remove(&words) else {
                continue;
            };
            let about = self.text.list(&things);
            let text = self.text.remark(Remark::Assumption {
                about: &about,
                words: &words,
            });
            items.push(Line::new(text).noted(self.notes.cite_all(facts)));
        }
        let block = super::list_or(items, self.text.remark(Remark::NoAssumption));
        self.part("assumptions", Heading::Assumptions, vec![block])
    }
}

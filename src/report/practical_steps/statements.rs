//! What the agency and others say, quoted as their words; and what was assumed in recording.

use std::collections::BTreeMap;

use super::account::Marks;
use super::{Draft, list_or};
use crate::deal::state::Fact;
use crate::projection::description::claims::claims;
use crate::report::document::block::{Block, Line, Part};
use crate::report::facts::claims::quoted;
use crate::report::text::sentence::record::Remark;
use crate::report::text::sentence::{Heading, Listed};

impl Draft<'_> {
    pub(super) fn statements(&mut self) -> Part {
        let mut blocks = Vec::new();
        let named = self.things(|remarks| remarks.claims > 0, Marks::CLAIMED);
        for thing in named.first {
            let Some(book) = self.register.status.book(thing) else {
                continue;
            };
            blocks.push(Block::Subheading {
                text: self.wording.thing(thing),
            });
            for field in claims(book, self.period.until) {
                blocks.extend(quoted(self.wording, &field, &mut self.notes));
            }
        }
        blocks.extend(self.more(Listed::Things, named.more));
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
        let named = self.things(|remarks| remarks.inferred > 0, Marks::INFERRED);
        for thing in named.first {
            let Some(book) = self.register.status.book(thing) else {
                continue;
            };
            for fact in book
                .live()
                .filter(|fact| fact.happened_by(self.period.until))
            {
                let Some(words) = fact.payload().inferred() else {
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
        let mut blocks = vec![list_or(items, self.text.remark(Remark::NoAssumption))];
        blocks.extend(self.more(Listed::Things, named.more));
        self.part("assumptions", Heading::Assumptions, blocks)
    }
}

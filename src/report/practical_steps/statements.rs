//! What the agency and others say, quoted as their words; and what was assumed in recording.

use std::collections::BTreeMap;

use super::named::Remarked;
use super::{Draft, list_or};
use crate::deal::event::Kind;
use crate::deal::value::ids::StreamId;
use crate::projection::description::claims::claims;
use crate::projection::portfolio::card::Remarks;
use crate::projection::portfolio::marks::Marks;
use crate::projection::status::excerpt::Wanted;
use crate::report::document::block::{Block, Line, Part};
use crate::report::facts::claims::quoted;
use crate::report::notes::Citations;
use crate::report::text::sentence::record::Remark;
use crate::report::text::sentence::{Heading, Listed};

impl<'a> Draft<'a> {
    pub(super) fn statements(&mut self) -> Part {
        let mut blocks = Vec::new();
        let named = self.things(Remarked::Claims, Marks::CLAIMED);
        let status = self.register.status;
        let said = self.register.asked(&named.first, |thing| {
            let is_claim = |kind| matches!(kind, Kind::ClaimStated | Kind::ClaimPreferred);
            let is_claim = Wanted::Kinds(&is_claim);
            let heading = self.thing(*thing);
            status.excerpt(*thing, is_claim, |book| {
                let mut apart = self.notes.apart();
                let fields = claims(book, self.period.until);
                let fields = fields.iter();
                let quoted = fields.flat_map(|field| quoted(self.wording, field, &mut apart));
                (heading, quoted.collect::<Vec<Block>>(), apart)
            })
        });
        for (heading, mut quoted, apart) in said {
            let numbers = self.notes.citations.take_in(apart);
            for block in &mut quoted {
                if let Block::Claim { notes, .. } = block {
                    *notes = numbers.numbers(notes);
                }
            }
            blocks.push(Block::Subheading { text: heading });
            blocks.extend(quoted);
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
        let mut about: BTreeMap<String, (Vec<String>, Vec<Citations<'_>>)> = BTreeMap::new();
        let named = self.things(Remarked::Inferred, Marks::INFERRED);
        let said = self
            .register
            .asked(&named.first, |thing| self.inferred(*thing));
        for (thing, remarks) in said {
            for (words, cited) in remarks {
                let (things, facts) = about.entry(words.clone()).or_insert_with(|| {
                    order.push(words);
                    Default::default()
                });
                if !things.contains(&thing) {
                    things.push(thing.clone());
                }
                facts.push(cited);
            }
        }
        let mut items = Vec::new();
        for words in order {
            let Some((things, facts)) = about.remove(&words) else {
                continue;
            };
            let notes = facts
                .into_iter()
                .flat_map(|apart| self.notes.citations.take_in(apart).all());
            let mut notes: Vec<u32> = notes.collect();
            notes.sort_unstable();
            notes.dedup();
            let about = self.text.list(&things);
            let text = self.text.remark(Remark::Assumption {
                about: &about,
                words: &words,
            });
            items.push(Line::new(text).noted(notes));
        }
        let mut blocks = vec![list_or(items, self.text.remark(Remark::NoAssumption))];
        blocks.extend(self.more(Listed::Things, named.more));
        self.part("assumptions", Heading::Assumptions, blocks)
    }

    /// A thing in words, and each remark on what was inferred of it, with the fact that carries it.
    fn inferred(&self, thing: StreamId) -> Option<(String, Vec<(String, Citations<'a>)>)> {
        let wanted = Wanted::At(self.register.inferred(thing));
        self.register.status.excerpt(thing, wanted, |book| {
            let happened = Remarks::inferred(book);
            let happened = happened.filter(|fact| fact.happened_by(self.period.until));
            let remarks = happened.filter_map(|fact| {
                let words = self.text.text(fact.payload().inferred()?);
                let mut apart = self.notes.apart();
                apart.cite(fact);
                Some((words, apart))
            });
            (self.thing(thing), remarks.collect())
        })
    }
}

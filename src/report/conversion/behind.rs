//! The agreements behind each rate, by name while they are few, with the fact that counts.

use super::Draft;
use super::cast::MOST_NAMED;
use crate::projection::portfolio::conversion::rate::Rate;
use crate::projection::portfolio::criterion::met_by;
use crate::report::document::block::{Block, Fact as FactData, Line, Part};
use crate::report::facts::strength;
use crate::report::text::sentence::portfolio::{Head, PortfolioWords};
use crate::report::text::sentence::record::Trail;

impl<'a> Draft<'a> {
    pub(super) fn behind(&mut self) -> Part {
        let rates = std::mem::take(&mut self.rates);
        let mut blocks = Vec::new();
        for rate in &rates {
            blocks.push(Block::Subheading {
                text: self.say(PortfolioWords::Rated {
                    name: &self.text.name(&rate.definition.names),
                    rate: &self.words.value(rate),
                }),
            });
            blocks.push(self.agreements(rate));
        }
        self.rates = rates;
        self.part("behind", Head::Behind, blocks)
    }

    fn agreements(&mut self, rate: &Rate<'a>) -> Block {
        if rate.converted.is_empty() {
            return Block::Empty {
                text: self.say(PortfolioWords::Nobody),
            };
        }
        if rate.converted.len() > MOST_NAMED {
            let count = rate.numerator;
            return self.paragraph(PortfolioWords::TooMany { count });
        }
        let found = rate.converted.iter();
        let mut members: Vec<_> = found.filter_map(|id| self.register.told(*id)).collect();
        members.sort_by(|a, b| a.info.reference.cmp(b.info.reference));
        let mut items = Vec::new();
        for member in &members {
            let standing = &member.standing;
            let Some((step, fact)) = met_by(standing, &rate.definition.criterion) else {
                continue;
            };
            let what = self.wording.milestone(standing, step.code, strength(fact));
            let on = &fact.current().on;
            let told = self.text.trail(Trail::Milestone { what, on });
            let package = member
                .ties
                .package
                .map(|package| self.wording.reference(package));
            let text = self.say(PortfolioWords::Behind {
                agreement: &self.wording.agreement(&member.info),
                instrument: *member.info.instrument.value,
                package: package.as_deref(),
                step: &told,
                evidence: fact.evidence(),
            });
            let mut line = Line::new(text).noted([self.notes.cite(fact)]);
            line.fact = Some(FactData {
                agreement: member.info.reference.to_string(),
                milestone: step.code.to_owned(),
                on: on.clone(),
                day: fact.current().latest_day(),
                evidence: fact.evidence(),
            });
            items.push(line);
        }
        Block::List { items }
    }
}

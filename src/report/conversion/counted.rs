//! Who is counted, who stays in though ended, and who is left out and why.

use super::Draft;
use super::cast::{MOST_NAMED, Named};
use crate::deal::event::linked::Relation;
use crate::deal::state::Fact;
use crate::deal::value::ids::StreamId;
use crate::projection::description;
use crate::projection::portfolio::telling::Told;
use crate::projection::standing::health::Pause;
use crate::report::document::block::{Block, Figure, Part};
use crate::report::text::sentence::portfolio::{Head, Meaning, Name, PortfolioWords};
use crate::report::text::sentence::{Definition, Label};

/// The fact for which an agreement is where it is.
type Reason<'a> = fn(&Draft<'a>, &Told<'a>) -> Option<&'a Fact>;

impl<'a> Draft<'a> {
    pub(super) fn denominator(&mut self) -> Part {
        let mut rows: Vec<Figure> = Vec::new();
        if let Some(rate) = self.rates.first() {
            let denominator = rate.denominator.clone();
            let mark = Some(self.notes.define(Definition::Denominator));
            if denominator.value.is_none() {
                rows.push(self.not_known(&denominator.unknown));
            }
            rows.push(Figure {
                label: self.text.label(Label::Registered).to_owned(),
                value: self.text.whole(denominator.registered),
                details: Vec::new(),
                definition: mark,
                notes: Vec::new(),
            });
        }
        let terminated = std::mem::take(&mut self.cast.terminated);
        let row = self.named(
            Name::Terminated,
            Meaning::TerminatedStay,
            &terminated,
            ended,
        );
        rows.push(row);
        self.part(
            "denominator",
            Head::Denominator,
            vec![Block::Figures { rows }],
        )
    }

    /// Who is in no denominator; nothing where all are.
    pub(super) fn left_out(&mut self) -> Option<Part> {
        let superseded = std::mem::take(&mut self.cast.superseded);
        let duplicates = std::mem::take(&mut self.cast.duplicates);
        let not_signed = std::mem::take(&mut self.cast.not_signed);
        let groups: [(Name, Named, Reason<'a>); 3] = [
            (Name::Superseded, superseded, replaced),
            (Name::Duplicates, duplicates, registered_twice),
            (Name::NotSigned, not_signed, |_, member| {
                Some(member.info.registration)
            }),
        ];
        if groups.iter().all(|(_, named, _)| named.count == 0) {
            return None;
        }
        let rows = groups
            .iter()
            .map(|(name, named, fact)| self.named(*name, Meaning::LeftOut, named, *fact))
            .collect();
        Some(self.part("left_out", Head::LeftOut, vec![Block::Figures { rows }]))
    }

    /// How many, and which if they are few enough.
    fn named(&mut self, name: Name, meaning: Meaning, named: &Named, fact: Reason<'a>) -> Figure {
        let members = named.all().iter().filter_map(|id| self.register.told(*id));
        let members: Vec<Told<'a>> = members.collect();
        let who: Vec<String> = members
            .iter()
            .map(|member| self.wording.agreement(&member.info))
            .collect();
        let facts: Vec<&Fact> = members
            .iter()
            .filter_map(|member| fact(self, member))
            .collect();
        Figure {
            label: self.name(name),
            value: self.text.whole(named.count),
            details: if who.is_empty() {
                Vec::new()
            } else {
                vec![self.text.list(&who)]
            },
            definition: Some(self.meaning(meaning)),
            notes: self.notes.cite_all(facts),
        }
    }

    /// The packages that do not say how many of their documents are practical.
    fn not_known(&mut self, unknown: &[StreamId]) -> Figure {
        let few = if unknown.len() <= MOST_NAMED {
            unknown
        } else {
            &[]
        };
        let status = self.register.status;
        let facts: Vec<&Fact> = few
            .iter()
            .filter_map(|package| description::package(status.book(*package)?))
            .map(|info| info.declared_counts.fact)
            .collect();
        let names: Vec<String> = few.iter().map(|id| self.wording.thing(*id)).collect();
        let count = unknown.len() as u64;
        let of = Some(self.packages.len() as u64);
        Figure {
            label: self.name(Name::CountNotKnown),
            value: self.say(PortfolioWords::PackagesOf { count, of }),
            details: if names.is_empty() {
                Vec::new()
            } else {
                vec![self.text.list(&names)]
            },
            definition: Some(self.meaning(Meaning::Declared)),
            notes: self.notes.cite_all(facts),
        }
    }
}

/// The fact that ended an agreement.
fn ended<'a>(_: &Draft<'a>, member: &Told<'a>) -> Option<&'a Fact> {
    let lasting = member.standing.intervals.iter();
    let ended = lasting.filter(|interval| interval.ended.is_none());
    ended
        .filter(|interval| interval.pause == Pause::Termination)
        .map(|interval| interval.began)
        .next_back()
}

/// The link by which another agreement took its place.
fn replaced<'a>(draft: &Draft<'a>, member: &Told<'a>) -> Option<&'a Fact> {
    let by = draft.register.status.book(member.ties.superseded_by?)?;
    let links = description::agreement(by)?.links;
    let is_it = |link: &description::Link<'a>| {
        link.relation == Relation::Supersedes && link.target == member.info.id
    };
    links.into_iter().find(is_it).map(|link| link.fact)
}

/// The link by which it is the same as another agreement.
fn registered_twice<'a>(_: &Draft<'a>, member: &Told<'a>) -> Option<&'a Fact> {
    let links = member.info.links.iter();
    let is_it = |link: &&description::Link<'a>| {
        link.relation == Relation::DuplicateOf && Some(link.target) == member.ties.duplicate_of
    };
    links.into_iter().find(is_it).map(|link| link.fact)
}

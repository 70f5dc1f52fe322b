//! One line an agreement, by officer and review tier.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Draft;
use super::case::Case;
use crate::deal::value::ids::ActorId;
use crate::projection::portfolio::Member;
use crate::report::document::block::{Align, Block, Cell, Column as TableColumn, Line, Part};
use crate::report::text::sentence::follow_up::{Column, FollowUp, Section};

/// Whose agreements of which tier; nobody's come first.
type Key<'a> = (Option<&'a ActorId>, usize);

impl<'a> Draft<'a> {
    /// Every agreement that goes on, with what is the matter.
    pub(super) fn agreements(&mut self, open: &[Member<'a>]) -> Vec<Case<'a>> {
        let mut cases = Vec::new();
        for member in open {
            let matters = self.matters(member);
            let standing = &member.standing;
            let lead = match standing.last_news {
                Some(day) => {
                    let days = self.portfolio.day.signed_duration_since(day).num_days();
                    FollowUp::LastNews { day, days }
                }
                None => FollowUp::NeverHeard,
            };
            cases.push(Case {
                id: member.id(),
                officer: standing.officer,
                tier: self.tier_of(member),
                lead: Some(self.text.follow_up(lead)),
                matters,
            });
        }
        cases
    }

    /// An agreement without a tier belongs to the first; one whose tier the policy in force does not
    /// have stands after all others.
    fn tier_of(&self, member: &Member<'_>) -> usize {
        let tiers = &self.portfolio.ledger.policy().review_tiers;
        let Some(stated) = member.info.review_tier else {
            return 0;
        };
        let place = tiers.iter().position(|tier| tier.code == *stated.value);
        place.unwrap_or(tiers.len())
    }

    fn tier(&self, place: usize) -> (String, Option<u32>) {
        let tiers = &self.portfolio.ledger.policy().review_tiers;
        match tiers.get(place) {
            Some(tier) => (self.text.name(&tier.names), Some(tier.review_every_days)),
            None => {
                use crate::report::text::sentence::Word;
                (self.text.word(Word::NotKnown).to_owned(), None)
            }
        }
    }

    fn groups<'c>(cases: &'c [Case<'a>]) -> BTreeMap<Key<'a>, Vec<&'c Case<'a>>> {
        let mut groups: BTreeMap<Key<'a>, Vec<&'c Case<'a>>> = BTreeMap::new();
        for case in cases {
            let key = (case.officer, case.tier);
            groups.entry(key).or_default().push(case);
        }
        groups
    }

    /// How many agreements of each officer and tier need attention.
    pub(super) fn by_officer(&self, cases: &[Case<'a>]) -> Part {
        let column = |column, align| TableColumn {
            title: self.text.follow_up(FollowUp::Column(column)),
            align,
        };
        let cell = |text: String| Cell {
            text,
            notes: Vec::new(),
        };
        let mut rows = Vec::new();
        for ((officer, tier), group) in Self::groups(cases) {
            let flagged = group.iter().filter(|case| !case.is_empty()).count();
            let officer = FollowUp::Officer(officer.map(ActorId::as_str));
            rows.push(vec![
                cell(self.text.follow_up(officer)),
                cell(self.tier(tier).0),
                cell(self.text.whole(flagged as u64)),
                cell(self.text.whole(group.len() as u64)),
            ]);
        }
        let table = Block::Table {
            columns: vec![
                column(Column::Officer, Align::Left),
                column(Column::Tier, Align::Left),
                column(Column::WithMatter, Align::Right),
                column(Column::LookedAt, Align::Right),
            ],
            rows,
        };
        self.part("by_officer", Section::ByOfficer, vec![table])
    }

    pub(super) fn agreement_lines(&self, cases: &[Case<'a>]) -> Part {
        let order = match self.officer {
            Some(_) => FollowUp::OrderOfOne,
            None => FollowUp::Order,
        };
        let mut blocks = vec![Block::Paragraph {
            lines: vec![Line::new(self.text.follow_up(order))],
        }];
        for ((officer, tier), group) in Self::groups(cases) {
            let mut flagged: Vec<&Case<'a>> = group
                .iter()
                .copied()
                .filter(|case| !case.is_empty())
                .collect();
            if flagged.is_empty() {
                continue;
            }
            // The cases come by reference, and a stable order keeps that among equals.
            flagged.sort_by_key(|case| Reverse(case.latest()));
            let (name, every_days) = self.tier(tier);
            blocks.push(Block::Subheading {
                text: self.text.follow_up(FollowUp::Group {
                    officer: officer.map(ActorId::as_str),
                    tier: &name,
                    every_days,
                    flagged: flagged.len() as u64,
                    of: group.len() as u64,
                }),
            });
            let items = flagged.iter().map(|case| self.line(case)).collect();
            blocks.push(Block::List { items });
        }
        if blocks.len() == 1 {
            blocks = vec![Block::Empty {
                text: self.text.follow_up(FollowUp::NoAgreement),
            }];
        }
        self.part("agreements", Section::Agreements, blocks)
    }

    /// The thing, what is the matter, and what to do.
    pub(super) fn line(&self, case: &Case<'_>) -> Line {
        let mut sentences: Vec<&str> = case.lead.iter().map(String::as_str).collect();
        let told = case.matters.iter().map(|matter| matter.text.as_str());
        sentences.extend(told.filter(|text| !text.is_empty()));
        let mut actions: Vec<String> = Vec::new();
        for matter in &case.matters {
            let action = self.text.follow_up(FollowUp::Action(matter.action));
            if !actions.contains(&action) {
                actions.push(action);
            }
        }
        let to_do = self.text.follow_up(FollowUp::ToDo { actions: &actions });
        let text = format!(
            "{}: {} {to_do}",
            self.wording.thing(case.id),
            sentences.join(" ")
        );
        let notes = case.matters.iter().flat_map(|matter| matter.notes.clone());
        Line::new(text).noted(notes)
    }
}

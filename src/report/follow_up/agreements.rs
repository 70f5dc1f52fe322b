//! One line an agreement, by officer and review tier.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::Draft;
use super::case::{Case, Told};
use crate::deal::value::ids::{ActorId, StreamId};
use crate::projection::portfolio::card::Card;
use crate::projection::standing::Standing;
use crate::report::document::block::{Align, Block, Cell, Column as TableColumn, Line, Part};
use crate::report::text::sentence::follow_up::{Column, FollowUp, Section};

/// Whose agreements of which tier; nobody's come first.
type Key<'a> = (Option<&'a ActorId>, usize);

/// As many cases of one officer and tier a list of all officers names.
const MOST_OF_A_GROUP: usize = 100;
/// As many the list of one officer names.
const MOST_OF_ONE: usize = 1_000;
/// As many other things are named.
const MOST_OTHERS: usize = 100;

impl Draft<'_> {
    /// The things that are named: of each officer and tier those that are the most late.
    pub(super) fn named(&self, agreements: &[Case], others: &[Case]) -> BTreeSet<StreamId> {
        let mut named = BTreeSet::new();
        for group in Self::groups(agreements).values() {
            let shown = flagged(group).into_iter().take(self.most());
            named.extend(shown.map(|case| case.id));
        }
        let others = others.iter().filter(|case| !case.is_empty());
        named.extend(others.take(MOST_OTHERS).map(|case| case.id));
        named
    }

    fn most(&self) -> usize {
        match self.officer {
            Some(_) => MOST_OF_ONE,
            None => MOST_OF_A_GROUP,
        }
    }

    /// What is the matter in words, of those that are named: agreements by reference, then other things.
    pub(super) fn told(
        &mut self,
        agreements: &[Case],
        others: &[Case],
        named: &BTreeSet<StreamId>,
    ) -> BTreeMap<StreamId, Told> {
        let mut told = BTreeMap::new();
        for case in agreements.iter().filter(|case| named.contains(&case.id)) {
            if let Some(member) = self.roll.member(case.id) {
                told.insert(case.id, self.agreement(&member.standing));
            }
        }
        for case in others.iter().filter(|case| named.contains(&case.id)) {
            let matters = self.other(case.id);
            let lead = None;
            told.insert(case.id, Told { lead, matters });
        }
        told
    }

    fn agreement(&mut self, standing: &Standing<'_>) -> Told {
        let matters = self.matters(standing);
        let lead = match standing.last_news {
            Some(day) => {
                let days = self.roll.day.signed_duration_since(day).num_days();
                FollowUp::LastNews { day, days }
            }
            None => FollowUp::NeverHeard,
        };
        Told {
            lead: Some(self.text.follow_up(lead)),
            matters,
        }
    }

    /// An agreement without a tier belongs to the first; one whose tier the policy in force does not
    /// have stands after all others.
    pub(super) fn tier_of(&self, card: &Card) -> usize {
        let tiers = &self.roll.ledger.policy().review_tiers;
        let Some(stated) = &card.review_tier else {
            return 0;
        };
        let place = tiers.iter().position(|tier| tier.code == *stated);
        place.unwrap_or(tiers.len())
    }

    fn tier(&self, place: usize) -> (String, Option<u32>) {
        let tiers = &self.roll.ledger.policy().review_tiers;
        match tiers.get(place) {
            Some(tier) => (self.text.name(&tier.names), Some(tier.review_every_days)),
            None => {
                use crate::report::text::sentence::Word;
                (self.text.word(Word::NotKnown).to_owned(), None)
            }
        }
    }

    fn groups(cases: &[Case]) -> BTreeMap<Key<'_>, Vec<&Case>> {
        let mut groups: BTreeMap<Key<'_>, Vec<&Case>> = BTreeMap::new();
        for case in cases {
            let key = (case.officer.as_ref(), case.tier);
            groups.entry(key).or_default().push(case);
        }
        groups
    }

    /// How many agreements of each officer and tier need attention.
    pub(super) fn by_officer(&self, cases: &[Case]) -> Part {
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

    pub(super) fn agreement_lines(&self, cases: &[Case], told: &BTreeMap<StreamId, Told>) -> Part {
        let order = match self.officer {
            Some(_) => FollowUp::OrderOfOne,
            None => FollowUp::Order,
        };
        let mut blocks = vec![Block::Paragraph {
            lines: vec![Line::new(self.text.follow_up(order))],
        }];
        for ((officer, tier), group) in Self::groups(cases) {
            let flagged = flagged(&group);
            if flagged.is_empty() {
                continue;
            }
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
            let shown = flagged.iter().take(self.most());
            let items = shown.filter_map(|case| Some(self.line(case.id, told.get(&case.id)?)));
            blocks.push(Block::List {
                items: items.collect(),
            });
            blocks.extend(self.more(flagged.len(), self.most()));
        }
        if blocks.len() == 1 {
            blocks = vec![Block::Empty {
                text: self.text.follow_up(FollowUp::NoAgreement),
            }];
        }
        self.part("agreements", Section::Agreements, blocks)
    }

    /// The line that says how many more there are than are named; nothing where there are none.
    fn more(&self, all: usize, named: usize) -> Option<Block> {
        let count = all.saturating_sub(named) as u64;
        let of_one = self.officer.is_some();
        let line = || Line::new(self.text.follow_up(FollowUp::More { count, of_one }));
        (count > 0).then(|| Block::Paragraph {
            lines: vec![line()],
        })
    }

    pub(super) fn other_lines(&self, cases: &[Case], told: &BTreeMap<StreamId, Told>) -> Part {
        let flagged = cases.iter().filter(|case| !case.is_empty());
        let all = flagged.clone().count();
        let shown = flagged.take(MOST_OTHERS);
        let items = shown.filter_map(|case| Some(self.line(case.id, told.get(&case.id)?)));
        let items: Vec<Line> = items.collect();
        let mut blocks = vec![if items.is_empty() {
            Block::Empty {
                text: self.text.follow_up(FollowUp::NoOther),
            }
        } else {
            Block::List { items }
        }];
        blocks.extend(self.more(all, MOST_OTHERS));
        self.part("others", Section::Others, blocks)
    }

    /// The thing, what is the matter, and what to do.
    fn line(&self, thing: StreamId, told: &Told) -> Line {
        let mut sentences: Vec<&str> = told.lead.iter().map(String::as_str).collect();
        let matters = told.matters.iter().map(|matter| matter.text.as_str());
        sentences.extend(matters.filter(|text| !text.is_empty()));
        let mut actions: Vec<String> = Vec::new();
        for matter in &told.matters {
            let action = self.text.follow_up(FollowUp::Action(matter.action));
            if !actions.contains(&action) {
                actions.push(action);
            }
        }
        let to_do = self.text.follow_up(FollowUp::ToDo { actions: &actions });
        let text = format!(
            "{}: {} {to_do}",
            self.wording.thing(thing),
            sentences.join(" ")
        );
        let notes = told.matters.iter().flat_map(|matter| matter.notes.clone());
        Line::new(text).noted(notes)
    }
}

/// Those of a group with anything that is the matter, the most late first; they come by reference, and a stable order keeps
/// that among equals.
fn flagged<'c>(group: &[&'c Case]) -> Vec<&'c Case> {
    let flagged = group.iter().copied().filter(|case| !case.is_empty());
    let mut flagged: Vec<&Case> = flagged.collect();
    flagged.sort_by_key(|case| Reverse(case.latest()));
    flagged
}

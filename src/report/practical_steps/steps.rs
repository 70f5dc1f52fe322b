//! The steps: by agreement, then by sector; raised strengths; earlier steps learned since.

use std::collections::BTreeMap;

use super::{Draft, list_or};
use crate::projection::portfolio::Member;
use crate::report::document::block::{Align, Block, Cell, Column, Line, Part};
use crate::report::past::Earlier;
use crate::report::text::sentence::issuing::Issuing;
use crate::report::text::sentence::{Heading, Label, StepWords, Word};

impl<'a> Draft<'a> {
    pub(super) fn steps(&mut self) -> Part {
        let members = self.told(true);
        let mut blocks = self.step_blocks(&members);
        if blocks.is_empty() {
            blocks.push(Block::Empty {
                text: self.text.step(StepWords::NoneInWindow),
            });
        } else {
            blocks.push(Block::Subheading {
                text: self.text.heading(Heading::BySector).to_owned(),
            });
            blocks.push(self.by_sector(&members));
        }
        self.part("steps", Heading::Steps, blocks)
    }

    /// Steps of documents between institutions, if there are any.
    pub(super) fn institutional_steps(&mut self) -> Option<Part> {
        let members = self.told(false);
        let blocks = self.step_blocks(&members);
        let heading = Heading::InstitutionalSteps;
        (!blocks.is_empty()).then(|| self.part("institutional_steps", heading, blocks))
    }

    /// A heading and a list for each agreement with a step in the period or a reversal.
    fn step_blocks(&mut self, members: &[Member<'a>]) -> Vec<Block> {
        let mut blocks = Vec::new();
        for member in members {
            let standing = &member.standing;
            let reference = member.info.reference.as_str();
            let mut items: Vec<Line> = standing
                .steps_between(self.since, self.until)
                .filter_map(|step| {
                    self.wording
                        .step(standing, reference, step, &mut self.notes)
                })
                .collect();
            let since = self.since;
            let recent = standing.reversed.iter().filter(|reversed| {
                standing.track.is_step(reversed.code)
                    && since.is_none_or(|since| reversed.day >= since)
            });
            for reversed in recent {
                items.push(self.wording.reversed(standing, reversed, &mut self.notes));
            }
            if !items.is_empty() {
                blocks.push(Block::Subheading {
                    text: self.wording.agreement(&member.info),
                });
                blocks.push(Block::List { items });
            }
        }
        blocks
    }

    /// Steps of the period by sector; an agreement of two sectors stands in both rows.
    fn by_sector(&self, members: &[Member<'a>]) -> Block {
        let mut sectors: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for member in members.iter().filter(|member| member.counts()) {
            let steps = member
                .standing
                .steps_between(self.since, self.until)
                .count() as u64;
            let mut names: Vec<String> = member
                .info
                .sectors
                .value
                .iter()
                .map(|sector| self.text.text(&sector.text))
                .collect();
            if names.is_empty() {
                names.push(self.text.word(Word::NotKnown).to_owned());
            }
            names.sort();
            names.dedup();
            for name in names {
                let (agreements, all) = sectors.entry(name).or_default();
                *agreements = agreements.saturating_add(1);
                *all = all.saturating_add(steps);
            }
        }
        let column = |label, align| Column {
            title: self.text.label(label).to_owned(),
            align,
        };
        let cell = |text: String| Cell {
            text,
            notes: Vec::new(),
        };
        Block::Table {
            columns: vec![
                column(Label::Sector, Align::Left),
                column(Label::Registered, Align::Right),
                column(Label::Steps, Align::Right),
            ],
            rows: sectors
                .into_iter()
                .map(|(name, (agreements, steps))| {
                    vec![
                        cell(self.text.opening(&name)),
                        cell(self.text.whole(agreements)),
                        cell(self.text.whole(steps)),
                    ]
                })
                .collect(),
        }
    }

    pub(super) fn strengthened(&mut self) -> Part {
        let mut items = Vec::new();
        for member in self.told(true).iter().chain(&self.told(false)) {
            let standing = &member.standing;
            for (reached, raised) in standing.strengthened_between(self.since, self.until) {
                let line = self
                    .wording
                    .strengthened(standing, reached, raised, &mut self.notes);
                items.push(about(self.wording.agreement(&member.info), line));
            }
        }
        let block = list_or(items, self.text.step(StepWords::NoneStrengthened));
        self.part("strengthened", Heading::Strengthened, vec![block])
    }

    /// Steps before the period that were learned only in it, or since the issue that is followed;
    /// without a first day there is no before.
    pub(super) fn learned_since(&mut self) -> Option<Part> {
        let since = self.since?;
        let follows = self.follows;
        let learned = follows.map(|earlier| (self.portfolio.status, earlier.known_at));
        let mut items = Vec::new();
        for member in self.told(true).iter().chain(&self.told(false)) {
            let standing = &member.standing;
            let reference = member.info.reference.as_str();
            for step in standing.steps_learned_since(since, learned) {
                let line = self
                    .wording
                    .step(standing, reference, step, &mut self.notes);
                items.extend(line.map(|mut line| {
                    line.text = self.text.step(StepWords::Learned {
                        sentence: &line.text,
                        recorded: step.learned_day(),
                    });
                    about(self.wording.agreement(&member.info), line)
                }));
            }
        }
        let nothing = match follows {
            Some(Earlier { number, .. }) => self.text.issuing(Issuing::NothingLearned { number }),
            None => self.text.step(StepWords::NoneLearned),
        };
        let block = list_or(items, nothing);
        Some(self.part("learned_since", Heading::LearnedSince, vec![block]))
    }
}

/// The line with what it is about before it.
pub(super) fn about(thing: String, mut line: Line) -> Line {
    line.text = format!("{thing}: {}", line.text);
    line
}

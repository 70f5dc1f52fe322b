//! The steps: by agreement, then by sector; raised strengths; earlier steps learned since.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::named::{MOST, MOST_WITH_STEPS, is_told};
use super::{Draft, list_or};
use crate::deal::value::text::Text;
use crate::projection::portfolio::roll::Counted;
use crate::report::document::block::{Align, Block, Cell, Column, Line, Part};
use crate::report::past::Earlier;
use crate::report::text::sentence::issuing::Issuing;
use crate::report::text::sentence::{Heading, Label, Listed, StepWords, Word};

impl Draft<'_> {
    pub(super) fn steps(&mut self) -> Part {
        let mut blocks = self.step_blocks(true);
        if blocks.is_empty() {
            blocks.push(Block::Empty {
                text: self.text.step(StepWords::NoneInWindow),
            });
        } else {
            blocks.push(Block::Subheading {
                text: self.text.heading(Heading::BySector).to_owned(),
            });
            blocks.push(self.by_sector());
        }
        self.part("steps", Heading::Steps, blocks)
    }

    /// Steps of documents between institutions, if there are any.
    pub(super) fn institutional_steps(&mut self) -> Option<Part> {
        let blocks = self.step_blocks(false);
        let heading = Heading::InstitutionalSteps;
        (!blocks.is_empty()).then(|| self.part("institutional_steps", heading, blocks))
    }

    /// A heading and a list for each agreement with a step in the period or a reversal.
    fn step_blocks(&mut self, practical: bool) -> Vec<Block> {
        let (since, until) = (self.since, self.until);
        let is_recent = move |day| since.is_none_or(|since| day >= since);
        let named = self.told(practical, MOST_WITH_STEPS, |counted| {
            let mut reversals = counted.card.reversals.iter();
            counted.card.steps_between(since, until) > 0 || reversals.any(|day| is_recent(*day))
        });
        let mut blocks = Vec::new();
        for member in &named.first {
            let standing = &member.standing;
            let reference = member.info.reference.as_str();
            let mut items: Vec<Line> = standing
                .steps_between(since, until)
                .filter_map(|step| {
                    self.wording
                        .step(standing, reference, step, &mut self.notes)
                })
                .collect();
            let recent = standing.reversed.iter().filter(|reversed| {
                standing.track.is_step(reversed.code) && is_recent(reversed.day)
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
        blocks.extend(self.more(Listed::WithSteps, named.more));
        blocks
    }

    /// Steps of the period by sector; an agreement of two sectors stands in both rows.
    fn by_sector(&self) -> Block {
        // By the words alone first: a name is put into the language's words once, not once an agreement.
        let mut by_words: BTreeMap<Option<&Text>, (u64, u64)> = BTreeMap::new();
        let counted = self.roll.counted(self.scope);
        for counted in counted.filter(|one| is_told(one, true) && one.counts()) {
            let steps = counted.card.steps_between(self.since, self.until);
            let mut sectors: Vec<Option<&Text>> = counted.card.sectors.iter().map(Some).collect();
            if sectors.is_empty() {
                sectors.push(None);
            }
            sectors.sort_unstable();
            sectors.dedup_by_key(|sector| sector.map(|text| text.plain()));
            for sector in sectors {
                let (agreements, all) = by_words.entry(sector).or_default();
                *agreements = agreements.saturating_add(1);
                *all = all.saturating_add(steps);
            }
        }
        let mut sectors: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for (sector, (agreements, steps)) in by_words {
            let name = sector.map(|text| self.text.text(text));
            let name = name.unwrap_or_else(|| self.text.word(Word::NotKnown).to_owned());
            let row = sectors.entry(name).or_default();
            row.0 = row.0.saturating_add(agreements);
            row.1 = row.1.saturating_add(steps);
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
        let (since, until) = (self.since, self.until);
        let is_raised = |counted: &Counted<'_>| {
            let mut days = counted.card.steps().flat_map(|step| &step.raised);
            days.any(|day| since.is_none_or(|since| *day >= since) && *day <= until)
        };
        let mut items = Vec::new();
        let mut left = 0_u64;
        for practical in [true, false] {
            let named = self.told(practical, MOST, is_raised);
            left = left.saturating_add(named.more);
            for member in &named.first {
                let standing = &member.standing;
                for (reached, raised) in standing.strengthened_between(since, until) {
                    let line =
                        self.wording
                            .strengthened(standing, reached, raised, &mut self.notes);
                    items.push(about(self.wording.agreement(&member.info), line));
                }
            }
        }
        let nothing = self.text.step(StepWords::NoneStrengthened);
        let mut blocks = vec![list_or(items, nothing)];
        blocks.extend(self.more(Listed::Agreements, left));
        self.part("strengthened", Heading::Strengthened, blocks)
    }

    /// Steps before the period that were learned only in it, or since the issue that is followed;
    /// without a first day there is no before.
    pub(super) fn learned_since(&mut self) -> Option<Part> {
        let since = self.since?;
        let follows = self.follows;
        let learned = follows.map(|earlier| (self.roll.status, earlier.known_at));
        let mut items = Vec::new();
        let mut left = 0_u64;
        for practical in [true, false] {
            let named = self.told(practical, MOST, |counted| self.learned(counted, since) > 0);
            let told = |counted: &Counted<'_>| match is_told(counted, practical) {
                true => self.learned(counted, since),
                false => 0,
            };
            if named.more > 0 {
                left = left.saturating_add(self.left(&named.first, told));
            }
            for member in &named.first {
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
        }
        let nothing = match follows {
            Some(Earlier { number, .. }) => self.text.issuing(Issuing::NothingLearned { number }),
            None => self.text.step(StepWords::NoneLearned),
        };
        let mut blocks = vec![list_or(items, nothing)];
        blocks.extend(self.more(Listed::Steps, left));
        Some(self.part("learned_since", Heading::LearnedSince, blocks))
    }

    /// How many steps before the period were learned only in it, or since the issue that is followed.
    fn learned(&self, counted: &Counted<'_>, since: NaiveDate) -> u64 {
        let earlier = || counted.card.steps().filter(|step| step.day < since);
        let Some(follows) = self.follows else {
            return earlier().filter(|step| step.learned_day >= since).count() as u64;
        };
        if !earlier().any(|step| step.is_moved) {
            let learned = earlier().filter(|step| step.learned >= follows.known_at);
            return learned.count() as u64;
        }
        // When a moved fact was learned stands in the book it came from.
        let member = self.roll.member(counted.card.id);
        let position = Some((self.roll.status, follows.known_at));
        let learned = member.map(|member| {
            let steps = member.standing.steps_learned_since(since, position);
            steps.count() as u64
        });
        learned.unwrap_or(0)
    }
}

/// The line with what it is about before it.
pub(super) fn about(thing: String, mut line: Line) -> Line {
    line.text = format!("{thing}: {}", line.text);
    line
}

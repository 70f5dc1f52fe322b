//! The steps: by agreement, then by sector; raised strengths; earlier steps learned since.

use std::collections::BTreeMap;

use super::account::InSector;
use super::named::{MOST, MOST_WITH_STEPS, Said, Topic};
use super::{Draft, list_or};
use crate::projection::portfolio::marks::Marks;
use crate::projection::portfolio::telling::Seen;
use crate::projection::standing::milestones::Reached;
use crate::report::document::block::{Align, Block, Cell, Column, Line, Part};
use crate::report::notes::Citations;
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
        let marks = Marks::told(practical).and(Marks::MOVED);
        let named = self.said(MOST_WITH_STEPS, marks, Topic::Steps, Self::step_lines);
        let mut blocks = Vec::new();
        for said in named.first {
            if said.lines.is_empty() {
                continue;
            }
            blocks.push(Block::Subheading { text: said.about });
            blocks.push(Block::List { items: said.lines });
        }
        blocks.extend(self.more(Listed::WithSteps, named.more));
        blocks
    }

    /// The steps of an agreement in the period, and their reversals.
    fn step_lines(&self, seen: &Seen<'_>, notes: &mut Citations<'_>) -> Vec<Line> {
        let period = self.period;
        let standing = &seen.standing;
        let reference = seen.course.reference.as_str();
        let steps = standing.steps_between(period.since, period.until);
        let mut items: Vec<Line> = steps
            .filter_map(|step| self.wording.step(standing, reference, step, notes))
            .collect();
        let recent = standing.reversed.iter().filter(|reversed| {
            standing.track.is_step(reversed.code) && period.is_recent(reversed.day)
        });
        for reversed in recent {
            items.push(self.wording.reversed(standing, reversed, notes));
        }
        items
    }

    /// Steps of the period by sector; an agreement of two sectors stands in both rows.
    fn by_sector(&self) -> Block {
        // A name is put into the language's words once, not once an agreement.
        let named = self.register.sectors().map(|(words, number)| {
            let agreements = self.census.sectors.get(number as usize);
            let row = InSector {
                agreements: agreements.copied().unwrap_or(0),
                steps: self.accounts.steps(Some(number)),
            };
            (self.text.text(words), row)
        });
        let without = InSector {
            agreements: self.census.without_sector,
            steps: self.accounts.steps(None),
        };
        let not_known = (self.text.word(Word::NotKnown).to_owned(), without);
        let mut sectors: BTreeMap<String, InSector> = BTreeMap::new();
        for (name, row) in named.chain([not_known]) {
            if row.agreements > 0 {
                sectors.entry(name).or_default().add(row);
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
                .map(|(name, row)| {
                    vec![
                        cell(self.text.opening(&name)),
                        cell(self.text.whole(row.agreements)),
                        cell(self.text.whole(row.steps)),
                    ]
                })
                .collect(),
        }
    }

    pub(super) fn strengthened(&mut self) -> Part {
        let period = self.period;
        let mut items = Vec::new();
        let mut left = 0_u64;
        for practical in [true, false] {
            let raised = Marks::told(practical).and(Marks::RAISED);
            let named = self.said(MOST, raised, Topic::Raised, |draft, seen, notes| {
                let standing = &seen.standing;
                let raised = standing.strengthened_between(period.since, period.until);
                let line = |(reached, raised)| {
                    let wording = draft.wording;
                    wording.strengthened(standing, reached, raised, notes)
                };
                raised.map(line).collect()
            });
            left = left.saturating_add(named.more);
            items.extend(each_about(named.first));
        }
        let nothing = self.text.step(StepWords::NoneStrengthened);
        let mut blocks = vec![list_or(items, nothing)];
        blocks.extend(self.more(Listed::Agreements, left));
        self.part("strengthened", Heading::Strengthened, blocks)
    }

    /// Steps before the period that were learned only in it, or since the issue that is followed;
    /// without a first day there is no before.
    pub(super) fn learned_since(&mut self) -> Option<Part> {
        let since = self.period.since?;
        let follows = self.period.follows;
        let learned = follows.map(|earlier| (self.register.status, earlier.known_at));
        let mut items = Vec::new();
        let mut left = 0_u64;
        for practical in [true, false] {
            let marks = Marks::told(practical).and(Marks::LEARNED);
            let named = self.said(MOST, marks, Topic::Learned, |draft, seen, notes| {
                let standing = &seen.standing;
                let reference = seen.course.reference.as_str();
                let steps = standing.steps_learned_since(since, learned);
                let line = |step: &Reached<'_>| {
                    let mut line = draft.wording.step(standing, reference, step, notes)?;
                    line.text = draft.text.step(StepWords::Learned {
                        sentence: &line.text,
                        recorded: step.learned_day(),
                    });
                    Some(line)
                };
                steps.filter_map(line).collect()
            });
            if named.more > 0 {
                let all = self.accounts.tallies(marks).map(|tally| tally.learned);
                let told = named.first.iter().map(|said| said.number);
                let told = told.map(|number| self.accounts.tally(number).learned);
                left = left.saturating_add(all.sum::<u64>().saturating_sub(told.sum()));
            }
            items.extend(each_about(named.first));
        }
        let nothing = match follows {
            Some(Earlier { number, .. }) => self.text.issuing(Issuing::NothingLearned { number }),
            None => self.text.step(StepWords::NoneLearned),
        };
        let mut blocks = vec![list_or(items, nothing)];
        blocks.extend(self.more(Listed::Steps, left));
        Some(self.part("learned_since", Heading::LearnedSince, blocks))
    }
}

/// The line with what it is about before it.
pub(super) fn about(thing: &str, mut line: Line) -> Line {
    line.text = format!("{thing}: {}", line.text);
    line
}

/// The lines said of agreements, each with what it is about before it.
pub(super) fn each_about(said: Vec<Said>) -> impl Iterator<Item = Line> {
    said.into_iter().flat_map(|said| {
        let Said {
            about: thing,
            lines,
            ..
        } = said;
        lines.into_iter().map(move |line| about(&thing, line))
    })
}

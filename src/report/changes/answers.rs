//! Answers about agreements that are others now: stage, health, evidence and the day of each step.

use std::collections::{BTreeMap, BTreeSet};

use super::Draft;
use crate::deal::value::ids::{StreamId, StreamKind};
use crate::deal::value::when::When;
use crate::projection::description::called;
use crate::projection::models::Models;
use crate::projection::standing::Standing;
use crate::projection::standing::milestones::Reached;
use crate::report::document::block::{Align, Block, Cell, Column as TableColumn, Line, Part};
use crate::report::facts::strength;
use crate::report::text::sentence::changes::{Answer, Changes, Column, Section};
use crate::report::text::sentence::record::Trail;
use crate::report::text::sentence::{Strength, Word};

/// What is answered about one agreement, each answer in words.
struct Answers<'a> {
    registration: String,
    stage: String,
    health: String,
    evidence: String,
    /// By the milestone's code: its words with the day, and its facts' footnotes are cited from.
    steps: BTreeMap<&'a str, (String, Option<Reached<'a>>)>,
}

impl<'a> Draft<'a> {
    /// A row for every answer that differs, by agreement.
    pub(super) fn answers(&mut self, touched: &BTreeSet<StreamId>) -> Part {
        let mut all: BTreeSet<StreamId> = BTreeSet::new();
        for models in [self.before, self.now] {
            let books = models.status.of_kind(StreamKind::Agreement);
            all.extend(
                books
                    .filter(|book| called(book).is_some())
                    .map(|book| book.id),
            );
        }
        let mut ordered: Vec<StreamId> = all.iter().copied().collect();
        let now = self.now;
        ordered.sort_by_key(|id| now.status.book(*id).and_then(called).map(|(name, _)| name));
        let mut rows = Vec::new();
        let (mut changed, mut untouched) = (0_u64, 0_u64);
        for id in ordered {
            let found = self.rows(id);
            if !found.is_empty() {
                let count = match touched.contains(&id) {
                    true => &mut changed,
                    false => &mut untouched,
                };
                *count = count.saturating_add(1);
            }
            rows.extend(found);
        }
        let mark = self
            .notes
            .meaning(self.text.changes(Changes::DefineAnswers));
        let agreements = touched.iter().filter(|id| all.contains(id)).count();
        let lead = self.text.changes(Changes::Touched {
            touched: agreements as u64,
            changed,
            untouched,
            of: all.len() as u64,
            mark: &mark,
        });
        let mut blocks = vec![Block::Paragraph {
            lines: vec![Line::new(lead)],
        }];
        if !rows.is_empty() {
            blocks.push(self.table(rows));
        }
        self.part("answers", Section::Answers, blocks)
    }

    fn table(&self, rows: Vec<Vec<Cell>>) -> Block {
        let columns = [
            Column::Agreement,
            Column::Answer,
            Column::Before,
            Column::Now,
        ];
        Block::Table {
            columns: columns
                .map(|column| TableColumn {
                    title: self.text.changes(Changes::Column(column)),
                    align: Align::Left,
                })
                .into(),
            rows,
        }
    }

    fn rows(&mut self, id: StreamId) -> Vec<Vec<Cell>> {
        let (before, now) = (
            self.answers_of(self.before, id),
            self.answers_of(self.now, id),
        );
        let mut found: Vec<(Answer<'_>, String, String, Vec<u32>)> = Vec::new();
        for (answer, old, new) in [
            (
                Answer::Registration,
                &before.registration,
                &now.registration,
            ),
            (Answer::Stage, &before.stage, &now.stage),
            (Answer::Health, &before.health, &now.health),
            (Answer::Evidence, &before.evidence, &now.evidence),
        ] {
            if old != new {
                found.push((answer, old.clone(), new.clone(), Vec::new()));
            }
        }
        let codes: BTreeSet<&str> = before
            .steps
            .keys()
            .chain(now.steps.keys())
            .copied()
            .collect();
        let none = || self.text.changes(Changes::NoAnswer);
        let mut steps = Vec::new();
        for code in codes {
            let words = |answers: &Answers<'_>| {
                let step = answers.steps.get(code).map(|(words, _)| words.clone());
                step.unwrap_or_else(none)
            };
            let (old, new) = (words(&before), words(&now));
            if old != new {
                let reached = now
                    .steps
                    .get(code)
                    .and_then(|(_, reached)| reached.as_ref());
                steps.push((self.step_name(id, code), old, new, reached));
            }
        }
        let mut rows = Vec::new();
        let thing = self.wording.thing(id);
        for (name, old, new, notes) in found {
            rows.push(self.row(&thing, name, old, new, notes));
        }
        for (name, old, new, reached) in steps {
            let facts = reached
                .into_iter()
                .flat_map(|one| one.facts.iter().copied());
            let notes = self.notes.cite_all(facts);
            let answer = Answer::Step { milestone: &name };
            rows.push(self.row(&thing, answer, old, new, notes));
        }
        rows
    }

    fn row(
        &self,
        thing: &str,
        answer: Answer<'_>,
        old: String,
        new: String,
        notes: Vec<u32>,
    ) -> Vec<Cell> {
        let cell = |text: String, notes| Cell { text, notes };
        vec![
            cell(thing.to_owned(), Vec::new()),
            cell(self.text.changes(Changes::Answer(answer)), Vec::new()),
            cell(old, Vec::new()),
            cell(new, notes),
        ]
    }

    fn step_name(&self, id: StreamId, code: &str) -> String {
        let standing = self.now.standing(id, self.day);
        let names = standing
            .as_ref()
            .and_then(|standing| standing.track.milestone(code))
            .map(|known| &known.names);
        self.text.milestone(code, names, Strength::Plain)
    }

    fn answers_of<'m>(&self, models: &'m Models, id: StreamId) -> Answers<'m> {
        let none = || self.text.changes(Changes::NoAnswer);
        let absent = |registration: Changes<'_>| Answers {
            registration: self.text.changes(registration),
            stage: none(),
            health: none(),
            evidence: none(),
            steps: BTreeMap::new(),
        };
        let registered = models.status.book(id).filter(|book| called(book).is_some());
        let Some(standing) = registered.and_then(|_| models.standing(id, self.day)) else {
            return absent(Changes::NotKnown);
        };
        if standing.withdrawn.is_some() {
            return absent(Changes::Withdrawn);
        }
        let evidence = standing.evidence();
        Answers {
            registration: self.text.changes(Changes::IsRegistered),
            stage: standing
                .stage()
                .map_or_else(none, |reached| self.reached(&standing, reached)),
            health: {
                let word = Word::Health(standing.health.as_str());
                self.text.word(word).to_owned()
            },
            evidence: evidence.map_or_else(none, |(low, high)| {
                self.text.trail(Trail::EvidenceRange { low, high })
            }),
            steps: standing
                .steps()
                .map(|step| {
                    (
                        step.code,
                        (self.reached(&standing, step), Some(step.clone())),
                    )
                })
                .collect(),
        }
    }

    /// A milestone with the strongest of its facts and the day it counts from.
    fn reached(&self, standing: &Standing<'_>, reached: &Reached<'_>) -> String {
        let raised = reached.strengthened.last().map(|raised| raised.fact);
        let fact = raised.or_else(|| reached.facts.first().copied());
        let degree = fact.map_or(Strength::Plain, strength);
        self.text.trail(Trail::Milestone {
            what: self.wording.milestone(standing, reached.code, degree),
            on: &When::day(reached.day),
        })
    }
}

//! What the agreement is and where it stands.

use super::Draft;
use crate::deal::state::Fact;
use crate::projection::standing::milestones::Reached;
use crate::report::document::block::{Block, Figure, Line, Part};
use crate::report::facts::strength;
use crate::report::text::sentence::Strength;
use crate::report::text::sentence::record::{Remark, Trail};
use crate::report::text::sentence::{Heading, Label, Outlook, StepWords, Word};

impl Draft<'_> {
    fn row(&self, label: Label, value: String, notes: Vec<u32>) -> Figure {
        Figure {
            label: self.text.label(label).to_owned(),
            value: self.text.opening(&value),
            details: Vec::new(),
            definition: None,
            notes,
        }
    }

    pub(super) fn description(&mut self) -> Part {
        let (text, info) = (self.text, self.info.clone());
        let mut rows = Vec::new();
        let mut push = |label, value: String, fact: &Fact| {
            let note = self.notes.cite(fact);
            (label, value, vec![note])
        };
        let word = |word| text.word(word).to_owned();
        rows.push(push(
            Label::Class,
            word(Word::Class(*info.class.value)),
            info.class.fact,
        ));
        let instrument = word(Word::Instrument(*info.instrument.value));
        rows.push(push(Label::Instrument, instrument, info.instrument.fact));
        let sectors: Vec<String> = info
            .sectors
            .value
            .iter()
            .map(|sector| text.text(&sector.text))
            .collect();
        if !sectors.is_empty() {
            rows.push(push(Label::Sectors, text.list(&sectors), info.sectors.fact));
        }
        let parties: Vec<String> = info
            .parties
            .value
            .iter()
            .map(|party| self.wording.party(party))
            .collect();
        if !parties.is_empty() {
            rows.push(push(Label::Parties, text.list(&parties), info.parties.fact));
        }
        rows.push(push(
            Label::Nature,
            word(Word::Nature(*info.nature.value)),
            info.nature.fact,
        ));
        if let Some(package) = info.package {
            rows.push(push(
                Label::Package,
                self.wording.thing(*package.value),
                package.fact,
            ));
        }
        for link in &info.links {
            let relation = text.word(Word::Relation(link.relation));
            let value = format!("{relation} {}", self.wording.thing(link.target));
            rows.push(push(Label::Links, value, link.fact));
        }
        let rows = rows
            .into_iter()
            .map(|(label, value, notes)| self.row(label, value, notes));
        let mut blocks = vec![Block::Figures {
            rows: rows.collect(),
        }];
        if let Some(retraction) = self.standing.withdrawn {
            blocks.push(Block::Empty {
                text: text.trail(Trail::Withdrawn {
                    reason: &text.text(&retraction.reason),
                }),
            });
        }
        self.part("description", Heading::Description, blocks)
    }

    pub(super) fn status(&mut self) -> Part {
        let text = self.text;
        let none = || text.word(Word::None).to_owned();
        let stage = self.standing.stage().cloned();
        let latest = self.standing.latest_step().cloned();
        let mut rows = Vec::new();
        for (label, reached) in [(Label::Stage, stage), (Label::LatestStep, latest)] {
            let value = reached.as_ref().and_then(|reached| self.briefly(reached));
            let facts = reached
                .iter()
                .flat_map(|reached| reached.facts.iter().copied());
            let notes = self.notes.cite_all(facts);
            rows.push(self.row(label, value.unwrap_or_else(none), notes));
        }
        let evidence = self
            .standing
            .evidence()
            .map(|(low, high)| text.trail(Trail::EvidenceRange { low, high }));
        rows.push(self.row(Label::Evidence, evidence.unwrap_or_else(none), Vec::new()));
        let health = text.word(Word::Health(self.standing.health.as_str()));
        rows.push(self.row(Label::Health, health.to_owned(), Vec::new()));
        if let Some(officer) = self.standing.officer {
            rows.push(self.row(Label::Officer, officer.to_string(), Vec::new()));
        }
        self.part("status", Heading::Status, vec![Block::Figures { rows }])
    }

    /// The furthest of a milestone, with the day of the fact that states it.
    fn briefly(&self, reached: &Reached<'_>) -> Option<String> {
        let raised = reached.strengthened.last().map(|raised| raised.fact);
        let fact = raised.or_else(|| reached.facts.first().copied())?;
        let what = self
            .wording
            .milestone(&self.standing, reached.code, strength(fact));
        Some(self.text.trail(Trail::Milestone {
            what,
            on: &fact.current().on,
        }))
    }

    pub(super) fn milestones(&mut self) -> Part {
        let reference = self.info.reference.as_str();
        let mut items = Vec::new();
        for reached in &self.standing.milestones {
            items.extend(self.wording.step(
                &self.standing,
                reference,
                reached,
                &mut self.notes.citations,
            ));
        }
        for reversed in &self.standing.reversed {
            items.push(
                self.wording
                    .reversed(&self.standing, reversed, &mut self.notes.citations),
            );
        }
        for fact in &self.standing.possible {
            let Some(code) = fact.milestone() else {
                continue;
            };
            let what = self.wording.milestone(&self.standing, code, strength(fact));
            let text = self.text.trail(Trail::Possible {
                what,
                on: &fact.current().on,
            });
            items.push(Line::new(text).noted([self.notes.cite(fact)]));
        }
        for skipped in &self.standing.not_needed {
            let code = skipped.data.milestone.as_str();
            let what = self
                .wording
                .milestone(&self.standing, code, Strength::Plain);
            let reason = self.text.text(&skipped.data.reason);
            let text = self.text.trail(Trail::NotNeeded {
                what,
                reason: &reason,
            });
            items.push(Line::new(text).noted([self.notes.cite(skipped.fact)]));
        }
        let block = if items.is_empty() {
            Block::Empty {
                text: self.text.step(StepWords::NoneAtAll),
            }
        } else {
            Block::List { items }
        };
        self.part("milestones", Heading::Milestones, vec![block])
    }

    pub(super) fn outlook(&mut self) -> Part {
        let mut items = Vec::new();
        for expectation in self.standing.follow_up.open_expectations() {
            items.push(self.wording.expectation(
                self.standing.track,
                expectation,
                &mut self.notes.citations,
            ));
        }
        for obstacle in self.standing.follow_up.open_obstacles() {
            items.push(self.wording.obstacle(obstacle, &mut self.notes.citations));
        }
        let block = if items.is_empty() {
            Block::Empty {
                text: self.text.outlook(Outlook::NothingAhead),
            }
        } else {
            Block::List { items }
        };
        self.part("outlook", Heading::Outlook, vec![block])
    }

    pub(super) fn promises(&mut self) -> Option<Part> {
        let promises = self.standing.follow_up.promises.iter();
        let items = promises
            .map(|promise| self.wording.promise(promise, &mut self.notes.citations))
            .collect();
        self.listed("promises", Heading::Promises, items)
    }

    pub(super) fn money(&mut self) -> Option<Part> {
        let mut items = Vec::new();
        for (_, _, stated) in self.standing.values.iter() {
            for value in stated {
                let text = self.text.trail(Trail::Value(value.money));
                items.push(Line::new(text).noted([self.notes.cite(value.fact)]));
            }
        }
        for figure in &self.standing.figures {
            let text = self.text.trail(Trail::Figure {
                measure: figure.data.measure.as_str(),
                quantity: &figure.data.quantity,
                standing: figure.data.standing,
            });
            items.push(Line::new(text).noted([self.notes.cite(figure.fact)]));
        }
        self.listed("money", Heading::Money, items)
    }

    pub(super) fn assumptions(&mut self) -> Option<Part> {
        let mut items = Vec::new();
        for fact in self.standing.book.live() {
            let Some(words) = fact.payload().inferred() else {
                continue;
            };
            let kind = fact
                .payload()
                .kind()
                .map_or("", |kind| self.text.kind(kind));
            let words = self.text.text(words);
            let text = self.text.remark(Remark::Assumption {
                about: kind,
                words: &words,
            });
            items.push(Line::new(text).noted([self.notes.cite(fact)]));
        }
        self.listed("assumptions", Heading::Assumptions, items)
    }
}

//! How many agreements reached each milestone, in the order of the track, a table a class.

use super::Draft;
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::track::{FINANCIAL_MODEL_AGREED, Track};
use crate::projection::portfolio::funnel::{Arrivals, Funnel};
use crate::report::document::block::{Block, Part};
use crate::report::tables::Rows;
use crate::report::text::sentence::Strength;
use crate::report::text::sentence::portfolio::{Head, Meaning, Name, PortfolioWords};

const STRENGTHS: [ModelStrength; 3] = [
    ModelStrength::DiscussionsConcluded,
    ModelStrength::Agreed,
    ModelStrength::SignedOff,
];

impl Draft<'_> {
    pub(super) fn milestones(&mut self) -> Part {
        let mut blocks = Vec::new();
        for class in [Class::Practical, Class::Institutional] {
            let funnel = self.overview.funnels.remove(&class).unwrap_or_default();
            if funnel.of == 0 {
                blocks.push(Block::Empty {
                    text: self.say(PortfolioWords::NoneOfClass(class)),
                });
                continue;
            }
            let count = funnel.of;
            blocks.push(Block::Subheading {
                text: self.say(PortfolioWords::OfClass { class, count }),
            });
            blocks.push(self.funnel(class, &funnel));
        }
        self.part("milestones", Head::Milestones, blocks)
    }

    fn funnel(&mut self, class: Class, funnel: &Funnel) -> Block {
        let reached = self.meaning(Meaning::Reached);
        let documented = self.meaning(Meaning::Documented);
        let not_needed = self.meaning(Meaning::NotNeeded);
        let mut table = Rows::of(self.name(Name::Milestone))
            .defined(&self.name(Name::Reached), &reached)
            .defined(&self.name(Name::Documented), &documented)
            .defined(&self.name(Name::NotNeeded), &not_needed);
        let track = self.question.models.ledger.track(class);
        for milestone in &track.milestones {
            self.milestone_rows(&mut table, track, milestone.code.as_str(), funnel);
        }
        // What an earlier track had and the one in force has not was reached all the same.
        let mut off_track: Vec<&str> = funnel.codes().collect();
        off_track.retain(|code| track.rank(code).is_none());
        off_track.sort_unstable();
        off_track.dedup();
        for code in off_track {
            self.milestone_rows(&mut table, track, code, funnel);
        }
        table.block()
    }

    fn milestone_rows(&mut self, table: &mut Rows, track: &Track, code: &str, funnel: &Funnel) {
        let none = Arrivals::default();
        let arrivals = |strength| funnel.of_strength(code, strength).unwrap_or(&none);
        let not_needed = funnel.not_needed(code);
        if code != FINANCIAL_MODEL_AGREED {
            let words = self.milestone(track, code, Strength::Plain);
            let row = self.arrival_row(words, arrivals(None), funnel.of, Some(not_needed));
            table.row(row.0, row.1, row.2);
            return;
        }
        let all = Arrivals {
            reached: funnel.reached(code),
            documented: funnel.documented(code),
            ..Arrivals::default()
        };
        let words = self.say(PortfolioWords::AnyStrength { milestone: code });
        let row = self.arrival_row(words, &all, funnel.of, Some(not_needed));
        table.row(row.0, row.1, row.2);
        for strength in STRENGTHS {
            let words = self.milestone(track, code, Strength::Model(strength));
            let row = self.arrival_row(words, arrivals(Some(strength)), funnel.of, None);
            table.row(row.0, row.1, row.2);
        }
    }

    fn milestone(&self, track: &Track, code: &str, strength: Strength) -> String {
        let known = track.milestone(code);
        let name = self
            .text
            .milestone(code, known.map(|known| &known.names), strength);
        match known {
            Some(_) => name,
            None => self.say(PortfolioWords::OffTrack { milestone: &name }),
        }
    }

    fn arrival_row(
        &mut self,
        words: String,
        arrivals: &Arrivals,
        of: u64,
        not_needed: Option<u64>,
    ) -> (String, Vec<u32>, Vec<String>) {
        let notes = self.notes.cite_positions(arrivals.facts.named());
        let not_needed = match not_needed {
            Some(count) => self.text.whole(count),
            None => self.name(Name::NotApplicable),
        };
        let numbers = vec![
            self.of(arrivals.reached, of),
            self.text.whole(arrivals.documented),
            not_needed,
        ];
        (self.text.opening(&words), notes, numbers)
    }
}

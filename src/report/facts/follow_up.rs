//! Expectations, obstacles and promises as lines.

use super::Wording;
use crate::deal::track::Track;
use crate::projection::standing::follow_up::{Expectation, Obstacle, Promise};
use crate::report::document::block::Line;
use crate::report::notes::Citations;
use crate::report::text::sentence::Strength;
use crate::report::text::sentence::{Outlook, Reached};

impl Wording<'_> {
    /// An open expectation: what, by when, and whether it is late.
    pub(in crate::report) fn expectation(
        &self,
        track: &Track,
        expectation: &Expectation<'_>,
        notes: &mut Citations<'_>,
    ) -> Line {
        let data = expectation.data;
        let words = self.words(data.words.as_ref());
        let horizon = &data.horizon;
        let mut sentences = vec![self.text.outlook(match (&data.milestone, &words) {
            (Some(code), words) => Outlook::Milestone {
                what: Reached {
                    code: code.as_str(),
                    names: track.milestone(code.as_str()).map(|known| &known.names),
                    strength: Strength::Plain,
                },
                horizon,
                words: words.as_deref(),
            },
            (None, Some(words)) => Outlook::Intention { words, horizon },
            (None, None) => Outlook::Unnamed { horizon },
        })];
        if expectation.is_slipping {
            sentences.push(self.text.outlook(Outlook::Slipping));
        }
        let day = expectation.review_on;
        sentences.push(self.text.outlook(if expectation.review_overdue {
            Outlook::ReviewOverdue { day }
        } else {
            Outlook::ReviewOn { day }
        }));
        Line::new(sentences.join(" ")).noted([notes.cite(expectation.fact)])
    }

    /// An obstacle that stands: what, since when, who is responsible.
    pub(in crate::report) fn obstacle(
        &self,
        obstacle: &Obstacle<'_>,
        notes: &mut Citations<'_>,
    ) -> Line {
        let data = obstacle.data;
        let words = self.words(data.words.as_ref());
        let mut sentences = vec![self.text.outlook(Outlook::Obstacle {
            reason: data.reason,
            since: &obstacle.fact.current().on,
            words: words.as_deref(),
        })];
        let body = data.body.as_ref().map(|body| self.party(body));
        sentences.extend(body.map(|body| self.text.outlook(Outlook::Body(&body))));
        sentences.extend(data.due.map(|due| {
            self.text.outlook(Outlook::Due {
                day: due,
                overdue: obstacle.is_overdue,
            })
        }));
        Line::new(sentences.join(" ")).noted([notes.cite(obstacle.fact)])
    }

    /// A promise, and how it ended if it did.
    pub(in crate::report) fn promise(
        &self,
        promise: &Promise<'_>,
        notes: &mut Citations<'_>,
    ) -> Line {
        let data = promise.data;
        let to = data.counterpart.as_ref().map(|party| self.party(party));
        let mut sentences = vec![self.text.outlook(Outlook::Promise {
            owner: &self.party(&data.owner),
            what: &self.text.text(&data.what),
            to: to.as_deref(),
            due: data.due.as_ref(),
        })];
        let mut cited = vec![notes.cite(promise.fact)];
        if let Some((fact, closed)) = promise.closed {
            cited.push(notes.cite(fact));
            sentences.push(self.text.outlook(Outlook::PromiseClosed {
                outcome: closed.outcome,
            }));
        } else if promise.is_overdue {
            sentences.push(self.text.outlook(Outlook::Overdue));
        }
        Line::new(sentences.join(" ")).noted(cited)
    }
}

//! What is the matter with a thing: each matter in words, with its facts, its days and what to do.

use chrono::NaiveDate;

use super::Draft;
use super::case::Matter;
use crate::deal::event::agreement_registered::Class;
use crate::deal::state::Fact;
use crate::deal::track::Track;
use crate::projection::attention::{Attention, Topic, between, of_standing};
use crate::projection::concerns::Concern;
use crate::projection::standing::Standing;
use crate::projection::standing::follow_up::{Expectation, Obstacle, Promise};
use crate::report::facts::strength;
use crate::report::text::pack::Tense;
use crate::report::text::sentence::follow_up::{Action, FollowUp};
use crate::report::text::sentence::{Reached, Strength};

impl Draft<'_> {
    /// Everything that is the matter with an agreement, by topic.
    pub(super) fn matters(&mut self, standing: &Standing<'_>) -> Vec<Matter> {
        let mut found = Vec::new();
        for attention in of_standing(standing, self.level) {
            match attention {
                Attention::Silent { .. } => found.push(self.silent(standing)),
                Attention::NoNextStep => found.push(self.no_next_step()),
                Attention::WeakEvidence(steps) => found.push(self.weak_evidence(standing, &steps)),
                Attention::Concern(concern) => found.push(self.concern(standing, &concern)),
                other => found.extend(self.worded(Some(standing.track), vec![other])),
            }
        }
        found.sort_by_key(|matter| matter.topic);
        found
    }

    /// What can be the matter with any thing, in words.
    pub(super) fn worded(
        &mut self,
        track: Option<&Track>,
        matters: Vec<Attention<'_>>,
    ) -> Vec<Matter> {
        let mut found = Vec::new();
        for matter in matters {
            match matter {
                Attention::Expected {
                    expectation,
                    late,
                    overdue,
                } => {
                    let track = track.unwrap_or_else(|| self.roll.ledger.track(Class::Practical));
                    found.extend(self.expectation(track, &expectation, late, overdue));
                }
                Attention::Promise(promise, days) => found.push(self.promise(&promise, days)),
                Attention::Obstacle(obstacle, _) => found.push(self.obstacle(&obstacle)),
                Attention::NoSource(facts) => found.push(self.no_source(&facts)),
                // These are matters of agreements alone, which are worded with their standing.
                Attention::Silent { .. }
                | Attention::NoNextStep
                | Attention::WeakEvidence(_)
                | Attention::Concern(_) => {}
            }
        }
        found
    }

    /// An expectation that slips, or is due for review, or both: said once, counted under each.
    fn expectation(
        &mut self,
        track: &Track,
        expectation: &Expectation<'_>,
        late: Option<i64>,
        overdue: Option<i64>,
    ) -> Vec<Matter> {
        let line = self
            .wording
            .expectation(track, expectation, &mut self.notes.citations);
        let mut words = vec![line.text];
        words.extend(overdue.map(|days| self.text.follow_up(FollowUp::ReviewLate { days })));
        words.extend(late.map(|days| self.text.follow_up(FollowUp::HorizonPast { days })));
        let mut text = words.join(" ");
        let mut found = Vec::new();
        for (topic, days, action) in [
            (Topic::Slipping, late, Action::RecordOutcome),
            (Topic::OverdueReview, overdue, Action::AskAgain),
        ] {
            if days.is_some() {
                found.push(Matter {
                    topic,
                    text: std::mem::take(&mut text),
                    notes: line.notes.clone(),
                    action,
                });
            }
        }
        found
    }

    fn silent(&self, standing: &Standing<'_>) -> Matter {
        Matter {
            topic: Topic::Silent,
            text: self.text.follow_up(FollowUp::Silent {
                interval: standing.track.review_interval_days,
            }),
            notes: Vec::new(),
            action: Action::AskParties,
        }
    }

    fn no_next_step(&self) -> Matter {
        Matter {
            topic: Topic::NoNextStep,
            text: self.text.follow_up(FollowUp::NoNextStep),
            notes: Vec::new(),
            action: Action::StateNext,
        }
    }

    fn promise(&mut self, promise: &Promise<'_>, late: Option<i64>) -> Matter {
        let line = self.wording.promise(promise, &mut self.notes.citations);
        Matter {
            topic: Topic::Promise,
            text: format!("{} {}", line.text, self.due(promise.due())),
            notes: line.notes,
            action: match late {
                Some(_) => Action::ClosePromise,
                None => Action::AwaitPromise,
            },
        }
    }

    fn obstacle(&mut self, obstacle: &Obstacle<'_>) -> Matter {
        let line = self.wording.obstacle(obstacle, &mut self.notes.citations);
        let since = obstacle.fact.current().latest_day();
        let days = self.roll.day.signed_duration_since(since).num_days();
        let mut words = vec![line.text];
        words.push(self.text.follow_up(FollowUp::Standing { days }));
        let has_body = obstacle.data.body.is_some();
        words.extend((!has_body).then(|| self.text.follow_up(FollowUp::NoBody)));
        words.push(self.due(obstacle.data.due));
        Matter {
            topic: Topic::Obstacle,
            text: words.join(" "),
            notes: line.notes,
            action: match has_body {
                true => Action::PressBody,
                false => Action::NameBody,
            },
        }
    }

    /// How late something is, or how long is left.
    fn due(&self, due: Option<NaiveDate>) -> String {
        let Some(due) = due else {
            return self.text.follow_up(FollowUp::NoDueDay);
        };
        let left = due.signed_duration_since(self.roll.day).num_days();
        self.text.follow_up(match between(due, self.roll.day) {
            Some(days) => FollowUp::DaysLate { days },
            None => FollowUp::DaysLeft { days: left },
        })
    }

    fn weak_evidence(&mut self, standing: &Standing<'_>, codes: &[&str]) -> Matter {
        let level = self.level;
        let mut steps = Vec::new();
        let mut notes = Vec::new();
        for step in codes.iter().filter_map(|code| standing.reached(code)) {
            let degree = step
                .facts
                .first()
                .map_or(Strength::Plain, |fact| strength(fact));
            let evidence = self.text.evidence(step.evidence);
            steps.push(self.text.follow_up(FollowUp::Weak {
                what: self.wording.milestone(standing, step.code, degree),
                evidence: &evidence,
            }));
            notes.extend(self.notes.cite_all(step.facts.iter().copied()));
        }
        Matter {
            topic: Topic::WeakEvidence,
            text: self.text.follow_up(FollowUp::WeakEvidence {
                steps: &steps,
                count: steps.len() as u64,
                level,
            }),
            notes,
            action: Action::AddEvidence,
        }
    }

    fn concern(&mut self, standing: &Standing<'_>, concern: &Concern<'_>) -> Matter {
        let fact = concern.fact();
        let what = |fact: &Fact| Reached {
            code: "",
            names: None,
            strength: strength(fact),
        };
        let code = fact.milestone().unwrap_or_default();
        let what = Reached {
            code,
            names: standing.track.milestone(code).map(|known| &known.names),
            ..what(fact)
        };
        let on = |fact: &Fact| self.text.when(&fact.current().on, Tense::Named);
        let mut cited = vec![fact];
        let (topic, text, action) = match *concern {
            Concern::NeedUnmet { needs, later, .. } => {
                let needs = self.wording.milestone(standing, needs, Strength::Plain);
                let words = FollowUp::NeedUnmet { what, needs, later };
                (
                    Topic::NeedUnmet,
                    self.text.follow_up(words),
                    Action::RecordMissing,
                )
            }
            Concern::BeforeSigning { fact, signing } => {
                cited.extend(signing);
                let signed = signing.map(on);
                let words = self.text.follow_up(FollowUp::BeforeSigning {
                    what,
                    on: &on(fact),
                    signed: signed.as_deref(),
                });
                let action = match signing {
                    Some(_) => Action::CheckDays,
                    None => Action::RecordSigning,
                };
                (Topic::BeforeSigning, words, action)
            }
            Concern::AlreadyReached { first, .. } => {
                cited.push(first);
                let words = FollowUp::AlreadyReached {
                    what,
                    first: first.seq(),
                };
                (
                    Topic::AlreadyReached,
                    self.text.follow_up(words),
                    Action::MergeRepetition,
                )
            }
        };
        Matter {
            topic,
            text,
            notes: self.notes.cite_all(cited),
            action,
        }
    }

    /// The facts that rest on no source, as one matter.
    fn no_source(&mut self, facts: &[&Fact]) -> Matter {
        let entries: Vec<String> = facts
            .iter()
            .map(|fact| {
                let kind = fact.payload().kind();
                self.text.follow_up(FollowUp::Entry {
                    kind: kind.map_or("", |kind| self.text.kind(kind)),
                    seq: fact.seq(),
                })
            })
            .collect();
        Matter {
            topic: Topic::NoSource,
            text: self.text.follow_up(FollowUp::NoSource {
                entries: &entries,
                count: facts.len() as u64,
            }),
            notes: self.notes.cite_all(facts.iter().copied()),
            action: Action::AddSource,
        }
    }
}

//! What is the matter with a thing: each matter in words, with its facts, its days and what to do.

use chrono::NaiveDate;

use super::case::Matter;
use super::{Draft, is_suspended};
use crate::deal::state::Fact;
use crate::deal::track::Track;
use crate::projection::concerns::{Concern, of_agreement, without_source};
use crate::projection::portfolio::Member;
use crate::projection::standing::Standing;
use crate::projection::standing::follow_up::{Expectation, Promise};
use crate::projection::standing::health::Health;
use crate::report::facts::strength;
use crate::report::text::pack::Tense;
use crate::report::text::sentence::follow_up::{Action, FollowUp, Topic};
use crate::report::text::sentence::{Reached, Strength};

/// Days from one day to another; none when the first is not the earlier.
pub(super) fn between(from: NaiveDate, to: NaiveDate) -> Option<i64> {
    Some(to.signed_duration_since(from).num_days()).filter(|days| *days > 0)
}

impl<'a> Draft<'a> {
    /// Everything that is the matter with an agreement, by topic.
    pub(super) fn matters(&mut self, member: &Member<'a>) -> Vec<Matter> {
        let standing = &member.standing;
        let halted = is_suspended(member);
        let mut found = Vec::new();
        let open: Vec<Expectation<'a>> = standing.follow_up.open_expectations().copied().collect();
        for expectation in &open {
            let slips = !halted && standing.health == Health::Slipping;
            found.extend(self.expectation(standing.track, expectation, slips));
        }
        found.extend(self.silence(standing));
        let promises: Vec<Promise<'a>> = standing.follow_up.open_promises().copied().collect();
        for promise in &promises {
            let matter = self.promise(promise);
            found.push(matter);
        }
        for obstacle in standing.follow_up.open_obstacles() {
            let day = self.portfolio.day;
            let line = self.wording.obstacle(obstacle, &mut self.notes);
            let late = obstacle.data.due.and_then(|due| between(due, day));
            let stood = day.signed_duration_since(obstacle.fact.current().latest_day());
            let mut words = vec![line.text];
            words.push(self.text.follow_up(FollowUp::Standing {
                days: stood.num_days(),
            }));
            let has_body = obstacle.data.body.is_some();
            words.extend((!has_body).then(|| self.text.follow_up(FollowUp::NoBody)));
            words.push(self.due(obstacle.data.due));
            found.push(Matter {
                topic: Topic::Obstacle,
                cases: 1,
                days: late,
                text: words.join(" "),
                notes: line.notes,
                action: match has_body {
                    true => Action::PressBody,
                    false => Action::NameBody,
                },
            });
        }
        if !halted && standing.next_step().is_none() {
            found.push(Matter {
                topic: Topic::NoNextStep,
                cases: 1,
                days: None,
                text: self.text.follow_up(FollowUp::NoNextStep),
                notes: Vec::new(),
                action: Action::StateNext,
            });
        }
        found.extend(self.weak_evidence(standing));
        for concern in of_agreement(standing) {
            let matter = self.concern(standing, &concern);
            found.push(matter);
        }
        let sourceless = without_source(standing.book, self.portfolio.day);
        found.extend(self.no_source(&sourceless));
        found.sort_by_key(|matter| matter.topic);
        found
    }

    /// An expectation that slips, or is due for review, or both: said once, counted under each.
    pub(super) fn expectation(
        &mut self,
        track: &Track,
        expectation: &Expectation<'_>,
        slips: bool,
    ) -> Vec<Matter> {
        let day = self.portfolio.day;
        let slips = slips && expectation.is_slipping;
        if !slips && !expectation.review_overdue {
            return Vec::new();
        }
        let line = self
            .wording
            .expectation(track, expectation, &mut self.notes);
        let late = expectation.data.horizon.latest();
        let late = late.filter(|_| slips).and_then(|end| between(end, day));
        let overdue = between(expectation.review_on, day).filter(|_| expectation.review_overdue);
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
                    cases: 1,
                    days,
                    text: std::mem::take(&mut text),
                    notes: line.notes.clone(),
                    action,
                });
            }
        }
        found
    }

    fn silence(&self, standing: &Standing<'_>) -> Option<Matter> {
        let last = standing.last_news?;
        let days = between(last, self.portfolio.day)?;
        (standing.health == Health::Silent).then(|| Matter {
            topic: Topic::Silent,
            cases: 1,
            days: Some(days),
            text: self.text.follow_up(FollowUp::Silent {
                interval: standing.track.review_interval_days,
            }),
            notes: Vec::new(),
            action: Action::AskParties,
        })
    }

    pub(super) fn promise(&mut self, promise: &Promise<'_>) -> Matter {
        let line = self.wording.promise(promise, &mut self.notes);
        let days = promise
            .due()
            .and_then(|due| between(due, self.portfolio.day));
        Matter {
            topic: Topic::Promise,
            cases: 1,
            days,
            text: format!("{} {}", line.text, self.due(promise.due())),
            notes: line.notes,
            action: match days {
                Some(_) => Action::ClosePromise,
                None => Action::AwaitPromise,
            },
        }
    }

    /// How late something is, or how long is left.
    fn due(&self, due: Option<NaiveDate>) -> String {
        let Some(due) = due else {
            return self.text.follow_up(FollowUp::NoDueDay);
        };
        let left = due.signed_duration_since(self.portfolio.day).num_days();
        self.text.follow_up(match between(due, self.portfolio.day) {
            Some(days) => FollowUp::DaysLate { days },
            None => FollowUp::DaysLeft { days: left },
        })
    }

    fn weak_evidence(&mut self, standing: &Standing<'_>) -> Option<Matter> {
        use crate::deal::value::source::EvidenceLevel;
        let level = self.level;
        let mut steps = Vec::new();
        let mut notes = Vec::new();
        for step in standing.steps() {
            if step.evidence >= EvidenceLevel::Level(level) {
                continue;
            }
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
        let count = steps.len() as u64;
        (count > 0).then(|| Matter {
            topic: Topic::WeakEvidence,
            cases: count,
            days: None,
            text: self.text.follow_up(FollowUp::WeakEvidence {
                steps: &steps,
                count,
                level,
            }),
            notes,
            action: Action::AddEvidence,
        })
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
            cases: 1,
            days: None,
            text,
            notes: self.notes.cite_all(cited),
            action,
        }
    }

    /// The facts that rest on no source, as one matter.
    pub(super) fn no_source(&mut self, facts: &[&Fact]) -> Option<Matter> {
        let count = facts.len() as u64;
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
        (count > 0).then(|| Matter {
            topic: Topic::NoSource,
            cases: count,
            days: None,
            text: self.text.follow_up(FollowUp::NoSource {
                entries: &entries,
                count,
            }),
            notes: self.notes.cite_all(facts.iter().copied()),
            action: Action::AddSource,
        })
    }
}

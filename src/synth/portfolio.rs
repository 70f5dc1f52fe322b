//! The whole portfolio, command by command, in the order of recording.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::aftermath::Aftermath;
use super::announcement::{Tracks, announce};
use super::calendar::{self, ARRIVALS, HOUR, LONGEST_LIFE, WORKDAY};
use super::course;
use super::life::Life;
use super::plan::{FEWEST, MOST, OPENING_EVENTS, Plan};
use super::scene::{Scene, Timed};
use super::sheet::EventIds;

/// What has more to tell.
enum Story {
    Agreement(Box<Life>),
    Announcement(Box<Aftermath>),
}

/// A fictional portfolio: an iterator of commands. It keeps in mind what is followed at the moment and no more.
pub struct Portfolio {
    scene: Scene,
    tracks: Tracks,
    agreements: u64,
    /// Agreements and events not given out yet.
    agreements_left: u64,
    events_left: u64,
    /// What goes on, by office time and the order of beginning.
    stories: BTreeMap<(u64, u64), Story>,
    begun: u64,
}

impl Portfolio {
    /// The portfolio of a plan. Its commands suit a new ledger that holds the opening events and nothing else, whose
    /// event ids are drawn as `ids` draws them.
    #[must_use]
    pub fn new(plan: &Plan, ids: EventIds) -> Self {
        Self {
            scene: Scene::new(plan.seed(), ids, OPENING_EVENTS),
            tracks: Tracks::built_in(),
            agreements: plan.agreements(),
            agreements_left: plan.agreements(),
            events_left: plan.events().saturating_sub(OPENING_EVENTS),
            stories: BTreeMap::new(),
            begun: 0,
        }
    }

    /// When the ledger of a portfolio is opened.
    #[must_use]
    pub fn opened() -> DateTime<Utc> {
        calendar::moment(0)
    }

    /// When the next agreements are announced; `None` when all have been.
    fn next_announcement(&self) -> Option<u64> {
        let done = self.agreements.saturating_sub(self.agreements_left);
        let span = u128::from(ARRIVALS.saturating_mul(WORKDAY));
        let due = span.saturating_mul(done.into()) / u128::from(self.agreements.max(1));
        let due = u64::try_from(due).unwrap_or(u64::MAX);
        (self.agreements_left > 0).then(|| due.saturating_add(HOUR))
    }

    /// One more thing happens; `false` when all is told.
    fn happen(&mut self) -> bool {
        let announced = self.next_announcement();
        let next = self.stories.first_key_value().map(|((due, _), _)| *due);
        match (announced, next) {
            (None, None) => return false,
            (Some(due), next) if next.is_none_or(|next| due <= next) => self.announce(due),
            _ => self.go_on(),
        }
        true
    }

    fn go_on(&mut self) {
        let Some(((due, _), story)) = self.stories.pop_first() else {
            return;
        };
        match story {
            Story::Agreement(mut life) => {
                let track = self.tracks.of(life.class);
                course::go_on(&mut life, track, due, &mut self.scene);
                self.follow(life);
            }
            Story::Announcement(mut aftermath) => {
                aftermath.go_on(due, &mut self.scene);
                self.remember(aftermath);
            }
        }
    }

    fn announce(&mut self, due: u64) {
        let several = self.scene.dice.percent(60);
        let count = match several {
            true => self.scene.dice.between(2, 12),
            false => 1,
        };
        let mut budgets: Vec<u64> = (0..count.min(self.agreements_left))
            .map(|_| self.allot())
            .collect();
        let extra = self.set_apart(&mut budgets);
        let (lives, aftermath) = announce(&budgets, extra, &self.tracks, due, &mut self.scene);
        for mut life in lives {
            let followed = self.scene.dice.between(LONGEST_LIFE / 5, LONGEST_LIFE);
            life.end = self.end_after(followed);
            self.follow(Box::new(life));
        }
        if let Some(mut aftermath) = aftermath {
            aftermath.end = self.end_after(LONGEST_LIFE / 3);
            self.remember(Box::new(aftermath));
        }
    }

    fn end_after(&self, days: u64) -> u64 {
        let followed = days.saturating_mul(WORKDAY);
        self.scene.office().saturating_add(followed)
    }

    /// How many events the next agreement gets: around the mean of what is left, and so many that the rest can be
    /// given out to the others exactly.
    fn allot(&mut self) -> u64 {
        let mean = self.events_left / self.agreements_left.max(1);
        let others = self.agreements_left.saturating_sub(1);
        let percent = self.scene.dice.weighted(&[
            (20, 40),
            (20, 60),
            (20, 90),
            (20, 120),
            (12, 160),
            (8, 260),
        ]);
        let wanted = mean.saturating_mul(percent) / 100;
        let least = self.events_left.saturating_sub(MOST.saturating_mul(others));
        let most = self
            .events_left
            .saturating_sub(FEWEST.saturating_mul(others));
        let least = least.max(FEWEST);
        let given = wanted.clamp(least, MOST.min(most).max(least));
        self.agreements_left = others;
        self.events_left = self.events_left.saturating_sub(given);
        given
    }

    /// Takes a part of the events of agreements announced together for what surrounds them.
    fn set_apart(&mut self, budgets: &mut [u64]) -> u64 {
        let all: u64 = budgets.iter().sum();
        let spare: u64 = budgets.iter().map(|own| own.saturating_sub(FEWEST)).sum();
        let wanted = self.scene.dice.between(2, 9);
        let extra = wanted.min(all / 5).min(spare);
        let mut taken = 0;
        while taken < extra {
            for own in budgets.iter_mut().filter(|own| **own > FEWEST) {
                if taken < extra {
                    *own = own.saturating_sub(1);
                    taken = taken.saturating_add(1);
                }
            }
        }
        extra
    }

    fn follow(&mut self, life: Box<Life>) {
        if life.left > 0 {
            let due = self.again(life.left, life.end);
            self.stories.insert(due, Story::Agreement(life));
        }
    }

    fn remember(&mut self, aftermath: Box<Aftermath>) {
        if aftermath.left > 0 {
            let due = self.again(aftermath.left, aftermath.end);
            self.stories.insert(due, Story::Announcement(aftermath));
        }
    }

    /// When a story goes on that has so many events left until its end.
    fn again(&mut self, left: u64, end: u64) -> (u64, u64) {
        let now = self.scene.office();
        let span = end.saturating_sub(now);
        let step = span.saturating_mul(2) / left.saturating_add(2);
        let percent = self.scene.dice.between(60, 120);
        let due = now.saturating_add(step / 100 * percent);
        self.begun = self.begun.saturating_add(1);
        (due, self.begun)
    }
}

impl Iterator for Portfolio {
    type Item = Timed;

    fn next(&mut self) -> Option<Timed> {
        loop {
            if let Some(ready) = self.scene.next_ready() {
                return Some(ready);
            }
            if !self.happen() {
                return None;
            }
        }
    }
}

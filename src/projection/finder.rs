//! The search, folded when it is first asked and then kept up, once for all copies of the read models.
//!
//! Most runs never ask, so nothing is folded before a question. A service hands out a copy of its read models for every
//! reading and takes in what is recorded meanwhile; so the fold of whoever asks first is left where every copy looks, the
//! copy that follows the ledger takes it up with the next event, and every copy made after that has it from the start.

use std::sync::{Arc, OnceLock};

use super::Projection;
use super::search::Search;
use super::status::Status;
use crate::deal::event::Event;
use crate::deal::value::ids::EventId;

/// The search of one copy of the read models.
#[derive(Debug, Clone, Default)]
pub struct Finder {
    own: OnceLock<Search>,
    first: Arc<OnceLock<First>>,
}

/// The fold of whichever copy was asked first.
#[derive(Debug)]
struct First {
    search: Search,
    /// The last event it took in: copies that went different ways do not have it at the same place.
    last: Option<EventId>,
}

impl First {
    fn of(status: &Status) -> Self {
        Self {
            search: Search::fold(status),
            last: last_before(status, status.position()),
        }
    }

    /// Whether what was folded is the beginning of a status.
    fn begins(&self, status: &Status) -> bool {
        let position = self.search.position();
        position <= status.position() && self.last == last_before(status, position)
    }

    /// The search at a status, if what was folded is the beginning of it.
    fn at(&self, status: &Status) -> Option<Search> {
        let mut search = self.begins(status).then(|| self.search.clone())?;
        search.catch_up(status);
        Some(search)
    }
}

fn last_before(status: &Status, position: u64) -> Option<EventId> {
    status.event_at(position.checked_sub(1)?)
}

impl Finder {
    /// The search at a status, which is that of the read models this belongs to.
    pub fn search(&self, status: &Status) -> &Search {
        self.own.get_or_init(|| {
            let first = self.first.get_or_init(|| First::of(status));
            first.at(status).unwrap_or_else(|| Search::fold(status))
        })
    }

    /// Whether the search at a status needs no fold of everything any more.
    #[must_use]
    pub fn is_folded(&self, status: &Status) -> bool {
        let first = || self.first.get();
        self.own.get().is_some() || first().is_some_and(|first| first.begins(status))
    }

    /// Takes in an event that the status has just taken in.
    pub fn follow(&mut self, status: &Status, event: &Event) {
        if let Some(search) = self.own.get_mut() {
            search.apply(event);
            return;
        }
        if let Some(first) = self.first.get() {
            if let Some(search) = first.at(status) {
                self.own = OnceLock::from(search);
            }
            // It is not needed any more, and would keep what has changed since.
            self.first = Arc::default();
        }
    }
}

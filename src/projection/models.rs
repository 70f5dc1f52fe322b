//! All read models together, as the service, the reports and the command line ask them.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Projection;
use super::boundary::Boundaries;
use super::catalogue::{Catalogue, Catalogues};
use super::courses::Courses;
use super::description;
use super::digest::hexadecimal;
use super::finder::Finder;
use super::ledger::LedgerModel;
use super::portfolio::Portfolio;
use super::portfolio::almanac::Almanacs;
use super::portfolio::census::Census;
use super::portfolio::register::Register;
use super::portfolio::roll::{Roll, Scope};
use super::save::{Loader, Saver};
use super::search::Search;
use super::standing::{Standing, standing};
use super::status::Status;
use super::status::packed::{Body, Packed};
use super::timeline::{Trail, trail};
use crate::deal::event::Event;
use crate::deal::value::ids::StreamId;

/// Every read model, at one position.
///
/// The fold of the first K events is what was known at K: to answer "as known at K", fold the events
/// up to [`Boundaries::snap`] of K and ask as usual.
#[derive(Debug, Clone, Default)]
pub struct Models {
    /// The books of all streams and the look-ups.
    pub status: Status,
    /// What the ledger says of itself.
    pub ledger: LedgerModel,
    /// Which positions may be asked about, and when each was reached.
    pub boundaries: Boundaries,
    /// Things by the words they are found by; folded when any copy is first asked, and kept up from then on.
    search: Finder,
    /// The courses of agreements; kept once they were asked for twice.
    courses: Courses,
    /// What lists choose by; kept likewise.
    catalogues: Catalogues,
    /// What is counted of agreements on many days; kept likewise.
    almanacs: Almanacs,
}

impl Models {
    /// The read models of an empty ledger.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The read models after these events, which begin at position 0 and are in order.
    #[must_use]
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut models = Self::new();
        for event in events {
            models.apply(event);
        }
        models
    }

    /// Takes in the next event, in every read model.
    pub fn apply(&mut self, event: &Event) {
        if let Some(body) = Packed::of([event]).iter().next() {
            self.take_in(event, body);
        }
    }

    /// As [`apply`](Self::apply), of an event whose body was packed ahead.
    pub fn take_in(&mut self, event: &Event, body: Body<'_>) {
        self.status.take_in(event, body);
        self.ledger.apply(event);
        self.boundaries.apply(event);
        self.search.follow(&self.status, event);
    }

    /// Things by the words they are found by. The first one who asks waits until it is folded, once for all copies.
    #[must_use]
    pub fn search(&self) -> &Search {
        self.search.search(&self.status)
    }

    /// Whether a question can be answered without folding the search first.
    #[must_use]
    pub fn is_searchable(&self) -> bool {
        self.search.is_folded(&self.status)
    }

    /// The read models as they were known at a position, which has to be a boundary: the fold of the first so many events.
    #[must_use]
    pub fn until(&self, position: u64) -> Self {
        let status = self.status.until(position);
        Self {
            ledger: LedgerModel::fold(status.events_of(StreamId::Ledger), status.position()),
            boundaries: self.boundaries.until(position),
            // Of the past it is folded for itself, when it is asked.
            search: match position >= self.position() {
                true => self.search.clone(),
                false => Finder::default(),
            },
            courses: self.courses.clone(),
            catalogues: self.catalogues.clone(),
            almanacs: self.almanacs.clone(),
            status,
        }
    }

    /// Writes down what was folded.
    pub fn save(&self, saver: &mut Saver<'_>) {
        self.status.save(saver);
        self.boundaries.save(saver);
    }

    /// What was written down by [`save`](Self::save); `None` when it is anything else.
    #[must_use]
    pub fn load(loader: &mut Loader<'_>) -> Option<Self> {
        let status = Status::load(loader)?;
        let boundaries = Boundaries::load(loader)?;
        let whole = boundaries.position() == status.position();
        whole.then(|| Self {
            ledger: LedgerModel::fold(status.events_of(StreamId::Ledger), status.position()),
            boundaries,
            search: Finder::default(),
            courses: Courses::default(),
            catalogues: Catalogues::default(),
            almanacs: Almanacs::default(),
            status,
        })
    }

    /// How many events were taken in.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.status.position()
    }

    /// The read models one by one: the registry that replay and `info` go by.
    #[must_use]
    pub fn each(&self) -> [&dyn Projection; 4] {
        [&self.status, &self.ledger, &self.boundaries, self.search()]
    }

    /// The digest of each read model, in hexadecimal, by its name.
    #[must_use]
    pub fn digests(&self) -> BTreeMap<&'static str, String> {
        self.each()
            .into_iter()
            .map(|model| (model.name(), hexadecimal(&model.digest())))
            .collect()
    }

    /// One agreement on one day; `None` when there is no such agreement.
    #[must_use]
    pub fn standing(&self, agreement: StreamId, day: NaiveDate) -> Option<Standing<'_>> {
        let book = self.status.agreement(agreement)?;
        let track = self.ledger.track(description::class_of(book));
        Some(standing(book, track, day))
    }

    /// The whole trail of any stream; `None` when it has no event.
    #[must_use]
    pub fn trail(&self, stream: StreamId) -> Option<Trail<'_>> {
        let book = self.status.book(stream)?;
        let track = self.ledger.track(description::class_of(book));
        Some(trail(book, track))
    }

    /// The registered agreements on one day, drawn up one after the other.
    #[must_use]
    pub fn roll(&self, day: NaiveDate) -> Roll<'_> {
        Roll::of(&self.status, &self.ledger, day)
    }

    /// The registered agreements on one day, as far as steps are told and counted.
    #[must_use]
    pub fn register(&self, day: NaiveDate) -> Register<'_> {
        let sheet = self.courses.sheet(&self.status, &self.ledger, day);
        Register::of(&self.status, &self.ledger, day, sheet)
    }

    /// The agreements of a scope in one of these registers, counted, with what has news since the first day of a period; without
    /// one there is no lower bound.
    #[must_use]
    pub fn census<'a, 'r>(
        &self,
        register: &'r Register<'a>,
        scope: Scope,
        since: Option<NaiveDate>,
    ) -> Census<'a, 'r> {
        self.almanacs.count(register, scope, since)
    }

    /// Every registered thing, as far as lists choose by it, to be asked about one day.
    #[must_use]
    pub fn catalogue(&self, day: NaiveDate) -> Catalogue {
        self.catalogues.catalogue(&self.status, &self.ledger, day)
    }

    /// Every registered agreement on one day, and the sums over them.
    #[must_use]
    pub fn portfolio(&self, day: NaiveDate) -> Portfolio<'_> {
        Portfolio::of(&self.status, &self.ledger, day)
    }
}

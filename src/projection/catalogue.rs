//! What lists choose by: of every registered thing the little that filters and orders look at, kept up by whoever asks, for
//! all copies of the read models.
//!
//! As with [courses](super::courses), the first question of a process is answered for its day alone; with the second what
//! is looked at is drawn for every day and kept. From then on a question reads again only the books of those things of which
//! something was recorded since. A row of a list is read from its book, of those rows alone that are shown.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;

use super::Projection;
use super::by_reference::{ByReference, Place};
use super::description;
use super::ledger::LedgerModel;
use super::portfolio::course::PartyOrigin;
use super::portfolio::phased::{Days, Phased};
use super::shared::List;
use super::standing::health::{Fare, Health};
use super::standing::{officer, standing};
use super::status::Status;
use crate::deal::event::agreement_registered::Class;
use crate::deal::state::Book;
use crate::deal::track::Track;
use crate::deal::value::ids::{ActorId, EventId, Ref, StreamId, StreamKind};
use crate::deal::value::party::Country;
use crate::deal::value::source::EvidenceLevel;
use crate::deal::value::text::Text;

/// The catalogues of one copy of the read models: all copies share them.
#[derive(Debug, Clone, Default)]
pub struct Catalogues {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    was_asked: AtomicBool,
    kept: Mutex<Option<Catalogue>>,
}

/// What lists choose by, of every registered thing as known at a position.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// By the numbers of their streams; nothing for what is not registered.
    cards: List<Option<Arc<Card>>>,
    /// By reference and stream: the numbers of the streams, as far as somebody asked for that.
    order: ByReference,
    position: u64,
    /// The last event taken in: copies of the read models that went different ways do not have it at the same place.
    last: Option<EventId>,
    tracks: [Track; 2],
}

/// What lists look at of a registered thing.
#[derive(Debug, Clone)]
pub struct Card {
    /// Its stream.
    pub id: StreamId,
    /// Its reference.
    pub reference: Ref,
    /// Of an occasion: the last day it can have been on.
    pub held: Option<NaiveDate>,
    /// Of an organisation: where it is registered, if that is known.
    pub country: Option<Country>,
    /// Of an agreement: the rest.
    pub agreement: Option<Followed>,
}

/// What lists look at of an agreement.
#[derive(Debug, Clone)]
pub struct Followed {
    /// Practical or institutional.
    pub class: Class,
    /// The package it names.
    pub package: Option<StreamId>,
    /// Its sectors: words, and code of the classification (ISIC Rev. 4) where it is given.
    pub sectors: Box<[(Text, Option<String>)]>,
    /// Where its parties are from.
    pub origins: Box<[PartyOrigin]>,
    /// The officer assigned last.
    pub officer: Option<ActorId>,
    states: Phased<State>,
}

/// How an agreement stands on some days, as far as lists look at it.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// The code of the furthest milestone.
    pub stage: Option<Box<str>>,
    /// The highest evidence level behind its milestones.
    pub evidence: Option<EvidenceLevel>,
    fare: Fare,
    /// Of what never had news it is the day of its registration, which may be yet to come.
    news: Option<NaiveDate>,
}

impl Followed {
    /// How it stands on a day.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<&State> {
        self.states.on(day).map(Arc::as_ref)
    }
}

impl State {
    /// Its health on one of its days.
    #[must_use]
    pub fn health(&self, day: NaiveDate) -> Health {
        self.fare.on(day)
    }

    /// The last day of news, seen from one of its days.
    #[must_use]
    pub fn last_news(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.news.filter(|news| *news <= day)
    }
}

impl Card {
    fn of(book: &Book, ledger: &LedgerModel, days: Days) -> Option<Self> {
        if !book.is_registered() {
            return None;
        }
        let (reference, _) = description::called(book)?;
        let country = description::organization(book).and_then(|info| info.country);
        Some(Self {
            id: book.id,
            reference: reference.clone(),
            held: description::occasion(book).and_then(|info| info.on.value.latest()),
            country: country.and_then(|country| country.value.value().copied()),
            agreement: Followed::of(book, ledger, days),
        })
    }
}

impl Followed {
    fn of(book: &Book, ledger: &LedgerModel, days: Days) -> Option<Self> {
        let info = description::agreement(book)?;
        let track = ledger.track(*info.class.value);
        let sectors = info.sectors.value.iter();
        let registered = book.registration().map(|fact| fact.root().recording.day);
        let state = |day| {
            let standing = standing(book, track, day);
            Some(State {
                stage: standing.stage().map(|stage| Box::from(stage.code)),
                evidence: standing.evidence().map(|(_, highest)| highest),
                news: standing.last_news.or(registered),
                fare: standing.fare,
            })
        };
        Some(Self {
            class: *info.class.value,
            package: info.package.map(|package| *package.value),
            sectors: sectors
                .map(|sector| (sector.text.clone(), sector.isic.clone()))
                .collect(),
            origins: info.parties.value.iter().map(PartyOrigin::of).collect(),
            officer: officer(book).cloned(),
            states: Phased::of(book, days, state)?,
        })
    }
}

fn tracks(ledger: &LedgerModel) -> [Track; 2] {
    [Class::Practical, Class::Institutional].map(|class| ledger.track(class).clone())
}

fn last_before(status: &Status, position: u64) -> Option<EventId> {
    status.event_at(position.checked_sub(1)?)
}

impl Catalogues {
    /// The catalogue as known at a status, to be asked about a day.
    #[must_use]
    pub fn catalogue(&self, status: &Status, ledger: &LedgerModel, day: NaiveDate) -> Catalogue {
        if !self.shared.was_asked.swap(true, Ordering::Relaxed) {
            return Catalogue::drawn(status, ledger, Days::One(day));
        }
        self.kept(status, ledger)
            .and_then(|kept| kept.at(status, ledger, day))
            .unwrap_or_else(|| Catalogue::drawn(status, ledger, Days::One(day)))
    }

    /// What is kept, taken further to a status that lies behind it.
    fn kept(&self, status: &Status, ledger: &LedgerModel) -> Option<Catalogue> {
        let kept = self.shared.kept.lock();
        let mut kept = kept.unwrap_or_else(PoisonError::into_inner);
        match kept.as_mut() {
            Some(catalogue) if catalogue.position > status.position() => {}
            Some(catalogue) if catalogue.begins(status) && catalogue.tracks == tracks(ledger) => {
                catalogue.catch_up(status, ledger);
            }
            _ => *kept = Some(Catalogue::drawn(status, ledger, Days::All)),
        }
        if let Some(catalogue) = kept.as_mut().filter(|one| !one.order.is_kept()) {
            catalogue.order.keep(catalogue.by_reference());
        }
        kept.clone()
    }
}

impl Catalogue {
    fn drawn(status: &Status, ledger: &LedgerModel, days: Days) -> Self {
        let mut catalogue = Self {
            cards: List::default(),
            order: ByReference::default(),
            position: 0,
            last: None,
            tracks: tracks(ledger),
        };
        let all = u32::try_from(status.streams()).unwrap_or(u32::MAX);
        catalogue.draw(status, ledger, days, (0..all).collect());
        catalogue
    }

    /// Whether it holds the beginning of what a status holds.
    fn begins(&self, status: &Status) -> bool {
        self.position <= status.position() && self.last == last_before(status, self.position)
    }

    fn catch_up(&mut self, status: &Status, ledger: &LedgerModel) {
        let touched = status.touched(self.position, status.position());
        self.draw(status, ledger, Days::All, touched.into_iter().collect());
    }

    /// The same as known at an earlier position, for one day; `None` when that was under other tracks, or of another ledger.
    fn at(mut self, status: &Status, ledger: &LedgerModel, day: NaiveDate) -> Option<Self> {
        if self.position == status.position() && self.last == last_before(status, self.position) {
            return Some(self);
        }
        // The status knows what was recorded since, although it does not look at it.
        if !status.was_last(self.position, self.last) || self.tracks != tracks(ledger) {
            return None;
        }
        let streams = status.streams();
        self.cards = self.cards.prefix(streams);
        let known = |number: &u32| (*number as usize) < streams;
        self.order.until(streams);
        let touched = status.touched(status.position(), self.position);
        let touched = touched.into_iter().filter(known).collect();
        self.draw(status, ledger, Days::One(day), touched);
        Some(self)
    }

    /// Reads the books of these streams and puts what they come to in its place.
    fn draw(&mut self, status: &Status, ledger: &LedgerModel, days: Days, numbers: Vec<u32>) {
        while self.cards.len() < status.streams() {
            self.cards.push(None);
        }
        let drawn = status.drawn_from(&numbers, |book| Card::of(&book, ledger, days));
        let mut moved: Vec<u32> = Vec::new();
        for (number, drawn) in numbers.into_iter().zip(drawn) {
            if let Some(slot) = self.cards.get_mut(number as usize) {
                let before = std::mem::replace(slot, drawn.map(Arc::new));
                let reference = |card: &Option<Arc<Card>>| {
                    let card = card.as_ref();
                    card.map(|card| card.reference.clone())
                };
                if reference(&before) != reference(slot) {
                    moved.push(number);
                }
            }
        }
        let mut order = std::mem::take(&mut self.order);
        order.moved(&moved, |number| self.place(number));
        self.order = order;
        self.position = status.position();
        self.last = last_before(status, self.position);
    }

    /// Where a thing stands among all.
    fn place(&self, number: u32) -> Place<'_> {
        let card = self.card(number)?;
        Some((&card.reference, card.id))
    }

    fn by_reference(&self) -> Arc<Vec<u32>> {
        let all = (0..).zip(self.cards.iter());
        let all = all.filter_map(|(number, card)| card.as_ref().map(|_| number));
        self.order.of(all, |number| self.place(number))
    }

    /// What is looked at of the thing whose stream has a number; `None` of what is not registered.
    #[must_use]
    pub fn card(&self, number: u32) -> Option<&Card> {
        self.cards.get(number as usize)?.as_deref()
    }

    /// The registered things of a kind that `wanted` says yes to, by reference: the numbers of their streams.
    #[must_use]
    pub fn chosen(&self, kind: StreamKind, wanted: impl Fn(&Card) -> bool) -> Vec<u32> {
        let order = self.by_reference();
        let chosen = order.iter().copied().filter(|number| {
            let card = self.card(*number);
            card.is_some_and(|card| card.id.kind() == kind && wanted(card))
        });
        chosen.collect()
    }
}

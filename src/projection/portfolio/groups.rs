//! The agreements by sector and by the countries of their parties. One of two sectors, or with
//! parties of two countries, stands in both rows, so that rows do not add up to the whole.

use std::collections::{BTreeMap, BTreeSet};

use super::Member;
use super::by_class::ByClass;
use crate::deal::event::agreement_registered::Class;
use crate::deal::value::known::Known;
use crate::deal::value::party::{Country, Party};
use crate::projection::description;
use crate::projection::status::Status;

/// The agreements of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Those registered.
    pub registered: ByClass,
    /// Those signed by the day.
    pub signed: ByClass,
    /// Those with a step by the day.
    pub with_step: ByClass,
}

impl Counts {
    /// Counts an agreement in.
    pub fn add(&mut self, member: &Member<'_>) {
        let class: Class = member.class();
        self.registered.add(class);
        if member.standing.signed().is_some() {
            self.signed.add(class);
        }
        if member.standing.has_step() {
            self.with_step.add(class);
        }
    }
}

/// What a row of sectors is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sector<'a> {
    /// A sector in the source's words. Capitals make no difference.
    Named(&'a str),
    /// Words that are sealed.
    Sealed,
    /// No sector is recorded.
    NotStated,
}

/// Agreements by sector.
#[derive(Debug, Clone, Default)]
pub struct Sectors<'a> {
    rows: Vec<(Sector<'a>, Counts)>,
    spellings: BTreeMap<Sector<'a>, usize>,
    folded: BTreeMap<String, usize>,
    /// How many agreements stand in more than one row.
    pub in_several: u64,
}

impl<'a> Sectors<'a> {
    /// Counts an agreement in, once in each of its sectors.
    pub fn add(&mut self, member: &Member<'a>) {
        let sectors = member.info.sectors.value;
        let mut places: BTreeSet<usize> = BTreeSet::new();
        for sector in sectors {
            let named = sector.text.plain().map_or(Sector::Sealed, Sector::Named);
            places.insert(self.place(named));
        }
        if places.is_empty() {
            places.insert(self.place(Sector::NotStated));
        }
        self.in_several = self.in_several.saturating_add(u64::from(places.len() > 1));
        for place in places {
            if let Some((_, counts)) = self.rows.get_mut(place) {
                counts.add(member);
            }
        }
    }

    /// The row of a sector, made where there is none. A spelling is folded only when it is first met.
    fn place(&mut self, sector: Sector<'a>) -> usize {
        if let Some(place) = self.spellings.get(&sector) {
            return *place;
        }
        let next = self.rows.len();
        let place = match sector {
            Sector::Named(words) => *self.folded.entry(words.to_lowercase()).or_insert(next),
            Sector::Sealed | Sector::NotStated => next,
        };
        if place == next {
            self.rows.push((sector, Counts::default()));
        }
        self.spellings.insert(sector, place);
        place
    }

    /// The rows: the most agreements first, then by name; agreements without a sector last.
    #[must_use]
    pub fn rows(&self) -> Vec<(Sector<'a>, Counts)> {
        let mut rows = self.rows.clone();
        rows.sort_by_cached_key(|(sector, counts)| {
            let folded = match sector {
                Sector::Named(words) => words.to_lowercase(),
                Sector::Sealed | Sector::NotStated => String::new(),
            };
            let unnamed = !matches!(sector, Sector::Named(_));
            let size = std::cmp::Reverse(counts.registered.all());
            (unnamed, size, folded, *sector)
        });
        rows
    }
}

/// Agreements by the countries of their parties.
#[derive(Debug, Clone, Default)]
pub struct Countries {
    rows: BTreeMap<Option<Country>, Counts>,
    /// How many agreements stand in more than one row.
    pub in_several: u64,
}

impl Countries {
    /// Counts an agreement in, once for each country of a party, and once as not known where that of
    /// a party is not known or no party is recorded.
    pub fn add(&mut self, member: &Member<'_>, status: &Status) {
        let parties = member.info.parties.value;
        let mut countries: BTreeSet<Option<Country>> = BTreeSet::new();
        countries.extend(parties.iter().map(|party| country(party, status)));
        if countries.is_empty() {
            countries.insert(None);
        }
        self.in_several = self
            .in_several
            .saturating_add(u64::from(countries.len() > 1));
        for country in countries {
            self.rows.entry(country).or_default().add(member);
        }
    }

    /// The rows: the most agreements first, then by code; those not known last.
    #[must_use]
    pub fn rows(&self) -> Vec<(Option<Country>, Counts)> {
        let mut rows: Vec<_> = self
            .rows
            .iter()
            .map(|(of, counts)| (*of, *counts))
            .collect();
        rows.sort_by_key(|(country, counts)| {
            let size = std::cmp::Reverse(counts.registered.all());
            (country.is_none(), size, *country)
        });
        rows
    }
}

/// The country of a party: the one stated of it, else the one its organisation is registered in.
fn country(party: &Party, status: &Status) -> Option<Country> {
    let stated = party.country().and_then(Known::value).copied();
    stated.or_else(|| {
        let book = status.book(party.organization()?)?;
        description::organization(book)?
            .country?
            .value
            .value()
            .copied()
    })
}

//! The agreements by sector and by the countries of their parties. One of two sectors, or with
//! parties of two countries, stands in both rows, so that rows do not add up to the whole.

use std::collections::{BTreeMap, BTreeSet};

use super::by_class::ByClass;
use super::course::PartyOrigin;
use super::register::Entry;
use super::ties::Summed;
use crate::deal::value::ids::StreamId;
use crate::deal::value::party::Country;
use crate::deal::value::text::Text;

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
    pub fn add(&mut self, one: &impl Summed) {
        let class = one.class();
        self.registered.add(class);
        if one.is_signed() {
            self.signed.add(class);
        }
        if one.has_step() {
            self.with_step.add(class);
        }
    }
}

/// What a row of sectors is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sector {
    /// A sector in the source's words. Capitals make no difference.
    Named(String),
    /// Words that are sealed.
    Sealed,
    /// No sector is recorded.
    NotStated,
}

/// Agreements by sector.
#[derive(Debug, Clone, Default)]
pub struct Sectors {
    rows: Vec<(Sector, Counts)>,
    /// The words of each sector and its row, once an agreement has it; by its number.
    words: BTreeMap<u32, (Text, Option<usize>)>,
    sealed: Option<usize>,
    not_stated: Option<usize>,
    folded: BTreeMap<String, usize>,
    /// How many agreements stand in more than one row.
    pub in_several: u64,
}

impl Sectors {
    /// Of no agreement yet; `sectors` tells the words and the number of each sector.
    pub(super) fn of<'t>(sectors: impl Iterator<Item = (&'t Text, u32)>) -> Self {
        let words = sectors.map(|(words, number)| (number, (words.clone(), None)));
        Self {
            words: words.collect(),
            ..Self::default()
        }
    }

    /// Counts an agreement in, once in each of its sectors.
    pub(super) fn add(&mut self, entry: &Entry<'_>) {
        let mut places: Vec<usize> = Vec::new();
        for number in &entry.course().sectors {
            places.extend(self.place(*number));
        }
        if places.is_empty() {
            let place = place_of(&mut self.rows, &mut self.not_stated, Sector::NotStated);
            places.push(place);
        }
        places.sort_unstable();
        places.dedup();
        self.in_several = self.in_several.saturating_add(u64::from(places.len() > 1));
        for place in places {
            if let Some((_, counts)) = self.rows.get_mut(place) {
                counts.add(entry);
            }
        }
    }

    /// The row of a sector, made where there is none. A spelling is folded only when it is first met, and the row has the
    /// name of the spelling that was met first.
    fn place(&mut self, number: u32) -> Option<usize> {
        let (words, known) = self.words.get_mut(&number)?;
        if let Some(place) = known {
            return Some(*place);
        }
        let place = match words.plain() {
            None => place_of(&mut self.rows, &mut self.sealed, Sector::Sealed),
            Some(words) => {
                let next = self.rows.len();
                let place = *self.folded.entry(words.to_lowercase()).or_insert(next);
                if place == next {
                    let row = Sector::Named(words.to_owned());
                    self.rows.push((row, Counts::default()));
                }
                place
            }
        };
        *known = Some(place);
        Some(place)
    }

    /// The rows: the most agreements first, then by name; agreements without a sector last.
    #[must_use]
    pub fn rows(&self) -> Vec<(Sector, Counts)> {
        let mut rows = self.rows.clone();
        rows.sort_by_cached_key(|(sector, counts)| {
            let folded = match sector {
                Sector::Named(words) => words.to_lowercase(),
                Sector::Sealed | Sector::NotStated => String::new(),
            };
            let unnamed = !matches!(sector, Sector::Named(_));
            let size = std::cmp::Reverse(counts.registered.all());
            (unnamed, size, folded, sector.clone())
        });
        rows
    }
}

/// The place of a row that has no name, made where there is none.
fn place_of(rows: &mut Vec<(Sector, Counts)>, place: &mut Option<usize>, sector: Sector) -> usize {
    *place.get_or_insert_with(|| {
        rows.push((sector, Counts::default()));
        rows.len().saturating_sub(1)
    })
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
    /// a party is not known or no party is recorded. `of` tells where an organisation is registered.
    pub fn add(&mut self, entry: &Entry<'_>, of: impl Fn(StreamId) -> Option<Country>) {
        let mut countries: BTreeSet<Option<Country>> = BTreeSet::new();
        countries.extend(entry.course().origins.iter().map(|origin| match origin {
            PartyOrigin::Country(country) => *country,
            PartyOrigin::Organization(organization) => of(*organization),
        }));
        if countries.is_empty() {
            countries.insert(None);
        }
        self.in_several = self
            .in_several
            .saturating_add(u64::from(countries.len() > 1));
        for country in countries {
            self.rows.entry(country).or_default().add(entry);
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

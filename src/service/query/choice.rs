//! Which things a list shows, in which order, a page at a time.
//!
//! A page is pinned: it belongs to the list as it was known at one position and stood on one day, and its cursor carries
//! both. So no thing is listed twice or left out by what is recorded while somebody turns the pages.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Reading;
use super::rows::Row;
use crate::deal::event::agreement_registered::Class;
use crate::deal::value::ids::{ActorId, StreamId, StreamKind};
use crate::deal::value::party::Country;
use crate::projection::catalogue::{Card, Catalogue, Followed};
use crate::projection::portfolio::course::PartyOrigin;
use crate::projection::standing::health::Health;
use crate::service::find::{self, FindError};

/// The orders of a list; `-` turns one round.
pub const SORTS: [&str; 4] = ["ref", "-ref", "last_news", "-last_news"];
/// The words for the highest level of evidence behind an agreement's milestones.
pub const EVIDENCE: [&str; 6] = ["none", "0", "1", "2", "3", "4"];
/// How many near words an error suggests.
const MOST_ALLOWED: usize = 60;

/// What a list is asked for, as people write it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Wanted {
    /// Agreements of one class: practical or institutional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Agreements whose furthest milestone is this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Agreements in one state: terminated, completed, suspended, slipping, silent or current.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
    /// Agreements by the highest level of evidence behind their milestones: none, or 0 to 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// Agreements in one sector, by its words or its code (ISIC Rev. 4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// Agreements with a party from one country, or organisations registered there, by its code (ISO 3166).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Agreements of one package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// Agreements of one officer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub officer: Option<String>,
    /// Agreements with news on this day or later, or occasions that were held then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<NaiveDate>,
    /// Agreements whose last news is of this day or earlier, or occasions that were held by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// Things that say all these words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// The order: ref, -ref, last_news or -last_news.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
}

/// Why a list was not given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// A word that is none of those there are.
    #[error("{given:?} is none of {}", .allowed.join(", "))]
    NoSuchWord {
        /// The field.
        field: &'static str,
        /// What was given.
        given: String,
        /// What may be given.
        allowed: Vec<String>,
    },
    /// The field is not one by which things of this kind are chosen.
    #[error("a list of {kind} things is not chosen by {field}; it takes {}", .allowed.join(", "))]
    NotBy {
        /// The field.
        field: &'static str,
        /// The kind.
        kind: StreamKind,
        /// What may be given.
        allowed: Vec<&'static str>,
    },
    /// What was given does not have the form of the field.
    #[error("{1}")]
    Malformed(&'static str, String),
    /// There is no such package.
    #[error(transparent)]
    Find(#[from] FindError),
}

impl ChoiceError {
    /// The field at fault.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::NoSuchWord { field, .. } | Self::NotBy { field, .. } => field,
            Self::Malformed(field, _) => field,
            Self::Find(_) => "package",
        }
    }
}

/// Things in the order of a list.
#[derive(Debug, Clone)]
pub struct Chosen(Vec<u32>);

impl Chosen {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What is wanted, read.
#[derive(Default)]
struct Choice {
    class: Option<Class>,
    stage: Option<String>,
    health: Option<Health>,
    evidence: Option<String>,
    sector: Option<String>,
    country: Option<Country>,
    package: Option<StreamId>,
    officer: Option<ActorId>,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
    said: Option<BTreeSet<StreamId>>,
    by_news: bool,
    backwards: bool,
}

fn word(typed: &str) -> String {
    typed.trim().to_ascii_lowercase().replace('-', "_")
}

fn one_of<'w>(
    field: &'static str,
    typed: &str,
    allowed: impl Iterator<Item = &'w str>,
) -> Result<String, ChoiceError> {
    let allowed: Vec<&str> = allowed.collect();
    let given = word(typed);
    match allowed.iter().find(|known| **known == given) {
        Some(_) => Ok(given),
        None => Err(ChoiceError::NoSuchWord {
            field,
            given: typed.chars().take(MOST_ALLOWED).collect(),
            allowed: allowed.into_iter().map(str::to_owned).collect(),
        }),
    }
}

impl Wanted {
    /// The fields that are given.
    fn given(&self) -> Vec<&'static str> {
        let fields = [
            ("class", self.class.is_some()),
            ("stage", self.stage.is_some()),
            ("health", self.health.is_some()),
            ("evidence", self.evidence.is_some()),
            ("sector", self.sector.is_some()),
            ("country", self.country.is_some()),
            ("package", self.package.is_some()),
            ("officer", self.officer.is_some()),
            ("since", self.since.is_some()),
            ("until", self.until.is_some()),
        ];
        let given = fields.into_iter().filter(|(_, given)| *given);
        given.map(|(field, _)| field).collect()
    }

    /// Refuses what things of a kind do not have.
    fn fits(&self, kind: StreamKind) -> Result<(), ChoiceError> {
        let allowed: &[&str] = match kind {
            StreamKind::Agreement => return Ok(()),
            StreamKind::Occasion => &["since", "until", "q", "sort"],
            StreamKind::Organization => &["country", "q", "sort"],
            StreamKind::Package | StreamKind::Ledger => &["q", "sort"],
        };
        let stray = self.given().into_iter();
        let mut stray = stray.filter(|field| !allowed.contains(field));
        match stray.next() {
            Some(field) => Err(ChoiceError::NotBy {
                field,
                kind,
                allowed: allowed.to_vec(),
            }),
            None => Ok(()),
        }
    }
}

impl Choice {
    fn read(reading: &Reading, kind: StreamKind, wanted: &Wanted) -> Result<Self, ChoiceError> {
        wanted.fits(kind)?;
        let mut choice = Self {
            sector: wanted
                .sector
                .as_ref()
                .map(|sector| sector.trim().to_lowercase()),
            since: wanted.since,
            until: wanted.until,
            ..Self::default()
        };
        if let Some(class) = &wanted.class {
            let classes = [Class::Practical, Class::Institutional];
            let class = one_of("class", class, classes.iter().map(|class| class.as_str()))?;
            choice.class = classes.into_iter().find(|known| known.as_str() == class);
        }
        if let Some(stage) = &wanted.stage {
            let codes = reading.milestones();
            choice.stage = Some(one_of("stage", stage, codes.iter().map(String::as_str))?);
        }
        if let Some(health) = &wanted.health {
            let all = Health::ALL;
            let health = one_of("health", health, all.iter().map(|health| health.as_str()))?;
            choice.health = all.into_iter().find(|known| known.as_str() == health);
        }
        if let Some(evidence) = &wanted.evidence {
            choice.evidence = Some(one_of("evidence", evidence, EVIDENCE.into_iter())?);
        }
        if let Some(country) = &wanted.country {
            let read = country.trim().to_ascii_uppercase().parse();
            choice.country = Some(read.map_err(|_| {
                let said =
                    format!("{country:?} is no code of a country; write such as AZ (ISO 3166)");
                ChoiceError::Malformed("country", said)
            })?);
        }
        if let Some(package) = &wanted.package {
            let package = find::stream(&reading.models, package, Some(StreamKind::Package))?;
            choice.package = Some(package);
        }
        if let Some(officer) = &wanted.officer {
            let read: Result<ActorId, _> = officer.parse();
            let read = read.map_err(|error| ChoiceError::Malformed("officer", error.to_string()));
            choice.officer = Some(read?);
        }
        choice.order(wanted)?;
        if let Some(words) = &wanted.q {
            if !words.chars().any(char::is_alphanumeric) {
                let said = "there is no letter and no digit to look for".to_owned();
                return Err(ChoiceError::Malformed("q", said));
            }
            let hits = reading.models.search().ask(words, Some(kind), usize::MAX);
            choice.said = Some(hits.best.iter().map(|hit| hit.stream).collect());
        }
        Ok(choice)
    }

    fn order(&mut self, wanted: &Wanted) -> Result<(), ChoiceError> {
        let sort = wanted.sort.as_deref().unwrap_or("ref").trim();
        let Some(sort) = SORTS.into_iter().find(|known| *known == sort) else {
            return Err(ChoiceError::NoSuchWord {
                field: "sort",
                given: sort.chars().take(MOST_ALLOWED).collect(),
                allowed: SORTS.map(str::to_owned).to_vec(),
            });
        };
        self.backwards = sort.starts_with('-');
        self.by_news = sort.ends_with("last_news");
        Ok(())
    }

    fn takes(
        &self,
        card: &Card,
        day: NaiveDate,
        from: &dyn Fn(StreamId) -> Option<Country>,
    ) -> bool {
        if self
            .said
            .as_ref()
            .is_some_and(|said| !said.contains(&card.id))
        {
            return false;
        }
        match &card.agreement {
            Some(agreement) => self.takes_agreement(agreement, day, from),
            None => {
                self.country
                    .is_none_or(|country| card.country == Some(country))
                    && self.lies(card.held)
            }
        }
    }

    /// Whether a day lies in the days asked for; what has none does in all of them.
    fn lies(&self, day: Option<NaiveDate>) -> bool {
        self.since
            .is_none_or(|since| day.is_some_and(|day| day >= since))
            && self
                .until
                .is_none_or(|until| day.is_some_and(|day| day <= until))
    }

    fn takes_agreement(
        &self,
        agreement: &Followed,
        day: NaiveDate,
        from: &dyn Fn(StreamId) -> Option<Country>,
    ) -> bool {
        let Some(state) = agreement.on(day) else {
            return false;
        };
        let of_sector = |wanted: &String| {
            let mut sectors = agreement.sectors.iter();
            sectors.any(|(words, isic)| {
                isic.as_ref() == Some(wanted) || words.to_string().to_lowercase() == *wanted
            })
        };
        let of_country = |wanted: Country| {
            let mut origins = agreement.origins.iter();
            origins.any(|origin| match origin {
                PartyOrigin::Country(country) => *country == Some(wanted),
                PartyOrigin::Organization(organization) => from(*organization) == Some(wanted),
            })
        };
        self.class.is_none_or(|class| agreement.class == class)
            && (self.stage.as_deref()).is_none_or(|stage| state.stage.as_deref() == Some(stage))
            && self.health.is_none_or(|health| state.health(day) == health)
            && (self.evidence.as_ref()).is_none_or(|level| {
                state
                    .evidence
                    .is_some_and(|reached| reached.to_string() == *level)
            })
            && self.sector.as_ref().is_none_or(of_sector)
            && self.country.is_none_or(of_country)
            && (self.package).is_none_or(|package| agreement.package == Some(package))
            && (self.officer.as_ref()).is_none_or(|one| agreement.officer.as_ref() == Some(one))
            && self.lies(state.last_news(day))
    }

    fn put_in_order(&self, catalogue: &Catalogue, day: NaiveDate, chosen: &mut [u32]) {
        if self.by_news {
            let news = |number: &u32| {
                let agreement = catalogue.card(*number)?.agreement.as_ref()?;
                agreement.on(day)?.last_news(day)
            };
            chosen.sort_by_cached_key(news);
        }
        if self.backwards {
            chosen.reverse();
        }
    }
}

impl Reading {
    /// The registered things of a kind that are wanted, in order.
    ///
    /// # Errors
    /// When a word is not one of those there are, or a field is none of this kind's.
    pub fn chosen(&self, kind: StreamKind, wanted: &Wanted) -> Result<Chosen, ChoiceError> {
        let choice = Choice::read(self, kind, wanted)?;
        let (catalogue, day) = (self.models.catalogue(self.day()), self.day());
        let from = |organization: StreamId| {
            let number = self.models.status.number_of(organization)?;
            catalogue.card(number)?.country
        };
        let mut chosen = catalogue.chosen(kind, |card| choice.takes(card, day, &from));
        choice.put_in_order(&catalogue, day, &mut chosen);
        Ok(Chosen(chosen))
    }

    /// The whole list of what is wanted.
    ///
    /// # Errors
    /// As [`chosen`](Self::chosen).
    pub fn list(&self, kind: StreamKind, wanted: &Wanted) -> Result<Vec<Row>, ChoiceError> {
        Ok(self.rows(&self.chosen(kind, wanted)?.0))
    }

    /// The rows of a stretch of a list.
    #[must_use]
    pub fn rows_of(&self, chosen: &Chosen, from: usize, most: usize) -> Vec<Row> {
        let end = from.saturating_add(most).min(chosen.0.len());
        let numbers = chosen.0.get(from..end).unwrap_or_default();
        self.rows(numbers)
    }
}

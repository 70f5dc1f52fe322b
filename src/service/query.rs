//! Questions about things: looking them up by what people type, and how they stand.
//!
//! The answers are plain values with stable field names, the same for the command line, the API and
//! the pages; nobody above has to know the read models they come from.

pub mod choice;
pub mod details;
pub mod door;
pub mod explained;
pub mod find;
pub mod known;
pub mod phrase;
pub mod rows;
pub mod search;
pub mod standing;
pub mod trail;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::event::Payload;
use crate::deal::state::{Book, Fact};
use crate::deal::value::ids::{Ref, StreamId};
use crate::deal::value::text::{Lang, Names};
use crate::projection::description::called;
use crate::projection::models::Models;

/// The read models at one position, asked on one day.
#[derive(Clone)]
pub struct Reading {
    models: Arc<Models>,
    day: NaiveDate,
    languages: Vec<Lang>,
}

impl Reading {
    /// A reading of these models on a day of the agency's zone.
    #[must_use]
    pub fn new(models: Arc<Models>, day: NaiveDate) -> Self {
        let opened = models.ledger.opened();
        let languages = opened.map(|opened| opened.languages.clone());
        Self {
            models,
            day,
            languages: languages.unwrap_or_default(),
        }
    }

    /// The same on another day.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Self {
        Self {
            day,
            ..self.clone()
        }
    }

    /// The day asked about, inclusive.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    /// How many events are known here.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.models.position()
    }

    /// The digest of each read model, in hexadecimal, by its name.
    #[must_use]
    pub fn digests(&self) -> BTreeMap<String, String> {
        let digests = self.models.digests().into_iter();
        digests
            .map(|(name, digest)| (name.to_owned(), digest))
            .collect()
    }

    /// When the last entry known here was recorded.
    #[must_use]
    pub fn recorded_at(&self) -> Option<DateTime<Utc>> {
        self.models.boundaries.recorded_at(self.position())
    }

    /// The languages the agency works in, the first one preferred.
    #[must_use]
    pub fn languages(&self) -> &[Lang] {
        &self.languages
    }

    /// What a registered thing is called.
    #[must_use]
    pub fn name(&self, stream: StreamId) -> Option<Named> {
        let book = self.models.status.book(stream)?;
        self.named(book)
    }

    /// All names of a registered thing, by language.
    #[must_use]
    pub fn names(&self, stream: StreamId) -> Option<Names> {
        let book = self.models.status.book(stream)?;
        called(book).map(|(_, names)| names.clone())
    }

    fn named(&self, book: &Book) -> Option<Named> {
        let (reference, names) = called(book)?;
        Some(Named {
            reference: reference.clone(),
            title: self.best(names),
        })
    }

    fn best(&self, names: &Names) -> String {
        let text = names.best(&self.languages);
        text.map_or_else(String::new, ToString::to_string)
    }

    /// A thing by its reference and title, or its stream where it has none.
    fn shown(&self, stream: StreamId) -> String {
        match self.name(stream) {
            Some(named) => format!("{} ({})", named.reference, named.title),
            None => stream.to_string(),
        }
    }

    /// A milestone's name in the track of a book.
    fn milestone_name(&self, book: &Book, code: &str) -> String {
        let class = crate::projection::description::class_of(book);
        match self.models.ledger.track(class).milestone(code) {
            Some(milestone) => self.best(&milestone.names),
            None => code.replace('_', " "),
        }
    }

    /// What a fact is, in a few words: its milestone or kind.
    fn what(&self, book: &Book, fact: &Fact) -> String {
        match (fact.payload(), fact.milestone()) {
            // A model whose discussions alone are concluded is never called agreed.
            (Payload::FinancialModelAgreed(data), _) => phrase::model(data.strength),
            (_, Some(code)) => self.milestone_name(book, code),
            (payload, None) => phrase::kind(payload.kind_name()),
        }
    }
}

/// A code word: of this program, or as a service sent it.
pub type Word = Cow<'static, str>;

/// A thing's reference and its title in the agency's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Named {
    /// The reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// The title or name.
    pub title: String,
}

//! Lists: one row a registered thing.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Reading, Word, phrase};
use crate::deal::state::Book;
use crate::deal::value::ids::{Ref, StreamId};
use crate::projection::description;
use crate::projection::standing::standing;

/// One registered thing in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// Its reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Its stream.
    pub stream: StreamId,
    /// Its title or name.
    pub title: String,
    /// How many entries it has.
    pub version: u64,
    /// Of an agreement: practical or institutional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Word>,
    /// Of an agreement: its package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<Ref>,
    /// Of an agreement: the furthest milestone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The same in words; a financial model by how settled it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage_words: Option<String>,
    /// Of an agreement: its health.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<Word>,
    /// Of an agreement: the highest evidence level behind its milestones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// Of an agreement: the last day of news.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_news: Option<NaiveDate>,
    /// Of an occasion: when it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
}

impl Reading {
    /// The rows of the things whose streams have these numbers, in this order: read on all cores, of books that are not kept.
    pub(super) fn rows(&self, numbers: &[u32]) -> Vec<Row> {
        let rows = self
            .models
            .status
            .drawn_from(numbers, |book| self.row(&book));
        rows.into_iter().flatten().collect()
    }

    fn row(&self, book: &Book) -> Option<Row> {
        let named = self.named(book)?;
        let mut row = Row {
            reference: named.reference,
            stream: book.id,
            title: named.title,
            version: book.version,
            class: None,
            package: None,
            stage: None,
            stage_words: None,
            health: None,
            evidence: None,
            last_news: None,
            on: description::occasion(book).map(|info| info.on.value.to_string()),
        };
        self.fill_agreement(&mut row, book);
        Some(row)
    }

    fn fill_agreement(&self, row: &mut Row, book: &Book) -> Option<()> {
        let info = description::agreement(book)?;
        let track = self.models.ledger.track(*info.class.value);
        let standing = standing(book, track, self.day());
        let package = info.package.map(|package| *package.value);
        row.class = Some(info.class.value.as_str().into());
        row.package = package.and_then(|package| Some(self.name(package)?.reference));
        row.stage = standing.stage().map(|stage| stage.code.to_owned());
        row.stage_words = standing.stage().map(|stage| match stage.strength {
            Some(strength) => phrase::model(strength),
            None => self.milestone_name(book, stage.code),
        });
        row.health = Some(standing.health.as_str().into());
        row.evidence = standing.evidence().map(|(_, highest)| highest.to_string());
        row.last_news = standing.last_news;
        Some(())
    }
}

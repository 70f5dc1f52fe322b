//! Lists: one row a registered thing.

use chrono::NaiveDate;
use serde::Serialize;

use super::{Reading, phrase};
use crate::deal::value::ids::{Ref, StreamId, StreamKind};
use crate::projection::description;
use crate::projection::standing::standing;

/// One registered thing in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    pub class: Option<&'static str>,
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
    pub health: Option<&'static str>,
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

/// Which agreements a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of one class.
    pub class: Option<String>,
    /// At one stage.
    pub stage: Option<String>,
    /// In one state of health.
    pub health: Option<String>,
    /// Of one package.
    pub package: Option<StreamId>,
}

impl Filter {
    fn keeps(&self, row: &Row, package: Option<StreamId>) -> bool {
        let same = |wanted: &Option<String>, is: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| is == Some(wanted))
        };
        same(&self.class, row.class)
            && same(&self.stage, row.stage.as_deref())
            && same(&self.health, row.health)
            && self.package.is_none_or(|wanted| package == Some(wanted))
    }
}

impl Reading {
    /// The registered things of a kind, by reference.
    #[must_use]
    pub fn rows(&self, sort: StreamKind, filter: &Filter) -> Vec<Row> {
        let mut rows: Vec<Row> = self
            .models
            .status
            .registered(sort)
            .filter_map(|book| {
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
                let package = self.fill_agreement(&mut row, book);
                filter.keeps(&row, package).then_some(row)
            })
            .collect();
        rows.sort_by(|a, b| a.reference.cmp(&b.reference));
        rows
    }

    fn fill_agreement(&self, row: &mut Row, book: &crate::deal::state::Book) -> Option<StreamId> {
        let info = description::agreement(book)?;
        let track = self.models.ledger.track(*info.class.value);
        let standing = standing(book, track, self.day());
        let package = info.package.map(|package| *package.value);
        row.class = Some(info.class.value.as_str());
        row.package = package.and_then(|package| Some(self.name(package)?.reference));
        row.stage = standing.stage().map(|stage| stage.code.to_owned());
        row.stage_words = standing.stage().map(|stage| match stage.strength {
            Some(strength) => phrase::model(strength),
            None => self.milestone_name(book, stage.code),
        });
        row.health = Some(standing.health.as_str());
        row.evidence = standing.evidence().map(|(_, highest)| highest.to_string());
        row.last_news = standing.last_news;
        package
    }
}

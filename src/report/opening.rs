//! The lines under a title: both times, and the package a report is limited to.

use super::document::block::{Block, Line, Part};
use super::question::Question;
use super::text::sentence::Frame;
use crate::projection::description;
use crate::projection::portfolio::roll::Scope;

/// The sentence on both times.
pub(super) fn times(question: &Question<'_>) -> Line {
    let models = question.models;
    let recorded = models
        .boundaries
        .recorded_at(models.position())
        .map(|moment| models.ledger.zone().day_of(moment));
    Line::new(question.text.frame(Frame::Times {
        as_of: question.day,
        position: models.position(),
        recorded,
    }))
}

/// The sentence on the one package asked about.
pub(super) fn one_package(question: &Question<'_>, scope: Scope) -> Option<Line> {
    let Scope::Package(package) = scope else {
        return None;
    };
    let book = question.models.status.book(package)?;
    let info = description::package(book)?;
    Some(Line::new(question.text.frame(Frame::OnePackage {
        reference: info.reference.as_str(),
        title: &question.text.name(info.titles.value),
    })))
}

/// The part before the first heading.
pub(super) fn opening(lines: Vec<Line>) -> Part {
    Part {
        name: "scope".to_owned(),
        heading: String::new(),
        blocks: vec![Block::Paragraph { lines }],
    }
}

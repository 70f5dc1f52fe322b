//! `dossier`: one agreement whole: what it is, where it stands, and its trail with both dates,
//! corrections struck through, who and why.

mod about;
mod trail;

use std::collections::BTreeMap;

use super::document::Document;
use super::document::block::{Block, Line, Part};
use super::facts::Wording;
use super::facts::claims::quoted;
use super::notes::Notes;
use super::question::{Parameter, ParameterKind, Question, Report, ReportError, unknown};
use super::text::pack::LanguagePack;
use super::text::sentence::{Frame, Heading};
use crate::deal::value::ids::{Ref, StreamId, StreamKind};
use crate::projection::description::{AgreementInfo, agreement};
use crate::projection::standing::Standing;

/// The report.
pub const REPORT: Report = Report {
    name: "dossier",
    version: 1,
    about: "one agreement whole, with everything ever recorded of it",
    parameters: &[Parameter {
        name: "agreement",
        about: "the reference of the agreement",
        kind: ParameterKind::Agreement,
        required: true,
    }],
    compute,
};

/// The dossier while it is written.
struct Draft<'a> {
    wording: Wording<'a>,
    text: &'a dyn LanguagePack,
    info: AgreementInfo<'a>,
    standing: Standing<'a>,
    notes: Notes<'a>,
}

fn compute(question: &Question<'_>) -> Result<Document, ReportError> {
    let given = question
        .parameters
        .get("agreement")
        .map_or("", String::as_str);
    let models = question.models;
    let not_known = || unknown(&models.status, given, "agreement", StreamKind::Agreement);
    let reference = Ref::new(given).map_err(|_| not_known())?;
    let stream: StreamId = models.status.by_ref(&reference).ok_or_else(not_known)?;
    let book = models.status.book(stream).ok_or_else(not_known)?;
    let info = agreement(book).ok_or_else(not_known)?;
    let track = models.ledger.track(*info.class.value);
    let draft = Draft {
        wording: Wording {
            models,
            text: question.text,
        },
        text: question.text,
        standing: crate::projection::standing::standing(book, track, question.day),
        info,
        notes: Notes::new(question),
    };
    let parameters = BTreeMap::from([("agreement".to_owned(), reference.to_string())]);
    Ok(draft.written(parameters))
}

impl<'a> Draft<'a> {
    fn written(mut self, parameters: BTreeMap<String, String>) -> Document {
        let mut parts = vec![
            self.opening(),
            self.description(),
            self.status(),
            self.milestones(),
        ];
        parts.push(self.outlook());
        parts.extend(self.promises());
        parts.extend(self.money());
        parts.extend(self.statements());
        parts.extend(self.assumptions());
        parts.push(self.trail());
        let title = self.text.frame(Frame::DossierTitle {
            reference: self.info.reference.as_str(),
            title: &self.text.name(self.info.titles.value),
        });
        self.notes.document(&REPORT, title, parameters, parts)
    }

    fn opening(&self) -> Part {
        let models = self.wording.models;
        let recorded = models
            .boundaries
            .recorded_at(models.position())
            .map(|moment| models.ledger.zone().day_of(moment));
        let times = self.text.frame(Frame::Times {
            as_of: self.standing.day,
            position: models.position(),
            recorded,
        });
        Part {
            name: "scope".to_owned(),
            heading: String::new(),
            blocks: vec![Block::Paragraph {
                lines: vec![Line::new(times)],
            }],
        }
    }

    fn part(&self, name: &str, heading: Heading, blocks: Vec<Block>) -> Part {
        Part {
            name: name.to_owned(),
            heading: self.text.heading(heading).to_owned(),
            blocks,
        }
    }

    /// A part with a list, unless the list is empty.
    fn listed(&self, name: &str, heading: Heading, items: Vec<Line>) -> Option<Part> {
        (!items.is_empty()).then(|| self.part(name, heading, vec![Block::List { items }]))
    }

    fn statements(&mut self) -> Option<Part> {
        let mut blocks = Vec::new();
        for field in &self.standing.claims {
            blocks.extend(quoted(self.wording, field, &mut self.notes.citations));
        }
        (!blocks.is_empty()).then(|| self.part("statements", Heading::Claims, blocks))
    }
}

//! `changes`: what the ledger learned between two moments, and which earlier answers that changes.
//!
//! Its parts, in order: how many entries did what, what is new, the entries of each thing with both
//! dates, the answers that are others now, the issued reports that cite what was corrected. The read
//! models of the earlier moment are handed in.

mod answers;
mod entries;
mod issued;

use std::collections::{BTreeMap, BTreeSet};

use super::document::Document;
use super::document::block::{Block, Line, Part};
use super::facts::Wording;
use super::notes::Notes;
use super::past::Earlier;
use super::question::{Parameter, ParameterKind, Question, Report, ReportError};
use super::text::pack::LanguagePack;
use super::text::sentence::Frame;
use super::text::sentence::changes::{Changes, Section};
use crate::deal::value::ids::StreamId;
use crate::projection::models::Models;

/// The parameter that holds the earlier moment.
const FROM: &str = "from";

/// The report.
pub const REPORT: Report = Report {
    name: "changes",
    version: 1,
    about: "what the ledger learned between two moments, and which earlier answers it changes",
    parameters: &[Parameter {
        name: FROM,
        about: "the earlier moment: a day (its end), a moment or a position",
        kind: ParameterKind::Moment,
        required: true,
    }],
    compute,
};

/// The report while it is written.
struct Draft<'a> {
    wording: Wording<'a>,
    text: &'a dyn LanguagePack,
    /// What is known now.
    now: &'a Models,
    /// What was known before.
    before: &'a Models,
    /// The first position that counts as learned.
    from: u64,
    day: chrono::NaiveDate,
    issued: &'a [Earlier],
    notes: Notes<'a>,
}

fn compute(question: &Question<'_>) -> Result<Document, ReportError> {
    let given = question.parameters.get(FROM).map_or("", String::as_str);
    let position = question.models.position();
    let from: Option<u64> = given.parse().ok();
    let before = question.past.before;
    let before = before.filter(|before| from == Some(before.position()));
    let before = before.ok_or_else(|| ReportError::NotAPosition {
        parameter: FROM,
        given: given.chars().take(40).collect(),
    })?;
    if before.position() > position {
        return Err(ReportError::LearnedBackwards {
            from: before.position(),
            position,
        });
    }
    let draft = Draft {
        wording: Wording {
            models: question.models,
            text: question.text,
        },
        text: question.text,
        now: question.models,
        before,
        from: before.position(),
        day: question.day,
        issued: question.past.issued,
        notes: Notes::new(question),
    };
    Ok(draft.written())
}

impl<'a> Draft<'a> {
    fn written(mut self) -> Document {
        let parameters = BTreeMap::from([(FROM.to_owned(), self.from.to_string())]);
        let mut parts = vec![self.opening()];
        if self.from == self.now.position() {
            parts.push(Part {
                name: "empty".to_owned(),
                heading: String::new(),
                blocks: vec![Block::Empty {
                    text: self.text.changes(Changes::Nothing),
                }],
            });
        } else {
            let touched = self.touched();
            parts.push(self.counts(&touched));
            parts.push(self.new_things(&touched));
            parts.push(self.entries(&touched));
            parts.push(self.answers(&touched));
            parts.push(self.issued());
        }
        let title = self.text.changes(Changes::Title {
            from: self.from,
            position: self.now.position(),
        });
        self.notes.document(&REPORT, title, parameters, parts)
    }

    fn part(&self, name: &str, section: Section, blocks: Vec<Block>) -> Part {
        Part {
            name: name.to_owned(),
            heading: self.text.changes(Changes::Section(section)),
            blocks,
        }
    }

    fn opening(&self) -> Part {
        let zone = self.now.ledger.zone();
        let recorded = |position: u64| {
            let moment = self.now.boundaries.recorded_at(position);
            moment.map(|moment| zone.day_of(moment))
        };
        let position = self.now.position();
        let lines = vec![
            Line::new(self.text.frame(Frame::Times {
                as_of: self.day,
                position,
                recorded: recorded(position),
            })),
            Line::new(self.text.changes(Changes::Between {
                from: self.from,
                recorded: recorded(self.from),
                entries: position.saturating_sub(self.from),
            })),
            Line::new(self.text.changes(Changes::AnswersOn { day: self.day })),
        ];
        Part {
            name: "scope".to_owned(),
            heading: String::new(),
            blocks: vec![Block::Paragraph { lines }],
        }
    }

    /// The streams of which an entry was recorded between the two positions.
    fn touched(&self) -> BTreeSet<StreamId> {
        let status = &self.now.status;
        (self.from..self.now.position())
            .filter_map(|seq| status.stream_of(status.event_at(seq)?))
            .collect()
    }
}

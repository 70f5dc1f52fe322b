//! The notes of a Document while it is written: which facts it cites, which figures it defines.

use std::collections::BTreeMap;

use super::document::block::{Line, Part};
use super::document::note::{Definition as DefinitionNote, Footnote, SourceNote};
use super::document::{Document, Ledger};
use super::question::{Question, Report};
use super::text::sentence::record::Remark;
use super::text::sentence::{Definition, Frame, Word};
use crate::deal::state::Fact;
use crate::deal::value::ids::KnownBy;
use crate::deal::value::source::Source;

/// Footnotes and definitions, numbered in the order in which they are first needed.
pub(super) struct Notes<'a> {
    question: Question<'a>,
    pub(super) citations: Citations<'a>,
    definitions: Vec<DefinitionNote>,
}

/// The facts cited, numbered in the order in which they are first cited.
pub(super) struct Citations<'a> {
    question: Question<'a>,
    footnotes: Vec<Footnote>,
    numbers: BTreeMap<u64, u32>,
    /// What it rests on, in no order and as often as it is met.
    cited: Vec<u64>,
    identity_not_checked: bool,
}

/// The numbers that citations got among those of the whole Document, by the numbers they had apart.
pub(super) struct Renumbered(Vec<u32>);

impl Renumbered {
    /// Gives lines that cite apart the numbers of the Document.
    pub(super) fn lines(&self, lines: &mut [Line]) {
        for line in lines {
            line.notes = self.numbers(&line.notes);
            line.notes.sort_unstable();
        }
    }

    /// All of them, in the order of those given apart.
    pub(super) fn all(self) -> Vec<u32> {
        self.0
    }

    /// All of them, each once, in their order in the Document.
    pub(super) fn sorted(self) -> Vec<u32> {
        let mut numbers = self.0;
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// The numbers in the Document, in the order of those given apart.
    pub(super) fn numbers(&self, apart: &[u32]) -> Vec<u32> {
        let number = |apart: &u32| self.0.get(apart.checked_sub(1)? as usize).copied();
        apart.iter().filter_map(number).collect()
    }
}

impl<'a> Citations<'a> {
    fn new(question: &Question<'a>) -> Self {
        Self {
            question: *question,
            footnotes: Vec::new(),
            numbers: BTreeMap::new(),
            cited: Vec::new(),
            identity_not_checked: false,
        }
    }

    /// The number of the footnote for a fact, as its version in force states it.
    pub(super) fn cite(&mut self, fact: &Fact) -> u32 {
        let seq = fact.current().recording.seq;
        if let Some(number) = self.numbers.get(&seq) {
            return *number;
        }
        let number = self.next();
        self.numbers.insert(seq, number);
        let footnote = self.footnote(fact, number);
        self.footnotes.push(footnote);
        number
    }

    /// The numbers of the footnotes for several facts.
    pub(super) fn cite_all<'f>(&mut self, facts: impl IntoIterator<Item = &'f Fact>) -> Vec<u32> {
        let mut notes: Vec<u32> = facts.into_iter().map(|fact| self.cite(fact)).collect();
        notes.sort_unstable();
        notes.dedup();
        notes
    }

    /// What the facts at several positions are cited as, apart; each is read by itself.
    pub(super) fn cited(&self, positions: &[u64]) -> Self {
        let mut apart = Self::new(&self.question);
        for seq in positions {
            let status = &self.question.models.status;
            status.one_fact(*seq, |_| false, |_, fact| apart.cite(fact));
        }
        apart
    }

    /// The numbers of the footnotes for the facts at several positions; each fact is read apart, on all cores.
    pub(super) fn cite_positions(&mut self, positions: &[u64]) -> Vec<u32> {
        let question = self.question;
        let cited = question.models.status.each_fact(positions, |fact| {
            let mut apart = Self::new(&question);
            apart.cite(fact);
            apart
        });
        let mut notes = Vec::new();
        for apart in cited {
            notes.extend(self.take_in(apart).all());
        }
        notes.sort_unstable();
        notes.dedup();
        notes
    }

    /// Takes in what was cited apart, in its order, and tells the numbers it got.
    pub(super) fn take_in(&mut self, apart: Self) -> Renumbered {
        self.cited.extend(apart.cited);
        self.identity_not_checked |= apart.identity_not_checked;
        let numbers = apart.footnotes.into_iter().map(|mut footnote| {
            if let Some(number) = self.numbers.get(&footnote.seq) {
                return *number;
            }
            let number = self.next();
            self.numbers.insert(footnote.seq, number);
            footnote.number = number;
            self.footnotes.push(footnote);
            number
        });
        Renumbered(numbers.collect())
    }

    fn next(&self) -> u32 {
        let cited = u32::try_from(self.footnotes.len()).unwrap_or(u32::MAX);
        cited.saturating_add(1)
    }

    fn footnote(&mut self, fact: &Fact, number: u32) -> Footnote {
        let text = self.question.text;
        let current = fact.current();
        self.cited.push(current.recording.seq);
        self.meet(current.recording.actor.known_by);
        let standing = fact.added.iter().filter(|added| added.retracted.is_none());
        for added in standing {
            self.cited.push(added.recording.seq);
            self.meet(added.recording.actor.known_by);
        }
        let marks = self.marks(fact);
        let sources: Vec<&Source> = fact.sources().collect();
        let phrases: Vec<String> = sources.iter().map(|source| self.source(source)).collect();
        Footnote {
            number,
            seq: current.recording.seq,
            event: current.recording.event.to_string(),
            on: current.on.clone(),
            recorded: current.recording.day,
            evidence: fact.evidence(),
            text: text.remark(Remark::Note {
                seq: current.recording.seq,
                recorded: current.recording.day,
                sources: &phrases,
                marks: &marks,
            }),
            sources: sources.into_iter().map(SourceNote::of).collect(),
            marks,
        }
    }

    fn marks(&mut self, fact: &Fact) -> Vec<String> {
        let text = self.question.text;
        let mut marks = Vec::new();
        let current = fact.current();
        if let Some(reason) = &current.reason {
            marks.push(text.remark(Remark::Corrected {
                recorded: current.recording.day,
                reason: &text.text(reason),
            }));
        }
        if let Some(confirmation) = fact.confirmation() {
            let known_by = confirmation.recording.actor.known_by;
            self.cited.push(confirmation.recording.seq);
            self.meet(known_by);
            marks.push(text.remark(Remark::Confirmed {
                recorded: confirmation.recording.day,
                unchecked: known_by == KnownBy::LocalClaim,
            }));
        } else if fact.lapsed_confirmations().next().is_some() {
            marks.push(text.remark(Remark::ConfirmationLapsed));
        }
        marks
    }

    fn meet(&mut self, known_by: KnownBy) {
        self.identity_not_checked |= known_by == KnownBy::LocalClaim;
    }

    fn source(&self, source: &Source) -> String {
        let text = self.question.text;
        let publisher = source.publisher.as_ref().map(|words| text.text(words));
        let locator = source.locator.as_ref().map(|words| text.text(words));
        text.remark(Remark::Source {
            publisher: publisher.as_deref(),
            title: &text.text(&source.title),
            kind: source.kind,
            number: source.number.as_ref().map(|number| number.as_str()),
            published: source.published.as_ref(),
            locator: locator.as_deref(),
        })
    }
}

impl<'a> Notes<'a> {
    pub(super) fn new(question: &Question<'a>) -> Self {
        Self {
            question: *question,
            citations: Citations::new(question),
            definitions: Vec::new(),
        }
    }

    /// To cite apart, on another core: [`Citations::take_in`] puts it in its place.
    pub(super) fn apart(&self) -> Citations<'a> {
        Citations::new(&self.question)
    }

    /// The number of the footnote for a fact, as its version in force states it.
    pub(super) fn cite(&mut self, fact: &Fact) -> u32 {
        self.citations.cite(fact)
    }

    /// The numbers of the footnotes for several facts.
    pub(super) fn cite_all<'f>(&mut self, facts: impl IntoIterator<Item = &'f Fact>) -> Vec<u32> {
        self.citations.cite_all(facts)
    }

    /// The numbers of the footnotes for the facts at several positions.
    pub(super) fn cite_positions(&mut self, positions: &[u64]) -> Vec<u32> {
        self.citations.cite_positions(positions)
    }

    /// The letter of a definition.
    pub(super) fn define(&mut self, definition: Definition<'_>) -> String {
        let text = self.question.text.define(definition);
        self.meaning(text)
    }

    /// The letter of a definition in words.
    pub(super) fn meaning(&mut self, text: String) -> String {
        if let Some(known) = self.definitions.iter().find(|known| known.text == text) {
            return known.mark.clone();
        }
        let mark = letter(self.definitions.len());
        self.definitions.push(DefinitionNote {
            mark: mark.clone(),
            text,
        });
        mark
    }

    /// The Document of these parts and notes.
    pub(super) fn document(
        self,
        report: &Report,
        title: String,
        parameters: BTreeMap<String, String>,
        parts: Vec<Part>,
    ) -> Document {
        let Question {
            models,
            day,
            root,
            text,
            ..
        } = self.question;
        let citations = self.citations;
        let mut cited = citations.cited;
        cited.sort_unstable();
        cited.dedup();
        let opened = models.ledger.opened();
        let unread = models.status.anomalies().count() as u64;
        let origin = opened.map_or("", |opened| opened.origin.as_str());
        let position = models.position();
        let demonstration = opened.is_some_and(|opened| opened.demonstration);
        let warnings = [
            demonstration.then(|| text.frame(Frame::Demonstration)),
            (unread > 0).then(|| text.frame(Frame::Incomplete { count: unread })),
            citations
                .identity_not_checked
                .then(|| text.frame(Frame::IdentityNotChecked)),
        ];
        let closing = vec![
            text.frame(Frame::Root {
                origin,
                as_of: day,
                position,
                root,
            }),
            text.frame(Frame::NoProof),
        ];
        Document {
            report: report.name.to_owned(),
            report_version: report.version,
            language: text.code().to_owned(),
            title,
            known_at: position,
            as_of: day,
            parameters,
            ledger: Ledger {
                origin: origin.to_owned(),
                agency: opened.map_or_else(
                    || text.word(Word::NotKnown).to_owned(),
                    |opened| text.name(&opened.agency),
                ),
                root: root.to_owned(),
                demonstration,
            },
            complete: unread == 0,
            warnings: warnings.into_iter().flatten().collect(),
            parts,
            definitions: self.definitions,
            footnotes: citations.footnotes,
            cited,
            closing,
            labels: text.labels(),
        }
    }
}

/// "a" to "z", then "aa" and on.
fn letter(index: usize) -> String {
    let mut left = index;
    let mut out = Vec::new();
    loop {
        let digit = left
            .checked_rem(26)
            .and_then(|digit| u8::try_from(digit).ok());
        out.push(char::from(b'a'.saturating_add(digit.unwrap_or(0))));
        match (left / 26).checked_sub(1) {
            Some(next) => left = next,
            None => return out.into_iter().rev().collect(),
        }
    }
}

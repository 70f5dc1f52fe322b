//! Corrections: what an earlier report may have said and would not say now.

use super::{Draft, list_or};
use crate::deal::event::agreement_registered::Class;
use crate::deal::state::{Book, Fact, Version};
use crate::deal::value::ids::StreamKind;
use crate::projection::description::class_of;
use crate::report::document::block::{Line, Part};
use crate::report::facts::payload::says;
use crate::report::text::pack::Tense;
use crate::report::text::sentence::Heading;
use crate::report::text::sentence::record::Remark;

impl Draft<'_> {
    /// Corrections and withdrawals recorded since the first day of the period, by position.
    pub(super) fn corrections(&mut self) -> Part {
        let mut found: Vec<(u64, Line)> = Vec::new();
        for book in self.books() {
            for fact in book.facts() {
                for pair in fact.versions().windows(2) {
                    if let [before, after] = pair {
                        found.extend(self.corrected(book, fact, before, after));
                    }
                }
                found.extend(self.withdrawn(book, fact));
            }
        }
        found.sort_by_key(|(seq, _)| *seq);
        let items = found.into_iter().map(|(_, line)| line).collect();
        let block = list_or(items, self.text.remark(Remark::NoCorrection));
        self.part("corrections", Heading::Corrections, vec![block])
    }

    fn corrected(
        &mut self,
        book: &Book,
        fact: &Fact,
        before: &Version,
        after: &Version,
    ) -> Option<(u64, Line)> {
        let recorded = after.recording.day;
        if self.since.is_some_and(|since| recorded < since) {
            return None;
        }
        let (old, new) = self.difference(book, before, after);
        let reason = self
            .wording
            .words(after.reason.as_ref())
            .unwrap_or_default();
        let text = self.text.remark(Remark::Change {
            about: &self.wording.thing(book.id),
            kind: &self.kind(fact),
            recorded,
            before: &old,
            after: &new,
            reason: &reason,
        });
        let note = self.notes.cite(fact);
        Some((after.recording.seq, Line::new(text).noted([note])))
    }

    fn withdrawn(&mut self, book: &Book, fact: &Fact) -> Option<(u64, Line)> {
        let retraction = fact.retracted.as_ref()?;
        let recorded = retraction.recording.day;
        if self.since.is_some_and(|since| recorded < since) {
            return None;
        }
        let text = self.text.remark(Remark::Withdrawn {
            about: &self.wording.thing(book.id),
            kind: &self.kind(fact),
            recorded,
            before: &self.version(book, fact.current()),
            reason: &self.text.text(&retraction.reason),
        });
        let note = self.notes.cite(fact);
        Some((retraction.recording.seq, Line::new(text).noted([note])))
    }

    /// What differs between two versions: the day alone, the words alone, or both.
    fn difference(&self, book: &Book, before: &Version, after: &Version) -> (String, String) {
        let track = self.portfolio.ledger.track(class(book));
        let (old, new) = (
            says(self.wording, track, before),
            says(self.wording, track, after),
        );
        let on = |version: &Version| self.text.when(&version.on, Tense::Named);
        match (old == new, before.on == after.on) {
            (true, false) => (on(before), on(after)),
            (false, true) => (old, new),
            _ => (self.version(book, before), self.version(book, after)),
        }
    }

    fn version(&self, book: &Book, version: &Version) -> String {
        let track = self.portfolio.ledger.track(class(book));
        let words = says(self.wording, track, version);
        let is_dated = version.payload.kind().is_some_and(|kind| kind.dated());
        if is_dated {
            let on = self.text.when(&version.on, Tense::Named);
            if words.is_empty() {
                on
            } else {
                format!("{words}; {on}")
            }
        } else {
            words
        }
    }

    fn kind(&self, fact: &Fact) -> String {
        match fact.payload().kind() {
            Some(kind) => self.text.kind(kind).to_owned(),
            None => fact.payload().kind_name().to_owned(),
        }
    }
}

fn class(book: &Book) -> Class {
    match book.id.kind() {
        StreamKind::Agreement => class_of(book),
        _ => Class::Practical,
    }
}

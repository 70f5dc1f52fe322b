//! Corrections: what an earlier report may have said and would not say now.

use super::{Draft, list_or};
use crate::deal::event::agreement_registered::Class;
use crate::deal::state::{Book, Fact, Recording, Version};
use crate::deal::value::ids::StreamKind;
use crate::projection::amended::{Became, amended_since};
use crate::projection::description::class_of;
use crate::report::document::block::{Line, Part};
use crate::report::facts::amended::words as amended_words;
use crate::report::facts::payload::says;
use crate::report::past::Earlier;
use crate::report::text::pack::Tense;
use crate::report::text::sentence::Heading;
use crate::report::text::sentence::issuing::Issuing;
use crate::report::text::sentence::record::Remark;

impl<'a> Draft<'a> {
    /// Corrections and withdrawals recorded since the first day of the period, by position; of a report
    /// that follows an issue, those of what that issue cited, recorded since its K.
    pub(super) fn corrections(&mut self) -> Part {
        let mut found: Vec<(u64, Line)> = Vec::new();
        for (book, fact) in self.told_before() {
            for pair in fact.versions().windows(2) {
                if let [before, after] = pair {
                    found.extend(self.corrected(book, fact, before, after));
                }
            }
            found.extend(self.withdrawn(book, fact));
        }
        found.extend(self.without_support());
        found.sort_by_key(|(seq, _)| *seq);
        let items = found.into_iter().map(|(_, line)| line).collect();
        let nothing = match self.follows {
            Some(Earlier { number, .. }) => {
                self.text.issuing(Issuing::NothingCitedCorrected { number })
            }
            None => self.text.remark(Remark::NoCorrection),
        };
        let block = list_or(items, nothing);
        self.part("corrections", Heading::Corrections, vec![block])
    }

    /// The facts an earlier report can have told of: those that the issue followed cites, else all.
    fn told_before(&self) -> Vec<(&'a Book, &'a Fact)> {
        match self.follows {
            Some(earlier) => {
                let status = self.portfolio.status;
                let amended = amended_since(status, &earlier.cited, earlier.known_at);
                amended
                    .into_iter()
                    .map(|one| (one.book, one.fact))
                    .collect()
            }
            None => {
                let books = self.books().into_iter();
                books
                    .flat_map(|book| book.facts().iter().map(move |fact| (book, fact)))
                    .collect()
            }
        }
    }

    /// Facts that the issue followed cites and whose source or confirmation was withdrawn since.
    fn without_support(&mut self) -> Vec<(u64, Line)> {
        let Some(earlier) = self.follows else {
            return Vec::new();
        };
        let amended = amended_since(self.portfolio.status, &earlier.cited, earlier.known_at);
        let mut found = Vec::new();
        for one in amended {
            if one.became == Became::SupportWithdrawn {
                let text = amended_words(self.wording, &one);
                let line = Line::new(self.text.opening(&format!("{text}.")));
                found.push((one.by.seq, line.noted([self.notes.cite(one.fact)])));
            }
        }
        found
    }

    /// Whether it was recorded since the issue that is followed, or else since the first day.
    fn is_recent(&self, recording: &Recording) -> bool {
        match self.follows {
            Some(earlier) => recording.seq >= earlier.known_at,
            None => self.since.is_none_or(|since| recording.day >= since),
        }
    }

    fn corrected(
        &mut self,
        book: &Book,
        fact: &Fact,
        before: &Version,
        after: &Version,
    ) -> Option<(u64, Line)> {
        let recorded = after.recording.day;
        if !self.is_recent(&after.recording) {
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
        if !self.is_recent(&retraction.recording) {
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

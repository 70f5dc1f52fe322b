//! Corrections: what an earlier report may have said and would not say now.

use super::named::MOST;
use super::{Draft, list_or};
use crate::deal::event::agreement_registered::Class;
use crate::deal::state::{Book, Fact, Version};
use crate::deal::track::Track;
use crate::deal::value::ids::StreamId;
use crate::projection::amended::{Became, amended_since};
use crate::projection::portfolio::card::Remarks;
use crate::report::document::block::{Block, Line, Part};
use crate::report::facts::amended::words as amended_words;
use crate::report::facts::payload::says;
use crate::report::notes::Citations;
use crate::report::past::Earlier;
use crate::report::text::pack::Tense;
use crate::report::text::sentence::issuing::Issuing;
use crate::report::text::sentence::record::Remark;
use crate::report::text::sentence::{Heading, Listed};

impl Draft<'_> {
    /// Corrections and withdrawals recorded since the first day of the period, by position; of a report
    /// that follows an issue, those of what that issue cited, recorded since its K.
    pub(super) fn corrections(&mut self) -> Part {
        let mut amendments = self.amendments();
        let left = amendments.len().saturating_sub(MOST);
        if left > 0 {
            // Of many the last are told, and of the others their number is enough.
            amendments.select_nth_unstable(left);
        }
        let mut told = amendments.split_off(left);
        told.sort_unstable();
        let register = self.register;
        let said = register.asked(&told, |seq| {
            let mut apart = self.notes.apart();
            let line = self.amended(*seq, &mut apart)?;
            Some((*seq, line, apart))
        });
        let mut found: Vec<(u64, Line)> = Vec::new();
        for (seq, mut line, apart) in said {
            let numbers = self.notes.citations.take_in(apart);
            numbers.lines(std::slice::from_mut(&mut line));
            found.push((seq, line));
        }
        found.extend(self.without_support());
        found.sort_by_key(|(seq, _)| *seq);
        let items = found.into_iter().map(|(_, line)| line).collect();
        let nothing = match self.period.follows {
            Some(Earlier { number, .. }) => {
                self.text.issuing(Issuing::NothingCitedCorrected { number })
            }
            None => self.text.remark(Remark::NoCorrection),
        };
        let mut blocks: Vec<Block> = self
            .more(Listed::Corrections, left as u64)
            .into_iter()
            .collect();
        blocks.push(list_or(items, nothing));
        self.part("corrections", Heading::Corrections, blocks)
    }

    /// The positions of the corrections and withdrawals to be told, each once: of facts that the issue followed cites, else of
    /// all.
    fn amendments(&self) -> Vec<u64> {
        let mut found: Vec<u64> = match self.period.follows {
            Some(earlier) => {
                let amended = amended_since(self.register.status, &earlier.cited, earlier.known_at);
                let remarks = amended.iter().map(|one| Remarks::amended(one.fact));
                let recent = remarks
                    .flatten()
                    .filter(|(seq, _)| *seq >= earlier.known_at);
                recent.map(|(seq, _)| seq).collect()
            }
            None => self.amended_beside_agreements(),
        };
        found.sort_unstable();
        found.dedup();
        if self.period.follows.is_none() {
            found.extend_from_slice(&self.census.amended);
        }
        found
    }

    /// Those of the packages this report is about and of their occasions, since the first day; an occasion of several
    /// packages is met as often.
    fn amended_beside_agreements(&self) -> Vec<u64> {
        let remarks = self.packages.iter().flat_map(|package| {
            // Most packages have no correction of the period, and are looked at no further.
            let recent = package.amended.filter(|last| self.period.is_recent(*last));
            let mine = recent.map(|_| &package.card.remarks);
            [mine, package.beside].into_iter().flatten()
        });
        let amended = remarks.flat_map(|remarks| &remarks.amended);
        let recent = amended.filter(|(_, day)| self.period.is_recent(*day));
        recent.map(|(seq, _)| *seq).collect()
    }

    /// The correction or withdrawal at a position, in words.
    fn amended(&self, seq: u64, notes: &mut Citations<'_>) -> Option<Line> {
        let status = self.register.status;
        let amended = status.one_fact(
            seq,
            |_| false,
            |book, fact| {
                let withdrawn = fact.retracted.as_ref();
                if withdrawn.is_some_and(|retraction| retraction.recording.seq == seq) {
                    return self.withdrawn(book, fact, notes);
                }
                let mut pairs = fact.versions().windows(2);
                pairs.find_map(|pair| match pair {
                    [before, after] if after.recording.seq == seq => {
                        Some(self.corrected(book, fact, [before, after], notes))
                    }
                    _ => None,
                })
            },
        );
        amended?
    }

    /// Facts that the issue followed cites and whose source or confirmation was withdrawn since.
    fn without_support(&mut self) -> Vec<(u64, Line)> {
        let Some(earlier) = self.period.follows else {
            return Vec::new();
        };
        let amended = amended_since(self.register.status, &earlier.cited, earlier.known_at);
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

    fn corrected(
        &self,
        book: &Book,
        fact: &Fact,
        [before, after]: [&Version; 2],
        notes: &mut Citations<'_>,
    ) -> Line {
        let recorded = after.recording.day;
        let (old, new) = self.difference(book, before, after);
        let reason = self
            .wording
            .words(after.reason.as_ref())
            .unwrap_or_default();
        let text = self.text.remark(Remark::Change {
            about: &self.thing(book.id),
            kind: &self.kind(fact),
            recorded,
            before: &old,
            after: &new,
            reason: &reason,
        });
        Line::new(text).noted([notes.cite(fact)])
    }

    fn withdrawn(&self, book: &Book, fact: &Fact, notes: &mut Citations<'_>) -> Option<Line> {
        let retraction = fact.retracted.as_ref()?;
        let recorded = retraction.recording.day;
        let text = self.text.remark(Remark::Withdrawn {
            about: &self.thing(book.id),
            kind: &self.kind(fact),
            recorded,
            before: &self.version(book, fact.current()),
            reason: &self.text.text(&retraction.reason),
        });
        Some(Line::new(text).noted([notes.cite(fact)]))
    }

    /// What differs between two versions: the day alone, the words alone, or both.
    fn difference(&self, book: &Book, before: &Version, after: &Version) -> (String, String) {
        let track = self.track(book.id);
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
        let track = self.track(book.id);
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

    /// The track of an agreement; of other things, the one that most agreements have.
    fn track(&self, stream: StreamId) -> &Track {
        let course = self.register.course(stream);
        let class = course.map_or(Class::Practical, |course| course.class);
        self.register.ledger.track(class)
    }

    fn kind(&self, fact: &Fact) -> String {
        match fact.payload().kind() {
            Some(kind) => self.text.kind(kind).to_owned(),
            None => fact.payload().kind_name().to_owned(),
        }
    }
}

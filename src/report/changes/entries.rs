//! The entries between two positions: counted by what they do, and told one by one.

use std::collections::{BTreeMap, BTreeSet};

use super::Draft;
use crate::deal::event::{Kind, Payload, Role};
use crate::deal::state::Book;
use crate::deal::track::Track;
use crate::deal::value::ids::{Ref, StreamId, StreamKind};
use crate::projection::description::{called, class_of};
use crate::projection::timeline::{Deed as Did, Line as Event, trail};
use crate::report::document::block::{Align, Block, Cell, Column as TableColumn, Line, Part};
use crate::report::text::sentence::changes::{Changes, Column, Deed, Section};
use crate::report::text::sentence::record::Trail;

/// The kinds of things in the order in which they are told.
const KINDS: [StreamKind; 5] = [
    StreamKind::Agreement,
    StreamKind::Package,
    StreamKind::Occasion,
    StreamKind::Organization,
    StreamKind::Ledger,
];

/// What an event does.
fn deed(event: &Event<'_>) -> Deed {
    match event.deed {
        Did::Corrected(..) => Deed::Corrected,
        Did::Retracted(_) => Deed::Retracted,
        Did::Sourced(_) => Deed::Sourced,
        Did::Confirmed(..) => Deed::Confirmed,
        Did::SourceWithdrawn(_) | Did::ConfirmationWithdrawn(_) => Deed::SupportWithdrawn,
        Did::Unplaced(_) => Deed::Unreadable,
        Did::Recorded => {
            let kind = event.fact.and_then(|fact| fact.root().payload.kind());
            match kind.map(|kind| (kind, kind.role())) {
                Some((Kind::ReportIssued, _)) => Deed::Issued,
                Some((Kind::MilestoneReversed, _)) => Deed::Reversed,
                Some((_, Role::Registration)) => Deed::Registered,
                Some((_, Role::Ledger)) => Deed::Ledger,
                _ => Deed::Recorded,
            }
        }
    }
}

impl<'a> Draft<'a> {
    /// The touched books, by kind and reference.
    fn books(&self, touched: &BTreeSet<StreamId>) -> Vec<&'a Book> {
        let now = self.now;
        let books = touched.iter().filter_map(|stream| now.status.book(*stream));
        let mut books: Vec<&'a Book> = books.collect();
        let place = |book: &Book| KINDS.iter().position(|kind| *kind == book.id.kind());
        let reference =
            |book: &'a Book| -> Option<&'a Ref> { called(book).map(|(reference, _)| reference) };
        books.sort_by(|a, b| (place(a), reference(a), a.id).cmp(&(place(b), reference(b), b.id)));
        books
    }

    fn track(&self, book: &Book) -> &'a Track {
        let now = self.now;
        now.ledger.track(class_of(book))
    }

    /// The events of a book that were learned, in order.
    fn learned(&self, book: &'a Book) -> Vec<Event<'a>> {
        let lines = trail(book, self.track(book)).lines().into_iter();
        lines
            .filter(|event| event.recording.seq >= self.from)
            .collect()
    }

    /// How many entries did what.
    pub(super) fn counts(&mut self, touched: &BTreeSet<StreamId>) -> Part {
        let mut counts: BTreeMap<Deed, u64> = Deed::ALL.map(|deed| (deed, 0)).into();
        for book in self.books(touched) {
            for event in self.learned(book) {
                let count = counts.entry(deed(&event)).or_default();
                *count = count.saturating_add(1);
            }
        }
        let mark = self
            .notes
            .meaning(self.text.changes(Changes::DefineEntries));
        let cell = |text: String| Cell {
            text,
            notes: Vec::new(),
        };
        let mut rows: Vec<Vec<Cell>> = counts
            .iter()
            .map(|(deed, count)| {
                vec![
                    cell(self.text.changes(Changes::Row(*deed))),
                    cell(self.text.whole(*count)),
                ]
            })
            .collect();
        let total = counts
            .values()
            .fold(0_u64, |sum, one| sum.saturating_add(*one));
        rows.push(vec![
            cell(format!("{} ({mark})", self.text.changes(Changes::Total))),
            cell(self.text.whole(total)),
        ]);
        let column = |column, align| TableColumn {
            title: self.text.changes(Changes::Column(column)),
            align,
        };
        let columns = vec![
            column(Column::Deed, Align::Left),
            column(Column::Entries, Align::Right),
        ];
        self.part(
            "counts",
            Section::Counts,
            vec![Block::Table { columns, rows }],
        )
    }

    /// What was registered.
    pub(super) fn new_things(&mut self, touched: &BTreeSet<StreamId>) -> Part {
        let mut items = Vec::new();
        for book in self.books(touched) {
            let Some(fact) = book.registration().filter(|fact| fact.seq() >= self.from) else {
                continue;
            };
            let kind = fact.payload().kind();
            let text = self.text.changes(Changes::Registered {
                kind: kind.map_or("", |kind| self.text.kind(kind)),
                thing: &self.wording.thing(book.id),
            });
            let mut line = Line::new(text).noted([self.notes.cite(fact)]);
            line.struck = !fact.is_live();
            items.push(line);
        }
        let block = if items.is_empty() {
            Block::Empty {
                text: self.text.changes(Changes::NothingNew),
            }
        } else {
            Block::List { items }
        };
        self.part("new", Section::New, vec![block])
    }

    /// Every entry of each thing, what it replaced or withdrew before it. Issues of reports are counted
    /// alone: what was issued changes no answer.
    pub(super) fn entries(&mut self, touched: &BTreeSet<StreamId>) -> Part {
        let mut blocks = Vec::new();
        for book in self.books(touched) {
            let track = self.track(book);
            let mut items = Vec::new();
            for event in self.learned(book) {
                if deed(&event) == Deed::Issued {
                    continue;
                }
                items.extend(self.context(book, track, &event));
                let line = self.wording.event(track, &event, &mut self.notes);
                items.push(self.about_reversed(book, &event, line));
            }
            if !items.is_empty() {
                let text = match book.id {
                    StreamId::Ledger => self.text.changes(Changes::LedgerItself),
                    thing => self.wording.thing(thing),
                };
                blocks.push(Block::Subheading { text });
                blocks.push(Block::List { items });
            }
        }
        self.part("entries", Section::Entries, blocks)
    }

    /// The version known before that an entry replaces, withdraws or reverses.
    fn context(&mut self, book: &'a Book, track: &Track, event: &Event<'a>) -> Option<Line> {
        let (fact, version) = match (event.deed, event.fact?) {
            (Did::Corrected(before, _), fact) => (fact, before),
            (Did::Retracted(_), fact) => (fact, fact.current()),
            (Did::Recorded, fact) => {
                let Payload::MilestoneReversed(data) = fact.payload() else {
                    return None;
                };
                let reversed = book.fact(data.fact)?;
                (reversed, reversed.current())
            }
            _ => return None,
        };
        // What was itself learned between stands among the entries already.
        let is_known = version.recording.seq < self.from;
        is_known.then(|| self.wording.version(track, fact, version, &mut self.notes))
    }

    fn about_reversed(&self, book: &Book, event: &Event<'_>, mut line: Line) -> Line {
        let payload = event.fact.map(|fact| fact.payload());
        if let (Did::Recorded, Some(Payload::MilestoneReversed(data))) = (event.deed, payload)
            && let Some(reversed) = book.fact(data.fact)
        {
            let seq = reversed.seq();
            line.text = self.text.changes(Changes::About {
                line: &line.text,
                about: &self.text.trail(Trail::OfEntry { seq }),
            });
        }
        line
    }
}

//! A part of a book, read apart: the facts that somebody looks at, without unfolding the rest.
//!
//! A report names a thousand agreements and looks at two or three facts of each. What is read here is let go at once, and the
//! facts are those of the whole book: a fact is made of its root and of what amends it, and of nothing else.

use super::Status;
use super::log::Log;
use super::unpacked::{self, Desk};
use super::words::Words;
use crate::deal::event::{Kind, Role};
use crate::deal::state::{Book, Fact};
use crate::deal::value::ids::{EventId, StreamId};
use crate::projection::many;

/// Which facts somebody looks at.
#[derive(Clone, Copy)]
pub enum Wanted<'w> {
    /// Those of some kinds.
    Kinds(&'w dyn Fn(Kind) -> bool),
    /// Those whose root events stand at these positions.
    At(&'w [u64]),
}

/// An event of a stream, as far as it is needed to know which fact it belongs to.
struct Slip<'a> {
    packed: &'a [u8],
    version: u64,
    seq: u64,
    kind: Option<Kind>,
}

impl Wanted<'_> {
    fn has(self, slip: &Slip<'_>) -> bool {
        match self {
            Self::Kinds(wanted) => slip.kind.is_some_and(wanted),
            Self::At(seqs) => seqs.contains(&slip.seq),
        }
    }
}

impl Log {
    fn slips<'a>(&'a self, end: u64, words: &'a Words) -> impl Iterator<Item = Slip<'a>> {
        let events = (0..).zip(self.before(end));
        events.filter_map(|(version, packed)| {
            let sight = unpacked::sight(packed)?;
            Some(Slip {
                packed,
                version,
                seq: sight.seq,
                kind: words.kind(sight.kind),
            })
        })
    }

    /// The facts with these roots, with all that amends them.
    fn excerpt(&self, end: u64, words: &Words, wanted: impl Fn(&Slip<'_>) -> bool) -> Book {
        let (mut book, mut desk) = (Book::new(self.stream), Desk::default());
        let mut taken: Vec<EventId> = Vec::new();
        for slip in self.slips(end, words) {
            let is_wanted = match slip.amends() {
                true => unpacked::target_of(slip.packed).is_some_and(|fact| taken.contains(&fact)),
                false => wanted(&slip),
            };
            if is_wanted {
                taken.extend(slip.id());
                book.take(self.unpacked(slip.packed, slip.version, words, &mut desk));
            }
        }
        book
    }

    /// The event at a position, and the root of the fact it belongs to.
    fn root_at(&self, seq: u64, words: &Words) -> Option<(EventId, EventId)> {
        let mut roots: Vec<(EventId, EventId)> = Vec::new();
        for slip in self.slips(seq.saturating_add(1), words) {
            let root_of = |event| {
                let mut known = roots.iter();
                let known = known.find(|(known, _)| *known == event)?;
                Some(known.1)
            };
            let root = match slip.amends() {
                true => unpacked::target_of(slip.packed).and_then(root_of),
                false => slip.id(),
            };
            // What amends nothing that is known belongs to no fact.
            let placed = slip.id().zip(root);
            roots.extend(placed);
            if slip.seq == seq {
                return placed;
            }
        }
        None
    }
}

impl Slip<'_> {
    fn id(&self) -> Option<EventId> {
        unpacked::id_of(self.packed)
    }

    fn amends(&self) -> bool {
        self.kind.is_some_and(|kind| kind.role() == Role::Amendment)
    }
}

impl Status {
    /// What `look` sees in some facts of a stream: in a book that holds these facts as they are in the whole one, and may
    /// hold others or not. Its version is not the stream's. `None` when no event of the stream was recorded.
    pub fn excerpt<T>(
        &self,
        stream: StreamId,
        wanted: Wanted<'_>,
        look: impl FnOnce(&Book) -> T,
    ) -> Option<T> {
        let number = self.number_of(stream)?;
        self.excerpt_of(number, wanted, look)
    }

    /// The same of the stream that has a number.
    pub fn excerpt_of<T>(
        &self,
        number: u32,
        wanted: Wanted<'_>,
        look: impl FnOnce(&Book) -> T,
    ) -> Option<T> {
        let number = number as usize;
        let log = self.logs.get(number)?;
        if log.first >= self.position {
            return None;
        }
        if let Some(book) = self.shelf.get(number) {
            return Some(look(book));
        }
        let wanted = |slip: &Slip<'_>| wanted.has(slip);
        Some(look(&log.excerpt(self.position, &self.words, wanted)))
    }

    /// What `look` sees in the one fact that the event at a position belongs to, its root, a correction of it, or another
    /// amendment; and in a book that holds the facts of some kinds beside it, as [`Status::excerpt`] does.
    pub fn one_fact<T>(
        &self,
        seq: u64,
        beside: impl Fn(Kind) -> bool,
        look: impl FnOnce(&Book, &Fact) -> T,
    ) -> Option<T> {
        if seq >= self.position {
            return None;
        }
        let number = *self.order.get(usize::try_from(seq).ok()?)? as usize;
        let log = self.logs.get(number)?;
        if let Some(book) = self.shelf.get(number) {
            return book.fact(log.event_at(seq)?).map(|fact| look(book, fact));
        }
        let (event, root) = log.root_at(seq, &self.words)?;
        let is_root = |slip: &Slip<'_>| slip.id() == Some(root);
        let wanted = |slip: &Slip<'_>| is_root(slip) || slip.kind.is_some_and(&beside);
        let book = log.excerpt(self.position, &self.words, wanted);
        book.fact(event).map(|fact| look(&book, fact))
    }

    /// What `look` sees in each of the facts that the events at these positions belong to, in the order of the positions: on
    /// all cores, each fact apart.
    pub fn each_fact<T: Send>(&self, seqs: &[u64], look: impl Fn(&Fact) -> T + Sync) -> Vec<T> {
        many::each(seqs, |seq| {
            self.one_fact(*seq, |_| false, |_, fact| look(fact))
        })
    }
}

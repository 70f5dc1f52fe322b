//! The facts of a book, in pieces that copies share, and which kinds each piece holds.
//!
//! Who decides copies a book and adds to the copy: that copies one small piece and counts the others. Who looks for facts of
//! some kinds passes over the pieces that hold none of them without touching a fact. A fact may be there by its kind alone: it
//! is read by whoever looks at it first.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::deal::event::Kind;

/// How many facts one piece holds: few enough to be copied for every one that is added.
const PIECE: usize = 16;

/// Some kinds of events, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u64);

// Each kind is one bit of a set.
const _: () = assert!(Kind::ALL.len() <= 64);

impl Kinds {
    /// These kinds.
    #[must_use]
    pub const fn of(kinds: &[Kind]) -> Self {
        let (mut set, mut rest) = (0, kinds);
        while let [kind, more @ ..] = rest {
            set |= 1 << *kind as u64;
            rest = more;
        }
        Self(set)
    }

    /// Whether a kind is among them.
    #[must_use]
    pub const fn has(self, kind: Kind) -> bool {
        self.meets(Self::of(&[kind]))
    }

    /// These and the others.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// These and one more.
    const fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u64)
    }

    const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Facts as somebody keeps them, who reads one when it is looked at.
pub trait Unread<F>: Send + Sync {
    /// The fact with this number: always the same one.
    fn read(&self, number: usize) -> F;
}

/// A fact of a kind; an empty place is one that nobody has looked at.
#[derive(Clone)]
struct Slot<F> {
    kind: Kind,
    fact: OnceLock<Arc<F>>,
}

#[derive(Clone)]
struct Piece<F> {
    kinds: Kinds,
    slots: Vec<Slot<F>>,
}

/// The first facts, and where those are read that nobody has looked at.
#[derive(Clone)]
struct First<F> {
    piece: Piece<F>,
    from: Arc<dyn Unread<F>>,
}

/// Facts by number.
#[derive(Clone)]
pub(super) struct Facts<F> {
    /// Those that are read when somebody looks at them. Copies share what was read.
    first: Option<Arc<First<F>>>,
    /// Those that were added as they are.
    pieces: Vec<Arc<Piece<F>>>,
    /// How many facts are in the pieces.
    added: usize,
}

impl<F: fmt::Debug> fmt::Debug for Facts<F> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.iter()).finish()
    }
}

/// The same facts, whoever has looked at which of them.
impl<F: PartialEq> PartialEq for Facts<F> {
    fn eq(&self, other: &Self) -> bool {
        let kinds = |facts: &Self| facts.slots().map(|slot| slot.kind).collect::<Vec<_>>();
        kinds(self) == kinds(other) && self.iter().eq(other.iter())
    }
}

impl<F> Default for Facts<F> {
    fn default() -> Self {
        Self {
            first: None,
            pieces: Vec::new(),
            added: 0,
        }
    }
}

impl<F> Facts<F> {
    /// Facts of these kinds that are read by their numbers when somebody looks at them.
    pub(super) fn unread(kinds: impl Iterator<Item = Kind>, from: Arc<dyn Unread<F>>) -> Self {
        let slots: Vec<Slot<F>> = kinds
            .map(|kind| Slot {
                kind,
                fact: OnceLock::new(),
            })
            .collect();
        let kinds = Kinds::of(&[]);
        let kinds = slots
            .iter()
            .fold(kinds, |kinds, slot| kinds.with(slot.kind));
        let piece = Piece { kinds, slots };
        Self {
            first: Some(Arc::new(First { piece, from })),
            ..Self::default()
        }
    }

    /// How many of them were to be read when somebody looks at them.
    fn firsts(&self) -> usize {
        self.first
            .as_ref()
            .map_or(0, |first| first.piece.slots.len())
    }

    pub(super) fn len(&self) -> usize {
        self.firsts().saturating_add(self.added)
    }

    /// How many were added as they are; of the others some may have been looked at.
    pub(super) fn whole(&self) -> usize {
        self.added
    }

    /// Adds a fact of a kind, which it keeps.
    pub(super) fn push(&mut self, kind: Kind, fact: F)
    where
        F: Clone,
    {
        let fact = OnceLock::from(Arc::new(fact));
        let slot = Slot { kind, fact };
        match self.pieces.last_mut() {
            Some(piece) if piece.slots.len() < PIECE => {
                let piece = Arc::make_mut(piece);
                piece.kinds = piece.kinds.with(kind);
                piece.slots.push(slot);
            }
            _ => {
                let mut slots = Vec::with_capacity(PIECE);
                slots.push(slot);
                let kinds = Kinds::of(&[kind]);
                self.pieces.push(Arc::new(Piece { kinds, slots }));
            }
        }
        self.added = self.added.saturating_add(1);
    }

    pub(super) fn get(&self, number: usize) -> Option<&F> {
        match number.checked_sub(self.firsts()) {
            None => self.first.as_ref()?.get(number),
            Some(number) => {
                let slot = self.pieces.get(number / PIECE)?.slots.get(number % PIECE)?;
                slot.fact.get().map(Arc::as_ref)
            }
        }
    }

    pub(super) fn get_mut(&mut self, number: usize) -> Option<&mut F>
    where
        F: Clone,
    {
        let slot = match number.checked_sub(self.firsts()) {
            None => {
                let first = self.first.as_mut()?;
                first.get(number)?;
                Arc::make_mut(first).piece.slots.get_mut(number)?
            }
            Some(number) => {
                let piece = Arc::make_mut(self.pieces.get_mut(number / PIECE)?);
                piece.slots.get_mut(number % PIECE)?
            }
        };
        slot.fact.get_mut().map(Arc::make_mut)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &F> {
        let first = self.first.iter().flat_map(|first| first.iter());
        let added = self.pieces.iter().flat_map(|piece| &piece.slots);
        first.chain(added.filter_map(|slot| slot.fact.get().map(Arc::as_ref)))
    }

    /// Those of some kinds.
    pub(super) fn of(&self, kinds: Kinds) -> impl Iterator<Item = &F> {
        let first = self.first.iter();
        let first = first.filter(move |first| first.piece.kinds.meets(kinds));
        let first = first.flat_map(move |first| first.of(kinds));
        let pieces = self.pieces.iter();
        let pieces = pieces.filter(move |piece| piece.kinds.meets(kinds));
        let slots = pieces.flat_map(|piece| &piece.slots);
        let slots = slots.filter(move |slot| kinds.has(slot.kind));
        first.chain(slots.filter_map(|slot| slot.fact.get().map(Arc::as_ref)))
    }

    fn slots(&self) -> impl Iterator<Item = &Slot<F>> {
        let first = self.first.iter().flat_map(|first| &first.piece.slots);
        first.chain(self.pieces.iter().flat_map(|piece| &piece.slots))
    }
}

impl<F> First<F> {
    fn get(&self, number: usize) -> Option<&F> {
        let slot = self.piece.slots.get(number)?;
        Some(self.look(number, slot))
    }

    fn iter(&self) -> impl Iterator<Item = &F> {
        let slots = (0..).zip(&self.piece.slots);
        slots.map(|(number, slot)| self.look(number, slot))
    }

    fn of(&self, kinds: Kinds) -> impl Iterator<Item = &F> {
        let slots = (0..).zip(&self.piece.slots);
        let slots = slots.filter(move |(_, slot)| kinds.has(slot.kind));
        slots.map(|(number, slot)| self.look(number, slot))
    }

    /// A fact as it was read before or is read now.
    fn look<'a>(&self, number: usize, slot: &'a Slot<F>) -> &'a F {
        slot.fact.get_or_init(|| Arc::new(self.from.read(number)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_set_has_the_kinds_it_was_made_of() {
        for kind in Kind::ALL {
            let alone = Kinds::of(&[*kind]);
            let has = |other: &&Kind| alone.has(**other);
            assert!(Kind::ALL.iter().filter(has).eq([kind]));
        }
        let both = Kinds::of(&[Kind::Signed]).and(Kinds::of(&[Kind::Noted]));
        assert_eq!(both, Kinds::of(&[Kind::Noted, Kind::Signed]));
        assert!(!Kinds::of(&[]).has(Kind::LedgerOpened));
    }

    /// The fact with a number is that number.
    struct Numbers;

    impl Unread<u64> for Numbers {
        fn read(&self, number: usize) -> u64 {
            number as u64
        }
    }

    proptest! {
        // Copies are taken between any two facts, and none of them changes when the facts they were taken of do.
        #[test]
        fn facts_are_found_by_number_and_kind_and_copies_stay_as_they_were(
            unread in proptest::collection::vec(0..Kind::ALL.len(), 0..40),
            steps in proptest::collection::vec((0..Kind::ALL.len(), any::<bool>(), any::<Option<u8>>()), 0..70),
            wanted in proptest::collection::vec(0..Kind::ALL.len(), 0..4),
        ) {
            let wanted: Vec<Kind> = wanted.into_iter().map(|at| Kind::ALL[at]).collect();
            let set = Kinds::of(&wanted);
            let first = unread.len();
            let kinds = unread.into_iter().map(|kind| Kind::ALL[kind]);
            let mut plain: Vec<(Kind, u64)> = kinds.clone().zip(0..).collect();
            let mut facts = Facts::unread(kinds, Arc::new(Numbers));
            let mut copies = vec![(facts.clone(), plain.clone())];
            for ((kind, copied, changed), number) in steps.into_iter().zip(first as u64..) {
                facts.push(Kind::ALL[kind], number);
                plain.push((Kind::ALL[kind], number));
                if copied {
                    copies.push((facts.clone(), plain.clone()));
                }
                if let Some(at) = changed.map(usize::from).filter(|at| *at < plain.len()) {
                    *facts.get_mut(at).unwrap() += 1_000;
                    plain[at].1 += 1_000;
                }
            }
            copies.push((facts, plain));
            for (facts, plain) in copies {
                prop_assert_eq!(facts.len(), plain.len());
                prop_assert_eq!(facts.whole(), plain.len() - first);
                prop_assert!(facts.iter().eq(plain.iter().map(|(_, fact)| fact)));
                let of = plain.iter().filter(|(kind, _)| wanted.contains(kind));
                prop_assert!(facts.of(set).eq(of.map(|(_, fact)| fact)));
                for (number, (_, fact)) in plain.iter().enumerate() {
                    prop_assert_eq!(facts.get(number), Some(fact));
                }
                prop_assert_eq!(facts.get(plain.len()), None);
            }
        }
    }
}

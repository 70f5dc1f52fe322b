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

/// Facts by number.
#[derive(Clone)]
pub(super) struct Facts<F> {
    pieces: Vec<Arc<Piece<F>>>,
    length: usize,
    /// How many were added as they are.
    whole: usize,
    /// Where the facts are read that nobody has looked at.
    unread: Option<Arc<dyn Unread<F>>>,
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
        Self::with_room(0)
    }
}

impl<F> Facts<F> {
    /// Room for so many facts.
    pub(super) fn with_room(facts: usize) -> Self {
        Self {
            pieces: Vec::with_capacity(facts.div_ceil(PIECE)),
            length: 0,
            whole: 0,
            unread: None,
        }
    }

    /// Room for so many facts that are read by their numbers when somebody looks at them.
    pub(super) fn unread(facts: usize, from: Arc<dyn Unread<F>>) -> Self {
        Self {
            unread: Some(from),
            ..Self::with_room(facts)
        }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// How many were added as they are; of the others some may have been looked at.
    pub(super) fn whole(&self) -> usize {
        self.whole
    }

    /// Adds a fact of a kind, which it keeps.
    pub(super) fn push(&mut self, kind: Kind, fact: F)
    where
        F: Clone,
    {
        let fact = OnceLock::from(Arc::new(fact));
        self.whole = self.whole.saturating_add(1);
        self.add(Slot { kind, fact });
    }

    /// Adds a fact of a kind that is read when somebody looks at it, by the number it has here.
    pub(super) fn push_unread(&mut self, kind: Kind)
    where
        F: Clone,
    {
        let fact = OnceLock::new();
        self.add(Slot { kind, fact });
    }

    fn add(&mut self, slot: Slot<F>)
    where
        F: Clone,
    {
        let kinds = Kinds::of(&[slot.kind]);
        match self.pieces.last_mut() {
            Some(piece) if piece.slots.len() < PIECE => {
                let piece = Arc::make_mut(piece);
                piece.kinds = piece.kinds.and(kinds);
                piece.slots.push(slot);
            }
            _ => {
                let mut slots = Vec::with_capacity(PIECE);
                slots.push(slot);
                self.pieces.push(Arc::new(Piece { kinds, slots }));
            }
        }
        self.length = self.length.saturating_add(1);
    }

    pub(super) fn get(&self, number: usize) -> Option<&F> {
        let slot = self.pieces.get(number / PIECE)?.slots.get(number % PIECE)?;
        self.look(number, slot)
    }

    pub(super) fn get_mut(&mut self, number: usize) -> Option<&mut F>
    where
        F: Clone,
    {
        self.get(number)?;
        let piece = Arc::make_mut(self.pieces.get_mut(number / PIECE)?);
        let slot = piece.slots.get_mut(number % PIECE)?;
        slot.fact.get_mut().map(Arc::make_mut)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &F> {
        let slots = (0..).zip(self.slots());
        slots.filter_map(|(number, slot)| self.look(number, slot))
    }

    /// Those of some kinds.
    pub(super) fn of(&self, kinds: Kinds) -> impl Iterator<Item = &F> {
        let pieces = self.pieces.iter().zip((0..).step_by(PIECE));
        let pieces = pieces.filter(move |(piece, _)| piece.kinds.meets(kinds));
        let slots = pieces.flat_map(|(piece, first)| (first..).zip(&piece.slots));
        let slots = slots.filter(move |(_, slot)| kinds.has(slot.kind));
        slots.filter_map(|(number, slot)| self.look(number, slot))
    }

    fn slots(&self) -> impl Iterator<Item = &Slot<F>> {
        self.pieces.iter().flat_map(|piece| &piece.slots)
    }

    /// A fact as it was read before or is read now. Each has been read or can be: there is always one.
    fn look<'a>(&'a self, number: usize, slot: &'a Slot<F>) -> Option<&'a F> {
        if slot.fact.get().is_none() {
            let unread = self.unread.as_ref()?;
            slot.fact.get_or_init(|| Arc::new(unread.read(number)));
        }
        slot.fact.get().map(Arc::as_ref)
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
            steps in proptest::collection::vec((0..Kind::ALL.len(), any::<bool>(), any::<Option<u8>>()), 0..70),
            unread in 0..70_u64,
            wanted in proptest::collection::vec(0..Kind::ALL.len(), 0..4),
        ) {
            let wanted: Vec<Kind> = wanted.into_iter().map(|at| Kind::ALL[at]).collect();
            let set = Kinds::of(&wanted);
            let (mut facts, mut plain) = (Facts::unread(3, Arc::new(Numbers)), Vec::new());
            let mut copies = Vec::new();
            for ((kind, copied, changed), number) in steps.into_iter().zip(0_u64..) {
                match number < unread {
                    true => facts.push_unread(Kind::ALL[kind]),
                    false => facts.push(Kind::ALL[kind], number),
                }
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
                prop_assert_eq!(facts.whole(), plain.len().saturating_sub(usize::try_from(unread).unwrap()));
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

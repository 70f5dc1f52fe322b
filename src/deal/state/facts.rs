//! The facts of a book, in pieces that copies share, and which kinds each piece holds.
//!
//! Who decides copies a book and adds to the copy: that copies one small piece and counts the others. Who looks for facts of
//! some kinds passes over the pieces that hold none of them without touching a fact.

use std::sync::Arc;

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

#[derive(Debug, Clone, PartialEq)]
struct Piece<F> {
    kinds: Kinds,
    facts: Vec<(Kind, Arc<F>)>,
}

/// Facts by number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Facts<F> {
    pieces: Vec<Arc<Piece<F>>>,
    length: usize,
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
        }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Adds a fact of a kind, which it keeps.
    pub(super) fn push(&mut self, kind: Kind, fact: F)
    where
        F: Clone,
    {
        let fact = (kind, Arc::new(fact));
        match self.pieces.last_mut() {
            Some(piece) if piece.facts.len() < PIECE => {
                let piece = Arc::make_mut(piece);
                piece.kinds = piece.kinds.and(Kinds::of(&[kind]));
                piece.facts.push(fact);
            }
            _ => {
                let kinds = Kinds::of(&[kind]);
                let facts = vec![fact];
                self.pieces.push(Arc::new(Piece { kinds, facts }));
            }
        }
        self.length = self.length.saturating_add(1);
    }

    pub(super) fn get(&self, number: usize) -> Option<&F> {
        let piece = self.pieces.get(number / PIECE)?;
        let (_, fact) = piece.facts.get(number % PIECE)?;
        Some(fact)
    }

    pub(super) fn get_mut(&mut self, number: usize) -> Option<&mut F>
    where
        F: Clone,
    {
        let piece = Arc::make_mut(self.pieces.get_mut(number / PIECE)?);
        let (_, fact) = piece.facts.get_mut(number % PIECE)?;
        Some(Arc::make_mut(fact))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &F> {
        let facts = self.pieces.iter().flat_map(|piece| &piece.facts);
        facts.map(|(_, fact)| fact.as_ref())
    }

    /// Those of some kinds.
    pub(super) fn of(&self, kinds: Kinds) -> impl Iterator<Item = &F> {
        let pieces = self.pieces.iter().filter(move |one| one.kinds.meets(kinds));
        let facts = pieces.flat_map(|piece| &piece.facts);
        let facts = facts.filter(move |(kind, _)| kinds.has(*kind));
        facts.map(|(_, fact)| fact.as_ref())
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

    proptest! {
        // Copies are taken between any two facts, and none of them changes when the facts they were taken of do.
        #[test]
        fn facts_are_found_by_number_and_kind_and_copies_stay_as_they_were(
            steps in proptest::collection::vec((0..Kind::ALL.len(), any::<bool>(), any::<Option<u8>>()), 0..70),
            wanted in proptest::collection::vec(0..Kind::ALL.len(), 0..4),
        ) {
            let wanted: Vec<Kind> = wanted.into_iter().map(|at| Kind::ALL[at]).collect();
            let set = Kinds::of(&wanted);
            let (mut facts, mut plain) = (Facts::with_room(3), Vec::new());
            let mut copies = Vec::new();
            for ((kind, copied, changed), number) in steps.into_iter().zip(0_u64..) {
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

//! Texts that many events share, each kept once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::deal::event::Kind;

/// Texts by their numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Words(Arc<Pool>);

#[derive(Debug, Clone, Default)]
struct Pool {
    numbers: BTreeMap<Arc<str>, usize>,
    words: Vec<(Arc<str>, u64)>,
    /// The kind that each text names, if it does.
    kinds: Vec<Option<Kind>>,
}

impl Words {
    /// The number of a text; a new one gets the next, and is known from a position on.
    pub(super) fn number(&mut self, word: &str, since: u64) -> u64 {
        if let Some(number) = self.0.numbers.get(word) {
            return *number as u64;
        }
        let pool = Arc::make_mut(&mut self.0);
        let number = pool.words.len();
        let word: Arc<str> = Arc::from(word);
        pool.words.push((Arc::clone(&word), since));
        pool.kinds.push(Kind::of(&word));
        pool.numbers.insert(word, number);
        number as u64
    }

    /// The text of a number.
    pub(super) fn get(&self, number: u64) -> Option<&str> {
        let index = usize::try_from(number).ok()?;
        self.0.words.get(index).map(|(word, _)| word.as_ref())
    }

    /// The kind of event that the text of a number names.
    pub(super) fn kind(&self, number: u64) -> Option<Kind> {
        *self.0.kinds.get(usize::try_from(number).ok()?)?
    }

    /// The numbers of those texts that are wanted.
    pub(super) fn numbers_of(&self, wanted: fn(&str) -> bool) -> BTreeSet<u64> {
        let words = self.0.words.iter().zip(0..);
        let wanted = words.filter(|((word, _), _)| wanted(word));
        wanted.map(|(_, number)| number).collect()
    }

    /// Every text with the position it is known from, by their numbers.
    pub(super) fn all(&self) -> &[(Arc<str>, u64)] {
        &self.0.words
    }

    /// The texts known at a position, by their numbers.
    pub(super) fn before(&self, end: u64) -> impl Iterator<Item = &str> {
        let known = self
            .0
            .words
            .iter()
            .take_while(move |(_, since)| *since < end);
        known.map(|(word, _)| word.as_ref())
    }
}

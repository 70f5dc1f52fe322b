//! The words of all things, and where each stands.
//!
//! Copies share everything; a change copies only the piece it touches.

use std::sync::Arc;

use super::letters::outline;
use super::places::{Place, Places};
use crate::projection::shared;

/// How many words are remembered while many things are entered at once: some more than are common.
const REMEMBERED: usize = 1 << 16;

/// A word with its letters' outline and everywhere it stands.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The word; also the key it is found by.
    pub(super) word: Arc<str>,
    /// See [`outline`].
    pub(super) outline: u64,
    /// Where it stands; nowhere when nothing says it any more.
    pub(super) places: Places,
}

/// The words met last, found without a search: most words come again and again.
#[derive(Debug)]
pub(super) struct Memory(Vec<u32>);

impl Memory {
    /// One with room for many words, to be used for many things.
    pub(super) fn large() -> Self {
        Self(vec![u32::MAX; REMEMBERED])
    }

    /// One that remembers nothing, for a single thing.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// Where a word is remembered, if it is.
    fn slot(&mut self, word: &str) -> Option<&mut u32> {
        let mixed = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |mixed, byte| {
            (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let slot = (mixed ^ (mixed >> 32)) as usize;
        self.0.get_mut(slot % REMEMBERED)
    }
}

/// All words, and who names whom.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    numbers: shared::Index<Arc<str>, u32>,
    entries: shared::List<Entry>,
    /// Who names a thing, by the number of the thing.
    named: shared::List<Places>,
}

impl Index {
    /// The number of a word, which is kept for good.
    pub(super) fn intern(&mut self, word: &str, memory: &mut Memory) -> u32 {
        let Some(slot) = memory.slot(word) else {
            return self.enter(word);
        };
        let known = self.entry(*slot);
        if known.is_none_or(|entry| entry.word.as_ref() != word) {
            *slot = self.enter(word);
        }
        *slot
    }

    fn enter(&mut self, word: &str) -> u32 {
        if let Some(number) = self.number(word) {
            return number;
        }
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let word: Arc<str> = Arc::from(word);
        self.entries.push(Entry {
            outline: outline(&word),
            word: Arc::clone(&word),
            places: Places::None,
        });
        self.numbers.insert(word, number);
        number
    }

    /// The number of a word that was interned.
    fn number(&self, word: &str) -> Option<u32> {
        self.numbers.get(word).copied()
    }

    /// The word of a number.
    pub(super) fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.get(number as usize)
    }

    /// All words that begin with these letters and stand somewhere, in no order that matters.
    pub(super) fn beginning<'a>(&'a self, letters: &'a str) -> impl Iterator<Item = &'a Entry> {
        let before = move |word: &Arc<str>| word.as_ref() < letters;
        let within = move |word: &Arc<str>| word.starts_with(letters);
        let numbers = self.numbers.stretch(before, within);
        numbers
            .filter_map(|number| self.entry(*number))
            .filter(|entry| !entry.places.is_empty())
    }

    /// The word itself, if it stands somewhere.
    pub(super) fn exactly(&self, word: &str) -> Option<&Entry> {
        let entry = self.entry(self.number(word)?)?;
        (!entry.places.is_empty()).then_some(entry)
    }

    /// Every word, for looking through quickly; some stand nowhere.
    pub(super) fn all(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Who names each thing, by the things' numbers.
    pub(super) fn named(&self) -> impl Iterator<Item = &Places> {
        self.named.iter()
    }

    /// Makes room for one more thing.
    pub(super) fn reach(&mut self) {
        self.named.push(Places::None);
    }

    /// A word stands at a place, or no longer.
    pub(super) fn put_word(&mut self, number: u32, place: Place, stands: bool) {
        if let Some(entry) = self.entries.get_mut(number as usize) {
            entry.places.put(place, stands);
        }
    }

    /// A thing is named at a place, or no longer.
    pub(super) fn put_name(&mut self, thing: u32, place: Place, stands: bool) {
        if let Some(places) = self.named.get_mut(thing as usize) {
            places.put(place, stands);
        }
    }
}

//! The words of all things, and where each stands: one number a place, in order.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::letters::outline;
use super::said::Field;
use crate::deal::value::ids::StreamId;

/// Bits of a place that name the field; the others name the thing.
const FIELD_BITS: u32 = 4;

/// A field of a thing, as one number: places of one thing stand together, and things in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(u32);

impl Place {
    /// A field of the thing of this number.
    pub(super) fn new(thing: u32, field: Field) -> Self {
        Self(thing.wrapping_shl(FIELD_BITS) | field as u32)
    }

    /// The thing.
    pub(super) fn thing(self) -> usize {
        usize::try_from(self.0.wrapping_shr(FIELD_BITS)).unwrap_or(usize::MAX)
    }

    /// The field.
    pub(super) fn field(self) -> Field {
        let mask = 1_u32.wrapping_shl(FIELD_BITS).wrapping_sub(1);
        let number = usize::try_from(self.0 & mask).unwrap_or_default();
        Field::ALL.get(number).copied().unwrap_or(Field::Title)
    }

    /// As one number.
    pub(super) fn number(self) -> u64 {
        u64::from(self.0)
    }
}

/// A word with its letters' outline and everywhere it stands.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The word; also the key it is found by.
    pub(super) word: Arc<str>,
    /// See [`outline`].
    pub(super) outline: u64,
    /// Where it stands, in order; empty when nothing says it any more.
    pub(super) places: Vec<Place>,
}

/// All words, and who names whom.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    numbers: BTreeMap<Arc<str>, u32>,
    entries: Vec<Entry>,
    named: BTreeMap<StreamId, Vec<Place>>,
}

impl Index {
    /// The number of a word, which is kept for good.
    pub(super) fn intern(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let word: Arc<str> = Arc::from(word);
        self.numbers.insert(Arc::clone(&word), number);
        self.entries.push(Entry {
            outline: outline(&word),
            word,
            places: Vec::new(),
        });
        number
    }

    /// The word of a number.
    pub(super) fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.get(usize::try_from(number).ok()?)
    }

    /// All words in order that begin with these letters and stand somewhere.
    pub(super) fn beginning<'a>(&'a self, letters: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.numbers
            .range::<str, _>((Bound::Included(letters), Bound::Unbounded))
            .take_while(move |(word, _)| word.starts_with(letters))
            .filter_map(|(_, number)| self.entry(*number))
            .filter(|entry| !entry.places.is_empty())
    }

    /// The word itself, if it stands somewhere.
    pub(super) fn exactly(&self, word: &str) -> Option<&Entry> {
        let entry = self.entry(*self.numbers.get(word)?)?;
        (!entry.places.is_empty()).then_some(entry)
    }

    /// All words that stand somewhere, in order.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.beginning("")
    }

    /// Every word, for looking through quickly; some stand nowhere.
    pub(super) fn all(&self) -> &[Entry] {
        &self.entries
    }

    /// Where a thing is named by others.
    pub(super) fn named(&self, thing: StreamId) -> &[Place] {
        self.named.get(&thing).map_or(&[], Vec::as_slice)
    }

    /// Everything that is named by others.
    pub(super) fn all_named(&self) -> impl Iterator<Item = (StreamId, &[Place])> {
        let named = self.named.iter();
        named.map(|(thing, places)| (*thing, places.as_slice()))
    }

    /// A word stands at a place, or no longer.
    pub(super) fn put_word(&mut self, number: u32, place: Place, stands: bool) {
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        if let Some(entry) = self.entries.get_mut(index) {
            put(&mut entry.places, place, stands);
        }
    }

    /// A thing is named at a place, or no longer.
    pub(super) fn put_name(&mut self, thing: StreamId, place: Place, stands: bool) {
        let places = self.named.entry(thing).or_default();
        put(places, place, stands);
        if places.is_empty() {
            self.named.remove(&thing);
        }
    }
}

fn put(places: &mut Vec<Place>, place: Place, stands: bool) {
    match (places.binary_search(&place), stands) {
        (Err(at), true) => places.insert(at, place),
        (Ok(at), false) => {
            places.remove(at);
        }
        (Ok(_), true) | (Err(_), false) => {}
    }
}

//! Answering a question: which things say all its words, the best first.

use std::collections::BinaryHeap;

use super::index::{Entry, Index};
use super::letters::{Wanted, reference, wanted};
use super::said::Field;
use crate::deal::value::ids::{Ref, StreamId, StreamKind};

/// More words than this are not asked for at once.
const MOST_WORDS: usize = 12;

/// How a thing was found, the best way first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// The question is its reference.
    Reference,
    /// The question is the beginning of its reference.
    ReferenceBegins,
    /// All words stand in its titles or names.
    Title,
    /// All words stand there or with its parties.
    Party,
    /// All words stand somewhere.
    Elsewhere,
}

/// How well a word fits, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Letter for letter.
    Whole,
    /// A word begins with it.
    Beginning,
    /// A word is nearly it: a small typing error.
    Nearly,
}

/// A thing found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The thing.
    pub stream: StreamId,
    /// How it was found.
    pub way: Way,
    /// How well the word fits that fits worst.
    pub fit: Fit,
    /// Where the words stand, each place once.
    pub fields: Vec<Field>,
}

/// The things found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// The best ones, in order.
    pub best: Vec<Hit>,
    /// How many there are in all.
    pub all: usize,
}

/// A thing that can be found, by its number.
pub(super) struct Thing<'a> {
    /// Its stream.
    pub(super) stream: StreamId,
    /// Its reference; `None` when its registration does not stand.
    pub(super) reference: Option<&'a Ref>,
}

/// The best place of a word in one thing, as a number: the lower the better. Parts: how far the field
/// leads, how well the word fits, which field it is.
const NOWHERE: u8 = u8::MAX;

fn mark(field: Field, fit: Fit) -> u8 {
    let group: u8 = match field {
        Field::Title => 0,
        Field::Party => 1,
        _ => 2,
    };
    group.wrapping_shl(6) | (fit as u8).wrapping_shl(4) | field as u8
}

fn parts(mark: u8) -> (Way, Fit, Field) {
    let way = match mark >> 6 {
        0 => Way::Title,
        1 => Way::Party,
        _ => Way::Elsewhere,
    };
    let fit = match (mark >> 4) & 3 {
        0 => Fit::Whole,
        1 => Fit::Beginning,
        _ => Fit::Nearly,
    };
    let field = Field::ALL.get(usize::from(mark & 15)).copied();
    (way, fit, field.unwrap_or(Field::Title))
}

/// What is kept of a thing that may be among the best: compared by rank, then by reference.
type Candidate<'a> = (Way, u16, &'a str, usize);

/// Looks all things through.
pub(super) fn ask<'a>(
    index: &Index,
    things: impl Fn(usize) -> Option<Thing<'a>>,
    count: usize,
    question: &str,
    kind: Option<StreamKind>,
    most: usize,
) -> Hits {
    let mut asked = wanted(question);
    asked.truncate(MOST_WORDS);
    let named = reference(question);
    let marks: Vec<Vec<u8>> = asked
        .iter()
        .map(|word| marks(index, &things, count, word))
        .collect();
    let mut by_words = Best::of(most);
    let mut by_own = Best::of(most);
    for number in 0..count {
        let Some((way, worse)) = rank(&marks, number) else {
            continue;
        };
        let thing =
            things(number).filter(|thing| kind.is_none_or(|kind| thing.stream.kind() == kind));
        let Some(own) = thing.and_then(|thing| thing.reference) else {
            continue;
        };
        // The parts of a reference are words of it: whose reference it is or begins was found by them.
        match by_reference(&named, own.as_str()) {
            Some(way) => by_own.offer((way, worse, own.as_str(), number)),
            None => by_words.offer((way, worse, own.as_str(), number)),
        }
    }
    // Whoever types a reference, or begins one, means that and not its parts elsewhere.
    if looks_like_reference(&named) && by_own.all > 0 {
        by_words = Best::of(most);
    }
    let all = by_own.all.saturating_add(by_words.all);
    let best = by_own.heap.into_sorted_vec().into_iter();
    let best = best.chain(by_words.heap.into_sorted_vec()).take(most);
    let best = best
        .filter_map(|(way, _, _, number)| Some(hit(&marks, number, things(number)?.stream, way)));
    Hits {
        best: best.collect(),
        all,
    }
}

/// The best of what is offered, and how much that was.
struct Best<'a> {
    most: usize,
    all: usize,
    heap: BinaryHeap<Candidate<'a>>,
}

impl<'a> Best<'a> {
    fn of(most: usize) -> Self {
        Self {
            most,
            all: 0,
            heap: BinaryHeap::new(),
        }
    }

    fn offer(&mut self, candidate: Candidate<'a>) {
        self.all = self.all.saturating_add(1);
        if self.heap.len() < self.most {
            self.heap.push(candidate);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
    }
}

fn looks_like_reference(asked: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    asked.contains('-') && asked.chars().all(fits)
}

fn by_reference(asked: &str, own: &str) -> Option<Way> {
    if asked == own {
        Some(Way::Reference)
    } else if !asked.is_empty() && own.starts_with(asked) {
        Some(Way::ReferenceBegins)
    } else {
        None
    }
}

/// How good a thing is that says every word; `None` if it does not, or nothing was asked for.
fn rank(marks: &[Vec<u8>], number: usize) -> Option<(Way, u16)> {
    let mut way = None;
    let mut worse = 0_u16;
    for word in marks {
        let mark = *word.get(number)?;
        if mark == NOWHERE {
            return None;
        }
        let (this, fit, _) = parts(mark);
        way = way.max(Some(this));
        worse = worse.saturating_add(fit as u16);
    }
    Some((way?, worse))
}

fn hit(marks: &[Vec<u8>], number: usize, stream: StreamId, way: Way) -> Hit {
    let mut fields = Vec::new();
    let mut worst = Fit::Whole;
    for mark in marks.iter().filter_map(|word| word.get(number)) {
        let (_, fit, field) = parts(*mark);
        fields.push(field);
        worst = worst.max(fit);
    }
    if way <= Way::ReferenceBegins {
        fields = vec![Field::Reference];
        worst = Fit::Whole;
    }
    fields.sort_unstable();
    fields.dedup();
    Hit {
        stream,
        way,
        fit: worst,
        fields,
    }
}

/// The best place of one word in every thing.
fn marks<'a>(
    index: &Index,
    things: &impl Fn(usize) -> Option<Thing<'a>>,
    count: usize,
    wanted: &Wanted,
) -> Vec<u8> {
    let mut marks = vec![NOWHERE; count];
    for (entry, fit) in found(index, wanted) {
        for place in &entry.places {
            if let Some(slot) = marks.get_mut(place.thing()) {
                *slot = (*slot).min(mark(place.field(), fit));
            }
        }
    }
    take_over(index, things, &mut marks);
    marks
}

/// The words that will do: nearly right ones only where no other is there.
fn found<'i>(index: &'i Index, wanted: &'i Wanted) -> Vec<(&'i Entry, Fit)> {
    if !wanted.loosely {
        let entry = index.exactly(&wanted.word).into_iter();
        return entry.map(|entry| (entry, Fit::Whole)).collect();
    }
    let fit = |entry: &Entry| match entry.word.len() == wanted.word.len() {
        true => Fit::Whole,
        false => Fit::Beginning,
    };
    let found: Vec<_> = index
        .beginning(&wanted.word)
        .map(|entry| (entry, fit(entry)))
        .collect();
    if !found.is_empty() {
        return found;
    }
    let nearly = nearly(index, &wanted.word);
    nearly.map(|entry| (entry, Fit::Nearly)).collect()
}

/// Who names a thing is found by that thing's own name.
fn take_over<'a>(index: &Index, things: &impl Fn(usize) -> Option<Thing<'a>>, marks: &mut [u8]) {
    let mut over = Vec::new();
    for (number, found) in marks.iter().enumerate() {
        if *found == NOWHERE {
            continue;
        }
        let (_, fit, field) = parts(*found);
        if field != Field::Title {
            continue;
        }
        let Some(thing) = things(number) else {
            continue;
        };
        if thing.stream.kind() != StreamKind::Agreement {
            let places = index.named(thing.stream).iter();
            over.extend(places.map(|place| (place.thing(), mark(place.field(), fit))));
        }
    }
    for (number, mark) in over {
        if let Some(slot) = marks.get_mut(number) {
            *slot = (*slot).min(mark);
        }
    }
}

/// Words that a slip of the fingers tells from this one: none for short words and for numbers.
fn nearly<'i>(index: &'i Index, word: &str) -> impl Iterator<Item = &'i Entry> {
    let letters = word.chars().count();
    let far: usize = match letters {
        _ if !word.chars().all(char::is_alphabetic) => 0,
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    let outline = super::letters::outline(word);
    let word = word.to_owned();
    let entries = if far == 0 { &[][..] } else { index.all() };
    entries.iter().filter(move |entry| {
        let apart = usize::try_from((entry.outline ^ outline).count_ones()).unwrap_or(usize::MAX);
        // A letter changed takes one outline bit and adds another.
        apart <= far.saturating_mul(2)
            && !entry.places.is_empty()
            && entry.word.chars().count().abs_diff(letters) <= far
            && strsim::osa_distance(&entry.word, &word) <= far
    })
}

//! Answering a question: which things say all its words, the best first.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::index::{Entry, Index};
use super::letters::{Wanted, reference, wanted};
use super::places::Places;
use super::said::Field;
use super::shown::{Beginning, Shown};
use crate::deal::value::ids::{StreamId, StreamKind};
use crate::projection::shared::List;

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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// The best ones, in order.
    pub best: Vec<Hit>,
    /// How many there are in all.
    pub all: usize,
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

/// How good a thing is that says every word: as in a mark the group of the word that leads least, and the sum of how
/// badly the words fit.
const RANK_GROUP: u8 = 0b1100_0000;

/// A thing that may be among the best: compared by rank, then by reference.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    way: Way,
    worse: u8,
    thing: &'a Shown,
    number: usize,
}

impl Ord for Candidate<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = (self.way, self.worse).cmp(&(other.way, other.worse));
        rank.then_with(|| self.thing.order(other.thing))
    }
}

impl PartialOrd for Candidate<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate<'_> {}

/// Looks all things through.
pub(super) fn ask(
    index: &Index,
    things: &List<Shown>,
    question: &str,
    kind: Option<StreamKind>,
    most: usize,
) -> Hits {
    let mut asked = wanted(question);
    asked.truncate(MOST_WORDS);
    let named = reference(question);
    let beginning = Beginning::of(&named);
    let mut marks = Vec::new();
    for word in &asked {
        // Where one word stands nowhere, no thing says them all.
        let Some(found) = marks_of(index, things, word) else {
            return Hits::default();
        };
        marks.push(found);
    }
    let ranks = ranks(&marks);
    let mut by_words = Best::of(most);
    let mut by_own = Best::of(most);
    for ((number, thing), rank) in things.iter().enumerate().zip(&ranks) {
        let asked = *rank != NOWHERE && thing.is_registered();
        if !asked || kind.is_some_and(|kind| thing.stream.kind() != kind) {
            continue;
        }
        let candidate = |way| Candidate {
            way,
            worse: *rank & !RANK_GROUP,
            thing,
            number,
        };
        // The parts of a reference are words of it: whose reference it is or begins was found by them.
        let own = beginning.as_ref();
        match own.and_then(|own| by_reference(own, thing)) {
            Some(way) => by_own.offer(candidate(way)),
            None => by_words.offer(candidate(parts(*rank & RANK_GROUP).0)),
        }
    }
    // Whoever types a reference, or begins one, means that and not its parts elsewhere.
    if looks_like_reference(&named) && by_own.all > 0 {
        by_words = Best::of(most);
    }
    let all = by_own.all.saturating_add(by_words.all);
    let best = by_own.heap.into_sorted_vec().into_iter();
    let best = best.chain(by_words.heap.into_sorted_vec()).take(most);
    Hits {
        best: best.map(|found| hit(&marks, &found)).collect(),
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
        } else if self.heap.peek().is_some_and(|worst| candidate < *worst)
            && let Some(mut worst) = self.heap.peek_mut()
        {
            *worst = candidate;
        }
    }
}

fn looks_like_reference(asked: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    asked.contains('-') && asked.chars().all(fits)
}

fn by_reference(asked: &Beginning<'_>, thing: &Shown) -> Option<Way> {
    if !thing.begins_with(asked) {
        None
    } else if thing.is_called(asked) {
        Some(Way::Reference)
    } else {
        Some(Way::ReferenceBegins)
    }
}

/// How good each thing is that says every word; nowhere for the others, and for all when nothing was asked for.
fn ranks(marks: &[Vec<u8>]) -> Vec<u8> {
    let Some((first, others)) = marks.split_first() else {
        return Vec::new();
    };
    let rank = |mark: u8| match mark {
        NOWHERE => NOWHERE,
        mark => (mark & RANK_GROUP) | ((mark >> 4) & 3),
    };
    let mut ranks: Vec<u8> = first.iter().map(|mark| rank(*mark)).collect();
    for word in others {
        for (sum, mark) in ranks.iter_mut().zip(word) {
            *sum = match (*sum, rank(*mark)) {
                (NOWHERE, _) | (_, NOWHERE) => NOWHERE,
                // Twelve words at most, none worse than two.
                (one, other) => {
                    let group = (one & RANK_GROUP).max(other & RANK_GROUP);
                    group | (one & !RANK_GROUP).wrapping_add(other & !RANK_GROUP)
                }
            };
        }
    }
    ranks
}

fn hit(marks: &[Vec<u8>], found: &Candidate<'_>) -> Hit {
    let way = found.way;
    let mut fields = Vec::new();
    let mut worst = Fit::Whole;
    for mark in marks.iter().filter_map(|word| word.get(found.number)) {
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
        stream: found.thing.stream,
        way,
        fit: worst,
        fields,
    }
}

/// The best place of one word in every thing; `None` when it stands nowhere. Nearly right words count only where no
/// other is there.
fn marks_of(index: &Index, things: &List<Shown>, wanted: &Wanted) -> Option<Vec<u8>> {
    let mut marks = Marks {
        of_things: vec![NOWHERE; things.len()],
        any: false,
    };
    let word = wanted.word.as_str();
    if !wanted.loosely {
        let exactly = index.exactly(word).into_iter();
        exactly.for_each(|entry| marks.put(&entry.places, Fit::Whole));
    } else {
        for entry in index.beginning(word) {
            let whole = entry.word.len() == word.len();
            let fit = if whole { Fit::Whole } else { Fit::Beginning };
            marks.put(&entry.places, fit);
        }
        if !marks.any {
            nearly(index, word).for_each(|entry| marks.put(&entry.places, Fit::Nearly));
        }
    }
    if !marks.any {
        return None;
    }
    take_over(index, things, &mut marks.of_things);
    Some(marks.of_things)
}

struct Marks {
    of_things: Vec<u8>,
    any: bool,
}

impl Marks {
    fn put(&mut self, places: &Places, fit: Fit) {
        let levels = Field::ALL.map(|field| mark(field, fit));
        self.any |= !places.is_empty();
        places.each(|place| {
            let level = levels.get(place.field()).copied().unwrap_or(NOWHERE);
            if let Some(slot) = self.of_things.get_mut(place.thing()) {
                *slot = (*slot).min(level);
            }
        });
    }
}

/// Who names a thing is found by that thing's own name. No mark that is taken over is one of a title, so that none is
/// taken over twice.
fn take_over(index: &Index, things: &List<Shown>, marks: &mut [u8]) {
    for ((number, places), thing) in index.named().enumerate().zip(things.iter()) {
        if places.is_empty() || thing.stream.kind() == StreamKind::Agreement {
            continue;
        }
        let found = marks.get(number).copied().unwrap_or(NOWHERE);
        let (_, fit, field) = parts(found);
        if found == NOWHERE || field != Field::Title {
            continue;
        }
        let levels = Field::ALL.map(|field| mark(field, fit));
        places.each(|place| {
            let level = levels.get(place.field()).copied().unwrap_or(NOWHERE);
            if let Some(slot) = marks.get_mut(place.thing()) {
                *slot = (*slot).min(level);
            }
        });
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
    let entries = (far > 0).then(|| index.all()).into_iter().flatten();
    entries.filter(move |entry| {
        let apart = usize::try_from((entry.outline ^ outline).count_ones()).unwrap_or(usize::MAX);
        // A letter changed takes one outline bit and adds another.
        apart <= far.saturating_mul(2)
            && !entry.places.is_empty()
            && entry.word.chars().count().abs_diff(letters) <= far
            && strsim::osa_distance(&entry.word, &word) <= far
    })
}

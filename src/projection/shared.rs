//! Lists and maps that only grow, and of which a reader may keep a copy for next to nothing.
//!
//! A copy shares everything; what is added later copies only the piece it is added to.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many items one piece of a list has.
const PIECE: usize = 1_024;
/// How many entries a map keeps in a tree before they become a sorted run.
const TREE: usize = 512;
/// A run is merged with the one before it unless that is so many times as long.
const RATIO: usize = 4;

/// A list that grows at its end.
#[derive(Debug, Clone)]
pub struct List<T> {
    pieces: Vec<Arc<Vec<T>>>,
    length: usize,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self {
            pieces: Vec::new(),
            length: 0,
        }
    }
}

impl<T: Clone> List<T> {
    /// How many items it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The item at an index.
    #[inline]
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&T> {
        self.pieces.get(index / PIECE)?.get(index % PIECE)
    }

    /// The item at an index, to be changed; its piece is copied first if a reader has it too.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        let piece = self.pieces.get_mut(index / PIECE)?;
        Arc::make_mut(piece).get_mut(index % PIECE)
    }

    /// The last item.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.get(self.length.checked_sub(1)?)
    }

    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        match self.pieces.last_mut() {
            Some(piece) if piece.len() < PIECE => Arc::make_mut(piece).push(item),
            _ => self.pieces.push(Arc::new(vec![item])),
        }
        self.length = self.length.saturating_add(1);
    }

    /// Adds items at the end, a piece at a time.
    pub fn append(&mut self, items: impl IntoIterator<Item = T>) {
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            if self.pieces.last().is_none_or(|last| last.len() >= PIECE) {
                self.pieces.push(Arc::new(Vec::with_capacity(PIECE)));
            }
            let Some(last) = self.pieces.last_mut().map(Arc::make_mut) else {
                return;
            };
            let before = last.len();
            last.extend(items.by_ref().take(PIECE.saturating_sub(before)));
            let added = last.len().saturating_sub(before);
            self.length = self.length.saturating_add(added);
        }
    }

    /// A list of the first so many items, which shares them.
    #[must_use]
    pub fn prefix(&self, length: usize) -> Self {
        let length = length.min(self.length);
        let mut pieces: Vec<_> = self.pieces.iter().take(length / PIECE).cloned().collect();
        let rest = self.pieces.get(length / PIECE);
        if let Some(rest) = rest.and_then(|piece| piece.get(..length % PIECE))
            && !rest.is_empty()
        {
            pieces.push(Arc::new(rest.to_vec()));
        }
        Self { pieces, length }
    }

    /// Every item in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces.iter().flat_map(|piece| piece.iter())
    }

    /// How many items at the beginning satisfy `pred`, when none after one that does not does.
    pub fn partition_point(&self, pred: impl Fn(&T) -> bool) -> usize {
        let (mut low, mut high) = (0, self.length);
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.get(middle) {
                Some(item) if pred(item) => low = middle.saturating_add(1),
                _ => high = middle,
            }
        }
        low
    }
}

impl<T: Clone> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut list = Self::default();
        list.append(items);
        list
    }
}

/// A map whose entries are never changed or taken out: sorted runs, and a small tree for the newest entries.
#[derive(Debug, Clone)]
pub struct Index<K, V> {
    runs: Vec<Arc<[(K, V)]>>,
    tree: Arc<BTreeMap<K, V>>,
}

impl<K, V> Default for Index<K, V> {
    fn default() -> Self {
        Self {
            runs: Vec::new(),
            tree: Arc::default(),
        }
    }
}

impl<K: Ord + Clone, V: Clone> Index<K, V> {
    /// The entry of a key.
    #[must_use]
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        if let Some(value) = self.tree.get(key) {
            return Some(value);
        }
        // Keys mostly grow with time, so that most runs are left out by their ends.
        let mut runs = self.runs.iter().rev();
        runs.find_map(|run| {
            let (first, last) = (run.first()?, run.last()?);
            if key < first.0.borrow() || last.0.borrow() < key {
                return None;
            }
            let place = run.binary_search_by(|(other, _)| other.borrow().cmp(key));
            run.get(place.ok()?).map(|(_, value)| value)
        })
    }

    /// The entries of a stretch of keys, in no order that matters: after those of which `before` is true, as long as
    /// `within` is.
    pub fn stretch(
        &self,
        before: impl Fn(&K) -> bool,
        within: impl Fn(&K) -> bool,
    ) -> impl Iterator<Item = &V> {
        let mut found = Vec::new();
        for run in &self.runs {
            let start = run.partition_point(|(key, _)| before(key));
            let rest = run.get(start..).unwrap_or_default();
            let length = rest.partition_point(|(key, _)| within(key));
            found.push(rest.get(..length).unwrap_or_default());
        }
        let new = self
            .tree
            .iter()
            .filter(move |(key, _)| !before(key) && within(key));
        let old = found.into_iter().flatten().map(|(_, value)| value);
        old.chain(new.map(|(_, value)| value))
    }

    /// Adds an entry, unless its key has one.
    pub fn insert(&mut self, key: K, value: V) {
        if self.get(&key).is_some() {
            return;
        }
        let tree = Arc::make_mut(&mut self.tree);
        tree.insert(key, value);
        if tree.len() < TREE {
            return;
        }
        let mut run: Vec<(K, V)> = std::mem::take(tree).into_iter().collect();
        while let Some(before) = self.runs.pop() {
            if before.len() / RATIO > run.len() {
                self.runs.push(before);
                break;
            }
            run = merged(&before, run);
        }
        self.runs.push(Arc::from(run));
    }

    /// An index of these entries; of several with one key any is kept. Nearly sorted ones take the least time.
    #[must_use]
    pub fn from_entries(mut entries: Vec<(K, V)>) -> Self {
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        entries.dedup_by(|later, first| later.0 == first.0);
        Self {
            runs: vec![Arc::from(entries)],
            tree: Arc::default(),
        }
    }

    /// Every entry, in no order that matters.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        let runs = self.runs.iter().flat_map(|run| run.iter());
        runs.map(|(key, value)| (key, value))
            .chain(self.tree.iter())
    }
}

fn merged<K: Ord + Clone, V: Clone>(before: &[(K, V)], run: Vec<(K, V)>) -> Vec<(K, V)> {
    let mut all = Vec::with_capacity(before.len().saturating_add(run.len()));
    let mut old = before.iter().cloned().peekable();
    let mut new = run.into_iter().peekable();
    loop {
        let older = match (old.peek(), new.peek()) {
            (Some(one), Some(other)) => one.0 < other.0,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => return all,
        };
        all.extend(match older {
            true => old.next(),
            false => new.next(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn an_index_is_a_map_that_keeps_its_first_entries(keys in proptest::collection::vec(0_u32..5_000, 0..4_000)) {
            let (mut index, mut map) = (Index::default(), BTreeMap::new());
            let mut kept = Vec::new();
            for (n, key) in keys.iter().enumerate() {
                index.insert(*key, n);
                map.entry(*key).or_insert(n);
                if n % 700 == 0 {
                    kept.push((index.clone(), map.clone()));
                }
            }
            kept.push((index, map));
            for (index, map) in kept {
                for key in 0..5_000 {
                    prop_assert_eq!(index.get(&key), map.get(&key));
                }
                let all: BTreeMap<_, _> = index.iter().map(|(key, value)| (*key, *value)).collect();
                prop_assert_eq!(&all, &map);
                let stretch = index.stretch(|key| *key < 1_000, |key| *key < 3_000);
                let stretch: BTreeSet<_> = stretch.copied().collect();
                prop_assert_eq!(stretch, map.range(1_000..3_000).map(|(_, value)| *value).collect());
            }
        }

        #[test]
        fn a_list_is_a_vector_and_copies_stay_as_they_were(length in 0_usize..3_000, cut in 0_u32..4_000) {
            let mut list: List<u32> = (0..length as u32).collect();
            let kept = list.clone();
            list.push(7);
            if let Some(first) = list.get_mut(0) {
                *first = 9;
            }
            prop_assert_eq!(kept.iter().copied().collect::<Vec<_>>(), (0..length as u32).collect::<Vec<_>>());
            prop_assert_eq!(kept.partition_point(|item| *item < cut), length.min(cut as usize));
            // Whatever is in the last piece already.
            let mut more = kept.clone();
            more.append(0..cut);
            more.append([]);
            let all: Vec<u32> = (0..length as u32).chain(0..cut).collect();
            prop_assert_eq!(more.iter().copied().collect::<Vec<_>>(), &all[..]);
            prop_assert_eq!((more.len(), more.last()), (all.len(), all.last()));
            prop_assert!((0..all.len()).all(|place| more.get(place) == all.get(place)));
            prop_assert_eq!(kept.len(), length);
            let prefix = list.prefix(cut as usize);
            let wanted: Vec<_> = list.iter().copied().take(cut as usize).collect();
            prop_assert_eq!(prefix.len(), wanted.len());
            prop_assert_eq!(prefix.iter().copied().collect::<Vec<_>>(), wanted);
            prop_assert_eq!(list.len(), length + 1);
            prop_assert_eq!(list.last(), Some(&if length == 0 { 9 } else { 7 }));
        }
    }
}

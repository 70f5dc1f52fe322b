//! A bounded memory of looked-up keys: which streams mention each.
//!
//! To look a key up in the store costs reading every frame with an event that may mention it. The writer alone
//! records, so an answer it was once given stays whole when the streams of its own later events are added.

use std::collections::{BTreeSet, HashMap};

use crate::deal::value::ids::StreamId;

/// The streams that mention a key.
pub(super) type Streams = BTreeSet<StreamId>;

/// Answers by key, in two generations: when the younger is full, the older is dropped. What is asked again becomes
/// young. The maps are only ever looked up.
pub(super) struct Mentions {
    room: usize,
    young: HashMap<String, Streams>,
    old: HashMap<String, Streams>,
}

impl Mentions {
    /// A memory for up to about so many keys.
    pub(super) fn new(room: usize) -> Self {
        Self {
            room: room.max(2) / 2,
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    /// All streams that mention a key, if they are remembered.
    pub(super) fn get(&mut self, key: &str) -> Option<&Streams> {
        if let Some((key, streams)) = self.old.remove_entry(key) {
            self.put(key, streams);
        }
        self.young.get(key)
    }

    /// Remembers all streams that mention a key.
    pub(super) fn put(&mut self, key: String, streams: Streams) {
        if self.young.len() >= self.room {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, streams);
    }

    /// Adds streams to an answer that is remembered; of other keys nothing is known, and nothing kept.
    pub(super) fn add(&mut self, key: &str, streams: Streams) {
        let known = self.young.get_mut(key).or_else(|| self.old.get_mut(key));
        if let Some(known) = known {
            known.extend(streams);
        }
    }

    pub(super) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn streams(numbers: &[u128]) -> Streams {
        let stream = |n: &u128| StreamId::Agreement(Uuid::from_u128(*n));
        numbers.iter().map(stream).collect()
    }

    #[test]
    fn an_answer_stays_whole_and_of_other_keys_nothing_is_said() {
        let mut mentions = Mentions::new(8);
        mentions.put("ref:AG-1".to_owned(), streams(&[]));
        mentions.add("ref:AG-1", streams(&[1]));
        mentions.add("ref:AG-2", streams(&[2]));
        assert_eq!(mentions.get("ref:AG-1"), Some(&streams(&[1])));
        assert_eq!(mentions.get("ref:AG-2"), None, "it was never asked");
    }

    #[test]
    fn what_is_asked_again_stays_and_what_is_not_makes_room() {
        let mut mentions = Mentions::new(4);
        for n in 0..40_u128 {
            mentions.put(format!("key {n}"), streams(&[n]));
            assert_eq!(mentions.get("key 0"), Some(&streams(&[0])), "{n}");
            assert!(mentions.young.len() + mentions.old.len() <= 4);
        }
        assert_eq!(mentions.get("key 20"), None);
    }

    #[test]
    fn an_answer_of_the_older_generation_is_added_to() {
        let mut mentions = Mentions::new(4);
        for n in 0..3 {
            mentions.put(format!("key {n}"), streams(&[n]));
        }
        assert!(mentions.old.contains_key("key 0"));
        mentions.add("key 0", streams(&[7]));
        assert_eq!(mentions.get("key 0"), Some(&streams(&[0, 7])));
    }
}

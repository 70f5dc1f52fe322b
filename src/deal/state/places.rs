//! Which fact of a book an event belongs to.

use crate::deal::value::ids::EventId;

/// The number of a fact for each event of it, by the events' ids.
///
/// Ids sort by time, so that nearly every event comes behind all others: a sorted list is as good as a tree, and smaller.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Places(Vec<(EventId, u32)>);

impl Places {
    /// Room for so many events.
    pub(super) fn with_room(events: usize) -> Self {
        Self(Vec::with_capacity(events))
    }

    /// Adds an event; one that is known already gets another place.
    pub(super) fn insert(&mut self, event: EventId, fact: usize) {
        // A book of more facts would not fit any memory.
        let fact = u32::try_from(fact).unwrap_or(u32::MAX);
        if self.0.last().is_none_or(|(last, _)| *last < event) {
            return self.0.push((event, fact));
        }
        match self.0.binary_search_by_key(&event, |(known, _)| *known) {
            Ok(at) => {
                if let Some((_, known)) = self.0.get_mut(at) {
                    *known = fact;
                }
            }
            Err(at) => self.0.insert(at, (event, fact)),
        }
    }

    /// The number of the fact an event belongs to.
    pub(super) fn get(&self, event: EventId) -> Option<usize> {
        let at = self.0.binary_search_by_key(&event, |(known, _)| *known);
        self.0.get(at.ok()?).map(|(_, fact)| *fact as usize)
    }

    /// The events, in the order of their ids.
    pub(super) fn events(&self) -> impl Iterator<Item = EventId> {
        self.0.iter().map(|(event, _)| *event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn events_are_found_whatever_order_their_ids_come_in(ids in proptest::collection::vec(0..40_u128, 0..60)) {
            let (mut places, mut tree) = (Places::default(), BTreeMap::new());
            for (id, fact) in ids.into_iter().zip(0..) {
                let event = EventId::new(Uuid::from_u128(id));
                places.insert(event, fact);
                tree.insert(event, fact);
            }
            for event in (0..41).map(|id| EventId::new(Uuid::from_u128(id))) {
                prop_assert_eq!(places.get(event), tree.get(&event).copied());
            }
            prop_assert!(places.events().eq(tree.keys().copied()));
        }
    }
}

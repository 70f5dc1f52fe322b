//! Which fact of a book an event belongs to.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::deal::value::ids::EventId;

/// The events that begin facts, as somebody keeps them who tells them when they are asked for.
pub trait Begun: Send + Sync {
    /// The event that begins each of the facts, by the facts' numbers: always the same ones.
    fn events(&self) -> Vec<EventId>;
}

/// An event and the number of the fact that it belongs to.
type Placed = (EventId, u32);

/// The number of a fact for each event of it, by the events' ids.
///
/// Ids sort by time, so that nearly every event comes behind all others: a sorted list is as good as a tree, and smaller. Most
/// books are asked for none of the events that begin their facts, so that these are told late.
#[derive(Clone, Default)]
pub(super) struct Places {
    told: Vec<Told>,
    begun: Option<Late>,
}

/// An event that was told by itself.
#[derive(Clone, Copy)]
struct Told {
    event: EventId,
    fact: u32,
    /// How many of the facts that are told late had begun before it.
    behind: u32,
}

/// The events that begin the first facts, told when they are asked for.
#[derive(Clone)]
struct Late {
    from: Arc<dyn Begun>,
    /// How many of the facts have begun yet.
    facts: u32,
    /// All of them, by their ids and those of one id by their numbers.
    events: OnceLock<Arc<[Placed]>>,
}

impl Late {
    fn events(&self) -> &[Placed] {
        self.events.get_or_init(|| {
            let events = self.from.events().into_iter();
            let mut events: Vec<Placed> = events.zip(0..).collect();
            events.sort_unstable();
            events.into()
        })
    }

    /// Those that have begun.
    fn known(&self) -> impl Iterator<Item = &Placed> {
        let begun = |(_, fact): &&Placed| *fact < self.facts;
        self.events().iter().filter(begun)
    }

    fn get(&self, event: EventId) -> Option<u32> {
        let events = self.events();
        let first = events.partition_point(|(known, _)| *known < event);
        let same = events.iter().skip(first);
        let same = same.take_while(|(known, _)| *known == event);
        let facts = same.map(|(_, fact)| *fact);
        facts.filter(|fact| *fact < self.facts).last()
    }
}

impl Places {
    /// The places of facts that none has begun of yet, whose events are told when they are asked for.
    pub(super) fn late(from: Arc<dyn Begun>) -> Self {
        Self {
            told: Vec::new(),
            begun: Some(Late {
                from,
                facts: 0,
                events: OnceLock::new(),
            }),
        }
    }

    /// So many of the facts that are told late have begun.
    pub(super) fn begin(&mut self, facts: usize) {
        if let Some(late) = &mut self.begun {
            late.facts = number(facts);
        }
    }

    /// Adds an event; one that is known already gets another place.
    pub(super) fn insert(&mut self, event: EventId, fact: usize) {
        let told = Told {
            event,
            fact: number(fact),
            behind: self.begun.as_ref().map_or(0, |late| late.facts),
        };
        if self.told.last().is_none_or(|last| last.event < event) {
            return self.told.push(told);
        }
        match self.told.binary_search_by_key(&event, |told| told.event) {
            Ok(at) => {
                if let Some(known) = self.told.get_mut(at) {
                    *known = told;
                }
            }
            Err(at) => self.told.insert(at, told),
        }
    }

    /// The number of the fact an event belongs to.
    pub(super) fn get(&self, event: EventId) -> Option<usize> {
        let at = self.told.binary_search_by_key(&event, |told| told.event);
        let told = at.ok().and_then(|at| self.told.get(at));
        let late = self.begun.as_ref();
        let fact = match told {
            // Of what is told late only that can have come behind it which had not begun.
            Some(told) => late
                .filter(|late| told.behind < late.facts)
                .and_then(|late| late.get(event))
                .filter(|fact| *fact >= told.behind)
                .or(Some(told.fact)),
            None => late.and_then(|late| late.get(event)),
        };
        fact.map(|fact| fact as usize)
    }

    /// Every event with its place, in the order of their ids.
    fn all(&self) -> Vec<Placed> {
        let late = self.begun.iter().flat_map(Late::known);
        // What is told comes before the fact that had not begun, and behind those that had.
        let late = late.map(|(event, fact)| (*event, *fact, true, *fact));
        let told = self.told.iter();
        let told = told.map(|told| (told.event, told.behind, false, told.fact));
        let mut all: Vec<(EventId, u32, bool, u32)> = late.chain(told).collect();
        all.sort_unstable();
        // Of one event the place that it got last.
        all.reverse();
        all.dedup_by_key(|(event, ..)| *event);
        let all = all.into_iter().rev();
        all.map(|(event, .., fact)| (event, fact)).collect()
    }

    /// The events, in the order of their ids.
    pub(super) fn events(&self) -> impl Iterator<Item = EventId> + use<> {
        self.all().into_iter().map(|(event, _)| event)
    }
}

/// A number as it is kept: a book of more facts would not fit any memory.
fn number(facts: usize) -> u32 {
    u32::try_from(facts).unwrap_or(u32::MAX)
}

impl fmt::Debug for Places {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.all()).finish()
    }
}

/// The same places, whenever they were told.
impl PartialEq for Places {
    fn eq(&self, other: &Self) -> bool {
        self.all() == other.all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use uuid::Uuid;

    fn event(id: u128) -> EventId {
        EventId::new(Uuid::from_u128(id))
    }

    /// The events that begin the first facts.
    struct First(Vec<EventId>);

    impl Begun for First {
        fn events(&self) -> Vec<EventId> {
            self.0.clone()
        }
    }

    proptest! {
        #[test]
        fn events_are_found_whatever_order_their_ids_come_in(
            first in proptest::collection::vec(0..40_u128, 0..20),
            told in proptest::collection::vec((0..3_usize, 0..40_u128), 0..60),
        ) {
            let (mut places, mut tree) = (Places::late(Arc::new(First(first.iter().copied().map(event).collect()))), BTreeMap::new());
            prop_assert_eq!(places.events().count(), 0, "none has begun");
            let (mut begun, mut rest) = (0, first.into_iter().zip(0..));
            for ((more, id), fact) in told.into_iter().zip(100..) {
                begun += more;
                places.begin(begun);
                tree.extend(rest.by_ref().take(more).map(|(id, fact)| (event(id), fact)));
                places.insert(event(id), fact);
                tree.insert(event(id), fact);
            }
            for event in (0..41).map(event) {
                prop_assert_eq!(places.get(event), tree.get(&event).copied());
            }
            prop_assert!(places.events().eq(tree.keys().copied()));
            let mut plain = Places::default();
            for (event, fact) in &tree {
                plain.insert(*event, *fact);
            }
            prop_assert_eq!(&plain, &places);
            plain.insert(event(7), 999);
            prop_assert_ne!(plain, places);
        }
    }
}

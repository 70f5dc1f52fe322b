//! Things by their references: an order that is made when somebody asks and kept up from then on.

use std::sync::Arc;

use crate::deal::value::ids::{Ref, StreamId};

/// So many things with another reference than before are put in their places one by one.
const FEW: usize = 64;

/// Where a thing stands among all: by its reference, then by its stream.
pub type Place<'r> = Option<(&'r Ref, StreamId)>;

/// The numbers of streams by the references of their things, as far as somebody asked for that; copies share it.
#[derive(Debug, Clone, Default)]
pub struct ByReference(Option<Arc<Vec<u32>>>);

impl ByReference {
    /// The order; made of `all` where it is not kept.
    pub fn of<'r>(
        &self,
        all: impl Iterator<Item = u32>,
        place: impl Fn(u32) -> Place<'r>,
    ) -> Arc<Vec<u32>> {
        if let Some(order) = &self.0 {
            return Arc::clone(order);
        }
        let mut order: Vec<u32> = all.collect();
        order.sort_by_cached_key(|number| place(*number));
        Arc::new(order)
    }

    /// Whether an order is kept.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    /// Keeps an order.
    pub fn keep(&mut self, order: Arc<Vec<u32>>) {
        self.0 = Some(order);
    }

    /// Leaves out what was not known yet when there were so many streams.
    pub fn until(&mut self, streams: usize) {
        let order = self.0.as_mut().map(Arc::make_mut);
        order
            .into_iter()
            .for_each(|order| order.retain(|number| (*number as usize) < streams));
    }

    /// Puts things that got another reference where they belong now; where they are many, all are put in order when
    /// somebody asks.
    pub fn moved<'r>(&mut self, moved: &[u32], place: impl Fn(u32) -> Place<'r>) {
        if moved.len() > FEW {
            self.0 = None;
        }
        let Some(order) = self.0.as_mut().filter(|_| !moved.is_empty()) else {
            return;
        };
        let places = Arc::make_mut(order);
        places.retain(|number| !moved.contains(number));
        for number in moved.iter().copied() {
            let own = place(number);
            if own.is_some() {
                let at = places.partition_point(|other| place(*other) < own);
                places.insert(at, number);
            }
        }
    }
}

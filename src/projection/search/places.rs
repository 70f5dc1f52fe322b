//! Where a word stands, or who names a thing: places in order, as the gaps between them.
//!
//! Most words stand in one place, and a few in every thing. So a single place is kept as it is, and more of them in
//! blocks, each a byte or two a place; a change writes one block anew and shares the others.

use std::sync::Arc;

use super::said::Field;
use crate::projection::bytes::number;

/// Bits of a place that name the field; the others name the thing.
const FIELD_BITS: u32 = 4;
/// A block that has more places than this is parted in two.
const MOST: usize = 256;

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
        self.0.wrapping_shr(FIELD_BITS) as usize
    }

    /// The field, by its number.
    pub(super) fn field(self) -> usize {
        (self.0 & 15) as usize
    }
}

/// Places in order, each once.
#[derive(Debug, Clone, Default)]
pub(super) enum Places {
    /// Nowhere.
    #[default]
    None,
    /// One place.
    One(Place),
    /// Several.
    Many(Arc<Vec<Arc<Block>>>),
}

/// Some of the places: the first as it is, the others as their distance from the one before.
#[derive(Debug, Clone)]
pub(super) struct Block {
    last: Place,
    count: u32,
    bytes: Vec<u8>,
}

impl Block {
    fn of(places: &[Place]) -> Self {
        let mut block = Self {
            last: Place(0),
            count: 0,
            bytes: Vec::with_capacity(places.len().saturating_add(4)),
        };
        places.iter().for_each(|place| block.push(*place));
        block.bytes.shrink_to_fit();
        block
    }

    /// Adds a place after all others.
    fn push(&mut self, place: Place) {
        let gap = place.0.wrapping_sub(self.last.0);
        number(&mut self.bytes, u64::from(gap));
        self.last = place;
        self.count = self.count.saturating_add(1);
    }

    fn is_full(&self) -> bool {
        self.count as usize >= MOST
    }

    fn each(&self, to: &mut impl FnMut(Place)) {
        let (mut place, mut gap, mut shift) = (0_u32, 0_u32, 0_u32);
        for byte in &self.bytes {
            gap |= u32::from(byte & 0x7f).wrapping_shl(shift);
            if *byte < 0x80 {
                place = place.wrapping_add(gap);
                to(Place(place));
                (gap, shift) = (0, 0);
            } else {
                shift = shift.wrapping_add(7);
            }
        }
    }

    fn places(&self) -> Vec<Place> {
        let mut places = Vec::with_capacity(MOST.saturating_add(1));
        self.each(&mut |place| places.push(place));
        places
    }
}

impl Places {
    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Hands each place to `to`, in order.
    pub(super) fn each(&self, mut to: impl FnMut(Place)) {
        match self {
            Self::None => {}
            Self::One(place) => to(*place),
            Self::Many(blocks) => blocks.iter().for_each(|block| block.each(&mut to)),
        }
    }

    /// Puts a place in, unless it is there, or takes it out.
    pub(super) fn put(&mut self, place: Place, stands: bool) {
        match self {
            Self::None if stands => *self = Self::One(place),
            Self::None => {}
            Self::One(one) if *one == place => {
                if !stands {
                    *self = Self::None;
                }
            }
            Self::One(one) => {
                if stands {
                    let (first, last) = (place.min(*one), place.max(*one));
                    *self = Self::Many(Arc::new(vec![Arc::new(Block::of(&[first, last]))]));
                }
            }
            Self::Many(blocks) => {
                put(Arc::make_mut(blocks), place, stands);
                if let [block] = blocks.as_slice()
                    && block.count == 1
                {
                    *self = Self::One(block.last);
                }
            }
        }
    }
}

fn put(blocks: &mut Vec<Arc<Block>>, place: Place, stands: bool) {
    let index = blocks.partition_point(|block| block.last < place);
    let Some(block) = blocks.get_mut(index) else {
        if stands {
            put_last(blocks, place);
        }
        return;
    };
    let mut places = block.places();
    match (places.binary_search(&place), stands) {
        (Err(at), true) => places.insert(at, place),
        (Ok(at), false) => {
            places.remove(at);
        }
        (Ok(_), true) | (Err(_), false) => return,
    }
    if places.is_empty() {
        blocks.remove(index);
    } else if places.len() <= MOST {
        *block = Arc::new(Block::of(&places));
    } else {
        let (one, other) = places.split_at(places.len() / 2);
        *block = Arc::new(Block::of(one));
        blocks.insert(index.saturating_add(1), Arc::new(Block::of(other)));
    }
}

/// Places come in order most of the time.
fn put_last(blocks: &mut Vec<Arc<Block>>, place: Place) {
    match blocks.last_mut() {
        Some(block) if !block.is_full() => {
            let block = Arc::make_mut(block);
            block.push(place);
            if block.is_full() {
                block.bytes.shrink_to_fit();
            }
        }
        _ => blocks.push(Arc::new(Block::of(&[place]))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn all(places: &Places) -> Vec<Place> {
        let mut all = Vec::new();
        places.each(|place| all.push(place));
        all
    }

    proptest! {
        #[test]
        fn places_are_a_set_and_copies_stay_as_they_were(
            ordered in 0_u32..2_000,
            changes in prop::collection::vec((0_u32..3_000, 0_usize..9, any::<bool>()), 0..600),
        ) {
            let (mut places, mut set) = (Places::default(), BTreeSet::new());
            for thing in 0..ordered {
                let place = Place::new(thing, Field::Title);
                places.put(place, true);
                set.insert(place);
            }
            let (kept, kept_set) = (places.clone(), set.clone());
            for (thing, field, stands) in changes {
                let place = Place::new(thing * thing, Field::ALL[field]);
                places.put(place, stands);
                match stands {
                    true => set.insert(place),
                    false => set.remove(&place),
                };
            }
            prop_assert_eq!(places.is_empty(), set.is_empty());
            prop_assert_eq!(all(&places), set.iter().copied().collect::<Vec<_>>());
            set.iter().for_each(|place| places.put(*place, false));
            prop_assert!(places.is_empty());
            prop_assert_eq!(all(&kept), kept_set.into_iter().collect::<Vec<_>>());
        }
    }
}

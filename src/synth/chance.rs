//! Chance from a seed: the same seed gives the same numbers for ever.
//!
//! The generator is SplitMix64 (Steele, Lea and Flood, 2014), a dozen lines of this program's own: a ledger made from
//! a seed is a promise, and the streams of published crates change between their versions.

/// Numbers that follow from a seed.
#[derive(Debug, Clone)]
pub(super) struct Dice {
    state: u64,
}

impl Dice {
    /// The numbers of this seed.
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        let wide = u128::from(self.bits()).wrapping_mul(u128::from(end)) >> 64;
        u64::try_from(wide).unwrap_or_default()
    }

    /// A number from `low` to `high`, both inclusive.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        let span = high.saturating_sub(low).saturating_add(1);
        low.saturating_add(self.below(span))
    }

    /// True in so many of a hundred cases.
    pub(super) fn percent(&mut self, cases: u64) -> bool {
        self.below(100) < cases
    }

    /// A place in a list of this length; 0 for an empty one.
    pub(super) fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }

    /// One member of a list.
    pub(super) fn pick<T: Copy, const N: usize>(&mut self, list: &[T; N]) -> T {
        let at = self.place(N);
        // PANIC: the place lies below the length, and no list of this room is empty.
        *list.get(at).expect("a member of the list")
    }

    /// One member of a list that may be empty.
    pub(super) fn any<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let at = self.place(list.len());
        list.get(at)
    }

    /// One of several choices, each as likely as its weight among all.
    pub(super) fn weighted<T: Copy, const N: usize>(&mut self, choices: &[(u64, T); N]) -> T {
        let mut left = self.below(choices.iter().map(|(weight, _)| weight).sum());
        for (weight, choice) in choices {
            if left < *weight {
                return *choice;
            }
            left = left.saturating_sub(*weight);
        }
        self.pick(choices).1
    }

    /// Ten bytes for the random part of an id.
    pub(super) fn ten_bytes(&mut self) -> [u8; 10] {
        let (high, low) = (self.bits().to_be_bytes(), self.bits().to_be_bytes());
        let mut bytes = [0; 10];
        let drawn = high.into_iter().chain(low);
        bytes
            .iter_mut()
            .zip(drawn)
            .for_each(|(to, from)| *to = from);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_a_seed_never_change() {
        let mut dice = Dice::new(1_234_567);
        let drawn: Vec<u64> = (0..3).map(|_| dice.bits()).collect();
        // The published test vector of SplitMix64.
        assert_eq!(
            drawn,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn numbers_stay_within_their_bounds_and_reach_them() {
        let mut dice = Dice::new(7);
        let drawn: Vec<u64> = (0..1_000).map(|_| dice.between(3, 5)).collect();
        assert_eq!(drawn.iter().min(), Some(&3));
        assert_eq!(drawn.iter().max(), Some(&5));
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.any::<u8>(&[]), None);
    }

    #[test]
    fn weights_hold_roughly() {
        let mut dice = Dice::new(7);
        let rare = (0..10_000).filter(|_| dice.weighted(&[(9, false), (1, true)]));
        let rare = rare.count();
        assert!((800..1_200).contains(&rare), "{rare}");
    }
}

//! A thing as questions see it: what it is, and its reference in a form that is compared at once.

use crate::deal::value::ids::StreamId;

/// How many letters of a reference stand where a question looks first; few references have more.
const START: usize = 15;

/// A thing and its reference.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// The thing.
    pub(super) stream: StreamId,
    /// The beginning of its reference, filled up with zeros; nothing else while its registration does not stand.
    start: [u8; START],
    /// What does not fit there.
    rest: Option<Box<str>>,
}

impl Shown {
    /// A thing that is not registered yet.
    pub(super) fn new(stream: StreamId) -> Self {
        Self {
            stream,
            start: [0; START],
            rest: None,
        }
    }

    /// Gives it a reference, or none.
    pub(super) fn call(&mut self, reference: Option<&str>) {
        let reference = reference.unwrap_or_default();
        // References are plain letters, so that every place is one where they can be parted.
        let parted = reference.split_at_checked(START);
        let (start, rest) = parted.unwrap_or((reference, ""));
        self.start = [0; START];
        for (to, from) in self.start.iter_mut().zip(start.bytes()) {
            *to = from;
        }
        self.rest = (!rest.is_empty()).then(|| rest.into());
    }

    /// Whether its registration stands.
    pub(super) fn is_registered(&self) -> bool {
        self.start.first().is_some_and(|first| *first != 0)
    }

    /// Whether its reference begins so.
    pub(super) fn begins_with(&self, letters: &Beginning<'_>) -> bool {
        let rest = self.rest.as_deref().unwrap_or_default().as_bytes();
        self.key() & letters.mask == letters.start && rest.starts_with(letters.rest)
    }

    /// Whether its reference is just that.
    pub(super) fn is_called(&self, letters: &Beginning<'_>) -> bool {
        let rest = self.rest.as_deref().unwrap_or_default().as_bytes();
        self.key() == letters.start && rest == letters.rest
    }

    /// Which of two things comes first by its reference.
    pub(super) fn order(&self, other: &Self) -> std::cmp::Ordering {
        self.key()
            .cmp(&other.key())
            .then_with(|| self.rest.cmp(&other.rest))
            .then_with(|| self.stream.cmp(&other.stream))
    }

    /// The beginning as one number, which is compared at once.
    fn key(&self) -> u128 {
        key(&self.start)
    }
}

/// The beginning of a reference that is looked for.
pub(super) struct Beginning<'a> {
    start: u128,
    mask: u128,
    rest: &'a [u8],
}

impl<'a> Beginning<'a> {
    /// These letters; `None` when no reference begins with them.
    pub(super) fn of(letters: &'a str) -> Option<Self> {
        if letters.is_empty() || letters.contains('\0') {
            return None;
        }
        let letters = letters.as_bytes();
        let (same, rest) = letters.split_at(letters.len().min(START));
        let mut start = [0; START];
        let mut mask = [0; START];
        for ((to, of), letter) in start.iter_mut().zip(&mut mask).zip(same) {
            (*to, *of) = (*letter, u8::MAX);
        }
        Some(Self {
            start: key(&start),
            mask: key(&mask),
            rest,
        })
    }
}

fn key(start: &[u8; START]) -> u128 {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(start) {
        *to = *from;
    }
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deal::value::ids::StreamKind;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn called(reference: &str) -> Shown {
        let mut shown = Shown::new(StreamId::new(StreamKind::Agreement, Uuid::nil()));
        shown.call(Some(reference));
        shown
    }

    proptest! {
        #[test]
        fn a_reference_is_compared_as_its_text(one in "[AB-]{1,18}", other in "[AB-]{1,18}", cut in 0_usize..18) {
            let (shown, second) = (called(&one), called(&other));
            prop_assert!(shown.is_registered());
            prop_assert_eq!(shown.order(&second), one.cmp(&other));
            let is = |text: &str| Beginning::of(text).is_some_and(|text| shown.is_called(&text));
            let begins = |text: &str| Beginning::of(text).is_some_and(|text| shown.begins_with(&text));
            prop_assert_eq!(is(&other), one == other);
            prop_assert!(is(&one));
            for letters in [&other[..cut.min(other.len())], &one[..cut.min(one.len())]] {
                prop_assert_eq!(begins(letters), !letters.is_empty() && one.starts_with(letters));
                prop_assert_eq!(is(letters), one == letters);
            }
        }
    }

    #[test]
    fn without_a_registration_nothing_is_called() {
        let mut shown = called("AG-2025-001");
        shown.call(None);
        assert!(!shown.is_registered());
        assert!(Beginning::of("").is_none() && Beginning::of("A\0").is_none());
        let letter = Beginning::of("A").unwrap();
        assert!(!shown.begins_with(&letter) && !shown.is_called(&letter));
    }
}

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

    /// Whether its reference begins with these letters; with nothing, none does.
    pub(super) fn begins_with(&self, letters: &str) -> bool {
        let letters = letters.as_bytes();
        let (same, more) = letters.split_at(letters.len().min(START));
        if same.is_empty() || !self.start.starts_with(same) || same.len() > self.length() {
            return false;
        }
        let rest = self.rest.as_deref().unwrap_or_default().as_bytes();
        rest.starts_with(more)
    }

    /// Whether its reference is this one.
    pub(super) fn is_called(&self, reference: &str) -> bool {
        let rest = self.rest.as_deref().unwrap_or_default();
        self.begins_with(reference) && self.length().saturating_add(rest.len()) == reference.len()
    }

    /// How many bytes stand in the beginning.
    fn length(&self) -> usize {
        let end = self.start.iter().position(|byte| *byte == 0);
        end.unwrap_or(START)
    }

    /// Which of two things comes first by its reference.
    pub(super) fn order(&self, other: &Self) -> std::cmp::Ordering {
        self.start
            .cmp(&other.start)
            .then_with(|| self.rest.cmp(&other.rest))
            .then_with(|| self.stream.cmp(&other.stream))
    }
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
            prop_assert_eq!(shown.is_called(&other), one == other);
            prop_assert!(shown.is_called(&one));
            for letters in [&other[..cut.min(other.len())], &one[..cut.min(one.len())]] {
                prop_assert_eq!(shown.begins_with(letters), !letters.is_empty() && one.starts_with(letters));
            }
        }
    }

    #[test]
    fn without_a_registration_nothing_is_called() {
        let mut shown = called("AG-2025-001");
        shown.call(None);
        assert!(!shown.is_registered());
        assert!(!shown.begins_with("") && !shown.begins_with("A") && !shown.is_called(""));
    }
}

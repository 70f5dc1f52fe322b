//! Counts by class: investment deals and documents between institutions are never counted together.

use crate::deal::event::agreement_registered::Class;

/// How many of each class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByClass {
    /// Investment deals.
    pub practical: u64,
    /// Documents between institutions.
    pub institutional: u64,
}

impl ByClass {
    /// Counts one more of a class.
    pub fn add(&mut self, class: Class) {
        let count = self.of_mut(class);
        *count = count.saturating_add(1);
    }

    pub(super) fn of_mut(&mut self, class: Class) -> &mut u64 {
        match class {
            Class::Practical => &mut self.practical,
            Class::Institutional => &mut self.institutional,
        }
    }

    /// How many of one class.
    #[must_use]
    pub fn of(&self, class: Class) -> u64 {
        match class {
            Class::Practical => self.practical,
            Class::Institutional => self.institutional,
        }
    }

    /// How many documents of either class.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.practical.saturating_add(self.institutional)
    }
}

//! The documents of a package: declared, registered, and gone from it.

use super::by_class::ByClass;
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::package_registered::DeclaredCounts;

/// The documents of a package, declared and registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Documents {
    /// Documents of every class.
    pub all: Count,
    /// Investment deals.
    pub practical: Count,
    /// Documents between bodies.
    pub institutional: Count,
    /// How many of the declared documents are gone from it: those superseded, and those that are the
    /// same as an agreement counted elsewhere. A duplicate of another member was declared once and
    /// registered twice, and takes nothing from the declared count.
    pub gone: ByClass,
}

/// How many documents were declared and how many are registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// As declared; `None` when the source does not say.
    pub declared: Option<u32>,
    /// Registered members that count.
    pub registered: u32,
}

impl Count {
    /// How many were declared and are not registered; `None` when the declared count is not known.
    #[must_use]
    pub fn unregistered(&self) -> Option<u32> {
        self.declared
            .map(|declared| declared.saturating_sub(self.registered))
    }
}

impl Documents {
    /// The documents of a package as declared, and those of its members that count and that are gone from it.
    #[must_use]
    pub fn of(declared: &DeclaredCounts, registered: ByClass, gone: ByClass) -> Self {
        let count = |declared, registered: u64| Count {
            declared,
            registered: u32::try_from(registered).unwrap_or(u32::MAX),
        };
        let all = declared
            .all
            .or_else(|| both(declared.practical, declared.institutional));
        Self {
            all: count(all, registered.all()),
            practical: count(declared.practical, registered.practical),
            institutional: count(declared.institutional, registered.institutional),
            gone,
        }
    }

    /// How many documents of a class were declared and never registered: neither those that count
    /// nor those that are gone. `None` when the declared count is not known.
    #[must_use]
    pub fn never_registered(&self, class: Class) -> Option<u64> {
        let count = match class {
            Class::Practical => self.practical,
            Class::Institutional => self.institutional,
        };
        left_of(count, self.gone.of(class))
    }

    /// The same of documents of any class.
    #[must_use]
    pub fn never_registered_at_all(&self) -> Option<u64> {
        left_of(self.all, self.gone.all())
    }
}

/// How many of the declared documents are neither registered nor gone.
fn left_of(count: Count, gone: u64) -> Option<u64> {
    let left = u64::from(count.declared?).saturating_sub(gone);
    Some(left.saturating_sub(count.registered.into()))
}

/// The whole of two counts that are both known.
fn both(practical: Option<u32>, institutional: Option<u32>) -> Option<u32> {
    practical?.checked_add(institutional?)
}

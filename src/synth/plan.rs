//! How large a portfolio can be.

/// The events that open a ledger: what it is, its two tracks and its policy.
pub const OPENING_EVENTS: u64 = 4;
/// The fewest events of an agreement: it is registered, signed, and something is told of it.
pub const FEWEST: u64 = 3;
/// The most events of an agreement.
pub const MOST: u64 = 200;
/// More agreements than any country signs; and their numbers stay far from any overflow.
pub const MOST_AGREEMENTS: u64 = 10_000_000;

/// The size of a fictional portfolio, and the seed it is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    agreements: u64,
    events: u64,
    seed: u64,
}

/// Why there is no such portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// No agreement, or more than can be.
    #[error("a portfolio has 1 to {MOST_AGREEMENTS} agreements, and {0} are asked for")]
    Agreements(u64),
    /// Too few or too many events for the agreements.
    #[error(
        "{agreements} agreements take {fewest} to {most} entries, the {OPENING_EVENTS} that open the ledger \
         included, and {events} are asked for"
    )]
    Events {
        /// How many agreements are asked for.
        agreements: u64,
        /// How many events.
        events: u64,
        /// How few there can be.
        fewest: u64,
        /// How many there can be.
        most: u64,
    },
}

impl Plan {
    /// A portfolio of exactly so many agreements, in a ledger of exactly so many events.
    ///
    /// # Errors
    /// When there is no such portfolio; the error says what is possible.
    pub fn new(agreements: u64, events: u64, seed: u64) -> Result<Self, PlanError> {
        if agreements == 0 || agreements > MOST_AGREEMENTS {
            return Err(PlanError::Agreements(agreements));
        }
        let with = |each: u64| {
            agreements
                .saturating_mul(each)
                .saturating_add(OPENING_EVENTS)
        };
        let (fewest, most) = (with(FEWEST), with(MOST));
        if !(fewest..=most).contains(&events) {
            return Err(PlanError::Events {
                agreements,
                events,
                fewest,
                most,
            });
        }
        Ok(Self {
            agreements,
            events,
            seed,
        })
    }

    /// How many agreements.
    #[must_use]
    pub fn agreements(&self) -> u64 {
        self.agreements
    }

    /// How many events, those that open the ledger included.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_refused_with_what_can() {
        let refused = |agreements, events| Plan::new(agreements, events, 1).unwrap_err();
        assert_eq!(
            refused(50, 100).to_string(),
            "50 agreements take 154 to 10004 entries, the 4 that open the ledger included, and 100 are asked for"
        );
        assert_eq!(
            refused(0, 100).to_string(),
            "a portfolio has 1 to 10000000 agreements, and 0 are asked for"
        );
        assert!(matches!(refused(1, 205), PlanError::Events { .. }));
        assert!(Plan::new(50, 154, 1).is_ok() && Plan::new(50, 10_004, 1).is_ok());
    }
}

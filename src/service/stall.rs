//! Whether read models stand still although there is more to take in.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::follow::FollowStatus;

/// How long read models may stand still although there is more to take in.
const STANDSTILL: Duration = Duration::from_secs(10);

/// Since when read models stand still.
#[derive(Debug, Default)]
pub struct Stall(Mutex<Option<(u64, Instant)>>);

impl Stall {
    /// Whether they stand still, as far as it was looked often enough to know.
    #[must_use]
    pub fn is_stalled(&self, status: &FollowStatus) -> bool {
        self.is_stalled_at(status, Instant::now())
    }

    fn is_stalled_at(&self, status: &FollowStatus, now: Instant) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if status.lag == 0 {
            *seen = None;
            return false;
        }
        match *seen {
            Some((position, since)) if position == status.position => {
                now.saturating_duration_since(since) >= STANDSTILL
            }
            _ => {
                *seen = Some((status.position, now));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::follow::Health;

    #[test]
    fn only_models_that_do_not_move_stand_still() {
        let stall = Stall::default();
        let begun = Instant::now();
        let look = |seconds: u64, position, lag| {
            let status = FollowStatus {
                health: Health::Following,
                position,
                lag,
                restarts: 0,
                last_error: None,
            };
            stall.is_stalled_at(&status, begun + Duration::from_secs(seconds))
        };
        assert!(!look(0, 100, 0));
        // Nobody looked for long: how long it has been so is not known.
        assert!(!look(60, 100, 5));
        assert!(!look(69, 100, 6));
        assert!(look(70, 100, 7), "ten seconds without a move");
        assert!(!look(71, 101, 7), "it moves");
        assert!(!look(200, 108, 0));
        assert!(!look(201, 108, 1));
    }
}

//! The durable head, and waiting for it to move.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::store::event_store::Head;

/// The head as everybody may see it.
///
/// The guarded value is one `Copy` struct written in one assignment, so a poisoned lock still holds a whole head.
#[derive(Debug, Default)]
pub struct HeadWatch {
    head: Mutex<Head>,
    moved: Condvar,
}

impl HeadWatch {
    /// Starts at `head`.
    pub fn new(head: Head) -> Self {
        Self {
            head: Mutex::new(head),
            moved: Condvar::new(),
        }
    }

    /// The head.
    pub fn get(&self) -> Head {
        *self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the head and wakes everyone who waits.
    pub fn set(&self, head: Head) {
        *self.head.lock().unwrap_or_else(PoisonError::into_inner) = head;
        self.moved.notify_all();
    }

    /// Waits until there are more than `frames` frames, or until `timeout` is over.
    pub fn wait_beyond(&self, frames: u64, timeout: Duration) -> Head {
        let deadline = Instant::now().checked_add(timeout);
        let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        while head.frames <= frames {
            let left =
                deadline.map_or(timeout, |end| end.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                break;
            }
            head = self
                .moved
                .wait_timeout(head, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        *head
    }
}

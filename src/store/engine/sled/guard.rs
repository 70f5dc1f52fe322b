//! Calls into sled that may panic, turned into errors.
//!
//! sled 0.34 panics on some damaged files, in `open` and later. A panic there costs the second copy, never the ledger.

use std::cell::Cell;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// What sled said, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SledError(pub String);

impl From<sled::Error> for SledError {
    fn from(error: sled::Error) -> Self {
        Self(error.to_string())
    }
}

/// Runs `call`; a panic becomes an error and is not printed.
///
/// # Errors
/// The call's own, or the panic's message.
pub fn guarded<T>(call: impl FnOnce() -> Result<T, SledError>) -> Result<T, SledError> {
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                usual(panic);
            }
        }));
    });
    let before = GUARDED.replace(true);
    // What a panic left half done inside sled is never looked at again: the caller drops the database.
    let result = catch_unwind(AssertUnwindSafe(call));
    GUARDED.set(before);
    result.unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        Err(SledError(format!("sled panicked: {text}")))
    })
}

/// Something of sled's whose end may panic too: sled writes when it is dropped, and a disk that is gone
/// makes it panic there.
#[derive(Debug, Clone)]
pub struct Guarded<T>(Option<T>);

impl<T> Guarded<T> {
    /// Takes charge of its end.
    pub fn new(held: T) -> Self {
        Self(Some(held))
    }
}

impl<T> Deref for Guarded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // PANIC: it is taken out by `drop` alone.
        self.0.as_ref().expect("held until it is dropped")
    }
}

impl<T> Drop for Guarded<T> {
    fn drop(&mut self) {
        let held = self.0.take();
        let end = guarded(|| {
            drop(held);
            Ok(())
        });
        if let Err(error) = end {
            tracing::warn!(%error, "sled could not be closed; its copy is checked when it is next opened");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        let result: Result<(), _> = guarded(|| panic!("page {} is gone", 7));
        assert_eq!(
            result,
            Err(SledError("sled panicked: page 7 is gone".to_owned()))
        );
        assert_eq!(guarded(|| Ok(1)), Ok(1));
        assert!(!GUARDED.get());
    }

    #[test]
    fn a_panic_at_the_end_stays_inside() {
        struct Ends;
        impl Drop for Ends {
            fn drop(&mut self) {
                panic!("the disk is gone");
            }
        }
        drop(Guarded::new(Ends));
        assert!(!GUARDED.get());
    }
}

//! Calls into sled that may panic, turned into errors.
//!
//! sled 0.34 panics on some damaged files, in `open` and later. A panic there costs the second copy, never the ledger.

use std::cell::Cell;
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
}

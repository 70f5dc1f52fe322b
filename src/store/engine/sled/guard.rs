//! Calls into sled that may panic, turned into errors.
//!
//! sled 0.34 panics on some damaged files, in `open` and later. A panic there costs the second copy, never the ledger.

use std::cell::Cell;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, Once, PoisonError, mpsc};
use std::time::Duration;

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

/// How long to wait for sled to end.
const END_PATIENCE: Duration = Duration::from_secs(10);

/// Something of sled's whose end may panic too: sled writes when it is dropped, and a disk that is gone
/// makes it panic there, or wait for itself for ever. Nobody waits longer than ten seconds.
#[derive(Debug, Clone)]
pub struct Guarded<T: Send + 'static>(Option<T>);

impl<T: Send + 'static> Guarded<T> {
    /// Takes charge of its end.
    pub fn new(held: T) -> Self {
        Self(Some(held))
    }
}

impl<T: Send + 'static> Deref for Guarded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // PANIC: it is taken out by `drop` alone.
        self.0.as_ref().expect("held until it is dropped")
    }
}

impl<T: Send + 'static> Drop for Guarded<T> {
    fn drop(&mut self) {
        let Some(held) = self.0.take() else {
            return;
        };
        if let Err(error) = end(held, END_PATIENCE) {
            tracing::warn!(%error, "sled could not be closed; its copy is checked when it is next opened");
        }
    }
}

/// Lets go of something of sled's; a panic is an error, and so is an end that does not come in time.
fn end<T: Send + 'static>(held: T, patience: Duration) -> Result<(), SledError> {
    let held = Arc::new(Mutex::new(Some(held)));
    let let_go = |held: &Mutex<Option<T>>| {
        let held = held.lock().unwrap_or_else(PoisonError::into_inner).take();
        guarded(|| {
            drop(held);
            Ok(())
        })
    };
    let (tell, told) = mpsc::channel();
    let thread = std::thread::Builder::new().name("sled-end".to_owned());
    let started = thread.spawn({
        let held = Arc::clone(&held);
        move || {
            // Who waited may have gone.
            let _ = tell.send(let_go(&held));
        }
    });
    if started.is_err() {
        // Where the system gives no thread, there is nobody else to wait.
        return let_go(&held);
    }
    told.recv_timeout(patience).unwrap_or_else(|_| {
        let seconds = patience.as_secs();
        Err(SledError(format!("it did not end within {seconds} s")))
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

    #[test]
    fn nobody_waits_for_an_end_that_does_not_come() {
        struct Waits(mpsc::Receiver<()>);
        impl Drop for Waits {
            fn drop(&mut self) {
                let _ = self.0.recv();
            }
        }
        let (keep, wait) = mpsc::channel();
        let ended = end(Waits(wait), Duration::from_millis(50));
        assert_eq!(
            ended,
            Err(SledError("it did not end within 0 s".to_owned()))
        );
        drop(keep);
    }
}

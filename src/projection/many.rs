//! The same asked of many things, on all cores and in order.
//!
//! The one file of the read models that starts threads. What is asked is a function of the thing alone, and the answers
//! come in the order of the things, so that the number of cores changes how long it takes and nothing else.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

/// How many things are asked at once, at most and at least: fewer are not worth a thread.
const LARGEST: usize = 256;
const SMALLEST: usize = 8;
/// So many pieces a thread, so that none waits long for the last one.
const PIECES: usize = 4;
/// More threads than this only wait for each other.
const MOST_THREADS: usize = 8;

/// What `ask` says of each thing, in the order of the things; nothing of those of which it says `None`.
pub fn each<I: Sync, T: Send>(things: &[I], ask: impl Fn(&I) -> Option<T> + Sync) -> Vec<T> {
    let threads = cores().min(MOST_THREADS);
    let piece = things.len().div_ceil(threads.saturating_mul(PIECES));
    let pieces: Vec<&[I]> = things.chunks(piece.clamp(SMALLEST, LARGEST)).collect();
    let threads = threads.min(pieces.len());
    if threads < 2 {
        return things.iter().filter_map(ask).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done: Vec<(usize, Vec<T>)> = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(piece) = pieces.get(number) else {
                return done;
            };
            let mut answers = Vec::with_capacity(piece.len());
            answers.extend(piece.iter().filter_map(&ask));
            done.push((number, answers));
        }
    };
    let mut answers = thread::scope(|scope| {
        let mut helpers = Vec::new();
        for _ in 1..threads {
            // Where the system gives no thread, those there are do it all.
            helpers.extend(thread::Builder::new().spawn_scoped(scope, work));
        }
        let mut answers = work();
        for helper in helpers {
            match helper.join() {
                Ok(more) => answers.extend(more),
                Err(panic) => resume_unwind(panic),
            }
        }
        answers
    });
    answers.sort_unstable_by_key(|(number, _)| *number);
    let count = answers.iter().map(|(_, piece)| piece.len()).sum();
    let mut all = Vec::with_capacity(count);
    answers.into_iter().for_each(|(_, piece)| all.extend(piece));
    all
}

/// How many cores there are for this process; the system is asked once, for it looks into several files to tell.
fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| thread::available_parallelism().map_or(1, NonZero::get))
}

/// Two things at once where there are two cores; one after the other where the system gives no thread.
pub fn both<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    let one = Mutex::new(Some(one));
    let taken = || {
        let one = one.lock().unwrap_or_else(PoisonError::into_inner).take();
        one.map(|one| one())
    };
    thread::scope(|scope| {
        let helper = thread::Builder::new().spawn_scoped(scope, taken);
        let second = other();
        let first = match helper.map(|helper| helper.join()) {
            Ok(Ok(first)) => first,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => taken(),
        };
        // PANIC: it is taken once, by the thread or where there was none.
        (first.expect("it was done"), second)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_things() {
        for count in [0_usize, 1, 255, 256, 257, 10_000] {
            let things: Vec<usize> = (0..count).collect();
            let odd = |thing: &usize| (thing % 2 == 1).then_some(thing * 3);
            let wanted: Vec<usize> = things.iter().filter_map(odd).collect();
            assert_eq!(each(&things, odd), wanted, "{count} things");
        }
    }
}

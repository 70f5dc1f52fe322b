//! Work on all cores whose results come in the order of what went in.

use std::num::NonZero;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Scope};

/// How many pieces wait before and behind each worker.
const WAITING: usize = 4;
/// More workers than this only wait for each other.
const MOST_WORKERS: usize = 8;

/// Takes pieces one by one, works on them on all cores, and hands the results to `each` in the order of the pieces, until
/// there are no more or `each` says `false`. `hire` makes what works on one core, which may keep something from piece to
/// piece. A piece is to be large enough that handing it on costs nothing beside it.
pub(super) fn in_order<T: Send, R: Send, W: FnMut(T) -> R>(
    pieces: impl Iterator<Item = T> + Send,
    hire: &(impl Fn() -> W + Sync),
    each: &mut dyn FnMut(R) -> bool,
) {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    // A thread that is not given drops what it was to do: the pieces are taken by whoever gets to them.
    let pieces = Mutex::new(Some(pieces));
    let taken = || pieces.lock().unwrap_or_else(PoisonError::into_inner).take();
    thread::scope(|scope| {
        // Fewer threads than cores do as well, when the system gives no more.
        let workers = (0..cores.min(MOST_WORKERS)).filter_map(|_| worker(scope, hire));
        let (inputs, outputs): (Vec<_>, Vec<_>) = workers.unzip();
        let reader = thread::Builder::new().name("pieces".to_owned());
        let deal = move || {
            let pieces = taken();
            pieces.into_iter().for_each(|pieces| deal(pieces, &inputs));
        };
        if !outputs.is_empty() && reader.spawn_scoped(scope, deal).is_ok() {
            take(&outputs, each);
        } else if let Some(pieces) = taken() {
            // Without a thread to read, or any to work, everything is done here.
            pieces.map(hire()).all(each);
        }
        // The receivers end here, and with them everyone who would send.
        drop(outputs);
    });
}

fn worker<'scope, T: Send + 'scope, R: Send + 'scope, W: FnMut(T) -> R>(
    scope: &'scope Scope<'scope, '_>,
    hire: &'scope (impl Fn() -> W + Sync),
) -> Option<(SyncSender<T>, Receiver<R>)> {
    let (give, given) = sync_channel::<T>(WAITING);
    let (hand_on, made) = sync_channel::<R>(WAITING);
    let each = move || {
        let mut work = hire();
        for piece in given {
            if hand_on.send(work(piece)).is_err() {
                return;
            }
        }
    };
    let thread = thread::Builder::new().name("worker".to_owned());
    thread.spawn_scoped(scope, each).ok()?;
    Some((give, made))
}

/// Deals pieces out to the workers in turn.
fn deal<T>(pieces: impl Iterator<Item = T>, workers: &[SyncSender<T>]) {
    for (piece, worker) in pieces.zip(workers.iter().cycle()) {
        // Whoever listens no more wants nothing more.
        if worker.send(piece).is_err() {
            return;
        }
    }
}

/// Takes results from the workers in the same turns.
fn take<R>(workers: &[Receiver<R>], each: &mut dyn FnMut(R) -> bool) {
    for worker in workers.iter().cycle() {
        let Ok(made) = worker.recv() else { return };
        if !each(made) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_all_of_them() {
        let mut got = Vec::new();
        in_order(0..1_000_u64, &|| |n| n * 2, &mut |made| {
            got.push(made);
            true
        });
        assert!(got.into_iter().eq((0..1_000).map(|n| n * 2)));
        in_order(std::iter::empty::<u64>(), &|| |n| n, &mut |_| {
            panic!("there is none")
        });
    }

    #[test]
    fn whoever_has_enough_ends_it() {
        let mut got = 0;
        in_order(0.., &|| |n: u64| n, &mut |made| {
            got = made;
            made < 77
        });
        assert_eq!(got, 77);
    }
}

//! Work on all cores whose results come in the order of what went in.

use std::num::NonZero;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Scope};

/// How many pieces wait before and behind each worker.
const WAITING: usize = 4;
/// More workers than this only wait for each other.
const MOST_WORKERS: usize = 8;

/// Takes pieces one by one, works on them on all cores, and hands the results to `each` in the order of the pieces, until
/// there are no more or `each` says `false`. A piece is to be large enough that handing it on costs nothing beside it.
pub(super) fn in_order<T: Send, R: Send>(
    pieces: impl Iterator<Item = T> + Send,
    work: &(impl Fn(T) -> R + Sync),
    each: &mut dyn FnMut(R) -> bool,
) {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        // Fewer threads than cores do as well, when the system gives no more.
        let workers = (0..cores.min(MOST_WORKERS)).filter_map(|_| worker(scope, work));
        let (inputs, outputs): (Vec<_>, Vec<_>) = workers.unzip();
        let mut pieces = Some(pieces);
        let started = match outputs.is_empty() {
            true => None,
            false => pieces.take().and_then(|pieces| {
                let reader = thread::Builder::new().name("pieces".to_owned());
                reader
                    .spawn_scoped(scope, move || deal(pieces, &inputs))
                    .ok()
            }),
        };
        match (started, pieces) {
            (Some(_), _) => take(&outputs, each),
            // Without a thread for the reader everything is done here.
            (None, Some(pieces)) => {
                pieces.map(work).all(each);
            }
            (None, None) => {}
        }
        // The receivers end here, and with them everyone who would send.
        drop(outputs);
    });
}

fn worker<'scope, T: Send + 'scope, R: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: &'scope (impl Fn(T) -> R + Sync),
) -> Option<(SyncSender<T>, Receiver<R>)> {
    let (give, given) = sync_channel::<T>(WAITING);
    let (hand_on, made) = sync_channel::<R>(WAITING);
    let each = move || {
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
        in_order(0..1_000_u64, &|n| n * 2, &mut |made| {
            got.push(made);
            true
        });
        assert!(got.into_iter().eq((0..1_000).map(|n| n * 2)));
        in_order(std::iter::empty::<u64>(), &|n| n, &mut |_| {
            panic!("there is none")
        });
    }

    #[test]
    fn whoever_has_enough_ends_it() {
        let mut got = 0;
        in_order(0.., &|n: u64| n, &mut |made| {
            got = made;
            made < 77
        });
        assert_eq!(got, 77);
    }
}

//! Whether anything is under way: a request from its first byte until its answer was read, or given up.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::Instant;

/// How much is under way. Copies count together.
#[derive(Debug, Clone)]
pub struct Activity(Arc<Counted>);

#[derive(Debug)]
struct Counted {
    under_way: AtomicUsize,
    served: AtomicBool,
    moved: Mutex<Instant>,
}

impl Default for Activity {
    fn default() -> Self {
        Self::new()
    }
}

impl Activity {
    /// Nothing, from now on.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Counted {
            under_way: AtomicUsize::new(0),
            served: AtomicBool::new(false),
            moved: Mutex::new(Instant::now()),
        }))
    }

    /// One more, until what is given is dropped.
    #[must_use]
    pub fn begin(&self) -> Busy {
        self.0.under_way.fetch_add(1, Ordering::Relaxed);
        self.0.served.store(true, Ordering::Relaxed);
        self.0.moves();
        Busy(self.clone())
    }

    /// How many are under way.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.under_way.load(Ordering::Relaxed)
    }

    /// Since when nothing is under way; `None` while anything is.
    #[must_use]
    pub fn idle_since(&self) -> Option<Instant> {
        let moved = self.moved();
        (self.count() == 0).then_some(moved)
    }

    /// When something began, ended or went on for the last time.
    #[must_use]
    pub fn moved(&self) -> Instant {
        *self.0.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether anything ever was under way.
    #[must_use]
    pub fn has_served(&self) -> bool {
        self.0.served.load(Ordering::Relaxed)
    }
}

impl Counted {
    fn moves(&self) {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// Something that is under way until it is dropped.
#[derive(Debug)]
pub struct Busy(Activity);

impl Busy {
    /// Under way until this body was read or given up.
    pub fn until_read(self, body: Body) -> Body {
        // What has nothing to be read is over at once.
        match body.is_end_stream() {
            true => body,
            false => Body::new(Counting { body, busy: self }),
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let counted = &self.0.0;
        counted.moves();
        counted.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A body that is under way as long as it is there.
struct Counting {
    body: Body,
    busy: Busy,
}

impl HttpBody for Counting {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        // Whoever reads is asked for more: the answer goes on.
        self.busy.0.0.moves();
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_under_way_until_its_body_is_gone() {
        let activity = Activity::new();
        assert!(activity.idle_since().is_some());
        let body = activity.begin().until_read(Body::from("words"));
        let other = activity.begin();
        assert_eq!((activity.count(), activity.idle_since()), (2, None));
        drop(body);
        assert_eq!(activity.count(), 1);
        drop(other.until_read(Body::empty()));
        assert!(activity.idle_since().is_some());
    }
}

//! Bodies under supervision: what is sent to the service keeps to its limits, and what the service sends for a long time ends
//! when whoever reads it may no longer.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Interval, Sleep};

use super::limits::Turn;
use super::state::Api;
use crate::service::access::Caller;

/// How often a long answer asks whether its reader may still have it.
const ASKS: Duration = Duration::from_millis(500);

/// Why a body was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// It is too long.
    TooLong,
    /// It took too long.
    TooSlow,
}

impl Excess {
    const ALL: [Self; 2] = [Self::TooLong, Self::TooSlow];
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "length limit exceeded",
            Self::TooSlow => "the body took too long",
        })
    }
}

impl std::error::Error for Excess {}

/// What became of a body, for whoever answers.
#[derive(Debug, Clone, Default)]
pub struct Fate(Arc<AtomicU8>);

impl Fate {
    /// Why the body was not taken, if it was not.
    #[must_use]
    pub fn excess(&self) -> Option<Excess> {
        let told = usize::from(self.0.load(Ordering::Relaxed));
        told.checked_sub(1)
            .and_then(|at| Excess::ALL.get(at).copied())
    }

    fn tell(&self, excess: Excess) -> axum::Error {
        let at = Excess::ALL.iter().position(|one| *one == excess);
        let told = at.and_then(|at| u8::try_from(at.saturating_add(1)).ok());
        self.0.store(told.unwrap_or_default(), Ordering::Relaxed);
        axum::Error::new(excess)
    }
}

/// A body that is sent to the service.
pub struct Sent {
    body: Body,
    left: u64,
    end: Pin<Box<Sleep>>,
    fate: Fate,
}

impl Sent {
    /// A body of at most so many bytes within so much time.
    #[must_use]
    pub fn new(body: Body, bytes: u64, time: Duration) -> (Self, Fate) {
        let fate = Fate::default();
        let sent = Self {
            body,
            left: bytes,
            end: Box::pin(tokio::time::sleep(time)),
            fate: fate.clone(),
        };
        (sent, fate)
    }
}

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.fate.excess().is_some() {
            return Poll::Ready(None);
        }
        let frame = match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(frame) => frame,
            Poll::Pending => {
                ready!(self.end.as_mut().poll(context));
                return Poll::Ready(Some(Err(self.fate.tell(Excess::TooSlow))));
            }
        };
        if let Some(Ok(frame)) = &frame
            && let Some(bytes) = frame.data_ref()
        {
            match self.left.checked_sub(bytes.len() as u64) {
                Some(left) => self.left = left,
                None => return Poll::Ready(Some(Err(self.fate.tell(Excess::TooLong)))),
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Whoever reads a long answer may no longer.
#[derive(Debug, thiserror::Error)]
#[error("the token of whoever reads this is no longer valid")]
struct NoLonger;

/// A long answer: it holds its place among what is under way, and ends when its reader's token does.
pub struct Watched {
    body: Body,
    api: Api,
    reader: Option<Caller>,
    asks: Interval,
    _turns: Vec<Turn>,
}

impl Watched {
    /// An answer for a reader.
    #[must_use]
    pub fn new(body: Body, api: Api, reader: Option<Caller>, turns: Vec<Turn>) -> Self {
        Self {
            body,
            api,
            reader,
            asks: tokio::time::interval(ASKS),
            _turns: turns,
        }
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        while self.asks.poll_tick(context).is_ready() {
            let mut reader = self.reader.iter();
            if !reader.all(|reader| self.api.access().still_knows(reader)) {
                // Broken off, so that it cannot be taken for a whole one.
                return Poll::Ready(Some(Err(axum::Error::new(NoLonger))));
            }
        }
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

    async fn read(body: Sent) -> Result<Bytes, axum::Error> {
        axum::body::to_bytes(Body::new(body), usize::MAX).await
    }

    #[tokio::test]
    async fn a_body_keeps_to_its_limits() {
        let time = Duration::from_secs(60);
        let (sent, fate) = Sent::new(Body::from("12345"), 5, time);
        assert_eq!(read(sent).await.unwrap(), "12345");
        assert_eq!(fate.excess(), None);
        let (sent, fate) = Sent::new(Body::from("123456"), 5, time);
        assert!(read(sent).await.is_err());
        assert_eq!(fate.excess(), Some(Excess::TooLong));
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_given_up() {
        let never = Body::new(Never);
        let (sent, fate) = Sent::new(never, 5, Duration::from_millis(20));
        assert!(read(sent).await.is_err());
        assert_eq!(fate.excess(), Some(Excess::TooSlow));
    }

    struct Never;

    impl HttpBody for Never {
        type Data = Bytes;
        type Error = axum::Error;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
            Poll::Pending
        }
    }
}

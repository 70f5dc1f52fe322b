//! Bodies of any length in little memory: pieces come through a channel that holds a few of them.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame};
use tokio::sync::mpsc::{self, Receiver, Sender};

/// How many pieces wait for whoever reads.
const WAITING: usize = 4;

/// Where the pieces of a body are put. Dropping it ends the body.
pub struct Pipe {
    pieces: Sender<Bytes>,
    farewell: Arc<OnceLock<Bytes>>,
}

/// Whoever was to read is gone.
#[derive(Debug)]
pub struct Gone;

struct Streamed {
    pieces: Receiver<Bytes>,
    farewell: Arc<OnceLock<Bytes>>,
    said: bool,
}

/// A body, and where its pieces are put.
pub fn pipe() -> (Pipe, Body) {
    let (sender, pieces) = mpsc::channel(WAITING);
    let farewell = Arc::new(OnceLock::new());
    let pipe = Pipe {
        pieces: sender,
        farewell: Arc::clone(&farewell),
    };
    let body = Streamed {
        pieces,
        farewell,
        said: false,
    };
    (pipe, Body::new(body))
}

impl Pipe {
    /// Puts a piece, waiting until there is room.
    ///
    /// # Errors
    /// When nobody reads any more.
    pub async fn put(&self, piece: Vec<u8>) -> Result<(), Gone> {
        self.pieces.send(Bytes::from(piece)).await.map_err(|_| Gone)
    }

    /// As [`put`](Self::put), on a thread that may block.
    ///
    /// # Errors
    /// When nobody reads any more.
    pub fn put_blocking(&self, piece: Vec<u8>) -> Result<(), Gone> {
        let piece = Bytes::from(piece);
        self.pieces.blocking_send(piece).map_err(|_| Gone)
    }

    /// Waits until nobody reads any more.
    pub async fn gone(&self) {
        self.pieces.closed().await;
    }

    /// Ends the body with a last piece. It needs no room: whoever still reads finds it behind the others.
    pub fn end_with(self, farewell: Vec<u8>) {
        // It is set once, here, by the only one who has the pipe.
        let _ = self.farewell.set(Bytes::from(farewell));
    }
}

impl HttpBody for Streamed {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.pieces.poll_recv(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(piece)) => Poll::Ready(Some(Ok(Frame::data(piece)))),
            Poll::Ready(None) if self.said => Poll::Ready(None),
            Poll::Ready(None) => {
                self.said = true;
                let farewell = self.farewell.get().cloned();
                Poll::Ready(farewell.map(|farewell| Ok(Frame::data(farewell))))
            }
        }
    }
}

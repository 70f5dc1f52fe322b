//! Listens, hands requests to routes, and ends without breaking off answers.
//!
//! Whoever connects may send anything at any pace: heads have a time limit, connections a number, and an idle connection
//! is closed.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use super::patience::Patient;
use axum::Router;
use axum::body::{Body, HttpBody};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// What is given to those who connect.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long the head of a request may take, and how long a connection may stay idle.
    pub head: Duration,
    /// How many connections are served at a time; more wait until one ends.
    pub connections: usize,
    /// How long answers that are under way may take once the end was asked for.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            connections: 256,
            farewell: Duration::from_secs(10),
        }
    }
}

/// How long a peer may take nothing of its answer.
const TAKING: Duration = Duration::from_secs(30);
/// How long to wait after the system refused a connection, for want of file descriptors perhaps.
const AFTER_REFUSAL: Duration = Duration::from_millis(50);

/// Serves routes until `stop` is done, then lets what is under way end.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let mut stop = pin!(stop);
    let slots = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    loop {
        let next = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            (slot, accept(&listener).await)
        };
        let (slot, stream) = tokio::select! {
            () = &mut stop => break,
            next = next => next,
        };
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.head);
        let service = TowerToHyperService::new(routes.clone());
        let connection = graceful
            .watch(http.serve_connection(TokioIo::new(Patient::new(stream, TAKING)), service));
        tokio::spawn(async move {
            // A peer that breaks off is no fault of ours.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(slot);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.farewell, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("answers that were under way took too long and were broken off");
    }
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // An answer is written whole: there is nothing to wait for. Without it, it is only slower.
                let _ = stream.set_nodelay(true);
                return stream;
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(AFTER_REFUSAL).await;
            }
        }
    }
}

/// What a body can be refused for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyRefusal {
    /// It is longer than allowed.
    TooLong,
    /// It took longer than allowed.
    TooSlow,
    /// It broke off.
    Broken,
}

/// Reads a body of at most `bytes` within `time`.
///
/// # Errors
/// When it is longer, slower, or breaks off.
pub async fn body_of(body: Body, bytes: usize, time: Duration) -> Result<Vec<u8>, BodyRefusal> {
    // What announces more than is read is not waited for.
    if body.size_hint().lower() > bytes as u64 {
        return Err(BodyRefusal::TooLong);
    }
    let read = axum::body::to_bytes(body, bytes);
    match tokio::time::timeout(time, read).await {
        Err(_) => Err(BodyRefusal::TooSlow),
        Ok(Ok(body)) => Ok(body.to_vec()),
        Ok(Err(error)) => Err(match too_long(&error) {
            true => BodyRefusal::TooLong,
            false => BodyRefusal::Broken,
        }),
    }
}

fn too_long(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains("length limit exceeded") {
            return true;
        }
        cause = error.source();
    }
    false
}

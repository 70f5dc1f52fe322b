//! Listens, hands requests to routes, and ends without breaking off answers.
//!
//! Whoever connects may send anything at any pace: heads and handshakes have a time limit, connections a number, and a
//! connection on which nothing is under way is closed. HTTP/1.1 and HTTP/2 are told apart by what is sent first, or agreed
//! on in the handshake where there is TLS (RFC 9113 section 3).

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use super::patience::Patient;
use axum::Router;
use axum::body::{Body, HttpBody};
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use super::activity::Activity;
use super::admission::Admission;
use super::tls::Tls;

/// What is given to those who connect.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long the head of a request may take, and how long a connection may stay idle.
    pub head: Duration,
    /// How many connections are served at a time; more take the places of those on which nothing happens.
    pub connections: usize,
    /// How long answers that are under way may take once the end was asked for.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            connections: 4_096,
            farewell: Duration::from_secs(10),
        }
    }
}

/// How long a peer may take nothing of its answer.
const TAKING: Duration = Duration::from_secs(30);
/// How long to wait after the system refused a connection, for want of file descriptors perhaps.
const AFTER_REFUSAL: Duration = Duration::from_millis(50);

/// How many requests one connection may have under way (SETTINGS_MAX_CONCURRENT_STREAMS, RFC 9113 section 6.5.2).
const STREAMS: u32 = 100;
/// The longest list of header fields of a request, in bytes as RFC 9113 section 6.5.2 counts them.
const HEADERS_BYTES: u32 = 16 << 10;
/// How many bytes the head of a request has at most in HTTP/1, its address included; so much is kept of a connection
/// before it said what it wants.
const HEAD_BYTES: usize = 32 << 10;
/// The most header fields of a request of HTTP/1.1.
const HEADERS: usize = 64;
/// How many requests that were taken back may wait to be forgotten before the connection is ended: who opens and resets
/// without end (CVE-2023-44487) costs no more than that.
const RESETS: usize = 20;
/// How much of an answer is held for one request whose client reads slowly, in bytes.
const SEND_BYTES: usize = 256 << 10;
/// How often a silent peer is asked whether it is still there; one that does not answer for as long is gone.
const ALIVE_EVERY: Duration = Duration::from_secs(20);

/// Who connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// How far a service has come; a connection looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It serves.
    Open,
    /// What is under way is answered, and nothing new is taken.
    Ending,
    /// Whoever is still there is left.
    Gone,
}

/// What every connection needs.
#[derive(Clone)]
struct Front<R> {
    routes: R,
    limits: Limits,
    stage: watch::Receiver<Stage>,
}

/// Serves routes until `stop` is done, then lets what is under way end.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let routes = move || routes.clone();
    serve_changing((listener, None), routes, limits, stop).await;
}

/// As [`serve`], of routes that may be others with every request, and with TLS where there is a certificate.
pub async fn serve_changing(
    (listener, tls): (TcpListener, Option<Arc<Tls>>),
    routes: impl Fn() -> Router + Clone + Send + Sync + 'static,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let mut stop = pin!(stop);
    let admission = Admission::new(limits.connections);
    let (stages, stage) = watch::channel(Stage::Open);
    let front = Front {
        routes,
        limits,
        stage,
    };
    loop {
        let next = async {
            let (stream, peer) = accept(&listener).await;
            (admission.admit(peer).await, stream, peer)
        };
        let (place, stream, peer) = tokio::select! {
            () = &mut stop => break,
            next = next => next,
        };
        let (front, tls) = (front.clone(), tls.clone());
        tokio::spawn(async move {
            let activity = place.activity.clone();
            let served = async {
                match tls {
                    None => front.attend(stream, peer, activity).await,
                    Some(tls) => front.secure(&tls, stream, peer, activity).await,
                }
            };
            tokio::select! {
                () = served => {}
                () = place.evicted() => tracing::debug!(%peer, "its place was given to another"),
            }
            drop(place);
        });
    }
    drop(listener);
    stages.send_replace(Stage::Ending);
    if timeout(limits.farewell, admission.emptied()).await.is_err() {
        tracing::warn!("answers that were under way took too long and were broken off");
        stages.send_replace(Stage::Gone);
    }
}

impl<R: Fn() -> Router + Clone + Send + Sync + 'static> Front<R> {
    /// Agrees on TLS, then serves the connection.
    async fn secure(self, tls: &Tls, stream: TcpStream, peer: SocketAddr, activity: Activity) {
        let mut stage = self.stage.clone();
        let shaken = tokio::select! {
            shaken = timeout(self.limits.head, tls.shake(stream)) => shaken,
            // Nothing was asked yet, so nothing is broken off.
            _ = stage.changed() => return,
        };
        match shaken {
            Ok(Ok(stream)) => self.attend(stream, peer, activity).await,
            Ok(Err(error)) => tracing::debug!(%error, "no TLS came about"),
            Err(_) => tracing::debug!("a handshake took too long"),
        }
    }

    /// Serves one connection until it ends, falls idle or the service ends.
    async fn attend<I>(self, stream: I, peer: SocketAddr, activity: Activity)
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (routes, busy) = (self.routes.clone(), activity.clone());
        let service = service_fn(move |request| answer(routes(), request, peer, busy.clone()));
        let builder = builder(self.limits);
        let mut connection =
            pin!(builder.serve_connection(TokioIo::new(Patient::new(stream, TAKING)), service));
        let mut stage = self.stage.clone();
        let mut leaving = *stage.borrow() != Stage::Open;
        if leaving {
            connection.as_mut().graceful_shutdown();
        }
        // An idle connection is asked to end, and left if it does not.
        let mut asked = false;
        let mut next = after(Instant::now(), self.limits.head);
        loop {
            tokio::select! {
                ended = connection.as_mut() => {
                    // A peer that breaks off is no fault of ours.
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection ended early");
                    }
                    return;
                }
                changed = stage.changed() => {
                    // Where whoever serves is gone, nobody waits for the answer.
                    if changed.is_err() || *stage.borrow() == Stage::Gone {
                        return;
                    }
                    if !leaving {
                        leaving = true;
                        connection.as_mut().graceful_shutdown();
                    }
                }
                () = sleep_until(next) => match activity.idle_since() {
                    None => {
                        asked = false;
                        next = after(Instant::now(), self.limits.head);
                    }
                    Some(since) if after(since, self.limits.head) > Instant::now() => {
                        asked = false;
                        next = after(since, self.limits.head);
                    }
                    Some(_) if asked => return,
                    Some(_) => {
                        asked = true;
                        connection.as_mut().graceful_shutdown();
                        next = after(Instant::now(), self.limits.head);
                    }
                },
            }
        }
    }
}

fn after(moment: Instant, time: Duration) -> Instant {
    moment.checked_add(time).unwrap_or(moment)
}

/// How both versions of HTTP are spoken.
fn builder(limits: Limits) -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_headers(HEADERS)
        .max_buf_size(HEAD_BYTES);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEADERS_BYTES)
        .max_pending_accept_reset_streams(RESETS)
        .max_send_buf_size(SEND_BYTES)
        .keep_alive_interval(ALIVE_EVERY)
        .keep_alive_timeout(ALIVE_EVERY);
    http
}

/// Hands a request to the routes; the connection is busy until the last byte of the answer was given.
async fn answer(
    routes: Router,
    request: Request<Incoming>,
    peer: SocketAddr,
    activity: Activity,
) -> Result<Response<Body>, Infallible> {
    let busy = activity.begin();
    let mut request = request;
    request.extensions_mut().insert(Peer(peer));
    let response = TowerToHyperService::new(routes).call(request).await?;
    Ok(response.map(|body| busy.until_read(body)))
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Small answers are not held back to be joined with later ones.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "a connection waits to join small answers");
                }
                return (stream, peer);
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

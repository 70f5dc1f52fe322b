//! `serve`: the ledger as a service, for many officers at once.

mod limits;
mod notice;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use self::limits::LimitFlags;
use self::notice::Notice;
use super::context::Context;
use super::failure::Failure;
use super::session;
use super::trouble;
use crate::config::{self, Flags, Serving};
use crate::http::admission::room_for;
use crate::http::api;
use crate::http::doors::Doors;
use crate::http::server::{self, Limits};
use crate::http::state::Api;
use crate::http::tls::{Files, Tls, TlsError};
use crate::service::access::{self, AccessError, Opened};
use crate::service::ambient::SystemClock;
use crate::service::ledger::Ledger;
use crate::service::operations::Operations;
use crate::service::presence::{LastAudit, Presence};
use crate::service::self_audit::Pace;

/// How often the files of a certificate are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// How often the note for `info` is written anew.
const NOTE_EVERY: Duration = Duration::from_secs(30);
/// How long to wait for what still works with the ledger once nobody is answered any more.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Serve the ledger over HTTP
///
/// HTTP/1.1 and HTTP/2, with TLS where there is a certificate. It ends on SIGTERM or Ctrl-C: what is under way is answered
/// first; told a second time it ends at once. SIGHUP reads the certificate again. Each setting can be given as an option,
/// in the environment, or in the file that --config names, and is taken from the first of these that says it.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The address to listen on; another than this machine's own needs tokens
    /// [env: DEALTRAIL_LISTEN] [default: 127.0.0.1:7878]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The certificate, and those it rests on, in PEM; read again when it changes [env: DEALTRAIL_TLS_CERT]
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// The secret key of the certificate, in PEM [env: DEALTRAIL_TLS_KEY]
    #[arg(long, value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// How many connections are served at a time; more take the places of those on which nothing happens
    /// [env: DEALTRAIL_MAX_CONNECTIONS] [default: 4096]
    #[arg(long, value_name = "NUMBER")]
    max_connections: Option<String>,
    /// How long answers under way may take once the end was asked for, in seconds
    /// [env: DEALTRAIL_FAREWELL] [default: 10]
    #[arg(long, value_name = "SECONDS")]
    farewell: Option<String>,
    /// How many events a second are compared with the read models behind the service; 0 for none
    /// [env: DEALTRAIL_SELF_AUDIT] [default: 500]
    #[arg(long, value_name = "EVENTS")]
    self_audit: Option<String>,
    /// Log a line for each request: true or false [env: DEALTRAIL_LOG_REQUESTS] [default: false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    log_requests: Option<String>,
    #[command(flatten)]
    limits: LimitFlags,
}

impl Serve {
    /// Adds what was said of the service.
    pub(super) fn flags(&self, flags: Flags) -> Flags {
        let flags = self.limits.flags(flags);
        flags
            .with(config::LISTEN, self.listen.clone())
            .with(config::TLS_CERT, self.tls_cert.clone())
            .with(config::TLS_KEY, self.tls_key.clone())
            .with(config::MAX_CONNECTIONS, self.max_connections.clone())
            .with(config::FAREWELL, self.farewell.clone())
            .with(config::SELF_AUDIT, self.self_audit.clone())
            .with(config::LOG_REQUESTS, self.log_requests.clone())
    }

    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let serving = context.serving();
        let actor = context.actor()?.id;
        let service = Listening::on(serving)?;
        let options = session::options(context.clock(), context.mirror())?;
        let ledger = Ledger::open(context.data(), &options);
        let ledger = ledger.map_err(|error| trouble::of_ledger(&error))?;
        let (place, local) = ((context.data().as_path(), ledger.id()), serving.listen.ip());
        let opened = access::open(place, local.is_loopback(), actor, Arc::new(SystemClock));
        let access = opened.map_err(|error| no_access(&error))?;
        let output = context.output();
        service.answer(context, Arc::new(ledger), access, |address| {
            if output.is_json() {
                return output.json(&json!({ "address": address }));
            }
            output.heading(&format!("Listening on {address}"))
        })
    }
}

/// Serves an open ledger at the address of the settings until the end is asked for. `opened` says who is let in, told
/// whether only this machine reaches the service; `told` is told the address.
pub(super) fn serve(
    context: &Context,
    ledger: Arc<Ledger>,
    opened: impl FnOnce(bool) -> Result<Opened, AccessError>,
    told: impl FnOnce(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let serving = context.serving();
    let service = Listening::on(serving)?;
    let access = opened(serving.listen.ip().is_loopback()).map_err(|error| no_access(&error))?;
    service.answer(context, ledger, access, told)
}

/// A service that listens and has no ledger yet.
struct Listening {
    runtime: Handle,
    url: String,
    doors: Doors,
    tls: Option<Arc<Tls>>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Listening {
    fn on(serving: &Serving) -> Result<Self, Failure> {
        // The runtime that this thread was started by.
        let runtime = Handle::current();
        let tls = serving.tls.as_ref().map(certificate).transpose()?;
        let broken = |error: std::io::Error| cannot_listen(serving.listen, &error);
        let bound = runtime.block_on(TcpListener::bind(serving.listen));
        let listener = bound.map_err(broken)?;
        let address = listener.local_addr().map_err(broken)?;
        let doors = Doors::closed();
        let limits = Limits {
            connections: room_for(serving.connections),
            farewell: serving.farewell,
            ..Limits::default()
        };
        let (stop, stopped) = oneshot::channel();
        let server = runtime.spawn({
            let (doors, tls) = (doors.clone(), tls.clone());
            async move {
                let routes = move || doors.routes();
                let stop = async { drop(stopped.await) };
                server::serve_changing((listener, tls), routes, limits, stop).await;
            }
        });
        let scheme = if tls.is_some() { "https" } else { "http" };
        Ok(Self {
            runtime,
            url: format!("{scheme}://{address}"),
            doors,
            tls,
            stop,
            server,
        })
    }

    /// Answers from a ledger until the end is asked for, then ends what is under way and closes the ledger.
    fn answer(
        self,
        context: &Context,
        ledger: Arc<Ledger>,
        access: Opened,
        told: impl FnOnce(&str) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let notice = Notice::from_environment();
        let log = Arc::clone(&access.log);
        let kept = (access.access, Some(access.log));
        let settings = limits::settled(&context.serving().limits);
        let api = Api::guarded(Arc::clone(&ledger), kept, settings);
        let operations = operated(&api, context.serving());
        self.doors.open(api::routes(api.clone()));
        let certificates = self.runtime.spawn(kept_current(self.tls.clone()));
        // Read models that cannot be had are told by /health/ready; everything else can be asked all the same.
        if let Err(error) = ledger.models_at_head() {
            tracing::error!(%error, "the read models are not there");
        }
        // Before anybody is told that it can be ended.
        context.stopping().gracefully();
        let presence = Presence::here(&self.url, operations.begun_at().into());
        let note = ledger.dir().map(|dir| {
            leave(dir, &presence);
            let kept = kept_true(dir.to_owned(), presence, operations.clone());
            self.runtime.spawn(kept)
        });
        told(&self.url)?;
        tracing::info!(address = %self.url, position = ledger.head(), "ready");
        notice.ready();
        self.runtime.block_on(context.stopping().asked());
        tracing::info!("ending: what is under way is answered first");
        notice.stopping();
        operations.end();
        certificates.abort();
        if let Some(note) = note {
            note.abort();
        }
        api.close();
        // Nobody listens any more only where the service has ended already.
        let _ = self.stop.send(());
        if let Err(error) = self.runtime.block_on(self.server) {
            tracing::error!(%error, "the service ended on an error of this program");
        }
        drop((api, self.doors));
        log.end();
        if let Some(dir) = ledger.dir() {
            Presence::take_away(dir);
        }
        close(ledger);
        tracing::info!("ended");
        Ok(())
    }
}

/// Starts what goes on behind the answers.
fn operated(api: &Api, serving: &Serving) -> Operations {
    let operations = api.operations().clone();
    if serving.log_requests {
        operations.log_requests();
    }
    if serving.audit > 0
        && let Err(error) = operations.audit(api.ledger(), Pace::of(serving.audit))
    {
        tracing::warn!(%error, "the read models are not audited");
    }
    operations
}

/// It is not known whom to let in.
fn no_access(error: &AccessError) -> Failure {
    let failure = match error.is_refusal() {
        true => Failure::refused("access", error.to_string()),
        false => Failure::broken("access", error.to_string()),
    };
    failure.hint(error.hint())
}

/// Closes the ledger: what waits is recorded and synced, the read models are kept on disk where that pays.
fn close(ledger: Arc<Ledger>) {
    let deadline = Instant::now().checked_add(LAST_WORDS);
    let mut ledger = ledger;
    loop {
        match Arc::try_unwrap(ledger) {
            Ok(ledger) => return drop(ledger),
            Err(shared) => ledger = shared,
        }
        if deadline.is_none_or(|deadline| Instant::now() > deadline) {
            // What was acknowledged is durable whoever still reads.
            return tracing::warn!("something still reads; the ledger is left as it is");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Failure {
    use std::io::ErrorKind;
    let (sentence, hint) = match error.kind() {
        ErrorKind::AddrInUse => (
            format!("{address} is in use by another program"),
            "end that one, or name another address with --listen; port 0 takes any that is free",
        ),
        ErrorKind::PermissionDenied => (
            format!("this user may not listen on {address}"),
            "name a port above 1023 with --listen, or let a server in front take the low one",
        ),
        ErrorKind::AddrNotAvailable => (
            format!("{address} is no address of this machine"),
            "name one of this machine's with --listen; 0.0.0.0 takes them all",
        ),
        _ => (
            format!("{address} cannot be listened on: {error}"),
            "name another address with --listen",
        ),
    };
    Failure::broken("listen", sentence).hint(hint)
}

fn certificate((certificate, key): &(PathBuf, PathBuf)) -> Result<Arc<Tls>, Failure> {
    let files = Files {
        certificate: certificate.clone(),
        key: key.clone(),
    };
    let tls = Tls::load(files).map_err(|error| {
        let hint = match &error {
            TlsError::NotBuilt => "use a build with it, or let a server with TLS stand in front",
            TlsError::Unfit(_) => "name the key that the certificate was made for",
            _ => "both files are PEM: the certificate with those it rests on, and its secret key",
        };
        Failure::broken("tls", error.to_string()).hint(hint)
    })?;
    Ok(Arc::new(tls))
}

/// Reads the certificate again on SIGHUP and whenever its files change.
async fn kept_current(tls: Option<Arc<Tls>>) {
    let Ok(mut hangups) = signal(SignalKind::hangup()) else {
        return;
    };
    loop {
        let told = tokio::select! {
            told = hangups.recv() => told.is_some(),
            () = tokio::time::sleep(LOOK_EVERY), if tls.is_some() => false,
        };
        let Some(tls) = tls.clone() else { continue };
        let read = tokio::task::spawn_blocking(move || tls.reload()).await;
        match read {
            Ok(Ok(true)) => tracing::info!("the certificate was read again"),
            Ok(Ok(false)) if told => tracing::info!("the certificate is as it was"),
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the certificate in use stays"),
            Err(error) => tracing::error!(%error, "the certificate could not be read again"),
        }
    }
}

/// Leaves a note of the service in the ledger's directory.
fn leave(dir: &Path, presence: &Presence) {
    if let Err(error) = presence.leave(dir) {
        tracing::debug!(%error, "no note is left for `info`");
    }
}

/// Writes the note anew now and then, with what the audit found.
async fn kept_true(dir: PathBuf, presence: Presence, operations: Operations) {
    loop {
        tokio::time::sleep(NOTE_EVERY).await;
        let audited = operations.audited().filter(|audited| audited.rounds > 0);
        let audit = audited.map(|audited| LastAudit::of(&audited, SystemTime::now().into()));
        let (dir, presence) = (dir.clone(), presence.clone());
        let left = tokio::task::spawn_blocking(move || {
            leave(&dir, &Presence { audit, ..presence });
        });
        if let Err(error) = left.await {
            tracing::error!(%error, "the note for `info` is not kept true");
        }
    }
}

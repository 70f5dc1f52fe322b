//! A service on a port of its own, over a ledger of its own, and a plain client.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use dealtrail::deal::value::origin::Origin;
use dealtrail::deal::value::text::{Names, Text};
use dealtrail::http::api::routes;
use dealtrail::http::limits::Settings;
use dealtrail::http::server::{Limits, serve};
use dealtrail::http::state::Api;
use dealtrail::service::access::Access;
use dealtrail::service::access::log::AccessLog;
use dealtrail::service::ambient::{Ambient, SetClock};
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::opening::Init;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// The moment it is, until a test sets the clock.
pub(super) const NOW: &str = "2025-04-26T08:00:00Z";

/// A running service.
pub(super) struct Service {
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// Its ledger.
    pub(super) ledger: Arc<Ledger>,
    /// What its handlers share.
    pub(super) api: Api,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _dir: tempfile::TempDir,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: ureq::http::HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Reply {
    /// The body as JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as text.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// An agency of nobody's, whose clock stands still.
pub(super) fn new_ledger(dir: &Path) -> Ledger {
    let english = "en".parse().unwrap();
    let init = Init {
        origin: Origin::new("ledger.example/bricks").unwrap(),
        agency: Names::one(english, Text::new("Agency of Bricks").unwrap()),
        zone: "Asia/Baku".parse().unwrap(),
        languages: vec!["en".parse().unwrap(), "az".parse().unwrap()],
        demonstration: true,
    };
    let clock = SetClock::at(NOW.parse().unwrap());
    let options = Options {
        ambient: Ambient::set(clock, b"service tests"),
        segment_bytes: 4 << 20,
        ..Options::default()
    };
    Ledger::create(dir, init, &options).unwrap()
}

type Launched = (SocketAddr, oneshot::Sender<()>, JoinHandle<()>);

fn launch(api: Api, limits: Limits) -> Launched {
    let (stop, stopped) = oneshot::channel();
    let (tell, told) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = { runtime }.worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            let ending = api.clone();
            let stop = async {
                drop(stopped.await);
                ending.close();
            };
            serve(listener, routes(api), limits, stop).await;
        });
    });
    (told.recv().unwrap(), stop, thread)
}

impl Service {
    /// A service over a new ledger that asks for no tokens.
    pub(super) fn start() -> Self {
        let access = Access::Open("u:local".parse().unwrap());
        let dir = tempfile::tempdir().unwrap();
        let ledger = new_ledger(&dir.path().join("ledger"));
        Self::over(dir, ledger, access)
    }

    /// A service over a ledger.
    pub(super) fn over(dir: tempfile::TempDir, ledger: Ledger, access: Access) -> Self {
        Self::guarded(dir, ledger, (access, None), Settings::default())
    }

    /// A service over a new ledger that asks for no tokens, with limits of its own.
    pub(super) fn limited(settings: Settings) -> Self {
        let access = Access::Open("u:local".parse().unwrap());
        let dir = tempfile::tempdir().unwrap();
        let ledger = new_ledger(&dir.path().join("ledger"));
        Self::guarded(dir, ledger, (access, None), settings)
    }

    /// A service over a ledger, with an access log and limits.
    pub(super) fn guarded(
        dir: tempfile::TempDir,
        ledger: Ledger,
        access: (Access, Option<Arc<AccessLog>>),
        settings: Settings,
    ) -> Self {
        Self::served(dir, ledger, (access, settings), Limits::default())
    }

    /// A service over a new ledger that asks for no tokens, with limits for those who connect.
    pub(super) fn start_with(limits: Limits) -> Self {
        let access = Access::Open("u:local".parse().unwrap());
        let dir = tempfile::tempdir().unwrap();
        let ledger = new_ledger(&dir.path().join("ledger"));
        Self::served(dir, ledger, ((access, None), Settings::default()), limits)
    }

    fn served(
        dir: tempfile::TempDir,
        ledger: Ledger,
        (access, settings): ((Access, Option<Arc<AccessLog>>), Settings),
        limits: Limits,
    ) -> Self {
        let api = Api::guarded(Arc::new(ledger), access, settings);
        let (address, stop, thread) = launch(api.clone(), limits);
        Self {
            address,
            ledger: Arc::clone(api.ledger()),
            api,
            stop: Some(stop),
            thread: Some(thread),
            _dir: dir,
        }
    }

    /// Ends it and begins anew over the same ledger, on another port.
    pub(super) fn restart(&mut self) {
        self.end();
        self.api = Api::new(Arc::clone(&self.ledger), self.api.access().clone());
        let (address, stop, thread) = launch(self.api.clone(), Limits::default());
        self.address = address;
        (self.stop, self.thread) = (Some(stop), Some(thread));
    }

    /// A full address below the service.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Asks.
    pub(super) fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], None)
    }

    /// Sends a body.
    pub(super) fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, &[], Some(body.to_string().as_bytes()))
    }

    /// Sends a request with headers of its own.
    pub(super) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Reply {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if body.is_some()
            && !headers
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        {
            request = request.header("content-type", "application/json");
        }
        let answer = match body {
            Some(body) => agent.run(request.body(body).unwrap()),
            None => agent.run(request.body(()).unwrap()),
        };
        let mut answer = answer.unwrap();
        let body = answer.body_mut().with_config().limit(1 << 30).read_to_vec();
        Reply {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            body: body.unwrap(),
        }
    }

    /// Ends it, and waits until it has ended.
    pub(super) fn end(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.end();
    }
}

//! The service over HTTP/1.1: appends, batches, reading a thing, and the whole ledger, on connections that stay open.
//!
//! Server and clients share the machine and this process, on runtimes of their own, so that the figures hold what the clients
//! cost. Each client waits for its answer before it sends again. Beside it stands what the disk allows: an append to a
//! plain file with an `fdatasync` for each, by one thread. `DEALTRAIL_BENCH_SECONDS` sets how long each measurement lasts (4), and
//! `DEALTRAIL_BENCH_DIR` where the ledger is made. `DEALTRAIL_BENCH_ONLY` names one of append, batch, read and log: the last hands records
//! to the access log at 50,000 a second, and reads with and without one.
#![allow(clippy::print_stdout)]

use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dealtrail::deal::value::origin::Origin;
use dealtrail::deal::value::text::{Names, Text};
use dealtrail::http::api::routes;
use dealtrail::http::limits::Settings;
use dealtrail::http::server::{Limits, serve};
use dealtrail::http::state::Api;
use dealtrail::service::access::Access;
use dealtrail::service::access::log::AccessLog;
use dealtrail::service::access::log::decision::{Decision, Keeping};
use dealtrail::service::access::role::Action;
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::opening::Init;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// The program's own.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How many agreements there are; each client has some of its own.
const AGREEMENTS: usize = 4_096;
/// Events of one batch.
const BATCH: usize = 64;
/// How long a stored event is, about.
const EVENT_BYTES: usize = 400;

fn main() {
    let seconds = std::env::var("DEALTRAIL_BENCH_SECONDS").ok();
    let seconds = seconds.and_then(|one| one.parse().ok()).unwrap_or(4);
    let time = Duration::from_secs(seconds);
    let within = std::env::var_os("DEALTRAIL_BENCH_DIR").map(PathBuf::from);
    let dir = tempfile::tempdir_in(within.as_deref().unwrap_or(Path::new("."))).unwrap();
    let disk = plain_file(dir.path(), time);
    println!("a plain file, one fdatasync an event: {disk:>9.0} events/s");

    let ledger =
        Arc::new(Ledger::create(&dir.path().join("ledger"), init(), &Options::default()).unwrap());
    let server = Server::start(&ledger, None);
    let clients = runtime();
    clients.block_on(register(server.address));
    let wanted = std::env::var("DEALTRAIL_BENCH_ONLY").unwrap_or_default();
    let works = [
        ("append", Work::Append, [1, 16, 64].as_slice()),
        ("batch", Work::Batch, &[1, 8]),
        ("read", Work::Read, &[1, 16]),
    ];
    for (name, work, crowds) in works
        .into_iter()
        .filter(|(name, ..)| name.contains(&wanted))
    {
        for count in crowds {
            let rate = clients.block_on(crowd(server.address, *count, time, work));
            let times = rate / disk;
            println!(
                "{name:>6}, {count:>2} clients: {rate:>9.0} a second, {times:>6.2} times the plain file"
            );
        }
    }
    if "log".contains(&wanted) {
        access_log(&ledger, &clients, time);
    }
    let (events, rate) = clients.block_on(whole(server.address, ledger.head()));
    println!("the whole ledger as lines, {events} events: {rate:.0} events/s");
}

fn init() -> Init {
    let english = "en".parse().unwrap();
    Init {
        origin: Origin::new("ledger.example/bench").unwrap(),
        agency: Names::one(english, Text::new("Agency").unwrap()),
        zone: "Asia/Baku".parse().unwrap(),
        languages: vec!["en".parse().unwrap()],
        demonstration: false,
    }
}

fn runtime() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_multi_thread();
    { runtime }.worker_threads(2).enable_all().build().unwrap()
}

/// Appends to a plain file, each synced, a second.
fn plain_file(dir: &Path, time: Duration) -> f64 {
    let mut file = File::create(dir.join("plain")).unwrap();
    let event = [b'x'; EVENT_BYTES];
    let (began, mut count) = (Instant::now(), 0_u32);
    while began.elapsed() < time {
        file.write_all(&event).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    f64::from(count) / began.elapsed().as_secs_f64()
}

struct Server {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl Server {
    fn start(ledger: &Arc<Ledger>, log: Option<Arc<AccessLog>>) -> Self {
        let access = Access::Open("u:bench".parse().unwrap());
        let api = Api::guarded(Arc::clone(ledger), (access, log), Settings::default());
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            runtime().block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let stop = async { drop(stopped.await) };
                serve(listener, routes(api), Limits::default(), stop).await;
            });
        });
        Self {
            address: told.recv().unwrap(),
            _stop: stop,
        }
    }
}

/// Processor time of the whole process, all threads.
fn processor_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// What the access log costs: a record by itself, and a request that has to wait for no disk.
fn access_log(ledger: &Arc<Ledger>, clients: &tokio::runtime::Runtime, time: Duration) {
    let dir = ledger.dir().unwrap();
    let open = || AccessLog::open(dir, ledger.id(), Keeping::default(), chrono::Utc::now());
    let log = Arc::new(open().unwrap());
    let (before, began) = (processor_time(), Instant::now());
    let (handed, slowest) = at_pace(&log, 50_000, time);
    log.end();
    println!(
        "   log, {:.0} records a second: {:>5.2} µs of processor time each, none handed over in more than {slowest:?}",
        handed as f64 / began.elapsed().as_secs_f64(),
        (processor_time() - before).as_secs_f64() * 1e6 / handed as f64,
    );
    for round in 1..=3 {
        for (name, log) in [("without", None), ("with", Some(Arc::new(open().unwrap())))] {
            let server = Server::start(ledger, log.clone());
            let before = processor_time();
            let rate = clients.block_on(crowd(server.address, 16, time, Work::Read));
            let each = (processor_time() - before).as_secs_f64() / (rate * time.as_secs_f64());
            println!(
                "  read {name:>7} a log, 16 clients, round {round}: {rate:>7.0} a second, {:>5.1} µs of processor time each, clients included",
                each * 1e6
            );
        }
    }
}

/// Hands records over from four threads at an even pace; how many, and the longest that one took.
fn at_pace(log: &AccessLog, a_second: u32, time: Duration) -> (u64, Duration) {
    let threads = 4;
    let each = move || {
        let began = Instant::now();
        let (mut handed, mut slowest) = (0_u64, Duration::ZERO);
        while began.elapsed() < time {
            let due = began.elapsed().as_secs_f64() * f64::from(a_second) / f64::from(threads);
            while (handed as f64) < due {
                let before = Instant::now();
                log.decided(decision(handed));
                slowest = slowest.max(before.elapsed());
                handed += 1;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        (handed, slowest)
    };
    std::thread::scope(|scope| {
        let handing: Vec<_> = (0..threads).map(|_| scope.spawn(each)).collect();
        let done = handing.into_iter().map(|one| one.join().unwrap());
        done.fold((0, Duration::ZERO), |(sum, slowest), (handed, own)| {
            (sum + handed, slowest.max(own))
        })
    })
}

fn decision(number: u64) -> Decision {
    Decision {
        at: chrono::Utc::now(),
        who: None,
        from: Some([127, 0, 0, 1].into()),
        method: "GET",
        path: format!("/v1/agreements/AG-{number}/events").into(),
        route: "agreementEvents",
        action: Action::Read,
        refused: None,
        status: Some(200),
        position: Some(number),
        request: "0196711c44007489".into(),
    }
}

/// A connection that stays open.
struct Client {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Client {
    async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let answer = Vec::with_capacity(64 << 10);
        Self { stream, answer }
    }

    async fn post(&mut self, path: &str, body: &str) {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let status = self.send(request.as_bytes()).await;
        assert_eq!(status, 201, "{}", String::from_utf8_lossy(&self.answer));
    }

    /// Sends a request and reads its answer; the status.
    async fn send(&mut self, request: &[u8]) -> u16 {
        self.stream.write_all(request).await.unwrap();
        self.answer.clear();
        let mut whole = None;
        while whole.is_none_or(|whole| self.answer.len() < whole) {
            assert_ne!(self.stream.read_buf(&mut self.answer).await.unwrap(), 0);
            whole = whole.or_else(|| length(&self.answer));
        }
        std::str::from_utf8(&self.answer[9..12])
            .unwrap()
            .parse()
            .unwrap()
    }
}

/// How long an answer is, once its head is there.
fn length(answer: &[u8]) -> Option<usize> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).unwrap();
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))?;
    Some(end + 4 + line.parse::<usize>().unwrap())
}

/// Registers the agreements, each with a score of events.
async fn register(address: SocketAddr) {
    let mut client = Client::connect(address).await;
    for n in 0..AGREEMENTS {
        let registration = format!(
            r#"{{"kind":"agreement_registered","data":{{"class":"practical","instrument":"contract","nature":"greenfield","ref":"AG-{n}","titles":{{"en":"Bricks {n}"}}}}}}"#
        );
        let notes = (0..19).map(|at| item(n, at));
        let events: Vec<String> = std::iter::once(registration).chain(notes).collect();
        client
            .post(
                "/v1/batches",
                &format!(r#"{{"events":[{}]}}"#, events.join(",")),
            )
            .await;
    }
}

fn words(at: usize) -> String {
    format!("{at:>08} the delegation asks for a map")
}

fn item(agreement: usize, at: usize) -> String {
    format!(
        r#"{{"ref":"AG-{agreement}","kind":"noted","data":{{"words":"{}"}}}}"#,
        words(at)
    )
}

/// What clients do over and over.
#[derive(Clone, Copy)]
enum Work {
    Append,
    Batch,
    Read,
}

impl Work {
    /// How many events one turn is.
    fn events(self) -> usize {
        match self {
            Self::Batch => BATCH,
            Self::Append | Self::Read => 1,
        }
    }

    async fn turn(self, client: &mut Client, agreement: usize, at: usize) {
        match self {
            Self::Append => {
                let body = format!(r#"{{"kind":"noted","data":{{"words":"{}"}}}}"#, words(at));
                let path = format!("/v1/agreements/AG-{agreement}/events");
                client.post(&path, &body).await;
            }
            Self::Batch => {
                let events: Vec<String> = (0..BATCH)
                    .map(|n| item(agreement, at * BATCH + n))
                    .collect();
                let body = format!(r#"{{"events":[{}]}}"#, events.join(","));
                client.post("/v1/batches", &body).await;
            }
            Self::Read => {
                let request = format!(
                    "GET /v1/agreements/AG-{agreement}/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                );
                assert_eq!(client.send(request.as_bytes()).await, 200);
            }
        }
    }
}

/// So many clients at once; events a second.
async fn crowd(address: SocketAddr, count: usize, time: Duration, work: Work) -> f64 {
    let began = Instant::now();
    let clients: Vec<_> = (0..count)
        .map(|number| {
            tokio::spawn(async move {
                let mut client = Client::connect(address).await;
                let mut turns = 0_usize;
                while began.elapsed() < time {
                    // Its own ones in turn, so that none grows much longer than agreements are.
                    let agreement = number + count * (turns % (AGREEMENTS / count));
                    work.turn(&mut client, agreement, turns).await;
                    turns += 1;
                }
                turns
            })
        })
        .collect();
    let mut turns = 0;
    for client in clients {
        turns += client.await.unwrap();
    }
    (turns * work.events()) as f64 / began.elapsed().as_secs_f64()
}

/// The whole ledger as lines: how many events, and how many a second.
async fn whole(address: SocketAddr, events: u64) -> (u64, f64) {
    let mut client = Client::connect(address).await;
    let began = Instant::now();
    let request =
        "GET /v1/ledger/events HTTP/1.0\r\nHost: localhost\r\nAccept: application/x-ndjson\r\n\r\n";
    client.stream.write_all(request.as_bytes()).await.unwrap();
    let (mut piece, mut lines) = (vec![0; 256 << 10], 0_u64);
    loop {
        let read = client.stream.read(&mut piece).await.unwrap();
        if read == 0 {
            break;
        }
        lines += piece[..read].iter().filter(|byte| **byte == b'\n').count() as u64;
    }
    let rate = events as f64 / began.elapsed().as_secs_f64();
    assert!(lines >= events, "{lines} lines of {events}");
    (events, rate)
}

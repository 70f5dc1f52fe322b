//! A service that is asked for three times what it can do, and one that 2,000 slow clients hold on to.
//!
//! The program is started by itself, on one core and with 512 MB of memory (a control group, where one can be made); whoever
//! asks runs on the other core. `DEALTRAIL_BENCH_SECONDS` (20; the bar is for 120) is how long the overload lasts,
//! `DEALTRAIL_BENCH_SLOW` (2,000) how many slow clients there are, `DEALTRAIL_BENCH_AGREEMENTS` (8,000) how many
//! agreements are recorded on, `DEALTRAIL_PROGRAM` another build of the program. The bars: recorded entries a second under overload at least
//! 0.9 of what the service records when it is asked as fast as it answers; memory bounded; within 5 s as fast as it is after a
//! rest; with slow clients the 99th percentile of the others below twice what it is without.
#![allow(clippy::print_stdout)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The memory the service may have, in bytes.
const MEMORY: u64 = 512 << 20;
/// Clients that ask as fast as they are answered.
const STEADY: usize = 32;
/// Connections of those who ask for too much.
const MANY: usize = 1_024;
/// How many agreements are recorded on, when nothing else is said.
const AGREEMENTS: u64 = 8_000;

/// How many agreements are recorded on.
fn agreements() -> u64 {
    static GIVEN: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
    *GIVEN.get_or_init(|| number("DEALTRAIL_BENCH_AGREEMENTS", AGREEMENTS).max(1))
}

fn main() {
    // The rest of the machine is the service's.
    taskset(&["-cp", "1", &std::process::id().to_string()]);
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    let seconds = number("DEALTRAIL_BENCH_SECONDS", 20);
    let slow = number("DEALTRAIL_BENCH_SLOW", 2_000) as usize;
    let service = Service::start();
    runtime.block_on(async {
        prepare(service.address).await;
        overload(&service, seconds).await;
        slow_clients(&service, slow).await;
    });
}

fn number(name: &str, or: u64) -> u64 {
    std::env::var(name).map_or(or, |given| given.parse().unwrap())
}

fn taskset(arguments: &[&str]) {
    let done = Command::new("taskset").args(arguments).output();
    if !done.is_ok_and(|done| done.status.success()) {
        println!("note: no process can be bound to a core here; both share all of them");
    }
}

/// The service as a process of its own.
struct Service {
    child: Child,
    address: SocketAddr,
    group: Option<PathBuf>,
    _dir: tempfile::TempDir,
}

impl Service {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("ledger");
        let program = std::env::var("DEALTRAIL_PROGRAM");
        let program = program.unwrap_or_else(|_| env!("CARGO_BIN_EXE_dealtrail").to_owned());
        let made = Command::new(&program)
            .args([
                "init",
                "--origin",
                "ledger.example/overload",
                "--agency",
                "Agency",
                "--data",
            ])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let group = group();
        let join = group.as_ref().map_or_else(String::new, |group| {
            format!("echo $$ > '{}/cgroup.procs' && ", group.display())
        });
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(format!("{join}exec taskset -c 0 \"$0\" \"$@\""))
            .arg(&program)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--log",
                "error",
                "--data",
            ])
            .arg(&data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        let at = said.split("http://").nth(1).unwrap_or_default();
        let end =
            at.find(|letter: char| letter != ':' && letter != '.' && !letter.is_ascii_digit());
        let address = at.get(..end.unwrap_or(at.len())).unwrap().parse().unwrap();
        Self {
            child,
            address,
            group,
            _dir: dir,
        }
    }

    /// The processor's time it has taken.
    fn processor(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.unwrap_or_default();
        // Behind the name in brackets: the state, and eleven numbers later the ticks, a hundred a second.
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks: u64 = ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        Duration::from_millis(ticks * 10)
    }

    /// The memory it has had at its most, in MiB.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let words = line.and_then(|line| line.split_whitespace().nth(1));
        words.and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(group) = &self.group {
            let _ = fs::remove_dir(group);
        }
    }
}

/// A control group with little memory, where one can be made.
fn group() -> Option<PathBuf> {
    let name = format!("dealtrail-bench-{}", std::process::id());
    let places = [
        ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
        ("/sys/fs/cgroup", "memory.max"),
    ];
    for (place, limit) in places {
        let group = Path::new(place).join(&name);
        if !Path::new(place).join("cgroup.procs").exists() || fs::create_dir(&group).is_err() {
            continue;
        }
        if fs::write(group.join(limit), MEMORY.to_string()).is_ok() {
            return Some(group);
        }
        let _ = fs::remove_dir(&group);
    }
    println!("note: no control group can be made here; memory is not limited");
    None
}

/// A connection that is kept.
struct Client {
    address: SocketAddr,
    stream: Option<TcpStream>,
    received: Vec<u8>,
}

impl Client {
    fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            received: Vec::new(),
        }
    }

    /// Sends a request and gives the status of the answer; nothing when the connection ended instead.
    async fn ask(&mut self, request: &[u8]) -> Option<u16> {
        match self.answered(request).await {
            Some((status, true)) => Some(status),
            Some((status, false)) => {
                self.stream = None;
                Some(status)
            }
            None => {
                self.stream = None;
                None
            }
        }
    }

    /// The status, and whether the connection goes on.
    async fn answered(&mut self, request: &[u8]) -> Option<(u16, bool)> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.address).await.ok()?;
            stream.set_nodelay(true).ok()?;
            self.stream = Some(stream);
        }
        let stream = self.stream.as_mut()?;
        stream.write_all(request).await.ok()?;
        self.received.clear();
        loop {
            if let Some(end) = find(&self.received, b"\r\n\r\n") {
                let head = String::from_utf8_lossy(self.received.get(..end)?).to_ascii_lowercase();
                let status = head.split(' ').nth(1)?.parse().ok()?;
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length:"));
                let length: usize = length.map_or(Some(0), |length| length.trim().parse().ok())?;
                while self.received.len() < end + 4 + length {
                    if stream.read_buf(&mut self.received).await.ok()? == 0 {
                        return None;
                    }
                }
                return Some((status, !head.contains("connection: close")));
            }
            if stream.read_buf(&mut self.received).await.ok()? == 0 {
                return None;
            }
        }
    }
}

fn find(all: &[u8], part: &[u8]) -> Option<usize> {
    all.windows(part.len()).position(|window| window == part)
}

/// A remark of some 400 bytes as it is stored.
fn remark(n: u64) -> Vec<u8> {
    let words = format!(
        "{n:012}: {}",
        "a remark on what was said on the telephone, ".repeat(3)
    );
    let body = format!(
        r#"{{"kind":"noted","data":{{"words":"{}"}}}}"#,
        words.trim_end_matches([',', ' '])
    );
    let path = format!("/v1/agreements/LOAD-{}/events", n % agreements());
    post(&path, &body, n)
}

fn post(path: &str, body: &str, key: u64) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: bench-{key}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn prepare(address: SocketAddr) {
    let senders = (0..STEADY as u64).map(|sender| {
        tokio::spawn(async move {
            let mut client = Client::new(address);
            for n in (sender..agreements()).step_by(STEADY) {
                let body = format!(
                    r#"{{"data":{{"class":"practical","instrument":"contract","nature":"greenfield","ref":"LOAD-{n}","titles":{{"en":"Load {n}"}}}}}}"#
                );
                let request = post("/v1/agreements", &body, 1_000_000_000 + n);
                assert_eq!(client.ask(&request).await, Some(201), "agreement {n}");
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.unwrap();
    }
}

/// What came of requests.
#[derive(Debug, Default)]
struct Tally {
    recorded: AtomicU64,
    refused: AtomicU64,
    broken: AtomicU64,
    other: AtomicU64,
}

impl Tally {
    fn take(&self, status: Option<u16>) {
        let counter = match status {
            Some(201) => &self.recorded,
            Some(429 | 503) => &self.refused,
            None => &self.broken,
            Some(_) => &self.other,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn recorded(&self) -> u64 {
        self.recorded.load(Ordering::Relaxed)
    }
}

/// A number for each request: no two are the same command.
static NEXT: AtomicU64 = AtomicU64::new(0);

fn next() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// So many clients ask as fast as they are answered; entries a second.
async fn steady(address: SocketAddr, clients: usize, time: Duration) -> (f64, Vec<Duration>) {
    let tally = Arc::new(Tally::default());
    let begun = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let tally = Arc::clone(&tally);
            tokio::spawn(async move {
                let mut client = Client::new(address);
                let mut took = Vec::new();
                while begun.elapsed() < time {
                    let asked = Instant::now();
                    tally.take(client.ask(&remark(next())).await);
                    took.push(asked.elapsed());
                }
                took
            })
        })
        .collect();
    let mut took = Vec::new();
    for task in tasks {
        took.extend(task.await.unwrap());
    }
    took.sort_unstable();
    (
        tally.recorded() as f64 / begun.elapsed().as_secs_f64(),
        took,
    )
}

/// Microseconds for each.
fn each(time: Duration, count: usize) -> f64 {
    time.as_secs_f64() * 1e6 / count.max(1) as f64
}

fn percentile(sorted: &[Duration], part: f64) -> f64 {
    let place = ((sorted.len().max(1) - 1) as f64 * part).round() as usize;
    sorted
        .get(place)
        .map_or(0.0, |took| took.as_secs_f64() * 1e3)
}

async fn overload(service: &Service, seconds: u64) {
    let address = service.address;
    steady(address, STEADY, Duration::from_secs(2)).await;
    let taken = service.processor();
    let (peak, before) = steady(address, STEADY, Duration::from_secs(6)).await;
    println!(
        "as fast as it answers {STEADY} clients: {peak:.0} entries a second, p50 {:.2} ms, p99 {:.2} ms, {:.0} us of the processor an entry",
        percentile(&before, 0.5),
        percentile(&before, 0.99),
        each(service.processor() - taken, before.len())
    );
    let (taken, rate, tally, begun) = (
        service.processor(),
        peak * 3.0,
        Arc::new(Tally::default()),
        Instant::now(),
    );
    let end = Duration::from_secs(seconds);
    let due = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..MANY)
        .map(|_| {
            let (tally, due) = (Arc::clone(&tally), Arc::clone(&due));
            tokio::spawn(async move {
                let mut client = Client::new(address);
                loop {
                    let turn = due.fetch_add(1, Ordering::Relaxed);
                    let at = Duration::from_secs_f64(turn as f64 / rate);
                    if at >= end || begun.elapsed() >= end {
                        return;
                    }
                    tokio::time::sleep_until((begun + at).into()).await;
                    tally.take(client.ask(&remark(next())).await);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let took = begun.elapsed().as_secs_f64();
    let goodput = tally.recorded() as f64 / took;
    let spent = each(service.processor() - taken, tally.recorded() as usize);
    println!(
        "asked {MANY} at a time, {rate:.0} a second, for {took:.0} s: {goodput:.0} entries a second, {:.2} of that (bar 0.9), {spent:.0} us of the processor an entry; {tally:?}",
        goodput / peak
    );
    assert!(
        service.memory() > 0,
        "the service ended under the overload: it may have had more memory than it may have"
    );
    recovery(service, peak, tally.recorded()).await;
    println!(
        "memory at its most: {} MiB of {} MiB",
        service.memory(),
        MEMORY >> 20
    );
}

/// How long it is watched after an overload.
const WATCHED: Duration = Duration::from_secs(15);
/// How long it is left alone then, for what is still to be done behind the answers.
const REST: Duration = Duration::from_secs(10);

/// After how long it answers as it does after a rest. The ledger has grown meanwhile, and an entry of a larger ledger may cost
/// more: how much of the first figure is left says that, and is no part of what an overload leaves behind.
async fn recovery(service: &Service, peak: f64, more: u64) {
    let (address, ended) = (service.address, Instant::now());
    let mut windows = Vec::new();
    while ended.elapsed() < WATCHED {
        let (again, took) = steady(address, STEADY, Duration::from_millis(500)).await;
        windows.push((ended.elapsed(), again, percentile(&took, 0.5)));
    }
    tokio::time::sleep(REST).await;
    let taken = service.processor();
    let (rested, took) = steady(address, STEADY, Duration::from_secs(6)).await;
    let usual = percentile(&took, 0.5);
    println!(
        "after a rest: {rested:.0} entries a second, p50 {usual:.2} ms, {:.0} us of the processor an entry; {:.2} of the first figure, with {more} entries more",
        each(service.processor() - taken, took.len()),
        rested / peak
    );
    let as_usual =
        |(_, again, p50): &(Duration, f64, f64)| *again >= rested * 0.9 && *p50 <= usual * 1.5;
    match windows.iter().find(|window| as_usual(window)) {
        Some((took, ..)) => println!("so again after {:.1} s (bar 5 s)", took.as_secs_f64()),
        None => println!("not so within {} s (bar 5 s)", WATCHED.as_secs()),
    }
}

/// Clients that send a byte of their request each second, and what the others feel of it.
async fn slow_clients(service: &Service, slow: usize) {
    let address = service.address;
    let (_, before) = steady(address, 4, Duration::from_secs(5)).await;
    let tasks: Vec<_> = (0..slow)
        .map(|_| {
            tokio::spawn(async move {
                let head = b"GET /version HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
                loop {
                    let Ok(mut stream) = TcpStream::connect(address).await else {
                        tokio::time::sleep(Duration::from_secs(1)).await;
                        continue;
                    };
                    let mut sent = stream.write_all(head).await;
                    while sent.is_ok() {
                        tokio::time::sleep(Duration::from_secs(1)).await;
                        sent = stream.write_all(b"a").await;
                    }
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (_, during) = steady(address, 4, Duration::from_secs(15)).await;
    for task in &tasks {
        task.abort();
    }
    println!(
        "4 clients: p50 {:.2} ms, p99 {:.2} ms; beside {slow} slow ones: p50 {:.2} ms, p99 {:.2} ms, {:.2} of that (bar 2), {} answers instead of {}",
        percentile(&before, 0.5),
        percentile(&before, 0.99),
        percentile(&during, 0.5),
        percentile(&during, 0.99),
        percentile(&during, 0.99) / percentile(&before, 0.99),
        during.len(),
        before.len(),
    );
    println!("memory at its most: {} MiB", service.memory());
}

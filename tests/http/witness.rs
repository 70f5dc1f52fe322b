//! A witness over HTTP: what it answers, what it puts up with, and how it ends.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use dealtrail::http::server::{Limits, serve};
use dealtrail::http::witness::{MAX_BODY, routes};
use dealtrail::proof::checkpoint::SignedCheckpoint;
use dealtrail::proof::key::{KeyName, Signer};
use dealtrail::proof::tree::{Hash, consistency_proof, leaf_hash, root_of};
use dealtrail::proof::witness::{Request, place_of};
use dealtrail::service::ambient::SystemClock;
use dealtrail::service::checkpoint::key_file::Protection;
use dealtrail::service::cosigning::post::{Network, Post};
use dealtrail::service::witness::{Witness, make_key};
use dealtrail::store::journal::disk::RealDisk;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

const ORIGIN: &str = "ledger.example/test";
/// Short, so that no test waits long for what has to end.
const LIMITS: Limits = Limits {
    head: Duration::from_millis(300),
    connections: 4,
    farewell: Duration::from_secs(2),
};

struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _dir: tempfile::TempDir,
}

fn signer() -> Signer {
    Signer::new(KeyName::new(ORIGIN).unwrap(), &[7; 32])
}

fn witness(dir: &Path) -> Witness {
    make_key(dir, &RealDisk, "witness.example/audit", &Protection::Open).unwrap();
    let policy = format!("log {}\nquorum none\n", signer().verifier());
    let world = (Arc::new(RealDisk) as _, Arc::new(SystemClock) as _);
    Witness::open(dir, world, policy.as_bytes(), &mut || None).unwrap()
}

impl Server {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let witness = Arc::new(witness(dir.path()));
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread();
            let runtime = { runtime }.worker_threads(1).enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let stop = async { drop(stopped.await) };
                serve(listener, routes(witness), LIMITS, stop).await;
            });
        });
        Self {
            address: told.recv().unwrap(),
            stop: Some(stop),
            thread: Some(thread),
            _dir: dir,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(5)))
            .unwrap();
        stream
    }

    /// Sends bytes and reads until the server closes.
    fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // It may close before everything was sent.
        let _ = stream.write_all(bytes);
        rest(&mut stream)
    }

    fn post(&self, body: &str) -> (u16, String, String) {
        let head = format!(
            "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        parts(&self.raw(format!("{head}{body}").as_bytes()))
    }

    fn get(&self, path: &str) -> (u16, String, String) {
        parts(
            &self.raw(
                format!("GET {path} HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n").as_bytes(),
            ),
        )
    }

    fn end(&mut self) {
        drop(self.stop.take());
        self.thread.take().unwrap().join().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.end();
        }
    }
}

fn rest(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    match stream.read_to_end(&mut all) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => {
            panic!("the server keeps the connection open")
        }
        // A reset after the answer is an end as well.
        _ => String::from_utf8_lossy(&all).into_owned(),
    }
}

/// Status, head in small letters, body.
fn parts(answer: &str) -> (u16, String, String) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (
        status.unwrap_or(0),
        head.to_ascii_lowercase(),
        body.to_owned(),
    )
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

fn request(old: u64, new: u64) -> String {
    let signed = SignedCheckpoint::sign(root_of(leaves(new)), &signer()).unwrap();
    Request::new(old, consistency_proof(&leaves(new), old).unwrap(), signed).to_string()
}

#[test]
fn each_answer_has_its_status() {
    let server = Server::start();
    let (status, head, body) = server.post(&request(0, 7));
    assert!(
        status == 200
            && body.starts_with("\u{2014} witness.example/audit ")
            && body.ends_with('\n'),
        "{head} {body}"
    );
    let (status, head, body) = server.post(&request(0, 20));
    assert!(
        status == 409 && body == "7\n" && head.contains("content-type: text/x.tlog.size"),
        "{head} {body}"
    );
    assert_eq!(server.post(&request(7, 20)).0, 200);
    let broken = request(20, 30).replacen("old 20\n", "old 20\nAAAA\n", 1);
    assert_eq!(server.post(&broken).0, 400);
    let other = Signer::new(KeyName::new("ledger.example/other").unwrap(), &[7; 32]);
    let unknown = SignedCheckpoint::sign(root_of(leaves(3)), &other).unwrap();
    assert_eq!(
        server
            .post(&Request::new(0, Vec::new(), unknown).to_string())
            .0,
        404
    );
    let forger = Signer::new(KeyName::new(ORIGIN).unwrap(), &[8; 32]);
    let forged = SignedCheckpoint::sign(root_of(leaves(30)), &forger).unwrap();
    assert_eq!(
        server
            .post(&Request::new(20, Vec::new(), forged).to_string())
            .0,
        403
    );
    let (status, _, body) = server.post(
        &Request::new(
            20,
            Vec::new(),
            SignedCheckpoint::sign(root_of(leaves(30)), &signer()).unwrap(),
        )
        .to_string(),
    );
    assert!(
        status == 422 && body.contains("does not show that the checkpoint extends"),
        "{body}"
    );
    let (status, head, body) = server.get(&format!("/{}/checkpoint", place_of(ORIGIN)));
    assert!(
        status == 200 && body.starts_with("ledger.example/test\n20\n") && head.contains("no-store"),
        "{head} {body}"
    );
    assert_eq!(
        server.get(&format!("/{}/checkpoint", place_of("else"))).0,
        404
    );
    assert_eq!(server.get("/..%2Fkey/checkpoint").0, 404);
    assert_eq!(server.get("/").0, 404);
    assert_eq!(server.get("/add-checkpoint").0, 405);
}

/// The program's own way of asking meets the same answers, and follows nobody elsewhere.
#[test]
fn the_ledgers_own_client_speaks_with_it() {
    let server = Server::start();
    let url = format!("http://{}/add-checkpoint", server.address);
    let asked = |body: &str| Network::default().post(&url, body).unwrap();
    assert_eq!(asked(&request(0, 7)).status, 200);
    let conflict = asked(&request(0, 20));
    assert_eq!(
        (conflict.status, conflict.body.as_slice()),
        (409, b"7\n".as_slice())
    );
    let gone = {
        let mut server = Server::start();
        server.end();
        format!("http://{}/add-checkpoint", server.address)
    };
    assert!(Network::default().post(&gone, "").is_err());
    for no_address in ["", "witness", "ftp://witness.example", "http://"] {
        assert!(
            Network::default().post(no_address, "").is_err(),
            "{no_address}"
        );
    }
}

#[test]
fn whatever_is_sent_the_witness_stays() {
    let server = Server::start();
    let long = "x".repeat(MAX_BODY + 1);
    assert_eq!(server.post(&long).0, 413);
    let announced = |bytes: u64| {
        let head =
            format!("POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {bytes}\r\n\r\n");
        parts(&server.raw(head.as_bytes())).0
    };
    assert_eq!(announced(1 << 40), 413, "nothing of it is waited for");
    // A length that no counter can hold is refused with the head.
    let refused = announced(u64::MAX);
    assert!((400..=431).contains(&refused), "{refused}");
    let chunked = "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
    assert_eq!(parts(&server.raw(chunked.as_bytes())).0, 400);
    for garbage in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"\xff\xfe\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
    ] {
        server.raw(garbage);
    }
    let heads = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(5_000));
    assert!(matches!(
        parts(&server.raw(heads.as_bytes())).0,
        0 | 400 | 431
    ));
    for body in [
        "",
        "\n\n",
        "old 0\n\n",
        "old 18446744073709551616\n\n",
        "old 0\n\n\u{2014} a b\n",
    ] {
        assert_eq!(server.post(body).0, 400, "{body:?}");
    }
    assert_eq!(server.post(&request(0, 7)).0, 200);
}

/// Whoever connects and says nothing, or half of it, is let go, and holds nobody up for long.
#[test]
fn slow_and_idle_connections_are_closed() {
    let server = Server::start();
    let began = Instant::now();
    let mut idle: Vec<TcpStream> = (0..LIMITS.connections).map(|_| server.connect()).collect();
    idle[0]
        .write_all(b"POST /add-checkpoint HTTP/1.1\r\nHost:")
        .unwrap();
    // All places are taken; this one waits until the others are closed.
    assert_eq!(server.post(&request(0, 7)).0, 200);
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "{:?}",
        began.elapsed()
    );
    for stream in &mut idle {
        rest(stream);
    }
    // One that was answered and says no more.
    let mut stream = server.connect();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: w\r\n\r\n")
        .unwrap();
    assert_eq!(parts(&rest(&mut stream)).0, 404);
}

#[test]
fn it_ends_when_asked_and_finishes_what_it_began() {
    let mut server = Server::start();
    let body = request(0, 7);
    let mut stream = server.connect();
    let head = format!(
        "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body.as_bytes()[..20]).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    drop(server.stop.take());
    std::thread::sleep(Duration::from_millis(100));
    stream.write_all(&body.as_bytes()[20..]).unwrap();
    let (status, _, line) = parts(&rest(&mut stream));
    assert!(
        status == 200 && line.starts_with('\u{2014}'),
        "{status} {line}"
    );
    server.end();
    assert!(TcpStream::connect(server.address).is_err());
}

//! The ledger as it is stored: pages, lines, single entries with their proof, published files, and what comes new.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dealtrail::codec::door;
use dealtrail::deal::command::{Command, Draft, Intent};
use dealtrail::deal::value::ids::{Actor, KnownBy, StreamId};
use dealtrail::http::limits::Settings;
use dealtrail::proof::tiles::{Kind, Tile};
use dealtrail::service::checkpoint::Signing;
use dealtrail::service::checkpoint::key_file::Protection;
use dealtrail::service::ledger::Ledger;
use dealtrail::service::receipt;
use dealtrail::store::journal::disk::{Disk, RealDisk};
use serde_json::Value;

use super::service::Service;

/// A note of the ledger's own.
fn note(ledger: &Ledger, words: &str) {
    notes(ledger, words, 1);
}

/// The same note so many times, recorded at once.
fn notes(ledger: &Ledger, words: &str, count: usize) {
    let data = serde_json::json!({ "words": words }).to_string();
    let intent = Intent::Record(Draft {
        stream: StreamId::Ledger,
        payload: door::payload_from_text("noted", data.as_bytes()).unwrap(),
        on: None,
        sources: Vec::new(),
    });
    let command = Command {
        id: ledger.new_command_id(),
        actor: Actor {
            id: "u:local".parse().unwrap(),
            known_by: KnownBy::LocalClaim,
        },
        intents: vec![intent; count],
        expected: None,
    };
    ledger.submit_blocking(command).unwrap();
}

fn stored(ledger: &Ledger) -> Vec<Vec<u8>> {
    let each = (0..ledger.head()).map(|seq| ledger.event_bytes(seq).unwrap().unwrap());
    each.collect()
}

#[test]
fn pages_and_lines_hold_the_stored_bytes() {
    let service = Service::start();
    (0..40).for_each(|n| note(&service.ledger, &format!("note {n}")));
    let stored = stored(&service.ledger);
    let lines = |query: &str| {
        let path = format!("/v1/ledger/events{query}");
        let reply = service.send("GET", &path, &[("accept", "application/x-ndjson")], None);
        assert_eq!(reply.header("content-type"), Some("application/x-ndjson"));
        reply.body
    };
    let whole: Vec<u8> = stored
        .iter()
        .flat_map(|one| [one.as_slice(), b"\n"].concat())
        .collect();
    assert_eq!(lines(""), whole);
    let some: Vec<u8> = stored[7..10]
        .iter()
        .flat_map(|one| [one.as_slice(), b"\n"].concat())
        .collect();
    assert_eq!(lines("?from=7&limit=3"), some);
    assert!(lines("?from=900").is_empty());

    let page = service.get("/v1/ledger/events?from=5&limit=10");
    assert_eq!(
        page.header("content-type"),
        Some("application/cloudevents-batch+json")
    );
    assert_eq!(
        page.header("link"),
        Some("</v1/ledger/events?from=15&limit=10>; rel=\"next\"")
    );
    let events = page.json();
    let events = events.as_array().unwrap();
    assert_eq!(events.len(), 10);
    for (event, stored) in events.iter().zip(&stored[5..]) {
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(
            event["data"],
            serde_json::from_slice::<Value>(stored).unwrap()
        );
    }
    let last = service.get("/v1/ledger/events?from=40&limit=1000");
    assert_eq!(
        (last.header("link"), last.json().as_array().unwrap().len()),
        (None, stored.len() - 40)
    );
    assert_eq!(
        service.get("/v1/ledger/events?from=900").json(),
        serde_json::json!([])
    );
    let long = service.get("/v1/ledger/events?limit=1001");
    assert_eq!(
        (long.status, long.json()["field"].as_str()),
        (400, Some("limit"))
    );

    let one = service.get("/v1/ledger/events/9");
    assert_eq!(one.body, stored[9]);
    assert!(one.header("cache-control").unwrap().contains("immutable"));
    let none = service.get("/v1/ledger/events/900");
    assert_eq!(
        (none.status, none.json()["code"].as_str()),
        (404, Some("no_such_entry"))
    );
    let word = service.get("/v1/ledger/events/x");
    assert_eq!(
        (word.status, word.json()["field"].as_str()),
        (400, Some("path"))
    );
}

#[test]
fn what_was_signed_is_proved_and_published() {
    let service = Service::start();
    (0..300).for_each(|n| note(&service.ledger, &format!("note {n}")));
    assert_eq!(service.get("/ledger/checkpoint").status, 404);
    let unsigned = service.get("/v1/ledger/events/9/proof");
    assert_eq!(
        (unsigned.status, unsigned.json()["code"].as_str()),
        (404, Some("not_signed"))
    );
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let signing = Signing::of(&service.ledger, &disk).unwrap();
    signing.make_key(&Protection::Open).unwrap();
    let signed = signing.sign(&mut || None).unwrap();
    let policy = signing.policy().unwrap();

    let checkpoint = service.get("/ledger/checkpoint");
    assert_eq!(checkpoint.text(), signed.text);
    assert_eq!(checkpoint.header("cache-control"), Some("no-cache"));
    let proof = service.get("/v1/ledger/events/9/proof");
    let record = service.get("/v1/ledger/events/9").body;
    let proven = receipt::check(&proof.body, &record, policy.as_bytes()).unwrap();
    assert_eq!((proven.index, proven.checkpoint.size), (9, signed.size));

    let full = service.get("/ledger/tile/0/000");
    assert_eq!((full.status, full.body.len()), (200, 256 * 32));
    assert!(full.header("cache-control").unwrap().contains("immutable"));
    let entries = service.get("/ledger/tile/entries/000");
    let tile = Tile::new(Kind::Entries, 0, 256).unwrap();
    assert_eq!(tile.entries(&entries.body).unwrap()[9], record);
    let partial = format!("/ledger/tile/0/001.p/{}", signed.size - 256);
    assert_eq!(service.get(&partial).status, 200);
    for path in [
        "/ledger/tile/0/002",
        "/ledger/tile/0/../../LEDGER",
        "/ledger/tile/0/%2e%2e/%2e%2e/LEDGER",
        "/ledger/tile/%65ntries/000",
        "/ledger/tile/0/0",
        "/ledger/tile/0/x000/000",
        "/ledger/tile/64/000",
        "/ledger/LEDGER",
    ] {
        assert_eq!(service.get(path).status, 404, "{path}");
    }
}

/// A stream of events by a plain socket.
struct Stream {
    lines: BufReader<TcpStream>,
}

/// What a stream says.
#[derive(Debug, PartialEq)]
enum Said {
    Event(u64, String),
    End(String),
    Over,
}

impl Stream {
    fn open(address: SocketAddr, query: &str, last: Option<u64>) -> Option<Self> {
        let mut stream = TcpStream::connect(address).ok()?;
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let last = last.map_or_else(String::new, |last| format!("Last-Event-ID: {last}\r\n"));
        // Of the first version of HTTP, so that the answer comes as it is and not in chunks.
        write!(
            stream,
            "GET /v1/ledger/stream{query} HTTP/1.0\r\nHost: localhost\r\n{last}\r\n"
        )
        .ok()?;
        let mut lines = BufReader::new(stream);
        let mut line = String::new();
        lines.read_line(&mut line).ok()?;
        if !line.contains(" 200 ") {
            return None;
        }
        while line.trim() != "" {
            line.clear();
            lines.read_line(&mut line).ok()?;
        }
        Some(Self { lines })
    }

    fn next(&mut self) -> Said {
        let (mut id, mut kind) = (None, String::new());
        let mut line = String::new();
        loop {
            line.clear();
            match self.lines.read_line(&mut line) {
                Ok(0) | Err(_) => return Said::Over,
                Ok(_) if !line.ends_with('\n') => return Said::Over,
                Ok(_) => {}
            }
            let said = line.trim_end_matches('\n');
            match said.split_once(": ") {
                Some(("id", value)) => id = Some(value.parse().unwrap()),
                Some(("event", value)) => kind = value.to_owned(),
                Some(("data", value)) => {
                    return match id {
                        Some(id) => Said::Event(id, value.to_owned()),
                        None => {
                            assert_eq!(kind, "end");
                            Said::End(value.to_owned())
                        }
                    };
                }
                _ => {}
            }
        }
    }
}

#[test]
fn a_stream_begins_where_it_is_asked_to() {
    let mut service = Service::start();
    note(&service.ledger, "before");
    let head = service.ledger.head();
    let address = service.address;
    let mut live = Stream::open(address, "", None).unwrap();
    let mut all = Stream::open(address, "?from=0", None).unwrap();
    let mut rest = Stream::open(address, "?from=0", Some(head - 2)).unwrap();
    note(&service.ledger, "after");
    let stored = stored(&service.ledger);
    let event = |seq: u64| {
        Said::Event(
            seq,
            String::from_utf8(stored[seq as usize].clone()).unwrap(),
        )
    };
    assert_eq!(live.next(), event(head));
    (0..=head).for_each(|seq| assert_eq!(all.next(), event(seq)));
    assert_eq!(rest.next(), event(head - 1));
    assert_eq!(rest.next(), event(head));
    let beyond = service.send(
        "GET",
        "/v1/ledger/stream",
        &[("last-event-id", "900")],
        None,
    );
    assert_eq!(
        (beyond.status, beyond.json()["field"].as_str()),
        (400, Some("last-event-id"))
    );
    assert_eq!(service.get("/v1/ledger/stream?from=900").status, 400);
    // Nobody who follows holds the end up.
    let began = Instant::now();
    service.end();
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    for stream in [&mut live, &mut all, &mut rest] {
        assert!(matches!(stream.next(), Said::End(reason) if reason.contains("closing")));
        assert_eq!(stream.next(), Said::Over);
    }
}

/// Numbers that look like chance and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Follows to the end, cut off at moments of its own choosing and by every restart.
fn follow_to(total: u64, address: &Mutex<SocketAddr>, seed: u64) -> Vec<(u64, String)> {
    let mut chance = Chance(seed);
    let mut seen: Vec<(u64, String)> = Vec::new();
    let end = Instant::now() + Duration::from_secs(90);
    while (seen.len() as u64) < total {
        assert!(Instant::now() < end, "only {} of {total} came", seen.len());
        let last = seen.last().map(|(seq, _)| *seq);
        let now = *address.lock().unwrap();
        let Some(mut stream) = Stream::open(now, "?from=0", last) else {
            std::thread::sleep(Duration::from_millis(5));
            continue;
        };
        let patience = 1 + chance.below(60);
        for _ in 0..patience {
            match stream.next() {
                Said::Event(seq, data) => {
                    assert_eq!(seq, seen.len() as u64, "left out, or twice");
                    seen.push((seq, data));
                }
                Said::End(_) | Said::Over => break,
            }
            if seen.len() as u64 == total {
                break;
            }
        }
    }
    seen
}

#[test]
fn whoever_reconnects_sees_every_event_once_and_in_order() {
    let mut service = Service::start();
    let (writers, each) = (3, 120);
    let total = service.ledger.head() + writers * each;
    let address = Mutex::new(service.address);
    let ledger = Arc::clone(&service.ledger);
    let seen = std::thread::scope(|scope| {
        let followers: Vec<_> = (0..6)
            .map(|seed| {
                scope.spawn({
                    let address = &address;
                    move || follow_to(total, address, seed)
                })
            })
            .collect();
        for writer in 0..writers {
            let ledger = &ledger;
            scope.spawn(move || (0..each).for_each(|n| note(ledger, &format!("{writer} {n}"))));
        }
        for _ in 0..4 {
            std::thread::sleep(Duration::from_millis(120));
            service.restart();
            *address.lock().unwrap() = service.address;
        }
        followers
            .into_iter()
            .map(|one| one.join().unwrap())
            .collect::<Vec<_>>()
    });
    let stored = stored(&ledger);
    for seen in seen {
        assert_eq!(seen.len(), stored.len());
        for ((seq, data), (wanted, stored)) in seen.iter().zip((0..).zip(&stored)) {
            assert_eq!(*seq, wanted);
            assert_eq!(data.as_bytes(), stored.as_slice());
        }
    }
}

#[test]
fn a_follower_that_takes_nothing_is_let_go_with_a_reason() {
    let service = Service::limited(Settings {
        taking: Duration::from_millis(300),
        ..Settings::default()
    });
    // More than the buffers of both ends hold.
    let words = "x".repeat(15_000);
    (0..30).for_each(|_| notes(&service.ledger, &words, 60));
    let mut slow = Stream::open(service.address, "?from=0", None).unwrap();
    std::thread::sleep(Duration::from_millis(1_500));
    let mut next = 0;
    loop {
        match slow.next() {
            Said::Event(seq, _) => {
                assert_eq!(seq, next);
                next += 1;
            }
            Said::End(reason) => {
                assert!(reason.contains("slow"), "{reason}");
                break;
            }
            Said::Over => panic!("nothing was said of it"),
        }
    }
    assert!(next < service.ledger.head(), "it was let go before the end");
    assert_eq!(slow.next(), Said::Over);
    // It comes again where it was.
    let mut again = Stream::open(service.address, "?from=0", Some(next - 1)).unwrap();
    assert!(matches!(again.next(), Said::Event(seq, _) if seq == next));
}

#[test]
fn a_reading_that_is_broken_off_costs_nobody_anything() {
    let service = Service::start();
    let words = "x".repeat(15_000);
    (0..5).for_each(|_| notes(&service.ledger, &words, 60));
    for _ in 0..20 {
        let mut stream = TcpStream::connect(service.address).unwrap();
        write!(
            stream,
            "GET /v1/ledger/events HTTP/1.1\r\nHost: localhost\r\nAccept: application/x-ndjson\r\n\r\n"
        )
        .unwrap();
        let mut some = [0; 1_000];
        stream.read_exact(&mut some).unwrap();
    }
    assert_eq!(service.get("/version").status, 200);
}

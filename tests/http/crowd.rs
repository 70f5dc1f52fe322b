//! Many at once: nothing that somebody decided on is overwritten, and nothing that was sent again is recorded twice.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::recording::brick;
use super::service::Service;

/// Sends a request on a connection of its own; the status and body, unless it was cut off after so many bytes.
fn send(
    address: SocketAddr,
    reference: &str,
    headers: &str,
    body: &str,
    cut: Option<usize>,
) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let length = body.len();
    let whole = format!(
        "POST /v1/agreements/{reference}/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    let sent = cut.map_or(whole.len(), |cut| cut.min(whole.len()));
    stream.write_all(&whole.as_bytes()[..sent]).ok()?;
    if cut.is_some_and(|cut| cut < whole.len() + 20) {
        // Closed with the request half sent, or all of it and no answer read.
        return None;
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    Some((status, body.to_owned()))
}

fn notes(service: &Service) -> Vec<String> {
    let read = |seq| service.ledger.event_bytes(seq).unwrap().unwrap();
    let events =
        (0..service.ledger.head()).map(|seq| serde_json::from_slice::<Value>(&read(seq)).unwrap());
    let notes = events.filter(|event| event["kind"] == "noted");
    notes
        .map(|event| event["data"]["words"].as_str().unwrap().to_owned())
        .collect()
}

/// Each officer reads the version, decides, and records only if nothing came between.
#[test]
fn officers_who_decide_on_one_agreement_lose_no_update() {
    let service = Service::start();
    service.post("/v1/agreements", &brick("AG-1"));
    let (officers, each) = (64_u64, 3_u64);
    std::thread::scope(|scope| {
        for officer in 0..officers {
            let address = service.address;
            scope.spawn(move || {
                let mut version = 1;
                for turn in 0..each {
                    loop {
                        let note = json!({ "kind": "noted", "data": { "words": format!("{version} {officer} {turn}") } });
                        let headers = format!("If-Match: \"{version}\"\r\n");
                        let (status, body) = send(address, "AG-1", &headers, &note.to_string(), None).unwrap();
                        let answer: Value = serde_json::from_str(&body).unwrap();
                        match status {
                            201 => break,
                            412 => version = answer["current"].as_u64().unwrap(),
                            other => panic!("{other}: {body}"),
                        }
                    }
                    version += 1;
                }
            });
        }
    });
    let notes = notes(&service);
    assert_eq!(notes.len() as u64, officers * each);
    // Each was decided on the version right before it.
    for (at, words) in (1_u64..).zip(&notes) {
        assert_eq!(
            words.split(' ').next(),
            Some(at.to_string().as_str()),
            "{words}"
        );
    }
}

/// How many commands are sent, each cut off some times before it is answered: `DEALTRAIL_RETRIES` sets it for a long run.
fn retries() -> u64 {
    let set = std::env::var("DEALTRAIL_RETRIES").ok();
    set.and_then(|set| set.parse().ok()).unwrap_or(300)
}

/// Over how many agreements they are spread: an agreement of more than a thousand entries is nobody's.
fn agreements(commands: u64) -> u64 {
    (commands / 1_000).clamp(1, 100)
}

/// Sends one command until it is answered, cut off some times before; how often it was cut.
fn until_answered(address: SocketAddr, command: u64, below: &mut impl FnMut(u64) -> u64) -> u64 {
    let reference = format!("AG-{}", command % agreements(retries()) + 1);
    let note = json!({ "kind": "noted", "data": { "words": format!("command {command}") } });
    let (note, headers) = (
        note.to_string(),
        format!("Idempotency-Key: c-{command}\r\n"),
    );
    let cuts = below(4);
    for _ in 0..cuts {
        // A third of the cuts come after the last byte was sent.
        let cut = Some(below(330) as usize);
        send(address, &reference, &headers, &note, cut);
    }
    let (status, body) = send(address, &reference, &headers, &note, None).unwrap();
    assert!(status == 200 || status == 201, "{status} {body}");
    cuts
}

#[test]
fn what_is_sent_again_after_a_cut_is_recorded_once() {
    let service = Service::start();
    let (all, senders) = (retries(), 12);
    for number in 1..=agreements(all) {
        service.post("/v1/agreements", &brick(&format!("AG-{number}")));
    }
    let cuts: u64 = std::thread::scope(|scope| {
        let sending: Vec<_> = (0..senders)
            .map(|sender| {
                let address = service.address;
                scope.spawn(move || {
                    let mut chance: u64 = sender + 1;
                    let mut below = move |limit: u64| {
                        chance = u64::wrapping_add(
                            chance.wrapping_mul(6_364_136_223_846_793_005),
                            1_442_695_040_888_963_407,
                        );
                        (chance >> 33) % limit
                    };
                    let own = (0..all).filter(|one| one % senders == sender);
                    own.map(|command| until_answered(address, command, &mut below))
                        .sum::<u64>()
                })
            })
            .collect();
        sending.into_iter().map(|one| one.join().unwrap()).sum()
    });
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for words in notes(&service) {
        *seen.entry(words).or_default() += 1;
    }
    let twice: Vec<_> = seen.iter().filter(|(_, times)| **times != 1).collect();
    assert_eq!((seen.len() as u64, twice), (all, Vec::new()));
    assert!(cuts > all, "too few were cut off: {cuts} times of {all}");
}

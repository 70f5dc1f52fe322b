//! What an auditor asks of a ledger, through a service: it is what the ledger's own directory says, and a service that does
//! not tell the truth, or goes away in the middle, is found out.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Output;
use std::sync::Arc;

use serde_json::Value;

use super::desk::Desk;
use super::proving::signed;
use super::service::Running;

const CLOCK: &str = "2025-04-18T06:00:00Z";

/// Runs a line through a service.
fn through(desk: &Desk, server: &str, line: &str) -> Output {
    let mut program = desk.program();
    program
        .env_remove("DEALTRAIL_DATA")
        .env_remove("DEALTRAIL_CLOCK");
    program
        .args(line.split(' '))
        .args(["--server", server])
        .output()
        .unwrap()
}

fn done(desk: &Desk, server: &str, line: &str) -> String {
    let output = through(desk, server, line);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{line}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn json(desk: &Desk, server: &str, line: &str) -> Value {
    serde_json::from_str(&done(desk, server, &format!("{line} --json"))).unwrap()
}

/// What is said when a line does not come to its end.
fn failed(desk: &Desk, server: &str, line: &str) -> (Option<i32>, String) {
    let output = through(desk, server, line);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

#[test]
fn receipts_and_exports_are_the_same_bytes() {
    let mut desk = signed();
    desk.done("checkpoint").done("note BRICK 'not signed yet'");
    let lines = [
        "receipt 5",
        "receipt 5 --json",
        "export cloudevents",
        "export ocel",
        "export csv --known-at 6",
        "export csv --known-at 2025-04-18",
        "export csv --known-at 0",
    ];
    let own: Vec<_> = lines.iter().map(|line| desk.quiet(line).stdout).collect();
    let refused = [
        "receipt 99",
        "receipt 8",
        "export csv --known-at 99",
        "export csv --known-at never",
        "replay --known-at 99",
    ];
    let told: Vec<_> = refused.iter().map(|line| desk.quiet(line)).collect();
    let running = Running::start(desk.program(), CLOCK, None);
    for (line, own) in lines.iter().zip(own) {
        assert!(!own.is_empty(), "{line}");
        assert_eq!(
            done(&desk, &running.address, line),
            String::from_utf8(own).unwrap(),
            "{line}"
        );
    }
    for (line, own) in refused.iter().zip(told) {
        let (code, said) = failed(&desk, &running.address, line);
        assert_eq!(
            (code, said),
            (
                own.status.code(),
                String::from_utf8_lossy(&own.stderr).into_owned()
            ),
            "{line}"
        );
        assert_eq!(code, Some(1), "{line}");
    }
    done(&desk, &running.address, "export ocel -o log.json");
    assert!(desk.path().join("log.json").exists());
}

#[test]
fn the_state_of_the_ledger_is_the_one_its_directory_tells() {
    let mut desk = signed();
    desk.done("checkpoint");
    let running = Running::start(desk.program(), CLOCK, None);
    let theirs = json(&desk, &running.address, "info");
    let own: Value = serde_json::from_slice(&desk.quiet("info --json").stdout).unwrap();
    let members = |info: &Value| -> Vec<String> {
        let members = info.as_object().unwrap().keys();
        members.cloned().collect()
    };
    assert_eq!(members(&theirs), members(&own));
    for member in [
        "id",
        "origin",
        "position",
        "root",
        "frames",
        "chain",
        "last_recorded_at",
        "journal",
        "backup",
        "mirror",
        "service",
        "languages",
    ] {
        assert_eq!(theirs[member], own[member], "{member}");
    }
    assert_eq!(theirs["signed"]["size"], own["signed"]["size"]);
    let said = done(&desk, &running.address, "info");
    assert!(said.starts_with("Ledger ledger.example/bricks\n"), "{said}");
    assert!(
        said.contains("\n  head             8 entries in "),
        "{said}"
    );
}

#[test]
fn a_replay_folds_here_what_the_service_hands_out() {
    let mut desk = Desk::with_two_agreements();
    desk.at("2025-04-24T06:00:00Z")
        .done("record land-allocated BRICK --on 2025-04-22 --area '2.9 ha' --source last");
    let running = Running::start(desk.program(), "2025-04-24T06:00:00Z", None);
    let server = running.address.as_str();
    let said = done(&desk, server, "replay");
    assert!(
        said.starts_with(
            "Folded 9 entries afresh as the service handed them out; they lead to its root\n"
        ),
        "{said}"
    );
    assert_eq!(said.matches("same as live").count(), 4, "{said}");
    let mut own: Value = serde_json::from_slice(&desk.quiet("replay --json").stdout).unwrap();
    own.as_object_mut().unwrap().remove("frames");
    assert_eq!(json(&desk, server, "replay"), own);
    // As known before, it is compared with what the service answers of that time.
    let asked = "replay --known-at 2025-04-18 --explain BRICK";
    let then = json(&desk, server, asked);
    let own: Value =
        serde_json::from_slice(&desk.quiet(&format!("{asked} --json")).stdout).unwrap();
    for member in ["position", "root", "digests", "explained", "as_of"] {
        assert_eq!(then[member], own[member], "{member}");
    }
    assert_eq!(
        (&then["position"], &then["compared"]),
        (&8.into(), &true.into())
    );
}

/// How a request goes through to the service, and its answer back.
type Changed = dyn Fn(&str, &mut Vec<u8>) -> Back + Send + Sync;

/// What becomes of an answer.
enum Back {
    /// All of it goes back.
    Whole,
    /// So many bytes of it do, and then the connection ends.
    Cut(usize),
}

/// Stands between the program and a service, and changes what the service says.
fn between(service: &str, change: Arc<Changed>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let service = service.to_owned();
    // It ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (service, change) = (service.clone(), Arc::clone(&change));
            std::thread::spawn(move || pass_on(&stream, &service, change.as_ref()));
        }
    });
    address
}

fn pass_on(stream: &TcpStream, service: &str, change: &Changed) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut request = ureq::http::Request::builder()
        .method(method.as_str())
        .uri(format!("{service}{path}"));
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim().split_once(": ") else {
            break;
        };
        match name.to_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "host" | "connection" | "accept-encoding" => {}
            name => request = request.header(name, value),
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .new_agent();
    let mut answer = match method.as_str() {
        "POST" => agent.run(request.body(body).ok()?).ok()?,
        _ => agent.run(request.body(()).ok()?).ok()?,
    };
    let status = answer.status().as_u16();
    let mut body = answer.body_mut().read_to_vec().ok()?;
    let back = change(&path, &mut body);
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut whole = head.into_bytes();
    whole.extend_from_slice(&body);
    if let Back::Cut(bytes) = back {
        whole.truncate(bytes);
    }
    { stream }.write_all(&whole).ok()
}

fn replaced(body: &mut Vec<u8>, text: &str, other: &str) {
    let said = String::from_utf8(std::mem::take(body)).unwrap();
    *body = said.replace(text, other).into_bytes();
}

#[test]
fn a_service_that_hands_out_other_entries_is_found_out() {
    let mut desk = signed();
    desk.done("checkpoint");
    let running = Running::start(desk.program(), CLOCK, None);
    let liar = between(
        &running.address,
        Arc::new(|path, body| {
            if path.starts_with("/v1/ledger/events") && !path.ends_with("/proof") {
                replaced(body, "Glass works", "Class works");
            }
            Back::Whole
        }),
    );
    let (code, said) = failed(&desk, &liar, "replay");
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("lead to the root") && said.contains("`dealtrail verify`"),
        "{said}"
    );
    let (code, said) = failed(&desk, &liar, "receipt 6");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("does not prove the entry"), "{said}");
    // Others it leaves as they are.
    done(&desk, &liar, "receipt 5");
}

#[test]
fn a_service_that_answers_otherwise_than_its_entries_is_found_out() {
    let desk = Desk::with_two_agreements();
    let running = Running::start(desk.program(), CLOCK, None);
    let liar = between(
        &running.address,
        Arc::new(|path, body| {
            if path.starts_with("/v1/ledger/digests") {
                let mut said: Value = serde_json::from_slice(body).unwrap();
                said["digests"]["status"] = "0".repeat(64).into();
                *body = said.to_string().into_bytes();
            }
            Back::Whole
        }),
    );
    let output = through(&desk, &liar, "replay");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("DIFFERENT from live (000"), "{said}");
    assert_eq!(said.matches("same as live").count(), 3, "{said}");
}

#[test]
fn a_service_that_leaves_entries_out_or_goes_away_is_named() {
    let desk = Desk::with_two_agreements();
    let running = Running::start(desk.program(), CLOCK, None);
    let short = between(
        &running.address,
        Arc::new(|path, body| {
            if path.starts_with("/v1/ledger/events") {
                body.truncate(body.len() / 2);
                let end = body.iter().rposition(|byte| *byte == b'\n').unwrap();
                body.truncate(end + 1);
            }
            Back::Whole
        }),
    );
    for line in ["replay", "export csv -o trail.csv"] {
        let (code, said) = failed(&desk, &short, line);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("of 8 entries and no more"), "{said}");
    }
    assert!(!desk.path().join("trail.csv").exists());
    let gone = between(
        &running.address,
        Arc::new(|path, _| match path.starts_with("/v1/ledger/events") {
            true => Back::Cut(400),
            false => Back::Whole,
        }),
    );
    let (code, said) = failed(&desk, &gone, "replay");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("gave no whole answer"), "{said}");
}

/// Whoever does not see the answer is told how to be sure, and being sure records nothing twice.
#[test]
fn a_command_whose_answer_is_lost_can_be_sent_again() {
    let desk = Desk::with_two_agreements();
    let running = Running::start(desk.program(), CLOCK, None);
    let gone = between(
        &running.address,
        Arc::new(|path, _| match path {
            "/v1/batches" => Back::Cut(0),
            _ => Back::Whole,
        }),
    );
    let (code, said) = failed(&desk, &gone, "note BRICK seen");
    assert_eq!(code, Some(2), "{said}");
    let (_, id) = said
        .split_once("--command-id ")
        .unwrap_or_else(|| panic!("{said}"));
    let id = id.split(',').next().unwrap();
    let again = json(
        &desk,
        &running.address,
        &format!("note BRICK seen --command-id {id}"),
    );
    assert_eq!(again["replayed"], true, "{again}");
    assert_eq!(json(&desk, &running.address, "info")["position"], 9);
}

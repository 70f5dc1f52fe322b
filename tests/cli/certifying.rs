//! Certificates, reports held against the ledger, and the audit pack, as a person meets them.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::desk::Desk;
use super::proving::{keep, rot, signed, without_signatures};
use crate::service::forgery::forge;

fn issued() -> Desk {
    let mut desk = signed();
    desk.at("2025-04-24T06:00:00Z")
        .done("record land-allocated BRICK --on 2025-04-22 --area '2.9 ha' --source last")
        .done("report practical-steps --issue -o steps.txt");
    desk
}

fn change(desk: &Desk, from: &str, to: &str, change: impl Fn(&str) -> String) {
    let text = fs::read_to_string(desk.path().join(from)).unwrap();
    let changed = change(&text);
    assert_ne!(text, changed);
    fs::write(desk.path().join(to), changed).unwrap();
}

#[test]
fn an_issued_report_is_certified_and_held_against_the_ledger() {
    let mut desk = issued();
    desk.say("report PS-2025-001 --certificate steps.certificate")
        .say("report practical-steps --certificate steps.certificate")
        .say("export audit-pack -o pack.tar");
    keep(&desk, "checkpoint", "kept");
    keep(&desk, "trust", "policy");
    desk.say("report PS-2025-001 --format json -o steps.json --certificate steps.certificate")
        .done("report PS-2025-001 --format html -o steps.html")
        .done("report practical-steps --format json -o unissued.json")
        .done("report practical-steps --format html -o unissued.html")
        .say("verify report steps.json --certificate steps.certificate --trust policy")
        .say("verify report steps.json")
        .say("verify report steps.html --trust policy")
        .say("verify report unissued.json")
        .say("verify report unissued.html")
        .say("verify report steps.txt")
        .say("verify report steps.json --trust steps.json")
        .say("verify report steps.json --certificate kept")
        .say("verify report nowhere.json")
        .say("export audit-pack -o pack.tar")
        .say("export audit-pack -o ledger")
        .say("export audit-pack -o nowhere/pack.tar");
    insta::assert_snapshot!(without_signatures(&desk.said()));
    let printed = String::from_utf8(desk.quiet("report PS-2025-001").stdout).unwrap();
    let words = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    let signed = "Signed by ledger.example/bricks among 10 entries, root ";
    assert!(words.contains(signed), "{printed}");
}

#[test]
fn a_report_that_differs_is_named_with_its_first_difference() {
    let mut desk = issued();
    keep(&desk, "checkpoint", "kept");
    desk.done("report PS-2025-001 --format json -o steps.json --certificate steps.certificate")
        .done("report PS-2025-001 --format html -o steps.html");
    change(&desk, "steps.json", "area.json", |text| {
        text.replace("2.9 ha", "3.9 ha")
    });
    change(&desk, "steps.json", "version.json", |text| {
        text.replace("\"report_version\":2", "\"report_version\":1")
    });
    change(&desk, "steps.json", "spaced.json", |text| {
        text.replacen(',', ", ", 1)
    });
    change(&desk, "steps.json", "longer.json", |text| {
        text.replacen("\"warnings\":[", "\"warnings\":[\"one more\",", 1)
    });
    change(&desk, "steps.json", "beyond.json", |text| {
        text.replace("\"known_at\":9", "\"known_at\":90")
    });
    change(&desk, "steps.json", "other.json", |text| {
        text.replace("ledger.example/bricks", "ledger.example/bridge")
    });
    change(&desk, "steps.html", "shown.html", |text| {
        text.replacen("2.9 ha", "3.9 ha", 1)
    });
    desk.say("verify report area.json --certificate steps.certificate")
        .say("verify report version.json")
        .say("verify report spaced.json")
        .say("verify report longer.json")
        .say("verify report beyond.json")
        .say("verify report other.json")
        .say("verify report shown.html");
    assert_eq!(desk.json("verify report steps.html")["same"], true);
    let output = desk.quiet("verify report area.json --json");
    assert_eq!(output.status.code(), Some(1));
    desk.done("note GLASS 'the map was sent'");
    rot(&desk.ledger());
    desk.say("verify report steps.json");
    insta::assert_snapshot!(without_signatures(&desk.said()));
    assert_eq!(
        desk.quiet("verify report steps.json").status.code(),
        Some(2)
    );
}

/// What is written to is not always a plain file, and must not become one.
#[test]
fn a_report_is_written_into_a_pipe_and_the_pipe_stays() {
    let desk = issued();
    let pipe = desk.path().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let reader = {
        let pipe = pipe.clone();
        std::thread::spawn(move || fs::read_to_string(pipe).unwrap())
    };
    let output = desk.quiet("report practical-steps -o pipe");
    assert_eq!(output.status.code(), Some(0));
    let kind = fs::symlink_metadata(Path::new(&pipe)).unwrap().file_type();
    assert!(!kind.is_file(), "the pipe was replaced");
    assert!(reader.join().unwrap().contains("Practical steps"));
}

/// What was recorded after a report changes nothing in it; its certificate covers that too.
#[test]
fn a_certificate_tells_a_ledger_that_was_rewritten_and_signed_again() {
    let mut desk = issued();
    desk.done("note GLASS 'the map was sent'");
    keep(&desk, "checkpoint", "kept");
    desk.done("report PS-2025-001 --format json -o steps.json --certificate steps.certificate");
    forge(&desk.ledger(), |frames| {
        let last = frames.last_mut().unwrap();
        last.events[0]["data"]["words"] = "the map was not sent".into();
    });
    fs::remove_dir_all(desk.ledger().join("checkpoints")).unwrap();
    fs::remove_file(desk.ledger().join("checkpoint")).unwrap();
    desk.done("checkpoint")
        .say("verify report steps.json")
        .say("verify report steps.json --certificate steps.certificate");
    insta::assert_snapshot!(without_signatures(&desk.said()));
}

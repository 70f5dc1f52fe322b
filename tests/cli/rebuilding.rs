//! The read models made anew beside a running service: nothing waits, nothing is taken away, and the next start uses them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::Signal;

use super::desk::{Desk, PROGRAM};
use super::serving::Running;

const SERVE: &str = "serve --listen 127.0.0.1:0";

fn shelf(desk: &Desk) -> PathBuf {
    desk.ledger().join("snapshots")
}

fn names(desk: &Desk) -> Vec<String> {
    let entries = fs::read_dir(shelf(desk)).into_iter().flatten();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// What is answered about everything, in JSON.
fn answers(desk: &Desk) -> Vec<serde_json::Value> {
    let lines = [
        "list",
        "history BRICK",
        "show GLASS",
        "report practical-steps",
        "replay",
    ];
    lines.map(|line| desk.json(line)).to_vec()
}

/// A file with a line, and the same line as its first piece, then what another file has behind those.
fn relabelled(file: &Path, change: impl Fn(&str) -> String) -> Vec<u8> {
    let bytes = fs::read(file).unwrap();
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let line = change(std::str::from_utf8(&bytes[..end]).unwrap());
    let mut made = line.clone().into_bytes();
    made.extend(u32::try_from(line.len()).unwrap().to_le_bytes());
    made.extend(crc32c::crc32c(line.as_bytes()).to_le_bytes());
    made.extend(line.as_bytes());
    made.extend(&bytes[end + 8 + end..]);
    made
}

/// As a program leaves it whose folds have other versions.
fn of_another_program(line: &str) -> String {
    let mut label: serde_json::Value = serde_json::from_str(line).unwrap();
    for model in label["models"].as_array_mut().unwrap() {
        model[1] = (model[1].as_u64().unwrap() + 1).into();
    }
    format!("{label}\n")
}

#[test]
fn a_service_records_on_while_the_read_models_are_made_anew_and_the_next_start_uses_them() {
    let desk = Desk::with_two_agreements();
    assert_eq!(desk.quiet("rebuild").status.code(), Some(0));
    // What the service before relies on: two of its own versions, in names as earlier programs gave them.
    let own = shelf(&desk).join(names(&desk).pop().unwrap());
    let bytes = relabelled(&own, of_another_program);
    fs::remove_file(&own).unwrap();
    let theirs = ["00000000000000000006", "00000000000000000008"];
    for name in theirs {
        fs::write(shelf(&desk).join(name), &bytes).unwrap();
    }
    assert!(desk.json("info")["snapshot"].is_null());

    let service = Running::start(&desk, SERVE);
    let enough = AtomicBool::new(false);
    let (rebuilt, recorded) = std::thread::scope(|scope| {
        let recording = scope.spawn(|| {
            let mut recorded = 0;
            while !enough.load(Ordering::Relaxed) {
                let mut note = Command::new(PROGRAM);
                note.env_clear().env("DEALTRAIL_SERVER", &service.url);
                note.args(["note", "BRICK", &format!("remark {recorded}")]);
                let said = note.output().unwrap();
                assert!(said.status.success(), "{said:?}");
                recorded += 1;
            }
            recorded
        });
        let rebuilt: Vec<_> = (0..4).map(|_| desk.json("rebuild")).collect();
        enough.store(true, Ordering::Relaxed);
        (rebuilt, recording.join().unwrap())
    });
    assert!(recorded > 0);
    let newest = rebuilt.last().unwrap();
    assert_eq!(newest["in_use"], true);
    assert_eq!(newest["newest"], newest["position"]);
    for name in theirs {
        assert!(names(&desk).iter().any(|found| found == name), "{name}");
    }
    assert_eq!(service.get("/health/ready").0, 200);
    service.signal(Signal::TERM);
    let (code, said) = service.ended();
    assert_eq!(code, Some(0));
    let folded = said
        .lines()
        .find(|line| line.contains("no snapshot fits this program"));
    let is_told = folded.is_some_and(|line| line.contains("`dealtrail rebuild` before a start"));
    assert!(is_told, "{said}");

    assert_eq!(desk.json("info")["snapshot"], newest["position"]);
    let service = Running::start(&desk, SERVE);
    assert_eq!(service.get("/v1/agreements/BRICK").0, 200);
    service.signal(Signal::TERM);
    let (_, said) = service.ended();
    let goes_on = said
        .lines()
        .find(|line| line.contains("go on from a snapshot"));
    let at = format!("position={}", newest["position"]);
    assert!(goes_on.is_some_and(|line| line.contains(&at)), "{said}");
    assert!(!said.contains("no snapshot fits"), "{said}");

    let with = answers(&desk);
    fs::remove_dir_all(shelf(&desk)).unwrap();
    assert_eq!(answers(&desk), with);
}

#[test]
fn it_says_what_it_did_and_what_to_do_next() {
    let mut desk = Desk::bare();
    desk.say("rebuild");
    fs::create_dir(desk.ledger()).unwrap();
    fs::write(desk.ledger().join("letter.txt"), "not a ledger").unwrap();
    desk.say("rebuild");
    assert!(!shelf(&desk).exists());
    fs::remove_dir_all(desk.ledger()).unwrap();
    desk.done(
        "init --origin ledger.example/bricks --agency 'Agency of Bricks' --languages en,az --demonstration",
    );
    desk.say("rebuild");
    desk.say("--server http://127.0.0.1:9 rebuild");
    // What stands for the versions is another with each change of a fold.
    let name = names(&desk).pop().unwrap();
    let folds = name.split('.').nth(1).unwrap();
    let said = desk.said().replace(folds, "[folds]");
    let versions = said.lines().filter(|line| !line.starts_with("  versions"));
    let said: Vec<_> = versions.collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn the_name_of_an_earlier_program_is_read() {
    let desk = Desk::with_two_agreements();
    let rebuilt = desk.json("rebuild");
    let file = shelf(&desk).join(names(&desk).pop().unwrap());
    fs::rename(&file, file.with_extension("")).unwrap();
    assert_eq!(desk.json("info")["snapshot"], rebuilt["position"]);
    let said = desk.quiet("--log info list");
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(said.contains("go on from a snapshot"), "{said}");
    // Written again, the one with the later name is used.
    assert_eq!(desk.json("rebuild")["position"], rebuilt["position"]);
    assert_eq!(names(&desk).len(), 2);
}

#[test]
fn an_interrupted_one_harms_nothing_and_is_cleaned_up() {
    let desk = Desk::with_two_agreements();
    let mut child = desk.program().arg("rebuild").spawn().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let before = answers(&desk);
    // Wherever that was interrupted, another one was while it wrote.
    fs::create_dir_all(shelf(&desk)).unwrap();
    let left = shelf(&desk).join("00000000000000000009.00ff00ff00ff00ff.0.part");
    fs::write(&left, "half of it").unwrap();
    assert_eq!(answers(&desk), before);
    assert_eq!(desk.quiet("doctor").status.code(), Some(0));
    assert_eq!(desk.quiet("verify").status.code(), Some(0));
    assert_eq!(desk.quiet("rebuild").status.code(), Some(0));
    assert!(!left.exists());
    fs::write(&left, "half of it").unwrap();
    assert_eq!(desk.quiet("note BRICK 'recorded'").status.code(), Some(0));
    assert!(!left.exists(), "who records cleans up, too");
}

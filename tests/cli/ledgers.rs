//! Directories that are no ledger, are in use, or cannot be written.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use dealtrail::service::ledger::{Ledger, Options};

use super::desk::Desk;

#[test]
fn a_directory_that_is_no_ledger() {
    let mut desk = Desk::bare();
    desk.say("list");
    fs::create_dir(desk.ledger()).unwrap();
    fs::write(desk.ledger().join("letter.txt"), "not a ledger").unwrap();
    desk.say("list")
        .say("note BRICK x")
        .say("init --origin ledger.example/bricks --agency 'Agency of Bricks' --demonstration");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn a_ledger_is_made_once() {
    let mut desk = Desk::with_two_agreements();
    let before = desk.position();
    desk.say("init --origin ledger.example/bricks --agency 'Agency of Bricks' --demonstration")
        .say("init --origin 'no spaces' --agency 'Agency of Bricks'")
        .say("init --origin x.example --agency A --zone Mars/Base");
    assert_eq!(desk.position(), before);
    insta::assert_snapshot!(desk.said());
}

#[test]
fn a_set_clock_is_refused_outside_demonstrations() {
    let mut desk = Desk::bare();
    desk.say("init --origin ledger.example/bricks --agency 'Agency of Bricks'");
    let made = desk
        .program()
        .env_remove("DEALTRAIL_CLOCK")
        .args([
            "init",
            "--origin",
            "ledger.example/bricks",
            "--agency",
            "Agency of Bricks",
        ])
        .output()
        .unwrap();
    assert_eq!(made.status.code(), Some(0));
    desk.say("list").say("--clock noon list");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn a_ledger_of_a_newer_format() {
    let mut desk = Desk::with_two_agreements();
    let file = desk.ledger().join("LEDGER");
    let text = fs::read_to_string(&file).unwrap();
    let newer = text.replace("\"format\":1", "\"format\":99");
    assert_ne!(text, newer, "{text}");
    // Without its check: how a later format proves itself is that format's own affair.
    let newer = format!("{{{}", &newer[newer.find("\"created\"").unwrap()..]);
    fs::write(&file, newer).unwrap();
    desk.say("list").say("note BRICK x");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn a_second_writer_is_told_who_holds_it_and_readers_go_on() {
    let mut desk = Desk::with_two_agreements();
    let held = Ledger::open(&desk.ledger(), &Options::default());
    // The machine's clock is far from the ledger's: that refuses recording, not opening.
    let held = held.unwrap();
    desk.say("note BRICK x").say("list");
    let said = desk
        .said()
        .replace(&std::process::id().to_string(), "[pid]");
    drop(held);
    insta::assert_snapshot!(said);
    desk.done("note BRICK x");
}

#[test]
fn a_directory_that_cannot_be_written() {
    let desk = Desk::with_two_agreements();
    // Nobody may make files there, whoever runs this.
    let output = desk.quiet("--data /proc/dealtrail init --origin ledger.example/bricks --agency 'Agency of Bricks' --demonstration");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("error: /proc/dealtrail"), "{said}");
    let report = desk.quiet("report practical-steps -o /proc/report.txt");
    assert_eq!(report.status.code(), Some(2));
}

#[test]
fn a_flipped_byte_is_named_and_nothing_is_changed() {
    let desk = Desk::with_two_agreements();
    let journal = fs::read_dir(desk.ledger().join("journal"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .min()
        .unwrap();
    let mut bytes = fs::read(&journal).unwrap();
    let at = bytes.windows(5).position(|part| part == b"BRICK").unwrap();
    bytes[at] ^= 1;
    fs::write(&journal, &bytes).unwrap();
    let output = desk.quiet("replay");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("journal"), "{said}");
    assert_eq!(
        fs::read(&journal).unwrap(),
        bytes,
        "replay wrote to the journal"
    );
}

#[test]
fn ctrl_c_leaves_a_ledger_that_opens() {
    let desk = Desk::bare();
    for wait in [5, 60, 200] {
        let mut child = desk
            .program()
            .args(["demo", "ledger"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        let signalled = std::process::Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap();
        let ended = child.wait().unwrap();
        // Before the program listens the signal ends it; afterwards it answers; or it was done.
        assert!(matches!(ended.code(), None | Some(0 | 2)), "{ended:?}");
        assert!(signalled.success() || ended.code() == Some(0));
    }
    let output = desk.quiet("demo ledger --no-serve");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(desk.position(), 68);
}

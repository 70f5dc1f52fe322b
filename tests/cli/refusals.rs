//! Bad input: refused with a sentence and a hint, and nothing recorded.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::desk::Desk;

/// Says lines that must record nothing, and gives what was said.
fn refused(desk: &mut Desk, lines: &[&str]) -> String {
    let before = desk.position();
    for line in lines {
        desk.say(line);
    }
    assert_eq!(desk.position(), before, "something was recorded");
    desk.said()
}

#[test]
fn names_that_nothing_answers_to() {
    let mut desk = Desk::with_two_agreements();
    let said = refused(
        &mut desk,
        &[
            "show BRIK",
            "record land-allocated GLAS --on 2025-04-18",
            "record land-alocated BRICK --on 2025-04-18",
            "record agreement-registered BRICK --on 2025-04-18",
            "history NOTHING-LIKE-IT",
            "correct 900 --on 2025-04-18 --reason x",
            "retract 0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b --reason x",
            "--as u:new record works-started BRICK --on 2025-04-18 --source last",
            "report practical-stepps",
            "report practical-steps --package BRICK",
        ],
    );
    insta::assert_snapshot!(said);
}

#[test]
fn days_that_cannot_be() {
    let mut desk = Desk::with_two_agreements();
    let said = refused(
        &mut desk,
        &[
            "record land-allocated BRICK --on 2025-07-01",
            "record land-allocated BRICK --on 'by 2025-07-01'",
            "record land-allocated BRICK --on 25.04.2025",
            "record land-allocated BRICK --on 2025-02-30",
            "record land-allocated BRICK",
            "show BRICK --as-of 2025-04",
            "show BRICK --known-at 'some day'",
            "show BRICK --known-at 900",
        ],
    );
    insta::assert_snapshot!(said);
}

#[test]
fn a_day_before_the_signing_is_recorded_with_a_warning() {
    let mut desk = Desk::with_two_agreements();
    desk.say("record land-allocated BRICK --on 2025-04-01 --source last");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn what_another_agreement_holds() {
    let mut desk = Desk::with_two_agreements();
    desk.done("record land-allocated BRICK --on 2025-04-18 --parcel AZ-12/345 --source last");
    let said = refused(
        &mut desk,
        &[
            "record land-allocated GLASS --on 2025-04-18 --parcel 'az 12 345'",
            "record land-allocated GLASS --on 2025-04-18 --parcel 'az 12 345' --json",
            "register agreement 'Other works' --ref brick --class practical",
        ],
    );
    insta::assert_snapshot!(said);
    desk.done(
        "record land-allocated GLASS --on 2025-04-18 --parcel 'az 12 345' --shared --source last",
    );
}

#[test]
fn what_is_final_or_needs_a_second_person() {
    let mut desk = Desk::with_two_agreements();
    desk.done("record works-started BRICK --on 2025-04-18 --source last")
        .done("record works-started GLASS --on 2025-04-18 --source last")
        .done("retract 8 --reason 'recorded twice'");
    let said = refused(
        &mut desk,
        &[
            "correct 8 --on 2025-04-17 --reason x",
            "retract 8 --reason again",
            "confirm 9",
            "correct 9 --reason 'nothing given'",
            "record resumed BRICK --on 2025-04-18",
            "promise close 9 --outcome kept --on 2025-04-18",
        ],
    );
    insta::assert_snapshot!(said);
}

#[test]
fn a_command_sent_twice_and_one_sent_too_late() {
    let mut desk = Desk::with_two_agreements();
    let note = "note BRICK 'call them' --command-id note-1";
    desk.say(note).say(note);
    let said = refused(
        &mut desk,
        &[
            "note BRICK 'call somebody else' --command-id note-1",
            "note BRICK 'too late' --if-version 1",
            "note BRICK 'bad id' --command-id 'no spaces please'",
            "record suspended BRICK GLASS --on 2025-04-18 --if-version 3",
        ],
    );
    insta::assert_snapshot!(said);
    desk.done("note BRICK 'in time' --if-version 3");
    let register = "register agreement 'Tile works' --class practical --command-id tiles";
    desk.done(register);
    let once = desk.position();
    desk.done(register);
    assert_eq!(desk.position(), once, "the same command registered twice");
}

#[test]
fn values_that_cannot_be_read() {
    let mut desk = Desk::with_two_agreements();
    let long = format!("note BRICK {}", "x".repeat(70_000));
    let said = refused(
        &mut desk,
        &[
            "value BRICK 'USD 5 million' --source last",
            "value BRICK '5 million' --kind declared",
            "value BRICK '$ 5 million' --kind declared",
            "value BRICK 'USD 5 million' --kind contributed",
            "record land-allocated BRICK --on 2025-04-18 --area '2,9 ha'",
            "record land-allocated BRICK --on 2025-04-18 --area 3",
            "record land-allocated BRICK --on 2025-04-18 --source-type register",
            "record land-allocated BRICK --on 2025-04-18 --source x --source-url here",
            &long,
            "note BRICK 'bell \u{7} and \u{1b}[2J'",
            "note BRICK ' '",
            "--as Somebody note BRICK who?",
        ],
    );
    insta::assert_snapshot!(said);
}

#[test]
fn fields_that_do_not_fit() {
    let mut desk = Desk::with_two_agreements();
    let land = |json| format!("record land-allocated BRICK --on 2025-04-18 --fields '{json}'");
    let said = refused(
        &mut desk,
        &[
            "record works-started BRICK --on 2025-04-18 --area '3 ha'",
            &land(r#"{"area":{"amount":2.9,"unit":"ha","qualifier":"exact"}}"#),
            &land(r#"{"aera":{"amount":"2.9","unit":"ha","qualifier":"exact"}}"#),
            &land(r#"{"area":{"amount":"2.9","unit":"ha","qualifer":"exact"}}"#),
            &land(r#"{"parcel":"A","parcel":"B"}"#),
            &land(r#"["parcel"]"#),
        ],
    );
    insta::assert_snapshot!(said);
}

#[test]
fn an_argument_that_is_no_text() {
    let desk = Desk::with_two_agreements();
    let output = desk
        .program()
        .args(["note", "BRICK"])
        .arg(OsStr::from_bytes(b"not \xff text"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("invalid UTF-8"), "{said}");
}

#[test]
fn wrong_usage_exits_2_and_shows_the_usage() {
    let mut desk = Desk::bare();
    desk.say("rekord")
        .say("record")
        .say("figure BRICK jobs 120")
        .say("value BRICK 'USD 5' --kind wished");
    insta::assert_snapshot!(desk.said());
}

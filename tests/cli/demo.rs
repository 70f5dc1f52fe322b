//! The demonstration: the true-to-life portfolio and its report.

use std::process::Stdio;
use std::time::Duration;

use super::desk::Desk;

/// What the report says on one line, however it is wrapped.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn demo(desk: &Desk) -> String {
    let output = desk.quiet("demo ledger --no-serve");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(said, "");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn it_prints_the_steps_as_known_on_26_april() {
    let desk = Desk::bare();
    let said = demo(&desk);
    insta::assert_snapshot!(said);
    let line = on_one_line(&said);
    for part in [
        "13: 9 practical, 4 between institutions",
        "Value declared (c) USD 335 million",
        "Apportioned to agreements (d) USD 0",
        "Residual, not apportioned (e) USD 335 million",
        "3 steps on 2 agreements",
        "Any step (j) 2 of 9 practical agreements",
        "Documented step (k) 0 of 9 practical agreements",
        "Construction started (l) 0 of 9 practical agreements",
        "7 practical agreements have no step recorded yet: 4 listed here and 3 not named in the source",
        "Financial model: discussions concluded by 25 April 2025",
        "almost 3 ha",
    ] {
        assert!(line.contains(part), "{part}");
    }
    assert!(!line.contains("model agreed"), "the model is not agreed");
}

#[test]
fn it_names_the_command_that_shows_20_april() {
    let mut desk = Desk::bare();
    let said = demo(&desk);
    let command = said.lines().last().unwrap().trim().to_owned();
    assert!(
        command.starts_with("dealtrail --data ledger report practical-steps"),
        "{command}"
    );
    let line = command.trim_start_matches("dealtrail ");
    let output = desk.at("2026-01-01T00:00:00Z").quiet(line);
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stdout).unwrap();
    insta::assert_snapshot!(said);
    let line = on_one_line(&said);
    for part in [
        "13; how many are practical and how many are between institutions is not known",
        "Value declared (c) not known",
        "by 18 April 2025 (day not in the source)",
        "cannot be computed",
        "Steps in the period (f) 0",
    ] {
        assert!(line.contains(part), "{part}");
    }
}

#[test]
fn it_is_made_once_and_reused() {
    let desk = Desk::bare();
    let first = demo(&desk);
    let root = desk.json("info")["root"].clone();
    assert_eq!(demo(&desk), first);
    assert_eq!(desk.json("info")["root"], root);
    assert_eq!(desk.position(), 68);
}

#[test]
fn it_comes_out_the_same_in_another_directory() {
    let (one, other) = (Desk::bare(), Desk::bare());
    demo(&one);
    demo(&other);
    assert_eq!(one.json("info")["root"], other.json("info")["root"]);
}

#[test]
fn a_half_made_one_is_completed_and_never_doubled() {
    let whole = Desk::bare();
    let expected = demo(&whole);
    let desk = Desk::bare();
    let mut cut_short = 0;
    for wait in [10, 40, 80, 120, 200, 300] {
        let mut child = desk
            .program()
            .args(["demo", "ledger", "--no-serve"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        cut_short += usize::from(!child.wait().unwrap().success());
    }
    assert!(cut_short > 0, "no run was cut short");
    assert_eq!(demo(&desk), expected);
    assert_eq!(desk.position(), 68);
}

#[test]
fn officers_go_on_from_it() {
    let mut desk = Desk::bare();
    demo(&desk);
    desk.at("2025-04-28T08:00:00Z")
        .say("list")
        .say("show AG-2025-003")
        .say("record land-allocated AG-2025-002 --on 2025-04-25 --area 'almost 3 ha' --source 'Statement of the agency'");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn it_is_counted_as_known_on_both_days_and_the_same_for_ever() {
    let mut desk = Desk::bare();
    demo(&desk);
    desk.at("2025-04-28T08:00:00Z");
    let asked = |desk: &Desk| -> Vec<String> {
        let mut pages = Vec::new();
        for report in ["portfolio", "conversion"] {
            for known in ["2025-04-20", "2025-04-26", "40"] {
                let line = format!("report {report} --as-of 2025-04-26 --known-at {known}");
                let output = desk.quiet(&line);
                assert_eq!(output.status.code(), Some(0), "{line}");
                pages.push(String::from_utf8(output.stdout).unwrap());
            }
        }
        pages
    };
    let before = asked(&desk);
    let line = on_one_line(&before[0]);
    assert!(line.contains("Agreements registered (a) 2: 0 practical, 2 between institutions"));
    assert!(line.contains("not known for 1 package"), "{line}");
    let line = on_one_line(&before[1]);
    assert!(line.contains("Financial model agreed 0 of 6"), "{line}");
    insta::assert_snapshot!(format!("{}\n{}", before[1], before[4]));
    // What is recorded later, corrections among it, changes no earlier answer.
    desk.done(
        "record land-allocated AG-2025-002 --on 2025-04-17 --area '2 ha' --source 'Statement'",
    )
    .done("value AG-2025-002 'USD 5 million' --kind declared --on 2025-04-17 --source last")
    .done("retract 63 --reason 'recorded in error'");
    let after = asked(&desk);
    assert_eq!(after, before);
    let now = desk.quiet("report portfolio --as-of 2025-04-26");
    let now = String::from_utf8(now.stdout).unwrap();
    assert!(now.contains("5,000,000"), "{now}");
}

//! Reading: lists, standing, reports, replay and the state of the ledger.

use super::desk::Desk;

fn desk_of_one_month() -> Desk {
    let mut desk = Desk::with_two_agreements();
    desk.at("2025-04-24T06:00:00Z")
        .done("record land-allocated BRICK --on 2025-04-22 --area '2.9 ha' --source last")
        .done("record works-started BRICK --on 2025-04-23 --source last");
    desk.at("2025-05-11T06:00:00Z")
        .done("correct 8 --area '3.1 ha' --reason 'typing error'");
    desk
}

#[test]
fn the_same_question_is_answered_in_two_times() {
    let mut desk = desk_of_one_month();
    desk.say("show BRICK --as-of 2025-04-22 --known-at 2025-04-24")
        .say("show BRICK --as-of 2025-04-23 --known-at 2025-04-23")
        .say("show BRICK --known-at 2025-04-24T06:00:00Z")
        .say("list --known-at 2025-04-20")
        .say("list --stage works-started")
        .say("list --health suspended");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn reading_commands_answer_in_json() {
    let mut desk = desk_of_one_month();
    desk.say("list --json")
        .say("show BRICK --json")
        .say("history BRICK --json");
    insta::assert_snapshot!(desk.said());
    let replay = desk.json("replay");
    assert_eq!(replay["differences"], serde_json::json!([]));
    assert_eq!(replay["compared"], true);
    let report = desk.json("report practical-steps");
    assert!(report.is_object());
}

#[test]
fn replay_folds_the_same_and_explains_an_answer() {
    let mut desk = desk_of_one_month();
    desk.say("replay --explain BRICK --known-at 2025-04-30 --as-of 2025-04-22");
    let said = desk.said();
    for part in [
        "checksums and chain hold",
        "Made the answer: 3 of its 4 entries",
        "      8  land allocated: 2.9 ha\n         happened: 2025-04-22; recorded: 2025-04-24 06:00:00 UTC",
        "      9  works started: nature not in the source\n         happened: 2025-04-23; recorded: ",
        "it happened after 2025-04-22",
        "Not known yet: 1 entry, recorded later",
        "     10  correction of entry 8: land allocated: 3.1 ha\n         happened: 2025-04-22; recorded: ",
        "-> 0",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let now = desk.quiet("replay");
    let now = String::from_utf8(now.stdout).unwrap();
    assert_eq!(now.matches("same as live").count(), 4, "{now}");
}

#[test]
fn reports_come_in_formats_and_into_files() {
    let desk = desk_of_one_month();
    let file = desk.path().join("steps.md");
    let output = desk.quiet("report practical-steps --since 2025-04-20 --format md -o steps.md");
    assert_eq!(output.status.code(), Some(0));
    assert!(
        output.stdout.is_empty(),
        "a report in a file is not printed as well"
    );
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(written.starts_with("# "), "{written}");
    let again = desk.quiet("report practical-steps --since 2025-04-20 --format md");
    assert_eq!(String::from_utf8(again.stdout).unwrap(), written);
    let lost = desk.quiet("report practical-steps -o no/such/dir/steps.md");
    assert_eq!(lost.status.code(), Some(2));
    let dossier = desk.quiet("report dossier --agreement BRICK");
    assert!(
        String::from_utf8(dossier.stdout)
            .unwrap()
            .contains("Brick works (BRICK)")
    );
}

#[test]
fn info_tells_the_state_of_the_ledger() {
    let desk = desk_of_one_month();
    let info = desk.json("info");
    assert_eq!(info["position"], 11);
    assert_eq!(info["origin"], "ledger.example/bricks");
    assert_eq!(info["read_models"]["lag"], 0);
    assert_eq!(info["second_copy"]["blob_files"], 0);
    assert!(info["backup"]["position"].is_null() && info["snapshot"].is_null());
    assert!(info["mirror"]["dir"].is_null());
    let said = String::from_utf8(desk.quiet("info").stdout).unwrap();
    for label in [
        "head",
        "root",
        "read models",
        "second copy",
        "blob files",
        "last sync",
        "snapshot",
        "backup",
        "free space",
    ] {
        assert!(said.contains(&format!("\n  {label}")), "{label}\n{said}");
    }
}

#[test]
fn colours_and_strikes_stay_out_of_pipes() {
    let desk = desk_of_one_month();
    let plain = desk.quiet("history BRICK").stdout;
    assert!(!plain.contains(&0x1b), "escapes in a pipe");
    let forced = desk
        .program()
        .env("CLICOLOR_FORCE", "1")
        .args(["history", "BRICK"])
        .output()
        .unwrap();
    assert!(
        String::from_utf8(forced.stdout)
            .unwrap()
            .contains("\u{1b}[9mland allocated: 2.9 ha")
    );
    let without = desk
        .program()
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .args(["history", "BRICK"])
        .output()
        .unwrap();
    assert_eq!(without.stdout, plain);
}

#[test]
fn things_are_found_by_words_and_told_why() {
    let mut desk = desk_of_one_month();
    desk.done("register organization 'Kərpic Zavodu' --country AZ --ref OR-2025-001")
        .done(
            "describe agreement BRICK --title 'az=Kərpic istehsalı' --title 'en=Brick production'",
        )
        .say("search KERPIC")
        .say("search kerpic --kind organization --json")
        .say("search brikc prodction")
        .say("search br --limit 1")
        .say("search BRICK --known-at 2025-04-18")
        .say("search kerpic --known-at 2025-04-24")
        .say("search unicorn")
        .say("search '—'")
        .say("search brick --limit 0");
    insta::assert_snapshot!(desk.said());
}

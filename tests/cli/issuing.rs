//! Issued reports as a person meets them.

use super::desk::Desk;

fn desk() -> Desk {
    let mut desk = Desk::with_two_agreements();
    desk.at("2025-04-24T06:00:00Z")
        .done("record land-allocated BRICK --on 2025-04-22 --area '2.9 ha' --source last");
    desk
}

/// The lines that tell of issuing, without the pages.
fn told(desk: &Desk, line: &str) -> (Option<i32>, String) {
    let output = desk.quiet(line);
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), said)
}

#[test]
fn a_report_is_issued_listed_shown_and_followed() {
    let mut desk = desk();
    desk.say("report --issued")
        .say("report practical-steps --since last-issue")
        .say("report practical-steps --issue --command-id april --json")
        .say("report practical-steps --issue --command-id april -o steps.txt")
        .say("report follow-up --issue --command-id april -o none.txt");
    desk.at("2025-05-11T06:00:00Z")
        .done("correct 8 --area '3.1 ha' --reason 'typing error'")
        .done("record works-started BRICK --on 2025-05-02 --source last");
    desk.say("report --issued")
        .say("report ps-2025-001")
        .say("report practical-steps --since last-issue")
        .say("report practical-steps --since last-issue --issue -o may.md --format md")
        .say("report --issued practical-steps --json")
        .say("report PS-2025-009")
        .say("report PS-2025-001 --issue")
        .say("report PS-2025-001 --as-of 2025-05-01")
        .say("report dossier --agreement BRICK --since last-issue")
        .say("record report-issued BRICK --on 2025-05-02");
    insta::assert_snapshot!(without_digests(&desk.said()));
}

#[test]
fn any_issue_of_the_series_can_be_followed() {
    let mut desk = desk();
    desk.done("report practical-steps --issue -o one.txt");
    desk.at("2025-04-30T06:00:00Z")
        .done("report practical-steps --issue -o two.txt")
        .done("report follow-up --issue -o three.txt");
    desk.at("2025-05-11T06:00:00Z");
    let since = |line: &str| desk.json(line)["parameters"]["since"].clone();
    assert_eq!(
        since("report practical-steps --follows ps-2025-001"),
        "2025-04-25"
    );
    assert_eq!(
        since("report practical-steps --since last-issue"),
        "2025-05-01"
    );
    for other in ["FU-2025-001", "PS-2025-009"] {
        let (code, said) = told(&desk, &format!("report practical-steps --follows {other}"));
        assert_eq!(code, Some(1));
        assert!(said.contains("no report was issued as"), "{said}");
    }
}

#[test]
fn json_of_an_issued_report_is_the_issued_bytes() {
    let mut desk = desk();
    desk.done("report practical-steps --issue -o steps.txt");
    let (code, said) = told(&desk, "report PS-2025-001 --format json -o shown.json");
    assert_eq!(code, Some(0));
    assert!(said.contains("0 cited facts since corrected"), "{said}");
    let shown = std::fs::read(desk.path().join("shown.json")).unwrap();
    let dir = std::fs::read_dir(desk.ledger().join("reports")).unwrap();
    let files: Vec<_> = dir.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    let mut kept = std::fs::read(&files[0]).unwrap();
    kept.push(b'\n');
    assert_eq!(shown, kept);
    let doctor = desk.quiet("doctor");
    let doctor = String::from_utf8(doctor.stdout).unwrap();
    assert!(doctor.contains("and 1 issued report."), "{doctor}");
}

#[test]
fn changes_are_told_since_a_moment() {
    let mut desk = desk();
    desk.done("report practical-steps --issue -o steps.txt");
    desk.at("2025-05-11T06:00:00Z")
        .done("correct 8 --area '3.1 ha' --on 2025-04-23 --reason 'typing error'")
        .done("record works-started BRICK --on 2025-05-02 --source last");
    desk.say("report changes")
        .say("report changes --from 2025-04-30")
        .say("report changes --from 12")
        .say("report changes --from 12 --known-at 9")
        .say("report changes --from soon");
    insta::assert_snapshot!(without_digests(&desk.said()));
}

/// Digests and roots follow from the formats, whose own tests fix them.
pub(super) fn without_digests(said: &str) -> String {
    let mut clean = String::new();
    let mut word = String::new();
    for letter in said.chars().chain(['\n']) {
        if letter.is_ascii_hexdigit() {
            word.push(letter);
            continue;
        }
        match word.len() {
            64 => clean.push_str("[digest]"),
            _ => clean.push_str(&word),
        }
        word.clear();
        clean.push(letter);
    }
    clean
}

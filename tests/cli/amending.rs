//! Mistakes are put right by later entries; the trail keeps both.

use super::desk::Desk;

fn desk_with_land() -> Desk {
    let mut desk = Desk::with_two_agreements();
    desk.at("2025-04-24T06:00:00Z").done(&[
        "record",
        "land-allocated",
        "BRICK",
        "--on",
        "2025-04-22",
        "--area",
        "2.9 ha",
        "--source",
        "Decision of the land committee",
        "--source-type",
        "authority-act",
        "--source-number",
        "12",
    ]);
    desk
}

#[test]
fn a_fact_is_corrected_confirmed_sourced_and_retracted() {
    let mut desk = desk_with_land();
    desk.at("2025-05-05T06:00:00Z")
        .run(&["--as", "u:second", "confirm", "8"])
        .run(&[
            "correct",
            "8",
            "--area",
            "3.1 ha",
            "--reason",
            "typing error",
        ])
        .run(&[
            "correct",
            "8",
            "--on",
            "2025-04-21",
            "--clear",
            "area",
            "--reason",
            "the act says so",
        ])
        .run(&[
            "source",
            "8",
            "--source",
            "Letter of the company",
            "--source-type",
            "counterparty-letter",
        ])
        .run(&[
            "--as",
            "u:second",
            "confirm",
            "8",
            "--words",
            "seen the act",
        ])
        .run(&["history", "BRICK"])
        .run(&["history", "BRICK", "--known-at", "2025-04-30"])
        .run(&["retract", "8", "--reason", "recorded twice"])
        .run(&["history", "BRICK", "--by-day"])
        .run(&["show", "BRICK"])
        .run(&["show", "BRICK", "--known-at", "2025-04-30"]);
    insta::assert_snapshot!(desk.said());
}

#[test]
fn a_fact_moves_to_the_agreement_it_belongs_to() {
    let mut desk = desk_with_land();
    desk.at("2025-05-03T06:00:00Z")
        .run(&[
            "move",
            "8",
            "GLASS",
            "--reason",
            "recorded on the wrong agreement",
        ])
        .run(&["history", "GLASS"])
        .run(&["show", "BRICK"]);
    insta::assert_snapshot!(desk.said());
}

#[test]
fn what_was_reached_can_be_undone() {
    let mut desk = desk_with_land();
    desk.at("2025-06-01T06:00:00Z")
        .run(&[
            "record",
            "milestone-reversed",
            "BRICK",
            "--fact",
            "8",
            "--words",
            "the land was withdrawn",
            "--on",
            "today",
            "--source",
            "last",
        ])
        .run(&["show", "BRICK"])
        .run(&["show", "BRICK", "--as-of", "2025-05-31"]);
    insta::assert_snapshot!(desk.said());
}

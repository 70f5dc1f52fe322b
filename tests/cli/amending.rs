//! Mistakes are put right by later entries; the trail keeps both.

use super::desk::Desk;

fn desk_with_land() -> Desk {
    let mut desk = Desk::with_two_agreements();
    desk.at("2025-04-24T06:00:00Z").done("record land-allocated BRICK --on 2025-04-22 --area '2.9 ha' --source 'Decision of the land committee' --source-type authority-act --source-number 12");
    desk
}

#[test]
fn a_fact_is_corrected_confirmed_sourced_and_retracted() {
    let mut desk = desk_with_land();
    desk.at("2025-05-05T06:00:00Z")
        .say("--as u:second confirm 8")
        .say("correct 8 --area '3.1 ha' --reason 'typing error'")
        .say("correct 8 --on 2025-04-21 --clear area --reason 'the act says so'")
        .say("source 8 --source 'Letter of the company' --source-type counterparty-letter")
        .say("--as u:second confirm 8 --words 'seen the act'")
        .say("history BRICK")
        .say("history BRICK --known-at 2025-04-30")
        .say("retract 8 --reason 'recorded twice'")
        .say("history BRICK --by-day")
        .say("show BRICK")
        .say("show BRICK --known-at 2025-04-30");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn a_fact_moves_to_the_agreement_it_belongs_to() {
    let mut desk = desk_with_land();
    desk.at("2025-05-03T06:00:00Z")
        .say("move 8 GLASS --reason 'recorded on the wrong agreement'")
        .say("history GLASS")
        .say("show BRICK");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn what_was_reached_can_be_undone() {
    let mut desk = desk_with_land();
    desk.at("2025-06-01T06:00:00Z")
        .say("record milestone-reversed BRICK --fact 8 --words 'the land was withdrawn' --on today --source last")
        .say("show BRICK")
        .say("show BRICK --as-of 2025-05-31");
    insta::assert_snapshot!(desk.said());
}

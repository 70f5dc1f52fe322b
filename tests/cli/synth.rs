//! A fictional portfolio from the terminal.

use super::desk::Desk;

#[test]
fn a_fictional_portfolio_is_made_once() {
    let mut desk = Desk::bare();
    desk.at("");
    desk.say("synth --agreements 12 --events 150 --seed 9")
        .say("synth --agreements 12 --events 150 --seed 9")
        .say("synth --agreements 12 --events 20 --seed 9 --data other")
        .say("synth --agreements 0 --events 20 --seed 9 --data other")
        .say(
            "synth --agreements 12 --events 150 --seed 9 --data other --clock 2025-04-18T06:00:00Z",
        )
        .say("synth --agreements 1 --events 7 --seed 9 --data other --json");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn it_is_a_ledger_like_any_other() {
    let mut desk = Desk::bare();
    desk.at("")
        .done("synth --agreements 12 --events 150 --seed 9");
    desk.at("2026-01-01T00:00:00Z");
    assert_eq!(desk.position(), 150);
    desk.say("list agreements")
        .say("show AG-2018-001")
        .say("replay")
        .say("doctor");
    insta::assert_snapshot!(desk.said());
}

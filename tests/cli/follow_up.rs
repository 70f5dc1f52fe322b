//! What needs attention, as an officer meets it.

use super::desk::Desk;

#[test]
fn an_officer_sees_what_is_late_and_what_to_do() {
    let mut desk = Desk::bare();
    desk.done("init --origin ledger.example/bricks --agency 'Agency of Bricks' --demonstration")
        .say("report follow-up");
    let empty = desk.said();
    assert!(
        empty.contains("Nothing has been registered yet."),
        "{empty}"
    );
    assert!(
        empty.contains("It looks at 0 registered agreements."),
        "{empty}"
    );
    let mut desk = Desk::with_two_agreements();
    desk.done("assign BRICK u:ana")
        .done("obstacle BRICK utilities --words 'the line ends at the road' --body 'Grid company' --due 2025-05-20 --source last")
        .done("expect BRICK company-incorporated --horizon 'by 2025-06-01' --source last")
        .done("promise GLASS 'send the draft lease' --owner 'the zone' --due 2025-05-10 --source last");
    desk.at("2025-06-10T06:00:00Z")
        .say("report follow-up --officer u:ana")
        .say("report follow-up --as-of 2025-04-18")
        .say("report follow-up --officer u:boris")
        .say("report follow-up --since 2025-04-17");
    insta::assert_snapshot!(super::issuing::without_digests(&desk.said()));
}

//! Recording, from the first command to the last kind of fact.

use super::desk::Desk;

#[test]
fn a_ledger_begins_empty_and_says_what_to_do() {
    let mut desk = Desk::bare();
    desk.say("init --origin ledger.example/bricks --agency 'Agency of Bricks' --agency 'az=Kərpic agentliyi' --demonstration")
    .say("list")
    .say("list packages")
    .say("list occasions")
    .say("list organizations --json");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn things_are_registered_described_and_linked() {
    let mut desk = Desk::with_two_agreements();
    desk.say("register organization 'Brickworks LLC' 'az=Kərpic MMC' --country AZ --type company --identifier az_tax_id:1234567890 --source 'Register of companies' --source-type register --source-number 17")
    .say("register occasion 'Spring conference' --kind conference --on 2025-04-17 --place Baku --attendance 'about 250' --role organised=OR-2025-001 --topic 'building materials' --source last")
    .say("register package 'Documents of the spring conference' --occasion OC-2025-001 --count-all 5 --count-practical 3 --declared 'about USD 5 million' --source last")
    .say("register agreement 'Tile works' --class practical --package PK-2025-001 --party 'investor=a foreign company@CN' --party host=OR-2025-001 --sector 'tile production@2392' --source last")
    .say("describe agreement AG-2025-001 --nature greenfield --title 'az=Kafel zavodu'")
    .say("describe package PK-2025-001 --count-institutional 2")
    .say("describe occasion OC-2025-001 --theme 'Building together'")
    .say("describe organization OR-2025-001 --country unknown")
    .say("link AG-2025-001 part-of BRICK")
    .say("show AG-2025-001")
    .say("show PK-2025-001")
    .say("list");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn a_step_is_recorded_in_seconds_with_vague_truth() {
    let mut desk = Desk::with_two_agreements();
    desk.at("2025-04-26T08:00:00Z")
        .say("record land-allocated BRICK --on 'by 2025-04-25' --area 'almost 3 ha' --source 'Statement of the agency' --source-date '25 April 2025'")
        .say("record works_started BRICK --on yesterday --source last")
        .say("record financial-model-agreed GLASS --on 2025-04 --strength discussions-concluded --investment 'over USD 10 million' --source last --note 'ask for the model'")
        .say("record company-incorporated GLASS --on today --legal-name 'Glassworks LLC' --identifier az_tax_id:1234567890 --charter-capital 'AZN 10 000' --source 'Extract of the register' --source-type register --source-number AZ-77")
        .say("record suspended BRICK GLASS --on today --reason finance --words 'the bank asked for a new study' --source last")
        .say("record resumed BRICK --on today --source last")
        .say("show BRICK")
        .say("show GLASS")
        .say("list");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn follow_up_is_recorded_and_closed() {
    let mut desk = Desk::with_two_agreements();
    desk.at("2025-04-26T08:00:00Z")
        .say("expect BRICK company-incorporated --horizon 'from 2025-04-25' --words 'in the near future' --source 'Statement of the agency'")
        .say("promise BRICK 'send the draft lease' --owner \"the zone's management\" --to 'the company' --due 2025-06 --source last")
        .say("promise close 9 --outcome kept --on today --source last")
        .say("obstacle BRICK land --words 'the plan of the parcel is missing' --body 'the land committee' --due 2025-06-30 --source last")
        .say("obstacle resolve 11 --words 'the plan was delivered' --on today --source last")
        .say("contact BRICK --with \"the company's office\" --outcome asked-nothing-new --on today")
        .say("assign BRICK u:7f3a")
        .say("note BRICK 'the delegation asks for a map'")
        .say("claim BRICK parties 'two companies' --speaker 'the agency' --source last")
        .say("claim BRICK parties 'three companies' --source last")
        .say("claim prefer 16 --reason 'the later one is a mistake'")
        .say("value BRICK 'about 2.5m AZN' --kind contracted --source last")
        .say("figure BRICK jobs 'up to 120' --promised --source last")
        .say("record milestone-not-needed BRICK --milestone permits_granted --reason 'the company uses its own building' --on today --source last")
        .say("show BRICK");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn a_file_is_kept_as_evidence() {
    let mut desk = Desk::with_two_agreements();
    std::fs::write(desk.path().join("act.pdf"), b"%PDF-1.4 a fictional act").unwrap();
    desk.say("record land-allocated BRICK --on 2025-04-18 --evidence act.pdf")
        .say("record works-started BRICK --on 2025-04-18 --evidence gone.pdf");
    insta::assert_snapshot!(desk.said());
    assert_eq!(desk.json("info")["evidence_files"], 1);
    let again = "record works-started GLASS --on 2025-04-18 --evidence act.pdf --command-id act-1";
    desk.done(again);
    let once = desk.position();
    desk.done(again);
    assert_eq!(desk.position(), once, "the same command recorded twice");
}

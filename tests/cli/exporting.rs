//! The trail for other programs, as a person asks for it.

use std::fs;
use std::os::unix::fs::FileExt;

use super::desk::Desk;

/// A desk at which a thing is described, related, corrected and taken back.
fn desk() -> Desk {
    let mut desk = Desk::with_two_agreements();
    desk.at("2025-04-24T06:00:00Z")
        .done("register package 'Brick and glass' --ref PK-1")
        .done("register agreement 'Sand works' --ref SAND --class practical --package PK-1 --source last")
        .done("record land-allocated BRICK --on 'by 2025-04-22' --area '2.9 ha' --source last")
        .done("link GLASS implements BRICK");
    desk.at("2025-05-11T06:00:00Z")
        .done("correct 10 --area '3.1 ha' --reason 'typing error'")
        .done("describe agreement GLASS --name 'Glass factory'")
        .done("retract 11 --reason 'two projects'")
        .done("report practical-steps --issue -o steps.txt");
    desk
}

#[test]
fn the_trail_is_written_in_each_form() {
    let mut desk = desk();
    desk.say("export cloudevents --known-at 6")
        .say("export csv --known-at 2025-04-18")
        .say("export ocel -o log.json")
        .say("export csv -o trail.csv --json")
        .say("export csv --known-at never")
        .say("export csv --known-at 99")
        .say("export cloudevents -o nowhere/trail.json")
        .say("export pdf");
    insta::assert_snapshot!(desk.said());
    let log = fs::read_to_string(desk.path().join("log.json")).unwrap();
    let log: serde_json::Value = serde_json::from_str(&log).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let of = |reference: &str| {
        let objects = log["objects"].as_array().unwrap().iter();
        let mut named = objects.filter(|object| {
            let told = object["attributes"].as_array().unwrap();
            told.iter().any(|one| one["value"] == reference)
        });
        named.next().unwrap()
    };
    let (brick, glass, package) = (of("BRICK"), of("GLASS"), of("PK-1"));
    let sand = of("SAND");
    let relations = sand["relationships"].as_array().unwrap();
    assert_eq!(relations.len(), 1);
    assert_eq!(text(&relations[0]["objectId"]), text(&package["id"]));
    assert_eq!(relations[0]["qualifier"], "part_of");
    // The link was taken back, so the two no longer stand to each other; the event that made it tells of it.
    assert_eq!(glass["relationships"].as_array().unwrap().len(), 0);
    let linked = log["events"].as_array().unwrap().iter();
    let linked: Vec<_> = linked.filter(|event| event["type"] == "linked").collect();
    assert_eq!(linked.len(), 1);
    let told = linked[0]["relationships"].to_string();
    assert!(
        told.contains(&text(&brick["id"])) && told.contains("\"implements\""),
        "{told}"
    );
    let titles = glass["attributes"].as_array().unwrap().iter();
    let titles = titles.filter(|one| one["name"] == "title");
    let titles: Vec<_> = titles
        .map(|one| (text(&one["value"]), text(&one["time"])))
        .collect();
    assert_eq!(
        titles,
        [
            (
                "Glass works".to_owned(),
                "2025-04-18T06:00:00.000000Z".to_owned()
            ),
            (
                "Glass factory".to_owned(),
                "2025-05-11T06:00:00.000000Z".to_owned()
            )
        ]
    );
    assert_eq!(of("PS-2025-001")["type"], "report");
}

/// What is hidden behind damage is not passed over in silence, and no part of an export lies about.
#[test]
fn a_damaged_ledger_is_exported_up_to_the_damage_alone() {
    let mut desk = desk();
    let path = desk.ledger().join("journal/000000");
    let bytes = fs::read(&path).unwrap();
    let at = bytes
        .windows(13)
        .position(|part| part == b"Glass factory")
        .unwrap();
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.write_all_at(b"g", at as u64).unwrap();
    desk.say("export ocel -o log.json");
    assert!(!desk.path().join("log.json").exists() && !desk.path().join("log.json.part").exists());
    // Up to the damage itself; a moment may lie behind it, so that nobody knows how much was known then.
    desk.say("export csv --known-at 13 -o trail.csv")
        .say("export csv --known-at 2025-06-01 -o later.csv");
    insta::assert_snapshot!(desk.said());
}

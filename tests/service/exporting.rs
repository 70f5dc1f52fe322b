//! The trail for other programs: whole, the same at any time, and as far as was known.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dealtrail::export::EVENT_FORMATS;
use dealtrail::export::events::Told;
use dealtrail::service::exporting::{Exported, export};
use dealtrail::service::fiction::make;
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::store::recorded::Recorded;
use dealtrail::synth::plan::Plan;
use serde_json::Value;
use tempfile::TempDir;

use super::support::stored;

fn options() -> Options {
    Options {
        floor_bytes: Some(0),
        ..Options::default()
    }
}

fn fiction() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let plan = Plan::new(12, 400, 5).unwrap();
    make(dir.path(), &plan, &options(), &mut |_, _| ()).unwrap();
    dir
}

fn exported(dir: &Path, form: &str, known_at: Option<&str>) -> (Exported, Vec<u8>) {
    let mut bytes = Vec::new();
    let exported = export(
        dir,
        &options(),
        (form, known_at),
        &mut bytes,
        &mut |_, _| (),
    )
    .unwrap();
    assert_eq!(exported.bytes, bytes.len() as u64);
    (exported, bytes)
}

#[test]
fn a_cloud_event_holds_the_stored_bytes() {
    let dir = fiction();
    let ledger = Ledger::read(dir.path(), &options()).unwrap();
    let (exported, bytes) = exported(dir.path(), "cloudevents", None);
    assert_eq!(exported.events, ledger.head());
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let stored = stored(&ledger);
    assert_eq!(lines.len(), stored.len());
    let mut corrections = 0;
    for (seq, (line, stored)) in lines.iter().zip(&stored).enumerate() {
        let event: Value = serde_json::from_str(line).unwrap();
        let (_, data) = line.split_once(",\"data\":").unwrap();
        assert_eq!(data.strip_suffix('}').unwrap().as_bytes(), stored);
        let own = &event["data"];
        assert_eq!(event["sequence"], format!("{seq:020}"));
        assert_eq!(event["effectivedate"], own["on"]);
        assert_eq!(
            (&event["id"], &event["time"]),
            (&own["id"], &own["recorded_at"])
        );
        assert_eq!(event["subject"], own["stream"]);
        if own["kind"] == "fact_corrected" {
            corrections += 1;
            assert_eq!(event["corrects"], own["data"]["fact"]);
        } else {
            assert_eq!(event.get("corrects"), None);
        }
    }
    assert!(corrections > 0);
}

/// The place is found without the read models, by reading along; both have to name the same one.
#[test]
fn what_was_known_is_what_every_answer_takes_for_known() {
    let dir = fiction();
    let ledger = Ledger::read(dir.path(), &options()).unwrap();
    let (_, whole) = exported(dir.path(), "cloudevents", None);
    let stored = stored(&ledger);
    let mut asked: Vec<String> = (0..=ledger.head())
        .step_by(7)
        .map(|n| n.to_string())
        .collect();
    asked.push(ledger.head().to_string());
    for bytes in stored.iter().step_by(23) {
        let at = Recorded::parse(bytes.clone()).unwrap().recorded_at();
        asked.push(at.to_rfc3339());
        asked.push((at - chrono::TimeDelta::microseconds(1)).to_rfc3339());
        asked.push(at.format("%Y-%m-%d").to_string());
    }
    asked.push("1999-01-01".to_owned());
    let mut places = BTreeSet::new();
    for asked in asked {
        let (exported, bytes) = exported(dir.path(), "cloudevents", Some(&asked));
        assert_eq!(
            exported.events,
            ledger.known_at(&asked).unwrap().position,
            "{asked}"
        );
        assert!(whole.starts_with(&bytes), "{asked}");
        places.insert(exported.events);
    }
    assert!(places.len() > 20, "{places:?}");
}

fn texts<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| one[member].as_str().unwrap()).collect()
}

#[test]
fn an_event_log_is_whole_in_itself() {
    let dir = fiction();
    let (exported, bytes) = exported(dir.path(), "ocel", None);
    let log: Value = serde_json::from_slice(&bytes).unwrap();
    let (events, objects) = (
        log["events"].as_array().unwrap(),
        log["objects"].as_array().unwrap(),
    );
    assert_eq!(events.len() as u64, exported.events);
    let known: BTreeSet<&str> = texts(&log["objects"], "id").into_iter().collect();
    assert_eq!(known.len(), objects.len());
    let declared = |types: &Value| -> BTreeMap<(String, String), String> {
        let types = types.as_array().unwrap().iter();
        types
            .flat_map(|one| {
                let attributes = one["attributes"].as_array().unwrap().iter();
                attributes.map(|attribute| {
                    let text = |value: &Value| value.as_str().unwrap().to_owned();
                    (
                        (text(&one["name"]), text(&attribute["name"])),
                        text(&attribute["type"]),
                    )
                })
            })
            .collect()
    };
    for (list, types) in [("events", "eventTypes"), ("objects", "objectTypes")] {
        let declared = declared(&log[types]);
        for one in log[list].as_array().unwrap() {
            for id in texts(&one["relationships"], "objectId") {
                assert!(known.contains(id), "{list}: nothing is known of {id}");
            }
            for attribute in one["attributes"].as_array().unwrap() {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                let sort = &declared[&(text(&one["type"]), text(&attribute["name"]))];
                let value = attribute["value"].as_str().unwrap();
                match sort.as_str() {
                    "integer" => assert!(
                        value.is_empty() || value.parse::<i64>().is_ok(),
                        "{attribute}"
                    ),
                    "boolean" => assert!(["", "true", "false"].contains(&value), "{attribute}"),
                    "time" => assert!(value.parse::<chrono::DateTime<chrono::Utc>>().is_ok()),
                    other => assert_eq!(other, "string"),
                }
            }
        }
    }
    assert!(
        events
            .iter()
            .all(|event| event["relationships"][0]["qualifier"] == "about")
    );
    let sorts: BTreeSet<&str> = texts(&log["objects"], "type").into_iter().collect();
    assert!(
        sorts.is_superset(&["agreement", "ledger", "occasion", "organization", "package"].into()),
        "{sorts:?}"
    );
}

/// A stored event with words that a spreadsheet would run, wherever words may stand.
#[test]
fn no_cell_of_the_sheet_is_a_formula() {
    let text = r#"{"actor":{"id":"=1+1","known_by":"@SUM(A1)"},"batch":{"count":1,"first":0},"command":"+cmd|' /C calc'!A0","data":{"ref":"-2+3"},"id":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b","kind":"=kind","on":"=on","recorded_at":"2025-04-22T06:00:00.500000Z","seq":0,"sources":[],"stream":"=stream","v":1,"version":0}"#;
    let event = Recorded::parse(text.as_bytes().to_vec()).unwrap();
    let form = EVENT_FORMATS
        .iter()
        .find(|form| form.name == "csv")
        .unwrap();
    let mut writer = (form.start)("ledger.example/test");
    let mut bytes = Vec::new();
    writer.begin(&mut bytes);
    let day = "2025-04-22".parse().unwrap();
    writer
        .event(
            &Told {
                stored: &event,
                day,
            },
            &mut bytes,
        )
        .unwrap();
    writer.end(&mut bytes);
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap();
    let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(bytes)
        .records()
        .map(Result::unwrap)
        .collect();
    assert_eq!(rows.len(), 1);
    let quoted = rows[0].iter().filter(|cell| cell.starts_with('\'')).count();
    assert_eq!(quoted, 7, "{:?}", rows[0]);
    assert!(
        rows[0]
            .iter()
            .all(|cell| !cell.starts_with(['=', '+', '-', '@'])),
        "{:?}",
        rows[0]
    );
}

#[test]
fn a_sheet_has_a_row_an_entry_and_names_things_as_people_do() {
    let dir = fiction();
    let ledger = Ledger::read(dir.path(), &options()).unwrap();
    let (exported, bytes) = exported(dir.path(), "csv", None);
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap();
    let mut sheet = csv::Reader::from_reader(bytes);
    let heads: Vec<String> = sheet.headers().unwrap().iter().map(str::to_owned).collect();
    let at = |head: &str| heads.iter().position(|one| one == head).unwrap();
    let rows: Vec<csv::StringRecord> = sheet.records().map(Result::unwrap).collect();
    assert_eq!(rows.len() as u64, exported.events);
    let mut vague = 0;
    for (row, stored) in rows.iter().zip(stored(&ledger)) {
        let own: Value = serde_json::from_slice(&stored).unwrap();
        assert_eq!(row[at("entry")], own["seq"].to_string());
        assert_eq!(row[at("recorded_at")], own["recorded_at"]);
        assert_eq!(row[at("happened")], own["on"]);
        assert_eq!(row[at("data")], own["data"].to_string());
        assert_eq!(row[at("reference")].is_empty(), own["stream"] == "ledger");
        // Never after the day it was recorded, whatever a month or an open end may mean.
        let recorded: chrono::DateTime<chrono::Utc> = row[at("recorded_at")].parse().unwrap();
        let day = ledger.opened().zone.day_of(recorded).to_string();
        assert!(row[at("happened_by")] <= *day, "{row:?}");
        vague += usize::from(row[at("happened")] != row[at("happened_by")]);
    }
    assert!(vague > 10, "{vague}");
}

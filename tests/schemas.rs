//! The published JSON Schemas: what is in the repository is what the types say, and every true example fits.
//!
//! After a change of types, `DEALTRAIL_BLESS=1` writes them anew. A version that was released is never
//! changed: a new version gets a new file.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use dealtrail::codec::schema;
use dealtrail::deal::event::Kind;
use dealtrail::deal::event::agreement_registered::Class;
use dealtrail::deal::policy::Policy;
use dealtrail::deal::track::Track;
use jsonschema::Validator;
use serde_json::{Value, json};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas")
}

/// Every schema with its file.
fn all() -> Vec<(String, Value)> {
    let mut all: Vec<_> = Kind::ALL
        .iter()
        .map(|kind| {
            let file = format!("event/{}.v{}.json", kind.as_str(), kind.version());
            (file, schema::of_kind(*kind).unwrap())
        })
        .collect();
    let track = Track::built_in(Class::Practical);
    all.push(("envelope.v1.json".to_owned(), schema::of_envelope()));
    all.push((
        "track.v1.json".to_owned(),
        schema::of_track(&track).unwrap(),
    ));
    all.push((
        "policy.v1.json".to_owned(),
        schema::of_policy(&Policy::built_in()).unwrap(),
    ));
    all
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(schema)
        .unwrap()
}

fn of(kind: Kind) -> Validator {
    validator(&schema::of_kind(kind).unwrap())
}

fn example(kind: Kind) -> Value {
    serde_json::from_str(kind.example()).unwrap()
}

#[test]
fn the_published_schemas_are_what_the_types_say() {
    let bless = std::env::var_os("DEALTRAIL_BLESS").is_some();
    for (file, schema) in all() {
        let path = root().join(&file);
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if bless {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let published = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            published == text,
            "schemas/{file} is not what its type says: run the tests with DEALTRAIL_BLESS=1 and read the change"
        );
    }
}

#[test]
fn nothing_else_is_published_for_events() {
    let known: BTreeSet<String> = all()
        .into_iter()
        .filter_map(|(file, _)| file.strip_prefix("event/").map(str::to_owned))
        .collect();
    let files = fs::read_dir(root().join("event")).unwrap();
    for file in files {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(
            known.contains(&name),
            "schemas/event/{name} belongs to no kind"
        );
    }
}

#[test]
fn every_schema_is_of_the_2020_draft_and_its_examples_fit() {
    for (file, schema) in all() {
        assert_eq!(
            schema["$schema"], "https://json-schema.org/draft/2020-12/schema",
            "{file}"
        );
        assert!(jsonschema::draft202012::meta::is_valid(&schema), "{file}");
        let validator = validator(&schema);
        let examples = schema["examples"].as_array().unwrap();
        assert!(!examples.is_empty());
        for example in examples {
            if let Err(error) = validator.validate(example) {
                panic!("{file}: {error}");
            }
        }
    }
}

#[test]
fn an_unknown_field_fits_no_schema() {
    for kind in Kind::ALL {
        let mut data = example(*kind);
        data["zzz"] = json!("x");
        assert!(!of(*kind).is_valid(&data), "{}", kind.as_str());
    }
}

#[test]
fn a_missing_field_fits_no_schema_that_needs_it() {
    for kind in Kind::ALL {
        let schema = schema::of_kind(*kind).unwrap();
        let validator = validator(&schema);
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for name in required.iter().filter_map(Value::as_str) {
            let mut data = example(*kind);
            data.as_object_mut().unwrap().remove(name);
            assert!(
                !validator.is_valid(&data),
                "{} without {name}",
                kind.as_str()
            );
        }
    }
}

#[test]
fn what_the_types_refuse_the_schemas_refuse() {
    let cases = [
        (Kind::LandAllocated, "/area/amount", json!(2.9)),
        (Kind::LandAllocated, "/area/amount", json!("3,1")),
        (Kind::LandAllocated, "/area/qualifier", json!("roughly")),
        (Kind::LandAllocated, "/parcel", json!(" AZ-1")),
        (Kind::LandAllocated, "/parcel", Value::Null),
        (Kind::AgreementRegistered, "/ref", json!("ag 1")),
        (Kind::AgreementRegistered, "/class", json!("private")),
        (
            Kind::AgreementRegistered,
            "/parties/0/country",
            json!("aze"),
        ),
        (Kind::AgreementRegistered, "/titles", json!({})),
        (Kind::LedgerOpened, "/origin", json!("https://x y")),
        (Kind::ExpectationStated, "/milestone", json!("First Export")),
        (Kind::FactRetracted, "/fact", json!("the first")),
    ];
    for (kind, place, value) in cases {
        let mut data = example(kind);
        *data.pointer_mut(place).unwrap() = value.clone();
        assert!(
            !of(kind).is_valid(&data),
            "{} {place} {value}",
            kind.as_str()
        );
        let read =
            dealtrail::codec::door::payload_from_text(kind.as_str(), data.to_string().as_bytes());
        assert!(read.is_err(), "{} {place} {value}", kind.as_str());
    }
}

#[test]
fn every_stored_event_fits_the_envelope_and_its_kind() {
    let ledger = super::service::support::memory();
    let intents = vec![
        super::service::support::registered(1),
        super::service::support::noted(super::service::support::agreement(1), "a map"),
    ];
    super::service::support::send(&ledger, "c-1", intents).unwrap();
    let envelope = validator(&schema::of_envelope());
    for bytes in super::service::support::stored(&ledger) {
        let event: Value = serde_json::from_slice(&bytes).unwrap();
        assert!(envelope.validate(&event).is_ok(), "{event}");
        let kind = Kind::of(event["kind"].as_str().unwrap()).unwrap();
        assert!(of(kind).is_valid(&event["data"]), "{event}");
    }
    let mut odd: Value =
        serde_json::from_slice(&super::service::support::stored(&ledger)[4]).unwrap();
    odd["recorded_at"] = json!("2025-04-18T06:00:00Z");
    assert!(!envelope.is_valid(&odd), "microseconds are always written");
}

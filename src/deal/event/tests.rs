//! Every kind decodes, and what cannot be read is kept.

use serde_json::Value;

use super::common::Continued;
use super::payload_error::PayloadError;
use super::*;
use crate::deal::value::ids::EventId;

#[test]
fn every_example_decodes_and_writes_back_the_same_data() {
    for kind in Kind::ALL {
        let payload = Payload::decode(kind.as_str(), kind.version(), kind.example())
            .unwrap_or_else(|error| panic!("{error}"));
        let given: Value = serde_json::from_str(kind.example()).unwrap();
        assert_eq!(payload.to_value().unwrap(), given, "{}", kind.as_str());
        assert_eq!(payload.kind(), Some(*kind));
        assert_eq!(payload.kind_name(), kind.as_str());
    }
}

#[test]
fn kinds_have_distinct_names_and_flags_that_agree() {
    let names: std::collections::BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(names.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        let mut payload = Payload::decode(kind.as_str(), kind.version(), kind.example()).unwrap();
        let continued = Continued {
            fact: EventId::new(uuid::Uuid::nil()),
            since: chrono::NaiveDate::MIN,
        };
        assert_eq!(
            payload.set_continues(continued),
            kind.movable(),
            "{}",
            kind.as_str()
        );
        assert_eq!(payload.continues().is_some(), kind.movable());
        assert!(
            !kind.movable() || kind.retractable(),
            "a fact moves by being retracted: {}",
            kind.as_str()
        );
    }
}

#[test]
fn what_cannot_be_read_is_kept_with_the_reason() {
    let kept = Payload::decode_or_keep("land_allocatd", 1, r#"{"x":1}"#);
    let Payload::Unknown(unknown) = &kept else {
        panic!("{kept:?}")
    };
    assert_eq!(unknown.data, r#"{"x":1}"#);
    assert_eq!(
        unknown.why.to_string(),
        "\"land_allocatd\" is no event kind this program knows; did you mean `land_allocated`?"
    );
    assert!(matches!(
        Payload::decode("noted", 9, "{}"),
        Err(PayloadError::NewerVersion {
            kind: "noted",
            v: 9,
            known: 1
        })
    ));
    assert!(matches!(
        Payload::decode("noted", 1, "{}"),
        Err(PayloadError::Malformed { .. })
    ));
}

#[test]
fn a_draft_note_is_brought_up_to_date() {
    let old = Payload::decode("noted", 0, r#"{"text":"asked for a map"}"#).unwrap();
    let new = Payload::decode("noted", 1, r#"{"words":"asked for a map"}"#).unwrap();
    assert_eq!(old, new);
    assert!(Payload::decode("noted", 0, r#"{"words":"x"}"#).is_err());
    assert!(
        Payload::decode("signed", 0, "{}").is_err(),
        "no draft of this kind was ever in use"
    );
}

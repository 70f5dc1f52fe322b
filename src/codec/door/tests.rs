//! What passes the door, and what is said of what does not.

use super::*;

fn refused(kind: &str, data: &str) -> String {
    payload_from_text(kind, data.as_bytes())
        .unwrap_err()
        .to_string()
}

#[test]
fn every_example_passes() {
    for kind in Kind::ALL {
        payload_from_text(kind.as_str(), kind.example().as_bytes())
            .unwrap_or_else(|error| panic!("{}: {error}", kind.as_str()));
    }
}

/// What is given in canonical form is compared with what comes out as bytes, the rest as values: both say the same.
#[test]
fn the_spelling_makes_no_difference() {
    for kind in Kind::ALL {
        let read = |text: &str| payload_from_text(kind.as_str(), text.as_bytes());
        let given: Value = serde_json::from_str(kind.example()).unwrap();
        let canonical = String::from_utf8(canonical::to_bytes(&given).unwrap()).unwrap();
        let payload = Payload::decode(kind.as_str(), kind.version(), &canonical).unwrap();
        assert!(is_written_as(&payload, canonical.as_bytes()), "{canonical}");
        let pretty = serde_json::to_string_pretty(&given).unwrap();
        assert!(!is_written_as(&payload, pretty.as_bytes()));
        assert_eq!(read(&canonical), read(&pretty));
        // A letter changed, or one too many.
        for at in 0..canonical.len().min(400) {
            for change in [Some(b'0'), Some(b'"'), None] {
                let mut other = canonical.clone().into_bytes();
                match change {
                    Some(letter) => drop(other.splice(at..=at, [letter])),
                    None => other.insert(at, b'}'),
                }
                let at_once = payload_from_text(kind.as_str(), &other);
                let slowly = canonical::parse(&other).map_err(DoorError::from);
                let slowly = slowly.and_then(|given| read_payload(kind.as_str(), &given));
                assert_eq!(at_once, slowly, "{}", String::from_utf8_lossy(&other));
            }
        }
    }
}

#[test]
fn a_text_in_the_form_of_the_canonical_one_may_be_outside_the_profile() {
    let long = format!(r#"{{"words":"{}"}}"#, "x".repeat(MAX_BYTES));
    let not_composed = "{\"words\":\"e\u{301}\"}";
    for text in [r#"{"words":null}"#, not_composed, &long] {
        assert!(
            payload_from_text("noted", text.as_bytes()).is_err(),
            "{text}"
        );
    }
    let named = payload_from_text("noted", br#"{"words":"null and void"}"#);
    assert!(named.is_ok(), "{named:?}");
}

#[test]
fn a_misspelt_field_is_named_with_the_nearest_one() {
    assert_eq!(
        refused("land_allocated", r#"{"parcell":"AZ-1"}"#),
        "there is no field `parcell`; did you mean `parcel`?"
    );
    assert_eq!(
        refused(
            "land_allocated",
            r#"{"area":{"amount":"3","qualifier":"exact","unit":"ha","txt":"three"}}"#
        ),
        "there is no field `area.txt`; did you mean `text`?"
    );
    assert_eq!(
        refused("noted", r#"{"words":"x","zzzzzzzz":false}"#),
        "there is no field `zzzzzzzz`"
    );
}

#[test]
fn a_misspelt_field_in_a_list_says_where() {
    let data = Kind::AgreementRegistered
        .example()
        .replace("\"role\"", "\"rolle\"");
    assert_eq!(
        refused("agreement_registered", &data),
        "there is no field `parties[0].rolle`; did you mean `role`?"
    );
}

#[test]
fn nulls_and_floats_are_refused_by_name() {
    assert!(refused("land_allocated", r#"{"parcel":null}"#).starts_with("`parcel` is null"));
    let float = refused(
        "land_allocated",
        r#"{"area":{"amount":2.9,"qualifier":"exact","unit":"ha"}}"#,
    );
    assert!(
        float.contains("area.amount") && float.contains("\"2.9\""),
        "{float}"
    );
}

#[test]
fn what_says_nothing_may_be_given() {
    let given = br#"{"additional":false,"shared":false,"parcel":"AZ-1"}"#;
    assert!(payload_from_text("land_allocated", given).is_ok());
    let given = br#"{"additionall":false,"parcel":"AZ-1"}"#;
    assert!(payload_from_text("land_allocated", given).is_err());
}

#[test]
fn an_unknown_kind_names_the_nearest() {
    assert!(refused("land_alocated", "{}").contains("did you mean `land_allocated`?"));
}

#[test]
fn sources_pass_the_same_door() {
    let good = serde_json::json!([{ "title": "a statement", "type": "statement" }]);
    assert_eq!(sources(&good).unwrap().len(), 1);
    let bad = serde_json::json!([{ "title": "a statement", "type": "statement", "pulisher": "x" }]);
    assert_eq!(
        sources(&bad).unwrap_err().to_string(),
        "there is no field `sources[0].pulisher`; did you mean `publisher`?"
    );
    let no_type = serde_json::json!([{ "title": "a statement" }]);
    assert!(
        sources(&no_type)
            .unwrap_err()
            .to_string()
            .starts_with("sources: ")
    );
}

fn path_of(kind: &str, data: &str) -> String {
    let error = payload_from_text(kind, data.as_bytes()).unwrap_err();
    error.path().to_owned()
}

#[test]
fn the_field_at_fault_is_named_with_its_place() {
    let land = |data: &str| path_of("land_allocated", data);
    assert_eq!(land(r#"{"parcel":7}"#), "parcel");
    assert_eq!(
        land(r#"{"area":{"amount":"3","qualifier":"roughly","unit":"ha"}}"#),
        "area.qualifier"
    );
    assert_eq!(
        land(r#"{"area":{"amount":"3","qualifier":"exact"},"parcel":"AZ-1"}"#),
        "area.unit"
    );
    assert_eq!(land(r#"{"area":"three"}"#), "area");
    let parties = Kind::AgreementRegistered
        .example()
        .replace("\"role\":\"", "\"role\":\"no ");
    assert_eq!(path_of("agreement_registered", &parties), "parties[0].role");
    assert_eq!(path_of("noted", "{}"), "words");
}

use super::*;
use crate::deal::event::{Batch, Kind};
use crate::deal::value::ids::KnownBy;

fn event(payload: Payload) -> Event {
    let day = "2025-04-22".parse().unwrap();
    Event {
        seq: 7,
        stream: StreamId::Ledger,
        version: 2,
        id: "0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b".parse().unwrap(),
        on: When::day(day),
        recorded_at: "2025-04-22T06:00:00.5Z".parse().unwrap(),
        day,
        actor: Actor {
            id: "u:7f3a".parse().unwrap(),
            known_by: KnownBy::LocalClaim,
        },
        batch: Batch { first: 7, count: 1 },
        command: "c-1".parse().unwrap(),
        sources: Vec::new().into(),
        payload,
    }
}

fn noted(words: &str) -> Event {
    let data = serde_json::json!({ "words": words }).to_string();
    event(Payload::decode("noted", 1, &data).unwrap())
}

#[test]
fn the_bytes_are_one_canonical_object() {
    let bytes = encode(&noted("asked for a map")).unwrap();
    assert_eq!(
        String::from_utf8(bytes.clone()).unwrap(),
        r#"{"actor":{"id":"u:7f3a","known_by":"local_claim"},"batch":{"count":1,"first":7},"command":"c-1","data":{"words":"asked for a map"},"id":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b","kind":"noted","on":"2025-04-22","recorded_at":"2025-04-22T06:00:00.500000Z","seq":7,"sources":[],"stream":"ledger","v":1,"version":2}"#
    );
    assert!(canonical::is_canonical(&bytes));
}

#[test]
fn every_kind_is_written_canonically() {
    for kind in Kind::ALL {
        let payload = Payload::decode(kind.as_str(), kind.version(), kind.example()).unwrap();
        let mut event = event(payload);
        let source = r#"{"title":"Qeyd \"A\"","type":"note"}"#;
        event.sources = vec![serde_json::from_str(source).unwrap()].into();
        let bytes = encode(&event).unwrap();
        assert!(canonical::is_canonical(&bytes), "{}", kind.as_str());
        let whole = canonical_bytes(&whole(&event).unwrap());
        assert_eq!(Ok(bytes), whole, "{}", kind.as_str());
        as_it_is_read(&event);
    }
}

/// What is known of an event without reading it is what reading its bytes gives.
#[track_caller]
fn as_it_is_read(event: &Event) {
    let written = record(event, None).unwrap();
    let read = Recorded::parse(encode(event).unwrap()).unwrap();
    let numbers = |one: &Recorded| (one.seq(), one.version(), one.v(), one.batch());
    let moment = |one: &Recorded| (one.id(), one.recorded_at());
    let texts = |one: &Recorded| {
        let said = [
            one.stream(),
            one.kind(),
            one.on(),
            one.data(),
            one.sources(),
        ];
        let sent = [one.command(), one.actor(), one.known_by()];
        (said.map(str::to_owned), sent.map(str::to_owned))
    };
    assert_eq!(written, read);
    assert_eq!(numbers(&written), numbers(&read));
    assert_eq!(moment(&written), moment(&read));
    assert_eq!(texts(&written), texts(&read));
}

#[test]
fn what_is_out_of_the_ordinary_is_recorded_as_it_is_read() {
    let mut odd = noted("\"quoted\"\nand \\ Bakı");
    as_it_is_read(&odd);
    odd.payload = Payload::decode_or_keep("moon \"landed\"", 3, r#"{"a":[1,{"b":"\u0001"}]}"#);
    as_it_is_read(&odd);
    odd.recorded_at = "2025-12-31T23:59:59.999999999Z".parse().unwrap();
    as_it_is_read(&odd);
    for moment in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.000001Z"] {
        odd.recorded_at = moment.parse().unwrap();
        as_it_is_read(&odd);
    }
    odd.recorded_at = "2016-12-31T23:59:60.5Z".parse().unwrap();
    assert!(record(&odd, None).is_err(), "leap seconds are not read");
    odd.recorded_at = "2016-12-31T23:59:59.5Z".parse().unwrap();
    odd.actor.known_by = KnownBy::System;
    as_it_is_read(&odd);
    odd.actor.known_by = KnownBy::Token;
    as_it_is_read(&odd);
    odd.batch.count = 0;
    assert!(
        record(&odd, None).is_err(),
        "an event lies inside its batch"
    );
}

#[test]
fn a_moment_is_written_as_the_calendar_writes_it() {
    for text in [
        "2025-04-22T06:00:00.5Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "2016-12-31T23:59:60.5Z",
        "+12025-04-22T06:00:00Z",
        "-0001-04-22T06:00:00Z",
    ] {
        let moment: DateTime<Utc> = text.parse().unwrap();
        let plain = moment.to_rfc3339_opts(SecondsFormat::Micros, true);
        assert_eq!(timestamp(moment), plain, "{text}");
    }
}

#[test]
fn what_was_written_before_is_written_the_same_and_for_its_own_event_alone() {
    for kind in Kind::ALL {
        let decode = || Payload::decode(kind.as_str(), kind.version(), kind.example()).unwrap();
        let (event, alike) = (event(decode()), event(decode()));
        let mut members = Members::start();
        let value = event.payload.to_value().unwrap();
        let at = members.typed("data", &value).unwrap();
        let bytes = members.finish().unwrap();
        let data = std::str::from_utf8(&bytes[at]).unwrap();
        let said = Said::new(event.payload.clone(), data.into());
        assert!(said.is_of(&event) && !said.is_of(&alike));
        let plain = encode(&event).unwrap();
        assert_eq!(record(&event, Some(&said)).unwrap().bytes(), plain);
        assert_eq!(record(&event, Some(&said)).unwrap().data(), data);
        let other = Said::new(alike.payload.clone(), "{}".into());
        assert_eq!(record(&event, Some(&other)).unwrap().bytes(), plain);
    }
}

#[test]
fn an_event_too_long_names_its_longest_field() {
    // 16,000 letters of four bytes fit the text's own limit; with a few sources the event is too long.
    let mut event = noted(&"𐐀".repeat(16_000));
    let title: String = "b".repeat(4_000);
    let source = format!(r#"{{"title":"{title}","type":"note"}}"#);
    event.sources = vec![serde_json::from_str(&source).unwrap()].into();
    let error = encode(&event).unwrap_err().to_string();
    assert!(
        error.contains("its longest field is data.words with 64000: shorten it"),
        "{error}"
    );
}

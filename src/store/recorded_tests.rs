use super::*;

const EVENT: &str = r#"{"actor":{"id":"p-1","known_by":"token"},"batch":{"count":2,"first":6},"command":"c-9","data":{"a":[1,"é"]},"id":"0195f9b5-1fd5-7aaa-8000-000000000001","kind":"land_allocated","on":"2025-04","recorded_at":"2025-04-24T10:15:00.000001Z","seq":7,"sources":[{"title":"x"}],"stream":"agreement-1","v":1,"version":3}"#;

fn parse(text: &str) -> Result<Recorded, RecordedError> {
    Recorded::parse(text.as_bytes().to_vec())
}

#[test]
fn every_field_is_read_and_the_bytes_are_kept() {
    let event = parse(EVENT).unwrap();
    assert_eq!(event.bytes(), EVENT.as_bytes());
    assert_eq!((event.seq(), event.version(), event.v()), (7, 3, 1));
    assert_eq!(event.stream(), "agreement-1");
    assert_eq!(event.kind(), "land_allocated");
    assert_eq!(event.on(), "2025-04");
    assert_eq!(event.actor(), "p-1");
    assert_eq!(event.known_by(), "token");
    assert_eq!(event.command(), "c-9");
    assert_eq!(event.data(), r#"{"a":[1,"é"]}"#);
    assert_eq!(event.sources(), r#"[{"title":"x"}]"#);
    assert_eq!(event.batch(), BatchSpan { first: 6, count: 2 });
    assert_eq!(
        event.id().to_string(),
        "0195f9b5-1fd5-7aaa-8000-000000000001"
    );
    assert_eq!(
        event.recorded_at().timestamp_micros(),
        1_745_489_700_000_001
    );
}

#[test]
fn escaped_text_is_unescaped_and_unknown_fields_are_left_alone() {
    let event = parse(
        &EVENT
            .replace("\"p-1\"", "\"p\\\"1\"")
            .replace("\"seq\":7", "\"later\":{},\"seq\":7"),
    )
    .unwrap();
    assert_eq!(event.actor(), "p\"1");
    assert_eq!(event.stream(), "agreement-1");
}

#[test]
fn each_missing_field_is_named() {
    let whole: serde_json::Map<String, serde_json::Value> = serde_json::from_str(EVENT).unwrap();
    for (field, _) in FIELDS {
        let mut part = whole.clone();
        part.remove(field);
        let error = Recorded::parse(serde_json::to_vec(&part).unwrap()).unwrap_err();
        assert_eq!(error, wrong(field, "it is missing".to_owned()));
    }
}

#[test]
fn each_wrong_field_is_named() {
    for (from, to, field) in [
        ("\"seq\":7", "\"seq\":-7", "seq"),
        ("\"seq\":7", "\"seq\":99", "batch"),
        ("\"v\":1", "\"v\":1.5", "v"),
        ("\"token\"", "7", "actor"),
        ("\"count\":2", "\"count\":0", "batch"),
        ("0195f9b5-1fd5", "0195f9b5-xxxx", "id"),
        ("10:15:00.000001Z", "10:15:00Z", "recorded_at"),
        ("10:15:00.000001Z", "25:15:00.000001Z", "recorded_at"),
        ("2025-04-24T", "2025-02-30T", "recorded_at"),
        ("\"agreement-1\"", "null", "stream"),
    ] {
        match parse(&EVENT.replacen(from, to, 1)) {
            Err(RecordedError::Field { field: named, .. }) => assert_eq!(named, field, "{to}"),
            other => panic!("{to}: {other:?}"),
        }
    }
}

#[test]
fn what_is_no_event_is_refused() {
    for text in ["", "[]", "nonsense", "{\"seq\":1", "\u{0}"] {
        assert!(
            matches!(
                parse(text),
                Err(RecordedError::NotJson(_) | RecordedError::Field { .. })
            ),
            "{text}"
        );
    }
    assert!(matches!(
        Recorded::parse(vec![0xff, 0xfe]),
        Err(RecordedError::NotJson(_))
    ));
    let twice = EVENT.replace("\"seq\":7", "\"seq\":7,\"seq\":7");
    assert!(parse(&twice).is_err());
    assert_eq!(
        Recorded::parse(vec![b' '; 65_536]),
        Err(RecordedError::TooLong(65_536))
    );
}

//! The law of stored events and of the door: history reads without end of the process and writes itself again to
//! the same bytes; what the door accepts is canonical, stable, and read alike by the lenient reader of history.
//!
//! The input is a stored event, or a word, a line break and JSON: `sources` or a kind of event, and its data.

use dealtrail::canonical;
use dealtrail::codec::{decoder::Decoder, door, envelope};
use dealtrail::deal::event::{Event, Kind, Payload};
use dealtrail::deal::value::source::Source;
use dealtrail::deal::value::when::When;
use dealtrail::store::recorded::{MAX_EVENT_BYTES, Recorded};
use serde_json::{Value, json};

/// Holds the law against any bytes.
pub(crate) fn holds(bytes: &[u8]) {
    let line = bytes.iter().position(|byte| *byte == b'\n');
    match line.filter(|_| !bytes.starts_with(b"{")) {
        Some(at) => {
            let word = String::from_utf8_lossy(&bytes[..at]);
            data(&word, &bytes[at + 1..]);
        }
        None => {
            profile(bytes);
            stored(bytes);
        }
    }
}

fn data(word: &str, text: &[u8]) {
    profile(text);
    if word == "sources" {
        if let Ok(given) = serde_json::from_slice(text) {
            sources(&given);
        }
    } else {
        payload(word, text);
    }
}

/// What the profile reads, it writes; and the canonical bytes are their own canonical form.
fn profile(bytes: &[u8]) {
    match canonical::parse(bytes) {
        Ok(value) => {
            let written = canonical::to_bytes(&value).unwrap();
            assert!(
                written.len() <= bytes.len(),
                "the canonical form is the shortest"
            );
            assert!(canonical::is_canonical(&written));
            assert_eq!(canonical::parse(&written).unwrap(), value);
            let exact = written == bytes;
            assert_eq!(canonical::is_canonical(bytes), exact);
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(!canonical::is_canonical(bytes));
        }
    }
}

fn stored(bytes: &[u8]) {
    let Ok(recorded) = Recorded::parse(bytes.to_vec()) else {
        return;
    };
    assert_eq!(recorded.bytes(), bytes, "stored bytes are kept as they are");
    let Some(event) = decode(&recorded) else {
        return;
    };
    // An event whose envelope cannot be read is set aside under another day: it is never written again.
    let sources: Result<Vec<Source>, _> = serde_json::from_str(recorded.sources());
    if When::try_from(recorded.on().to_owned()).is_err() || sources.is_err() {
        assert!(matches!(event.payload, Payload::Unknown(_)));
        return;
    }
    let written = match envelope::encode(&event) {
        Ok(written) => written,
        Err(error) => {
            assert!(
                !canonical::is_canonical(bytes),
                "cannot be written: {error}"
            );
            return;
        }
    };
    assert!(written.len() <= MAX_EVENT_BYTES && canonical::is_canonical(&written));
    let again = decode(&Recorded::parse(written.clone()).unwrap()).unwrap();
    assert_eq!(
        envelope::encode(&again).unwrap(),
        written,
        "written otherwise"
    );
    if let Payload::Unknown(kept) = &event.payload {
        let data: Value = serde_json::from_slice(&written).unwrap();
        let given: Value = serde_json::from_str(&kept.data).unwrap();
        assert_eq!(data["data"], given, "what is not known was changed");
    } else {
        assert_eq!(again, event, "read otherwise");
    }
}

fn decode(recorded: &Recorded) -> Option<Event> {
    let zone = "Asia/Baku".parse().unwrap();
    match Decoder::new(zone).decode(recorded) {
        Ok(event) => Some(event),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    }
}

fn payload(kind: &str, text: &[u8]) {
    let accepted = match door::payload_from_text(kind, text) {
        Ok(accepted) => accepted,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let known = Kind::of(kind).unwrap();
    assert_eq!(accepted.kind(), Some(known));
    let kept = canonical::to_bytes(&accepted.to_value().unwrap()).unwrap();
    let again = door::payload_from_text(kind, &kept).unwrap();
    assert_eq!(again, accepted, "the door reads its own words otherwise");
    assert_eq!(
        canonical::to_bytes(&again.to_value().unwrap()).unwrap(),
        kept
    );
    // History is read leniently, and to the same meaning.
    for text in [text, &kept] {
        let text = std::str::from_utf8(text).unwrap();
        let lenient = Payload::decode(kind, known.version(), text).unwrap();
        assert_eq!(lenient, accepted, "history reads it otherwise");
    }
    // A member that nobody would read is not dropped in silence.
    let mut value = canonical::parse(text).unwrap();
    value["nobody_reads_this"] = json!("x");
    let data = value.as_object().unwrap().clone();
    assert!(door::payload(kind, data).is_err(), "{kind} drops a member");
}

fn sources(given: &Value) {
    match door::sources(given) {
        Ok(sources) => {
            let kept = serde_json::to_value(&sources).unwrap();
            assert_eq!(door::sources(&kept).unwrap(), sources);
            let with_more = given.as_array().unwrap().iter().map(|source| {
                let mut source = source.clone();
                source["nobody_reads_this"] = json!("x");
                source
            });
            let with_more: Vec<Value> = with_more.collect();
            assert!(with_more.is_empty() || door::sources(&json!(with_more)).is_err());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

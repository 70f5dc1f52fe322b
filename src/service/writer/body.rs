//! What makes two sendings of a command the same command: a digest of what it asks.
//!
//! The digest is kept for ever beside the events, so it is keyed with the ledger's secret: nobody can
//! test guesses at an erased text against it. The sender and the command's id are not in it, they are
//! the scope under which it is kept; neither is the expected version, so that a retry is answered as
//! before although its own first sending moved the version on.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use crate::canonical::Members;
use crate::codec::envelope::{EncodeError, Said, canonical_bytes};
use crate::deal::command::{Change, Command, Draft, Intent};
use crate::deal::event::Payload;
use crate::deal::value::ids::StreamId;

/// A command's digest, and the data of its facts as they were written for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Digested {
    pub(super) digest: [u8; 32],
    pub(super) said: Vec<Said>,
}

/// HMAC-SHA-256 of the command's intents, each as canonical JSON behind its length. Streams that were `drawn` for this
/// sending stand there as places, so that another sending is the same with others in their places.
///
/// # Errors
/// When an intent is too long for an event or outside the canonical profile.
pub(super) fn digest(
    secret: &[u8; 32],
    command: &Command,
    drawn: &[StreamId],
) -> Result<Digested, EncodeError> {
    let mut all = Vec::new();
    // PANIC: HMAC takes a key of any length (RFC 2104 section 2).
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length will do");
    mac.update(&(command.intents.len() as u64).to_be_bytes());
    for intent in &command.intents {
        let bytes = match written(intent, drawn) {
            Some((bytes, said)) => {
                all.extend(said);
                bytes
            }
            None => canonical_bytes(&Value::Object(asked(intent, drawn)?))?,
        };
        mac.update(&(bytes.len() as u64).to_be_bytes());
        mac.update(&bytes);
    }
    Ok(Digested {
        digest: mac.finalize().into_bytes().into(),
        said: all,
    })
}

/// The canonical JSON of what is recorded, written member by member: nearly every intent is one, and as a value it costs many
/// times as much. `None` for what is looked at as a whole: other intents, and what cannot be written.
fn written(intent: &Intent, drawn: &[StreamId]) -> Option<(Vec<u8>, Option<Said>)> {
    let Intent::Record(draft) = intent else {
        return None;
    };
    let mut members = Members::start();
    let data_at = members.typed("data", &draft.payload.data()).ok()?;
    members.text("do", "record").ok()?;
    members.text("kind", draft.payload.kind_name()).ok()?;
    match &draft.on {
        Some(on) => members.text("on", on.as_str()).ok()?,
        None => members.typed("on", &()).ok()?,
    };
    members.typed("sources", &draft.sources).ok()?;
    match drawn.iter().position(|one| *one == draft.stream) {
        Some(place) => {
            members.open("stream").ok()?;
            members.number("drawn", place as u64).ok()?;
            members.close();
        }
        None => {
            members.text("stream", &draft.stream.to_string()).ok()?;
        }
    }
    match draft.payload.kind() {
        Some(kind) => members.number("v", kind.version().into()).ok()?,
        None => {
            members.typed("v", &()).ok()?;
        }
    }
    let is_object = members.has_object_at(&data_at);
    let bytes = members.finish().ok()?;
    let text = bytes
        .get(data_at)
        .and_then(|text| std::str::from_utf8(text).ok());
    let said = text.filter(|_| is_object);
    let said = said.map(|text| Said::new(draft.payload.clone(), text.into()));
    Some((bytes, said))
}

/// An intent as JSON. Its members are named as in an event; `do` says which intent it is.
fn asked(intent: &Intent, drawn: &[StreamId]) -> Result<Map<String, Value>, EncodeError> {
    let mut body = Map::new();
    let word = match intent {
        Intent::Record(draft) => {
            recorded(draft, drawn, &mut body)?;
            "record"
        }
        Intent::Correct {
            fact,
            change,
            reason,
        } => {
            body.insert("fact".to_owned(), json!(fact));
            body.insert("reason".to_owned(), json!(reason));
            changed(change, &mut body)?;
            "correct"
        }
        Intent::Retract { fact, reason } => {
            body.insert("fact".to_owned(), json!(fact));
            body.insert("reason".to_owned(), json!(reason));
            "retract"
        }
        Intent::Move { fact, to, reason } => {
            body.insert("fact".to_owned(), json!(fact));
            body.insert("to".to_owned(), place(*to, drawn));
            body.insert("reason".to_owned(), json!(reason));
            "move"
        }
        Intent::Source { fact, sources } => {
            body.insert("fact".to_owned(), json!(fact));
            body.insert("sources".to_owned(), json!(sources));
            "source"
        }
        Intent::Confirm {
            fact,
            version,
            sources,
            words,
        } => {
            body.insert("fact".to_owned(), json!(fact));
            body.insert("version".to_owned(), json!(version));
            body.insert("sources".to_owned(), json!(sources));
            body.insert("words".to_owned(), json!(words));
            "confirm"
        }
    };
    body.insert("do".to_owned(), json!(word));
    Ok(body)
}

/// A stream, or its place among those drawn, written as no stream is.
fn place(stream: StreamId, drawn: &[StreamId]) -> Value {
    match drawn.iter().position(|one| *one == stream) {
        Some(place) => json!({ "drawn": place }),
        None => json!(stream),
    }
}

fn recorded(
    draft: &Draft,
    drawn: &[StreamId],
    body: &mut Map<String, Value>,
) -> Result<(), EncodeError> {
    body.insert("stream".to_owned(), place(draft.stream, drawn));
    body.insert("on".to_owned(), json!(draft.on));
    body.insert("sources".to_owned(), json!(draft.sources));
    said(&draft.payload, body)
}

fn changed(change: &Change, body: &mut Map<String, Value>) -> Result<(), EncodeError> {
    body.insert("on".to_owned(), json!(change.on));
    body.insert("sources".to_owned(), json!(change.sources));
    match &change.data {
        Some(payload) => said(payload, body),
        None => Ok(()),
    }
}

fn said(payload: &Payload, body: &mut Map<String, Value>) -> Result<(), EncodeError> {
    let kind = payload.kind_name();
    let data = payload.to_value().map_err(|error| EncodeError::Data {
        kind: kind.to_owned(),
        problem: error.to_string(),
    })?;
    body.insert("kind".to_owned(), json!(kind));
    body.insert(
        "v".to_owned(),
        json!(payload.kind().map(|kind| kind.version())),
    );
    body.insert("data".to_owned(), data);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deal::event::Kind;
    use uuid::Uuid;

    fn plainly(intent: &Intent, drawn: &[StreamId]) -> Result<Vec<u8>, EncodeError> {
        canonical_bytes(&Value::Object(asked(intent, drawn)?))
    }

    /// The digest is kept for ever: what is written member by member is what the whole value comes to.
    #[test]
    fn what_is_recorded_is_digested_as_the_whole_value_is() {
        let stream = StreamId::Agreement(Uuid::from_u128(7));
        let source = r#"{"title":"Qeyd \"A\"","type":"note"}"#;
        for kind in Kind::ALL {
            let payload = Payload::decode(kind.as_str(), kind.version(), kind.example()).unwrap();
            let mut draft = Draft {
                stream,
                payload,
                on: None,
                sources: Vec::new(),
            };
            for drawn in [&[][..], &[StreamId::Ledger, stream][..]] {
                for on in [None, Some("../2025-04-25".parse().unwrap())] {
                    draft.on = on;
                    let intent = Intent::Record(draft.clone());
                    let (written, said) = written(&intent, drawn).unwrap();
                    let whole = plainly(&intent, drawn);
                    assert_eq!(Ok(written), whole, "{}", kind.as_str());
                    assert!(said.is_some(), "{}", kind.as_str());
                }
                draft.sources.push(serde_json::from_str(source).unwrap());
            }
        }
    }

    #[test]
    fn what_cannot_be_stored_is_refused_in_words() {
        let data = r#"{"a":1.5}"#;
        let draft = Draft {
            stream: StreamId::Ledger,
            payload: Payload::decode_or_keep("moon_landed", 1, data),
            on: None,
            sources: Vec::new(),
        };
        let intent = Intent::Record(draft.clone());
        assert!(written(&intent, &[]).is_none());
        assert!(plainly(&intent, &[]).is_err());
        let kept = Payload::decode_or_keep("moon_landed", 1, r#"{"a":15}"#);
        let intent = Intent::Record(Draft {
            payload: kept,
            ..draft
        });
        let (bytes, _) = written(&intent, &[]).unwrap();
        assert_eq!(Ok(bytes), plainly(&intent, &[]));
    }
}

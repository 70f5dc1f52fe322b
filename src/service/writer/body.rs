//! What makes two sendings of a command the same command: a digest of what it asks.
//!
//! The digest is kept for ever beside the events, so it is keyed with the ledger's secret: nobody can
//! test guesses at an erased text against it. The sender and the command's id are not in it, they are
//! the scope under which it is kept; neither is the expected version, so that a retry is answered as
//! before although its own first sending moved the version on.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use crate::codec::envelope::{EncodeError, canonical_bytes};
use crate::deal::command::{Change, Command, Draft, Intent};
use crate::deal::event::Payload;
use crate::deal::value::ids::StreamId;

/// HMAC-SHA-256 of the command's intents, each as canonical JSON behind its length. Streams that were `drawn` for this
/// sending stand there as places, so that another sending is the same with others in their places.
///
/// # Errors
/// When an intent is too long for an event or outside the canonical profile.
pub(super) fn digest(
    secret: &[u8; 32],
    command: &Command,
    drawn: &[StreamId],
) -> Result<[u8; 32], EncodeError> {
    // PANIC: HMAC takes a key of any length (RFC 2104 section 2).
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length will do");
    mac.update(&(command.intents.len() as u64).to_be_bytes());
    for intent in &command.intents {
        let bytes = canonical_bytes(&Value::Object(asked(intent, drawn)?))?;
        mac.update(&(bytes.len() as u64).to_be_bytes());
        mac.update(&bytes);
    }
    Ok(mac.finalize().into_bytes().into())
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

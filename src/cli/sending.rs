//! A command as it is sent to a service, and its answer.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::client::{BROKEN_OFF, Client, Sending};
use super::failure::Failure;
use crate::deal::command::{Command, Draft, Intent};
use crate::deal::event::Payload;
use crate::deal::value::ids::{EventId, StreamId};
use crate::deal::value::source::Source;
use crate::deal::warning::Warning;
use crate::service::answer::{Answer, RecordedEvent};

/// What a service answers a command.
#[derive(Debug, Deserialize)]
struct Recorded {
    position: u64,
    recorded_at: DateTime<Utc>,
    replayed: bool,
    events: Vec<Event>,
    warnings: Vec<Warning>,
}

#[derive(Debug, Deserialize)]
struct Event {
    id: EventId,
    seq: u64,
    stream: StreamId,
    version: u64,
}

/// Sends a command; whose it is the service knows by itself.
pub(super) fn send(client: &Client, command: &Command) -> Result<Answer, Failure> {
    let items: Result<Vec<Value>, Failure> = command.intents.iter().map(item).collect();
    let mut headers = vec![("idempotency-key", command.id.to_string())];
    if let Some((_, version)) = command.expected {
        headers.push(("if-match", format!("\"{version}\"")));
    }
    let body = json!({ "events": items? }).to_string().into_bytes();
    let recorded: Result<Recorded, Failure> = client.post(
        "/v1/batches",
        Sending {
            headers,
            body: Some(("application/json", body)),
        },
    );
    // The answer alone is lost, it may be.
    let recorded = recorded.map_err(|failure: Failure| match failure.code == BROKEN_OFF {
        true => failure.hint(format!(
            "it may be recorded all the same: send it again with --command-id {}, which records nothing twice",
            command.id
        )),
        false => failure,
    })?;
    Ok(Answer {
        position: recorded.position,
        count: u32::try_from(recorded.events.len()).unwrap_or(u32::MAX),
        events: recorded
            .events
            .into_iter()
            .map(|event| RecordedEvent {
                id: event.id,
                seq: event.seq,
                stream: event.stream,
                version: event.version,
            })
            .collect(),
        warnings: recorded.warnings,
        recorded_at: recorded.recorded_at,
        replayed: recorded.replayed,
    })
}

fn item(intent: &Intent) -> Result<Value, Failure> {
    Ok(match intent {
        Intent::Record(draft) => record(draft)?,
        Intent::Correct {
            fact,
            change,
            reason,
        } => {
            let mut data = Map::new();
            data.insert("fact".to_owned(), json!(fact));
            if let Some(on) = &change.on {
                data.insert("on".to_owned(), json!(on));
            }
            if let Some(new) = &change.data {
                data.insert("data".to_owned(), data_of(new)?);
            }
            if let Some(sources) = &change.sources {
                data.insert("sources".to_owned(), json!(sources));
            }
            data.insert("reason".to_owned(), json!(reason));
            json!({ "kind": "fact_corrected", "data": data })
        }
        Intent::Retract { fact, reason } => {
            json!({ "kind": "fact_retracted", "data": { "fact": fact, "reason": reason } })
        }
        Intent::Move { fact, to, reason } => {
            json!({ "kind": "fact_moved", "data": { "fact": fact, "to": to, "reason": reason } })
        }
        Intent::Source { fact, sources } => {
            json!({ "kind": "fact_sourced", "data": { "fact": fact }, "sources": sources })
        }
        Intent::Confirm {
            fact,
            version,
            sources,
            words,
        } => {
            let mut data = Map::new();
            data.insert("fact".to_owned(), json!(fact));
            if let Some(version) = version {
                data.insert("version".to_owned(), json!(version));
            }
            if let Some(words) = words {
                data.insert("words".to_owned(), json!(words));
            }
            with_sources(json!({ "kind": "fact_confirmed", "data": data }), sources)
        }
    })
}

fn record(draft: &Draft) -> Result<Value, Failure> {
    let mut item = json!({
        "stream": draft.stream, "kind": draft.payload.kind_name(), "data": data_of(&draft.payload)?,
    });
    if let (Some(on), Some(members)) = (&draft.on, item.as_object_mut()) {
        members.insert("on".to_owned(), json!(on));
    }
    Ok(with_sources(item, &draft.sources))
}

fn with_sources(mut item: Value, sources: &[Source]) -> Value {
    if let (false, Some(members)) = (sources.is_empty(), item.as_object_mut()) {
        members.insert("sources".to_owned(), json!(sources));
    }
    item
}

fn data_of(payload: &Payload) -> Result<Value, Failure> {
    let data = payload.to_value();
    data.map_err(|error| Failure::refused("malformed", error.to_string()))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::deal::command::Change;
    use crate::deal::event::noted::Noted;
    use crate::deal::value::text::Text;

    #[test]
    fn each_thing_that_is_asked_for_is_one_event_of_the_batch() {
        let text = |text: &str| Text::new(text).unwrap();
        let fact: EventId = "0196711c-4400-7489-8464-e2fd8f4fc8dd".parse().unwrap();
        let stream = StreamId::Agreement(Uuid::from_u128(7));
        let noted = Payload::from(Noted {
            words: text("seen"),
            continues: None,
        });
        let draft = Draft {
            stream,
            payload: noted.clone(),
            on: Some("2025-04-22".parse().unwrap()),
            sources: Vec::new(),
        };
        let recorded = item(&Intent::Record(draft)).unwrap();
        let wanted = json!({"stream": stream, "kind": "noted", "on": "2025-04-22", "data": {"words": "seen"}});
        assert_eq!(recorded, wanted);
        let change = Change {
            data: Some(noted),
            ..Change::default()
        };
        let reason = text("a slip");
        let corrected = item(&Intent::Correct {
            fact,
            change,
            reason,
        })
        .unwrap();
        let wanted = json!({"fact": fact, "data": {"words": "seen"}, "reason": "a slip"});
        assert_eq!(corrected, json!({"kind": "fact_corrected", "data": wanted}));
        let moved = Intent::Move {
            fact,
            to: stream,
            reason: text("elsewhere"),
        };
        let wanted = json!({"fact": fact, "to": stream, "reason": "elsewhere"});
        assert_eq!(
            item(&moved).unwrap(),
            json!({"kind": "fact_moved", "data": wanted})
        );
        let confirmed = Intent::Confirm {
            fact,
            version: None,
            sources: Vec::new(),
            words: None,
        };
        let wanted = json!({"kind": "fact_confirmed", "data": {"fact": fact}});
        assert_eq!(item(&confirmed).unwrap(), wanted);
    }
}

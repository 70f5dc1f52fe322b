//! Ledgers of earlier formats replay for ever: the bytes are kept in the repository.
//!
//! `draft-0` holds notes of version 0, from before the first release. It was written by the explicit
//! writer below, which `DEALTRAIL_BLESS=1` runs again; its bytes must never change.

use std::fs;
use std::path::PathBuf;

use dealtrail::codec::decoder::Decoder;
use dealtrail::deal::event::Payload;
use dealtrail::projection::models::Models;
use dealtrail::projection::timeline::Trail;
use dealtrail::store::recorded::Recorded;

use super::support::{agreement, memory, noted, registered, send, stored};

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/draft-0/events.ndjson")
}

/// One line an event, as a program of the draft would have stored it.
fn draft() -> String {
    let ledger = memory();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    send(&ledger, "c-2", vec![noted(agreement(1), "asked for a map")]).unwrap();
    send(
        &ledger,
        "c-3",
        vec![noted(agreement(1), "the map was sent")],
    )
    .unwrap();
    let lines = stored(&ledger).into_iter().map(|bytes| {
        let line = String::from_utf8(bytes).unwrap();
        // The draft called the words `text`, and its version 0.
        if line.contains(r#""kind":"noted""#) {
            line.replace(r#""data":{"words":"#, r#""data":{"text":"#)
                .replace(r#""v":1"#, r#""v":0"#)
        } else {
            line
        }
    });
    lines.map(|line| line + "\n").collect()
}

#[test]
fn notes_of_the_draft_replay_as_notes_of_today() {
    if std::env::var_os("DEALTRAIL_BLESS").is_some() {
        fs::create_dir_all(file().parent().unwrap()).unwrap();
        fs::write(file(), draft()).unwrap();
    }
    let text = fs::read_to_string(file()).expect("the frozen ledger is in the repository");
    assert!(text.contains(r#""data":{"text":"asked for a map"}"#) && text.contains(r#""v":0"#));
    let mut decoder = Decoder::from_start();
    let events: Vec<_> = text
        .lines()
        .map(|line| {
            decoder
                .decode(&Recorded::parse(line.as_bytes().to_vec()).unwrap())
                .unwrap()
        })
        .collect();
    let words: Vec<String> = events
        .iter()
        .filter_map(|event| match &event.payload {
            Payload::Noted(noted) => Some(noted.words.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(words, ["asked for a map", "the map was sent"]);
    let models = Models::fold(&events);
    assert!(!models.status.is_incomplete());
    let trail: Option<Trail<'_>> = models.trail(agreement(1));
    assert!(trail.is_some());
}

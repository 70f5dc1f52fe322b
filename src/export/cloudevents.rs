//! The trail as CloudEvents 1.0 in JSON, an event a line (CNCF CloudEvents 1.0.2, "JSON Event Format").
//!
//! `data` is the stored event, byte for byte, so that its leaf hash can be computed from the line. `time` is when it was
//! recorded: the ledger's occurrence is the recording. When the fact itself happened is the extension `effectivedate`, in
//! the ledger's own form (a day, a month, an interval). `sequence` is the position, filled with zeros so that it sorts as a
//! text (the extension of that name), and `corrects` names the fact that an event corrects.

use chrono::SecondsFormat;
use serde::Deserialize;

use super::events::{EventError, EventFormat, EventWriter, Told, members};

/// CloudEvents as JSON lines.
pub const FORMAT: EventFormat = EventFormat {
    name: "cloudevents",
    media_type: "application/x-ndjson",
    start,
};

/// What the types of events begin with: kind and version of the data follow.
const TYPE_PREFIX: &str = "dealtrail";
/// The kind whose data name the fact it corrects.
const CORRECTION: &str = "fact_corrected";

fn start(origin: &str) -> Box<dyn EventWriter> {
    Box::new(Lines {
        // A reference without a scheme: the origin is a name, and nobody promises a page there.
        source: format!("//{origin}"),
    })
}

struct Lines {
    source: String,
}

/// The member of a correction that is told of outside its data.
#[derive(Deserialize)]
struct Corrects {
    fact: String,
}

impl EventWriter for Lines {
    fn begin(&mut self, _: &mut Vec<u8>) {}

    fn event(&mut self, told: &Told<'_>, out: &mut Vec<u8>) -> Result<(), EventError> {
        let stored = told.stored;
        let time = stored
            .recorded_at()
            .to_rfc3339_opts(SecondsFormat::Micros, true);
        let kind = format!("{TYPE_PREFIX}.{}.v{}", stored.kind(), stored.v());
        let corrects = match stored.kind() {
            CORRECTION => serde_json::from_str::<Corrects>(stored.data()).ok(),
            _ => None,
        };
        let (id, sequence) = (stored.id().to_string(), format!("{:020}", stored.seq()));
        let mut attributes = vec![
            ("specversion", "1.0"),
            ("id", id.as_str()),
            ("source", self.source.as_str()),
            ("type", kind.as_str()),
            ("time", time.as_str()),
            ("subject", stored.stream()),
            ("datacontenttype", "application/json"),
            ("sequence", sequence.as_str()),
            ("effectivedate", stored.on()),
        ];
        if let Some(corrects) = &corrects {
            attributes.push(("corrects", corrects.fact.as_str()));
        }
        out.push(b'{');
        members(&attributes, out);
        out.extend_from_slice(br#","data":"#);
        // Canonical JSON has no line breaks between its members, and escapes those within texts.
        out.extend_from_slice(stored.bytes());
        out.extend_from_slice(b"}\n");
        Ok(())
    }

    fn end(&mut self, _: &mut Vec<u8>) {}
}

//! What the second report says, recorded on 21 April 2025: the day of the conference, the memorandum
//! and a meeting.

use serde_json::json;

use super::bodies::{Body, of_the_meeting};
use super::conference::{conference, package, participants, roles};
use super::plan::{Batch, Entry, Fact, Report, stream};
use crate::deal::value::ids::{StreamId, StreamKind};

const SOURCES: &[Report] = &[Report::Meeting];

/// The day the report gives for the conference.
const DAY: &str = "2025-04-17";

/// What the report tells of had happened when it came out.
const BY_THE_REPORT: &str = "../2025-04-21";

/// The memorandum signed at the conference.
pub(super) fn memorandum() -> StreamId {
    stream(StreamKind::Agreement, 7)
}

/// The commands of this day.
pub(super) fn batches() -> Vec<Batch> {
    vec![
        Batch {
            id: "demo:2025-04-21:bodies",
            at: "2025-04-21T08:00:00Z",
            entries: of_the_meeting(),
        },
        Batch {
            id: "demo:2025-04-21:conference",
            at: "2025-04-21T08:10:00Z",
            entries: conference_again(),
        },
        Batch {
            id: "demo:2025-04-21:memorandum",
            at: "2025-04-21T08:20:00Z",
            entries: memorandum_entries(),
        },
        Batch {
            id: "demo:2025-04-21:meeting",
            at: "2025-04-21T08:30:00Z",
            entries: meeting_entries(),
        },
    ]
}

fn conference_again() -> Vec<Entry> {
    let companies = json!({
        "amount": "200", "unit": "companies", "qualifier": "nearly",
        "text": "nearly 200 companies of both sides",
    });
    let described = json!({
        "roles": roles(&[("supported", Body::BeijingCommission)]),
        "attendance": [participants(), companies],
    });
    let organisers = json!({
        "field": "roles",
        "speaker": Report::speaker(),
        "value": "jointly organised by AZPROMO, Azerbaijan's trade representation in China and NDRC",
    });
    vec![
        Entry::Redate {
            fact: "conference",
            on: DAY,
            sources: &[Report::Conference, Report::Meeting],
            reason: "The report of 21 April gives the day of the conference.",
        },
        Fact::new(conference(), "occasion_described", described, SOURCES).entry(),
        Fact::new(conference(), "claim_stated", organisers, SOURCES)
            .on(BY_THE_REPORT)
            .entry(),
    ]
}

fn memorandum_entries() -> Vec<Entry> {
    let registered = json!({
        "ref": "AG-2025-007",
        "titles": { "en": "Memorandum of understanding of AZPROMO" },
        "class": "institutional",
        "instrument": "mou",
        "parties": [Body::Azpromo.party("signatory")],
        "package": package(),
        "nature": "unknown",
        "inferred": "It was signed at the conference; that it is one of the documents counted there is inferred.",
    });
    let claim = |field: &str, value: &str| {
        let data = json!({ "field": field, "value": value, "speaker": Report::speaker() });
        Fact::new(memorandum(), "claim_stated", data, SOURCES)
            .on(BY_THE_REPORT)
            .entry()
    };
    vec![
        Fact::new(memorandum(), "agreement_registered", registered, SOURCES).entry(),
        Fact::new(
            memorandum(),
            "signed",
            json!({ "occasion": conference(), "place": "Beijing" }),
            SOURCES,
        )
        .on(DAY)
        .entry(),
        claim("parties", "AZPROMO and NDRC"),
        claim(
            "parties",
            "AZPROMO and the International Cooperation Center of NDRC",
        ),
        claim("purpose", "to ease the coming of Chinese companies"),
    ]
}

fn meeting_entries() -> Vec<Entry> {
    let office = |body: Body, office: &str| {
        json!({
            "role": "spoke",
            "party": { "organization": body.stream(), "description": office, "role": "participant" },
        })
    };
    let registered = json!({
        "ref": "OC-2025-004",
        "kind": "meeting",
        "names": { "en": "Meeting of AZPROMO and NDRC" },
        "roles": [
            office(Body::Azpromo, "the executive director of AZPROMO"),
            office(Body::Ndrc, "a deputy director general of NDRC"),
        ],
        "topics": [
            "joint business events",
            "investment partnerships",
            "carrying on with the mechanisms discussed",
        ],
    });
    let about_azpromo = |field: &str, value: &str| {
        let data = json!({ "field": field, "value": value, "speaker": Report::speaker() });
        Fact::new(Body::Azpromo.stream(), "claim_stated", data, SOURCES).on(BY_THE_REPORT)
    };
    vec![
        Fact::new(
            stream(StreamKind::Occasion, 4),
            "occasion_registered",
            registered,
            SOURCES,
        )
        .on(BY_THE_REPORT)
        .entry(),
        about_azpromo("founded", "in 2003, by the Ministry of Economy").entry(),
        about_azpromo(
            "export trips",
            "33 export trips under \"Made in Azerbaijan\" so far",
        )
        .named("export trips")
        .entry(),
    ]
}

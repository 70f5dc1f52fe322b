//! What the first report says, recorded on 18 April 2025: the conference and the documents as a whole.

use serde_json::{Value, json};

use super::bodies::{Body, PRESENTERS, of_the_conference};
use super::plan::{Batch, Entry, Fact, Report, stream};
use crate::deal::value::ids::{StreamId, StreamKind};

const SOURCES: &[Report] = &[Report::Conference];

/// The report does not give the day; it was over when the report came out.
const BY_THE_REPORT: &str = "../2025-04-18";

/// The conference in Beijing.
pub(super) fn conference() -> StreamId {
    stream(StreamKind::Occasion, 1)
}

/// The documents signed there.
pub(super) fn package() -> StreamId {
    stream(StreamKind::Package, 1)
}

fn framework() -> StreamId {
    stream(StreamKind::Agreement, 1001)
}

fn declaration() -> StreamId {
    stream(StreamKind::Agreement, 1002)
}

/// The commands of this day.
pub(super) fn batches() -> Vec<Batch> {
    vec![
        Batch {
            id: "demo:2025-04-18:bodies",
            at: "2025-04-18T08:00:00Z",
            entries: of_the_conference(),
        },
        Batch {
            id: "demo:2025-04-18:framework",
            at: "2025-04-18T08:10:00Z",
            entries: earlier_documents(),
        },
        Batch {
            id: "demo:2025-04-18:conference",
            at: "2025-04-18T08:20:00Z",
            entries: occasions(),
        },
        Batch {
            id: "demo:2025-04-18:package",
            at: "2025-04-18T08:30:00Z",
            entries: documents(),
        },
    ]
}

/// Two documents of earlier years that the report mentions; they are outside the package.
fn earlier_documents() -> Vec<Entry> {
    let registered = |stream, reference, title, instrument, inferred| {
        let data = json!({
            "ref": reference, "titles": { "en": title }, "class": "institutional",
            "instrument": instrument, "nature": "unknown", "inferred": inferred,
        });
        Fact::new(stream, "agreement_registered", data, SOURCES).entry()
    };
    let signed = |stream, on, inferred| {
        Fact::new(stream, "signed", json!({ "inferred": inferred }), SOURCES)
            .on(on)
            .entry()
    };
    vec![
        registered(
            framework(),
            "AG-2023-001",
            "Framework agreement on production capacity and investment cooperation",
            "framework",
            "That it is a document between institutions is inferred from its name.",
        ),
        signed(
            framework(),
            "2023",
            "The report speaks of the framework agreement of 2023; that year is taken as the year of signing.",
        ),
        registered(
            declaration(),
            "AG-2024-001",
            "Joint declaration on strategic partnership",
            "declaration",
            "That it is a document between institutions is inferred from its name.",
        ),
        signed(
            declaration(),
            "2024",
            "The report places it in the year before and carries no year itself; 2024 is inferred.",
        ),
    ]
}

fn occasions() -> Vec<Entry> {
    vec![
        Fact::new(conference(), "occasion_registered", conference_data(), SOURCES)
            .on(BY_THE_REPORT)
            .named("conference")
            .entry(),
        part(2, "OC-2025-002", "session", "Session on terms and priorities of investment"),
        part(3, "OC-2025-003", "meeting", "Meetings of businesses of both sides"),
        Fact::new(
            conference(),
            "linked",
            json!({ "relation": "arises_from", "target": framework() }),
            SOURCES,
        )
        .entry(),
        Fact::new(
            conference(),
            "claim_stated",
            json!({
                "field": "projects presented",
                "speaker": Report::speaker(),
                "value": "over 15 investment projects, in fields such as heavy industry, mining, agriculture, light industry and green energy",
            }),
            SOURCES,
        )
        .on(BY_THE_REPORT)
        .entry(),
        Fact::new(
            conference(),
            "claim_stated",
            json!({
                "field": "roles",
                "speaker": Report::speaker(),
                "value": "organised by AZPROMO, Azerbaijan's trade representation in China and the International Cooperation Center of NDRC",
            }),
            SOURCES,
        )
        .on(BY_THE_REPORT)
        .entry(),
    ]
}

fn part(number: u16, reference: &str, kind: &str, name: &str) -> Entry {
    let data = json!({
        "ref": reference, "kind": kind, "names": { "en": name }, "place": "Beijing",
        "parent": conference(),
    });
    let stream = stream(StreamKind::Occasion, number);
    Fact::new(stream, "occasion_registered", data, SOURCES)
        .on(BY_THE_REPORT)
        .entry()
}

fn conference_data() -> Value {
    json!({
        "ref": "OC-2025-001",
        "kind": "conference",
        "names": { "en": "High-level China-Azerbaijan industrial and investment promotion conference" },
        "place": "Beijing",
        "theme": "A bridge of development, and wider industrial and investment cooperation",
        "roles": roles(&[]),
        "attendance": [participants()],
    })
}

/// Who did what at the conference, with those that a later report adds.
pub(super) fn roles(further: &[(&str, Body)]) -> Vec<Value> {
    let role =
        |role: &str, body: Body, part: &str| json!({ "role": role, "party": body.party(part) });
    let mut roles = vec![
        role("supported", Body::Ministry, "supporter"),
        role("organised", Body::Azpromo, "organiser"),
        role("organised", Body::TradeRepresentation, "organiser"),
        role("organised", Body::CooperationCenter, "organiser"),
    ];
    roles.extend(PRESENTERS.map(|body| role("presented", body, "presenter")));
    roles.extend([Body::Wuqing, Body::DevelopmentArea].map(|body| role("spoke", body, "speaker")));
    roles.extend(
        further
            .iter()
            .map(|(done, body)| role(done, *body, "supporter")),
    );
    roles
}

/// How many people came.
pub(super) fn participants() -> Value {
    json!({
        "amount": "250", "unit": "participants", "qualifier": "about",
        "text": "about 250 officials, investors and business leaders",
    })
}

fn documents() -> Vec<Entry> {
    let registered = json!({
        "ref": "PK-2025-001",
        "titles": { "en": "Documents signed at the conference in Beijing" },
        "occasion": conference(),
        "declared_counts": { "all": 13 },
        "inferred": "The report of 18 April carries no year; 2025 is inferred from the later reports.",
    });
    let counted = json!({
        "field": "declared_counts",
        "speaker": Report::speaker(),
        "value": "13 cooperation and investment agreements between institutions of both countries",
    });
    vec![
        Fact::new(package(), "package_registered", registered, SOURCES).entry(),
        Fact::new(package(), "claim_stated", counted, SOURCES)
            .on(BY_THE_REPORT)
            .entry(),
    ]
}

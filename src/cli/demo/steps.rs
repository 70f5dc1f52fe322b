//! What the third report says, recorded on 25 April 2025: the documents by class, and the first
//! practical steps.

use serde_json::json;

use super::bodies::Body;
use super::conference::{conference, package};
use super::meeting::memorandum;
use super::plan::{Batch, Entry, Fact, Report, stream};
use crate::deal::value::ids::{StreamId, StreamKind};

const SOURCES: &[Report] = &[Report::Steps];

/// The statement says what had been done, not on which day.
const BY_THE_STATEMENT: &str = "../2025-04-25";

/// The fields of the practical documents that the statement names, each taken as one agreement.
const FIELDS: [(&str, &str); 6] = [
    ("Cardboard production", "unknown"),
    ("Machine engineering", "unknown"),
    ("Tractor production", "unknown"),
    ("High technologies", "unknown"),
    ("Laptop and computer production", "unknown"),
    ("Expansion of aluminium production", "expansion"),
];

fn cardboard() -> StreamId {
    stream(StreamKind::Agreement, 1)
}

fn tractors() -> StreamId {
    stream(StreamKind::Agreement, 3)
}

/// The commands of this day.
pub(super) fn batches() -> Vec<Batch> {
    vec![
        Batch {
            id: "demo:2025-04-25:statement",
            at: "2025-04-25T08:00:00Z",
            entries: statement(),
        },
        Batch {
            id: "demo:2025-04-25:package",
            at: "2025-04-25T08:10:00Z",
            entries: package_again(),
        },
        Batch {
            id: "demo:2025-04-25:preferred",
            at: "2025-04-25T08:20:00Z",
            entries: vec![Entry::Prefer {
                stream: package(),
                claim: "counts by class",
                reason: "The later statement is the agency's own and counts the documents by class.",
            }],
        },
        Batch {
            id: "demo:2025-04-25:agreements",
            at: "2025-04-25T08:30:00Z",
            entries: agreements(),
        },
        Batch {
            id: "demo:2025-04-25:steps",
            at: "2025-04-25T08:40:00Z",
            entries: steps(),
        },
        Batch {
            id: "demo:2025-04-25:expected",
            at: "2025-04-25T08:50:00Z",
            entries: expected(),
        },
    ]
}

fn statement() -> Vec<Entry> {
    let registered = json!({
        "ref": "OC-2025-005",
        "kind": "statement",
        "names": { "en": "Statement of AZPROMO on practical steps, at another conference" },
        "roles": [{ "role": "spoke", "party": Body::Azpromo.party("speaker") }],
    });
    let organisers = json!({
        "field": "roles",
        "speaker": Report::speaker(),
        "value": "the Ministry of Economy is named among the organisers",
    });
    vec![
        Fact::new(
            stream(StreamKind::Occasion, 5),
            "occasion_registered",
            registered,
            SOURCES,
        )
        .on(BY_THE_STATEMENT)
        .entry(),
        Fact::new(conference(), "claim_stated", organisers, SOURCES)
            .on(BY_THE_STATEMENT)
            .entry(),
        Entry::AlsoIn {
            fact: "export trips",
            source: Report::Steps,
        },
    ]
}

fn package_again() -> Vec<Entry> {
    let claim = |field: &str, value: &str| {
        let data = json!({
            "field": field, "value": value, "speaker": Body::Azpromo.party("speaker"),
        });
        Fact::new(package(), "claim_stated", data, SOURCES).on(BY_THE_STATEMENT)
    };
    let described = json!({
        "declared_counts": { "all": 13, "institutional": 4, "practical": 9 },
        "declared_value": {
            "money": {
                "amount": "335000000", "currency": "USD", "kind": "declared", "qualifier": "exact",
            },
            "scope": "ambiguous",
        },
        "inferred": "One practical agreement is assumed for each field the statement names, six of nine; the other three practical documents, and three of the four institutional ones, are not named. The report of 18 April carries no year; 2025 is inferred from the later reports.",
    });
    vec![
        Fact::new(package(), "package_described", described, SOURCES).entry(),
        claim(
            "declared_counts",
            "13 documents, 4 of them between institutions and 9 practical",
        )
        .named("counts by class")
        .entry(),
        claim(
            "practical steps",
            "practical steps have started in each sector",
        )
        .entry(),
        claim("projects launched", "a number of projects were launched").entry(),
    ]
}

fn agreements() -> Vec<Entry> {
    let mut entries = Vec::new();
    for ((field, nature), number) in FIELDS.into_iter().zip(1_u16..) {
        let stream = stream(StreamKind::Agreement, number);
        let mut registered = json!({
            "ref": format!("AG-2025-{number:03}"),
            "titles": { "en": field },
            "class": "practical",
            "instrument": "unknown",
            "sectors": [{ "text": field.to_lowercase() }],
            "package": package(),
            "nature": nature,
            "inferred": "One practical agreement is assumed for each field named in the statement.",
        });
        if stream == tractors() {
            registered["parties"] = json!([
                { "description": "a local company", "country": "AZ", "role": "local_company" },
                { "description": "a Chinese company", "country": "CN", "role": "foreign_company" },
            ]);
        }
        let signed = json!({
            "occasion": conference(),
            "inferred": "That it was signed at the conference, on 17 April 2025, is inferred from the statement and the report of 21 April.",
        });
        entries.push(Fact::new(stream, "agreement_registered", registered, SOURCES).entry());
        entries.push(
            Fact::new(stream, "signed", signed, &[Report::Meeting, Report::Steps])
                .on("2025-04-17")
                .entry(),
        );
    }
    let one_of_four = json!({
        "inferred": "It was signed at the conference; that it is one of the four documents between institutions is inferred.",
    });
    entries.push(Fact::new(memorandum(), "agreement_described", one_of_four, SOURCES).entry());
    entries
}

fn steps() -> Vec<Entry> {
    let fact = |stream, kind, data| {
        Fact::new(stream, kind, data, SOURCES)
            .on(BY_THE_STATEMENT)
            .entry()
    };
    vec![
        fact(
            cardboard(),
            "land_allocated",
            json!({ "area": {
                "amount": "3", "unit": "ha", "qualifier": "almost", "text": "almost 3 ha",
            } }),
        ),
        fact(
            cardboard(),
            "milestone_reached",
            json!({ "milestone": "works_started", "nature": "unspecified" }),
        ),
        fact(
            tractors(),
            "financial_model_agreed",
            json!({
                "strength": "discussions_concluded",
                "words": "the local company has finished discussing the financial model with a Chinese company",
            }),
        ),
    ]
}

fn expected() -> Vec<Entry> {
    ["capital_contributed", "company_incorporated"]
        .into_iter()
        .map(|milestone| {
            let data = json!({
                "milestone": milestone, "words": "in the near future", "horizon": "2025-04-25/..",
            });
            Fact::new(cardboard(), "expectation_stated", data, SOURCES)
                .on(BY_THE_STATEMENT)
                .entry()
        })
        .collect()
}

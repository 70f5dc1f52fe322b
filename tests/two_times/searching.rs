//! Search: what people type against what things are called, as known at any position, held against a search
//! that looks every word of every thing through.

mod naive;
mod random;

use dealtrail::deal::value::ids::{StreamId, StreamKind};
use dealtrail::projection::models::Models;
use dealtrail::projection::search::asking::{Fit, Way};
use serde_json::json;

use super::ledger::{Ledger, uuid};

fn thing(kind: StreamKind, name: &str) -> StreamId {
    StreamId::new(kind, uuid(name))
}

/// A brickworks signed at a conference, between an agency and an unnamed company.
fn fair() -> Ledger {
    let mut ledger = Ledger::default();
    let agency = thing(StreamKind::Organization, "agency");
    let forum = thing(StreamKind::Occasion, "forum");
    let papers = thing(StreamKind::Package, "papers");
    ledger.record("1 Apr", agency, "organization_registered", "",
        json!({"ref": "OR-2025-001", "names": {"en": "Agency of Bricks", "az": "Kərpic Agentliyi"}}));
    ledger.record("1 Apr", forum, "occasion_registered", "1 Apr", json!({"ref": "OC-2025-001", "kind": "conference",
        "names": {"en": "Spring forum", "zh": "工業投資會議"}, "place": "Gəncə", "theme": "Wider bridges",
        "roles": [{"role": "organised", "party": {"organization": agency.to_string(), "role": "host"}}],
        "topics": ["Ёлки и заводы"]}));
    ledger.record("1 Apr", papers, "package_registered", "",
        json!({"ref": "PK-2025-001", "titles": {"en": "Papers of the forum"}, "occasion": forum.to_string(), "declared_counts": {}}));
    ledger.register("2 Apr", "AG-2025-001", json!({"titles": {"en": "Brick production", "az": "QIŞ İSTEHSALI"},
        "sectors": [{"text": "building materials"}], "package": papers.to_string(),
        "parties": [{"description": "a Chinese company", "role": "investor"}, {"organization": agency.to_string(), "role": "host"}]}));
    ledger.register(
        "3 Apr",
        "AG-2025-012",
        json!({"titles": {"en": "Glass of the agency"}}),
    );
    ledger
}

fn found(models: &Models, question: &str) -> Vec<String> {
    let hits = models.search().ask(question, None, 20);
    assert_eq!(hits.all, hits.best.len());
    let shown = hits.best.iter().map(|hit| {
        let (reference, _) =
            dealtrail::projection::description::called(models.status.book(hit.stream).unwrap())
                .unwrap();
        let fields: Vec<_> = hit.fields.iter().map(|field| field.as_str()).collect();
        format!(
            "{reference} {}{}",
            fields.join("+"),
            if hit.fit == Fit::Nearly { "~" } else { "" }
        )
    });
    shown.collect()
}

#[test]
fn things_are_found_by_what_people_type() {
    let models = fair().head();
    let cases: &[(&str, &[&str])] = &[
        // References: whole, lower case, begun.
        ("ag-2025-001", &["AG-2025-001 reference"]),
        (
            "AG-2025",
            &["AG-2025-001 reference", "AG-2025-012 reference"],
        ),
        // Titles in any language, without marks and case, begun, with a slip.
        ("BRICK production", &["AG-2025-001 title"]),
        ("qis istehsali", &["AG-2025-001 title"]),
        (
            "kerp",
            &[
                "OR-2025-001 title",
                "AG-2025-001 party",
                "OC-2025-001 party",
            ],
        ),
        ("brcik", &["AG-2025-001 title~"]),
        ("prodcution brick", &["AG-2025-001 title~"]),
        // Titles go before parties, parties before the rest.
        (
            "agency",
            &[
                "AG-2025-012 title",
                "OR-2025-001 title",
                "AG-2025-001 party",
                "OC-2025-001 party",
            ],
        ),
        ("chinese brick", &["AG-2025-001 title+party"]),
        ("gence", &["OC-2025-001 place"]),
        (
            "forum",
            &[
                "OC-2025-001 title",
                "PK-2025-001 title",
                "AG-2025-001 package",
            ],
        ),
        ("spring", &["OC-2025-001 title", "PK-2025-001 occasion"]),
        ("materials", &["AG-2025-001 sector"]),
        ("елки", &["OC-2025-001 topic"]),
        ("WIDER", &["OC-2025-001 theme"]),
        // Chinese by any stretch of it, and by one letter.
        ("投資會", &["OC-2025-001 title", "PK-2025-001 occasion"]),
        ("議", &["OC-2025-001 title", "PK-2025-001 occasion"]),
        ("投工", &[]),
        // Every word has to stand somewhere; short words and numbers are taken as typed.
        ("brick unicorn", &[]),
        ("2026", &[]),
        ("glas", &["AG-2025-012 title"]),
        ("gxass", &["AG-2025-012 title~"]),
        ("", &[]),
        ("—", &[]),
    ];
    for (question, expected) in cases {
        assert_eq!(found(&models, question), *expected, "{question}");
    }
    let hits = models
        .search()
        .ask("agency", Some(StreamKind::Agreement), 1);
    assert_eq!((hits.all, hits.best.len()), (2, 1));
    assert_eq!(hits.best[0].way, Way::Title);
}

#[test]
fn corrections_descriptions_and_retractions_change_what_is_found() {
    let mut ledger = fair();
    let agency = thing(StreamKind::Organization, "agency");
    let renamed = ledger.record(
        "4 Apr",
        agency,
        "organization_described",
        "",
        json!({"names": {"en": "House of Clay"}}),
    );
    let head = ledger.head();
    assert_eq!(
        found(&head, "clay"),
        [
            "OR-2025-001 title",
            "AG-2025-001 party",
            "OC-2025-001 party"
        ]
    );
    assert!(found(&head, "kerpic").is_empty());
    ledger.correct(
        "5 Apr",
        renamed,
        "4 Apr",
        json!({"names": {"en": "House of Loam"}}),
    );
    let head = ledger.head();
    assert!(found(&head, "clay").is_empty());
    assert_eq!(found(&head, "loam").len(), 3);
    ledger.retract("6 Apr", renamed);
    assert_eq!(found(&ledger.head(), "kerpic").len(), 3);
    let registration = ledger.events[0].id;
    ledger.retract("7 Apr", registration);
    assert!(found(&ledger.head(), "kerpic").is_empty());
    assert!(found(&ledger.head(), "OR-2025-001").is_empty());
    // As known then, everything is found as it was.
    assert_eq!(found(&ledger.known("4 Apr"), "clay").len(), 3);
    assert_eq!(found(&ledger.known("3 Apr"), "kerpic").len(), 3);
}

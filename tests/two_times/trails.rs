//! Look-ups, descriptions, claims and trails.

use dealtrail::deal::value::ids::Ref;
use dealtrail::projection::description::{self, claims::claims};
use dealtrail::projection::timeline::{Deed, Holds};
use serde_json::{Value, json};

use super::ledger::{Ledger, agreement, day, package};

fn claim(value: &str) -> Value {
    json!({"field": "declared counts", "value": value})
}

fn visit() -> Ledger {
    let mut ledger = Ledger::default();
    let bare = json!({"ref": "PK-2025-001", "titles": {"en": "The visit"}});
    ledger.record("18 Apr", package("visit"), "package_registered", "", bare);
    ledger
}

#[test]
fn a_description_replaces_the_fields_it_gives_and_goes_with_its_retraction() {
    let mut given = Ledger::with(&["brick"]);
    let described = json!({"instrument": "mou", "inferred": "taken to be a memorandum"});
    let described = given.record(
        "2 May",
        agreement("brick"),
        "agreement_described",
        "",
        described,
    );
    let read = |given: &Ledger| {
        let models = given.head();
        let info = description::agreement(models.status.book(agreement("brick")).unwrap()).unwrap();
        (
            info.instrument.value.as_str(),
            info.instrument.fact.seq(),
            info.inferred.len(),
            info.class.value.as_str(),
        )
    };
    assert_eq!(read(&given), ("mou", 1, 1, "practical"));
    given.correct(
        "3 May",
        described,
        "2 May",
        json!({"instrument": "framework"}),
    );
    assert_eq!(read(&given), ("framework", 1, 0, "practical"));
    given.retract("4 May", described);
    assert_eq!(read(&given), ("contract", 0, 0, "practical"));
}

#[test]
fn a_disputed_field_shows_the_claim_preferred_last() {
    let mut given = visit();
    let first = given.record(
        "18 Apr",
        package("visit"),
        "claim_stated",
        "18 Apr",
        claim("13 documents"),
    );
    let second = given.record(
        "25 Apr",
        package("visit"),
        "claim_stated",
        "25 Apr",
        claim("4 and 9 documents"),
    );
    let prefer = |given: &mut Ledger, recorded: &str, claim| {
        given.record(
            recorded,
            package("visit"),
            "claim_preferred",
            "",
            json!({"claim": claim, "reason": "it counts by class"}),
        )
    };
    let shown = |given: &Ledger, on: &str| {
        let models = given.head();
        let fields = claims(models.status.book(package("visit")).unwrap(), day(on));
        (
            fields[0].disputed,
            fields[0].shown().map(ToString::to_string),
        )
    };
    assert_eq!(shown(&given, "24 Apr"), (false, None));
    assert_eq!(shown(&given, "25 Apr"), (true, None));
    prefer(&mut given, "26 Apr", first);
    let last = prefer(&mut given, "27 Apr", second);
    assert_eq!(
        shown(&given, "27 Apr"),
        (true, Some("4 and 9 documents".to_owned()))
    );
    given.retract("28 Apr", last);
    assert_eq!(
        shown(&given, "27 Apr"),
        (true, Some("13 documents".to_owned()))
    );
}

#[test]
fn claims_on_a_topic_stand_side_by_side() {
    let mut given = visit();
    for value in ["steps were taken", "projects were launched"] {
        let claim = json!({"field": "what became of it", "value": value});
        given.record("25 Apr", package("visit"), "claim_stated", "25 Apr", claim);
    }
    let models = given.head();
    let fields = claims(models.status.book(package("visit")).unwrap(), day("25 Apr"));
    assert_eq!(
        (fields.len(), fields[0].claims.len(), fields[0].disputed),
        (1, 2, false)
    );
}

#[test]
fn references_are_found_ignoring_case_and_near_ones_are_named() {
    let mut given = visit();
    let registered = given.register("1 May", "brick", json!({"ref": "AG-2025-001"}));
    given.register("1 May", "glass", json!({"ref": "AG-2025-014"}));
    let renamed = json!({"ref": "AG-2025-007", "titles": {"en": "brick"}, "class": "practical", "instrument": "mou", "nature": "unknown"});
    given.correct("2 May", registered, "1 May", renamed);
    let status = given.head().status;
    let of = |text: &str| status.by_ref(&Ref::new(text).unwrap());
    assert_eq!(
        of("ag-2025-001"),
        Some(agreement("brick")),
        "the old reference stays"
    );
    assert_eq!(of("AG-2025-007"), Some(agreement("brick")));
    assert_eq!(of("AG-2025-999"), None);
    let near = |text| {
        status
            .near_refs(text, 2)
            .iter()
            .map(|near| near.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(near("AG-2025-041"), ["AG-2025-001", "AG-2025-014"]);
    assert_eq!(near("pk"), ["PK-2025-001"]);
    assert_eq!(near("something else"), Vec::<String>::new());
    assert_eq!(near("  "), Vec::<String>::new());
}

#[test]
fn a_trail_keeps_every_version_source_and_retraction() {
    let mut given = Ledger::with(&["brick"]);
    let works = given.record(
        "24 Apr",
        agreement("brick"),
        "works_started",
        "23 Apr",
        json!({"nature": "unspecified"}),
    );
    given.fact("25 Apr", "brick", "signed", "17 Apr");
    let corrected = given.correct(
        "5 May",
        works,
        "20 Apr",
        json!({"milestone": "works_started", "nature": "construction"}),
    );
    let mut sourced = super::ledger::draft(
        agreement("brick"),
        "fact_sourced",
        "",
        json!({"fact": works}),
    );
    sourced.sources =
        serde_json::from_value(json!([{"title": "act", "type": "authority_act", "number": "7"}]))
            .unwrap();
    let sourced = given.batch("6 May", vec![sourced])[0];
    given.retract("7 May", sourced);
    given.retract("8 May", works);

    let models = given.head();
    let trail = models.trail(agreement("brick")).unwrap();
    let entry = &trail.entries[1];
    let versions: Vec<_> = entry
        .versions
        .iter()
        .map(|v| {
            (
                v.version.on.as_str(),
                v.in_force,
                v.replaced_by.map(|by| by.recording.event),
            )
        })
        .collect();
    assert_eq!(
        versions,
        [
            ("2025-04-23", false, Some(corrected)),
            ("2025-04-20", false, None)
        ]
    );
    assert_eq!(
        (entry.sources.len(), entry.sources[0].retracted.is_some()),
        (1, true)
    );
    assert_eq!(entry.evidence.to_string(), "none");
    assert_eq!(
        entry.retracted.unwrap().reason.to_string(),
        "recorded in error"
    );
    assert_eq!(entry.holds(day("1 Jun")), Holds::Retracted);
    assert_eq!(trail.entries[2].holds(day("16 Apr")), Holds::Later);
    assert_eq!(trail.entries[2].holds(day("17 Apr")), Holds::Happened);
    assert_eq!(trail.entries[0].holds(day("17 Apr")), Holds::Undated);

    let order: Vec<_> = trail
        .by_happening()
        .map(|entry| entry.fact.payload().kind_name())
        .collect();
    assert_eq!(
        order,
        ["agreement_registered", "signed", "milestone_reached"]
    );
    let deeds: Vec<_> = trail
        .lines()
        .iter()
        .map(|line| {
            (
                line.recording.seq,
                match line.deed {
                    Deed::Recorded => "recorded",
                    Deed::Corrected(..) => "corrected",
                    Deed::Retracted(_) => "retracted",
                    Deed::Sourced(_) => "sourced",
                    Deed::SourceWithdrawn(_) => "source withdrawn",
                    _ => "other",
                },
            )
        })
        .collect();
    assert_eq!(
        deeds,
        [
            (0, "recorded"),
            (1, "recorded"),
            (2, "recorded"),
            (3, "corrected"),
            (4, "sourced"),
            (5, "source withdrawn"),
            (6, "retracted"),
        ]
    );
}

#[test]
fn a_fact_is_found_by_any_of_its_events_and_by_position() {
    let mut given = Ledger::with(&["brick"]);
    let land = given.fact("24 Apr", "brick", "land_allocated", "22 Apr");
    let corrected = given.correct("5 May", land, "21 Apr", json!({}));
    let status = given.head().status;
    for found in [
        status.fact(land),
        status.fact(corrected),
        status.fact_at(1),
        status.fact_at(2),
    ] {
        assert_eq!(found.unwrap().fact.id(), land);
    }
    assert!(status.fact_at(3).is_none());
    assert_eq!(status.stream_of(corrected), Some(agreement("brick")));
}

#[test]
fn what_the_program_cannot_read_is_kept_and_marks_the_stream_incomplete() {
    use dealtrail::deal::event::Payload;
    let mut given = Ledger::with(&["brick"]);
    let mut draft = super::ledger::draft(agreement("brick"), "noted", "", json!({"words": "x"}));
    draft.payload = Payload::decode_or_keep("noted", 9, r#"{"words":"x"}"#);
    given.batch("2 May", vec![draft]);
    let models = given.head();
    assert!(models.status.is_incomplete());
    let trail = models.trail(agreement("brick")).unwrap();
    assert!(matches!(trail.lines()[1].deed, Deed::Unplaced(anomaly) if anomaly.kind == "noted"));
}

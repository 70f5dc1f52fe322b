//! Look-ups, descriptions, claims and trails.

use dealtrail::deal::value::ids::Ref;
use dealtrail::projection::description::{self, claims::claims};
use dealtrail::projection::timeline::{Deed, Entry, Holds, Line, VersionEntry};
use serde_json::{Value, json};

use super::ledger::{Ledger, agreement, day, draft, package};

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

/// Works recorded, corrected, sourced, the source withdrawn, and the works withdrawn.
fn withdrawn() -> Ledger {
    let mut given = Ledger::with(&["brick"]);
    let brick = agreement("brick");
    let unspecified = json!({"nature": "unspecified"});
    let works = given.record("24 Apr", brick, "works_started", "23 Apr", unspecified);
    given.fact("25 Apr", "brick", "signed", "17 Apr");
    let construction = json!({"milestone": "works_started", "nature": "construction"});
    given.correct("5 May", works, "20 Apr", construction);
    let mut sourced = draft(brick, "fact_sourced", "", json!({"fact": works}));
    let act = json!([{"title": "act", "type": "authority_act", "number": "7"}]);
    sourced.sources = serde_json::from_value(act).unwrap();
    let sourced = given.batch("6 May", vec![sourced])[0];
    given.retract("7 May", sourced);
    given.retract("8 May", works);
    given
}

#[test]
fn a_trail_keeps_every_version_source_and_retraction() {
    let models = withdrawn().head();
    let trail = models.trail(agreement("brick")).unwrap();
    let entry = &trail.entries[1];
    let version = |entry: &VersionEntry<'_>| {
        let by = entry.replaced_by.map(|by| by.recording.seq);
        (entry.version.on.to_string(), entry.in_force, by)
    };
    let versions: Vec<_> = entry.versions.iter().map(version).collect();
    let struck = ("2025-04-23".to_owned(), false, Some(3));
    assert_eq!(versions, [struck, ("2025-04-20".to_owned(), false, None)]);
    assert_eq!(entry.sources.len(), 1);
    assert!(entry.sources[0].retracted.is_some());
    assert_eq!(entry.evidence.to_string(), "none");
    let reason = &entry.retracted.unwrap().reason;
    assert_eq!(reason.to_string(), "recorded in error");
    assert_eq!(entry.holds(day("1 Jun")), Holds::Retracted);
    assert_eq!(trail.entries[2].holds(day("16 Apr")), Holds::Later);
    assert_eq!(trail.entries[2].holds(day("17 Apr")), Holds::Happened);
    assert_eq!(trail.entries[0].holds(day("17 Apr")), Holds::Undated);
}

#[test]
fn a_trail_runs_in_order_of_happening_and_in_order_of_recording() {
    let models = withdrawn().head();
    let trail = models.trail(agreement("brick")).unwrap();
    let kind = |entry: &Entry<'_>| entry.fact.payload().kind_name().to_owned();
    let happened: Vec<_> = trail.by_happening().map(kind).collect();
    assert_eq!(
        happened,
        ["agreement_registered", "signed", "milestone_reached"]
    );
    let deed = |line: &Line<'_>| match line.deed {
        Deed::Recorded => "recorded",
        Deed::Corrected(..) => "corrected",
        Deed::Retracted(_) => "retracted",
        Deed::Sourced(_) => "sourced",
        Deed::SourceWithdrawn(_) => "source withdrawn",
        _ => "other",
    };
    let lines = trail.lines();
    let seqs: Vec<_> = lines.iter().map(|line| line.recording.seq).collect();
    assert_eq!(seqs, [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(
        lines.iter().map(deed).collect::<Vec<_>>(),
        [
            "recorded",
            "recorded",
            "recorded",
            "corrected",
            "sourced",
            "source withdrawn",
            "retracted"
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
    let mut unread = draft(agreement("brick"), "noted", "", json!({"words": "x"}));
    unread.payload = Payload::decode_or_keep("noted", 9, r#"{"words":"x"}"#);
    given.batch("2 May", vec![unread]);
    let models = given.head();
    assert!(models.status.is_incomplete());
    let trail = models.trail(agreement("brick")).unwrap();
    assert!(matches!(trail.lines()[1].deed, Deed::Unplaced(anomaly) if anomaly.kind == "noted"));
}

#[test]
fn withdrawing_a_withdrawal_of_a_source_leaves_the_fact_alone() {
    let mut given = Ledger::with(&["brick"]);
    let land = given.fact("24 Apr", "brick", "land_allocated", "22 Apr");
    let sourced = json!({"fact": land});
    let sourced = given.record("25 Apr", agreement("brick"), "fact_sourced", "", sourced);
    let withdrawal = given.retract("26 Apr", sourced);
    given.retract("27 Apr", withdrawal);
    let models = given.head();
    assert_eq!(models.status.anomalies().count(), 1);
    assert!(models.status.fact(land).unwrap().fact.is_live());
}

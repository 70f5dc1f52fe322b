//! How a service tells how it is: ready or not and why, and what its audit of itself finds.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use dealtrail::codec::decoder::Decoder;
use dealtrail::deal::value::ids::StreamId;
use dealtrail::deal::value::when::When;
use dealtrail::projection::models::Models;
use dealtrail::proof::tree::leaf_hash;
use dealtrail::service::fiction;
use dealtrail::service::follow::Reached;
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::operations::Operations;
use dealtrail::service::rebuild::rebuild;
use dealtrail::service::roots::Roots;
use dealtrail::service::self_audit::{Audited, Pace};
use dealtrail::service::snapshot;
use dealtrail::synth::plan::Plan;
use serde_json::Value;

use super::figures::figure;
use super::moody::{moody, open, record};
use super::service::Service;
use crate::faults::disk::{Call, EIO, Fate, Fault};

/// The codes of the reasons that the service is not ready for.
pub(super) fn reasons(service: &Service) -> Vec<String> {
    let answer = service.get("/health/ready");
    if answer.status == 200 {
        assert_eq!(answer.json()["status"], "ready");
        return Vec::new();
    }
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.header("retry-after").is_some());
    let problem = answer.json();
    assert_eq!(problem["code"], "not_ready");
    let reasons = problem["reasons"].as_array().unwrap().clone();
    let detail = problem["detail"].as_str().unwrap();
    let code = |reason: &Value| {
        assert!(
            detail.contains(reason["detail"].as_str().unwrap()),
            "{detail}"
        );
        assert!(!reason["hint"].as_str().unwrap().is_empty());
        reason["code"].as_str().unwrap().to_owned()
    };
    reasons.iter().map(code).collect()
}

#[test]
fn a_service_is_ready_until_its_disk_fails() {
    let (service, disk) = moody();
    assert_eq!(service.get("/health/live").json()["status"], "live");
    assert!(reasons(&service).is_empty());
    record(&service.ledger, "OR-1").unwrap();
    disk.arm_journal(Fault {
        call: Call::Sync,
        nth: 0,
        fate: Fate::Lost,
        errno: EIO,
        dead: true,
    });
    assert!(record(&service.ledger, "OR-2").is_err());
    assert_eq!(reasons(&service), ["stopped"]);
    assert_eq!(service.get("/health/live").status, 200, "it still answers");
    assert_eq!(figure(&service, "dealtrail_recording", ""), 0.0);
    assert_eq!(
        figure(&service, "dealtrail_trouble", "code=\"stopped\""),
        1.0
    );
    assert_eq!(figure(&service, "dealtrail_ready", ""), 0.0);
}

#[test]
fn a_full_disk_is_told_until_there_is_space() {
    let (service, disk) = moody();
    disk.say_free(Some(0));
    // Space is looked at now and then.
    let begun = Instant::now();
    let mut number = 0;
    while record(&service.ledger, &format!("OR-A{number}")).is_ok() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "nobody looks at the space"
        );
        number += 1;
    }
    assert_eq!(reasons(&service), ["no_space"]);
    assert!(
        figure(
            &service,
            "dealtrail_commands_refused_total",
            "code=\"no_space\""
        ) >= 1.0
    );
    disk.say_free(None);
    record(&service.ledger, "OR-LAST").unwrap();
    assert!(reasons(&service).is_empty());
}

#[test]
fn a_service_that_ends_is_not_ready() {
    let service = Service::start();
    let operations = Operations::default();
    operations.end();
    let codes: Vec<_> = operations
        .troubles(&service.ledger)
        .iter()
        .map(|one| one.code)
        .collect();
    assert_eq!(codes, ["ending"]);
}

#[test]
fn the_version_is_told_whole() {
    let version = Service::start().get("/version").json();
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert!(version["target"].as_str().unwrap().ends_with("-linux"));
    for form in ["frame", "segment", "snapshot", "ledger", "backup"] {
        assert!(version["formats"][form].as_u64().unwrap() >= 1, "{form}");
    }
    let features: BTreeSet<&str> = version["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap())
        .collect();
    assert_eq!(features.contains("tls"), cfg!(feature = "tls"));
}

/// Waits until the audit of a service has gone over everything.
fn audited(operations: &Operations) -> Audited {
    let begun = Instant::now();
    loop {
        let audited = operations.audited().unwrap();
        if audited.rounds > 0 {
            return audited;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{audited:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn read_models_restored_from_a_wrong_snapshot_are_found_out() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let options = Options {
        floor_bytes: Some(0),
        ..Options::default()
    };
    let plan = Plan::new(20, 300, 3).unwrap();
    fiction::make(&path, &plan, &options, &mut |_, _| ()).unwrap();
    let wrong_at = 123;
    {
        let ledger = Ledger::read(&path, &options).unwrap();
        let (mut decoder, mut roots) = (Decoder::from_start(), Roots::default());
        let mut events = Vec::new();
        for frame in ledger.store().read(0).unwrap() {
            for stored in frame.unwrap().events() {
                roots.push(leaf_hash(stored.bytes()));
                events.push(decoder.decode(stored).unwrap());
            }
        }
        events[wrong_at].on = When::day("1999-01-01".parse().unwrap());
        let reached = Reached {
            models: Models::fold(&events),
            head: ledger.store().head(),
            roots,
        };
        // Sound in every checksum, and wrong.
        std::fs::remove_dir_all(path.join("snapshots")).ok();
        snapshot::write(&path, ledger.id(), &reached).unwrap();
    }
    let often = Options {
        snapshot_every: 1,
        ..options.clone()
    };
    let ledger = Ledger::open(&path, &often).unwrap();
    let mut service = Service::over(tempfile::tempdir().unwrap(), ledger, open());
    let operations = service.api.operations().clone();
    let pace = Pace {
        events: 100_000,
        between: Duration::from_millis(10),
    };
    operations.audit(&service.ledger, pace).unwrap();
    let departure = audited(&operations).departure.unwrap();
    assert_eq!(departure.position, wrong_at as u64);
    assert_eq!(reasons(&service), ["read_models_differ"]);
    let detail = service.get("/health/ready").json()["detail"].to_string();
    assert!(detail.contains("from position 123 on"), "{detail}");
    assert_eq!(figure(&service, "dealtrail_audit_differs", ""), 1.0);
    assert_eq!(
        figure(&service, "dealtrail_audit_first_difference", ""),
        123.0
    );
    let detail = service.get("/health/ready").json()["reasons"].to_string();
    assert!(detail.contains("`dealtrail rebuild`"), "{detail}");
    // As that says: folded afresh beside the service, which writes its models down no more, and started again.
    let rebuilt = rebuild(&path, &options, &mut |_, _| ()).unwrap();
    assert!(rebuilt.in_use && rebuilt.newest == rebuilt.head.position);
    record(&service.ledger, "OR-1").unwrap();
    service.ledger.models_at_head().unwrap();
    operations.end();
    service.end();
    drop(service);
    let newest = snapshot::newest_position(&path);
    assert_eq!(newest, Some(rebuilt.head.position));
    let ledger = Ledger::open(&path, &options).unwrap();
    assert!(ledger.head() > rebuilt.head.position);
    let replayed = ledger.replay(None, &mut |_, _| ()).unwrap();
    assert!(replayed.compared && replayed.differences.is_empty());
}

/// The ledger's own stream is audited as any other.
#[test]
fn a_service_on_a_sound_ledger_finds_nothing() {
    let (service, ..) = moody();
    record(&service.ledger, "OR-1").unwrap();
    let pace = Pace {
        events: 100_000,
        between: Duration::from_millis(10),
    };
    service
        .api
        .operations()
        .audit(&service.ledger, pace)
        .unwrap();
    let audited = audited(service.api.operations());
    assert_eq!((audited.departure, audited.unreadable), (None, None));
    assert_eq!(
        service
            .ledger
            .models_at_head()
            .unwrap()
            .status
            .events_of(StreamId::Ledger)
            .len(),
        4
    );
    assert!(figure(&service, "dealtrail_audit_rounds_total", "") >= 1.0);
    assert!(reasons(&service).is_empty());
    service.api.operations().end();
}

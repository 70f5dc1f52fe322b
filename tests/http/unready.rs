//! What turns `/health/ready` red while the service goes on: each with its reason, and back again where it can be mended.

use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dealtrail::http::limits::Settings;
use dealtrail::service::access::log::AccessLog;
use dealtrail::service::access::log::decision::Keeping;
use dealtrail::service::ledger::Ledger;

use super::figures::figure;
use super::moody::{moody, open, options, record};
use super::operating::reasons;
use super::service::{Service, new_ledger};
use crate::faults::disk::FaultyDisk;

/// Waits until the service is not ready for exactly these reasons.
fn until(service: &Service, wanted: &[&str]) {
    let begun = Instant::now();
    while reasons(service) != wanted {
        let waited = begun.elapsed();
        assert!(waited < Duration::from_secs(40), "{:?}", reasons(service));
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Lets a disk go on.
struct Release(FaultyDisk);

impl Drop for Release {
    fn drop(&mut self) {
        self.0.hold(None);
    }
}

fn detail(service: &Service) -> String {
    service.get("/health/ready").json()["detail"].to_string()
}

/// Flips a bit where a text stands in the journal.
fn damage(ledger: &Path, text: &[u8]) {
    let path = ledger.join("journal/000000");
    let bytes = std::fs::read(&path).unwrap();
    let mut found = bytes.windows(text.len());
    let at = found.position(|part| part == text).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(path);
    let flipped = [bytes[at] ^ 1];
    file.unwrap().write_all_at(&flipped, at as u64).unwrap();
}

#[test]
fn a_journal_that_no_copy_can_mend() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let ledger = new_ledger(&path);
    for name in ["OR-FIRST", "OR-SECOND", "OR-THIRD"] {
        record(&ledger, name).unwrap();
    }
    let options = options(&FaultyDisk::default());
    drop(ledger);
    damage(&path, b"OR-SECOND");
    std::fs::remove_dir_all(path.join("sled")).unwrap();
    let ledger = Ledger::open(&path, &options).unwrap();
    let service = Service::over(dir, ledger, open());
    until(&service, &["damaged"]);
    let detail = detail(&service);
    assert!(
        detail.contains("journal/000000") && detail.contains("events from 5 on"),
        "{detail}"
    );
    assert_eq!(service.get("/health/live").status, 200);
    // What stands before it is answered, and nothing is recorded.
    assert_eq!(service.get("/v1/ledger/events/4").status, 200);
    assert_eq!(
        figure(&service, "dealtrail_trouble", "code=\"damaged\""),
        1.0
    );
    let refused = service.post(
        "/v1/organizations",
        &serde_json::json!({"data": {"ref": "OR-4", "names": {"en": "Four"}}}),
    );
    assert!(refused.status >= 500, "{}", refused.text());
}

#[test]
fn a_disk_that_takes_a_write_and_does_not_end_it() {
    let (service, disk) = moody();
    record(&service.ledger, "OR-1").unwrap();
    assert!(reasons(&service).is_empty());
    disk.hold(Some("writer"));
    let ledger = Arc::clone(&service.ledger);
    let waiting = std::thread::spawn(move || record(&ledger, "OR-2"));
    // The disk is let go whatever comes of this, or the service would never end.
    let _release = Release(disk.clone());
    until(&service, &["stuck"]);
    let begun = Instant::now();
    while !detail(&service).contains("durable for") {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{}",
            detail(&service)
        );
    }
    assert_eq!(service.get("/health/live").status, 200);
    // Reading goes on meanwhile.
    assert_eq!(service.get("/v1/organizations/OR-1").status, 200);
    disk.hold(None);
    waiting.join().unwrap().unwrap();
    until(&service, &[]);
}

#[test]
fn read_models_that_stand_still() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    record(&new_ledger(&path), "OR-1").unwrap();
    let disk = FaultyDisk::default();
    disk.hold(Some("follower"));
    let ledger = Ledger::open(&path, &options(&disk)).unwrap();
    let service = Service::over(dir, ledger, open());
    let _release = Release(disk.clone());
    record(&service.ledger, "OR-2").unwrap();
    until(&service, &["read_models_stalled"]);
    assert!(detail(&service).contains("stand still at position"));
    assert_eq!(
        figure(
            &service,
            "dealtrail_trouble",
            "code=\"read_models_stalled\""
        ),
        1.0
    );
    disk.hold(None);
    until(&service, &[]);
    assert_eq!(service.get("/v1/organizations/OR-2").status, 200);
}

/// What could not be looked up later is not answered, and the service says so itself.
#[test]
fn an_access_log_that_its_disk_does_not_take() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let ledger = new_ledger(&path);
    let small = Keeping { file_bytes: 300 };
    let log = AccessLog::open(&path, ledger.id(), small, chrono::Utc::now()).unwrap();
    let kept = (open(), Some(Arc::new(log)));
    let service = Service::guarded(dir, ledger, kept, Settings::default());
    assert!(reasons(&service).is_empty());
    // The next file cannot be made where a directory has its name.
    let places: Vec<_> = (1..40)
        .map(|n| path.join("access").join(format!("log-{n:020}")))
        .collect();
    places
        .iter()
        .for_each(|place| std::fs::create_dir(place).unwrap_or_default());
    let begun = Instant::now();
    loop {
        let reply = service.get("/v1/ledger");
        if reply.status == 503 {
            assert_eq!(reply.json()["code"], "access_log");
            break;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "{}",
            reply.status
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    until(&service, &["access_log"]);
    assert!(detail(&service).contains("requests are refused"));
    places
        .iter()
        .for_each(|place| std::fs::remove_dir(place).unwrap_or_default());
    until(&service, &[]);
    assert_eq!(service.get("/v1/ledger").status, 200);
}

//! Issued reports of earlier releases are computed again, byte for byte, for ever: ledger, Documents and certificates are kept
//! in the repository.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use dealtrail::service::ledger::Options;
use dealtrail::service::verify::report::{Compared, Shown, compare};
use tempfile::TempDir;

/// The length of the ledger's only segment; in the repository it ends with its last frame.
const SEGMENT_BYTES: u64 = 4 << 20;

pub(crate) fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/issued-1")
}

/// The golden ledger, whole, in a directory of its own.
fn ledger() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    copy(&golden().join("ledger"), dir.path());
    let journal = dir.path().join("journal/000000");
    let journal = OpenOptions::new().write(true).open(journal).unwrap();
    journal.set_len(SEGMENT_BYTES).unwrap();
    dir
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match from.is_dir() {
            true => copy(&from, &to),
            false => drop(fs::copy(from, to).unwrap()),
        }
    }
}

/// The numbers of the golden reports.
pub(crate) fn numbers() -> Vec<String> {
    let files = fs::read_dir(golden().join("reports")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut numbers: Vec<String> = names
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect();
    numbers.sort();
    numbers
}

pub(crate) fn read(name: &str) -> Vec<u8> {
    fs::read(golden().join(name)).unwrap()
}

fn compared(dir: &Path, report: &[u8], certificate: &[u8]) -> Compared {
    let shown = Shown {
        report,
        certificate: Some(certificate),
        trust: Some(&read("policy")),
    };
    compare(dir, &Options::default(), shown, &mut |_, _| ()).unwrap()
}

#[test]
fn reports_that_were_issued_are_computed_again_byte_for_byte() {
    let dir = ledger();
    let numbers = numbers();
    assert_eq!(numbers.len(), 7, "{numbers:?}");
    for number in numbers {
        let report = read(&format!("reports/{number}.json"));
        let certificate = read(&format!("reports/{number}.certificate"));
        let compared = compared(dir.path(), &report, &certificate);
        // A change here is a change of an answer once given: raise the report's version and keep the old one callable.
        assert_eq!(compared.difference, None, "{number}");
        let certified = compared.certificate.clone().unwrap();
        assert_eq!(certified.unwrap().number, number);
        assert!(compared.is_same(), "{number}: {compared:?}");
        let issued = compared.issued.unwrap();
        assert!(
            issued.starts_with(&format!("This is {number}, as issued on")),
            "{issued}"
        );
    }
}

#[test]
fn a_golden_report_that_is_changed_is_found_out() {
    let dir = ledger();
    let report = String::from_utf8(read("reports/PS-2025-001.json")).unwrap();
    let certificate = read("reports/PS-2025-001.certificate");
    let changed = report.replace("2 of 9", "9 of 9");
    assert_ne!(report, changed);
    let found = compared(dir.path(), changed.as_bytes(), &certificate);
    let difference = found.difference.clone().unwrap();
    assert!(difference.file.unwrap().contains("9 of 9"));
    assert!(difference.ledger.unwrap().contains("2 of 9"));
    assert!(
        found
            .certificate
            .clone()
            .unwrap()
            .unwrap_err()
            .contains("SHA-256")
    );
    assert!(!found.is_same());
    // The certificate of another report proves nothing of this one.
    let other = compared(
        dir.path(),
        report.as_bytes(),
        &read("reports/PF-2025-001.certificate"),
    );
    assert!(other.difference.is_none() && !other.is_same());
}

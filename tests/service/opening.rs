//! Making and opening ledgers, and what is refused with what to do.

use std::fs;

use dealtrail::service::answer::CommandError;
use dealtrail::service::ledger::Ledger;
use dealtrail::service::open_error::LedgerError;
use dealtrail::store::ledger_file::LedgerFileError;
use dealtrail::store::open::OpenError;

use super::support::{
    agreement, clock, command, init, noted, on_disk, options, registered, reopened, send, stored,
};

fn refused(dir: &std::path::Path) -> String {
    let error = Ledger::open(dir, &options(&clock()))
        .err()
        .expect("refused");
    error.to_string()
}

#[test]
fn what_was_recorded_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    let ledger = on_disk(&dir);
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let (bytes, root) = (stored(&ledger), ledger.root(5).unwrap());
    let digests = ledger.models_at_head().unwrap().digests();
    drop(ledger);
    let ledger = reopened(&dir);
    assert_eq!(stored(&ledger), bytes);
    assert_eq!(ledger.root(5).unwrap(), root);
    assert_eq!(ledger.models_at_head().unwrap().digests(), digests);
    assert_eq!(ledger.opened().origin.as_str(), "ledger.example/test");
    assert!(send(&ledger, "c-2", vec![noted(agreement(1), "on")]).is_ok());
}

#[test]
fn a_reader_sees_what_is_durable_and_records_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    let writer = on_disk(&dir);
    send(&writer, "c-1", vec![registered(1)]).unwrap();
    let reader = Ledger::read(&dir, &options(&clock())).unwrap();
    assert_eq!(stored(&reader), stored(&writer));
    assert_eq!(reader.models_at_head().unwrap().position(), 5);
    let error = send(&reader, "c-2", vec![registered(2)]).unwrap_err();
    assert_eq!(error, CommandError::ReadOnly);
}

#[test]
fn a_second_recorder_is_told_who_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    let first = on_disk(&dir);
    let error = Ledger::open(&dir, &options(&clock())).err().unwrap();
    let pid = format!("(process {})", std::process::id());
    assert!(error.to_string().contains(&pid), "{error}");
    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.contains("reading works"))
    );
    drop(first);
    reopened(&dir);
}

#[test]
fn a_directory_that_is_no_ledger_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    assert!(
        refused(dir.path()).contains("dealtrail init"),
        "{}",
        refused(dir.path())
    );
    assert!(refused(&dir.path().join("nowhere")).contains("not a ledger"));
}

#[test]
fn a_ledger_of_a_newer_format_names_the_release_it_needs() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    drop(on_disk(&dir));
    let file = dir.join("LEDGER");
    let newer = fs::read_to_string(&file).unwrap();
    let newer = newer
        .replace("\"format\":1", "\"format\":7")
        .replace("0.1.0", "9.0.0");
    // Without its check: how a later format proves itself is that format's own affair.
    let newer = format!("{{{}", &newer[newer.find("\"created\"").unwrap()..]);
    fs::write(&file, newer).unwrap();
    assert!(
        refused(&dir).contains("it needs dealtrail >= 9.0.0"),
        "{}",
        refused(&dir)
    );
}

#[test]
fn a_directory_that_cannot_be_written_is_refused() {
    // A place where even the system's own administrator makes no files.
    let dir = std::path::Path::new("/proc/self/ledger");
    let error = Ledger::create(dir, init(), &options(&clock()))
        .err()
        .unwrap();
    assert!(
        matches!(error, LedgerError::Open(OpenError::Io { .. })),
        "{error}"
    );
    assert!(error.to_string().contains("/proc/self/ledger"));
}

#[test]
fn a_directory_with_something_else_in_it_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("letter.txt"), "dear sir").unwrap();
    let error = Ledger::create(dir.path(), init(), &options(&clock()))
        .err()
        .unwrap();
    assert!(error.to_string().contains("is not empty"), "{error}");
    assert!(error.is_refusal());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_ledger_is_not_made_twice() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    drop(on_disk(&dir));
    let error = Ledger::create(&dir, init(), &options(&clock()))
        .err()
        .unwrap();
    assert!(error.to_string().contains("is not empty"), "{error}");
}

#[test]
fn a_ledger_begun_and_not_finished_is_finished() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    // As a kill between the making of the files and the recording of the opening leaves it.
    let file = dealtrail::store::ledger_file::LedgerFile {
        id: uuid::Uuid::from_u128(7),
        origin: "ledger.example/test".to_owned(),
        segment_bytes: options(&clock()).segment_bytes,
        created: super::support::moment(super::support::START),
        secret: [7; 32],
    };
    let disk = dealtrail::store::journal::disk::RealDisk;
    dealtrail::store::open::create(&dir, &file, &disk).unwrap();
    let open = Ledger::open(&dir, &options(&clock())).err().unwrap();
    assert!(matches!(open, LedgerError::NeverOpened(_)), "{open}");
    let ledger = on_disk(&dir);
    assert_eq!(ledger.head(), 4);
    assert_eq!(ledger.id(), file.id);
    let sent = ledger.submit_blocking(command("c-1", vec![registered(1)]));
    assert!(sent.is_ok());
}

#[test]
fn a_damaged_ledger_file_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    drop(on_disk(&dir));
    fs::write(dir.join("LEDGER"), "{").unwrap();
    fs::write(dir.join("LEDGER.copy"), "{").unwrap();
    let error = Ledger::read(&dir, &options(&clock())).err().unwrap();
    let damaged = matches!(
        error,
        LedgerError::Open(OpenError::Ledger(LedgerFileError::Damaged(_)))
    );
    assert!(damaged, "{error}");
    assert!(!error.is_refusal());
}

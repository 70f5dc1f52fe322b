//! Checkpoints: signed once, kept for ever, never against what was signed before; and the receipts that rest on them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use dealtrail::proof::receipt::ReceiptError;
use dealtrail::service::checkpoint::held::Departure;
use dealtrail::service::checkpoint::key_file::{KeyFileError, Passphrase, Protection};
use dealtrail::service::checkpoint::{Signing, SigningError};
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::open_error::LedgerError;
use dealtrail::service::receipt::{self, IssueError};
use dealtrail::store::journal::disk::{Disk, RealDisk};
use dealtrail::store::open::MirrorChoice;

use super::backup::{Place, opts};
use super::stopping::StoppingDisk;
use super::support::{agreement, memory, noted, on_disk, registered, send};
use super::verifying::sign;
use crate::faults::tally::tell;

fn disk() -> Arc<dyn Disk> {
    Arc::new(RealDisk)
}

fn reader(dir: &Path) -> Ledger {
    Ledger::read(dir, &opts()).unwrap()
}

fn refused(dir: &Path) -> SigningError {
    let ledger = reader(dir);
    let signing = Signing::of(&ledger, &disk()).unwrap();
    signing.sign(&mut || None).unwrap_err()
}

#[test]
fn a_head_is_signed_once_and_every_checkpoint_kept() {
    let place = Place::new();
    let dir = place.ledger();
    let ledger = on_disk(&dir);
    let first = sign(&dir);
    assert!(first.fresh && first.size == 4);
    assert_eq!(first.root, ledger.root(4).unwrap().hash.to_string());
    let again = sign(&dir);
    assert!(!again.fresh);
    assert_eq!(again.text, first.text);
    send(
        &ledger,
        "c-1",
        vec![registered(1), noted(agreement(1), "batch")],
    )
    .unwrap();
    let second = sign(&dir);
    assert_eq!(second.size, 6);
    assert_eq!(
        fs::read_to_string(dir.join("checkpoint")).unwrap(),
        second.text
    );
    let kept = dir.join("checkpoints/00000000000000000004");
    assert_eq!(fs::read_to_string(kept).unwrap(), first.text);
    // A reader opened before sees the older head: what is newer was signed already.
    drop(ledger);
    assert!(Ledger::open(&dir, &opts()).is_ok());
}

#[test]
fn what_is_signed_is_made_durable_first() {
    let place = Place::new();
    let dir = place.ledger();
    // Whoever records goes on beside it: the reader's last frame may be one that is not synced yet.
    let _recording = on_disk(&dir);
    let ledger = reader(&dir);
    let noting = StoppingDisk::after(u64::MAX);
    let deeds = Arc::clone(&noting.deeds);
    let signing = Signing::of(&ledger, &(Arc::new(noting) as Arc<dyn Disk>)).unwrap();
    signing.make_key(&Protection::Open).unwrap();
    deeds.lock().unwrap().clear();
    signing.sign(&mut || None).unwrap();
    let deeds = deeds.lock().unwrap().clone();
    let at = |deed: &str| deeds.iter().position(|one| one == deed);
    let synced = at("synced 000000").expect("the journal is synced");
    let made = at("made 00000000000000000004.new").expect("the checkpoint is made");
    assert!(synced < made, "{deeds:?}");
}

#[test]
fn a_sealed_key_signs_with_its_passphrase() {
    let place = Place::new();
    drop(on_disk(&place.ledger()));
    let ledger = reader(&place.ledger());
    let signing = Signing::of(&ledger, &disk()).unwrap();
    let passphrase = || Passphrase::new(b"brick by brick by brick".to_vec());
    let none = signing.sign(&mut || Some(passphrase())).unwrap_err();
    assert!(matches!(none, SigningError::NoKey));
    signing
        .make_key(&Protection::Sealed(&passphrase()))
        .unwrap();
    let locked = signing.sign(&mut || None).unwrap_err();
    assert!(matches!(locked, SigningError::Key(KeyFileError::Locked)));
    let wrong = signing
        .sign(&mut || Some(Passphrase::new(b"another".to_vec())))
        .unwrap_err();
    assert!(matches!(wrong, SigningError::Key(KeyFileError::Passphrase)));
    assert!(wrong.is_refusal() && wrong.hint().is_some());
    assert!(signing.newest().unwrap().is_none(), "nothing was signed");
    assert!(signing.sign(&mut || Some(passphrase())).unwrap().fresh);
    // Signed already: nobody is asked for a passphrase.
    let again = signing.sign(&mut || panic!("it is not needed")).unwrap();
    assert!(!again.fresh);
    let second = signing.make_key(&Protection::Open).unwrap_err();
    assert!(matches!(second, SigningError::Key(KeyFileError::Exists)));
}

#[test]
fn a_lost_or_exchanged_key_signs_nothing() {
    let place = Place::new();
    let dir = place.ledger();
    let ledger = on_disk(&dir);
    sign(&dir);
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    drop(ledger);
    let key = fs::read(dir.join("key")).unwrap();
    fs::remove_file(dir.join("key")).unwrap();
    assert!(matches!(refused(&dir), SigningError::NoKey));
    let ledger = reader(&dir);
    let made = Signing::of(&ledger, &disk())
        .unwrap()
        .make_key(&Protection::Open);
    assert!(matches!(made.unwrap_err(), SigningError::KeyLost));
    // The key of another ledger, of the same name.
    let other = Place::new();
    drop(on_disk(&other.ledger()));
    sign(&other.ledger());
    fs::copy(other.ledger().join("key"), dir.join("key")).unwrap();
    assert!(matches!(refused(&dir), SigningError::OtherKey(_)));
    fs::write(dir.join("key"), key).unwrap();
    assert!(sign(&dir).fresh);
    let memory = memory();
    assert!(matches!(
        Signing::of(&memory, &disk()).err(),
        Some(SigningError::InMemory)
    ));
}

/// A directory put back by hand from before the last checkpoint: read, and neither recorded in nor signed.
#[test]
fn a_ledger_shorter_than_its_checkpoint_is_read_only() {
    let place = Place::new();
    let dir = place.ledger();
    drop(on_disk(&dir));
    sign(&dir);
    let journal = fs::read(dir.join("journal/000000")).unwrap();
    let ledger = Ledger::open(&dir, &opts()).unwrap();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    drop(ledger);
    assert_eq!(sign(&dir).size, 5);
    fs::write(dir.join("journal/000000"), journal).unwrap();
    fs::remove_dir_all(dir.join("sled")).unwrap();
    let error = Ledger::open(&dir, &opts()).err().unwrap();
    let wanted = Departure::Shorter {
        position: 4,
        signed: 5,
    };
    assert!(
        matches!(&error, LedgerError::Departs(found) if *found == wanted),
        "{error}"
    );
    assert!(error.to_string().contains("entry 4 is missing"), "{error}");
    assert!(error.hint().unwrap().contains("--accept-loss"));
    assert_eq!(reader(&dir).head(), 4);
    assert!(matches!(
        refused(&dir),
        SigningError::Departs(Departure::Shorter { .. })
    ));
    let unknown = receipt::issue(&reader(&dir), &disk(), 2).unwrap_err();
    assert!(matches!(unknown, IssueError::Departs(_)), "{unknown}");
}

#[test]
fn a_checkpoint_that_cannot_be_read_is_asked_of_its_second_copy_first() {
    let place = Place::new();
    let dir = place.ledger();
    drop(on_disk(&dir));
    sign(&dir);
    let kept = dir.join("checkpoints/00000000000000000004");
    fs::write(&kept, "rotten").unwrap();
    drop(Ledger::open(&dir, &opts()).unwrap());
    fs::write(dir.join("checkpoint"), "rotten").unwrap();
    let error = Ledger::open(&dir, &opts()).err().unwrap();
    assert!(
        error
            .to_string()
            .starts_with("checkpoints/00000000000000000004 is not"),
        "{error}"
    );
    assert!(matches!(refused(&dir), SigningError::Unreadable(_)));
}

/// Stopped after every operation of signing: what is kept is the older or the newer checkpoint, the ledger opens, and what is
/// signed next agrees with both.
#[test]
fn signing_that_is_stopped_anywhere_leaves_the_older_or_the_newer_checkpoint() {
    let mut stops = 0;
    for operations in 0.. {
        let place = Place::new();
        let dir = place.ledger();
        let ledger = on_disk(&dir);
        let first = sign(&dir);
        send(&ledger, "c-1", vec![registered(1)]).unwrap();
        drop(ledger);
        let stopping: Arc<dyn Disk> = Arc::new(StoppingDisk::after(operations));
        let ledger = reader(&dir);
        let signing = Signing::of(&ledger, &stopping).unwrap();
        let stopped = signing.sign(&mut || None);
        let kept = Signing::of(&ledger, &disk())
            .unwrap()
            .newest()
            .unwrap()
            .unwrap();
        assert!(kept.text == first.text || kept.size == 5, "{operations}");
        drop(Ledger::open(&dir, &opts()).unwrap());
        let next = sign(&dir);
        assert_eq!(next.size, 5);
        // Signatures of this kind are the same for the same text: nothing else was ever signed at this size.
        assert!(kept.size == 4 || kept.text == next.text);
        match stopped {
            Ok(published) => {
                assert_eq!(published.text, kept.text);
                break;
            }
            Err(error) => assert!(!error.is_refusal(), "{operations}: {error}"),
        }
        stops += 1;
    }
    assert!(stops >= 10, "{stops}");
    tell("signing stopped after each operation", &[("stops", stops)]);
}

/// The head and key go with a backup, and what is restored goes on signing.
#[test]
fn a_backup_holds_checkpoints_and_a_sealed_key() {
    let place = Place::new();
    let dir = place.ledger();
    let ledger = on_disk(&dir);
    let passphrase = || Passphrase::new(b"brick by brick by brick".to_vec());
    let signing = Signing::of(&ledger, &disk()).unwrap();
    signing
        .make_key(&Protection::Sealed(&passphrase()))
        .unwrap();
    signing.sign(&mut || Some(passphrase())).unwrap();
    place.take(true).unwrap();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    drop(ledger);
    place
        .put_back(&dealtrail::service::backup::Shown::default())
        .unwrap();
    let restored = place.restored();
    for name in ["key", "checkpoint", "checkpoints/00000000000000000004"] {
        assert_eq!(
            fs::read(restored.join(name)).unwrap(),
            fs::read(dir.join(name)).unwrap(),
            "{name}"
        );
    }
    let ledger = reader(&restored);
    let signing = Signing::of(&ledger, &disk()).unwrap();
    assert_eq!(signing.sign(&mut || Some(passphrase())).unwrap().size, 5);
}

/// The mirror, used alone, is held to the same checkpoints and signs with the same key.
#[test]
fn a_mirror_holds_what_was_signed_and_goes_on_signing() {
    let place = Place::new();
    let (dir, mirror) = (place.ledger(), place.backup());
    drop(on_disk(&dir));
    // Signed before there was a mirror: it gets this one with the next.
    sign(&dir);
    let mirrored = Options {
        mirror: MirrorChoice::In(mirror.clone()),
        ..opts()
    };
    let ledger = Ledger::open(&dir, &mirrored).unwrap();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    sign(&dir);
    drop(ledger);
    for name in [
        "key",
        "checkpoint",
        "checkpoints/00000000000000000004",
        "checkpoints/00000000000000000005",
    ] {
        assert_eq!(
            fs::read(mirror.join(name)).unwrap(),
            fs::read(dir.join(name)).unwrap(),
            "{name}"
        );
    }
    fs::remove_dir_all(&dir).unwrap();
    let ledger = Ledger::open(&mirror, &opts()).unwrap();
    send(&ledger, "c-2", vec![noted(agreement(1), "from the mirror")]).unwrap();
    assert!(sign(&mirror).fresh);
}

/// What lies open is not carried to other places.
#[test]
fn a_backup_leaves_an_open_key_where_it_is() {
    let place = Place::new();
    let dir = place.ledger();
    drop(on_disk(&dir));
    sign(&dir);
    place.take(true).unwrap();
    place
        .put_back(&dealtrail::service::backup::Shown::default())
        .unwrap();
    assert!(!place.restored().join("key").exists());
    assert!(
        place
            .restored()
            .join("checkpoints/00000000000000000004")
            .exists()
    );
}

#[test]
fn a_receipt_proves_every_entry_before_the_checkpoint_and_no_other() {
    let place = Place::new();
    let dir = place.ledger();
    let ledger = on_disk(&dir);
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    // Enough for several runs between kept edges, and for a last one that is not whole.
    for part in 0..7 {
        let notes = (0..100)
            .map(|n| noted(agreement(1), &format!("{part} {n}")))
            .collect();
        send(&ledger, &format!("n-{part}"), notes).unwrap();
    }
    let early = receipt::issue(&ledger, &disk(), 0).unwrap_err();
    assert!(early.to_string().contains("none was signed"), "{early}");
    assert_eq!(sign(&dir).size, 705);
    send(&ledger, "late", vec![noted(agreement(1), "late")]).unwrap();
    let policy = Signing::of(&ledger, &disk()).unwrap().policy().unwrap();
    let policy = policy.as_bytes();
    let mut made: Vec<String> = Vec::new();
    let places = (0..705).step_by(41).chain([255, 256, 511, 512, 703, 704]);
    for index in places.clone() {
        let issued = receipt::issue(&ledger, &disk(), index).unwrap();
        assert_eq!(issued.record, ledger.event_bytes(index).unwrap().unwrap());
        let text = issued.text.as_bytes();
        let proven = receipt::check(text, &issued.record, policy).unwrap();
        made.push(issued.text.clone());
        assert_eq!((proven.index, proven.checkpoint.size), (index, 705));
        let mut altered = issued.record;
        altered[10] ^= 1;
        let error = receipt::check(text, &altered, policy).unwrap_err();
        assert!(matches!(error, ReceiptError::Tree(_)), "{error}");
    }
    // The tiles make it cheap and are not needed: altered or gone, the ledger gives the same receipts.
    let tile = dir.join("published/tile/0/001");
    fs::write(&tile, vec![0; fs::read(&tile).unwrap().len()]).unwrap();
    let again = |index| receipt::issue(&ledger, &disk(), index).unwrap().text;
    assert!(places.clone().map(again).eq(made.iter().cloned()));
    fs::remove_dir_all(dir.join("published")).unwrap();
    assert!(places.map(again).eq(made));
    let late = receipt::issue(&ledger, &disk(), 705).unwrap_err();
    assert!(late.to_string().contains("the newest is of 705 entries") && late.hint().is_some());
    let none = receipt::issue(&ledger, &disk(), 706).unwrap_err();
    assert!(
        matches!(
            none,
            IssueError::NoSuchEntry {
                index: 706,
                head: 706
            }
        ),
        "{none}"
    );
}

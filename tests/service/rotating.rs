//! A new signing key: who can follow the change, what it proves, and what is left when it is stopped.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use dealtrail::deal::command::Intent;
use dealtrail::deal::event::Payload;
use dealtrail::deal::event::key_rotated::KeyRotated;
use dealtrail::deal::value::text::Text;
use dealtrail::proof::checkpoint::SignedCheckpoint;
use dealtrail::proof::key::Signer;
use dealtrail::service::backup::checkpoint::{Checkpoint, Vouching};
use dealtrail::service::backup::{Shown, restore};
use dealtrail::service::checkpoint::key_file::{KeyFile, Passphrase, Protection};
use dealtrail::service::checkpoint::rotate::{Order, Rotated};
use dealtrail::service::checkpoint::{Signing, SigningError};
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::verify::{Against, ShownCheckpoint, Verified, verify};
use dealtrail::store::journal::disk::{Disk, RealDisk};
use dealtrail::store::open::MirrorChoice;
use serde_json::json;

use super::backup::{Place, opts, take};
use super::forgery::forge;
use super::stopping::StoppingDisk;
use super::support::{agreement, command, noted, record, registered, send};
use super::verifying::{alone, sign};
use crate::faults::tally::tell;
use crate::service::support::on_disk;
use dealtrail::deal::value::ids::StreamId;

fn disk() -> Arc<dyn Disk> {
    Arc::new(RealDisk)
}

fn order() -> Order<'static> {
    Order {
        actor: command("x", Vec::new()).actor,
        reason: Text::new("yearly rotation").unwrap(),
        passphrase: None,
    }
}

fn rotate(ledger: &Ledger, disk: &Arc<dyn Disk>) -> Result<Rotated, SigningError> {
    Signing::of(ledger, disk)
        .unwrap()
        .rotate(&order(), &mut || None)
}

fn policy(dir: &Path) -> String {
    let ledger = Ledger::read(dir, &opts()).unwrap();
    Signing::of(&ledger, &disk()).unwrap().policy().unwrap()
}

fn trusting(dir: &Path, policy: &str, shown: Option<&str>) -> Verified {
    let checkpoint = shown.map(|text| ShownCheckpoint {
        name: "kept elsewhere",
        bytes: text.as_bytes(),
    });
    let against = Against {
        checkpoint,
        trust: Some(policy.as_bytes()),
        ..Against::default()
    };
    verify(dir, &disk(), against, &mut |_, _| ()).unwrap()
}

fn signer(dir: &Path) -> Signer {
    let key = KeyFile::read(&RealDisk, dir).unwrap().unwrap();
    key.open(dir, None).unwrap()
}

/// A ledger of five entries, signed, with its key changed: entry 5 tells of it, and six are signed with the new key.
struct Changed {
    place: Place,
    old_policy: String,
    old_key: Vec<u8>,
    old: Signer,
    rotated: Rotated,
}

fn changed() -> Changed {
    let place = Place::new();
    let dir = place.ledger();
    let ledger = on_disk(&dir);
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    sign(&dir);
    let old_policy = policy(&dir);
    let (old_key, old) = (fs::read(dir.join("key")).unwrap(), signer(&dir));
    let rotated = rotate(&ledger, &disk()).unwrap();
    Changed {
        place,
        old_policy,
        old_key,
        old,
        rotated,
    }
}

#[test]
fn whoever_holds_the_old_policy_follows_the_change() {
    let Changed {
        place,
        old_policy,
        rotated,
        ..
    } = changed();
    let dir = place.ledger();
    assert_eq!(
        (rotated.seq, rotated.last.size, rotated.first.size),
        (5, 5, 6)
    );
    assert!(!dir.join("key.next").exists());
    let new_policy = policy(&dir);
    assert!(
        new_policy.contains(&format!("log {}\n", rotated.new)),
        "{new_policy}"
    );
    let told = format!("# until entry 5 the key was {}\n", rotated.old);
    assert!(new_policy.starts_with(&told), "{new_policy}");
    let ledger = Ledger::open(&dir, &opts()).unwrap();
    send(&ledger, "c-2", vec![noted(agreement(1), "later")]).unwrap();
    let later = sign(&dir);
    for policy in [&old_policy, &new_policy] {
        for text in [&rotated.last.text, &rotated.first.text, &later.text] {
            let verified = trusting(&dir, policy, Some(text));
            assert!(verified.fits(), "{verified:?}");
            assert_eq!(verified.key_changes, [5]);
            assert!(verified.unproved.is_empty());
        }
    }
    assert!(alone(&dir).fits());
    // A second change is followed from the first key, too.
    let again = rotate(&ledger, &disk()).unwrap();
    assert_eq!(again.old, rotated.new);
    assert_eq!(again.seq, 7);
    let verified = trusting(&dir, &old_policy, Some(&again.first.text));
    assert!(
        verified.fits() && verified.key_changes == [5, 7],
        "{verified:?}"
    );
    // Without the kept checkpoints the roots that the old keys vouched for are computed all the same.
    fs::remove_dir_all(dir.join("checkpoints")).unwrap();
    fs::remove_dir_all(dir.join("published")).unwrap();
    let verified = trusting(&dir, &old_policy, Some(&again.first.text));
    assert!(
        verified.fits() && verified.key_changes == [5, 7],
        "{verified:?}"
    );
}

#[test]
fn the_old_key_signs_nothing_after_the_change() {
    let changed = changed();
    let dir = changed.place.ledger();
    let new_key = fs::read(dir.join("key")).unwrap();
    let ledger = Ledger::open(&dir, &opts()).unwrap();
    send(&ledger, "c-2", vec![noted(agreement(1), "later")]).unwrap();
    fs::write(dir.join("key"), &changed.old_key).unwrap();
    let signing = Signing::of(&ledger, &disk()).unwrap();
    let refused = signing.sign(&mut || None).unwrap_err();
    assert!(matches!(refused, SigningError::Replaced), "{refused}");
    assert!(refused.is_refusal() && refused.hint().is_some());
    fs::write(dir.join("key"), &new_key).unwrap();
    // Whoever has the old key signs the ledger as it is: the root fits, and the key is not in force.
    let forged = SignedCheckpoint::sign(ledger.root(7).unwrap(), &changed.old).unwrap();
    let verified = trusting(&dir, &changed.old_policy, Some(&forged.to_string()));
    let problem = verified
        .checkpoints
        .last()
        .unwrap()
        .verdict
        .as_ref()
        .unwrap_err();
    assert!(
        problem.contains("not in force at 7 entries: entry 5 changed the key"),
        "{problem}"
    );
    // And the new key speaks for nothing before the change.
    let new = signer(&dir);
    let early = SignedCheckpoint::sign(ledger.root(4).unwrap(), &new).unwrap();
    let verified = trusting(&dir, &policy(&dir), Some(&early.to_string()));
    assert!(!verified.fits());
    assert!(sign(&dir).fresh);
}

fn told(rotated: &Ledger) -> KeyRotated {
    let stored = rotated.store().event(5).unwrap().unwrap();
    serde_json::from_str(stored.data()).unwrap()
}

#[test]
fn a_change_that_the_keys_do_not_prove_is_told() {
    type Spoil = fn(&mut KeyRotated);
    let text = |words: &str| Text::new(words).unwrap();
    assert_eq!(text("AA==").plain(), Some("AA=="));
    let spoils: [(&str, Spoil); 5] = [
        ("no signature", |told| {
            told.old_signature = Text::new("AA==").unwrap()
        }),
        ("one signature twice", |told| {
            told.new_signature = told.old_signature.clone();
        }),
        ("another size", |told| told.size = 4),
        ("the keys exchanged", |told| {
            std::mem::swap(&mut told.old_key, &mut told.new_key);
        }),
        ("the same change again", |_| ()),
    ];
    for (name, spoil) in spoils {
        let changed = changed();
        let dir = changed.place.ledger();
        let ledger = Ledger::open(&dir, &opts()).unwrap();
        let mut wrong = told(&ledger);
        spoil(&mut wrong);
        let mut intent = record(StreamId::Ledger, "noted", None, r#"{"words":"x"}"#);
        if let Intent::Record(draft) = &mut intent {
            draft.payload = Payload::from(wrong);
        }
        send(&ledger, "wrong", vec![intent]).unwrap();
        let verified = alone(&dir);
        assert_eq!(verified.unproved.len(), 1, "{name}: {verified:?}");
        let told = "entry 6 says that the key was changed, and that is not proved";
        assert!(
            verified.unproved[0].starts_with(told),
            "{name}: {verified:?}"
        );
        // It changes nothing: the key in force goes on signing.
        assert_eq!(verified.key_changes, [5]);
        assert!(sign(&dir).fresh, "{name}");
        assert!(alone(&dir).fits());
    }
}

/// Whoever has the new key alone cannot put another history before the change: the old key vouched for it.
#[test]
fn the_old_key_vouches_for_what_stands_before_the_change() {
    let changed = changed();
    let dir = changed.place.ledger();
    forge(&dir, |frames| {
        let title = frames[1].events[0].pointer_mut("/data/titles/en").unwrap();
        *title = json!("Brick factory");
    });
    for made in ["checkpoints", "published"] {
        fs::remove_dir_all(dir.join(made)).unwrap();
    }
    fs::remove_file(dir.join("checkpoint")).unwrap();
    let signed = sign(&dir);
    let verified = trusting(&dir, &changed.old_policy, Some(&signed.text));
    assert!(
        verified.unproved[0]
            .contains("the first 5 entries are not those that the old key vouched for"),
        "{verified:?}"
    );
    assert!(!verified.fits(), "and so the new key is nobody's");
}

/// Stopped after every operation: the ledger can sign at once, and whoever holds the old policy can follow.
#[test]
fn a_change_that_is_stopped_anywhere_leaves_a_key_that_signs() {
    let (mut stops, mut told) = (0_u64, 0_u64);
    for operations in 0.. {
        let place = Place::new();
        let dir = place.ledger();
        let ledger = on_disk(&dir);
        send(&ledger, "c-1", vec![registered(1)]).unwrap();
        sign(&dir);
        send(&ledger, "c-2", vec![noted(agreement(1), "more")]).unwrap();
        let old_policy = policy(&dir);
        let stopping: Arc<dyn Disk> = Arc::new(StoppingDisk::after(operations));
        let stopped = rotate(&ledger, &stopping);
        send(&ledger, "c-3", vec![noted(agreement(1), "later")]).unwrap();
        drop(ledger);
        let signed = sign(&dir);
        let verified = trusting(&dir, &old_policy, Some(&signed.text));
        assert!(
            verified.fits() && verified.unproved.is_empty(),
            "{operations}: {verified:?}"
        );
        told += verified.key_changes.len() as u64;
        // And the key can be changed again.
        let ledger = Ledger::open(&dir, &opts()).unwrap();
        let again = rotate(&ledger, &disk()).unwrap();
        assert!(
            trusting(&dir, &old_policy, Some(&again.first.text)).fits(),
            "{operations}"
        );
        if stopped.is_ok() {
            break;
        }
        stops += 1;
    }
    assert!(stops >= 20, "{stops}");
    tell(
        "a change of key stopped after each operation",
        &[("stops", stops)],
    );
    assert!(told > 1, "some were stopped behind the entry");
}

#[test]
fn mirror_and_backup_take_the_new_key_over() {
    let place = Place::new();
    let dir = place.ledger();
    let mirror = dir.with_file_name("mirror");
    drop(on_disk(&dir));
    let mirrored = Options {
        mirror: MirrorChoice::In(mirror.clone()),
        ..opts()
    };
    let ledger = Ledger::open(&dir, &mirrored).unwrap();
    let passphrase = |words: &str| Passphrase::new(words.as_bytes().to_vec());
    let (first, second) = ("brick by brick by brick", "glass by glass by glass");
    let signing = Signing::of(&ledger, &disk()).unwrap();
    signing
        .make_key(&Protection::Sealed(&passphrase(first)))
        .unwrap();
    signing.sign(&mut || Some(passphrase(first))).unwrap();
    let old_policy = signing.policy().unwrap();
    let next = passphrase(second);
    let order = Order {
        passphrase: Some(&next),
        ..order()
    };
    let wrong = signing.rotate(&order, &mut || Some(passphrase(second)));
    assert!(wrong.unwrap_err().is_refusal());
    let rotated = signing
        .rotate(&order, &mut || Some(passphrase(first)))
        .unwrap();
    assert_eq!(
        fs::read(mirror.join("key")).unwrap(),
        fs::read(dir.join("key")).unwrap()
    );
    assert!(!mirror.join("key.next").exists());
    // Changed, and stopped before the new key took its place: a backup holds both.
    fs::copy(dir.join("key"), dir.join("key.next")).unwrap();
    take(&dir, &place.backup(), true).unwrap();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    drop(ledger);
    let shown = Shown {
        checkpoint: Some(
            Checkpoint::parse(
                "kept",
                rotated.first.text.as_bytes(),
                Some(old_policy.as_bytes()),
            )
            .unwrap(),
        ),
        ..Shown::default()
    };
    let restored = place.restored();
    let put_back = restore(
        &place.backup(),
        &restored,
        &shown,
        &opts(),
        &mut |_, _, _| (),
    );
    assert_eq!(
        put_back.unwrap().vouching,
        Some(Vouching::Policy),
        "by the change of key"
    );
    assert!(restored.join("key.next").exists());
    let ledger = Ledger::read(&restored, &opts()).unwrap();
    let signing = Signing::of(&ledger, &disk()).unwrap();
    signing.sign(&mut || Some(passphrase(second))).unwrap();
    assert!(!restored.join("key.next").exists());
}

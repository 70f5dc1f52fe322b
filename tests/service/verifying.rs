//! The auditor's walk over honest, damaged and forged ledgers.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use dealtrail::service::checkpoint::key_file::Protection;
use dealtrail::service::checkpoint::{Published, Signing};
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::verify::{
    Against, ShownCheckpoint, Verified, VerifyError, Vouched, verify,
};
use dealtrail::store::journal::disk::{Disk, RealDisk};
use serde_json::json;

use super::forgery::{Loose, forge};
use super::support::{agreement, clock, init, noted, on_disk, options, registered, send};

fn disk() -> Arc<dyn Disk> {
    Arc::new(RealDisk)
}

fn opts() -> Options {
    options(&clock())
}

/// Signs the ledger in a directory with its own key, made at the first use.
pub(crate) fn sign(dir: &Path) -> Published {
    let ledger = Ledger::read(dir, &opts()).unwrap();
    let signing = Signing::of(&ledger, &disk()).unwrap();
    if signing.key().unwrap().is_none() {
        signing.make_key(&Protection::Open).unwrap();
    }
    signing.sign(&mut || None).unwrap()
}

fn against(dir: &Path, against: Against<'_>) -> Result<Verified, VerifyError> {
    verify(dir, &disk(), against, &mut |_, _| ())
}

pub(crate) fn alone(dir: &Path) -> Verified {
    against(dir, Against::default()).unwrap()
}

fn shown(published: &Published) -> Against<'_> {
    let bytes = published.text.as_bytes();
    let name = "kept elsewhere";
    Against {
        checkpoint: Some(ShownCheckpoint { name, bytes }),
        ..Against::default()
    }
}

/// A ledger of twelve entries, signed at the ninth and at its end.
fn signed(dir: &Path) -> (Published, Published) {
    let ledger = on_disk(dir);
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    for n in 0..4 {
        let text = format!("remark {n}");
        send(&ledger, &format!("n-{n}"), vec![noted(agreement(1), &text)]).unwrap();
    }
    drop(ledger);
    let first = sign(dir);
    let ledger = Ledger::open(dir, &opts()).unwrap();
    let both = vec![noted(agreement(1), "one"), noted(agreement(1), "two")];
    send(&ledger, "both", both).unwrap();
    send(&ledger, "last", vec![noted(agreement(1), "three")]).unwrap();
    drop(ledger);
    let last = sign(dir);
    assert_eq!((first.size, last.size), (9, 12));
    (first, last)
}

#[test]
fn a_whole_ledger_fits_every_checkpoint() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("ledger");
    let (first, last) = signed(&dir);
    let mut told = Vec::new();
    let verified = verify(&dir, &disk(), shown(&first), &mut |done, all| {
        told.push((done, all))
    });
    let verified = verified.unwrap();
    assert!(verified.fits());
    assert!(
        verified.impossible.is_empty() && verified.notes.is_empty(),
        "{verified:?}"
    );
    assert_eq!(told.last(), Some(&(12, 12)));
    assert_eq!(
        (verified.position, verified.root.as_str()),
        (12, last.root.as_str())
    );
    let sizes: Vec<_> = verified
        .checkpoints
        .iter()
        .map(|one| one.size.unwrap())
        .collect();
    assert_eq!(sizes, [9, 12, 9]);
    for one in &verified.checkpoints {
        assert!(matches!(one.verdict, Ok(Vouched::OwnKey)));
    }
    // The same root as the live tree.
    let ledger = Ledger::read(&dir, &opts()).unwrap();
    assert_eq!(ledger.root(12).unwrap().hash.to_string(), verified.root);
}

#[test]
fn it_works_beside_a_running_writer() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("ledger");
    signed(&dir);
    let ledger = Ledger::open(&dir, &opts()).unwrap();
    for n in 0..6 {
        send(
            &ledger,
            &format!("m-{n}"),
            vec![noted(agreement(1), "beside")],
        )
        .unwrap();
        let verified = alone(&dir);
        assert!(verified.fits() && verified.position == 13 + n);
        assert_eq!(sign(&dir).size, 13 + n, "and so does signing");
    }
    assert_eq!(alone(&dir).checkpoints.len(), 8);
}

/// A policy handed in decides alone: the key beside the ledger does not count.
#[test]
fn trust_is_handed_in_from_outside() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("ledger");
    let (first, _) = signed(&dir);
    let ledger = Ledger::read(&dir, &opts()).unwrap();
    let policy = Signing::of(&ledger, &disk()).unwrap().policy().unwrap();
    let trusting = |trust: &str| {
        let both = Against {
            trust: Some(trust.as_bytes()),
            ..shown(&first)
        };
        against(&dir, both).unwrap()
    };
    let verified = trusting(&policy);
    assert!(verified.fits());
    assert!(matches!(
        verified.checkpoints[2].verdict,
        Ok(Vouched::Policy(_))
    ));
    let other = place.path().join("other");
    drop(on_disk(&other));
    sign(&other);
    let other = Ledger::read(&other, &opts()).unwrap();
    let stranger = Signing::of(&other, &disk()).unwrap().policy().unwrap();
    let verified = trusting(&stranger);
    assert!(
        verified.checkpoints.iter().all(|one| one.verdict.is_err()),
        "{verified:?}"
    );
    let refused = against(
        &dir,
        Against {
            trust: Some(b"log"),
            ..Against::default()
        },
    );
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .starts_with("line 1 of the trust policy")
    );
    // Without any key the signatures say nothing, and the roots still do.
    fs::remove_file(dir.join("key")).unwrap();
    let verified = alone(&dir);
    assert!(verified.fits());
    assert!(matches!(
        verified.checkpoints[0].verdict,
        Ok(Vouched::Nobody)
    ));
}

fn words(frame: &mut Loose, text: &str) {
    frame.events[0]["data"]["words"] = json!(text);
}

type Change = fn(&mut Vec<Loose>);

/// Each forgery touches only entries before the ninth, and every checksum and the chain hold after it.
const FORGERIES: [(&str, Change); 5] = [
    ("a changed record", |frames| {
        words(&mut frames[3], "remark 7")
    }),
    ("a removed record", |frames| drop(frames.remove(3))),
    ("an inserted record", |frames| {
        let mut more = frames[3].clone();
        more.events[0]["id"] = json!("01963f1b-0000-7000-8000-00000000abcd");
        frames.insert(4, more);
    }),
    ("swapped records", |frames| {
        let (one, other) = (
            frames[3].events[0]["data"].clone(),
            frames[4].events[0]["data"].clone(),
        );
        frames[3].events[0]["data"] = other;
        frames[4].events[0]["data"] = one;
    }),
    ("a cut end", |frames| frames.truncate(4)),
];

#[test]
fn only_the_tree_notices_a_skilled_forgery() {
    for (name, change) in FORGERIES {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("ledger");
        signed(&dir);
        forge(&dir, change);
        let verified = alone(&dir);
        assert!(verified.impossible.is_empty(), "{name}: {verified:?}");
        let differ = verified
            .checkpoints
            .iter()
            .filter(|one| one.verdict.is_err());
        assert_eq!(differ.count(), 2, "{name}: {verified:?}");
        // The forger's ledger is read, and neither records nor signs.
        let refused = Ledger::open(&dir, &opts()).err().unwrap();
        assert!(
            refused.is_refusal() && refused.hint().unwrap().contains("restore"),
            "{name}"
        );
        let ledger = Ledger::read(&dir, &opts()).unwrap();
        assert!(ledger.models_at_head().is_ok());
        let signing = Signing::of(&ledger, &disk()).unwrap();
        let refused = signing.sign(&mut || None).unwrap_err();
        assert!(refused.is_refusal(), "{name}: {refused}");
    }
}

/// Forged behind the ninth entry, so that the first checkpoint fits and the second tells.
#[test]
fn a_checkpoint_speaks_for_what_stands_before_it() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("ledger");
    signed(&dir);
    forge(&dir, |frames| {
        let last = frames.len() - 1;
        words(&mut frames[last], "four");
    });
    let verdicts: Vec<bool> = alone(&dir)
        .checkpoints
        .iter()
        .map(|one| one.verdict.is_ok())
        .collect();
    assert_eq!(verdicts, [true, false]);
}

/// The keeper of the ledger himself rewrites it and signs it again with the real key: only a checkpoint that somebody else
/// kept tells.
#[test]
fn a_ledger_rewritten_and_signed_again_is_caught_by_an_earlier_checkpoint_alone() {
    for (name, change) in FORGERIES {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("ledger");
        let (first, _) = signed(&dir);
        forge(&dir, change);
        fs::remove_dir_all(dir.join("checkpoints")).unwrap();
        fs::remove_file(dir.join("checkpoint")).unwrap();
        let again = sign(&dir);
        assert!(alone(&dir).fits(), "{name}: by itself it looks whole");
        assert!(against(&dir, shown(&again)).unwrap().fits());
        let verified = against(&dir, shown(&first)).unwrap();
        assert!(!verified.fits(), "{name}");
        let problem = verified
            .checkpoints
            .last()
            .unwrap()
            .verdict
            .as_ref()
            .unwrap_err();
        let told =
            problem.contains("was changed, removed, added to") || problem.contains("taken away");
        assert!(told, "{name}: {problem}");
    }
}

#[test]
fn what_no_appending_makes_is_named() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("ledger");
    signed(&dir);
    forge(&dir, |frames| {
        let twice = frames[3].clone();
        frames.push(twice);
    });
    let verified = alone(&dir);
    assert!(verified.fits(), "what was signed is all there");
    assert!(
        verified
            .impossible
            .iter()
            .any(|one| one.contains("more than one entry has the id"))
    );
    forge(&dir, |frames| {
        frames.pop();
        frames[2].events[0]["recorded_at"] = json!("2025-04-17T06:00:00.000000Z");
    });
    let verified = alone(&dir);
    assert_eq!(
        verified.impossible,
        ["entry 5 says it was recorded before the entry in front of it"]
    );
}

#[test]
fn a_changed_byte_is_damage_with_its_place() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("ledger");
    signed(&dir);
    let path = dir.join("journal/000000");
    let bytes = fs::read(&path).unwrap();
    let at = bytes
        .windows(8)
        .position(|part| part == b"remark 2")
        .unwrap();
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.write_all_at(b"R", at as u64).unwrap();
    let error = against(&dir, Against::default()).unwrap_err();
    assert!(!error.is_refusal());
    assert!(
        error
            .to_string()
            .starts_with("journal/000000: damaged at byte"),
        "{error}"
    );
    // With the frame's checksum mended, its own chain hash still tells.
    let mut bytes = fs::read(&path).unwrap();
    let start = bytes[..at]
        .windows(4)
        .rposition(|part| part == [0xff, b'd', b't', b'F'])
        .unwrap();
    let length = dealtrail::store::frame::Header::parse(&bytes[start..])
        .unwrap()
        .frame_bytes();
    let crc = crc32c::crc32c(&bytes[start..start + length - 4]);
    bytes[start + length - 4..start + length].copy_from_slice(&crc.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    let error = against(&dir, Against::default()).unwrap_err().to_string();
    assert!(
        error.contains("the chain hash is not that of its bytes"),
        "{error}"
    );
}

#[test]
fn an_altered_checkpoint_differs() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("ledger");
    let (first, _) = signed(&dir);
    let path = dir.join("checkpoints/00000000000000000009");
    for (from, to) in [
        ("ledger.example/test\n", "ledger.example/best\n"),
        ("\u{2014}", "-"),
        ("\n9\n", "\n8\n"),
    ] {
        fs::write(&path, first.text.replacen(from, to, 1)).unwrap();
        let verified = alone(&dir);
        assert!(verified.checkpoints[0].verdict.is_err(), "{from}");
        assert!(verified.checkpoints[1].verdict.is_ok());
    }
    // Every character of the signature line counts.
    let line = first.text.rfind("ledger.example").unwrap();
    let mut altered = first.text.clone().into_bytes();
    let last = altered.len() - 10;
    altered[last] = if altered[last] == b'A' { b'B' } else { b'A' };
    assert!(last > line);
    fs::write(&path, altered).unwrap();
    let problem = alone(&dir).checkpoints[0].verdict.clone().unwrap_err();
    assert!(problem.contains("is not one over this text"), "{problem}");
}

#[test]
fn a_snapshot_of_another_history_is_told() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("ledger");
    let often = Options {
        snapshot_every: 2,
        ..opts()
    };
    let ledger = Ledger::create(&dir, init(), &often).unwrap();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    for n in 0..6 {
        send(
            &ledger,
            &format!("n-{n}"),
            vec![noted(agreement(1), "remark")],
        )
        .unwrap();
    }
    ledger.models_at_head().unwrap();
    drop(ledger);
    assert!(alone(&dir).notes.is_empty());
    let aside = place.path().join("snapshots");
    fs::rename(dir.join("snapshots"), &aside).unwrap();
    forge(&dir, |frames| words(&mut frames[3], "remake"));
    fs::rename(&aside, dir.join("snapshots")).unwrap();
    let verified = alone(&dir);
    assert!(verified.fits());
    assert!(!verified.notes.is_empty());
    for note in &verified.notes {
        assert!(
            note.contains("is not of this history and is not used"),
            "{note}"
        );
    }
}

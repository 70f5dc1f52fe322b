//! Thousands of random tamperings, each of which somebody has to notice: `DEALTRAIL_TAMPERINGS` says how many (usual 150).
//!
//! What an auditor holds is his trust policy, one checkpoint and some receipts; everything else is in the hands of whoever
//! tampers. Records are changed with every checksum and the chain mended, so that nothing but the tree can tell.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dealtrail::proof::policy::Policy;
use dealtrail::service::checkpoint::Signing;
use dealtrail::service::ledger::Ledger;
use dealtrail::service::receipt;
use dealtrail::service::verify::{Against, ShownCheckpoint, verify};
use dealtrail::store::frame::Header;
use dealtrail::store::journal::disk::{Disk, RealDisk};
use dealtrail::store::journal::segment::FRAMES_START;
use serde_json::{Value, json};

use super::backup::opts;
use super::forgery::{Loose, forge};
use super::support::{agreement, noted, send};
use super::tiles::{begun, published, remarks};
use super::verifying::sign;
use crate::faults::tally::{count, tell};
use crate::model::chance::Chance;

/// A ledger, what its auditor keeps, and every file as it must be.
struct Scene {
    _place: tempfile::TempDir,
    dir: PathBuf,
    policy: String,
    kept: String,
    receipts: Vec<(Vec<u8>, Vec<u8>)>,
    whole: BTreeMap<PathBuf, Vec<u8>>,
}

fn disk() -> Arc<dyn Disk> {
    Arc::new(RealDisk)
}

impl Scene {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("ledger");
        let ledger = begun(&dir);
        for (part, size) in [("a", 25), ("b", 60), ("c", 90), ("d", 90), ("e", 7)] {
            remarks(&ledger, part, size);
            for n in 0..3 {
                let words = format!("alone {part} {n}");
                send(
                    &ledger,
                    &words.replace(' ', "-"),
                    vec![noted(agreement(1), &words)],
                )
                .unwrap();
            }
            sign(&dir);
        }
        let issued = |index| receipt::issue(&ledger, &disk(), index).unwrap();
        let receipts = (0..ledger.head()).step_by(29).map(issued);
        let receipts = receipts.map(|issued| (issued.text.into_bytes(), issued.record));
        let receipts = receipts.collect();
        let policy = Signing::of(&ledger, &disk()).unwrap().policy().unwrap();
        let kept = fs::read_to_string(dir.join("checkpoint")).unwrap();
        drop(ledger);
        for made in ["sled", "snapshots"] {
            let _ = fs::remove_dir_all(dir.join(made));
        }
        let mut whole = BTreeMap::new();
        for below in ["journal", "checkpoints", "published"] {
            files(&dir.join(below), &mut whole);
        }
        let newest = dir.join("checkpoint");
        whole.insert(newest.clone(), fs::read(newest).unwrap());
        Self {
            _place: place,
            dir,
            policy,
            kept,
            receipts,
            whole,
        }
    }

    /// Puts every file back, and removes what was made.
    fn restore(&self) {
        for made in ["sled", "snapshots", "checkpoints", "published"] {
            let _ = fs::remove_dir_all(self.dir.join(made));
        }
        for (path, bytes) in &self.whole {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            if fs::read(path).ok().as_ref() != Some(bytes) {
                fs::write(path, bytes).unwrap();
            }
        }
    }

    /// Whether the auditor notices anything, with this policy.
    fn notices(&self, policy: &str) -> bool {
        let against = Against {
            checkpoint: Some(ShownCheckpoint {
                name: "kept elsewhere",
                bytes: self.kept.as_bytes(),
            }),
            trust: Some(policy.as_bytes()),
            ..Against::default()
        };
        let Ok(verified) = verify(&self.dir, &disk(), against, &mut |_, _| ()) else {
            return true;
        };
        let whole = verified.fits() && verified.impossible.is_empty();
        !whole || !verified.wrong_tiles.is_empty() || !verified.unproved.is_empty()
    }

    fn files(&self, below: &str) -> Vec<PathBuf> {
        let root = self.dir.join(below);
        let names = self.whole.keys().filter(|path| path.starts_with(&root));
        // Who is signing at the moment is no checkpoint.
        let names = names.filter(|path| !path.ends_with("lock"));
        names.cloned().collect()
    }

    /// Changes one byte of one of the files, or lets one come or go.
    fn alter_a_file(&self, below: &str, chance: &mut Chance) {
        let files = self.files(below);
        let path = &files[chance.below(files.len())];
        fs::write(path, altered(&self.whole[path], chance)).unwrap();
    }
}

fn files(dir: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false => drop(found.insert(path.clone(), fs::read(&path).unwrap())),
        }
    }
}

/// The bytes with one changed, one more, or one less.
fn altered(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = chance.below(bytes.len());
    match chance.below(4) {
        0 => drop(bytes.remove(at)),
        1 => bytes.insert(at, b'A' + chance.below(26) as u8),
        _ => bytes[at] ^= 1 << chance.below(8),
    }
    bytes
}

/// A record, changed as somebody would who wants another history.
fn change_a_record(frames: &mut [Loose], chance: &mut Chance) {
    let frame = 1 + chance.below(frames.len() - 1);
    let event = chance.below(frames[frame].events.len());
    let event = &mut frames[frame].events[event];
    match chance.below(5) {
        0 => event["on"] = json!("2025-04-11"),
        1 => event["actor"]["id"] = json!("u:somebody"),
        2 => event["stream"] = json!("agreement-00000000-0000-0000-0000-000000000002"),
        3 => event["recorded_at"] = json!("2025-04-18T06:00:00.000001Z"),
        _ => {
            let number = chance.below(1_000_000);
            event["data"]["words"] = json!(format!("another remark {number}"));
        }
    }
}

/// The frames of the first segment: where each begins and how long it is.
fn frames(journal: &[u8]) -> Vec<(usize, usize)> {
    let (mut at, mut found) = (FRAMES_START as usize, Vec::new());
    while let Ok(header) = Header::parse(&journal[at..]) {
        found.push((at, header.frame_bytes()));
        at += header.frame_bytes();
    }
    found
}

fn fresh_id(chance: &mut Chance) -> Value {
    json!(format!(
        "01963f1b-0000-7000-8000-{:012x}",
        chance.next() >> 16
    ))
}

type Tamper = fn(&Scene, &mut Chance) -> bool;

/// Whether it was noticed.
const CLASSES: [(&str, Tamper); 14] = [
    ("records changed", |scene, chance| {
        forge(&scene.dir, |frames| change_a_record(frames, chance));
        scene.notices(&scene.policy)
    }),
    ("records removed", |scene, chance| {
        forge(&scene.dir, |frames| {
            let at = 1 + chance.below(frames.len() - 1);
            frames.remove(at);
        });
        scene.notices(&scene.policy)
    }),
    ("records inserted", |scene, chance| {
        forge(&scene.dir, |frames| {
            let mut more = frames[1 + chance.below(frames.len() - 1)].clone();
            for event in &mut more.events {
                event["id"] = fresh_id(chance);
            }
            // Behind the last entry it would be one that nobody has signed yet, as any new one is.
            let at = 1 + chance.below(frames.len() - 1);
            frames.insert(at, more);
        });
        scene.notices(&scene.policy)
    }),
    ("records in another order", |scene, chance| {
        forge(&scene.dir, |frames| {
            let one = 1 + chance.below(frames.len() - 2);
            let other = one + 1 + chance.below(frames.len() - one - 1);
            frames.swap(one, other);
        });
        scene.notices(&scene.policy)
    }),
    ("the end cut", |scene, chance| {
        forge(&scene.dir, |frames| {
            let left = 1 + chance.below(frames.len() - 1);
            frames.truncate(left);
        });
        scene.notices(&scene.policy)
    }),
    ("rewritten and signed again", |scene, chance| {
        forge(&scene.dir, |frames| change_a_record(frames, chance));
        for made in ["checkpoints", "published"] {
            fs::remove_dir_all(scene.dir.join(made)).unwrap();
        }
        fs::remove_file(scene.dir.join("checkpoint")).unwrap();
        sign(&scene.dir);
        scene.notices(&scene.policy)
    }),
    ("bytes of frames", |scene, chance| {
        let path = scene.dir.join("journal/000000");
        let mut journal = scene.whole[&path].clone();
        let found = frames(&journal);
        let (at, length) = found[chance.below(found.len())];
        journal[at + chance.below(length)] ^= 1 << chance.below(8);
        fs::write(&path, journal).unwrap();
        scene.notices(&scene.policy)
    }),
    ("bytes of frames, the checksum mended", |scene, chance| {
        let path = scene.dir.join("journal/000000");
        let mut journal = scene.whole[&path].clone();
        let found = frames(&journal);
        let (at, length) = found[chance.below(found.len())];
        let end = at + length - 4;
        journal[at + chance.below(length - 4)] ^= 1 << chance.below(8);
        let sum = crc32c::crc32c(&journal[at..end]);
        journal[end..end + 4].copy_from_slice(&sum.to_le_bytes());
        fs::write(&path, journal).unwrap();
        scene.notices(&scene.policy)
    }),
    ("frames in another order, as they are", |scene, chance| {
        let path = scene.dir.join("journal/000000");
        let journal = &scene.whole[&path];
        let found = frames(journal);
        let one = chance.below(found.len() - 1);
        let (first, second) = (found[one], found[one + 1]);
        let mut swapped = journal[..first.0].to_vec();
        swapped.extend_from_slice(&journal[second.0..second.0 + second.1]);
        swapped.extend_from_slice(&journal[first.0..first.0 + first.1]);
        swapped.extend_from_slice(&journal[second.0 + second.1..]);
        fs::write(&path, swapped).unwrap();
        scene.notices(&scene.policy)
    }),
    ("bytes of kept checkpoints", |scene, chance| {
        scene.alter_a_file("checkpoints", chance);
        scene.notices(&scene.policy)
    }),
    ("bytes of published files", |scene, chance| {
        scene.alter_a_file("published", chance);
        scene.notices(&scene.policy)
    }),
    ("published tiles taken away", |scene, chance| {
        let last = scene.kept.lines().nth(1).unwrap();
        let files = scene.files("published");
        // Partial pieces of earlier checkpoints may go at any time.
        let needed = |path: &&PathBuf| {
            let name = path.to_str().unwrap();
            !name.contains(".p/") && !name.ends_with("checkpoint")
        };
        let needed: Vec<_> = files.iter().filter(needed).collect();
        assert!(needed.len() >= 2, "of {last} entries");
        fs::remove_file(needed[chance.below(needed.len())]).unwrap();
        scene.notices(&scene.policy)
    }),
    ("bytes of receipts and their records", |scene, chance| {
        let (text, record) = &scene.receipts[chance.below(scene.receipts.len())];
        let (text, record) = match chance.below(2) {
            0 => (altered(text, chance), record.clone()),
            _ => (text.clone(), altered(record, chance)),
        };
        receipt::check(&text, &record, scene.policy.as_bytes()).is_err()
    }),
    ("the key in the policy", |scene, chance| {
        let honest = Policy::parse(scene.policy.as_bytes()).unwrap();
        let key = scene.policy.lines().next().unwrap();
        loop {
            let mut policy = scene.policy.clone().into_bytes();
            let at = "log ".len() + chance.below(key.len() - "log ".len());
            policy[at] = b"abcdefgXYZ0123456789+/=.-"[chance.below(25)];
            // Another spelling of the same trust is none.
            if Policy::parse(&policy).is_ok_and(|read| read == honest) {
                continue;
            }
            let policy = String::from_utf8(policy).unwrap();
            let (text, record) = &scene.receipts[0];
            return scene.notices(&policy)
                && receipt::check(text, record, policy.as_bytes()).is_err();
        }
    }),
];

#[test]
fn no_tampering_goes_unnoticed() {
    let scene = Scene::new();
    assert!(
        !scene.notices(&scene.policy),
        "an honest ledger is believed"
    );
    for (text, record) in &scene.receipts {
        receipt::check(text, record, scene.policy.as_bytes()).unwrap();
    }
    assert!(published(&scene.dir).len() >= 8);
    let trials = count("DEALTRAIL_TAMPERINGS", 150);
    let mut chance = Chance::new(count("DEALTRAIL_SEED", 1));
    let mut counts = [0_u64; CLASSES.len()];
    let mut unnoticed = Vec::new();
    for trial in 0..trials {
        let class = trial as usize % CLASSES.len();
        let (name, tamper) = CLASSES[class];
        counts[class] += 1;
        if !tamper(&scene, &mut chance) {
            unnoticed.push(format!("{name}, trial {trial}"));
        }
        scene.restore();
    }
    assert!(!scene.notices(&scene.policy), "everything is put back");
    let mut told: Vec<(&str, u64)> = CLASSES.iter().map(|(name, _)| *name).zip(counts).collect();
    told.push(("unnoticed", unnoticed.len() as u64));
    tell("tamperings", &told);
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
    // Whoever has the ledger at hand reads it as it is.
    assert!(Ledger::read(&scene.dir, &opts()).is_ok());
}

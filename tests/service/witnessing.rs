//! Witnesses: what they cosign, what they refuse, what survives a stop anywhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use dealtrail::proof::checkpoint::SignedCheckpoint;
use dealtrail::proof::key::{KeyName, Signer};
use dealtrail::proof::tree::{Hash, consistency_proof, leaf_hash, root_of};
use dealtrail::proof::witness::{Request, place_of};
use dealtrail::service::ambient::SetClock;
use dealtrail::service::checkpoint::key_file::{Passphrase, Protection};
use dealtrail::service::witness::{Witness, WitnessError, key, make_key};
use dealtrail::store::journal::disk::{Disk, RealDisk};

use super::backup::Place;
use super::stopping::StoppingDisk;
use super::support::{moment, on_disk};
use super::verifying::sign;

const ORIGIN: &str = "ledger.example/test";
const NOW: &str = "2025-04-24T10:15:00Z";
pub(crate) const THEN: u64 = 1_745_489_700;

pub(crate) fn disk() -> Arc<dyn Disk> {
    Arc::new(RealDisk)
}

fn signer() -> Signer {
    Signer::new(KeyName::new(ORIGIN).unwrap(), &[7; 32])
}

fn policy() -> String {
    format!("log {}\nquorum none\n", signer().verifier())
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

fn signed(count: u64) -> SignedCheckpoint {
    SignedCheckpoint::sign(root_of(leaves(count)), &signer()).unwrap()
}

fn request(old: u64, new: u64) -> String {
    let proof = consistency_proof(&leaves(new), old).unwrap();
    Request::new(old, proof, signed(new)).to_string()
}

/// A witness's directory with an open key.
pub(crate) fn made(dir: &Path, name: &str) -> PathBuf {
    let dir = dir.join(name);
    make_key(
        &dir,
        &RealDisk,
        &format!("witness.example/{name}"),
        &Protection::Open,
    )
    .unwrap();
    dir
}

pub(crate) fn opened(
    dir: &Path,
    disk: Arc<dyn Disk>,
    clock: &SetClock,
    policy: &str,
) -> Result<Witness, WitnessError> {
    let clock = Arc::new(clock.clone());
    Witness::open(dir, (disk, clock), policy.as_bytes(), &mut || None)
}

pub(crate) fn clock() -> SetClock {
    SetClock::at(moment(NOW))
}

fn status(answer: &Result<String, WitnessError>) -> u16 {
    match answer {
        Ok(_) => 200,
        Err(WitnessError::Refused(refusal)) => refusal.status(),
        Err(_) => 500,
    }
}

#[test]
fn a_witness_goes_forward_alone() {
    let place = Place::new();
    let dir = made(place.ledger().parent().unwrap(), "audit");
    let clock = clock();
    let witness = opened(&dir, disk(), &clock, &policy()).unwrap();
    let asked = |old, new| status(&witness.add_checkpoint(request(old, new).as_bytes()));
    assert_eq!(witness.followed().unwrap()[0].last, None);
    assert_eq!(witness.latest(&place_of(ORIGIN)).unwrap(), None);
    assert_eq!(asked(3, 7), 409);
    assert_eq!(asked(0, 7), 200);
    assert_eq!(asked(0, 7), 409);
    assert_eq!(asked(7, 7), 200, "asked again it says so again");
    assert_eq!(asked(7, 20), 200);
    assert_eq!(asked(7, 20), 409);
    assert_eq!(asked(7, 9), 409, "nothing goes back");
    assert_eq!(witness.followed().unwrap()[0].last, Some((20, THEN)));
    let line = witness.add_checkpoint(request(20, 20).as_bytes()).unwrap();
    let shown = witness.latest(&place_of(ORIGIN)).unwrap().unwrap();
    assert_eq!(shown, format!("{}{line}", signed(20)));
    let own = SignedCheckpoint::parse(shown.as_bytes()).unwrap();
    let verified = own
        .note()
        .verify(std::slice::from_ref(witness.verifier()))
        .unwrap();
    assert_eq!(verified[0].time, Some(THEN));
    for strange in ["", "..", "../key", &"A".repeat(64), &place_of("other")] {
        assert_eq!(witness.latest(strange).unwrap(), None, "{strange}");
    }
    // Nobody else runs it meanwhile, and the next one goes on from there.
    assert!(matches!(
        opened(&dir, disk(), &clock, &policy()),
        Err(WitnessError::Busy)
    ));
    drop(witness);
    let witness = opened(&dir, disk(), &clock, &policy()).unwrap();
    assert_eq!(
        status(&witness.add_checkpoint(request(0, 7).as_bytes())),
        409
    );
}

/// The race of the specification: of many who extend the same tree at once one is first, and nothing is rolled back.
#[test]
fn of_many_at_once_one_is_first() {
    let place = Place::new();
    let dir = made(place.ledger().parent().unwrap(), "audit");
    let witness = opened(&dir, disk(), &clock(), &policy()).unwrap();
    let mut latest = 1;
    witness
        .add_checkpoint(request(0, latest).as_bytes())
        .unwrap();
    for round in 0..20 {
        let requests: Vec<String> = (1..=4)
            .map(|n| request(latest, latest + n + round % 2))
            .collect();
        let answers: Vec<u16> = thread::scope(|scope| {
            let witness = &witness;
            let asked = requests.iter().map(|request| {
                scope.spawn(move || status(&witness.add_checkpoint(request.as_bytes())))
            });
            let asked: Vec<_> = asked.collect();
            asked.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let given = answers.iter().filter(|status| **status == 200).count();
        assert_eq!(given, 1, "{answers:?}");
        let first = answers.iter().position(|status| *status == 200).unwrap() as u64;
        latest += first + 1 + round % 2;
        assert_eq!(witness.followed().unwrap()[0].last.unwrap().0, latest);
    }
}

/// Stopped after every operation of keeping: no cosignature was given for what is not kept, and who asks again gets one.
#[test]
fn a_witness_that_is_stopped_anywhere_gave_nothing_it_forgot() {
    let mut stops = 0;
    for operations in 1.. {
        let place = Place::new();
        let dir = made(place.ledger().parent().unwrap(), "audit");
        drop({
            let witness = opened(&dir, disk(), &clock(), &policy()).unwrap();
            witness.add_checkpoint(request(0, 7).as_bytes()).unwrap();
            witness
        });
        let stopping = StoppingDisk::after(operations);
        let deeds = Arc::clone(&stopping.deeds);
        let witness = opened(&dir, Arc::new(stopping), &clock(), &policy()).unwrap();
        let answer = witness.add_checkpoint(request(7, 20).as_bytes());
        drop(witness);
        let witness = opened(&dir, disk(), &clock(), &policy()).unwrap();
        let kept = witness.followed().unwrap()[0].last.unwrap().0;
        assert!(kept == 7 || kept == 20, "{operations}: {kept}");
        let again = witness.add_checkpoint(request(kept, 20).as_bytes());
        assert_eq!(status(&again), 200, "{operations}");
        assert_eq!(witness.followed().unwrap()[0].last.unwrap().0, 20);
        if answer.is_ok() {
            assert_eq!(kept, 20);
            let synced = format!("synced {}.new", place_of(ORIGIN));
            assert!(
                deeds.lock().unwrap().contains(&synced),
                "it is on disk before it is given away"
            );
            break;
        }
        assert_eq!(status(&answer), 500, "{operations}");
        stops += 1;
    }
    assert!(stops >= 5, "{stops}");
}

#[test]
fn a_witness_that_cannot_trust_itself_cosigns_nothing() {
    let place = Place::new();
    let dir = made(place.ledger().parent().unwrap(), "audit");
    let clock = clock();
    let witness = opened(&dir, disk(), &clock, &policy()).unwrap();
    witness.add_checkpoint(request(0, 7).as_bytes()).unwrap();
    // A clock that was set back would vouch for an earlier time than it has vouched for.
    clock.set(moment("2025-04-24T10:14:59Z"));
    let late = witness.add_checkpoint(request(7, 20).as_bytes());
    assert!(matches!(&late, Err(WitnessError::Clock { .. })), "{late:?}");
    assert!(
        late.unwrap_err()
            .to_string()
            .contains("stands 1 seconds before")
    );
    clock.set(moment("2025-04-24T10:15:00Z"));
    witness.add_checkpoint(request(7, 8).as_bytes()).unwrap();
    // The file of another ledger, an older form of it without our word, and no note at all.
    let file = dir.join("followed").join(place_of(ORIGIN));
    let kept = fs::read_to_string(&file).unwrap();
    for wrong in [
        signed(3).to_string(),
        "rotten".to_owned(),
        kept.replace("\n8\n", "\n5\n"),
    ] {
        fs::write(&file, wrong).unwrap();
        let answer = witness.add_checkpoint(request(8, 20).as_bytes());
        assert!(
            matches!(answer, Err(WitnessError::Damaged(_))),
            "{answer:?}"
        );
    }
    drop(witness);
    assert!(matches!(
        opened(&dir, disk(), &clock, &policy()),
        Err(WitnessError::Damaged(_))
    ));
    fs::write(&file, kept).unwrap();
    opened(&dir, disk(), &clock, &policy()).unwrap();
    // A lost key is not replaced while there is what it cosigned.
    fs::remove_file(dir.join("key")).unwrap();
    let made = make_key(&dir, &RealDisk, "witness.example/audit", &Protection::Open);
    assert!(matches!(made, Err(WitnessError::KeyLost)), "{made:?}");
}

#[test]
fn keys_and_policies_are_what_a_witness_needs() {
    let place = Place::new();
    let above = place.ledger();
    let above = above.parent().unwrap();
    let dir = above.join("sealed");
    assert!(key(&dir, &RealDisk).unwrap().is_none());
    assert!(matches!(
        opened(&dir, disk(), &clock(), &policy()),
        Err(WitnessError::NoKey)
    ));
    let passphrase = || Passphrase::new(b"glass by glass by glass".to_vec());
    let name = "witness.example/sealed";
    let verifier = make_key(&dir, &RealDisk, name, &Protection::Sealed(&passphrase())).unwrap();
    assert!(verifier.to_string().starts_with("witness.example/sealed+"));
    let open = |given: Option<Passphrase>, policy: &str| {
        let mut given = given;
        let clock = Arc::new(clock());
        Witness::open(&dir, (disk(), clock), policy.as_bytes(), &mut || {
            given.take()
        })
    };
    assert!(matches!(open(None, &policy()), Err(WitnessError::Key(_))));
    assert!(matches!(
        open(Some(passphrase()), "quorum none\n"),
        Err(WitnessError::NoLedger)
    ));
    assert!(matches!(
        open(Some(passphrase()), "log\n"),
        Err(WitnessError::Policy(_))
    ));
    assert_eq!(
        open(Some(passphrase()), &policy()).unwrap().verifier(),
        &verifier
    );
    let named = make_key(
        &above.join("other"),
        &RealDisk,
        "two words",
        &Protection::Open,
    );
    assert!(matches!(named, Err(WitnessError::Name(_))));
    // A ledger's key signs for the ledger; one key for both would let one pass for the other.
    drop(on_disk(&place.ledger()));
    sign(&place.ledger());
    let ledger = opened(&place.ledger(), disk(), &clock(), &policy());
    assert!(matches!(ledger, Err(WitnessError::OfLedger)));
}

//! How a ledger asks its witnesses, what it keeps of their answers, and who uses that.

use std::fs;
use std::path::{Path, PathBuf};

use dealtrail::proof::checkpoint::SignedCheckpoint;
use dealtrail::proof::key::{Cosigner, KeyName};
use dealtrail::service::ambient::SetClock;
use dealtrail::service::checkpoint::Signing;
use dealtrail::service::cosigning::post::{Post, Reply};
use dealtrail::service::cosigning::{AskError, Cosigned, Witnesses};
use dealtrail::service::ledger::Ledger;
use dealtrail::service::receipt;
use dealtrail::service::verify::{Against, Verified, Vouched, verify};
use dealtrail::service::witness::{Witness, WitnessError};
use dealtrail::store::open::MirrorChoice;

use super::backup::{Place, opts};
use super::support::{agreement, moment, noted, on_disk, options, registered, send};
use super::verifying::sign;
use super::witnessing::{THEN, clock, disk, made, opened};

/// Witnesses that are asked without a network, by their address.
struct Direct<'a>(Vec<(&'a str, &'a Witness)>);

impl Post for Direct<'_> {
    fn post(&self, url: &str, body: &str) -> Result<Reply, String> {
        let found = self
            .0
            .iter()
            .find(|(at, _)| url == format!("{at}/add-checkpoint"));
        let (_, witness) = found.ok_or("connection refused")?;
        Ok(match witness.add_checkpoint(body.as_bytes()) {
            Ok(lines) => Reply {
                status: 200,
                body: lines.into_bytes(),
            },
            Err(WitnessError::Refused(refusal)) => Reply {
                status: refusal.status(),
                body: match refusal.latest() {
                    Some(size) => format!("{size}\n").into_bytes(),
                    None => refusal.to_string().into_bytes(),
                },
            },
            Err(error) => Reply {
                status: 500,
                body: error.to_string().into_bytes(),
            },
        })
    }
}

/// One answer, whatever is asked.
struct Always(u16, String);

impl Post for Always {
    fn post(&self, _: &str, _: &str) -> Result<Reply, String> {
        Ok(Reply {
            status: self.0,
            body: self.1.clone().into_bytes(),
        })
    }
}

/// A ledger, its own key in a policy, and a witness that follows it.
struct Scene {
    place: Place,
    ledger: Ledger,
    trust: String,
}

impl Scene {
    fn new() -> Self {
        let place = Place::new();
        let ledger = on_disk(&place.ledger());
        sign(&place.ledger());
        let trust = Signing::of(&ledger, &disk()).unwrap().policy().unwrap();
        Self {
            place,
            ledger,
            trust,
        }
    }

    fn dir(&self) -> PathBuf {
        self.place.ledger()
    }

    fn witness(&self, name: &str, clock: &SetClock) -> Witness {
        let dir = made(self.dir().parent().unwrap(), name);
        opened(&dir, disk(), clock, &self.trust).unwrap()
    }

    /// The policy that also names these witnesses, each at `http://NAME`.
    fn policy(&self, witnesses: &[(&str, &Witness)]) -> String {
        let lines = witnesses.iter();
        let lines = lines.map(|(name, witness)| {
            format!("witness {name} {} http://{name}\n", witness.verifier())
        });
        self.trust.replace("quorum none\n", "") + &lines.collect::<String>() + "quorum none\n"
    }

    fn note(&self, id: &str) {
        let words = vec![noted(agreement(1), id)];
        send(&self.ledger, id, words).unwrap();
    }

    /// Signs the head, and asks those whom the policy names.
    fn cosign(&self, policy: &str, post: &dyn Post) -> Cosigned {
        let published = sign(&self.dir());
        let ledger = Ledger::read(&self.dir(), &opts()).unwrap();
        let signing = Signing::of(&ledger, &disk()).unwrap();
        let witnesses = Witnesses::of(policy.as_bytes(), &[]).unwrap();
        signing.cosign(&published, &witnesses, post).unwrap()
    }
}

fn verified(dir: &Path, policy: &str) -> Verified {
    let against = Against {
        trust: Some(policy.as_bytes()),
        ..Against::default()
    };
    verify(dir, &disk(), against, &mut |_, _| ()).unwrap()
}

#[test]
fn cosignatures_are_collected_kept_and_shown() {
    let scene = Scene::new();
    send(&scene.ledger, "c-0", vec![registered(1)]).unwrap();
    let clock = clock();
    let (one, two) = (scene.witness("one", &clock), scene.witness("two", &clock));
    let policy = scene.policy(&[("one", &one), ("two", &two)]);
    let first = scene.cosign(
        &policy,
        &Direct(vec![("http://one", &one), ("http://two", &two)]),
    );
    assert!(
        first.outcomes.iter().all(|outcome| outcome.result.is_ok()),
        "{:?}",
        first.outcomes
    );
    let name = format!("checkpoints/{:020}", first.published.size);
    let kept = fs::read_to_string(scene.dir().join(format!("{name}.cosigned"))).unwrap();
    assert_eq!(kept, first.published.text);
    assert_eq!(
        fs::read_to_string(scene.dir().join("checkpoint")).unwrap(),
        kept
    );
    // What the ledger itself signed stays as it was signed.
    let plain = fs::read_to_string(scene.dir().join(&name)).unwrap();
    assert!(kept.starts_with(&plain) && kept.lines().count() == plain.lines().count() + 2);
    // Asked again they are not troubled: an earlier time says more.
    clock.set(moment("2025-04-25T10:15:00Z"));
    let again = scene.cosign(&policy, &Direct(Vec::new()));
    assert!(again.outcomes.iter().all(|outcome| outcome.result.is_ok()));
    assert_eq!(again.published.text, kept);
    // Over the next checkpoint one of them does not answer; the other is still had.
    scene.note("c-1");
    let second = scene.cosign(&policy, &Direct(vec![("http://two", &two)]));
    let results: Vec<bool> = second
        .outcomes
        .iter()
        .map(|outcome| outcome.result.is_ok())
        .collect();
    assert_eq!(results, [false, true]);
    assert_eq!(
        two.followed().unwrap()[0].last.unwrap().0,
        second.published.size
    );
    // The one that was away is asked once more, and says from where on.
    let third = scene.cosign(&policy, &Direct(vec![("http://one", &one)]));
    assert!(third.outcomes.iter().all(|outcome| outcome.result.is_ok()));
    let lines = |cosigned: &Cosigned| cosigned.published.text.lines().count();
    assert_eq!(lines(&third), lines(&second) + 1);
}

#[test]
fn receipts_and_the_auditors_walk_use_what_is_kept() {
    let scene = Scene::new();
    send(&scene.ledger, "c-0", vec![registered(1)]).unwrap();
    let (one, two) = (
        scene.witness("one", &clock()),
        scene.witness("two", &clock()),
    );
    let policy = scene.policy(&[("one", &one), ("two", &two)]);
    scene.cosign(
        &policy,
        &Direct(vec![("http://one", &one), ("http://two", &two)]),
    );
    scene.note("c-1");
    scene.cosign(&policy, &Direct(vec![("http://two", &two)]));
    let both = policy.replace("quorum none", "group all all one two\nquorum all");
    let either = policy.replace("quorum none", "group any any one two\nquorum any");
    let issued = receipt::issue(&scene.ledger, &disk(), 2).unwrap();
    let accepted =
        |policy: &str| receipt::check(issued.text.as_bytes(), &issued.record, policy.as_bytes());
    assert_eq!(accepted(&either).unwrap().checkpoint.witnesses.len(), 1);
    assert!(accepted(&both).is_err());
    let walked = verified(&scene.dir(), &both);
    let vouched: Vec<usize> = walked
        .checkpoints
        .iter()
        .map(|one| match one.verdict.as_ref().unwrap() {
            Vouched::Policy(trusted) => trusted.witnesses.len(),
            _ => 0,
        })
        .collect();
    assert_eq!(
        vouched,
        [0, 2, 0],
        "the first nobody was asked about, the last is one short"
    );
    scene.cosign(&policy, &Direct(vec![("http://one", &one)]));
    let issued = receipt::issue(&scene.ledger, &disk(), 2).unwrap();
    receipt::check(issued.text.as_bytes(), &issued.record, both.as_bytes()).unwrap();
}

#[test]
fn a_witness_that_knows_otherwise_is_heard() {
    let scene = Scene::new();
    send(&scene.ledger, "c-0", vec![registered(1)]).unwrap();
    let witness = scene.witness("one", &clock());
    let policy = scene.policy(&[("one", &witness)]);
    let told = |post: &dyn Post| {
        scene
            .cosign(&policy, post)
            .outcomes
            .remove(0)
            .result
            .unwrap_err()
    };
    assert!(matches!(told(&Direct(Vec::new())), AskError::Silent(_)));
    assert!(matches!(
        told(&Always(409, "99\n".to_owned())),
        AskError::Ahead {
            theirs: 99,
            ours: 5
        }
    ));
    assert!(matches!(
        told(&Always(409, "5\n".to_owned())),
        AskError::Fork(5)
    ));
    assert!(matches!(
        told(&Always(409, "3\n".to_owned())),
        AskError::Restless
    ));
    assert!(matches!(
        told(&Always(409, "many\n".to_owned())),
        AskError::NoSize
    ));
    assert!(matches!(
        told(&Always(200, "many\n".to_owned())),
        AskError::Answer(_)
    ));
    let refused = told(&Always(403, "no\u{1b}[31m\n".repeat(900)));
    assert!(
        matches!(&refused, AskError::Refused { status: 403, words } if words.chars().count() <= 200)
    );
    // A cosignature of somebody the policy does not name is nobody's word.
    let stranger = Cosigner::new(KeyName::new("witness.example/else").unwrap(), &[3; 32]);
    let mut note = SignedCheckpoint::parse(sign(&scene.dir()).text.as_bytes()).unwrap();
    note.note_mut().cosign(&stranger, THEN).unwrap();
    let line = format!("{}\n", note.note().signatures().last().unwrap());
    assert!(matches!(told(&Always(200, line)), AskError::Answer(_)));
    assert!(
        !scene
            .dir()
            .join("checkpoints/00000000000000000005.cosigned")
            .exists()
    );
    assert!(Witnesses::of(scene.trust.as_bytes(), &[]).is_err());
}

/// The whole ledger is rewritten and signed again with the real key: the witness does not follow.
#[test]
fn a_rewritten_history_finds_no_witness() {
    let scene = Scene::new();
    send(&scene.ledger, "c-0", vec![registered(1)]).unwrap();
    let witness = scene.witness("one", &clock());
    let policy = scene.policy(&[("one", &witness)]);
    scene.cosign(&policy, &Direct(vec![("http://one", &witness)]));
    let Scene { place, ledger, .. } = scene;
    drop(ledger);
    super::forgery::forge(&place.ledger(), |frames| {
        let title = frames[1].events[0].pointer_mut("/data/titles/en").unwrap();
        *title = "Brick factory".into();
    });
    fs::remove_dir_all(place.ledger().join("checkpoints")).unwrap();
    fs::remove_file(place.ledger().join("checkpoint")).unwrap();
    let published = sign(&place.ledger());
    let ledger = Ledger::read(&place.ledger(), &opts()).unwrap();
    let signing = Signing::of(&ledger, &disk()).unwrap();
    let witnesses = Witnesses::of(policy.as_bytes(), &[]).unwrap();
    let direct = Direct(vec![("http://one", &witness)]);
    let cosigned = signing.cosign(&published, &witnesses, &direct).unwrap();
    let told = cosigned.outcomes[0].result.as_ref().unwrap_err();
    assert!(matches!(told, AskError::Fork(5)), "{told}");
}

#[test]
fn cosignatures_go_with_mirror_and_backup_and_rot_alone() {
    let place = Place::new();
    let dir = place.ledger();
    let mirror = dir.parent().unwrap().join("mirror");
    drop(on_disk(&dir));
    let with_mirror = dealtrail::service::ledger::Options {
        mirror: MirrorChoice::In(mirror.clone()),
        ..options(&super::support::clock())
    };
    let ledger = Ledger::open(&dir, &with_mirror).unwrap();
    sign(&dir);
    let trust = Signing::of(&ledger, &disk()).unwrap().policy().unwrap();
    let scene = Scene {
        place,
        ledger,
        trust,
    };
    let witness = scene.witness("one", &clock());
    let policy = scene.policy(&[("one", &witness)]);
    scene.place.take(true).unwrap();
    let cosigned = scene.cosign(&policy, &Direct(vec![("http://one", &witness)]));
    let name = format!("checkpoints/{:020}.cosigned", cosigned.published.size);
    assert_eq!(
        fs::read_to_string(mirror.join(&name)).unwrap(),
        cosigned.published.text
    );
    scene.place.take(true).unwrap();
    let Scene { place, ledger, .. } = scene;
    drop(ledger);
    place
        .put_back(&dealtrail::service::backup::Shown::default())
        .unwrap();
    assert_eq!(
        fs::read_to_string(place.restored().join(&name)).unwrap(),
        cosigned.published.text
    );
    // Rot in it is named, and takes nothing but the cosignatures.
    fs::write(dir.join(&name), "rotten").unwrap();
    fs::write(dir.join("checkpoint"), "rotten").unwrap();
    drop(Ledger::open(&dir, &opts()).unwrap());
    let walked = verified(&dir, &policy);
    let verdicts: Vec<(&str, bool)> = walked
        .checkpoints
        .iter()
        .map(|one| (one.file.as_str(), one.verdict.is_ok()))
        .collect();
    assert_eq!(
        verdicts,
        [
            (name.trim_end_matches(".cosigned"), true),
            (name.as_str(), false),
            // What is handed out has them still.
            ("published/checkpoint", true),
        ]
    );
}

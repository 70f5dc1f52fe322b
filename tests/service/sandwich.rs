//! The times of entries held against the times of witnesses, over ledgers whose clock was right and wrong.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use dealtrail::proof::checkpoint::SignedCheckpoint;
use dealtrail::proof::key::{Cosigner, KeyName};
use dealtrail::service::ambient::{Ambient, Clock, SeededIds, SetClock};
use dealtrail::service::checkpoint::key_file::Protection;
use dealtrail::service::checkpoint::{Signing, kept};
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::opening::Init;
use dealtrail::service::verify::times::{Times, Tolerance};
use dealtrail::service::verify::{Against, verify};
use dealtrail::store::journal::disk::{Disk, RealDisk};

use super::backup::Place;
use super::support::{agreement, init, moment, noted, registered, send};

/// A machine's clock that is wrong, and does not know it.
struct WrongClock(SetClock);

impl Clock for WrongClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    fn elapsed(&self) -> Duration {
        let since = self.0.now() - moment("2025-01-01T00:00:00Z");
        since.to_std().unwrap_or_default()
    }
}

fn disk() -> Arc<dyn Disk> {
    Arc::new(RealDisk)
}

fn opts(clock: &SetClock) -> Options {
    Options {
        ambient: Ambient {
            clock: Arc::new(WrongClock(clock.clone())),
            ids: Arc::new(SeededIds::new(b"sandwich")),
        },
        floor_bytes: Some(0),
        ..Options::default()
    }
}

fn witness() -> Cosigner {
    Cosigner::new(KeyName::new("witness.example/audit").unwrap(), &[9; 32])
}

/// Signs the head, as an open key does.
fn sign(dir: &Path) -> String {
    let ledger = Ledger::read(dir, &Options::default()).unwrap();
    let signing = Signing::of(&ledger, &disk()).unwrap();
    if signing.key().unwrap().is_none() {
        signing.make_key(&Protection::Open).unwrap();
    }
    signing.sign(&mut || None).unwrap().text
}

/// Cosigns the newest checkpoint at a moment that the ledger has no hand in.
fn cosigned(dir: &Path, at: DateTime<Utc>) {
    let text = sign(dir);
    let mut signed = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    let time = u64::try_from(at.timestamp()).unwrap();
    signed.note_mut().cosign(&witness(), time).unwrap();
    kept::keep_cosigned(&RealDisk, dir, &signed).unwrap();
}

/// A ledger that was opened on 18 April, and had an entry a day from 19 to 24 April; a witness cosigned each evening. The
/// clock was wrong by so much while the entry of 22 April was recorded.
fn ledger(place: &Place, wrong: TimeDelta, demonstration: bool) -> String {
    let right = |day: u32| moment(&format!("2025-04-{day}T06:00:00Z"));
    let clock = SetClock::at(right(18));
    let init = Init {
        demonstration,
        ..init()
    };
    let dir = place.ledger();
    let ledger = Ledger::create(&dir, init, &opts(&clock)).unwrap();
    send(&ledger, "c-0", vec![registered(1)]).unwrap();
    for day in 19..=24 {
        clock.set(right(day) + if day == 22 { wrong } else { TimeDelta::zero() });
        send(
            &ledger,
            &format!("c-{day}"),
            vec![noted(agreement(1), "a remark")],
        )
        .unwrap();
        cosigned(&dir, right(day) + TimeDelta::hours(12));
        if day == 22 && wrong > TimeDelta::zero() {
            // From here on nothing is recorded before it.
            break;
        }
    }
    let trust = Signing::of(&ledger, &disk()).unwrap().policy().unwrap();
    trust.replace(
        "quorum none\n",
        &format!("witness audit {}\nquorum none\n", witness().verifier()),
    )
}

fn times(place: &Place, trust: Option<&str>, tolerance: Tolerance) -> (Times, bool) {
    let against = Against {
        trust: trust.map(str::as_bytes),
        tolerance,
        ..Against::default()
    };
    let verified = verify(&place.ledger(), &disk(), against, &mut |_, _| ()).unwrap();
    (verified.times.clone(), verified.fits())
}

const NARROW: Tolerance = Tolerance {
    skew: 60,
    delay: 13 * 60 * 60,
};

#[test]
fn a_clock_that_was_right_fits() {
    let place = Place::new();
    let trust = ledger(&place, TimeDelta::zero(), false);
    // Each morning's entry is younger than the evening's cosignature before it, whatever is allowed for.
    let none = Tolerance { skew: 0, delay: 0 };
    for tolerance in [Tolerance::default(), NARROW, none] {
        let fit = Times::Fit {
            checkpoints: 6,
            covered: 11,
            tolerance,
        };
        assert_eq!(times(&place, Some(&trust), tolerance), (fit, true));
    }
    assert_eq!(times(&place, None, NARROW), (Times::NoWitness, true));
    let nobody = trust
        .lines()
        .filter(|line| !line.starts_with("witness"))
        .collect::<Vec<_>>()
        .join("\n");
    assert_eq!(
        times(&place, Some(&format!("{nobody}\n")), NARROW),
        (Times::NoWitness, true)
    );
}

#[test]
fn a_clock_that_was_ahead_is_caught_by_the_next_checkpoint() {
    let place = Place::new();
    let trust = ledger(&place, TimeDelta::days(40), false);
    let (found, fits) = times(&place, Some(&trust), Tolerance::default());
    let Times::Misfit { seq, what } = found else {
        panic!("{found:?}");
    };
    assert_eq!((seq, fits), (8, false));
    assert_eq!(
        what,
        "entry 8 says it was recorded at 2025-06-01T06:00:00.000000Z, and audit cosigned the checkpoint of 9 entries, which \
         has it, at 2025-04-22T18:00:00Z: it cannot have been recorded so late"
    );
    // A tolerance as wide as the error lets it pass.
    let wide = Tolerance {
        skew: 41 * 24 * 60 * 60,
        delay: 0,
    };
    assert!(matches!(
        times(&place, Some(&trust), wide),
        (Times::Fit { .. }, true)
    ));
}

/// An entry that was dated back: the checkpoint of the evening before does not have it.
#[test]
fn a_clock_that_was_behind_is_caught_by_the_checkpoint_before() {
    let place = Place::new();
    let right = |day: u32| moment(&format!("2025-04-{day}T06:00:00Z"));
    let clock = SetClock::at(right(18));
    let init = Init {
        demonstration: false,
        ..init()
    };
    let dir = place.ledger();
    // It stood all the time: every entry says 18 April.
    let ledger = Ledger::create(&dir, init, &opts(&clock)).unwrap();
    send(&ledger, "c-0", vec![registered(1)]).unwrap();
    for day in 19..=24 {
        send(
            &ledger,
            &format!("c-{day}"),
            vec![noted(agreement(1), "a remark")],
        )
        .unwrap();
        cosigned(&dir, right(day) + TimeDelta::hours(12));
    }
    let trust = Signing::of(&ledger, &disk()).unwrap().policy().unwrap();
    let trust = trust.replace(
        "quorum none\n",
        &format!("witness audit {}\nquorum none\n", witness().verifier()),
    );
    let (found, fits) = times(&place, Some(&trust), NARROW);
    let Times::Misfit { seq, what } = found else {
        panic!("{found:?}");
    };
    assert_eq!((seq, fits), (6, false));
    assert!(
        what.ends_with(
            "which does not have it, at 2025-04-19T18:00:00Z: it cannot have been recorded so early"
        ),
        "{what}"
    );
}

#[test]
fn the_times_of_a_demonstration_prove_nothing() {
    let place = Place::new();
    let trust = ledger(&place, TimeDelta::days(40), true);
    assert_eq!(
        times(&place, Some(&trust), Tolerance::default()),
        (Times::Demonstration, true)
    );
}

/// A cosignature that nobody made, or over what the ledger did not sign, bounds nothing.
#[test]
fn only_what_ledger_and_witness_signed_bounds() {
    let place = Place::new();
    let trust = ledger(&place, TimeDelta::zero(), false);
    let text = sign(&place.ledger());
    let mut signed = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    let forger = Cosigner::new(KeyName::new("witness.example/audit").unwrap(), &[8; 32]);
    signed.note_mut().cosign(&forger, 1).unwrap();
    kept::keep_cosigned(&RealDisk, &place.ledger(), &signed).unwrap();
    assert!(matches!(
        times(&place, Some(&trust), NARROW),
        (Times::Fit { checkpoints: 6, .. }, true)
    ));
}

//! Single flipped bits, and whole files lost, cut, swapped or put back from yesterday: named, mended, never silent.
//!
//! `DEALTRAIL_FLIPS` is how many bits are flipped (usual 60), `DEALTRAIL_MIRROR_FLIPS` how many in a ledger with a mirror
//! and in the mirror (usual 30), `DEALTRAIL_FILES` how many of some hundred cases of whole files are tried (usual 24),
//! `DEALTRAIL_FLIPS_SEED` where the dice begin.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use dealtrail::service::diagnosis::Diagnosis;
use dealtrail::service::doctor;
use dealtrail::service::ledger::Ledger;

use super::lanes::lanes;
use super::pristine::{Pristine, Stamps, quick, read};
use super::shim::dice::Dice;
use super::tally::{count, tell};

/// What came of damage: how often it was named, was harmless, and so on.
#[derive(Debug, Default)]
struct Tally {
    detected: u64,
    harmless: u64,
    repaired: u64,
    named: u64,
    /// A reader, which has the journal alone, cannot know of a last segment that is gone; the doctor does.
    shorter: u64,
    silent: u64,
    lost: u64,
    panics: u64,
}

const FIGURES: [&str; 8] = [
    "detected",
    "harmless",
    "repaired",
    "named without a second copy",
    "readers before a lost end",
    "silent",
    "not mended",
    "panics",
];

impl Tally {
    fn figures(&self) -> [u64; 8] {
        [
            self.detected,
            self.harmless,
            self.repaired,
            self.named,
            self.shorter,
            self.silent,
            self.lost,
            self.panics,
        ]
    }
}

/// Tries what is damaged now: a reader, the doctor, and mending, by the doctor or by opening for recording.
fn attempt(pristine: &Pristine, file: &Path, unattended: bool, tally: &mut Tally) -> String {
    let before = pristine.stamps();
    let asked = read(&pristine.dir());
    let original = &pristine.original;
    let wrong = matches!(&asked, Ok((events, identity))
        if *events != original.events || *identity != original.identity);
    let lacking = pristine.lacks(file);
    assert!(pristine.stamps() == before, "reading has changed something");
    // Opening compares no evidence and does not put an old snapshot right: the doctor does.
    let by_doctor = pristine.is_evidence(file) || pristine.is_snapshot(file);
    let (found, mended) = match unattended && !by_doctor {
        true => (examined(pristine, &before), None),
        false => repaired(pristine, &before),
    };
    let named = found.as_ref() != Ok(&pristine.diagnosis);
    let told = match &found {
        Ok(found) => format!("{:?} {:?}", found.damage, found.notes),
        Err(error) => error.clone(),
    };
    tally.detected += u64::from(named);
    let shorter = matches!(&asked, Ok((events, _)) if original.events.starts_with(events));
    if wrong && shorter && named && file.starts_with("ledger/journal") && lacking {
        tally.shorter += 1;
    } else if wrong {
        tally.silent += 1;
        return format!("a reader answers otherwise and names nothing ({told})");
    }
    if named && !pristine.has_a_copy(file) {
        tally.named += 1;
        return String::new();
    }
    match mended.unwrap_or_else(|| opened_unattended(pristine)) {
        Ok(()) if named => tally.repaired += 1,
        Ok(()) => tally.harmless += 1,
        Err(problem) => {
            tally.lost += 1;
            tally.silent += u64::from(!named);
            return format!("{problem}; the doctor said {told}");
        }
    }
    String::new()
}

/// What the doctor finds without mending: nothing is written.
fn examined(pristine: &Pristine, before: &Stamps) -> Result<Diagnosis, String> {
    let found = doctor::examine(&pristine.dir(), &quick()).map_err(|error| error.to_string());
    assert!(
        pristine.stamps() == *before,
        "looking has changed something"
    );
    found
}

/// What the doctor finds before it mends, and whether everything is whole after.
fn repaired(
    pristine: &Pristine,
    before: &Stamps,
) -> (Result<Diagnosis, String>, Option<Result<(), String>>) {
    let treatment = match doctor::repair(&pristine.dir(), &quick()) {
        Ok(treatment) => treatment,
        Err(error) => return (Err(error.to_string()), Some(Err("no treatment".to_owned()))),
    };
    let mended = match &treatment.after {
        Some(after) if after.is_whole() => pristine.reads_as_before(),
        None => {
            assert!(pristine.stamps() == *before, "nothing was to be touched");
            match treatment.before.is_whole() {
                true => pristine.reads_as_before(),
                false => Err("it cannot be mended".to_owned()),
            }
        }
        Some(after) => Err(format!("after the repair: {after:?}")),
    };
    (Ok(treatment.before), Some(mended))
}

/// Opens for recording, waits until everything was read again, asks everything, closes, and lets the doctor look.
fn opened_unattended(pristine: &Pristine) -> Result<(), String> {
    let ledger = Ledger::open(&pristine.dir(), &quick()).map_err(|error| error.to_string())?;
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let info = ledger.store_info();
        if let Some(stopped) = info.stopped {
            return Err(stopped);
        }
        // One pass may end before sled was built; the second compares it.
        if info.scrub_passes >= 2 && info.second_copy == "ready" {
            break;
        }
        if Instant::now() > deadline {
            return Err(format!("never ready: {}", info.second_copy));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    pristine.answers_as_before(&ledger)?;
    drop(ledger);
    match doctor::examine(&pristine.dir(), &quick()) {
        Ok(found) if found.is_whole() => Ok(()),
        other => Err(format!("afterwards: {other:?}")),
    }
}

fn guarded(pristine: &Pristine, file: &Path, unattended: bool, tally: &mut Tally) -> String {
    let run = AssertUnwindSafe(|| attempt(pristine, file, unattended, tally));
    match catch_unwind(run) {
        Ok(problem) => problem,
        Err(_) => {
            tally.panics += 1;
            "it panicked".to_owned()
        }
    }
}

/// A byte to flip in a file: the beginning, the end of what is used, and anything between come up alike.
fn aim(bytes: &[u8], dice: &mut Dice) -> u64 {
    let length = bytes.len() as u64;
    let used = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last as u64 + 1);
    match dice.below(8) {
        0 => dice.below(length.min(104)),
        1 => dice.below(length.min(4_096 + 72)),
        2 => used.saturating_sub(1 + dice.below(40.min(used.max(1)))),
        3 => (used + dice.below(80)).min(length - 1),
        4 => dice.below(length),
        _ => dice.below(used.max(1)),
    }
    .min(length - 1)
}

/// What every lane adds to.
#[derive(Default)]
struct Notes {
    problems: Mutex<Vec<String>>,
    harmless: Mutex<BTreeMap<String, u64>>,
}

impl Notes {
    fn problem(&self, what: String) {
        self.problems.lock().unwrap().push(what);
    }
}

fn flip_bits(name: &str, flips: u64, first: &Pristine) {
    let notes = Notes::default();
    let seed = count("DEALTRAIL_FLIPS_SEED", 7);
    let figures = lanes(|lane, lanes| {
        let own = (lane > 0).then(|| first.again());
        let pristine = own.as_ref().unwrap_or(first);
        let files = pristine.damageable();
        let mut tally = Tally::default();
        for n in (lane..flips).step_by(lanes as usize) {
            let mut dice = Dice::new(seed.wrapping_mul(1_000_003).wrapping_add(n));
            let (file, bytes) = files[(n % files.len() as u64) as usize];
            let (at, bit) = (aim(bytes, &mut dice), dice.below(8));
            pristine.flip(file, at, bit);
            let before = tally.harmless;
            let problem = guarded(pristine, file, dice.coin(), &mut tally);
            if tally.harmless > before {
                let mut harmless = notes.harmless.lock().unwrap();
                *harmless.entry(file.display().to_string()).or_default() += 1;
            }
            if !problem.is_empty() {
                notes.problem(format!("{} byte {at} bit {bit}: {problem}", file.display()));
            }
            pristine.restore_with(&[file]);
        }
        pristine.restore();
        tally.figures()
    });
    for (file, count) in notes.harmless.lock().unwrap().iter() {
        tell("bit flips without effect", &[(file.as_str(), *count)]);
    }
    report(name, ("flips", flips), figures, &notes);
}

fn report(name: &str, tried: (&str, u64), figures: [u64; 8], notes: &Notes) {
    let told: Vec<_> = [tried]
        .into_iter()
        .chain(FIGURES.into_iter().zip(figures))
        .collect();
    tell(name, &told);
    let problems = notes.problems.lock().unwrap();
    assert!(
        problems.is_empty(),
        "{} problems:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

#[test]
fn every_flipped_bit_is_named_or_harmless_and_is_mended() {
    flip_bits(
        "bit flips",
        count("DEALTRAIL_FLIPS", 60),
        &Pristine::new(false),
    );
}

#[test]
fn a_flipped_bit_deep_in_the_segment_made_ahead_is_put_right_by_opening() {
    let pristine = Pristine::new(false);
    let spare = Path::new("ledger/journal/000002");
    let mut tally = Tally::default();
    for at in [
        8_192,
        404_692,
        pristine.original.files[spare].len() as u64 - 1,
    ] {
        pristine.flip(spare, at, 6);
        let problem = guarded(&pristine, spare, true, &mut tally);
        assert_eq!(problem, "", "byte {at}");
        pristine.restore();
    }
    assert_eq!((tally.detected, tally.repaired), (3, 3));
}

#[test]
fn on_either_side_of_a_mirror_every_flipped_bit_is_named_or_harmless_and_is_mended() {
    flip_bits(
        "bit flips with a mirror",
        count("DEALTRAIL_MIRROR_FLIPS", 30),
        &Pristine::new(true),
    );
}

/// One way in which a file as a whole goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Deleted,
    Emptied,
    Cut,
    Swapped,
    Yesterdays,
}

const FATES: [Fate; 5] = [
    Fate::Deleted,
    Fate::Emptied,
    Fate::Cut,
    Fate::Swapped,
    Fate::Yesterdays,
];

/// A case: the file, the one it is swapped with, its fate, and whether it is opened unattended.
type Case<'a> = (&'a Path, &'a Path, Fate, bool);

fn cases(pristine: &Pristine) -> Vec<Case<'_>> {
    let names: Vec<_> = pristine.original.files.keys().map(AsRef::as_ref).collect();
    let names: Vec<&Path> = names
        .into_iter()
        .filter(|name| *name != Path::new("ledger/lock"))
        .collect();
    let mut cases = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let other = names[(n + 1) % names.len()];
        for fate in FATES {
            for unattended in [false, true] {
                // A segment that is missing or of the wrong length is the doctor's to mend, not an opening's.
                let left = unattended && name.starts_with("ledger/journal");
                let elsewhere = fate == Fate::Swapped && involves(pristine, name, other);
                if !left && !elsewhere {
                    cases.push((*name, other, fate, unattended));
                }
            }
        }
    }
    cases
}

/// Swapping across the two copies damages both at once, and evidence has one: those are other cases.
fn involves(pristine: &Pristine, name: &Path, other: &Path) -> bool {
    let kind = |path: &Path| {
        path.components()
            .nth(1)
            .map(|part| part.as_os_str().to_owned())
    };
    kind(name) != kind(other) || !pristine.has_a_copy(name)
}

/// Damages; `false` when the file is like that already.
fn befall(pristine: &Pristine, (name, other, fate, _): Case<'_>) -> bool {
    let files = &pristine.original.files;
    let bytes = files[name].as_slice();
    let content = match fate {
        Fate::Deleted => {
            pristine.write(name, None);
            return true;
        }
        Fate::Emptied => &[],
        Fate::Cut => &bytes[..bytes.len() / 2],
        Fate::Swapped => files[other].as_slice(),
        Fate::Yesterdays => match pristine.original.yesterday.get(name) {
            Some(yesterday) => yesterday.as_slice(),
            None => return false,
        },
    };
    if content == bytes {
        return false;
    }
    pristine.write(name, Some(content));
    if fate == Fate::Swapped {
        pristine.write(other, Some(bytes));
    }
    true
}

#[test]
fn whole_files_lost_cut_swapped_or_put_back_are_named_and_mended() {
    let first = Pristine::new(false);
    let notes = Notes::default();
    let all = cases(&first).len() as u64;
    let most = count("DEALTRAIL_FILES", 24).min(all);
    // Evenly through all of them, another part of them with another seed.
    let begin = count("DEALTRAIL_FLIPS_SEED", 7);
    let figures: [u64; 9] = lanes(|lane, lanes| {
        let own = (lane > 0).then(|| first.again());
        let pristine = own.as_ref().unwrap_or(&first);
        let cases = cases(pristine);
        let (mut tally, mut tried) = (Tally::default(), 0);
        for n in (lane..most).step_by(lanes as usize) {
            let case = cases[((begin + n * all / most) % all) as usize];
            if befall(pristine, case) {
                tried += 1;
                let problem = guarded(pristine, case.0, case.3, &mut tally);
                if !problem.is_empty() {
                    notes.problem(format!("{} {:?}: {problem}", case.0.display(), case.2));
                }
            }
            pristine.restore_with(&[case.0, case.1]);
        }
        pristine.restore();
        let mut figures = [tried; 9];
        figures[1..].copy_from_slice(&tally.figures());
        figures
    });
    let [tried, rest @ ..] = figures;
    report("whole files", ("files", tried), rest, &notes);
}

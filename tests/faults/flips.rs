//! Single flipped bits, and whole files lost, cut, swapped or put back from yesterday: named, mended, never silent.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dealtrail::deal::command::Intent;
use dealtrail::service::doctor::{self, Diagnosis};
use dealtrail::service::evidence;
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::store::journal::scrub::Pace;
use dealtrail::store::open;

use super::shim::dice::Dice;
use super::tally::{count, tell};
use crate::service::support::{agreement, clock, init, noted, options, record, registered, send};

/// How many commands the ledger holds besides its opening.
const COMMANDS: u64 = 60;

fn quick() -> Options {
    Options {
        pace: Pace {
            first: u64::MAX,
            later: u64::MAX,
            rest: Duration::from_millis(20),
        },
        ..options(&clock())
    }
}

/// The intents of command `n`; the first registers, one has evidence, the rest are long remarks.
fn intents(n: u64, paper: &str) -> Vec<Intent> {
    match n {
        0 => vec![registered(1)],
        1 => {
            let mut signed = record(agreement(1), "signed", Some("2025-04-17"), "{}");
            if let Intent::Record(draft) = &mut signed {
                draft.sources = serde_json::from_str(paper).unwrap();
            }
            vec![signed]
        }
        _ => {
            let filler = "brick ".repeat(600);
            let words = |part| format!("remark {n} {part} {filler}end");
            (0..20)
                .map(|part: u64| noted(agreement(1), &words(part)))
                .collect()
        }
    }
}

/// A small ledger of every kind of file, and everything it answers.
struct Pristine {
    home: tempfile::TempDir,
    paper: String,
    events: Vec<Vec<u8>>,
    root: String,
    diagnosis: Diagnosis,
    files: BTreeMap<PathBuf, Vec<u8>>,
    yesterday: BTreeMap<PathBuf, Vec<u8>>,
}

impl Pristine {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("ledger");
        let ledger = Ledger::create(&dir, init(), &quick()).unwrap();
        let letter = home.path().join("letter.txt");
        fs::write(&letter, "land of brick ".repeat(40)).unwrap();
        let evidence = evidence::attach(&ledger, &letter).unwrap();
        let paper =
            serde_json::json!([{"title": "letter", "type": "document", "evidence": evidence}]);
        let paper = paper.to_string();
        let mut yesterday = BTreeMap::new();
        let mut open = Some(ledger);
        for n in 0..COMMANDS {
            if n == COMMANDS / 3 {
                drop(open.take());
                yesterday = all_files(&dir);
                open = Some(Ledger::open(&dir, &quick()).unwrap());
            }
            send(
                open.as_ref().unwrap(),
                &format!("c-{n}"),
                intents(n, &paper),
            )
            .unwrap();
        }
        drop(open);
        let diagnosis = doctor::examine(&dir, &quick()).unwrap();
        assert!(diagnosis.is_whole(), "{diagnosis:#?}");
        assert_eq!(diagnosis.evidence_files, 1);
        let (events, root) = read(&dir).unwrap();
        let files = all_files(&dir);
        assert!(
            files
                .keys()
                .filter(|path| path.starts_with("journal"))
                .count()
                >= 2
        );
        Self {
            home,
            paper,
            events,
            root,
            diagnosis,
            files,
            yesterday,
        }
    }

    fn dir(&self) -> PathBuf {
        self.home.path().join("ledger")
    }

    /// Puts every file back as it was.
    fn restore(&self) {
        let dir = self.dir();
        for (path, _) in all_files(&dir) {
            if !self.files.contains_key(&path) {
                fs::remove_file(dir.join(path)).unwrap();
            }
        }
        for (path, bytes) in &self.files {
            let place = dir.join(path);
            if fs::read(&place).ok().as_ref() != Some(bytes) {
                fs::create_dir_all(place.parent().unwrap()).unwrap();
                fs::write(place, bytes).unwrap();
            }
        }
        let _ = fs::remove_dir_all(dir.join("aside"));
    }

    /// Whether the ledger still answers as it did: every event's bytes, the root over them, every command.
    fn answers_as_before(&self) -> Result<(), String> {
        let (events, root) = read(&self.dir())?;
        if events.get(..self.events.len()) != Some(&self.events) || root != self.root {
            return Err("events differ".to_owned());
        }
        for event in events.iter().skip(self.events.len()) {
            let text = String::from_utf8_lossy(event);
            if !text.contains(r#""kind":"ledger_repaired""#) {
                return Err(format!("an event nobody sent: {text}"));
            }
        }
        let ledger = Ledger::open(&self.dir(), &quick()).map_err(|error| error.to_string())?;
        for n in 0..COMMANDS {
            let answer = send(&ledger, &format!("c-{n}"), intents(n, &self.paper));
            match answer {
                Ok(answer) if answer.replayed => {}
                other => return Err(format!("command {n} is answered {other:?}")),
            }
        }
        Ok(())
    }
}

/// Every event's bytes up to the head and the root over the first of them, or the damage a reader names.
fn read(dir: &Path) -> Result<(Vec<Vec<u8>>, String), String> {
    let reader = open::open_reader(dir, open::OpenOptions::default()).map_err(|e| e.to_string())?;
    let mut events = Vec::new();
    for frame in reader.events.read(0).map_err(|error| error.to_string())? {
        let frame = frame.map_err(|error| error.to_string())?;
        events.extend(frame.events().iter().map(|event| event.bytes().to_vec()));
    }
    let findings = reader.events.info().findings;
    if !findings.is_empty() {
        return Err(format!("{findings:?}"));
    }
    let root = format!("{:?} {:?}", reader.file.id, reader.file.secret);
    Ok((events, root))
}

fn all_files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fn walk(dir: &Path, below: &Path, out: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(dir.join(below)).unwrap() {
            let path = below.join(entry.unwrap().file_name());
            match dir.join(&path).is_dir() {
                true if path == Path::new("aside") => {}
                true => walk(dir, &path, out),
                false => drop(out.insert(path.clone(), fs::read(dir.join(&path)).unwrap())),
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(dir, Path::new(""), &mut out);
    out
}

/// What came of one damage.
#[derive(Debug, Default)]
struct Tally {
    detected: u64,
    harmless: u64,
    repaired: u64,
    named: u64,
    silent: u64,
    panics: u64,
    lost: u64,
    /// A reader, which has the journal alone, cannot know of a last segment that is gone; the doctor does.
    shorter: u64,
}

/// Evidence has one copy here: damage to it is named, and mended from a backup alone.
fn has_a_copy(file: &Path) -> bool {
    !file.starts_with("evidence")
}

/// Tries what is damaged now: a reader, the doctor, and mending, by the doctor or by opening for recording.
fn attempt(pristine: &Pristine, file: &Path, unattended: bool, tally: &mut Tally) -> String {
    let dir = pristine.dir();
    let before = all_files(&dir);
    let asked = read(&dir);
    let wrong = matches!(&asked, Ok((events, root)) if *events != pristine.events || *root != pristine.root);
    let diagnosis = doctor::examine(&dir, &quick());
    assert!(all_files(&dir) == before, "looking has changed something");
    let named = !diagnosis
        .as_ref()
        .is_ok_and(|found| *found == pristine.diagnosis);
    let told = match &diagnosis {
        Ok(found) => format!("{:?} {:?}", found.damage, found.notes),
        Err(error) => error.to_string(),
    };
    tally.detected += u64::from(named);
    let shorter = matches!(&asked, Ok((events, _)) if pristine.events.starts_with(events));
    if wrong && shorter && named && file.starts_with("journal") && !dir.join(file).exists() {
        tally.shorter += 1;
    } else if wrong {
        tally.silent += 1;
        return format!("a reader answers otherwise and names nothing ({told})");
    }
    if named && !has_a_copy(file) {
        tally.named += 1;
        return String::new();
    }
    let mended = match unattended || !named {
        true => unattended_opening(&dir),
        false => match doctor::repair(&dir, &quick()) {
            Ok(treatment) => match &treatment.after {
                Some(after) if after.is_whole() => Ok(()),
                // Only a note: nothing had to be mended.
                None if treatment.before.is_whole() => Ok(()),
                other => Err(format!("after the repair: {other:?}")),
            },
            Err(error) => Err(error.to_string()),
        },
    };
    let whole = mended.and_then(|()| pristine.answers_as_before());
    let whole = whole.and_then(|()| match doctor::examine(&dir, &quick()) {
        Ok(found) if found.is_whole() => Ok(()),
        other => Err(format!("afterwards: {other:?}")),
    });
    match whole {
        Ok(()) if named => tally.repaired += 1,
        Ok(()) => tally.harmless += 1,
        Err(problem) => {
            tally.lost += 1;
            if !named {
                tally.silent += 1;
            }
            return format!("{problem}; the doctor said {told}");
        }
    }
    String::new()
}

/// Opens for recording, waits until everything was read again, and closes.
fn unattended_opening(dir: &Path) -> Result<(), String> {
    let ledger = Ledger::open(dir, &quick()).map_err(|error| error.to_string())?;
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let info = ledger.store_info();
        if let Some(stopped) = info.stopped {
            return Err(stopped);
        }
        // One pass may end before sled was built; the second compares it.
        if info.scrub_passes >= 2 && info.second_copy == "ready" {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(format!("never ready: {}", info.second_copy));
        }
        std::thread::sleep(Duration::from_millis(5));
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

#[test]
fn every_flipped_bit_is_named_or_harmless_and_is_mended() {
    let flips = count("DEALTRAIL_FLIPS", 24);
    let pristine = Pristine::new();
    let names: Vec<_> = pristine
        .files
        .iter()
        .filter(|(name, bytes)| !bytes.is_empty() && *name != Path::new("lock"))
        .collect();
    let mut dice = Dice::new(count("DEALTRAIL_FLIPS_SEED", 7));
    let mut tally = Tally::default();
    let mut problems = Vec::new();
    let mut harmless: BTreeMap<String, u64> = BTreeMap::new();
    for n in 0..flips {
        let (name, bytes) = names[(n % names.len() as u64) as usize];
        let (at, bit) = (aim(bytes, &mut dice), dice.below(8));
        let path = pristine.dir().join(name);
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.write_all_at(&[bytes[at as usize] ^ (1 << bit)], at)
            .unwrap();
        drop(file);
        let before = tally.harmless;
        let problem = guarded(&pristine, name, dice.coin(), &mut tally);
        if tally.harmless > before {
            *harmless.entry(name.display().to_string()).or_default() += 1;
        }
        if !problem.is_empty() {
            problems.push(format!("{} byte {at} bit {bit}: {problem}", name.display()));
        }
        pristine.restore();
    }
    for (name, count) in &harmless {
        tell("bit flips without effect", &[(name.as_str(), *count)]);
    }
    report("bit flips", "flips", flips, &tally, &problems);
}

fn report(name: &str, what: &str, tried: u64, tally: &Tally, problems: &[String]) {
    tell(
        name,
        &[
            (what, tried),
            ("detected", tally.detected),
            ("harmless", tally.harmless),
            ("repaired", tally.repaired),
            ("named without a second copy", tally.named),
            ("readers before a lost end", tally.shorter),
            ("silent", tally.silent),
            ("not mended", tally.lost),
            ("panics", tally.panics),
        ],
    );
    assert!(
        problems.is_empty(),
        "{} problems:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

#[test]
fn whole_files_lost_cut_swapped_or_put_back_are_named_and_mended() {
    let pristine = Pristine::new();
    let dir = pristine.dir();
    let mut tally = Tally::default();
    let (mut problems, mut tried) = (Vec::new(), 0);
    let most = count("DEALTRAIL_FILES", 12);
    let mut dice = Dice::new(count("DEALTRAIL_FLIPS_SEED", 7));
    let mut names: Vec<_> = pristine.files.keys().collect();
    names.retain(|name| *name != Path::new("lock"));
    for (n, name) in names.iter().enumerate() {
        let bytes = &pristine.files[*name];
        let other = names[(n + 1) % names.len()];
        let variants: [(&str, Option<&[u8]>); 5] = [
            ("deleted", None),
            ("emptied", Some(&[])),
            ("cut", Some(&bytes[..bytes.len() / 2])),
            ("swapped", Some(&pristine.files[other])),
            (
                "yesterday's",
                pristine.yesterday.get(*name).map(Vec::as_slice),
            ),
        ];
        for (variant, content) in variants {
            for unattended in [false, true] {
                // There are some sixty cases: by day a few of them, all when as many are asked for.
                if dice.below(60) >= most {
                    continue;
                }
                let path = dir.join(name);
                match content {
                    Some(content) if content == bytes.as_slice() => continue,
                    Some(content) => fs::write(&path, content).unwrap(),
                    None if variant == "yesterday's" => continue,
                    None => fs::remove_file(&path).unwrap(),
                }
                if variant == "swapped" {
                    fs::write(dir.join(other), bytes).unwrap();
                }
                // A segment that is missing or of the wrong length is the doctor's to mend, not of an opening.
                let left = unattended && name.starts_with("journal");
                let elsewhere = variant == "swapped" && involves(name, other);
                if !left && !elsewhere {
                    tried += 1;
                    let problem = guarded(&pristine, name, unattended, &mut tally);
                    if !problem.is_empty() {
                        problems.push(format!("{} {variant}: {problem}", name.display()));
                    }
                }
                pristine.restore();
            }
        }
    }
    report("whole files", "files", tried, &tally, &problems);
}

/// Swapping across the two copies damages both at once, and evidence has one: those are other cases.
fn involves(name: &Path, other: &Path) -> bool {
    let kind = |path: &Path| {
        path.components()
            .next()
            .map(|part| part.as_os_str().to_owned())
    };
    kind(name) != kind(other) || name.starts_with("evidence")
}

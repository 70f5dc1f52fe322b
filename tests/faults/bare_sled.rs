//! What sled does alone under the same faults: the measure for the journal that stands beside it, and the proof that
//! the forgetting disk really forgets.
//!
//! `DEALTRAIL_SLED_CUTS` (usual 6) and `DEALTRAIL_SLED_FLIPS` (usual 12) say how often. A program that trusts
//! `insert` and `flush` is stopped by a cut of power, or one bit of its files is flipped; a second process then opens
//! the store and says what is left.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::shim::dice::Dice;
use super::shim::disk::Survival;
use super::shim::fuse::SharedDisk;
use super::tally::{count, tell};

const DIR: &str = "DEALTRAIL_TEST_SLED_DIR";
const ROLE: &str = "DEALTRAIL_TEST_SLED_ROLE";
const VALUE_BYTES: usize = 400;

/// What opening the store again came to.
#[derive(Debug, Default)]
struct Outcomes {
    clean: u64,
    some_lost: u64,
    all_lost: u64,
    refused: u64,
    panicked: u64,
    lost: u64,
}

impl Outcomes {
    fn rounds(&self) -> u64 {
        self.clean + self.some_lost + self.all_lost + self.refused + self.panicked
    }

    /// Sorts one answer of the reader: how many entries are left of those that were acknowledged.
    fn note(&mut self, answer: &Answer, acknowledged: u64) {
        match answer {
            Answer::Panicked => self.panicked += 1,
            Answer::Refused => self.refused += 1,
            Answer::Left(left) => {
                self.lost += acknowledged.saturating_sub(*left);
                match *left {
                    left if left >= acknowledged => self.clean += 1,
                    0 => self.all_lost += 1,
                    _ => self.some_lost += 1,
                }
            }
        }
    }

    fn tell(&self, trial: &str, acknowledged: u64) {
        tell(
            trial,
            &[
                ("rounds", self.rounds()),
                ("acknowledged", acknowledged),
                ("clean", self.clean),
                ("opened, some lost silently", self.some_lost),
                ("opened, all lost silently", self.all_lost),
                ("refused to open or read", self.refused),
                ("panicked", self.panicked),
                ("entries lost silently", self.lost),
            ],
        );
    }
}

enum Answer {
    Left(u64),
    Refused,
    Panicked,
}

/// The other process: writes until it is stopped, or reads what is left.
#[test]
fn child() {
    let (Some(dir), Ok(role)) = (std::env::var_os(DIR), std::env::var(ROLE)) else {
        return;
    };
    let mut out = std::io::stdout();
    let db = match sled::Config::new().path(dir).open() {
        Ok(db) => db,
        Err(error) => {
            out.write_all(format!("refused {error}\n").as_bytes())
                .unwrap();
            return;
        }
    };
    if role == "read" {
        let mut left = 0_u64;
        for item in db.iter() {
            let Ok((key, value)) = item else {
                out.write_all(b"refused by a page\n").unwrap();
                return;
            };
            if *key != left.to_be_bytes() || *value != vec![left as u8; VALUE_BYTES] {
                break;
            }
            left += 1;
        }
        out.write_all(format!("left {left}\n").as_bytes()).unwrap();
        return;
    }
    let most = role.parse().unwrap_or(u64::MAX);
    out.write_all(b"begin\n").unwrap();
    for n in 0..most {
        db.insert(n.to_be_bytes(), vec![n as u8; VALUE_BYTES])
            .unwrap();
        db.flush().unwrap();
        out.write_all(format!("ack {n}\n").as_bytes()).unwrap();
    }
}

fn command(dir: &Path, role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "faults::bare_sled::child", "--nocapture"])
        .env(DIR, dir)
        .env(ROLE, role)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

fn read(dir: &Path) -> Answer {
    let output = command(dir, "read").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let left = said.lines().find_map(|line| line.strip_prefix("left "));
    match left {
        Some(left) => Answer::Left(left.parse().unwrap()),
        None if said.contains("refused") => Answer::Refused,
        None => Answer::Panicked,
    }
}

/// Writes on a mounted disk for a moment, takes its power, and gives how many entries were acknowledged.
fn write_and_cut(disk: &SharedDisk, place: &Path, moment: Duration) -> u64 {
    let session = disk.mount(place).unwrap();
    let mut child = command(&place.join("db"), "write").spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    assert!(lines.any(|line| line.ends_with("begin")));
    std::thread::sleep(moment);
    disk.lock().kill();
    child.kill().unwrap();
    let acknowledged = lines.filter(|line| line.starts_with("ack ")).count();
    child.wait().unwrap();
    drop(session);
    acknowledged as u64
}

#[test]
fn sled_alone_loses_what_it_acknowledged_when_the_power_goes() {
    let place = tempfile::tempdir().unwrap();
    let (mut outcomes, mut acknowledged) = (Outcomes::default(), 0);
    let rounds = count("DEALTRAIL_SLED_CUTS", 6);
    let mut dice = Dice::new(3);
    for round in 0..rounds {
        let disk = SharedDisk::default();
        let moment = Duration::from_millis(30 + dice.below(250));
        let told = write_and_cut(&disk, place.path(), moment);
        let survival = Survival::CUTS[(round % 3) as usize];
        disk.lock().cut(survival, &mut Dice::new(round + 1));
        let session = disk.mount(place.path()).unwrap();
        outcomes.note(&read(&place.path().join("db")), told);
        drop(session);
        acknowledged += told;
    }
    outcomes.tell("sled alone, power cuts", acknowledged);
    assert_eq!(outcomes.rounds(), rounds);
    assert!(
        outcomes.clean < rounds,
        "the disk forgets nothing, so that no trial on it proves anything: {outcomes:?}"
    );
}

#[test]
fn sled_alone_under_flipped_bits() {
    let place = tempfile::tempdir().unwrap();
    let whole = place.path().join("whole");
    const ENTRIES: u64 = 5_000;
    // Ended without closing, as a killed process ends.
    let mut child = command(&whole, &ENTRIES.to_string()).spawn().unwrap();
    let said = BufReader::new(child.stdout.take().unwrap());
    let told = said.lines().map_while(Result::ok);
    assert_eq!(
        told.filter(|line| line.starts_with("ack ")).count() as u64,
        ENTRIES
    );
    child.wait().unwrap();
    let mut outcomes = Outcomes::default();
    let rounds = count("DEALTRAIL_SLED_FLIPS", 12);
    let mut dice = Dice::new(5);
    for _ in 0..rounds {
        let copy = place.path().join("copy");
        let copied = Command::new("cp").arg("-r").args([&whole, &copy]).status();
        assert!(copied.unwrap().success());
        let mut bytes = std::fs::read(copy.join("db")).unwrap();
        let at = dice.below(bytes.len() as u64) as usize;
        bytes[at] ^= 1 << dice.below(8);
        std::fs::write(copy.join("db"), bytes).unwrap();
        outcomes.note(&read(&copy), ENTRIES);
        std::fs::remove_dir_all(copy).unwrap();
    }
    outcomes.tell("sled alone, flipped bits", ENTRIES);
    assert_eq!(outcomes.rounds(), rounds);
}

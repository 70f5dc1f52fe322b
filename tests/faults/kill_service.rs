//! kill -9 under eight senders at once: nothing acknowledged is lost, no gap, no torn batch, and
//! whoever sends again is told the first answer.
//!
//! `DEALTRAIL_KILLS` is how often (default 5).

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use dealtrail::service::ledger::Ledger;

use super::tally::{count, tell};
use crate::service::recording::{check_order, events};
use crate::service::support::{agreement, noted, on_disk, registered, reopened, send};

const CHILD_DIR: &str = "DEALTRAIL_TEST_SERVICE_DIR";
const CHILD_ROUND: &str = "DEALTRAIL_TEST_SERVICE_ROUND";
pub(super) const SENDERS: u64 = 8;

/// What sender `sender` sends as its `n`th command: one batch over its own agreement and one shared by all.
fn sending(ledger: &Ledger, id: &str, sender: u64) -> Option<(u64, bool)> {
    let both = vec![noted(agreement(sender), id), noted(agreement(SENDERS), id)];
    send(ledger, id, both)
        .ok()
        .map(|answer| (answer.position, answer.replayed))
}

/// The process that is killed: eight senders record as fast as they can and say what was acknowledged.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(CHILD_DIR) else {
        return;
    };
    let round = std::env::var(CHILD_ROUND).unwrap();
    let ledger = Arc::new(reopened(Path::new(&dir)));
    std::io::stdout().write_all(b"begin\n").unwrap();
    let threads: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (ledger, round) = (Arc::clone(&ledger), round.clone());
            std::thread::spawn(move || {
                for n in 0.. {
                    let id = format!("k-{round}-{sender}-{n}");
                    let (position, _) = sending(&ledger, &id, sender).unwrap();
                    let line = format!("ack {sender} {id} {position}\n");
                    std::io::stdout().write_all(line.as_bytes()).unwrap();
                }
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
}

fn kills() -> u64 {
    count("DEALTRAIL_KILLS", 5)
}

#[test]
fn nothing_acknowledged_to_eight_senders_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    let ledger = on_disk(&dir);
    let all = (0..=SENDERS).map(registered).collect();
    send(&ledger, "register", all).unwrap();
    drop(ledger);
    let mut acknowledged = BTreeMap::new();
    for round in 0..kills() {
        let lines = killed(&dir, round);
        note(&mut acknowledged, &lines);
        check(&dir, &acknowledged, round);
    }
    assert!(!acknowledged.is_empty());
    let acked = acknowledged.len() as u64;
    tell(
        "kill -9 under eight senders",
        &[("kills", kills()), ("acknowledged", acked), ("lost", 0)],
    );
}

/// Starts the senders, kills them at some moment, and gives what they said.
fn killed(dir: &Path, round: u64) -> Vec<String> {
    stopped(dir, round, |_| {})
}

/// As [`killed`]; `at_the_moment` happens just before.
pub(super) fn stopped(dir: &Path, round: u64, at_the_moment: impl FnOnce(u64)) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "faults::kill_service::child", "--nocapture"])
        .env(CHILD_DIR, dir)
        .env(CHILD_ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    assert!(
        lines.any(|line| line.ends_with("begin")),
        "the child records"
    );
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    std::thread::sleep(Duration::from_micros(
        (since.subsec_nanos() % 150_000).into(),
    ));
    at_the_moment(round);
    child.kill().unwrap();
    // One write a line, to a pipe with room: a kill leaves whole lines.
    let said = lines.filter(|line| line.starts_with("ack ")).collect();
    child.wait().unwrap();
    said
}

/// Writes down what the senders were told.
pub(super) fn note(acknowledged: &mut BTreeMap<String, (u64, u64)>, lines: &[String]) {
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        if let ["ack", sender, id, position] = words.as_slice() {
            let told = (
                sender.parse::<u64>().unwrap(),
                position.parse::<u64>().unwrap(),
            );
            acknowledged.insert((*id).to_owned(), told);
        }
    }
}

pub(super) fn check(dir: &Path, acknowledged: &BTreeMap<String, (u64, u64)>, round: u64) {
    if round % 3 == 2 {
        std::fs::remove_dir_all(dir.join("sled")).unwrap();
    }
    let ledger = reopened(dir);
    let all = events(&ledger);
    check_order(&all);
    assert_eq!((all.len() - 4 - 9) % 2, 0, "every batch is whole");
    let head = ledger.head();
    for (id, (sender, position)) in acknowledged {
        let again = sending(&ledger, id, *sender);
        assert_eq!(again, Some((*position, true)), "{id} in round {round}");
    }
    assert_eq!(ledger.head(), head, "sending again records nothing");
    let replayed = ledger.replay(None, &mut |_, _| ()).unwrap();
    assert!(replayed.compared && replayed.differences.is_empty());
}

//! kill -9 at random moments: nothing that was acknowledged is lost, nothing is torn, nothing is missing between.
//!
//! `DEALTRAIL_KILLS` is how often (default 10).

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use dealtrail::store::open;

use crate::store_contract::clauses::frames;
use crate::store_contract::events::{command, group, new_ledger, options, plan, scope};

pub(crate) const CHILD_DIR: &str = "DEALTRAIL_TEST_CHILD_DIR";
pub(crate) const CHILD_GROUPS: &str = "DEALTRAIL_TEST_CHILD_GROUPS";

/// The process that is killed: records groups and says which were acknowledged.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(CHILD_DIR) else {
        return;
    };
    let groups = std::env::var(CHILD_GROUPS)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(u64::MAX);
    let store = open::open(dir.as_ref(), options()).unwrap().events;
    let mut out = std::io::stdout();
    out.write_all(b"begin\n").unwrap();
    for _ in 0..groups {
        let position = store.head().position;
        let version = store.stream_version("brick").unwrap();
        let plans: Vec<_> = (1..=position % 7 + 1)
            .map(|n| plan("brick", version + n))
            .collect();
        let head = store
            .append(position, group(position, &plans))
            .unwrap()
            .head;
        out.write_all(format!("ack {}\n", head.position).as_bytes())
            .unwrap();
    }
    out.write_all(b"end\n").unwrap();
}

pub(crate) fn child_command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).args([
        "--exact",
        "faults::kill::child",
        "--nocapture",
        "--test-threads=1",
    ]);
    command
}

fn kills() -> u64 {
    std::env::var("DEALTRAIL_KILLS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(10)
}

#[test]
fn nothing_acknowledged_is_lost() {
    let dir = new_ledger();
    let program = std::env::current_exe().unwrap();
    let mut acknowledged = 0;
    for round in 0..kills() {
        let mut child = child_command(program.to_str().unwrap(), &[])
            .env(CHILD_DIR, dir.path())
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
        let moment = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap()
            .subsec_nanos()
            % 60_000;
        std::thread::sleep(Duration::from_micros(moment.into()));
        child.kill().unwrap();
        for line in lines {
            if let Some(position) = line.strip_prefix("ack ").and_then(|text| text.parse().ok()) {
                acknowledged = position;
            }
        }
        child.wait().unwrap();
        check(dir.path(), acknowledged, round);
    }
    assert!(acknowledged > 0);
}

fn check(dir: &std::path::Path, acknowledged: u64, round: u64) {
    // Every third time sled is gone too: the journal alone has to answer.
    if round % 3 == 2 {
        std::fs::remove_dir_all(dir.join("sled")).unwrap();
    }
    let store = open::open(dir, options()).unwrap().events;
    let position = store.head().position;
    assert!(position >= acknowledged, "{position} of {acknowledged}");
    let all = frames(store.as_ref(), 0);
    assert_eq!(all.last().map_or(0, |frame| frame.end_seq()), position);
    for frame in &all {
        let (first, count) = (frame.first_seq(), frame.events().len() as u64);
        assert_eq!(count, first % 7 + 1, "a torn batch");
        assert!(
            frame
                .events()
                .iter()
                .zip(first..)
                .all(|(event, seq)| event.seq() == seq && event.version() == seq + 1)
        );
        let record = command(format!("c-{first}"), first, count as u32);
        assert_eq!(frame.commands().unwrap(), std::slice::from_ref(&record));
        assert_eq!(
            store.command(&scope(format!("c-{first}"))).unwrap(),
            Some(record)
        );
    }
    assert_eq!(store.stream_version("brick").unwrap(), position);
}

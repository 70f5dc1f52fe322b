//! One data sync an answered group: counted by strace.
//!
//! Without strace the test is skipped, unless `DEALTRAIL_REQUIRE_STRACE=1`.

use std::process::Command;

use crate::faults::kill::{CHILD_DIR, CHILD_GROUPS, child_command};
use crate::store_contract::events::new_ledger;

const GROUPS: usize = 40;

#[test]
fn an_answered_group_costs_one_data_sync() {
    if Command::new("strace").arg("-V").output().is_err() {
        assert!(
            std::env::var_os("DEALTRAIL_REQUIRE_STRACE").is_none(),
            "strace is not installed"
        );
        return;
    }
    let dir = new_ledger();
    let trace = dir.path().join("trace");
    let program = std::env::current_exe().unwrap();
    let calls = "trace=write,pwrite64,fdatasync,fsync";
    let arguments = [
        "-f",
        "-y",
        "-e",
        calls,
        "-o",
        trace.to_str().unwrap(),
        program.to_str().unwrap(),
    ];
    let status = child_command("strace", &arguments)
        .env(CHILD_DIR, dir.path())
        .env(CHILD_GROUPS, GROUPS.to_string())
        .output()
        .unwrap();
    assert!(status.status.success(), "{status:?}");
    let trace = std::fs::read_to_string(trace).unwrap();
    let begin = trace.find("\"begin").unwrap();
    let end = trace.find("\"end").unwrap();
    let recording = &trace[begin..end];
    let count = |call: &str| {
        recording
            .lines()
            .filter(|line| line.contains(call) && line.contains("/journal/"))
            .count()
    };
    assert_eq!(count("fdatasync("), GROUPS, "one data sync a group");
    assert_eq!(count("pwrite64("), GROUPS, "one write a group");
    assert_eq!(count("fsync("), 0, "and nothing else");
}

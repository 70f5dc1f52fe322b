//! The real program where the system fails it: calls that fail (strace), little memory, a clock that jumps.
//!
//! `DEALTRAIL_STRACE_WHENS` is which calls fail (usual 2: all, and the second of each thread; 8 at most). Without strace or faketime the trial is skipped, unless `DEALTRAIL_REQUIRE_STRACE=1` or `DEALTRAIL_REQUIRE_FAKETIME=1`.
//! strace counts calls thread by thread, so `when=N` meets the Nth call of every thread.

use std::path::Path;
use std::process::{Command, Output};

use dealtrail::service::ledger::{Ledger, Options};

use super::fresh::whole;
use super::officer::Officer;
use super::tally::{count, say, tell};
use crate::cli::desk::PROGRAM;
use crate::service::recording::{check_order, events};

fn is_there(program: &str, variable: &str) -> bool {
    if Command::new(program).arg("--version").output().is_ok() {
        return true;
    }
    let required = std::env::var(variable).is_ok_and(|set| set == "1");
    assert!(!required, "{program} is not installed");
    say(&format!("SKIPPED: {program} is not installed\n"));
    false
}

/// A ledger on which the officer has typed the first commands.
fn begun(place: &Path) -> Officer {
    let mut officer = Officer::at(place.join("ledger"));
    for number in 0..3 {
        let output = officer.command(number).output().unwrap();
        assert!(officer.note(number, &output), "{output:?}");
    }
    officer
}

/// Types the fourth command through `wrapper`; whether it was acknowledged. Afterwards everything is checked.
fn fourth_through(wrapper: &[&str]) -> (bool, Output) {
    let place = tempfile::tempdir().unwrap();
    let mut officer = begun(place.path());
    let output = officer.through(wrapper, 3).output().unwrap();
    let acknowledged = officer.note(3, &output);
    officer.check(&format!("{wrapper:?}"));
    whole(officer.data());
    (acknowledged, output)
}

#[test]
fn calls_that_fail_are_never_taken_for_success() {
    if !is_there("strace", "DEALTRAIL_REQUIRE_STRACE") {
        return;
    }
    let (mut trials, mut refused) = (0, 0);
    for fault in [
        "fdatasync:error=EIO",
        "pwrite64:error=ENOSPC",
        "pwrite64:error=EIO",
    ] {
        let whens = ["1+", "2", "1", "3", "4", "5", "6", "7"];
        for when in whens
            .iter()
            .take(count("DEALTRAIL_STRACE_WHENS", 2) as usize)
        {
            let inject = format!("inject={fault}:when={when}");
            let trace = format!("trace={}", fault.split(':').next().unwrap());
            let wrapper = [
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                &trace,
                "-e",
                &inject,
            ];
            let (acknowledged, output) = fourth_through(&wrapper);
            assert!(!acknowledged || *when != "1+", "{inject}: {output:?}");
            trials += 1;
            refused += u64::from(!acknowledged);
        }
    }
    assert!(refused >= 2);
    tell(
        "system calls that fail under the program (strace)",
        &[("trials", trials), ("refused", refused), ("lost", 0)],
    );
}

/// Megabytes with which the program surely works.
const ENOUGH: u64 = 4_096;

#[test]
fn little_memory_ends_the_program_and_never_tears_the_ledger() {
    if !is_there("prlimit", "DEALTRAIL_REQUIRE_MOUNT") {
        return;
    }
    let (mut trials, mut ended, mut killed) = (0, 0, 0);
    // From too little to start with, to enough.
    for megabytes in [16_u64, 48, 80, 128, 160, 256, ENOUGH] {
        let limit = format!("--as={}", megabytes << 20);
        let enough = megabytes == ENOUGH;
        let patience = if enough { "120" } else { "5" };
        let wrapper = ["timeout", "-s", "KILL", patience, "prlimit", &limit];
        let place = tempfile::tempdir().unwrap();
        let mut officer = begun(place.path());
        let output = officer.through(&wrapper, 3).output().unwrap();
        // Where memory is refused the language's own library may end the process in its own way, and where a thread
        // is refused sled may wait for it for ever: then whoever started the program ends it.
        let acknowledged = output.status.success() && officer.note(3, &output);
        assert!(acknowledged || !enough, "{output:?}");
        officer.check(&limit);
        whole(officer.data());
        trials += 1;
        ended += u64::from(!acknowledged);
        killed += u64::from(output.status.code() == Some(137) || output.status.code().is_none());
    }
    assert!(ended > 0, "the least of the limits was enough");
    tell(
        "little memory",
        &[
            ("trials", trials),
            ("ended", ended),
            ("by a signal", killed),
            ("lost", 0),
        ],
    );
}

fn at_time(shift: Option<&str>, data: &Path, words: &[&str]) -> Output {
    let mut command = match shift {
        None => Command::new(PROGRAM),
        Some(shift) => {
            let mut command = Command::new("faketime");
            command.args(["-f", shift, PROGRAM]);
            // Waiting goes by the steady clock, which is never set.
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
            command.env("DONT_FAKE_MONOTONIC", "1");
            command
        }
    };
    command
        .args(words)
        .env("DEALTRAIL_DATA", data)
        .output()
        .unwrap()
}

#[test]
fn a_clock_that_jumps_between_starts_never_sets_the_order() {
    if !is_there("faketime", "DEALTRAIL_REQUIRE_FAKETIME") {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("ledger");
    let init = [
        "init",
        "--origin",
        "ledger.example/bricks",
        "--agency",
        "Agency of Bricks",
    ];
    assert_eq!(at_time(None, &data, &init).status.code(), Some(0));
    let register = [
        "register",
        "agreement",
        "Brick works",
        "--ref",
        "BRICK",
        "--class",
        "practical",
    ];
    assert_eq!(at_time(None, &data, &register).status.code(), Some(0));
    let note = |shift, words: &str| at_time(shift, &data, &["note", "BRICK", words]);
    let refused = |output: &Output| {
        let said = String::from_utf8_lossy(&output.stderr);
        output.status.code() != Some(0) && said.contains("clock")
    };
    let back = note(Some("-10m"), "ten minutes back");
    assert!(refused(&back), "{back:?}");
    assert_eq!(note(Some("-2m"), "two minutes back").status.code(), Some(0));
    assert_eq!(note(Some("+10m"), "ten minutes on").status.code(), Some(0));
    let before_the_last = note(None, "as it is");
    assert!(refused(&before_the_last), "{before_the_last:?}");
    let list = at_time(None, &data, &["list"]);
    assert_eq!(list.status.code(), Some(0), "reading goes on");
    assert_eq!(note(Some("+12m"), "it agrees again").status.code(), Some(0));
    let ledger = Ledger::read(&data, &Options::default()).unwrap();
    let all = events(&ledger);
    check_order(&all);
    assert_eq!(all.len(), 4 + 1 + 3);
    tell("clock jumps", &[("starts", 7), ("refused", 2), ("lost", 0)]);
}

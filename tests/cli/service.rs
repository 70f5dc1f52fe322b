//! The other way to work at a desk: through a running service of the same ledger.
//!
//! The lines that can go through it do, with the same words expected; the rest works on the directory. The service keeps the
//! desk's clock, and is started anew when that changes or somebody else records.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use dealtrail::deal::value::ids::ActorId;
use rustix::process::{Pid, Signal, kill_process};

use super::desk::Desk;

/// When it is set, desks work through a service.
const WORD: &str = "DEALTRAIL_DESK";
/// What works on a ledger's own directory, and needs it for itself.
const ALONE: &[&str] = &[
    "init",
    "checkpoint",
    "trust",
    "doctor",
    "backup",
    "restore",
    "demo",
    "synth",
    "witness",
];
/// What is exported of a ledger's own files.
const FILES: &[&str] = &["audit-pack", "access-log"];
/// What works on a ledger's own directory, beside whoever records.
const BESIDE: &[&str] = &["verify", "rebuild", "token", "completions", "man", "help"];

/// Whether desks work through a service.
pub(crate) fn is_asked_for() -> bool {
    std::env::var_os(WORD).is_some_and(|word| word == "service")
}

/// How a line is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Through the service.
    Through,
    /// On the directory, beside the service.
    Beside,
    /// On the directory, with no service.
    Alone,
}

/// How a line is run that may go through a service.
pub(super) fn way(words: &[String]) -> Way {
    let command = words.iter().find(|word| !word.starts_with('-'));
    let own = |word: &String| {
        ["--data", "--clock", "--mirror", "--help", "--version"].contains(&word.as_str())
    };
    match command.map(String::as_str) {
        None => Way::Beside,
        Some(command) if ALONE.contains(&command) => Way::Alone,
        Some("export") if words.iter().any(|word| FILES.contains(&word.as_str())) => Way::Alone,
        Some(command) if BESIDE.contains(&command) => Way::Beside,
        Some(_) if words.iter().any(own) => Way::Alone,
        Some(_) => Way::Through,
    }
}

/// Who records, as a line says.
pub(super) fn actor(words: &[String]) -> Option<&str> {
    let at = words.iter().position(|word| word == "--as")?;
    let actor = words.get(at + 1).map(String::as_str)?;
    // What is no id is refused by the line itself.
    actor.parse::<ActorId>().ok().map(|_| actor)
}

/// A service over a desk's ledger.
pub(super) struct Running {
    child: Child,
    _stdout: BufReader<ChildStdout>,
    /// Where it listens.
    pub(super) address: String,
    clock: String,
    actor: Option<String>,
}

impl Running {
    /// Starts it: `program` is set up with the ledger and the clock.
    pub(super) fn start(mut program: Command, clock: &str, actor: Option<&str>) -> Self {
        program.args(["serve", "--listen", "127.0.0.1:0"]);
        program.args(actor.into_iter().flat_map(|actor| ["--as", actor]));
        let mut child = program
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert!(
                stdout.read_line(&mut line).unwrap() > 0,
                "the service ended"
            );
            if let Some(at) = line.find("http://") {
                break line[at..].split_whitespace().next().unwrap().to_owned();
            }
        };
        // It listens first and opens the ledger then.
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .new_agent();
        let ready = format!("{address}/health/ready");
        while agent.get(&ready).call().unwrap().status() == 503 {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        Self {
            child,
            _stdout: stdout,
            address,
            clock: clock.to_owned(),
            actor: actor.map(str::to_owned),
        }
    }

    /// Whether it is what a line needs.
    pub(super) fn fits(&self, clock: &str, actor: Option<&str>) -> bool {
        self.clock == clock && self.actor.as_deref() == actor
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}

/// What is said otherwise through a service, and why.
const OTHERWISE: &[(&str, &str)] = &[
    (
        "cli::amending::a_fact_moves_to_the_agreement_it_belongs_to",
        "warnings stand in the order of the streams' ids, and through a service the sender draws those",
    ),
    (
        "cli::reading::replay_folds_the_same_and_explains_an_answer",
        "a service hands out no frames, so nothing is said of them; cli::through says what is",
    ),
    (
        "cli::exporting::a_damaged_ledger_is_exported_up_to_the_damage_alone",
        "a service mends its journal from the second copy before anybody asks",
    ),
];

/// Runs tests of this binary once more, their desks through a service.
fn once_more(filters: &[&str]) {
    let mut tests = Command::new(std::env::current_exe().unwrap());
    tests.args(filters).args(["--test-threads", "2"]);
    tests.args(OTHERWISE.iter().flat_map(|(name, _)| ["--skip", *name]));
    // What is said has to be what is said without a service, so nothing is written down anew.
    let output = tests
        .env(WORD, "service")
        .env("INSTA_UPDATE", "no")
        .env("INSTA_WORKSPACE_ROOT", env!("CARGO_MANIFEST_DIR"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!said.contains("\nrunning 0 tests"), "{said}");
}

/// What a line says through a service that is there, or is not.
fn said(desk: &Desk, server: &str, line: &[&str]) -> (Option<i32>, String) {
    let mut program = desk.program();
    program
        .env_remove("DEALTRAIL_DATA")
        .env_remove("DEALTRAIL_CLOCK");
    let output = program.args(line).args(["--server", server]).output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

#[test]
fn what_cannot_go_through_a_service_says_so_with_what_to_do() {
    let desk = Desk::with_two_agreements();
    let running = Running::start(desk.program(), "2025-04-18T06:00:00Z", None);
    let server = running.address.as_str();
    for command in [
        "verify",
        "checkpoint",
        "doctor",
        "trust",
        "export audit-pack",
        "export access-log",
    ] {
        let words: Vec<&str> = command.split(' ').chain(["-o", "x.tar"]).collect();
        let own = command.split(' ').count();
        let words = if own == 2 { &words[..] } else { &words[..1] };
        let (code, said) = said(&desk, server, words);
        assert_eq!(code, Some(1), "{command}: {said}");
        assert!(
            said.contains(&format!(
                "`dealtrail {command}` works on a ledger's own directory"
            )),
            "{said}"
        );
        assert!(said.contains("leave --server out"), "{said}");
    }
    let (code, clock) = said(&desk, server, &["list", "--clock", "2025-04-18T06:00:00Z"]);
    assert!(
        code == Some(1) && clock.contains("a clock of its own"),
        "{clock}"
    );
    let (code, other) = said(&desk, server, &["list", "--as", "u:other"]);
    assert!(
        code == Some(1) && other.contains("knows you as u:local"),
        "{other}"
    );
    drop(running);
}

#[test]
fn a_service_that_is_not_there_is_exit_code_two() {
    let desk = Desk::bare();
    let (code, gone) = said(&desk, "http://127.0.0.1:1", &["list"]);
    assert!(
        code == Some(2) && gone.contains("http://127.0.0.1:1 cannot be reached"),
        "{gone}"
    );
    assert!(gone.contains("`dealtrail serve` starts one"), "{gone}");
    let (code, none) = said(&desk, "ledger.example", &["list"]);
    assert!(
        code == Some(1) && none.contains("is no address of a service"),
        "{none}"
    );
}

#[test]
fn reading_says_the_same_through_a_service() {
    once_more(&["cli::reading::"]);
}

#[test]
fn recording_says_the_same_through_a_service() {
    once_more(&["cli::recording::", "cli::amending::"]);
}

#[test]
fn refusals_say_the_same_through_a_service() {
    once_more(&["cli::refusals::"]);
}

#[test]
fn following_up_and_explaining_say_the_same_through_a_service() {
    once_more(&["cli::follow_up::", "cli::explaining::"]);
}

#[test]
fn exports_are_the_same_through_a_service() {
    once_more(&["cli::exporting::"]);
}

#[test]
fn issuing_says_the_same_through_a_service() {
    once_more(&["cli::issuing::"]);
}

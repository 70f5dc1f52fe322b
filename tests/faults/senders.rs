//! The process that is stopped: eight senders record as fast as they can and say what they were told.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use dealtrail::service::ledger::Ledger;

use super::client::{SENDERS, sending};
use crate::service::support::{clock, init, options, registered, send};

const DIR: &str = "DEALTRAIL_TEST_SENDERS_DIR";
const ROUND: &str = "DEALTRAIL_TEST_SENDERS_ROUND";
const LIMIT: &str = "DEALTRAIL_TEST_SENDERS_LIMIT";

/// How long a process may take to notice that its disk is gone.
const PATIENCE: Duration = Duration::from_secs(60);

fn say(line: &str) {
    // One write a line, to a pipe with room: a kill leaves whole lines.
    let _ = std::io::stdout().write_all(format!("{line}\n").as_bytes());
}

/// A ledger, made if it is not there or was begun and not finished.
pub(crate) fn opened(dir: &Path) -> Result<Ledger, String> {
    let options = options(&clock());
    if dir.join("LEDGER").exists()
        && let Ok(ledger) = Ledger::open(dir, &options)
    {
        return Ok(ledger);
    }
    let ledger = Ledger::create(dir, init(), &options).or_else(|_| Ledger::open(dir, &options));
    ledger.map_err(|error| error.to_string())
}

#[test]
fn child() {
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let round = std::env::var(ROUND).unwrap();
    let limit: u64 = std::env::var(LIMIT).unwrap().parse().unwrap();
    say("start");
    let ledger = match opened(Path::new(&dir)) {
        Ok(ledger) => Arc::new(ledger),
        Err(error) => return say(&format!("refused {error}")),
    };
    let all = (0..=SENDERS).map(registered).collect();
    if let Err(error) = send(&ledger, "register", all) {
        return say(&format!("refused {error}"));
    }
    say("begin");
    let threads: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (ledger, round) = (Arc::clone(&ledger), round.clone());
            std::thread::spawn(move || {
                for n in 0..limit {
                    let id = format!("k-{round}-{sender}-{n}");
                    say(&format!("try {sender} {id}"));
                    match sending(&ledger, &id, sender) {
                        Ok((position, digest, _)) => {
                            say(&format!("ack {sender} {id} {position} {digest}"))
                        }
                        Err(error) => return say(&format!("end {error}")),
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    say("done");
}

/// A running child.
pub(crate) struct Senders {
    child: Child,
    lines: Box<dyn Iterator<Item = String> + Send>,
    said: Vec<String>,
}

impl Senders {
    /// Starts the senders on a ledger's directory, through `wrapper` (a program and its arguments) if there is one.
    pub(crate) fn start(dir: &Path, round: u64, limit: u64, wrapper: &[&str]) -> Self {
        let program = std::env::current_exe().unwrap();
        let mut command = match wrapper {
            [] => Command::new(&program),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(&program);
                command
            }
        };
        let mut child = command
            .args(["--exact", "faults::senders::child", "--nocapture"])
            .env(DIR, dir)
            .env(ROUND, round.to_string())
            .env(LIMIT, limit.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            lines: Box::new(out.lines().map_while(Result::ok)),
            said: Vec::new(),
        }
    }

    /// Waits until a line ends like this; `false` when the child ended before.
    pub(crate) fn wait_for(&mut self, end: &str) -> bool {
        for line in self.lines.by_ref() {
            let found = line.ends_with(end);
            self.said.push(line);
            if found {
                return true;
            }
        }
        false
    }

    /// Waits until the senders record.
    pub(crate) fn begin(&mut self) {
        let begun = self.wait_for("begin");
        assert!(begun, "the senders do not record: {:?}", self.said);
    }

    /// The child's process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills the child at once, and gives what it said.
    pub(crate) fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.end().0
    }

    /// Lets the child end by itself, and gives what it said and how it ended.
    pub(crate) fn end(self) -> (Vec<String>, ExitStatus) {
        let Self {
            mut child,
            lines,
            mut said,
        } = self;
        let mut errors = child.stderr.take().unwrap();
        let told = std::thread::spawn(move || {
            let mut text = String::new();
            errors.read_to_string(&mut text).map(|_| text)
        });
        let (done, watch) = std::sync::mpsc::channel::<()>();
        let id = rustix::process::Pid::from_child(&child);
        let guard = std::thread::spawn(move || {
            let late =
                watch.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout);
            if late {
                let _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
            }
            late
        });
        said.extend(lines);
        let status = child.wait().unwrap();
        let _ = done.send(());
        let errors = told.join().unwrap().unwrap();
        assert!(!guard.join().unwrap(), "the senders never ended: {said:?}");
        assert!(
            !errors.contains("panicked at"),
            "a sender panicked: {errors}"
        );
        (said, status)
    }
}

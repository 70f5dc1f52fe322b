//! A desk to work at: a directory, a clock, and the program; what is said there is written down.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::service::{self, Running, Way};

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_dealtrail");

/// A directory with a ledger in it, and what was said so far.
pub(crate) struct Desk {
    dir: TempDir,
    data: PathBuf,
    clock: String,
    said: String,
    /// The service it works through, where it does.
    service: RefCell<Option<Running>>,
    through: bool,
}

impl Desk {
    /// An empty directory.
    pub(crate) fn bare() -> Self {
        Self::bare_in(Path::new("ledger"))
    }

    /// An empty directory, and another for the ledger to be made in.
    fn bare_in(data: &Path) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self {
            data: dir.path().join(data),
            dir,
            clock: "2025-04-18T06:00:00Z".to_owned(),
            said: String::new(),
            service: RefCell::default(),
            through: service::is_asked_for(),
        }
    }

    /// A fictional agency's ledger with two agreements, opened and filled on 18 April 2025.
    pub(crate) fn with_two_agreements() -> Self {
        Self::with_two_agreements_in(Path::new("ledger"))
    }

    /// As [`with_two_agreements`](Self::with_two_agreements), at a place of the ledger's own.
    pub(crate) fn with_two_agreements_in(data: &Path) -> Self {
        let mut desk = Self::bare_in(data);
        desk.done(
            "init --origin ledger.example/bricks --agency 'Agency of Bricks' --languages en,az \
             --demonstration",
        );
        for (name, reference) in [("Brick works", "BRICK"), ("Glass works", "GLASS")] {
            desk.done(&format!(
                "register agreement '{name}' --ref {reference} --class practical --source \"The agency's register of documents\""
            ));
            desk.done(&format!(
                "record signed {reference} --on 2025-04-17 --source last"
            ));
        }
        desk.said.clear();
        desk
    }

    /// Sets the clock for what follows.
    pub(crate) fn at(&mut self, clock: &str) -> &mut Self {
        clock.clone_into(&mut self.clock);
        self
    }

    /// The directory of the ledger.
    pub(crate) fn ledger(&self) -> PathBuf {
        self.data.clone()
    }

    /// The directory the program runs in.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The program, ready to run here.
    pub(crate) fn program(&self) -> Command {
        let mut program = Command::new(PROGRAM);
        program
            .current_dir(self.dir.path())
            .env_clear()
            .env(
                "DEALTRAIL_DATA",
                self.data
                    .strip_prefix(self.dir.path())
                    .unwrap_or(&self.data),
            )
            .env("DEALTRAIL_CLOCK", &self.clock)
            .env("RUST_BACKTRACE", "0");
        program
    }

    /// Runs the program without writing down what it says.
    pub(crate) fn quiet(&self, line: &str) -> Output {
        let words = words(line);
        let mut program = match self.through {
            true => self.program_for(&words),
            false => self.program(),
        };
        program.args(words).output().unwrap()
    }

    /// The program, ready to run a line through the service, or without it where the line cannot go through.
    fn program_for(&self, words: &[String]) -> Command {
        let (way, actor) = (service::way(words), service::actor(words));
        let mut running = self.service.borrow_mut();
        let fits = running
            .as_ref()
            .is_some_and(|running| running.fits(&self.clock, actor));
        if way == Way::Alone || (way == Way::Through && !fits) {
            *running = None;
        }
        // What is no ledger yet cannot be served; it is said so by the line itself.
        if way != Way::Through || !self.data.join("LEDGER").exists() {
            return self.program();
        }
        let start = || Running::start(self.program(), &self.clock, actor);
        let address = running.get_or_insert_with(start).address.clone();
        let mut program = self.program();
        program
            .env_remove("DEALTRAIL_DATA")
            .env_remove("DEALTRAIL_CLOCK")
            .env("DEALTRAIL_SERVER", address);
        program
    }

    /// Runs a line as a shell would and writes down what is said.
    pub(crate) fn say(&mut self, line: &str) -> &mut Self {
        let output = self.quiet(line);
        let shown = match line.len() > 500 {
            true => format!("{}…", line.get(..40).unwrap()),
            // What is typed is shown without its control characters, as the program shows it.
            false => line
                .chars()
                .map(|letter| match letter.is_control() {
                    true => letter.escape_unicode().to_string(),
                    false => letter.to_string(),
                })
                .collect(),
        };
        self.said.push_str(&format!("$ dealtrail {shown}\n"));
        self.said
            .push_str(&String::from_utf8(output.stdout).unwrap());
        for line in String::from_utf8(output.stderr).unwrap().lines() {
            self.said.push_str(format!("! {line}").trim_end());
            self.said.push('\n');
        }
        self.said
            .push_str(&format!("-> {}\n\n", output.status.code().unwrap()));
        self
    }

    /// Runs the program, which has to succeed, without writing down what it says.
    pub(crate) fn done(&mut self, line: &str) -> &mut Self {
        let output = self.quiet(line);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{line}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        self
    }

    /// The answer to a command in JSON.
    pub(crate) fn json(&self, line: &str) -> serde_json::Value {
        let output = self.quiet(&format!("{line} --json"));
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            let said = String::from_utf8_lossy(&output.stderr);
            panic!("{line}: {error}: {said}")
        })
    }

    /// How many entries the ledger has.
    pub(crate) fn position(&self) -> u64 {
        self.json("info")["position"].as_u64().unwrap()
    }

    /// What was said, without what differs from run to run.
    pub(crate) fn said(&self) -> String {
        let place = self.dir.path().display().to_string();
        without_ids(&self.said.replace(&place, "[dir]"))
    }
}

/// The words of a line: blanks part them, single or double quotes keep them together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (None, ' ') => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (Some(open), close) if open == close => quote = None,
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

/// Puts `[id]` for every UUID: a few ids come from the machine's own randomness.
fn without_ids(text: &str) -> String {
    let is_uuid = |part: &str| {
        part.len() == 36
            && part.char_indices().all(|(at, letter)| match at {
                8 | 13 | 18 | 23 => letter == '-',
                _ => letter.is_ascii_hexdigit(),
            })
    };
    let mut clean = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match rest.get(..36) {
            Some(part) if is_uuid(part) => {
                clean.push_str("[id]");
                rest = &rest[36..];
            }
            _ => {
                clean.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    clean
}

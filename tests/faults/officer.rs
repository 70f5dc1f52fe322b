//! The real program, run by an officer who writes down every answer.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dealtrail::store::frame::{Check, FrameBytes, Header};
use dealtrail::store::journal::segment;
use dealtrail::store::slice::Slice;
use serde_json::Value;

use super::client::digest;
use super::shim::fuse::SharedDisk;
use crate::cli::desk::PROGRAM;

/// Stands for the id of the signing, which the program gives.
const SIGNED: &str = "(the signing)";

/// What the officer types, in order; `init` is the first.
const COMMANDS: [&[&str]; 7] = [
    &[
        "init",
        "--origin",
        "ledger.example/bricks",
        "--agency",
        "Agency of Bricks",
        "--demonstration",
    ],
    &[
        "register",
        "agreement",
        "Brick works",
        "--ref",
        "BRICK",
        "--class",
        "practical",
        "--source",
        "The agency's register",
    ],
    &[
        "record",
        "signed",
        "BRICK",
        "--on",
        "2025-04-16",
        "--source",
        "last",
        "--note",
        "in Baku",
    ],
    &[
        "record",
        "land-allocated",
        "BRICK",
        "--on",
        "2025-04-17",
        "--area",
        "about 3 ha",
        "--source",
        "last",
    ],
    &[
        "correct",
        SIGNED,
        "--on",
        "2025-04-17",
        "--reason",
        "typing error",
    ],
    &["note", "BRICK", "the delegation asks for a map"],
    &[
        "register",
        "agreement",
        "Glass works",
        "--ref",
        "GLASS",
        "--class",
        "practical",
    ],
];

/// How many commands there are.
pub(crate) const SCRIPT: usize = COMMANDS.len();

/// An answered command.
#[derive(Debug, Clone, PartialEq)]
struct Noted {
    command: usize,
    position: u64,
    /// Ids and positions.
    events: Vec<(String, u64)>,
    /// SHA-256 of the stored bytes, where they could be looked at.
    digest: Option<String>,
}

/// Gives the bytes of a ledger's first segment, by a way of its own.
type Look = Box<dyn Fn() -> Option<Vec<u8>> + Send>;

/// Who types and remembers.
pub(crate) struct Officer {
    data: PathBuf,
    look: Look,
    noted: Vec<Noted>,
}

impl Officer {
    /// An officer with a ledger's directory, which need not be there.
    pub(crate) fn at(data: PathBuf) -> Self {
        let segment = data.join("journal/000000");
        Self {
            look: Box::new(move || std::fs::read(&segment).ok()),
            data,
            noted: Vec::new(),
        }
    }

    /// An officer on a forgetting disk, who looks at stored bytes beside the mount: reading through it could sync.
    pub(crate) fn on(disk: &SharedDisk, data: PathBuf) -> Self {
        let disk = disk.clone();
        let look = move || {
            disk.lock()
                .bytes_at("ledger/journal/000000")
                .map(<[u8]>::to_vec)
        };
        Self {
            look: Box::new(look),
            ..Self::at(data)
        }
    }

    /// The program with one of the commands.
    pub(crate) fn command(&self, number: usize) -> Command {
        self.through(&[], number)
    }

    /// As [`command`](Self::command), started by another program with its arguments.
    pub(crate) fn through(&self, wrapper: &[&str], number: usize) -> Command {
        let words: Vec<&str> = wrapper.iter().copied().chain([PROGRAM]).collect();
        let mut program = Command::new(words[0]);
        program.args(&words[1..]);
        let signing = self.noted.iter().find(|noted| noted.command == 2);
        let signing = signing.map_or("5", |noted| noted.events[0].0.as_str());
        program.args(COMMANDS[number].iter().map(|word| match *word {
            SIGNED => signing,
            word => word,
        }));
        program.arg("--json");
        if number > 0 {
            program.args(["--command-id", &format!("o-{number}")]);
        }
        self.dress(&mut program);
        program
    }

    /// Gives a command the officer's surroundings.
    pub(crate) fn dress(&self, program: &mut Command) {
        program
            .env("DEALTRAIL_DATA", &self.data)
            .env("DEALTRAIL_CLOCK", "2025-04-18T06:00:00Z")
            .env("DEALTRAIL_AS", "u:officer")
            .env("RUST_BACKTRACE", "0");
    }

    /// Takes in what the program said; whether the command was acknowledged.
    pub(crate) fn note(&mut self, number: usize, output: &Output) -> bool {
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            !errors.contains("panicked at"),
            "the program panicked: {errors}"
        );
        let code = output.status.code();
        assert!(
            matches!(code, Some(0..=2) | None),
            "{:?}: {code:?}: {errors}",
            COMMANDS[number]
        );
        if code != Some(0) {
            return false;
        }
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let position = answer["position"].as_u64().unwrap();
        let event =
            |event: &Value| Some((event["id"].as_str()?.to_owned(), event["seq"].as_u64()?));
        let told = answer["events"].as_array().into_iter().flatten();
        let events: Vec<_> = told.map(|told| event(told).unwrap()).collect();
        // `init` does not list the four events of the opening.
        let count = if number == 0 { 4 } else { events.len() as u64 };
        self.noted.push(Noted {
            command: number,
            position,
            events,
            digest: (self.look)().and_then(|bytes| stored_digest(&bytes, position - count, count)),
        });
        true
    }

    /// Types the commands one after the other until one fails; how many were acknowledged.
    pub(crate) fn work(&mut self) -> usize {
        for number in 0..SCRIPT {
            let output = self.command(number).output().unwrap();
            if !self.note(number, &output) {
                return number;
            }
        }
        SCRIPT
    }

    /// Whether the command was acknowledged.
    fn before(&self, number: usize) -> Option<Noted> {
        self.noted
            .iter()
            .find(|noted| noted.command == number)
            .cloned()
    }

    /// Sends everything that was acknowledged again: the same answers. Then goes on with what was not. Every
    /// answer's bytes must still be what they were.
    pub(crate) fn check(&mut self, about: &str) {
        let noted = self.noted.clone();
        for number in 0..SCRIPT {
            let before = self.before(number);
            let output = self.command(number).output().unwrap();
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            if number == 0 && (before.is_some() || errors.contains("not empty")) {
                // It was made, acknowledged or not: it is not made twice.
                assert_eq!(output.status.code(), Some(1), "{about}: {errors}");
                continue;
            }
            assert_eq!(output.status.code(), Some(0), "{about}: {errors}");
            self.noted.retain(|noted| noted.command != number);
            self.note(number, &output);
            if let Some(before) = before {
                let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
                assert_eq!(
                    self.before(number),
                    Some(before),
                    "{about}: answered otherwise"
                );
                assert_eq!(answer["replayed"], true, "{about}: command {number}");
            }
        }
        for noted in noted {
            let first = noted.events.first().map_or(0, |(_, seq)| *seq);
            let count = noted.position - first;
            let now = (self.look)().and_then(|bytes| stored_digest(&bytes, first, count));
            assert_eq!(now, noted.digest, "{about}: altered");
        }
    }

    /// How many commands were answered.
    pub(crate) fn acknowledged(&self) -> u64 {
        self.noted.len() as u64
    }

    /// The ledger's directory.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }
}

/// The digest of events stored in a segment.
fn stored_digest(bytes: &[u8], first: u64, count: u64) -> Option<String> {
    let (mut at, mut events) = (segment::FRAMES_START as usize, Vec::new());
    while let Ok(header) = Header::parse(bytes.get(at..)?) {
        let frame = bytes.get(at..at + header.frame_bytes())?;
        let frame = FrameBytes::decode(Slice::from(frame.to_vec()), Check::Checksum).ok()?;
        let seqs = header.first_seq..;
        for (seq, event) in seqs.zip(frame.events().ok()?) {
            if (first..first + count).contains(&seq) {
                events.push(event.to_vec());
            }
        }
        at += header.frame_bytes();
    }
    (events.len() as u64 == count).then(|| digest(events))
}

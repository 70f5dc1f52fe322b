//! One scripted history of a ledger, in two acts, and what must hold however it was stopped.
//!
//! The steps are a table: a step sees the ledger's directory and the sender's list, and does what a service does. The
//! second act begins on a ledger whose first segment is almost full, so that it comes to the next one within a few
//! operations; what filled the segment were records like those of the first act.

use std::path::{Path, PathBuf};

use dealtrail::deal::command::{Change, Command, Draft, Intent};
use dealtrail::deal::value::source::{Evidence, Source};
use dealtrail::deal::value::text::Text;
use dealtrail::service::answer::{Answer, ErrorClass};
use dealtrail::service::evidence;
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::store::group::{CommandRecord, Group, Scope};
use dealtrail::store::open::{self, OpenOptions};
use dealtrail::store::recorded::Recorded;

use super::client::{commands, digest as digest_of};
use super::senders::opened;
use super::shim::disk::Disk;
use super::shim::fuse::SharedDisk;
use super::spares::Spares;
use crate::service::recording::{check_order, events};
use crate::service::support::{
    START, agreement, clock, command, init, moment, noted, options, record, registered, stored,
};

/// A step failed; the words are for people.
#[derive(Debug)]
pub(crate) struct Stopped(pub(crate) String);

/// What the sender knows of a command.
#[derive(Debug, Clone)]
enum Fate {
    /// No answer came, or one that leaves it open.
    Open,
    /// It was answered; beside the answer the digest of what was stored then.
    Answered(Answer, Option<String>),
    /// It was told that nothing was recorded.
    Refused,
}

pub(crate) type Step = fn(&mut Scene) -> Result<(), Stopped>;

/// From nothing to a ledger that was closed and opened again.
pub(crate) const FIRST_ACT: [(&str, Step); 8] = [
    ("make", Scene::make),
    ("register", |scene| scene.send(vec![registered(1)])),
    ("record", |scene| scene.send(vec![signed(1)])),
    ("batch", |scene| scene.send(batch(2..6))),
    ("correct", Scene::correct),
    ("evidence", Scene::attach),
    ("close and open", Scene::reopen),
    ("record again", |scene| {
        scene.send(vec![noted(agreement(1), "a map")])
    }),
];

/// Across the end of a segment.
pub(crate) const SECOND_ACT: [(&str, Step); 6] = [
    ("open", Scene::reopen),
    ("into the next segment", |scene| scene.send(bulky())),
    ("record", |scene| scene.send(vec![signed(1)])),
    ("close and open", Scene::reopen),
    ("correct", Scene::correct),
    ("batch", |scene| scene.send(batch(2..6))),
];

/// A backup, an older one replaced by a newer one, and a ledger made of it.
pub(crate) const THIRD_ACT: [(&str, Step); 8] = [
    ("make", Scene::make),
    ("register", |scene| scene.send(vec![registered(1)])),
    ("evidence", Scene::attach),
    ("backup", Scene::back_up),
    ("record", |scene| scene.send(vec![signed(1)])),
    ("backup again", Scene::back_up),
    ("restore", Scene::put_back),
    ("record again", |scene| {
        scene.send(vec![noted(agreement(1), "a map")])
    }),
];

/// Bytes left in the first segment when the second act begins, roughly.
const ALMOST: usize = 60 << 10;

/// A ledger under way, and what its sender was told.
pub(crate) struct Scene {
    place: PathBuf,
    ledger: Option<Ledger>,
    /// Every command, in the order of sending.
    sent: Vec<(Command, Fate)>,
    made: bool,
    /// How often the ledger was opened.
    pub(crate) opened: u64,
    /// In which opening the last answer came.
    pub(crate) answered_in: u64,
    spares: Spares,
    /// How many events lie between two snapshots of the read models; none: as many as usual, more than any act has.
    snapshot_every: Option<u64>,
}

impl Scene {
    pub(crate) fn at(place: &Path) -> Self {
        Self {
            place: place.to_owned(),
            ledger: None,
            sent: Vec::new(),
            made: false,
            opened: 0,
            answered_in: 0,
            spares: Spares::default(),
            snapshot_every: None,
        }
    }

    /// The same, with a snapshot of the read models whenever the ledger is closed, and sometimes before.
    pub(crate) fn with_snapshots(self) -> Self {
        Self {
            snapshot_every: Some(5),
            ..self
        }
    }

    /// How many snapshots of the read models stand in the ledger's directory.
    pub(crate) fn snapshots(&self) -> usize {
        std::fs::read_dir(self.dir().join("snapshots")).map_or(0, Iterator::count)
    }

    fn options(&self) -> Options {
        let usual = options(&clock());
        Options {
            snapshot_every: self.snapshot_every.unwrap_or(usual.snapshot_every),
            ..usual
        }
    }

    /// The ledger's directory.
    pub(crate) fn dir(&self) -> PathBuf {
        self.place.join("ledger")
    }

    /// How many commands were answered.
    pub(crate) fn acknowledged(&self) -> u64 {
        let told = self
            .sent
            .iter()
            .filter(|(_, fate)| matches!(fate, Fate::Answered(..)));
        told.count() as u64
    }

    fn ledger(&self) -> Result<&Ledger, Stopped> {
        let closed = || Stopped("the ledger is not open".to_owned());
        self.ledger.as_ref().ok_or_else(closed)
    }

    pub(crate) fn make(&mut self) -> Result<(), Stopped> {
        self.opened += 1;
        let made = Ledger::create(&self.dir(), init(), &self.options());
        self.ledger = Some(made.map_err(|error| Stopped(error.to_string()))?);
        self.made = true;
        Ok(())
    }

    /// Closes the ledger and opens it again, as a restart does.
    pub(crate) fn reopen(&mut self) -> Result<(), Stopped> {
        self.ledger = None;
        self.opened += 1;
        let ledger = Ledger::open(&self.dir(), &self.options());
        self.ledger = Some(ledger.map_err(|error| Stopped(error.to_string()))?);
        Ok(())
    }

    fn back_up(&mut self) -> Result<(), Stopped> {
        let (place, dir) = (self.place.clone(), self.dir());
        self.spares.take(&place, &dir).map_err(Stopped)
    }

    fn put_back(&mut self) -> Result<(), Stopped> {
        let place = self.place.clone();
        self.spares.put_back(&place).map_err(Stopped)
    }

    /// Sends one command and writes down the answer.
    pub(crate) fn send(&mut self, intents: Vec<Intent>) -> Result<(), Stopped> {
        let sent = command(&format!("s-{}", self.sent.len()), intents);
        let told = self.submit(&sent);
        let fate = match &told {
            Ok((answer, digest)) => Fate::Answered(answer.clone(), digest.clone()),
            Err((_, true)) => Fate::Refused,
            Err((_, false)) => Fate::Open,
        };
        self.sent.push((sent, fate));
        told.map_err(|(why, _)| Stopped(why))?;
        self.answered_in = self.opened;
        Ok(())
    }

    /// The answer, or why there is none and whether that means for sure that nothing was recorded.
    fn submit(&self, sent: &Command) -> Result<(Answer, Option<String>), (String, bool)> {
        let closed = || ("the ledger is not open".to_owned(), true);
        let ledger = self.ledger.as_ref().ok_or_else(closed)?;
        let answer = ledger
            .submit_blocking(sent.clone())
            .map_err(|error| (error.to_string(), error.class() == ErrorClass::NoSpace))?;
        let bytes = answer
            .events
            .iter()
            .map(|event| ledger.event_bytes(event.seq));
        // A disk that died right after the answer gives no bytes to look at.
        let digest = bytes.collect::<Result<Vec<_>, _>>();
        let digest = digest.map(|bytes| {
            let there = |one: Option<_>| one.expect("what was just recorded is said to be missing");
            digest_of(bytes.into_iter().map(there))
        });
        Ok((answer, digest.ok()))
    }

    fn correct(&mut self) -> Result<(), Stopped> {
        let signing = self.sent.iter().find_map(|(sent, told)| {
            let dated = matches!(&sent.intents[..], [Intent::Record(draft)] if draft.on.is_some());
            match told {
                Fate::Answered(told, _) if dated => Some(told.events[0].id),
                _ => None,
            }
        });
        let fact = signing.ok_or_else(|| Stopped("there is nothing to correct".to_owned()))?;
        self.send(vec![Intent::Correct {
            fact,
            change: Change {
                on: Some("2025-04-17".parse().unwrap()),
                data: None,
                sources: None,
            },
            reason: Text::new("typing error").unwrap(),
        }])
    }

    /// Keeps a file beside the ledger and records a fact that rests on it.
    fn attach(&mut self) -> Result<(), Stopped> {
        let letter = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(letter.path(), b"the parcel is allocated").unwrap();
        let kept = evidence::attach(self.ledger()?, letter.path());
        let kept = kept.map_err(|error| Stopped(error.to_string()))?;
        let mut land = record(agreement(1), "land_allocated", Some("2025-04-17"), "{}");
        if let Intent::Record(Draft { sources, .. }) = &mut land {
            sources.push(source(kept));
        }
        self.send(vec![land])
    }

    /// Runs the steps until one fails.
    pub(crate) fn play(&mut self, act: &[(&str, Step)]) -> Result<(), Stopped> {
        for (name, step) in act {
            step(self).map_err(|Stopped(why)| Stopped(format!("{name}: {why}")))?;
        }
        Ok(())
    }

    /// Runs every step, whatever becomes of the others; `between` looks on after each.
    pub(crate) fn play_on(&mut self, act: &[(&str, Step)], mut between: impl FnMut(&Self, &str)) {
        for (name, step) in act {
            let _ = step(self);
            between(self, name);
        }
    }

    /// Records one more fact in the ledger that is open; the words of what hinders it otherwise.
    pub(crate) fn go_on(&mut self) -> Result<(), Stopped> {
        if self.made {
            self.send(vec![noted(agreement(1), "there is space again")])
        } else {
            self.make()
        }
    }

    /// Whether the ledger is open.
    pub(crate) fn is_open(&self) -> bool {
        self.ledger.is_some()
    }

    /// Reading goes on: what is open answers with everything that was acknowledged.
    pub(crate) fn reads(&self, about: &str) {
        let Some(ledger) = &self.ledger else { return };
        let models = ledger.models_at_head();
        let position = models.map(|models| models.position());
        assert_eq!(
            position.ok(),
            Some(ledger.head()),
            "{about}: reading stopped"
        );
        for (sent, fate) in &self.sent {
            if let Fate::Answered(answer, Some(then)) = fate {
                let bytes = answer
                    .events
                    .iter()
                    .map(|event| ledger.event_bytes(event.seq));
                let bytes: Vec<_> = bytes.map(|bytes| bytes.unwrap().unwrap()).collect();
                assert_eq!(&digest_of(bytes), then, "{about}: {}", sent.id);
            }
        }
    }

    /// Lets the ledger go, as when its process ends.
    pub(crate) fn close(&mut self) {
        self.ledger = None;
    }

    /// Opens the ledger with nobody's help and looks whether it is a legal prefix that holds all that was
    /// acknowledged; commands sent again are answered as before, or recorded once.
    pub(crate) fn check(&mut self, about: &str) {
        self.close();
        let dir = self.dir();
        let ledger = if self.made || self.acknowledged() > 0 {
            Ledger::open(&dir, &self.options()).unwrap_or_else(|error| panic!("{about}: {error}"))
        } else {
            opened(&dir).unwrap_or_else(|error| panic!("{about}: {error}"))
        };
        assert_eq!(ledger.stopped(), None, "{about}");
        let bytes = stored(&ledger);
        let found = commands(&bytes, about);
        for (sent, fate) in &self.sent {
            let is_there = found.contains_key(sent.id.as_str());
            match fate {
                Fate::Open => {}
                Fate::Refused => assert!(!is_there, "{about}: {} was refused", sent.id),
                Fate::Answered(answer, digest_then) => {
                    assert!(is_there, "{about}: {} is lost", sent.id);
                    let first = answer.events[0].seq as usize;
                    let now = digest_of(&bytes[first..answer.position as usize]);
                    let same = digest_then.as_ref().is_none_or(|then| *then == now);
                    assert!(same, "{about}: {} was altered", sent.id);
                }
            }
        }
        self.ledger = Some(ledger);
        self.send_again(&found, about);
        self.evidence_is_there(about);
        self.spares.check(&self.place, &bytes, about);
        if let Some(ledger) = self.ledger.take() {
            check_order(&events(&ledger));
            let replayed = ledger.replay(None, &mut |_, _| ()).unwrap();
            let same = replayed.compared && replayed.differences.is_empty();
            assert!(same, "{about}: read models differ from a replay");
        }
    }

    fn send_again(&mut self, found: &std::collections::BTreeMap<String, (u64, u64)>, about: &str) {
        for index in 0..self.sent.len() {
            let (sent, fate) = self.sent[index].clone();
            let (answer, digest) = match self.submit(&sent) {
                Ok(told) => told,
                Err((why, _)) => panic!("{about}: {}: {why}", sent.id),
            };
            if let Fate::Answered(before, digest_before) = fate {
                let before = Answer {
                    replayed: true,
                    ..before
                };
                assert_eq!(answer, before, "{about}");
                assert!(
                    digest_before.is_none() || digest == digest_before,
                    "{about}"
                );
            } else {
                let known = found.contains_key(sent.id.as_str());
                assert_eq!(answer.replayed, known, "{about}: {}", sent.id);
            }
            self.sent[index].1 = Fate::Answered(answer, digest);
        }
    }

    /// Every file that a recorded fact names is there and is the one that was meant.
    fn evidence_is_there(&self, about: &str) {
        for (sent, _) in &self.sent {
            for intent in &sent.intents {
                let Intent::Record(draft) = intent else {
                    continue;
                };
                for kept in draft.sources.iter().filter_map(|one| one.evidence.as_ref()) {
                    let bytes = evidence::read(&self.dir(), &kept.commit);
                    let bytes = bytes.unwrap_or_else(|error| panic!("{about}: {error}"));
                    assert_eq!(bytes, b"the parcel is allocated", "{about}");
                }
            }
        }
    }

    /// As the sender, on a ledger that others have begun: takes over the list of `other`.
    pub(crate) fn after(place: &Path, other: &Self) -> Self {
        Self {
            sent: other.sent.clone(),
            made: true,
            ..Self::at(place)
        }
    }
}

fn source(evidence: Evidence) -> Source {
    let mut source: Source = serde_json::from_str(SOURCE).unwrap();
    source.evidence = Some(evidence);
    source
}

const SOURCE: &str = r#"{"title":"Statement of the agency","type":"statement"}"#;

fn signed(n: u64) -> Intent {
    record(agreement(n), "signed", Some("2025-04-16"), "{}")
}

fn batch(numbers: std::ops::Range<u64>) -> Vec<Intent> {
    let both = |n| [registered(n), noted(agreement(n), "registered in one go")];
    numbers.flat_map(both).collect()
}

/// A disk with a ledger whose first segment is almost full, and its sender's list.
pub(crate) fn almost_full(place: &Path) -> (Disk, Scene) {
    let disk = SharedDisk::default();
    let session = disk.mount(place).unwrap();
    let mut scene = Scene::at(place);
    let begun = scene.make().and_then(|()| scene.send(vec![registered(1)]));
    begun.unwrap_or_else(|Stopped(why)| panic!("{why}"));
    scene.close();
    let dir = scene.dir();
    let store = open::open(&dir, OpenOptions::default()).unwrap().events;
    let mut group_bytes = 1 << 20;
    while group_bytes > EVENT_BYTES {
        let end = journal_end(&disk);
        if end + group_bytes + ALMOST > 4 << 20 {
            group_bytes /= 2;
            continue;
        }
        let position = store.head().position;
        let group = filler(position, (group_bytes / EVENT_BYTES) as u64);
        store.append(position, group).unwrap();
    }
    drop(store);
    drop(session);
    // Plans count from here.
    disk.lock().revive();
    let made = disk.lock().clone();
    (made, scene)
}

fn journal_end(disk: &SharedDisk) -> usize {
    let disk = disk.lock();
    let bytes = disk.bytes_at("ledger/journal/000000").unwrap_or_default();
    let used = |block: &[u8]| block.iter().any(|byte| *byte != 0);
    (bytes.chunks(4_096).rposition(used).unwrap_or(0) + 1) * 4_096
}

/// How long an event of the filler is, at least.
const EVENT_BYTES: usize = 30_000;

/// Events of a kind that this program does not know and keeps unread: bytes are what is wanted here.
pub(crate) fn filler(position: u64, count: u64) -> Group {
    let event = |n: u64| {
        let seq = position + n;
        let text = serde_json::json!({
            "actor": {"id": "system:dealtrail", "known_by": "system"},
            "batch": {"count": count, "first": position},
            "command": format!("fill-{position}"),
            "data": {"words": "x".repeat(EVENT_BYTES)},
            "id": format!("01960000-0000-7000-8000-{seq:012}"),
            "kind": "brick_counted", "on": "2025-04-18", "recorded_at": "2025-04-18T06:00:00.000000Z",
            "seq": seq, "sources": [], "stream": STORE, "v": 1, "version": seq - 5,
        });
        Recorded::parse(text.to_string().into_bytes()).unwrap()
    };
    let record = CommandRecord {
        scope: Scope {
            actor: "system:dealtrail".to_owned(),
            key: format!("fill-{position}"),
        },
        digest: [0; 32],
        first_seq: position,
        count: count as u32,
        recorded_at: moment(START),
        warnings: Vec::new(),
    };
    Group {
        commands: vec![record],
        events: (0..count).map(event).collect(),
    }
}

/// The thing that the filler speaks of.
pub(crate) const STORE: &str = "agreement-00000000-0000-0000-0000-0000000000ff";

/// Notes that do not fit into what is left of the segment.
fn bulky() -> Vec<Intent> {
    let text = "brick ".repeat(2_500);
    (0..ALMOST / text.len() + 1)
        .map(|n| noted(agreement(1), &format!("{n} {}", text.trim_end())))
        .collect()
}

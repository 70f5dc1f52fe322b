//! What happens in a history, from a seed alone.

use std::collections::BTreeSet;

use dealtrail::deal::command::{Change, Command, Draft, Intent};
use dealtrail::deal::event::{Kind, Payload};
use dealtrail::deal::value::ids::{EventId, StreamId, StreamKind};
use dealtrail::deal::value::text::Text;
use uuid::Uuid;

use crate::decider::properties::{DATA, DAYS};
use crate::service::support::{agreement, by, noted, registered};

/// Agreements that are registered again and again, so that histories meet.
const AGREEMENTS: u64 = 5;
/// How many characters a long note has, and how many fill nearly a whole batch.
const LONG: (usize, usize) = (15_000, 60);

/// Numbers that look random and come out the same again (splitmix64).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// One thing that happens. Numbers choose among what there is when it happens, so that a history from which
/// steps were taken out is still one.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// A command nobody sent before: choices for each intent, and for what is expected.
    Send { number: u64, chosen: Vec<u64> },
    /// The same command as one before, or another one under its id.
    Again { which: u64, other_body: bool },
    /// Nearly a whole batch of long notes.
    Fill { number: u64 },
    /// The clock moves, in minutes; seldom back.
    Clock(i64),
    /// The ledger on disk is closed and opened, with or without its second copy.
    Reopen { without_sled: bool },
}

/// The history of a seed. One in four is long enough in bytes for another journal segment.
pub(crate) fn of_seed(seed: u64, steps: u64) -> Vec<Step> {
    let mut chance = Chance::new(seed);
    let filled = seed % 4 == 3;
    (0..steps)
        .map(|number| match chance.below(100) {
            _ if filled && number % 10 == 5 => Step::Fill { number },
            0..74 => Step::Send {
                number,
                chosen: (0..=chance.below(3)).map(|_| chance.next()).collect(),
            },
            74..84 => Step::Again {
                which: chance.next(),
                other_body: chance.below(3) == 0,
            },
            84..93 => Step::Clock(match chance.below(4) {
                0 => -(chance.below(90) as i64),
                1 => chance.below(600) as i64,
                _ => chance.below(20_000) as i64,
            }),
            _ => Step::Reopen {
                without_sled: chance.below(4) == 0,
            },
        })
        .collect()
}

/// What was recorded so far, to choose from.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) facts: Vec<EventId>,
    pub(crate) streams: BTreeSet<String>,
    pub(crate) versions: Vec<(StreamId, u64)>,
    pub(crate) sent: Vec<Command>,
}

impl Known {
    /// The command of a step, or `None` when the step sends none.
    pub(crate) fn command(&self, step: &Step) -> Option<Command> {
        match step {
            Step::Send { number, chosen } => Some(self.fresh(*number, chosen)),
            Step::Again { which, other_body } => {
                let at = (*which % self.sent.len().max(1) as u64) as usize;
                let mut command = self.sent.get(at)?.clone();
                if *other_body {
                    command.intents.push(noted(agreement(1), "something else"));
                }
                Some(command)
            }
            Step::Fill { number } => {
                let words = "kiln ".repeat(LONG.0 / 5);
                let notes = (0..LONG.1).map(|_| noted(agreement(1), words.trim_end()));
                let mut intents: Vec<Intent> = notes.collect();
                if self
                    .versions
                    .iter()
                    .all(|(stream, _)| *stream != agreement(1))
                {
                    intents.insert(0, registered(1));
                }
                Some(by("u:officer", &format!("c-{number}"), intents))
            }
            Step::Clock(_) | Step::Reopen { .. } => None,
        }
    }

    fn fresh(&self, number: u64, chosen: &[u64]) -> Command {
        let mut chance = Chance::new(chosen.first().copied().unwrap_or_default());
        let actor = ["u:officer", "u:reviewer"][chance.below(2)];
        let intents = chosen.iter().map(|seed| self.intent(*seed)).collect();
        let mut command = by(actor, &format!("c-{number}"), intents);
        if chance.below(6) == 0 {
            let at = chance.below(self.versions.len());
            let wrong = chance.below(3) as u64 / 2;
            command.expected = self
                .versions
                .get(at)
                .map(|(stream, version)| (*stream, version + wrong));
        }
        command
    }

    fn intent(&self, seed: u64) -> Intent {
        let mut chance = Chance::new(seed);
        let reason = Text::new("typing error").unwrap();
        let fact = self.fact(&mut chance);
        let sources = self.sources(&mut chance);
        match chance.below(22) {
            0..4 => registered(1 + chance.below(AGREEMENTS as usize) as u64),
            4 | 5 => Intent::Correct {
                fact,
                change: Change {
                    on: when(&mut chance),
                    data: (chance.below(2) == 0).then(|| self.payload(&mut chance)),
                    sources: (chance.below(2) == 0).then_some(sources),
                },
                reason,
            },
            6 => Intent::Retract { fact, reason },
            7 => Intent::Move {
                fact,
                to: stream(&mut chance),
                reason,
            },
            8 => Intent::Source { fact, sources },
            9 => Intent::Confirm {
                fact,
                version: None,
                sources,
                words: None,
            },
            _ => self.record(&mut chance, sources),
        }
    }

    fn record(
        &self,
        chance: &mut Chance,
        sources: Vec<dealtrail::deal::value::source::Source>,
    ) -> Intent {
        let payload = self.payload(chance);
        Intent::Record(Draft {
            stream: home(&payload, chance),
            payload,
            on: when(chance),
            sources,
        })
    }

    fn sources(&self, chance: &mut Chance) -> Vec<dealtrail::deal::value::source::Source> {
        let kinds = ["statement", "note", "document", "register", "site_visit"];
        let source = serde_json::json!([{"title": "The paper", "type": kinds[chance.below(5)], "number": "1"}]);
        match chance.below(2) {
            0 => Vec::new(),
            _ => serde_json::from_value(source).unwrap(),
        }
    }

    /// Some payload of some kind; ids in it may name anything recorded.
    fn payload(&self, chance: &mut Chance) -> Payload {
        let (kind, data) = match chance.below(3) {
            0 => DATA[chance.below(DATA.len())],
            _ => {
                let kind = Kind::ALL[chance.below(Kind::ALL.len())];
                (kind.as_str(), kind.example())
            }
        };
        let example = "0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b";
        let other = agreement(1 + chance.below(AGREEMENTS as usize) as u64);
        let data = data
            .replace(
                &format!("\"{example}\""),
                &format!("\"{}\"", self.fact(chance)),
            )
            .replace(&format!("agreement-{example}"), &other.to_string());
        Payload::decode_or_keep(kind, 1, &data)
    }

    /// An id of something recorded; now and then of nothing.
    fn fact(&self, chance: &mut Chance) -> EventId {
        let at = chance.below(self.facts.len() + 1);
        // Young facts come up most: amendments of amendments are where rules meet.
        let at = if chance.below(2) == 0 {
            at
        } else {
            at.max(self.facts.len().saturating_sub(4))
        };
        let nothing = EventId::new(Uuid::from_u128(0xff));
        self.facts.get(at).copied().unwrap_or(nothing)
    }
}

/// The stream a payload belongs to, mostly.
fn home(payload: &Payload, chance: &mut Chance) -> StreamId {
    let fits = match payload.kind_name().split('_').next() {
        Some("package") => StreamKind::Package,
        Some("occasion") => StreamKind::Occasion,
        Some("organization") => StreamKind::Organization,
        _ => StreamKind::Agreement,
    };
    match chance.below(12) {
        0 => stream(chance),
        _ if fits == StreamKind::Agreement => {
            agreement(1 + chance.below(AGREEMENTS as usize) as u64)
        }
        _ => StreamId::new(fits, Uuid::from_u128(1)),
    }
}

fn stream(chance: &mut Chance) -> StreamId {
    let number = 1 + chance.below(AGREEMENTS as usize) as u64;
    match chance.below(12) {
        0 => StreamId::new(StreamKind::Package, Uuid::from_u128(1)),
        1 => StreamId::new(StreamKind::Occasion, Uuid::from_u128(1)),
        2 => StreamId::new(StreamKind::Organization, Uuid::from_u128(1)),
        3 => StreamId::Ledger,
        _ => agreement(number),
    }
}

fn when(chance: &mut Chance) -> Option<dealtrail::deal::value::when::When> {
    let at = chance.below(DAYS.len() + 1);
    DAYS.get(at).map(|day| day.parse().unwrap())
}

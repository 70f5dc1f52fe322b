//! What happens in a history, from a seed alone.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use dealtrail::deal::command::{Change, Command, Draft, Intent};
use dealtrail::deal::event::{Kind, Payload, Role};
use dealtrail::deal::value::ids::{EventId, StreamId, StreamKind};
use dealtrail::deal::value::text::Text;
use uuid::Uuid;

use super::chance::Chance;
use super::draft;
use crate::service::support::{agreement, by, noted, registered};

/// How many characters a long note has, and how many fill nearly a whole batch.
const LONG: (usize, usize) = (15_000, 60);

/// Who sends: what one recorded the other may confirm.
pub(crate) const ACTORS: [&str; 2] = ["u:officer", "u:reviewer"];

/// Kinds that need a fact of their own stream, most by its id, and of which kinds.
const NAMES: [(Kind, &[Option<Kind>]); 6] = [
    (Kind::Resumed, &[Some(Kind::Suspended)]),
    (
        Kind::Reopened,
        &[Some(Kind::Terminated), Some(Kind::Completed)],
    ),
    (Kind::PromiseClosed, &[Some(Kind::PromiseMade)]),
    (Kind::ObstacleResolved, &[Some(Kind::ObstacleRaised)]),
    (Kind::ClaimPreferred, &[Some(Kind::ClaimStated)]),
    (
        Kind::MilestoneReversed,
        &[
            Some(Kind::Signed),
            Some(Kind::LandAllocated),
            Some(Kind::FinancialModelAgreed),
            Some(Kind::CompanyIncorporated),
            Some(Kind::MilestoneReached),
        ],
    ),
];

/// One thing that happens. Numbers choose among what there is when it happens, so that a history from which
/// steps were taken out is still one.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// A command nobody sent before: choices for each intent, and for what is expected.
    Send { number: u64, chosen: Vec<u64> },
    /// The same command as that of an earlier step, another one under its id, or the same under another id.
    Again { number: u64, twist: Twist },
    /// Nearly a whole batch of long notes.
    Fill { number: u64 },
    /// The clock moves, in minutes; seldom back.
    Clock(i64),
    /// The ledger on disk is closed and opened, with or without its second copy, and with the clock set back by so
    /// many minutes meanwhile.
    Reopen { without_sled: bool, back: i64 },
}

/// What is different when a command comes again.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Twist {
    Nothing,
    Body,
    Id(u64),
}

/// The history of a seed. One in sixteen is long enough in bytes for another journal segment; late, for those bytes
/// are read again at every comparison after, and with an opening on either side of what follows.
pub(crate) fn of_seed(seed: u64, steps: u64) -> Vec<Step> {
    let mut chance = Chance::new(seed);
    let filled = seed % 16 == 3;
    let fill = steps.saturating_sub(16)..steps.saturating_sub(11);
    (0..steps)
        .map(|number| match chance.below(100) {
            _ if filled && fill.contains(&number) => Step::Fill { number },
            _ if filled && number + 6 == steps => Step::Reopen {
                without_sled: seed % 32 == 3,
                back: 0,
            },
            0..74 => Step::Send {
                number,
                // All or nothing: of several intents one is easily refused.
                chosen: (0..[1, 1, 1, 2, 3][chance.below(5)])
                    .map(|_| chance.next())
                    .collect(),
            },
            74..84 => Step::Again {
                number: chance.next() % number.max(1),
                twist: [
                    Twist::Nothing,
                    Twist::Nothing,
                    Twist::Body,
                    Twist::Id(number),
                ][chance.below(4)],
            },
            84..93 => Step::Clock(match chance.below(4) {
                0 => -(chance.below(90) as i64),
                1 => chance.below(600) as i64,
                _ => chance.below(20_000) as i64,
            }),
            _ => Step::Reopen {
                without_sled: chance.below(4) == 0,
                back: [0, 0, 2, 70][chance.below(4)],
            },
        })
        .collect()
}

/// An event that was recorded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Learned {
    pub(crate) id: EventId,
    pub(crate) stream: StreamId,
    pub(crate) kind: Option<Kind>,
    pub(crate) own: bool,
}

/// What was recorded so far, to choose from.
pub(crate) struct Known {
    pub(crate) facts: Vec<Learned>,
    pub(crate) streams: BTreeSet<String>,
    pub(crate) versions: Vec<(StreamId, u64)>,
    pub(crate) sent: Vec<Command>,
    pub(crate) today: NaiveDate,
}

impl Known {
    /// Nothing recorded, on this day.
    pub(crate) fn nothing(today: NaiveDate) -> Self {
        Self {
            facts: Vec::new(),
            streams: BTreeSet::new(),
            versions: Vec::new(),
            sent: Vec::new(),
            today,
        }
    }

    fn has(&self, stream: StreamId) -> bool {
        self.versions.iter().any(|(other, _)| *other == stream)
    }

    /// The command of a step, or `None` when the step sends none.
    pub(crate) fn command(&self, step: &Step) -> Option<Command> {
        match step {
            Step::Send { number, chosen } => Some(self.fresh(*number, chosen)),
            Step::Again { number, twist } => {
                let name = format!("c-{number}");
                let earlier = |command: &&Command| command.id.as_str() == name;
                let mut command = self.sent.iter().find(earlier)?.clone();
                match twist {
                    Twist::Nothing => {}
                    Twist::Body => command.intents.push(noted(agreement(1), "something else")),
                    Twist::Id(new) => command.id = format!("c-{new}").parse().unwrap(),
                }
                Some(command)
            }
            Step::Fill { number } => {
                let words = "kiln ".repeat(LONG.0 / 5);
                let notes = (0..LONG.1).map(|_| noted(agreement(1), words.trim_end()));
                let mut intents: Vec<Intent> = notes.collect();
                if !self.has(agreement(1)) {
                    intents.insert(0, registered(1));
                }
                Some(by("u:officer", &format!("c-{number}"), intents))
            }
            Step::Clock(_) | Step::Reopen { .. } => None,
        }
    }

    fn fresh(&self, number: u64, chosen: &[u64]) -> Command {
        let mut chance = Chance::new(chosen.first().copied().unwrap_or_default());
        let actor = ACTORS[chance.below(2)];
        let intents = chosen
            .iter()
            .map(|seed| self.intent(*seed, actor))
            .collect();
        let mut command = by(actor, &format!("c-{number}"), intents);
        if chance.below(8) == 0 {
            let at = chance.below(self.versions.len());
            // Versions count from 0; what is expected is how many events there are.
            let wrong = chance.below(4) as u64 / 3;
            command.expected = self
                .versions
                .get(at)
                .map(|(stream, version)| (*stream, version + 1 + wrong));
        }
        command
    }

    fn intent(&self, seed: u64, actor: &str) -> Intent {
        let mut chance = Chance::new(seed);
        let reason = Text::new("typing error").unwrap();
        let sources = draft::sources(&mut chance);
        let can = |can: fn(Kind) -> bool| move |one: &Learned| one.kind.is_some_and(can);
        // A history begins with things to be about.
        let few = self.versions.len() < 4;
        match chance.below(24) {
            _ if few => self.beginning(&mut chance),
            0 | 1 => self.beginning(&mut chance),
            2..5 => {
                let fact = self.one(&mut chance, can(Kind::correctable));
                Intent::Correct {
                    change: self.change(&fact, &mut chance),
                    fact: fact.id,
                    reason,
                }
            }
            5 => Intent::Retract {
                // Of what is withdrawn as a whole nothing more can be told.
                fact: self.one(&mut chance, can(loose)).id,
                reason,
            },
            6 => Intent::Move {
                fact: self.one(&mut chance, can(Kind::movable)).id,
                to: draft::of_kind(StreamKind::Agreement, &mut chance),
                reason,
            },
            7 => Intent::Source {
                fact: self.one(&mut chance, |_| true).id,
                sources,
            },
            8 => {
                let own = actor == ACTORS[0];
                Intent::Confirm {
                    fact: self.one(&mut chance, |one| one.own != own).id,
                    version: None,
                    sources,
                    words: None,
                }
            }
            _ => {
                let new = |kind: Kind| self.facts.iter().all(|one| one.kind != Some(kind));
                let kind = draft::kind(&mut chance, new);
                // What another kind has to come before is preceded by it, mostly.
                let needed = NAMES.iter().find(|(needs, _)| *needs == kind);
                let first = needed.and_then(|(_, named)| named[0]);
                let lacking = needed.is_some_and(|(_, named)| {
                    !self.facts.iter().any(|one| named.contains(&one.kind))
                });
                let kind = match first {
                    Some(first) if lacking && chance.below(8) > 0 => first,
                    _ => kind,
                };
                let stream = self.home(kind, &mut chance);
                // What is not there yet is registered first, mostly.
                let there = self.has(stream) || kind.role() == Role::Registration;
                if !there && chance.below(8) > 0 {
                    return self.registration(stream, &mut chance);
                }
                Intent::Record(Draft {
                    stream,
                    payload: self.payload(kind, stream, &mut chance),
                    on: draft::when(kind, self.today, &mut chance),
                    sources,
                })
            }
        }
    }

    /// Registers something, mostly what is not registered yet.
    fn beginning(&self, chance: &mut Chance) -> Intent {
        let new = |stream: &StreamId| !self.has(*stream);
        let some: Vec<StreamId> = (0..6).map(|_| draft::stream(chance)).collect();
        let stream = some.iter().copied().find(new).unwrap_or(some[0]);
        self.registration(stream, chance)
    }

    fn registration(&self, stream: StreamId, chance: &mut Chance) -> Intent {
        let registers =
            |kind: &&Kind| kind.role() == Role::Registration && kind.stands_in(stream.kind());
        let Some(kind) = Kind::ALL.iter().find(registers) else {
            return noted(stream, "an entry of the ledger itself");
        };
        Intent::Record(Draft {
            stream,
            payload: self.payload(*kind, stream, chance),
            on: draft::when(*kind, self.today, chance),
            sources: Vec::new(),
        })
    }

    /// Where a kind stands: mostly a thing that is registered, seldom anything.
    fn home(&self, kind: Kind, chance: &mut Chance) -> StreamId {
        let any = draft::stream(chance);
        if chance.below(20) == 0 {
            return any;
        }
        let names = NAMES.iter().find(|(closes, _)| *closes == kind);
        let named = names.map(|(_, named)| self.young(chance, |one| named.contains(&one.kind)));
        if let Some(Some(one)) = named {
            return one.stream;
        }
        let fits: Vec<StreamId> = kind
            .streams()
            .iter()
            .map(|s| draft::of_kind(*s, chance))
            .collect();
        // The first sort it stands in is the one it is made for.
        let sort = if chance.below(3) == 0 {
            chance.below(fits.len())
        } else {
            0
        };
        let there = self.versions.iter().map(|(stream, _)| *stream);
        let mut there: Vec<StreamId> = there.filter(|s| s.kind() == fits[sort].kind()).collect();
        there.push(fits[sort]);
        let registering = kind.role() == Role::Registration;
        if registering {
            fits[sort]
        } else {
            there[chance.below(there.len())]
        }
    }

    fn change(&self, fact: &Learned, chance: &mut Chance) -> Change {
        let other = draft::kind(chance, |_| true);
        let odd = chance.below(8) == 0;
        let kind = fact.kind.filter(|_| !odd).unwrap_or(other);
        let data = (chance.below(2) == 0).then(|| self.payload(kind, fact.stream, chance));
        let on = (chance.below(2) == 0).then(|| draft::when(kind, self.today, chance));
        Change {
            on: on.flatten(),
            data,
            sources: (chance.below(2) == 0).then(|| draft::sources(chance)),
        }
    }

    /// Data of a kind for a stream; what they name was recorded there, mostly.
    fn payload(&self, kind: Kind, stream: StreamId, chance: &mut Chance) -> Payload {
        let data = draft::data(kind, stream, chance);
        let names = NAMES.iter().find(|(closes, _)| *closes == kind);
        let fits = |one: &Learned| {
            one.stream == stream && names.is_none_or(|(_, named)| named.contains(&one.kind))
        };
        let named = self.one(chance, fits).id.to_string();
        draft::payload(kind, &data.replace(draft::EXAMPLE_ID, &named))
    }

    /// Something recorded that fits; now and then anything, or nothing.
    fn one(&self, chance: &mut Chance, fits: impl Fn(&Learned) -> bool) -> Learned {
        let at = chance.below(self.facts.len() + 1);
        let any = self.facts.get(at).copied();
        let nothing = Learned {
            id: EventId::new(Uuid::from_u128(0xff)),
            stream: agreement(1),
            kind: None,
            own: false,
        };
        match chance.below(12) {
            0 => any,
            _ => self.young(chance, fits).or(any),
        }
        .unwrap_or(nothing)
    }

    /// One of what fits. Young ones come up most: amendments of amendments are where rules meet.
    fn young(&self, chance: &mut Chance, fits: impl Fn(&Learned) -> bool) -> Option<Learned> {
        let fitting: Vec<&Learned> = self.facts.iter().filter(|one| fits(one)).collect();
        let from = match chance.below(3) {
            0 => 0,
            _ => fitting.len().saturating_sub(4),
        };
        let at = from + chance.below(fitting.len() - from);
        fitting.get(at).map(|one| **one)
    }
}

/// May be retracted and is no registration.
fn loose(kind: Kind) -> bool {
    kind.retractable() && kind.role() != Role::Registration
}

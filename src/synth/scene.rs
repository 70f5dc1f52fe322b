//! What the whole portfolio shares while it is made: chance, time, positions, numbers, and who and what there is to
//! name.

use std::collections::VecDeque;

use chrono::{DateTime, Datelike, Utc};
use uuid::Uuid;

use super::calendar::{self, SECOND};
use super::chance::Dice;
use super::made::{LANGS, country, party, reference};
use super::remarks::{About, remark};
use super::sheet::{EventIds, Sheet};
use super::sources::{numbered_source, source};
use super::tales::COUNTRIES;
use crate::deal::command::Command;
use crate::deal::value::ids::{Actor, ActorId, CommandId, KnownBy, Ref, StreamId, StreamKind};
use crate::deal::value::known::Known;
use crate::deal::value::party::Party;
use crate::deal::value::source::Source;

/// The officers of the agency, by opaque id.
const OFFICERS: [&str; 12] = [
    "u:0a41", "u:1b52", "u:2c63", "u:3d74", "u:4e85", "u:5f96", "u:60a7", "u:71b8", "u:82c9",
    "u:93da", "u:a4eb", "u:b5fc",
];

/// How many things of a kind are remembered to be named again.
const REMEMBERED: usize = 48;

/// Every so many events one is a correction: a little more often than the promised twentieth.
const CORRECTED_EVERY: u64 = 14;

/// A command of the portfolio and the moment at which it is recorded.
#[derive(Debug, Clone)]
pub struct Timed {
    /// The moment.
    pub at: DateTime<Utc>,
    /// The command.
    pub command: Command,
    /// How many events come of it.
    pub events: u64,
}

/// Things that stand and can be named, the latest ones.
#[derive(Default)]
pub(super) struct Pool(VecDeque<StreamId>);

impl Pool {
    /// Remembers a thing.
    pub(super) fn add(&mut self, stream: StreamId) {
        if self.0.len() >= REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(stream);
    }

    /// One of them other than `but`.
    pub(super) fn any(&self, but: StreamId, dice: &mut Dice) -> Option<StreamId> {
        let at = dice.place(self.0.len());
        self.0.get(at).copied().filter(|stream| *stream != but)
    }
}

/// What the whole portfolio shares.
pub(super) struct Scene {
    pub(super) dice: Dice,
    /// Companies and bodies.
    pub(super) organizations: Pool,
    /// Forums.
    pub(super) occasions: Pool,
    /// Documents between bodies.
    pub(super) frameworks: Pool,
    /// Investment deals.
    pub(super) deals: Pool,
    ids: EventIds,
    office: u64,
    position: u64,
    corrections: u64,
    numbers: u64,
    references: [u64; 4],
    ready: VecDeque<Timed>,
}

impl Scene {
    /// The scene when the ledger has been opened with so many events.
    pub(super) fn new(seed: u64, ids: EventIds, position: u64) -> Self {
        Self {
            dice: Dice::new(seed),
            organizations: Pool::default(),
            occasions: Pool::default(),
            frameworks: Pool::default(),
            deals: Pool::default(),
            ids,
            office: 0,
            position,
            corrections: 0,
            numbers: 0,
            references: [0; 4],
            ready: VecDeque::new(),
        }
    }

    /// The next command that is ready.
    pub(super) fn next_ready(&mut self) -> Option<Timed> {
        self.ready.pop_front()
    }

    /// An empty command, no earlier than the one before, by some officer, in some language, with some sources.
    pub(super) fn sheet(&mut self, due: u64, most: u64) -> Sheet {
        let later = self.office.saturating_add(self.dice.between(1, SECOND));
        self.office = due.max(later);
        let at = calendar::moment(self.office);
        let today = calendar::day(at);
        let mut sheet = Sheet::new(at, today, self.ids.clone(), self.position).with_room(most);
        sheet.officer = self.dice.place(OFFICERS.len());
        sheet.lang = self.dice.weighted(&[(30, 0), (35, 1), (18, 2), (17, 3)]);
        sheet.sources = match self.dice.below(100) {
            0..=5 => Vec::new(),
            6..=84 => vec![self.a_source(&sheet)],
            _ => vec![self.a_source(&sheet), self.a_source(&sheet)],
        };
        sheet
    }

    /// The office time of the last command.
    pub(super) fn office(&self) -> u64 {
        self.office
    }

    /// Hands in a command, and says how many events it has. An empty one is not handed in.
    pub(super) fn hand_in(&mut self, sheet: Sheet) -> u64 {
        let (at, events) = (sheet.at, sheet.events());
        if events == 0 {
            return 0;
        }
        self.position = self.position.saturating_add(events);
        self.corrections = self.corrections.saturating_add(sheet.corrections());
        let command = Command {
            id: CommandId::from(self.uuid(at)),
            actor: Actor {
                id: officer(sheet.officer),
                known_by: KnownBy::LocalClaim,
            },
            intents: sheet.into_intents(),
            expected: None,
        };
        self.ready.push_back(Timed {
            at,
            command,
            events,
        });
        events
    }

    /// Whether there are too few corrections so far.
    pub(super) fn owes_a_correction(&self) -> bool {
        self.corrections.saturating_mul(CORRECTED_EVERY) < self.position
    }

    /// A number that was not used before.
    pub(super) fn number(&mut self) -> u64 {
        self.numbers = self.numbers.saturating_add(1);
        self.numbers
    }

    /// A new thing and its reference, numbered through.
    pub(super) fn new_thing(&mut self, kind: StreamKind, at: DateTime<Utc>) -> (StreamId, Ref) {
        let prefix = kind.ref_prefix().unwrap_or("AG");
        let slot = match kind {
            StreamKind::Package => 1,
            StreamKind::Occasion => 2,
            StreamKind::Organization => 3,
            StreamKind::Agreement | StreamKind::Ledger => 0,
        };
        let mut number = 1;
        if let Some(count) = self.references.get_mut(slot) {
            *count = count.saturating_add(1);
            number = *count;
        }
        let year = calendar::day(at).year();
        let reference = reference(format!("{prefix}-{year}-{number:03}"));
        (StreamId::new(kind, self.uuid(at)), reference)
    }

    /// A source read on the day of the sheet.
    pub(super) fn a_source(&mut self, sheet: &Sheet) -> Source {
        let number = self.number();
        source(sheet.today, sheet.lang, number, &mut self.dice)
    }

    /// A source that no other fact has.
    pub(super) fn a_new_source(&mut self, sheet: &Sheet) -> Source {
        let number = self.number();
        numbered_source(sheet.today, sheet.lang, number, &mut self.dice)
    }

    /// A party: the organisation, or one not named in the source.
    pub(super) fn a_party(
        &mut self,
        organization: Option<StreamId>,
        role: &str,
        lang: usize,
    ) -> Party {
        let words = match organization {
            Some(_) => None,
            None => Some(remark(About::Unnamed, lang, &mut self.dice)),
        };
        let country = match (organization, self.dice.below(10)) {
            (Some(_), _) | (None, 0..=3) => None,
            (None, 4) => Some(Known::Unknown),
            _ => Some(country(self.dice.pick(&COUNTRIES))),
        };
        party(organization, words, country, role)
    }

    /// In which languages a name is given: one bit a language.
    pub(super) fn spoken(&mut self) -> u64 {
        let all = (1 << LANGS.len()) - 1;
        match self.dice.below(10) {
            0..=2 => all,
            _ => self.dice.below(all),
        }
    }

    fn uuid(&mut self, at: DateTime<Utc>) -> Uuid {
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
        let random = self.dice.ten_bytes();
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

/// The id of an officer.
pub(super) fn officer(number: usize) -> ActorId {
    let [first, ..] = OFFICERS;
    let id = OFFICERS.get(number).copied().unwrap_or(first);
    // PANIC: the ids above are well formed; a test reads each.
    ActorId::try_from(id.to_owned()).expect("an officer's id")
}

/// Another officer than this one.
pub(super) fn colleague(number: usize) -> usize {
    number.saturating_add(1) % OFFICERS.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_officer_has_an_id_and_a_colleague() {
        for (number, id) in OFFICERS.iter().enumerate() {
            assert_eq!(officer(number).as_str(), *id);
            assert_ne!(officer(number), officer(colleague(number)));
        }
    }
}

//! The first words of a ledger, and what it says of itself when it was repaired.

use std::path::Path;

use super::ambient::{Ambient, NoRandomness, Purpose};
use super::open_error::LedgerError;
use super::restored::RestoreMark;
use super::writer::{Pending, Writer};
use crate::deal::command::{Command, Draft, Intent};
use crate::deal::event::Payload;
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::ledger_opened::LedgerOpened;
use crate::deal::event::ledger_repaired::LedgerRepaired;
use crate::deal::event::policy_set::PolicySet;
use crate::deal::event::track_defined::TrackDefined;
use crate::deal::policy::Policy;
use crate::deal::track::Track;
use crate::deal::value::ids::{Actor, ActorId, CommandId, KnownBy, StreamId};
use crate::deal::value::origin::Origin;
use crate::deal::value::text::{Lang, Names};
use crate::deal::value::zone::Zone;
use crate::store::journal::disk::Disk;
use crate::store::ledger_file::{LedgerFile, LedgerFileError};
use crate::store::open::OpenError;

/// What a new ledger is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Init {
    /// The ledger's name in checkpoints.
    pub origin: Origin,
    /// The agency's name, by language.
    pub agency: Names,
    /// The zone in which a moment becomes a civil day.
    pub zone: Zone,
    /// The languages the agency works in, the preferred one first.
    pub languages: Vec<Lang>,
    /// Whether its clock may be set by hand; its times prove nothing then.
    pub demonstration: bool,
}

/// The program itself, as an actor.
#[must_use]
pub fn system() -> Actor {
    let id = "system:dealtrail".parse::<ActorId>();
    Actor {
        // PANIC: a fixed text of the right form; a test reads it.
        id: id.expect("an actor's id"),
        known_by: KnownBy::System,
    }
}

/// The file of a new ledger.
pub(super) fn new_file(
    init: &Init,
    ambient: &Ambient,
    segment_bytes: u64,
) -> Result<LedgerFile, NoRandomness> {
    let created = ambient.clock.now();
    Ok(LedgerFile {
        id: ambient.ids.draw(Purpose::Stream, created, 0, 0),
        origin: init.origin.as_str().to_owned(),
        segment_bytes,
        created,
        secret: ambient.ids.secret()?,
    })
}

/// Whether the directory holds a ledger of the same origin, which may have been begun and not finished.
pub(super) fn unfinished(dir: &Path, init: &Init, disk: &dyn Disk) -> Option<()> {
    let file = LedgerFile::read(disk, dir).ok()?;
    (file.origin == init.origin.as_str()).then_some(())
}

pub(super) fn never_opened(dir: Option<&Path>) -> LedgerError {
    let name = dir.map_or_else(|| "this".to_owned(), |dir| dir.display().to_string());
    LedgerError::NeverOpened(name)
}

/// Records the opening: what the ledger is, its tracks and its policy, in one batch.
pub(super) fn record(writer: &Writer, init: Init) -> Result<(), LedgerError> {
    let track = |class| {
        Payload::from(TrackDefined {
            track: Track::built_in(class),
        })
    };
    let opened = LedgerOpened {
        origin: init.origin,
        agency: init.agency,
        zone: init.zone,
        languages: init.languages,
        demonstration: init.demonstration,
    };
    let payloads = [
        Payload::from(opened),
        track(Class::Practical),
        track(Class::Institutional),
        Payload::from(PolicySet {
            policy: Policy::built_in(),
        }),
    ];
    // PANIC: a fixed text of the right form; a test reads it.
    let id = "init".parse().expect("a command id");
    let command = own(id, payloads);
    let outcome = writer.submit(command).and_then(Pending::wait);
    outcome.map(drop).map_err(LedgerError::Opening)
}

/// A command of the program itself, on the ledger's own stream.
fn own(id: CommandId, payloads: impl IntoIterator<Item = Payload>) -> Command {
    let draft = |payload| {
        Intent::Record(Draft {
            stream: StreamId::Ledger,
            payload,
            on: None,
            sources: Vec::new(),
        })
    };
    Command {
        id,
        actor: system(),
        intents: payloads.into_iter().map(draft).collect(),
        expected: None,
    }
}

/// The file `LEDGER` is of another ledger than the journal beside it.
pub(super) fn other_origin(file: &str, journal: &str) -> LedgerError {
    LedgerError::Open(OpenError::Ledger(LedgerFileError::Damaged(format!(
        "it names {file}, and the journal beside it is of {journal}"
    ))))
}

/// Records that the ledger was restored, when its directory says so, and takes that mark away.
pub(super) fn note_restored(writer: &Writer, dir: &Path, disk: &dyn Disk) {
    let Some(mark) = RestoreMark::read(disk, dir) else {
        return;
    };
    let Some((id, what)) = mark.command() else {
        return;
    };
    let command = own(id, [Payload::from(what)]);
    let recorded = writer.submit(command).and_then(Pending::wait);
    match recorded.map(|_| RestoreMark::remove(disk, dir)) {
        Ok(Ok(())) => {}
        // The mark stays, and the next opening tries again.
        Ok(Err(error)) => tracing::warn!(%error, "the mark of the restore could not be removed"),
        Err(error) => tracing::warn!(%error, "the restore of the ledger could not be recorded"),
    }
}

/// The command that records a repair.
pub(super) fn repaired(id: CommandId, what: LedgerRepaired) -> Command {
    own(id, [Payload::from(what)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_own_names_are_well_formed() {
        assert_eq!(system().id.as_str(), "system:dealtrail");
        assert!("init".parse::<CommandId>().is_ok());
    }
}

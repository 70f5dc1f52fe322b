//! Decisions: what may be recorded.
//!
//! [`decide`] takes a command, a moment and the world as it stands, and answers with the events to
//! append, with nothing to do, or with a refusal that says what to do instead. It is pure: time and
//! ids are handed in, the world is only read, and the same command on the same world gives the same
//! decision. The intents of one command are decided in turn, each on the state the ones before
//! leave behind; what must be unique is checked on the state that results from all of them.

use super::command::{Command, Intent};
use super::decision::{DecideError, Decision, Moment, World};
use super::refusal::{Other, Reason, Refusal};
use super::value::ids::EventId;

use self::amend::Confirming;
use self::head::{Head, Step};

mod admit;
mod amend;
mod figures;
mod findings;
mod follow_up;
mod head;
mod holding;
mod ledger_kinds;
mod milestones;
mod near;
mod packages;
mod reading;
mod record;
mod registrations;
mod rules;
mod situation;
mod status;
mod targets;
mod warn;

/// Decides a command.
///
/// # Errors
/// When a rule refuses it, or the world cannot be read.
pub fn decide<W: World>(
    command: &Command,
    moment: &Moment,
    ids: &mut dyn Iterator<Item = EventId>,
    world: &W,
) -> Result<Decision, DecideError<W::Error>> {
    let mut head = Head::new(command, moment, ids, world)?;
    expected(&mut head, command)?;
    for (order, intent) in command.intents.iter().enumerate() {
        head.turn_to(order);
        one(&mut head, intent).map_err(|error| naming(error, order))?;
    }
    holding::check(&mut head)?;
    let warnings = warn::warnings(&mut head)?;
    Ok(Decision {
        events: head.into_decided(),
        warnings,
    })
}

/// Each intent and the rules it is held against. The rules of each kind stand in `decide/rules.rs`.
fn one<W: World>(head: &mut Head<'_, W>, intent: &Intent) -> Step<(), W> {
    match intent {
        Intent::Record(draft) => record::record(head, draft),
        Intent::Correct {
            fact,
            change,
            reason,
        } => amend::correct(head, None, *fact, change, reason),
        Intent::Retract { fact, reason } => amend::retract(head, None, *fact, reason),
        Intent::Move { fact, to, reason } => amend::relocate(head, *fact, *to, reason),
        Intent::Source { fact, sources } => amend::source(head, None, *fact, sources),
        Intent::Confirm {
            fact,
            version,
            sources,
            words,
        } => {
            let given = Confirming {
                version: *version,
                sources,
                words: words.as_ref(),
            };
            amend::confirm(head, None, *fact, given)
        }
    }
}

/// Whoever decided by reading a stream must have read its last version.
fn expected<W: World>(head: &mut Head<'_, W>, command: &Command) -> Step<(), W> {
    let Some((stream, expected)) = command.expected else {
        return Ok(());
    };
    let book = head.book(stream)?;
    let version = book.as_ref().map_or(0, |book| book.version);
    if version == expected {
        return Ok(());
    }
    let called = book.map_or_else(|| stream.to_string(), |book| reading::called(&book));
    let mut refusal = Refusal::new(
        Reason::StaleVersion,
        format!("{called} is at version {version}, and {expected} was expected"),
        "read it again and decide on what it says now",
    )
    .other(Other {
        stream: Some(stream),
        ..Other::default()
    });
    refusal.version = Some(version);
    Err(refusal.into())
}

fn naming<E>(error: DecideError<E>, intent: usize) -> DecideError<E> {
    match error {
        DecideError::Refused(mut refusal) => {
            refusal.intent = Some(intent);
            DecideError::Refused(refusal)
        }
        world => world,
    }
}

//! Errors of the service as the person at the terminal hears them.

use super::failure::{Exit, Failure};
use crate::deal::refusal::Refusal;
use crate::service::answer::{CommandError, ErrorClass};
use crate::service::backup::error::BackupError;
use crate::service::certificate::CertifyError;
use crate::service::evidence::error::EvidenceError;
use crate::service::find::FindError;
use crate::service::follow::NotReady;
use crate::service::open_error::LedgerError;
use crate::service::publish_error::PublishError;
use crate::service::query::choice::ChoiceError;
use crate::service::rebuild::RebuildError;

/// What to do about a thing that was not found.
pub(super) const HINT_THING: &str = "`dealtrail list agreements` shows what is registered";
/// What to do about a fact that was not found.
pub(super) const HINT_FACT: &str =
    "`dealtrail history REF` shows the entries of a thing with their positions";

/// A failure for what was not found, with the near references.
pub(super) fn not_found(error: FindError) -> Failure {
    let sentence = error.to_string();
    match error {
        FindError::UnknownRef { near, .. } => {
            let near: Vec<String> = near.iter().map(ToString::to_string).collect();
            let failure = Failure::refused("not_found", sentence).with("near", near);
            failure.hint(HINT_THING)
        }
        FindError::UnknownFact(_) | FindError::BeyondHead { .. } => {
            Failure::refused("unknown_fact", sentence).hint(HINT_FACT)
        }
        FindError::OtherKind { .. } | FindError::NoMoment(_) => {
            Failure::refused("malformed", sentence)
        }
    }
}

/// A ledger that cannot be opened or asked.
pub(super) fn of_ledger(error: &LedgerError) -> Failure {
    let failure = match error.is_refusal() {
        true => Failure::refused("refused", error.to_string()),
        false => Failure::broken("ledger", error.to_string()),
    };
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// Damage that no copy could mend yet. `readable` is how many entries stand before it, when a reader asks.
pub(super) fn of_damage(damage: &str, readable: Option<u64>) -> Failure {
    let failure = Failure::broken("damaged", damage).with("readable", readable);
    failure.hint(match readable {
        Some(readable) => format!(
            "nothing was changed; opening the ledger for recording (a note will do) restores what its second copy \
             holds, and --known-at {readable} asks what stands before the damage"
        ),
        None => "nothing was recorded and the damaged bytes stay as they are: the second copy could not mend them, so \
                 go on from a copy of the directory made before the damage"
            .to_owned(),
    })
}

/// Read models that cannot be asked.
pub(super) fn of_models(error: &NotReady) -> Failure {
    Failure::broken("not_ready", error.to_string())
        .hint("`dealtrail replay` reads everything and names what is wrong")
}

/// A command that was not carried out.
pub(super) fn of_command(error: &CommandError) -> Failure {
    let exit = match error.class() {
        ErrorClass::Unavailable | ErrorClass::NoSpace => Exit::Broken,
        _ => Exit::Refused,
    };
    let mut failure = Failure {
        exit,
        ..Failure::refused(error.code(), error.to_string())
    };
    let hint = error.hint();
    if !hint.is_empty() {
        failure = failure.hint(hint);
    }
    match error {
        CommandError::Refused(refusal) => of_refusal(failure, refusal),
        _ => failure,
    }
}

fn of_refusal(failure: Failure, refusal: &Refusal) -> Failure {
    let mut failure = failure;
    if let Some(field) = refusal.field {
        failure = failure.with("field", field);
    }
    if let Some(version) = refusal.version {
        failure = failure.with("current", version);
    }
    if let Some(other) = &refusal.other {
        if let Some(reference) = &other.reference {
            failure = failure.with("other_ref", reference.to_string());
        }
        if let Some(stream) = &other.stream {
            failure = failure.with("other_stream", stream.to_string());
        }
        if let Some(event) = &other.event {
            failure = failure.with("other_event", event.to_string());
        }
    }
    failure
}

/// A file that could not be stored.
pub(super) fn of_evidence(error: &EvidenceError) -> Failure {
    Failure::broken("evidence", error.to_string())
        .hint("nothing was recorded; check that the file can be read and the disk has room")
}

/// A backup that was not taken, not proved, or not restored.
pub(super) fn of_backup(error: &BackupError) -> Failure {
    let failure = match error.is_refusal() {
        true => Failure::refused("refused", error.to_string()),
        false => Failure::broken("backup", error.to_string()),
    };
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// Read models that were not made anew.
pub(super) fn of_rebuild(error: &RebuildError) -> Failure {
    let code = match error {
        RebuildError::Ledger(error) => return of_ledger(error),
        RebuildError::NotReady(error) => return of_models(error),
        RebuildError::Damaged(_) => "damaged",
        RebuildError::NoRoom { .. } => "no_space",
        RebuildError::Write(_) => "snapshot",
    };
    let failure = Failure::broken(code, error.to_string());
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// A report that was not given.
pub(super) fn of_report(error: &PublishError) -> Failure {
    match error {
        PublishError::Ledger(error) => of_ledger(error),
        PublishError::Command(error) => of_command(error),
        PublishError::NotKept { .. } => Failure::broken("report", error.to_string())
            .hint("check that the disk has room and may be written to; nothing was recorded"),
        PublishError::DocumentGone(_) => Failure::broken("report", error.to_string()),
        PublishError::Incomplete(_) => Failure::refused("incomplete", error.to_string())
            .hint("use a release that can read every entry; the report itself can be printed"),
        PublishError::NoIssue { .. }
        | PublishError::UnknownNumber(_)
        | PublishError::FollowsNothing(_)
        | PublishError::NoPlace => Failure::refused("report", error.to_string()),
        PublishError::Report(_)
        | PublishError::Export(_)
        | PublishError::Language(_)
        | PublishError::Bytes(_)
        | PublishError::NotStorable(_) => Failure::refused("report", error.to_string())
            .hint("`dealtrail report --help` tells what can be asked"),
    }
}

/// A list that was not given.
pub(super) fn of_choice(error: ChoiceError) -> Failure {
    let (sentence, field) = (error.to_string(), error.field());
    let failure =
        Failure::refused("no_such_filter", format!("{field}: {sentence}")).with("field", field);
    match error {
        ChoiceError::Find(error) => not_found(error),
        ChoiceError::NoSuchWord { allowed, .. } => failure.with("allowed", allowed),
        ChoiceError::NotBy { allowed, .. } => failure.with("allowed", allowed),
        ChoiceError::Malformed(..) => failure.with("allowed", Vec::<String>::new()),
    }
    .hint_unless(format!("change `{field}` or leave it out"))
}

/// A certificate that was not made.
pub(super) fn of_certificate(error: &CertifyError) -> Failure {
    let failure = match error.is_refusal() {
        true => Failure::refused("certificate", error.to_string()),
        false => Failure::broken("certificate", error.to_string()),
    };
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

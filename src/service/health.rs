//! Whether a service can do its work, and why not.

use std::time::Duration;

use super::follow::Health;
use super::ledger::Ledger;
use super::self_audit::Audited;
use super::stall::Stall;
use crate::store::event_store::Finding;

/// Something that keeps a service from doing its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Its code: one of [`CODES`].
    pub code: &'static str,
    /// What it is.
    pub sentence: String,
    /// What to do.
    pub hint: &'static str,
}

/// Recording has ended in this process: a sync failed.
pub const STOPPED: &str = "stopped";
/// There is no space to record.
pub const NO_SPACE: &str = "no_space";
/// The journal is damaged where no copy could mend it.
pub const DAMAGED: &str = "damaged";
/// The read models gave up.
pub const MODELS_FAILED: &str = "read_models_failed";
/// The read models stand still although there is more to take in.
pub const MODELS_STALLED: &str = "read_models_stalled";
/// The read models still take in what was there when the service started.
pub const MODELS_BEHIND: &str = "read_models_behind";
/// The read models are not what the ledger says.
pub const MODELS_DIFFER: &str = "read_models_differ";
/// The ledger does not say how it is.
pub const STUCK: &str = "stuck";
/// The access log is not taken by its disk, and what would have to be logged is refused.
pub const ACCESS_LOG: &str = "access_log";
/// The service ends.
pub const ENDING: &str = "ending";

/// Every code of a trouble.
pub const CODES: &[&str] = &[
    STOPPED,
    NO_SPACE,
    DAMAGED,
    MODELS_FAILED,
    MODELS_STALLED,
    MODELS_BEHIND,
    MODELS_DIFFER,
    STUCK,
    ACCESS_LOG,
    ENDING,
];

/// How long the disk may take to make commands durable; a disk that is well takes milliseconds.
const SLOWEST: Duration = Duration::from_secs(5);

/// How many events read models may be behind and the service be ready all the same.
const BEHIND: u64 = 10_000;

/// What keeps a ledger from being recorded in or asked.
#[must_use]
pub fn troubles(ledger: &Ledger, stall: &Stall, audited: Option<&Audited>) -> Vec<Trouble> {
    let mut troubles = of_store(ledger);
    let follow = ledger.follow_status();
    let at = |code, sentence, hint| Trouble {
        code,
        sentence,
        hint,
    };
    let stalled = stall.is_stalled(&follow) || audited.is_some_and(|audited| audited.stalled);
    let restart =
        "start the service again; when that does not help, `dealtrail replay` names what is wrong";
    if follow.health == Health::Failed {
        let why = follow.last_error.clone().unwrap_or_default();
        let sentence = format!(
            "the read models stopped at position {}: {why}",
            follow.position
        );
        troubles.push(at(MODELS_FAILED, sentence, restart));
    } else if stalled {
        let sentence = format!(
            "the read models stand still at position {} and are {} events behind",
            follow.position, follow.lag
        );
        troubles.push(at(MODELS_STALLED, sentence, restart));
    } else if follow.lag > BEHIND {
        let sentence = format!(
            "the read models are at position {}, {} events behind",
            follow.position, follow.lag
        );
        troubles.push(at(MODELS_BEHIND, sentence, "try again in a moment"));
    }
    if let Some(departure) = audited.and_then(|audited| audited.departure.as_ref()) {
        let sentence = format!(
            "the read models differ from the ledger from position {} on: {}",
            departure.position, departure.what
        );
        let hint = "run `dealtrail rebuild` on the ledger's directory, which folds everything afresh beside the service, and \
                    start the service again";
        troubles.push(at(MODELS_DIFFER, sentence, hint));
    }
    troubles
}

/// A disk that has had what is being recorded for too long. It is asked of nothing that waits for the disk itself.
#[must_use]
pub fn held_up(ledger: &Ledger) -> Option<Trouble> {
    let long = ledger.figures()?.under_way()?;
    (long >= SLOWEST).then(|| Trouble {
        code: STUCK,
        sentence: format!(
            "the disk has not made what is being recorded durable for {} seconds",
            long.as_secs()
        ),
        hint: "check the disk; what was acknowledged is safe, and reading goes on",
    })
}

fn of_store(ledger: &Ledger) -> Vec<Trouble> {
    let store = ledger.store_info();
    let mut troubles: Vec<Trouble> = held_up(ledger).into_iter().collect();
    let damage = |finding: &Finding| matches!(finding, Finding::Damage { .. });
    let found = store.findings.iter().any(damage);
    if let Some(damage) = store.damage.or_else(|| found.then(|| ledger.damage())?) {
        troubles.push(Trouble {
            code: DAMAGED,
            sentence: format!("the journal is damaged, and nothing is recorded: {damage}"),
            hint: "`dealtrail doctor` examines everything; go on from the mirror or a backup",
        });
    } else if let Some(reason) = store.stopped {
        troubles.push(Trouble {
            code: STOPPED,
            sentence: format!("the ledger has stopped recording: {reason}"),
            hint: "reading goes on; check the disk and start the service again",
        });
    } else if ledger
        .figures()
        .is_some_and(|figures| figures.has_no_space())
    {
        troubles.push(Trouble {
            code: NO_SPACE,
            sentence: "there is no space left for the ledger".to_owned(),
            hint: "free some space on its disk: recording resumes by itself, and reading goes on",
        });
    }
    troubles
}

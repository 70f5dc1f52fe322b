//! Why a ledger cannot be opened or asked.

use std::io;

use super::ambient::NoRandomness;
use super::answer::CommandError;
use super::checkpoint::held::Departure;
use super::find::FindError;
use super::follow::NotReady;
use super::history::HistoryError;
use super::writer::StartError;
use crate::codec::decoder::DecodeError;
use crate::store::event_store::ReadError;
use crate::store::ledger_file::LedgerFileError;
use crate::store::lock::LockError;
use crate::store::open::OpenError;

/// Why a ledger cannot be opened or asked.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The store cannot be made or opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It was made, and its opening was never recorded.
    #[error(
        "{0} was made as a ledger, but its opening was never recorded: run the command that made it again"
    )]
    NeverOpened(String),
    /// A clock was set by hand.
    #[error("only a demonstration ledger takes a clock set by hand: leave `--clock` out")]
    ClockNotAllowed,
    /// The opening was refused.
    #[error("the ledger's opening could not be recorded: {0}")]
    Opening(CommandError),
    /// Its stored events cannot be read.
    #[error(transparent)]
    Unreadable(ReadError),
    /// An event cannot be placed.
    #[error(transparent)]
    Event(#[from] DecodeError),
    /// The writer cannot be started.
    #[error(transparent)]
    Writer(#[from] StartError),
    /// The system gives no thread.
    #[error("the system gives no thread for the read models: {0}")]
    Thread(std::io::Error),
    /// The system gives no random bytes.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The read models cannot be asked.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    /// Something named was not found.
    #[error(transparent)]
    Find(#[from] FindError),
    /// The events of the past cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The ledger is not what it signed.
    #[error(transparent)]
    Departs(#[from] Departure),
}

/// What to do about what the system says.
pub(super) fn of_system(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Some("free some space on its disk and try again; what is recorded is safe")
        }
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Some(
            "this place cannot be written: `show`, `report`, `replay` and `doctor` work; mount it for writing, or ask \
             for the right to, before recording",
        ),
        io::ErrorKind::NotFound => None,
        _ => Some(
            "check the disk; when it does not come back, go on from the mirror (`--data MIRROR`) or a backup \
             (`dealtrail restore`)",
        ),
    }
}

impl LedgerError {
    /// Whether asking otherwise helps, as against a ledger that is damaged or cannot be used at all.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::ClockNotAllowed | Self::Find(_) | Self::Departs(_) => true,
            Self::Open(OpenError::Mirror(error)) => error.is_refusal(),
            Self::Open(error) => matches!(error, OpenError::NotEmpty(_) | OpenError::SegmentBytes),
            _ => false,
        }
    }

    /// What to do next, where the sentence itself does not say it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Open(OpenError::Lock(LockError::Held { .. })) => {
                Some("reading works beside it: `list`, `show`, `history`, `report` and `replay`")
            }
            Self::Open(OpenError::Mirror(error)) => error.hint(),
            Self::Open(
                OpenError::Io { error, .. }
                | OpenError::Lock(LockError::Io { error, .. })
                | OpenError::Ledger(LedgerFileError::Io(error)),
            ) => of_system(error),
            Self::Open(OpenError::Ledger(LedgerFileError::NotALedger(_))) => {
                Some("`dealtrail init` makes a ledger, `dealtrail demo` a demonstration")
            }
            Self::Departs(departure) => Some(departure.hint()),
            Self::Unreadable(_) | Self::History(_) => {
                Some("`dealtrail replay` reads everything and names the damage; it changes nothing")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_comes_with_what_to_do() {
        let cases = [
            (28, Some("free some space")),
            (30, Some("cannot be written")),
            (13, Some("cannot be written")),
            (5, Some("check the disk")),
            (2, None),
        ];
        for (code, wanted) in cases {
            let system = || io::Error::from_raw_os_error(code);
            let dir = "ledger".to_owned();
            let errors = [
                OpenError::Io {
                    dir: dir.clone(),
                    error: system(),
                },
                OpenError::Lock(LockError::Io {
                    dir,
                    error: system(),
                }),
                OpenError::Ledger(LedgerFileError::Io(system())),
            ];
            for error in errors {
                let hint = LedgerError::Open(error).hint();
                assert_eq!(
                    hint.is_some_and(|hint| hint.contains(wanted.unwrap_or("?"))),
                    wanted.is_some(),
                    "{code}: {hint:?}"
                );
            }
        }
    }
}

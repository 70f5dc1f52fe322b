//! Why a payload could not be read.

/// Why a payload could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// The kind is not in the registry.
    #[error("{kind:?} is no event kind this program knows{}", suggestion(.near))]
    UnknownKind {
        /// What was given.
        kind: String,
        /// The nearest known kind.
        near: Option<&'static str>,
    },
    /// The version is newer than this program.
    #[error(
        "{kind} version {v} is newer than this program, which knows version {known}; read it with a newer release"
    )]
    NewerVersion {
        /// The kind.
        kind: &'static str,
        /// The version given.
        v: u32,
        /// The newest version known here.
        known: u32,
    },
    /// The data do not fit the kind.
    #[error("{kind}: {reason}")]
    Malformed {
        /// The kind.
        kind: &'static str,
        /// What does not fit, naming the field.
        reason: String,
    },
}

fn suggestion(near: &Option<&'static str>) -> String {
    near.map(|kind| format!("; did you mean `{kind}`?"))
        .unwrap_or_default()
}

//! Why what was sent is no command, with the path of the field.

/// Why what was sent cannot be read as a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// A field is not what it has to be.
    #[error("{path}: {sentence}")]
    Malformed {
        /// The field's path, such as `events[2].data.area`.
        path: String,
        /// What is wrong.
        sentence: String,
    },
    /// The kind is none that this program knows.
    #[error("{path}: {sentence}")]
    UnknownKind {
        /// The path of the kind.
        path: String,
        /// What is wrong.
        sentence: String,
    },
    /// The kind is recorded by the program alone.
    #[error("{path}: {kind} is recorded by the program itself, of what it did")]
    Reserved {
        /// The path of the kind.
        path: String,
        /// The kind.
        kind: &'static str,
    },
}

/// An error at a path, or at a field below it.
pub(super) fn malformed(at: &str, field: &str, sentence: impl std::fmt::Display) -> IntakeError {
    IntakeError::Malformed {
        path: below(at, field),
        sentence: sentence.to_string(),
    }
}

/// The path of a field at a path; the whole is called `body`.
pub(super) fn below(at: &str, field: &str) -> String {
    match (at, field) {
        ("", "") => "body".to_owned(),
        ("", field) => field.to_owned(),
        (at, "") => at.to_owned(),
        (at, field) => [at, ".", field].concat(),
    }
}

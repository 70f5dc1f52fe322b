//! What went wrong, as the person at the terminal hears it: one sentence, one hint, one exit code.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::words::WordsError;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Refused by a rule, or an answer that differs.
    Refused = 1,
    /// The ledger is damaged, or the command could not run.
    Broken = 2,
}

/// A command that was not carried out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: Exit,
    /// A stable code for programs.
    pub(crate) code: Cow<'static, str>,
    /// What is wrong.
    pub(crate) sentence: String,
    /// What to do next.
    pub(crate) hint: Option<String>,
    /// Further members for programs: the field, the near references, the holder.
    pub(crate) details: Map<String, Value>,
}

impl Failure {
    /// Refused: the request is at fault and can be mended.
    pub(super) fn refused(code: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            exit: Exit::Refused,
            code: code.into(),
            sentence: sentence.into(),
            hint: None,
            details: Map::new(),
        }
    }

    /// Could not run: the ledger or the machine is at fault.
    pub(super) fn broken(code: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            exit: Exit::Broken,
            ..Self::refused(code, sentence)
        }
    }

    /// Says what to do next.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says what to do next where nothing is said of it yet.
    pub(super) fn hint_unless(mut self, hint: impl Into<String>) -> Self {
        self.hint.get_or_insert_with(|| hint.into());
        self
    }

    /// The same under another code.
    pub(super) fn coded(mut self, code: &'static str) -> Self {
        self.code = code.into();
        self
    }

    /// Adds a member for programs.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// The failure of a value given under a flag or field.
    pub(super) fn of_field(field: &str, error: impl std::fmt::Display) -> Self {
        Self::refused("malformed", format!("{field}: {error}")).with("field", field)
    }

    /// As JSON: `{"error": {"code", "sentence", "hint", …}}`.
    pub(super) fn to_json(&self) -> Value {
        let mut error = self.details.clone();
        error.insert("code".to_owned(), json!(self.code));
        error.insert("sentence".to_owned(), json!(self.sentence));
        if let Some(hint) = &self.hint {
            error.insert("hint".to_owned(), json!(hint));
        }
        json!({ "error": error })
    }
}

impl From<WordsError> for Failure {
    fn from(error: WordsError) -> Self {
        Self::refused("malformed", error.to_string())
    }
}

//! Why a ledger with a mirror could not be opened.

/// Why a ledger with a mirror could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The mirror's directory holds another ledger.
    #[error("the mirror in {0} is of another ledger: name a new directory with --mirror")]
    OtherLedger(String),
    /// The mirror's directory holds something else.
    #[error(
        "the mirror's directory {0} is not empty and holds no ledger: name a new one with --mirror"
    )]
    ElseThere(String),
    /// The mirror is the ledger itself, or one lies in the other.
    #[error(
        "the mirror {0} lies in the ledger's own directory or holds it: name a directory on another disk"
    )]
    Itself(String),
    /// Both have entries that the other lacks.
    #[error(
        "the ledger and its mirror in {dir} have gone different ways: each holds entries that the other lacks, up to {ours} and {theirs}"
    )]
    Diverged {
        /// The mirror.
        dir: String,
        /// How many entries the ledger has.
        ours: u64,
        /// How many entries the mirror has.
        theirs: u64,
    },
    /// Nothing is where the mirror was: its disk may not be mounted, and another must not be taken for it.
    #[error("the mirror in {0} is gone: its disk may not be mounted")]
    Gone(String),
    /// The mirror cannot be read or written.
    #[error("the mirror in {dir} cannot be written: {problem}")]
    Unusable {
        /// The mirror.
        dir: String,
        /// What is wrong.
        problem: String,
    },
    /// The choice of the mirror cannot be read or written.
    #[error("the file `mirror` in the ledger's directory cannot be read or written: {0}")]
    Choice(String),
}

impl MirrorError {
    /// Whether naming another directory helps.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::OtherLedger(_) | Self::ElseThere(_) | Self::Itself(_)
        )
    }

    /// What to do next, where the sentence itself does not say it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unusable { .. } => Some(
                "nothing is recorded without the mirror; bring it back, or decide to go on without one: --mirror none",
            ),
            Self::Gone(_) => Some(
                "nothing is recorded without the mirror; mount its disk, or say --mirror DIR to make it anew there, or --mirror none to go on without one",
            ),
            Self::Diverged { .. } => Some(
                "no entry of either was changed; keep both, decide which one counts, and open that one with --mirror none",
            ),
            _ => None,
        }
    }
}

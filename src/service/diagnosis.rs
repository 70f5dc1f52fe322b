//! What an examination found and what came of mending, for people and programs.

use serde::Serialize;

/// One damaged place, for people and programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, as a path inside the ledger's directory.
    pub file: String,
    /// Where the damage begins, in bytes.
    pub offset: u64,
    /// How many bytes are concerned; 0 when it is the file as a whole.
    pub length: u64,
    /// What does not hold.
    pub what: String,
    /// The first event concerned; with no events, the position.
    pub first: u64,
    /// How many events are concerned.
    pub events: u64,
    /// How many commands' answers are concerned, where that can be told.
    pub commands: Option<u64>,
    /// Whether a good copy of everything concerned is at hand.
    pub mendable: bool,
    /// What `--repair` does about it.
    pub remedy: String,
}

/// What an examination found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// Everything that does not hold.
    pub damage: Vec<Place>,
    /// What is worth knowing and no damage, a sentence each.
    pub notes: Vec<String>,
    /// Whether another process records in the ledger.
    pub in_use: bool,
    /// How many events can be read or put back.
    pub position: u64,
    /// How many segments of the journal were read.
    pub segments: u64,
    /// How many events the second copy has, when it could be looked at.
    pub second_copy: Option<u64>,
    /// How many files of evidence were compared with their commitments.
    pub evidence_files: u64,
    /// How many Documents of issued reports were compared with their digests.
    pub issued_reports: u64,
    /// How many published tiles and entry bundles were compared with the entries.
    pub published_files: u64,
}

impl Diagnosis {
    /// Whether nothing is damaged.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.damage.is_empty()
    }

    /// Whether everything that is damaged can be mended here.
    #[must_use]
    pub fn is_mendable(&self) -> bool {
        self.damage.iter().all(|place| place.mendable)
    }
}

/// What came of mending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Treatment {
    /// What was found before.
    pub before: Diagnosis,
    /// What was done, a sentence each; empty when something cannot be mended, and so nothing was touched.
    pub done: Vec<String>,
    /// What a second examination found; `None` when nothing was touched.
    pub after: Option<Diagnosis>,
}

//! What an examination of a ledger at rest finds, and what can be done about it.

use crate::store::head::Head;

/// Something that does not hold, at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The file, as a path inside the ledger's directory.
    pub file: String,
    /// Where it begins, in bytes.
    pub offset: u64,
    /// How many bytes are concerned.
    pub length: u64,
    /// What does not hold.
    pub what: String,
    /// The first event concerned.
    pub first_seq: u64,
    /// How many events are concerned.
    pub events: u64,
    /// How many commands' answers are concerned, where that can be told.
    pub commands: Option<u64>,
    /// What can be done about it.
    pub cure: Cure,
}

/// What can be done about damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cure {
    /// Bytes of a segment are put back from the second copy, or proved by their hash after one flipped bit.
    Restore {
        /// The segment.
        segment: u64,
        /// Where its first frame belongs.
        offset: u64,
        /// The head before it.
        head: Head,
        /// How many frames.
        frames: u64,
    },
    /// A segment's header is written anew from what the frames say.
    Header {
        /// The segment.
        segment: u64,
        /// The head it starts from.
        start: Head,
    },
    /// Bytes that hold nothing are zeroed.
    Zero {
        /// The segment.
        segment: u64,
        /// Where they begin.
        offset: u64,
        /// Where they end.
        end: u64,
    },
    /// A segment's file is made anew, with the frames that belong in it.
    Rebuild {
        /// The segment.
        segment: u64,
        /// The head it starts from.
        start: Head,
        /// How many frames.
        frames: u64,
    },
    /// A blank segment's file is removed; the writer makes another.
    Remove {
        /// The segment.
        segment: u64,
    },
    /// The second copy is set aside and built anew from the journal.
    SecondCopy,
    /// The file `LEDGER` or its copy is written anew from the other.
    LedgerFile {
        /// Which of the two.
        file: &'static str,
    },
    /// The mirror's segment, or the mirror as a whole, is written anew from the ledger.
    Mirror {
        /// The segment; `None` when it is more than one.
        segment: Option<u64>,
    },
    /// An unfinished file that nothing refers to is removed at the next start.
    Leftover,
    /// Nothing here can mend it.
    Nothing,
}

impl Damage {
    /// Whether a good copy of everything concerned is at hand.
    #[must_use]
    pub fn is_mendable(&self) -> bool {
        self.cure != Cure::Nothing
    }

    /// What `doctor --repair` would do, as the end of a sentence.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self.cure {
            Cure::Restore { .. } => "restored, the damaged bytes kept aside",
            Cure::Header { .. } => "written anew from the first frame, which says the same",
            Cure::Zero { .. } => "cut and kept aside: nothing that was acknowledged stands there",
            Cure::Rebuild { .. } => "made anew from a good copy, the old file kept aside",
            Cure::Remove { .. } => "removed: it is blank, and another is made when it is needed",
            Cure::SecondCopy => "set aside and built anew from the journal, which is whole",
            Cure::LedgerFile { .. } => "written anew from a good copy of it",
            Cure::Mirror { .. } => "written anew from the ledger, which is whole",
            Cure::Leftover => "nothing: it is removed when the ledger is next opened for recording",
            Cure::Nothing => "nothing: no copy here can mend it, put it back from a backup",
        }
    }
}

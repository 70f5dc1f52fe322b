//! A second directory, meant for another disk: a complete ledger of its own, written and synced before every answer.
//!
//! [`disk`] repeats what the journal's writer does, so that an answer waits for both; [`copy`] gives frames of one
//! journal to the other; [`side`] is the directory, taken and locked; [`level`] brings the two together when the ledger is opened; [`choice`] remembers where the
//! mirror is. Either directory alone is the whole ledger: the one that is ahead counts, since what it has may have been
//! acknowledged.

pub mod choice;
pub mod copy;
pub mod disk;
pub mod documents;
pub mod error;
pub mod level;
pub mod side;

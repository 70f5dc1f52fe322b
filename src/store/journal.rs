//! The journal: where an answer becomes durable.
//!
//! `journal/000000`, `journal/000001` and so on are segments of one fixed size, filled with zeros and synced before
//! they are used. A group commit is one write into the current segment and one `fdatasync`: no file grows, so the
//! sync has no metadata to write. [`segment`] holds the layout, [`scan`] reads one file, [`frames`] reads across
//! files, [`recover`] finds the end at the start of a process, [`examine`] walks through everything and names what does not
//! hold, [`repair`] carries out what it proposes, [`scrub`] does both behind a running ledger, [`mend`] puts bytes right
//! for all of them, [`parts`] reads one event of a frame that was read before, [`writer`] appends, [`spare`] makes segments ahead, and [`disk`] is the seam at which tests make the
//! disk fail.

pub mod disk;
pub mod examination;
pub mod examine;
pub mod files;
pub mod frames;
pub mod mend;
pub mod parts;
pub mod recover;
pub mod repair;
pub mod scan;
pub mod scrub;
pub mod segment;
pub mod spare;
pub mod writer;

//! "What had happened by day D, as known at moment T": the two dates of every fact, held against
//! tables a deal officer can read, and against random histories.
//!
//! The deals are fictional: "brick" and "glass", followed on the practical track, in Baku, in 2025.

mod bulk;
mod cards;
mod cases;
mod catalogue;
mod census;
mod courses;
mod evidence;
mod excerpts;
mod follow_up;
pub(crate) mod histories;
mod laws;
pub(crate) mod ledger;
mod oracle;
mod searching;
mod sums;
mod trails;

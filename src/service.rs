//! The service: everything with a thread, a clock or a disk behind it.
//!
//! Read in this order: [`ledger`] (a ledger as its users see it), [`answer`] (what a command is told),
//! [`writer`] (the one thread that decides and records), [`follow`] (read models behind it), [`replay`]
//! (everything folded afresh and compared), [`publish`] (reports). Time, ids and randomness enter
//! here, through [`ambient`], and are handed down.

pub mod ambient;
pub mod answer;
pub mod query;

//! dealtrail: an event-sourced ledger that follows signed investment agreements through to delivery.

pub mod canonical;
pub mod cli;
pub mod deal;
pub mod proof;

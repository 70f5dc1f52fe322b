//! dealtrail: an event-sourced ledger that follows signed investment agreements through to delivery.

pub mod canonical;
pub mod deal;
pub mod export;
pub mod projection;
pub mod proof;
pub mod report;

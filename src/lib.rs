//! dealtrail: an event-sourced service that follows signed investment agreements through to delivery.

pub mod canonical;
pub mod deal;
pub mod proof;
pub mod store;

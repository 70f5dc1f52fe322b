//! dealtrail: an event-sourced service that follows signed investment agreements through to delivery.

pub mod canonical;
pub mod cli;
pub mod codec;
pub mod deal;
pub mod projection;
pub mod proof;
pub mod service;
pub mod store;

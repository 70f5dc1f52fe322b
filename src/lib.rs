//! dealtrail: an event-sourced service that follows signed investment agreements through to delivery.

pub mod store;

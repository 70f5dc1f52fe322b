//! The engines: each keeps the whole contract of [`crate::store::event_store::EventStore`].

pub mod memory;
pub mod reader;
pub mod sled;

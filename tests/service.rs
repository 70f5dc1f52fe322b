//! The service from outside: recording, retrying, following, replaying, on every engine.

pub(crate) mod backup;
mod clock;
mod doctor;
mod fiction;
mod following;
mod golden;
mod issuing;
mod opening;
mod properties;
mod publishing;
pub(crate) mod recording;
mod replaying;
mod retries;
mod snapshots;
pub(crate) mod support;
mod trouble;
mod warned;

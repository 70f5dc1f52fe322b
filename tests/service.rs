//! The service from outside: recording, retrying, following, replaying, on every engine.

pub(crate) mod backup;
mod clock;
mod doctor;
mod fiction;
mod following;
pub(crate) mod forgery;
mod golden;
mod issuing;
mod opening;
mod properties;
mod publishing;
pub(crate) mod recording;
mod replaying;
mod retries;
mod rotating;
mod shown;
mod signing;
mod snapshots;
mod stopping;
pub(crate) mod support;
mod tampering;
mod tiles;
mod trouble;
pub(crate) mod verifying;
mod warned;

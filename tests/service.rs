//! The service from outside: recording, retrying, following, replaying, on every engine.

pub(crate) mod backup;
mod clock;
mod cosigning;
mod doctor;
mod exporting;
mod fiction;
mod following;
pub(crate) mod forgery;
mod golden;
pub(crate) mod golden_reports;
mod issuing;
mod opening;
mod packing;
mod properties;
mod publishing;
pub(crate) mod recording;
mod replaying;
mod retries;
mod sandwich;
mod signing;
mod snapshots;
mod stopping;
pub(crate) mod support;
mod trouble;
mod verifying;
mod warned;
pub(crate) mod witnessing;

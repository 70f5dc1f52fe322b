//! The service from outside: recording, retrying, following, replaying, on every engine.

mod clock;
mod following;
mod golden;
mod opening;
mod properties;
mod recording;
mod replaying;
mod retries;
mod support;
mod trouble;

//! Fictional portfolios of any size, from a seed.
//!
//! Read `plan` (how large one can be), then `portfolio`: an iterator of commands, each with the moment it is recorded
//! at. An `announcement` brings agreements in, often several in a package; `course` says what comes next at one of
//! them, and `progress`, `follow_up`, `worth`, `turns` and `amends` say it. Everything shared stands in `scene`.
//!
//! The room decides nothing and records nothing: its commands are held against the same rules as anybody's. It knows
//! of earlier facts by foreseeing their ids, which follow from the seed and the position. What it says of a seed is a
//! promise: the same seed gives the same commands for ever, and a test holds it to that.

mod aftermath;
mod amends;
mod announcement;
mod calendar;
mod chance;
mod course;
mod follow_up;
mod life;
mod made;
mod memory;
pub mod plan;
pub mod portfolio;
mod progress;
mod remarks;
pub mod scene;
pub mod sheet;
mod sources;
mod tales;
mod turns;
mod vague;
mod worth;

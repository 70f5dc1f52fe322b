//! What may be recorded, told as given, when, then.
//!
//! A line is what an officer does: the day of recording, then the thing, the kind, the day it happened
//! and the data; or `correct`, `retract`, `move`, `source` or `confirm` and a fact named before by
//! `as`. All names are made up: brick and glass are investment deals, accord is a document between
//! bodies, bundle a package, fair an occasion, works an organisation. Nothing is known of sand.

mod amendments;
mod cases;
mod figures;
mod follow_up;
mod holding;
mod milestones;
mod packages;
pub(crate) mod properties;
mod registrations;
mod state_changes;
mod story;
mod whole_command;

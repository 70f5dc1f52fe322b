//! `assign`: who follows an agreement up.

use clap::Args;

use super::context::Context;
use super::failure::Failure;
use super::writing::FactRest;
use crate::deal::event::Kind;
use crate::deal::value::ids::ActorId;

/// Assign an agreement to an officer
#[derive(Debug, Args)]
pub(super) struct Assign {
    /// The agreement
    #[arg(value_name = "AGREEMENT")]
    thing: String,
    /// The officer's opaque id, such as u:7f3a
    #[arg(value_name = "OFFICER")]
    officer: String,
    #[command(flatten)]
    rest: FactRest,
}

impl Assign {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let officer: ActorId = self
            .officer
            .parse()
            .map_err(|error| Failure::of_field("officer", error))?;
        let things = [self.thing.clone()];
        self.rest.record(
            context,
            &things,
            Kind::Assigned,
            |fields| fields.set("officer", &officer),
            None,
        )
    }
}

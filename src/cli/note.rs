//! `note`: a remark of the agency's own.

use clap::Args;

use super::context::Context;
use super::failure::Failure;
use super::writing::FactRest;
use crate::deal::event::Kind;

/// Add a note of your own
#[derive(Debug, Args)]
pub(super) struct Note {
    /// The agreement or other thing
    #[arg(value_name = "REF")]
    thing: String,
    /// The note
    #[arg(value_name = "WORDS")]
    words: String,
    #[command(flatten)]
    rest: FactRest,
}

impl Note {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let things = [self.thing.clone()];
        self.rest.record(
            context,
            &things,
            Kind::Noted,
            |fields| fields.text("words", Some(&self.words)),
            None,
        )
    }
}

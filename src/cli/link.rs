//! `link`: how one thing relates to another.

use clap::Args;

use super::context::Context;
use super::failure::Failure;
use super::writing::FactRest;
use crate::deal::event::Kind;

/// Relate an agreement or occasion to another thing
#[derive(Debug, Args)]
pub(super) struct Link {
    /// The agreement or occasion
    #[arg(value_name = "REF")]
    thing: String,
    /// implements, arises-from, renews, supersedes, duplicate-of or part-of
    #[arg(value_name = "RELATION")]
    relation: String,
    /// What it relates to
    #[arg(value_name = "TARGET")]
    target: String,
    /// What is inferred rather than read in the source
    #[arg(long, value_name = "WORDS")]
    inferred: Option<String>,
    #[command(flatten)]
    rest: FactRest,
}

impl Link {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let things = [self.thing.clone()];
        self.rest.record(
            context,
            &things,
            Kind::Linked,
            |fields| {
                fields.word("relation", Some(&self.relation))?;
                fields.thing("target", Some(&self.target))?;
                fields.text("inferred", self.inferred.as_deref())
            },
            None,
        )
    }
}

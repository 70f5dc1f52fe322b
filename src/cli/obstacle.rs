//! `obstacle`: what blocks an agreement, and that it is resolved.

use clap::{Args, Subcommand};

use super::context::Context;
use super::failure::Failure;
use super::writing::FactRest;
use crate::deal::event::Kind;

/// Record what blocks an agreement, or that it is resolved
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Obstacle {
    #[command(subcommand)]
    resolve: Option<Resolving>,
    #[command(flatten)]
    raised: Raised,
}

/// A new obstacle.
#[derive(Debug, Args)]
struct Raised {
    /// The agreement
    #[arg(value_name = "AGREEMENT", required = true)]
    thing: Option<String>,
    /// Why it does not move: land, permits, finance, utilities, inputs, environment,
    /// incentive-terms, promoter-interest, investor-silent, infeasible-study, law-change,
    /// counterpart-default, force-majeure, superseded, duplicate or other
    #[arg(value_name = "REASON", required = true)]
    reason: Option<String>,
    /// Further words, as the source put them
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    /// The body responsible for removing it
    #[arg(long, value_name = "PARTY")]
    body: Option<String>,
    /// The day by which it should be gone
    #[arg(long, value_name = "DAY")]
    due: Option<String>,
    #[command(flatten)]
    rest: FactRest,
}

#[derive(Debug, Subcommand)]
enum Resolving {
    /// Say that an obstacle is resolved
    Resolve(Resolve),
}

/// The end of an obstacle.
#[derive(Debug, Args)]
struct Resolve {
    /// The obstacle, by id or position
    #[arg(value_name = "FACT")]
    fact: String,
    /// How it was resolved
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    #[command(flatten)]
    rest: FactRest,
}

impl Obstacle {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        match &self.resolve {
            Some(Resolving::Resolve(resolve)) => resolve.run(context),
            None => self.raised.run(context),
        }
    }
}

impl Raised {
    fn run(&self, context: &Context) -> Result<(), Failure> {
        self.rest.record(
            context,
            self.thing.as_slice(),
            Kind::ObstacleRaised,
            |fields| {
                fields.word("reason", self.reason.as_deref())?;
                fields.text("words", self.words.as_deref())?;
                fields.party("body", self.body.as_deref(), "responsible")?;
                fields.day("due", self.due.as_deref())
            },
            None,
        )
    }
}

impl Resolve {
    fn run(&self, context: &Context) -> Result<(), Failure> {
        self.rest
            .record_beside(context, &self.fact, Kind::ObstacleResolved, |fields| {
                fields.fact("obstacle", Some(&self.fact))?;
                fields.text("words", self.words.as_deref())
            })
    }
}

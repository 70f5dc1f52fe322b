//! `claim`: what a source says where sources differ, and which claim is preferred.

use clap::{Args, Subcommand};

use super::context::Context;
use super::failure::Failure;
use super::writing::FactRest;
use crate::deal::event::Kind;

/// Record what a source claims, or prefer one claim to others
///
/// Claims coexist; a preferred one is shown, and the field stays marked as disputed.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Claim {
    #[command(subcommand)]
    prefer: Option<Preferring>,
    #[command(flatten)]
    stated: Stated,
}

/// A new claim.
#[derive(Debug, Args)]
struct Stated {
    /// The agreement, package, occasion or organisation
    #[arg(value_name = "REF", required = true)]
    thing: Option<String>,
    /// The field it speaks of, or a topic in words
    #[arg(value_name = "FIELD", required = true)]
    field: Option<String>,
    /// What is claimed
    #[arg(value_name = "VALUE", required = true)]
    value: Option<String>,
    /// Who claims it: words, or an organisation's reference
    #[arg(long, value_name = "PARTY")]
    speaker: Option<String>,
    #[command(flatten)]
    rest: FactRest,
}

#[derive(Debug, Subcommand)]
enum Preferring {
    /// Choose one claim on a field
    Prefer(Prefer),
}

/// The choice of a claim.
#[derive(Debug, Args)]
struct Prefer {
    /// The claim, by id or position
    #[arg(value_name = "FACT")]
    fact: String,
    /// Why this one
    #[arg(long, value_name = "WORDS")]
    reason: String,
    #[command(flatten)]
    rest: FactRest,
}

impl Claim {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        match &self.prefer {
            Some(Preferring::Prefer(prefer)) => prefer.run(context),
            None => self.stated.run(context),
        }
    }
}

impl Stated {
    fn run(&self, context: &Context) -> Result<(), Failure> {
        self.rest.record(
            context,
            self.thing.as_slice(),
            Kind::ClaimStated,
            |fields| {
                fields.text("field", self.field.as_deref())?;
                fields.text("value", self.value.as_deref())?;
                fields.party("speaker", self.speaker.as_deref(), "speaker")
            },
            None,
        )
    }
}

impl Prefer {
    fn run(&self, context: &Context) -> Result<(), Failure> {
        self.rest
            .record_beside(context, &self.fact, Kind::ClaimPreferred, |fields| {
                fields.fact("claim", Some(&self.fact))?;
                fields.text("reason", Some(&self.reason))
            })
    }
}

//! `synth`: a ledger with a fictional portfolio of any size.

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::failure::Failure;
use super::progress::Progress;
use super::session;
use super::trouble;
use crate::service::fiction::{self, FictionError, Made};
use crate::service::ledger::Options;
use crate::synth::plan::Plan;

/// Make a demonstration ledger with a fictional portfolio of any size
///
/// Towns, companies and deals of an invented country, over seven years from 2018 on, with corrections, vague days,
/// obstacles, promises and money of every kind, in Azerbaijani, English, Russian and Chinese. Nothing in it is true.
/// The same numbers and the same seed give the same ledger, byte for byte; only the second copy in sled/, which can be
/// made anew at any time, is laid out by the machine.
#[derive(Debug, Args)]
pub(super) struct Synth {
    /// How many agreements, exactly
    #[arg(long, value_name = "N")]
    agreements: u64,
    /// How many entries the ledger has, exactly, the four that open it included
    #[arg(long, value_name = "N")]
    events: u64,
    /// The number everything follows from
    #[arg(long, value_name = "S")]
    seed: u64,
}

impl Synth {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        if context.clock().is_some() {
            return Err(Failure::refused(
                "clock_not_taken",
                "a fictional portfolio brings the moments of its entries with it",
            )
            .hint("leave --clock and DEALTRAIL_CLOCK out"));
        }
        let plan = Plan::new(self.agreements, self.events, self.seed).map_err(|error| {
            Failure::refused("no_such_portfolio", error.to_string())
                .hint("give other numbers for --agreements or --events")
        })?;
        let options = session::options(None, context.mirror())?;
        let made = fiction_in(context, &plan, &options)?;
        let dir = context.data().display().to_string();
        let output = context.output();
        if output.is_json() {
            return output.json(&json!({
                "dir": dir, "id": made.id, "agreements": self.agreements, "position": made.position,
                "commands": made.commands, "seed": self.seed, "demonstration": true,
            }));
        }
        output.heading(&format!("Made a fictional portfolio in {dir}"))?;
        output.line(&format!(
            "  {} agreements, {} entries from {} commands, seed {}; nothing in it is true",
            self.agreements, made.position, made.commands, self.seed
        ))?;
        let program = context.program();
        output.line(&format!("Next: {program} list agreements"))
    }
}

fn fiction_in(context: &Context, plan: &Plan, options: &Options) -> Result<Made, Failure> {
    let progress = Progress::of("telling tales", "entries");
    let mut told = |done: u64, all: u64| progress.told(done, all);
    let made = fiction::make(context.data(), plan, options, &mut told);
    match &made {
        Ok(_) => progress.end_and_tell(),
        Err(_) => progress.end(),
    }
    made.map_err(|error| match &error {
        FictionError::Taken(_) => Failure::refused("not_empty", error.to_string())
            .hint("name a new directory with --data"),
        FictionError::Ledger(error) => trouble::of_ledger(error),
        FictionError::Command { error: cause, .. } => {
            let mut failure = trouble::of_command(cause);
            failure.sentence = error.to_string();
            failure.hint("remove the unfinished ledger's directory and make it again")
        }
        FictionError::Unforeseen { .. } => Failure::broken("unforeseen", error.to_string()).hint(
            "this is an error of the program; please report it with the numbers and the seed",
        ),
    })
}

//! `promise`: a commitment with an owner, and how it ended.

use clap::{Args, Subcommand};

use super::context::Context;
use super::failure::Failure;
use super::writing::FactRest;
use crate::deal::event::Kind;

/// Record a promise, or close one
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Promise {
    #[command(subcommand)]
    close: Option<Closing>,
    #[command(flatten)]
    made: Made,
}

/// A new promise.
#[derive(Debug, Args)]
struct Made {
    /// The agreement or occasion it was made on
    #[arg(value_name = "AGREEMENT", required = true)]
    thing: Option<String>,
    /// What was promised
    #[arg(value_name = "WHAT", required = true)]
    what: Option<String>,
    /// Who will do it: words, or an organisation's reference
    #[arg(long, value_name = "PARTY", required = true)]
    owner: Option<String>,
    /// To whom it was promised
    #[arg(long, value_name = "PARTY")]
    to: Option<String>,
    /// When it is due
    #[arg(long, value_name = "WHEN")]
    due: Option<String>,
    #[command(flatten)]
    rest: FactRest,
}

#[derive(Debug, Subcommand)]
enum Closing {
    /// Say how a promise ended
    Close(Close),
}

/// How a promise ended.
#[derive(Debug, Args)]
struct Close {
    /// The promise, by id or position
    #[arg(value_name = "FACT")]
    fact: String,
    /// kept, dropped or superseded
    #[arg(long, value_name = "WORD")]
    outcome: String,
    /// Further words, as the source put them
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    #[command(flatten)]
    rest: FactRest,
}

impl Promise {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        match &self.close {
            Some(Closing::Close(close)) => close.run(context),
            None => self.made.run(context),
        }
    }
}

impl Made {
    fn run(&self, context: &Context) -> Result<(), Failure> {
        self.rest.record(
            context,
            self.thing.as_slice(),
            Kind::PromiseMade,
            |fields| {
                fields.text("what", self.what.as_deref())?;
                fields.party("owner", self.owner.as_deref(), "owner")?;
                fields.party("counterpart", self.to.as_deref(), "counterpart")?;
                fields.when("due", self.due.as_deref())
            },
            None,
        )
    }
}

impl Close {
    fn run(&self, context: &Context) -> Result<(), Failure> {
        self.rest
            .record_beside(context, &self.fact, Kind::PromiseClosed, |fields| {
                fields.fact("promise", Some(&self.fact))?;
                fields.word("outcome", Some(&self.outcome))?;
                fields.text("words", self.words.as_deref())
            })
    }
}

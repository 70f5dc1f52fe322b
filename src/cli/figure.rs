//! `figure`: how many of something, promised or reached.

use clap::Args;

use super::context::Context;
use super::failure::Failure;
use super::writing::FactRest;
use crate::deal::event::Kind;

/// State a figure such as jobs or capacity
#[derive(Debug, Args)]
pub(super) struct Figure {
    /// The agreement or organisation
    #[arg(value_name = "REF")]
    thing: String,
    /// What is counted, such as jobs or capacity
    #[arg(value_name = "MEASURE")]
    measure: String,
    /// How many, such as "up to 120" or "50000 t/year"
    #[arg(value_name = "QUANTITY")]
    quantity: String,
    /// It is foreseen
    #[arg(
        long,
        conflicts_with = "realised",
        required_unless_present = "realised"
    )]
    promised: bool,
    /// It is reached
    #[arg(long)]
    realised: bool,
    /// Further words, as the source put them
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    /// What is inferred rather than read in the source; printed in reports
    #[arg(long, value_name = "WORDS")]
    inferred: Option<String>,
    #[command(flatten)]
    rest: FactRest,
}

impl Figure {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let things = [self.thing.clone()];
        let standing = if self.realised {
            "realised"
        } else {
            "promised"
        };
        self.rest.record(
            context,
            &things,
            Kind::FigureStated,
            |fields| {
                fields.word("measure", Some(&self.measure))?;
                fields.quantity("quantity", Some(&self.quantity), Some(&self.measure))?;
                fields.set("standing", standing)?;
                fields.text("words", self.words.as_deref())?;
                fields.text("inferred", self.inferred.as_deref())
            },
            None,
        )
    }
}

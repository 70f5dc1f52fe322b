//! `expect`: what should come next, and by when.

use clap::Args;

use super::context::Context;
use super::failure::Failure;
use super::writing::FactRest;
use crate::deal::event::Kind;

/// State what is expected next, and by when
///
/// An expectation is never a fact: it is closed by its milestone or by a later expectation.
#[derive(Debug, Args)]
pub(super) struct Expect {
    /// The agreement or package
    #[arg(value_name = "AGREEMENT")]
    thing: String,
    /// The milestone expected; leave it out to state an intention in --words
    #[arg(value_name = "MILESTONE")]
    milestone: Option<String>,
    /// By when, such as "by 2025-12-31", 2026 or "from 2025-04-25"
    #[arg(long, value_name = "WHEN")]
    horizon: String,
    /// The intention, as the source put it
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    /// The day to ask again
    #[arg(long, value_name = "DAY")]
    review_on: Option<String>,
    #[command(flatten)]
    rest: FactRest,
}

impl Expect {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let things = [self.thing.clone()];
        let kind = Kind::ExpectationStated;
        self.rest.record(
            context,
            &things,
            kind,
            |fields| {
                fields.word("milestone", self.milestone.as_deref())?;
                fields.text("words", self.words.as_deref())?;
                fields.when("horizon", Some(&self.horizon))?;
                fields.day("review_on", self.review_on.as_deref())
            },
            None,
        )
    }
}

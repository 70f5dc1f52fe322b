//! `contact`: that somebody was asked, and what came of it.

use clap::Args;

use super::context::Context;
use super::failure::Failure;
use super::writing::FactRest;
use crate::deal::event::Kind;

/// Record a contact with a party
///
/// A contact ends silence and is no step, even when nothing new was said.
#[derive(Debug, Args)]
pub(super) struct Contact {
    /// The agreement
    #[arg(value_name = "AGREEMENT")]
    thing: String,
    /// With whom: an office or role, never a person's name
    #[arg(long, value_name = "PARTY")]
    with: String,
    /// asked-nothing-new, no-answer, news or agreed
    #[arg(long, value_name = "WORD")]
    outcome: String,
    /// What was said
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    #[command(flatten)]
    rest: FactRest,
}

impl Contact {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let things = [self.thing.clone()];
        self.rest.record(
            context,
            &things,
            Kind::Contacted,
            |fields| {
                fields.party("with", Some(&self.with), "contact")?;
                fields.word("outcome", Some(&self.outcome))?;
                fields.text("words", self.words.as_deref())
            },
            None,
        )
    }
}

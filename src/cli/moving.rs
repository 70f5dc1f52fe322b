//! `move`: a fact goes to the agreement it belongs to.

use clap::Args;

use super::context::Context;
use super::failure::Failure;
use super::flags::SendFlags;
use super::writing::send;
use crate::deal::command::Intent;
use crate::deal::value::text::Text;

/// Move a fact to the agreement it belongs to
///
/// It is withdrawn from the one and recorded on the other at once; it keeps the day it was first
/// recorded on.
#[derive(Debug, Args)]
pub(super) struct Move {
    /// The fact, by id or position
    #[arg(value_name = "FACT")]
    fact: String,
    /// Where it belongs
    #[arg(value_name = "AGREEMENT")]
    to: String,
    /// Why
    #[arg(long, value_name = "WORDS")]
    reason: String,
    #[command(flatten)]
    send: SendFlags,
}

impl Move {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.writer()?;
        let lookup = session.lookup();
        let named = lookup.fact(&self.fact)?;
        let to = lookup.thing(&self.to)?;
        let reason =
            Text::new(&self.reason).map_err(|error| Failure::of_field("--reason", error))?;
        let intents = vec![Intent::Move {
            fact: named.event,
            to,
            reason,
        }];
        drop(lookup);
        send(context, session, intents, &self.send, &[named.stream])
    }
}

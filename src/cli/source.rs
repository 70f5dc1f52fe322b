//! `source`: one more source of a fact.

use clap::Args;

use super::context::Context;
use super::failure::Failure;
use super::flags::SendFlags;
use super::sources::SourceFlags;
use super::writing::send;
use crate::deal::command::Intent;

/// Add a source to a fact
#[derive(Debug, Args)]
pub(super) struct AddSource {
    /// The fact, by id or position
    #[arg(value_name = "FACT")]
    fact: String,
    #[command(flatten)]
    source: SourceFlags,
    #[command(flatten)]
    send: SendFlags,
}

impl AddSource {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.writer()?;
        let named = session.lookup().fact(&self.fact)?;
        let intents = vec![Intent::Source {
            fact: named.event,
            sources: self.source.read(&session, &self.send)?,
        }];
        send(context, session, intents, &self.send, &[named.stream])
    }
}

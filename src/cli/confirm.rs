//! `confirm`: a second person vouches for a fact.

use clap::Args;

use super::context::Context;
use super::failure::Failure;
use super::flags::SendFlags;
use super::sources::SourceFlags;
use super::writing::send;
use crate::deal::command::Intent;
use crate::deal::value::text::Text;

/// Confirm a fact somebody else recorded
///
/// A confirmation speaks of the version in force and lapses when the fact is corrected. On a local
/// ledger the identity of both is claimed, not checked.
#[derive(Debug, Args)]
pub(super) struct Confirm {
    /// The fact, by id or position
    #[arg(value_name = "FACT")]
    fact: String,
    /// The version you saw, by id or position: refused when the fact was corrected since
    #[arg(long, value_name = "FACT")]
    version: Option<String>,
    /// Further words
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    #[command(flatten)]
    source: SourceFlags,
    #[command(flatten)]
    send: SendFlags,
}

impl Confirm {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.writer()?;
        let lookup = session.lookup();
        let named = lookup.fact(&self.fact)?;
        let version = self
            .version
            .as_deref()
            .map(|version| lookup.fact(version).map(|named| named.event))
            .transpose()?;
        let words = self.words.as_deref().map(Text::new).transpose();
        let intents = vec![Intent::Confirm {
            fact: named.event,
            version,
            sources: self.source.read(&session, &self.send)?,
            words: words.map_err(|error| Failure::of_field("--words", error))?,
        }];
        drop(lookup);
        send(context, session, intents, &self.send, &[named.stream])
    }
}

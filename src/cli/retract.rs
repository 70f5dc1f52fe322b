//! `retract`: a fact is withdrawn for good, and why.

use clap::Args;

use super::context::Context;
use super::failure::Failure;
use super::flags::SendFlags;
use super::writing::send;
use crate::deal::command::Intent;
use crate::deal::value::text::Text;

/// Withdraw a fact for good
///
/// Its trail stays. Retracting a registration withdraws the whole agreement. To put something right,
/// use `correct`; to undo what really happened, record `milestone-reversed`.
#[derive(Debug, Args)]
pub(super) struct Retract {
    /// The fact, an added source or a confirmation, by id or position
    #[arg(value_name = "FACT")]
    fact: String,
    /// Why
    #[arg(long, value_name = "WORDS")]
    reason: String,
    #[command(flatten)]
    send: SendFlags,
}

impl Retract {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.writer()?;
        let named = session.lookup().fact(&self.fact)?;
        let reason =
            Text::new(&self.reason).map_err(|error| Failure::of_field("--reason", error))?;
        let intents = vec![Intent::Retract {
            fact: named.event,
            reason,
        }];
        send(context, session, intents, &self.send, &[named.stream])
    }
}

//! `correct`: what should have been recorded, and why.

use clap::Args;
use serde_json::Value;

use super::context::Context;
use super::failure::Failure;
use super::fields::Fields;
use super::flags::{FactFlags, SendFlags};
use super::lookup::Lookup;
use super::sources::SourceFlags;
use super::words::day;
use super::writing::send;
use crate::deal::command::{Change, Intent};
use crate::deal::event::Payload;
use crate::deal::value::text::Text;

/// Replace a fact by what should have been recorded
///
/// What you do not give stays as it is. The earlier version stays in the history, struck through.
#[derive(Debug, Args)]
pub(super) struct Correct {
    /// The fact, by id or position (a correction of it means the same fact)
    #[arg(value_name = "FACT")]
    fact: String,
    /// Why; "typing error" is a reason
    #[arg(long, value_name = "WORDS")]
    reason: String,
    /// When it really happened
    #[arg(long, value_name = "WHEN")]
    on: Option<String>,
    /// A field to leave out from now on (may be repeated)
    #[arg(long, value_name = "FIELD")]
    clear: Vec<String>,
    #[command(flatten)]
    fields: FactFlags,
    #[command(flatten)]
    source: SourceFlags,
    #[command(flatten)]
    send: SendFlags,
}

impl Correct {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.writer()?;
        let lookup = session.lookup();
        let named = lookup.fact(&self.fact)?;
        let data = self.data(&named.payload, &lookup)?;
        let on = self
            .on
            .as_deref()
            .map(|typed| day::when(typed, session.today()))
            .transpose()
            .map_err(|error| Failure::of_field("--on", error))?;
        let sources = match self.source.is_given() {
            true => Some(self.source.read(&session, &self.send)?),
            false => None,
        };
        if on.is_none() && data.is_none() && sources.is_none() {
            return Err(
                Failure::refused("nothing_given", "nothing is said that should change")
                    .hint("give --on, a field such as --area, or --source"),
            );
        }
        let reason =
            Text::new(&self.reason).map_err(|error| Failure::of_field("--reason", error))?;
        let intents = vec![Intent::Correct {
            fact: named.event,
            change: Change { on, data, sources },
            reason,
        }];
        let streams = [named.stream];
        drop(lookup);
        send(context, session, intents, &self.send, &streams)
    }

    /// The whole new data, or nothing when no field is given.
    fn data(&self, payload: &Payload, lookup: &Lookup<'_>) -> Result<Option<Payload>, Failure> {
        let Some(kind) = payload.kind() else {
            return Ok(None);
        };
        let mut fields = Fields::new(kind, lookup);
        if let Ok(Value::Object(earlier)) = payload.to_value() {
            fields.based_on(earlier);
        }
        for field in &self.clear {
            fields.clear(&field.replace('-', "_"));
        }
        self.fields.fill(&mut fields)?;
        let now = fields.payload(self.fields.fields_json.as_deref())?;
        Ok((now != *payload).then_some(now))
    }
}

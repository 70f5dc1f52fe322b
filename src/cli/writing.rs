//! What the writing commands have in common: a fact is built, sent, and its answer told.

use clap::Args;

use super::answer;
use super::context::Context;
use super::failure::Failure;
use super::fields::Fields;
use super::flags::SendFlags;
use super::lookup::Lookup;
use super::session::Session;
use super::sources::SourceFlags;
use crate::deal::command::{Draft, Intent};
use crate::deal::event::{Kind, Payload};
use crate::deal::value::ids::StreamId;
use crate::deal::value::text::Text;
use crate::deal::value::when::When;

/// What a fact is about.
pub(super) enum About<'a> {
    /// Things by their references.
    Things(&'a [String]),
    /// The thing that a fact, by id or position, belongs to.
    Fact(&'a str),
}

impl About<'_> {
    fn streams(&self, lookup: &Lookup<'_>) -> Result<Vec<StreamId>, Failure> {
        match self {
            Self::Things(things) => things.iter().map(|thing| lookup.thing(thing)).collect(),
            Self::Fact(fact) => Ok(vec![lookup.fact(fact)?.stream]),
        }
    }
}

/// A payload from the fields that `fill` hands over and those given as JSON.
pub(super) fn filled(
    kind: Kind,
    lookup: &Lookup<'_>,
    fill: impl FnOnce(&mut Fields<'_>) -> Result<(), Failure>,
    json: Option<&str>,
) -> Result<Payload, Failure> {
    let mut fields = Fields::new(kind, lookup);
    fill(&mut fields)?;
    fields.payload(json)
}

/// The day, the sources and the sending of a fact.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct FactRest {
    /// When it happened: 2025-04-25, 2025-04, "by 2025-04-25", "from 2025-04-25", today, yesterday
    #[arg(long, value_name = "WHEN")]
    pub(super) on: Option<String>,
    #[command(flatten)]
    pub(super) source: SourceFlags,
    /// A note of your own beside the fact
    #[arg(long, value_name = "WORDS")]
    pub(super) note: Option<String>,
    #[command(flatten)]
    pub(super) send: SendFlags,
}

impl FactRest {
    /// Records one fact about each of the things named, all or nothing.
    pub(super) fn record(
        &self,
        context: &Context,
        things: &[String],
        kind: Kind,
        fill: impl FnOnce(&mut Fields<'_>) -> Result<(), Failure>,
        json: Option<&str>,
    ) -> Result<(), Failure> {
        self.record_built(context, &About::Things(things), |lookup| {
            filled(kind, lookup, fill, json)
        })
    }

    /// Records one fact about the thing another fact belongs to.
    pub(super) fn record_beside(
        &self,
        context: &Context,
        fact: &str,
        kind: Kind,
        fill: impl FnOnce(&mut Fields<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.record_built(context, &About::Fact(fact), |lookup| {
            filled(kind, lookup, fill, None)
        })
    }

    /// Records a fact that `build` makes once the ledger is open.
    pub(super) fn record_built(
        &self,
        context: &Context,
        about: &About<'_>,
        build: impl FnOnce(&Lookup<'_>) -> Result<Payload, Failure>,
    ) -> Result<(), Failure> {
        let session = context.writer()?;
        let lookup = session.lookup();
        let streams = about.streams(&lookup)?;
        let payload = build(&lookup)?;
        let on = self.when(&session)?;
        let sources = self.source.read(&session, &self.send)?;
        let mut intents = Vec::new();
        for stream in &streams {
            intents.push(Intent::Record(Draft {
                stream: *stream,
                payload: payload.clone(),
                on: on.clone(),
                sources: sources.clone(),
            }));
            intents.extend(self.noted(*stream)?);
        }
        drop(lookup);
        send(context, session, intents, &self.send, &streams)
    }

    /// The day given, read in the agency's zone.
    pub(super) fn when(&self, session: &Session) -> Result<Option<When>, Failure> {
        let read = |typed: &String| super::words::day::when(typed, session.today());
        let when = self.on.as_ref().map(read).transpose();
        when.map_err(|error| Failure::of_field("--on", error))
    }

    /// The note beside the fact, if one was given.
    pub(super) fn noted(&self, stream: StreamId) -> Result<Option<Intent>, Failure> {
        let Some(words) = &self.note else {
            return Ok(None);
        };
        let words = Text::new(words).map_err(|error| Failure::of_field("--note", error))?;
        let payload = Payload::from(crate::deal::event::noted::Noted {
            words,
            continues: None,
        });
        Ok(Some(Intent::Record(Draft {
            stream,
            payload,
            on: None,
            sources: Vec::new(),
        })))
    }
}

/// Sends intents as one command and tells the answer.
pub(super) fn send(
    context: &Context,
    session: Session,
    intents: Vec<Intent>,
    flags: &SendFlags,
    streams: &[StreamId],
) -> Result<(), Failure> {
    let expected = match (flags.if_version, streams) {
        (None, _) => None,
        (Some(version), [stream]) => Some((*stream, version)),
        (Some(_), _) => {
            let sentence = "--if-version speaks of one thing, and several are named";
            return Err(Failure::refused("malformed", sentence)
                .hint("record them one by one, or leave --if-version out"));
        }
    };
    let answer = session.submit(intents, flags.command_id.as_deref(), expected)?;
    answer::tell(context, &session, &answer)
}

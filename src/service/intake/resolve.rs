//! What is named in what was sent, found in the ledger: then it is a command.

use std::collections::BTreeMap;

use super::amendments::Saying;
use super::error::{IntakeError, below};
use super::parts::payload;
use super::sent::{Item, Sent, Subject};
use crate::deal::command::Draft;
use crate::deal::command::{Change, Intent};
use crate::deal::event::Kind;
use crate::deal::value::ids::{EventId, Ref, StreamId, StreamKind};
use crate::service::find::FindError;
use crate::service::follow::NotReady;
use crate::service::ledger::Ledger;
use crate::service::ledger::naming::{NamedFact, NamingError};

/// A command but for who sends it.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// What is asked, in order.
    pub intents: Vec<Intent>,
    /// The things it is about, each once, in their order.
    pub streams: Vec<StreamId>,
    /// The references by which they were named or are registered.
    pub refs: BTreeMap<StreamId, Ref>,
    /// Streams that were drawn for new things.
    pub drawn: Vec<StreamId>,
}

/// Why it is no command of this ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// Something named is not there.
    #[error("{path}: {error}")]
    Find {
        /// The path of the field that names it.
        path: String,
        /// What is not there.
        error: FindError,
    },
    /// The read models cannot be asked.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    /// The fact belongs to another thing than the one named.
    #[error("{path}: this fact belongs to {stream}, and another thing is named")]
    OtherStream {
        /// The path of the fact's name.
        path: String,
        /// Where the fact stands.
        stream: StreamId,
    },
    /// The new data of a corrected fact are not of its kind.
    #[error(transparent)]
    Intake(#[from] IntakeError),
}

/// Where names are looked up.
trait Names {
    /// The thing of a reference or a stream's id; `None` when that cannot be told here.
    fn thing(
        &self,
        typed: &str,
        wanted: Option<StreamKind>,
    ) -> Result<Option<StreamId>, NamingError>;

    /// A fact; `None` when that cannot be told here.
    fn fact(&self, typed: &str) -> Result<Option<NamedFact>, NamingError>;

    /// The kind of a fact; `None` for one that is not known here.
    fn kind(&self, event: EventId) -> Result<Option<String>, NamingError>;
}

/// What can be told without waiting.
struct AtOnce<'a>(&'a Ledger);

impl Names for AtOnce<'_> {
    fn thing(
        &self,
        typed: &str,
        wanted: Option<StreamKind>,
    ) -> Result<Option<StreamId>, NamingError> {
        let reference = Ref::new(typed).ok();
        let found = reference.and_then(|reference| self.0.thing_at_once(&reference));
        Ok(found.filter(|stream| wanted.is_none_or(|wanted| stream.kind() == wanted)))
    }

    fn fact(&self, _: &str) -> Result<Option<NamedFact>, NamingError> {
        Ok(None)
    }

    fn kind(&self, _: EventId) -> Result<Option<String>, NamingError> {
        Ok(None)
    }
}

/// Everything, once the read models have come as far as the ledger.
struct Waiting<'a>(&'a Ledger);

impl Names for Waiting<'_> {
    fn thing(
        &self,
        typed: &str,
        wanted: Option<StreamKind>,
    ) -> Result<Option<StreamId>, NamingError> {
        self.0.thing(typed, wanted).map(Some)
    }

    fn fact(&self, typed: &str) -> Result<Option<NamedFact>, NamingError> {
        self.0.fact(typed).map(Some)
    }

    fn kind(&self, event: EventId) -> Result<Option<String>, NamingError> {
        Ok(self.0.kind_of(event)?)
    }
}

impl Sent {
    /// The command, when everything it names can be found without waiting for anything.
    #[must_use]
    pub fn at_once(&self, ledger: &Ledger) -> Option<Resolved> {
        let mut found = Finding::new(ledger, AtOnce(ledger));
        for item in &self.items {
            found.item(item).ok()??;
        }
        Some(found.resolved)
    }

    /// The command, on a thread that may block.
    ///
    /// # Errors
    /// When something it names is not there.
    pub fn resolve(&self, ledger: &Ledger) -> Result<Resolved, ResolveError> {
        let mut found = Finding::new(ledger, Waiting(ledger));
        for item in &self.items {
            // Nothing is left open by whoever waits.
            let _whole = found.item(item)?;
        }
        Ok(found.resolved)
    }
}

struct Finding<'a, N> {
    ledger: &'a Ledger,
    names: N,
    resolved: Resolved,
    /// What the command itself registers.
    new: BTreeMap<Ref, StreamId>,
    /// What was found last: the events of a batch are often of one thing.
    last: Option<(String, Option<StreamKind>, StreamId)>,
}

impl<'a, N: Names> Finding<'a, N> {
    fn new(ledger: &'a Ledger, names: N) -> Self {
        Self {
            ledger,
            names,
            resolved: Resolved {
                intents: Vec::new(),
                streams: Vec::new(),
                refs: BTreeMap::new(),
                drawn: Vec::new(),
            },
            new: BTreeMap::new(),
            last: None,
        }
    }

    /// Adds an item; `None` when something it names cannot be told here.
    fn item(&mut self, item: &Item) -> Result<Option<()>, ResolveError> {
        let path = || below(&item.path, "ref");
        let named = match &item.subject {
            Subject::OfFact => None,
            Subject::Stream(stream) => Some(*stream),
            Subject::New(kind) => {
                let stream = self.ledger.new_stream(*kind);
                self.resolved.drawn.push(stream);
                Some(stream)
            }
            Subject::Named(typed, wanted) => match self.thing(typed, *wanted, path)? {
                None => return Ok(None),
                found => found,
            },
        };
        let intent = match &item.saying {
            Saying::Record {
                payload,
                on,
                sources,
            } => {
                // Only amendments are about the thing of their fact.
                let Some(stream) = named else { return Ok(None) };
                if let Some(reference) = payload.reference() {
                    self.new.insert(reference.clone(), stream);
                    self.resolved.refs.insert(stream, reference.clone());
                }
                self.about(stream);
                Intent::Record(Draft {
                    stream,
                    payload: payload.clone(),
                    on: on.clone(),
                    sources: sources.clone(),
                })
            }
            amendment => match self.amendment(item, amendment, named)? {
                Some(intent) => intent,
                None => return Ok(None),
            },
        };
        self.resolved.intents.push(intent);
        Ok(Some(()))
    }

    fn about(&mut self, stream: StreamId) {
        if !self.resolved.streams.contains(&stream) {
            self.resolved.streams.push(stream);
        }
    }

    fn thing(
        &mut self,
        typed: &str,
        wanted: Option<StreamKind>,
        path: impl FnOnce() -> String,
    ) -> Result<Option<StreamId>, ResolveError> {
        if let Some((known, kind, stream)) = &self.last
            && known == typed
            && *kind == wanted
            && self.new.is_empty()
        {
            return Ok(Some(*stream));
        }
        let reference = Ref::new(typed).ok();
        if let Some(new) = reference.as_ref().and_then(|one| self.new.get(one)) {
            return Ok(Some(*new));
        }
        let found = self.names.thing(typed, wanted);
        let found = found.map_err(|error| failed(error, path()))?;
        if let (Some(stream), Some(reference)) = (found, reference) {
            self.resolved.refs.insert(stream, reference);
        }
        self.last = found.map(|stream| (typed.to_owned(), wanted, stream));
        Ok(found)
    }

    fn fact(
        &mut self,
        typed: &str,
        path: &str,
        named: Option<StreamId>,
    ) -> Result<Option<EventId>, ResolveError> {
        let found = self.names.fact(typed);
        let found = found.map_err(|error| failed(error, path.to_owned()))?;
        let Some(NamedFact { event, stream }) = found else {
            return Ok(None);
        };
        if named.is_some_and(|named| named != stream) {
            let path = path.to_owned();
            return Err(ResolveError::OtherStream { path, stream });
        }
        self.about(stream);
        Ok(Some(event))
    }

    fn amendment(
        &mut self,
        item: &Item,
        saying: &Saying,
        named: Option<StreamId>,
    ) -> Result<Option<Intent>, ResolveError> {
        let data = below(&item.path, "data");
        let (typed, at) = (saying.fact(), below(&data, "fact"));
        let Some(fact) = self.fact(typed, &at, named)? else {
            return Ok(None);
        };
        Ok(Some(match saying.clone() {
            Saying::Record { .. } => return Ok(None),
            Saying::Correct {
                on,
                data: new,
                sources,
                reason,
                ..
            } => {
                let new = new.map(|new| self.data_of(fact, &new, (&data, &at, typed)));
                let data = new.transpose()?;
                let change = Change { on, data, sources };
                Intent::Correct {
                    fact,
                    change,
                    reason,
                }
            }
            Saying::Retract { reason, .. } => Intent::Retract { fact, reason },
            Saying::Move { to, reason, .. } => {
                let Some(to) = self.thing(&to, None, || below(&data, "to"))? else {
                    return Ok(None);
                };
                self.about(to);
                Intent::Move { fact, to, reason }
            }
            Saying::Source { sources, .. } => Intent::Source { fact, sources },
            Saying::Confirm {
                version,
                sources,
                words,
                ..
            } => {
                let version = version.map(|one| self.fact(&one, &below(&data, "version"), named));
                Intent::Confirm {
                    fact,
                    version: version.transpose()?.flatten(),
                    sources,
                    words,
                }
            }
        }))
    }

    /// The new data of a fact, which are of its own kind.
    fn data_of(
        &self,
        fact: EventId,
        text: &str,
        (path, at, typed): (&str, &str, &str),
    ) -> Result<crate::deal::event::Payload, ResolveError> {
        let kind = self.names.kind(fact);
        let kind = kind.map_err(|error| failed(error, at.to_owned()))?;
        let kind = kind.as_deref().and_then(Kind::of);
        let Some(kind) = kind else {
            let error = FindError::UnknownFact(typed.to_owned());
            return Err(failed(error.into(), at.to_owned()));
        };
        Ok(payload(path, kind, Some(text))?)
    }
}

fn failed(error: NamingError, path: String) -> ResolveError {
    match error {
        NamingError::Find(error) => ResolveError::Find { path, error },
        NamingError::NotReady(error) => ResolveError::NotReady(error),
    }
}

//! What everybody measured here can do.

use std::sync::Arc;

use anyhow::{Result, bail};

use crate::dealtrail::Dealtrail;
use crate::file::{Appender, PlainFile};
use crate::load::Item;
use crate::umadb::UmaDb;

/// Something that events are about: an agreement, or what stands for one.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    /// The reference, or the tag.
    pub(crate) name: String,
    /// What the next append expects: how many events the agreement has, or the position of its last one.
    pub(crate) expected: u64,
}

/// How much was read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Amount {
    pub(crate) events: u64,
    pub(crate) bytes: u64,
}

/// Whom a client talks to.
#[derive(Clone)]
pub(crate) enum Peer {
    /// A plain file: what the disk allows.
    File(Arc<PlainFile>),
    /// UmaDB, at this address (`http://…`).
    UmaDb(String),
    /// dealtrail, at this address (`host:port`).
    Dealtrail(String),
}

impl Peer {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::UmaDb(_) => "UmaDB",
            Self::Dealtrail(_) => "dealtrail",
        }
    }

    /// Whether it can read one thing without reading everything.
    pub(crate) fn finds(&self) -> bool {
        !matches!(self, Self::File(_))
    }

    /// A client with a connection of its own.
    pub(crate) async fn client(&self) -> Result<Client> {
        Ok(match self {
            Self::File(file) => Client::File(file.appender()),
            Self::UmaDb(address) => Client::UmaDb(Box::new(UmaDb::connect(address).await?)),
            Self::Dealtrail(address) => {
                Client::Dealtrail(Box::new(Dealtrail::connect(address).await?))
            }
        })
    }
}

/// One client, which waits for each answer before it asks again.
pub(crate) enum Client {
    File(Appender),
    UmaDb(Box<UmaDb>),
    Dealtrail(Box<Dealtrail>),
}

impl Client {
    /// Stores events without looking at what is there, which nobody measures; what an append after each of them expects.
    pub(crate) async fn load(&mut self, items: &[Item]) -> Result<Vec<u64>> {
        match self {
            Self::File(file) => file.load(items).await,
            Self::UmaDb(client) => client.load(items).await,
            Self::Dealtrail(client) => client.load(items).await,
        }
    }

    /// Appends these remarks, all or none, if nothing was appended to the thing in between; returns when they are durable.
    pub(crate) async fn append(&mut self, thing: &mut Thing, remarks: &[String]) -> Result<()> {
        match self {
            Self::File(file) => file.append(thing, remarks).await,
            Self::UmaDb(client) => client.append(thing, remarks).await,
            Self::Dealtrail(client) => client.append(thing, remarks).await,
        }
    }

    /// Reads all events of a thing; how many there are.
    pub(crate) async fn read(&mut self, name: &str) -> Result<usize> {
        match self {
            Self::File(_) => bail!("a plain file cannot find one thing"),
            Self::UmaDb(client) => client.read(name).await,
            Self::Dealtrail(client) => client.read(name).await,
        }
    }

    /// Reads everything there is, in order.
    pub(crate) async fn replay(&mut self) -> Result<Amount> {
        match self {
            Self::File(file) => file.replay(),
            Self::UmaDb(client) => client.replay().await,
            Self::Dealtrail(client) => client.replay().await,
        }
    }
}

//! What is measured: each sort of work, at how many clients, and what dealtrail has to reach.

use std::fmt;

use anyhow::{Result, ensure};

use crate::content::{self, Draw};
use crate::peer::{Client, Thing};

/// Events of one batch.
const BATCH: usize = 64;
/// Events of a thing that is read.
pub(crate) const LONG: usize = 20;

/// What clients do over and over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// One event at a time.
    Append,
    /// Events of one thing together.
    Batch,
    /// All events of one thing.
    Read,
    /// All events there are, in order.
    Replay,
}

/// A sort of work at a number of clients.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measurement {
    pub(crate) work: Work,
    pub(crate) clients: usize,
    /// How many times UmaDB's figure dealtrail has to reach.
    pub(crate) bar: f64,
}

/// All of them, in the order in which they are measured: the whole ledger first, while everybody holds the same.
pub(crate) const ALL: [Measurement; 8] = [
    measurement(Work::Replay, 1, 1.0),
    measurement(Work::Append, 1, 2.0),
    measurement(Work::Append, 16, 1.5),
    measurement(Work::Append, 64, 1.5),
    measurement(Work::Batch, 1, 1.0),
    measurement(Work::Batch, 8, 1.0),
    measurement(Work::Read, 1, 2.0),
    measurement(Work::Read, 16, 2.0),
];

const fn measurement(work: Work, clients: usize, bar: f64) -> Measurement {
    Measurement { work, clients, bar }
}

impl Work {
    /// Its name on the command line and in JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Append => "append",
            Self::Batch => "batch",
            Self::Read => "read",
            Self::Replay => "replay",
        }
    }

    /// What is counted.
    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::Append | Self::Batch | Self::Replay => "events/s",
            Self::Read => "requests/s",
        }
    }

    /// How much of it one turn is.
    pub(crate) fn of_one_turn(self) -> usize {
        match self {
            Self::Batch => BATCH,
            Self::Append | Self::Read | Self::Replay => 1,
        }
    }
}

impl fmt::Display for Measurement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clients = match self.clients {
            1 => "1 client".to_owned(),
            many => format!("{many} clients"),
        };
        match self.work {
            Work::Append => write!(f, "durable appends, {clients}"),
            Work::Batch => write!(f, "durable batches of {BATCH}, {clients}"),
            Work::Read => write!(f, "a thing of {LONG} events, {clients}"),
            Work::Replay => write!(f, "everything, in order"),
        }
    }
}

/// One turn of a client, drawn beforehand so that drawing it costs no time of the answer's.
pub(crate) enum Turn {
    Append { thing: usize, remarks: Vec<String> },
    Read { name: String },
}

impl Turn {
    /// A turn on one of this many things of the client's own, or on one of `long` that are read alone.
    pub(crate) fn draw(
        work: Work,
        draw: &mut Draw,
        things: usize,
        long: usize,
        next: &mut u64,
    ) -> Self {
        if work == Work::Read {
            return Self::Read {
                name: long_name(draw.place(long)),
            };
        }
        let remarks = (0..work.of_one_turn()).map(|_| {
            *next += 1;
            content::remark(*next)
        });
        Self::Append {
            thing: draw.place(things),
            remarks: remarks.collect(),
        }
    }

    pub(crate) async fn take(&self, client: &mut Client, things: &mut [Thing]) -> Result<()> {
        match self {
            Self::Append { thing, remarks } => match things.get_mut(*thing) {
                Some(thing) => client.append(thing, remarks).await,
                None => Ok(()),
            },
            Self::Read { name } => {
                let found = client.read(name).await?;
                ensure!(found == LONG, "{name} has {found} events and not {LONG}");
                Ok(())
            }
        }
    }
}

/// The name of a thing that is read.
pub(crate) fn long_name(number: usize) -> String {
    format!("LONG-{number}")
}

/// The name of a thing that is appended to.
pub(crate) fn short_name(number: usize) -> String {
    format!("SHORT-{number}")
}

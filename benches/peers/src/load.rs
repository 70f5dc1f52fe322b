//! What everybody begins with: things that are read, things that are appended to. Their events come as they do in the field, one
//! thing after another and then again, so that what belongs to one thing lies far apart.

use std::time::Instant;

use anyhow::{Result, ensure};

use crate::content;
use crate::peer::{Peer, Thing};
use crate::work::{LONG, long_name, short_name};

/// Clients that load at a time.
const LOADERS: usize = 64;

/// How much is loaded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Things of 20 events, which are read.
    pub(crate) long: usize,
    /// Things of one event, which are appended to.
    pub(crate) short: usize,
    /// Events of one call.
    pub(crate) together: usize,
}

/// One event to load. The first of a thing stands for its registration.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) name: String,
    /// How many events the thing has before.
    pub(crate) version: u64,
    pub(crate) remark: String,
    /// Whether the thing is one that is appended to afterwards.
    short: bool,
}

impl Load {
    /// How many events these are.
    pub(crate) fn events(self) -> usize {
        self.long.saturating_mul(LONG).saturating_add(self.short)
    }

    /// What one of the loaders stores: things of its own.
    fn share(self, loader: usize) -> Vec<Item> {
        let mut items = Vec::new();
        for version in 0..LONG {
            for at in (loader..self.long).step_by(LOADERS) {
                items.push(Item {
                    name: long_name(at),
                    version: version as u64,
                    remark: content::remark((version * self.long + at) as u64),
                    short: false,
                });
            }
        }
        for at in (loader..self.short).step_by(LOADERS) {
            items.push(Item {
                name: short_name(at),
                version: 0,
                remark: content::remark((LONG * self.long + at) as u64),
                short: true,
            });
        }
        items
    }

    /// Stores it all; the things that are appended to.
    pub(crate) async fn into(self, peer: &Peer) -> Result<Vec<Thing>> {
        let began = Instant::now();
        let mut tasks = Vec::new();
        for loader in 0..LOADERS {
            let mut client = peer.client().await?;
            tasks.push(tokio::spawn(async move {
                let mut things = Vec::new();
                for items in self.share(loader).chunks(self.together.max(1)) {
                    let expected = client.load(items).await?;
                    let loaded = items.iter().zip(expected).filter(|(item, _)| item.short);
                    things.extend(loaded.map(|(item, expected)| Thing {
                        name: item.name.clone(),
                        expected,
                    }));
                }
                anyhow::Ok(things)
            }));
        }
        let mut things = Vec::new();
        for task in tasks {
            things.extend(task.await??);
        }
        let found = things.len();
        ensure!(
            found == self.short,
            "{found} things of {} are there",
            self.short
        );
        let (name, events) = (peer.name(), self.events());
        eprintln!(
            "loaded: {name}, {events} events in {:.1} s",
            began.elapsed().as_secs_f64()
        );
        Ok(things)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn the_loaders_together_store_everything_once_and_in_order() {
        let load = Load {
            long: 130,
            short: 70,
            together: 1,
        };
        let mut versions = BTreeMap::<String, u64>::new();
        let mut remarks = BTreeSet::new();
        for item in (0..LOADERS).flat_map(|loader| load.share(loader)) {
            let next = versions.entry(item.name).or_default();
            assert_eq!(item.version, *next);
            *next += 1;
            assert!(remarks.insert(item.remark), "no remark is made twice");
        }
        assert_eq!(versions.len(), 200);
        assert_eq!(versions.values().sum::<u64>(), load.events() as u64);
        assert_eq!(remarks.len(), load.events());
    }
}

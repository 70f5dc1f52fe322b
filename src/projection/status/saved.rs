//! The status written down and read back.
//!
//! Logs are written by stream in groups: what is in a group, then the packed events of all its logs in one block, of which
//! each log that is read back keeps its part. So nothing is copied, and nothing is looked at before it is asked for.

use std::sync::Arc;

use super::log::Log;
use super::places::Places;
use super::shelf::Shelf;
use super::words::Words;
use super::{Held, Status};
use crate::deal::value::ids::{Ref, StreamId};
use crate::projection::save::{Loader, Saver};
use crate::projection::shared::{Index, List};

/// How many bytes a block has, about.
const BLOCK: usize = 1 << 20;
/// How many positions are written at once.
const POSITIONS: usize = 256 << 10;

impl Status {
    /// Writes down what was folded so far.
    pub(in crate::projection) fn save(&self, saver: &mut Saver<'_>) {
        saver.number(self.position);
        saver.number(self.words.all().len() as u64);
        for (word, since) in self.words.all() {
            saver.text(word);
            saver.number(*since);
        }
        self.save_logs(saver);
        saver.number(self.refs.iter().count() as u64);
        for (reference, held) in self.refs.iter() {
            saver.text(reference.as_str());
            saver.stream(held.stream);
            saver.number(held.since);
        }
        saver.number(self.strays.len() as u64);
        for (seq, stream) in self.strays.iter() {
            saver.number(*seq);
            saver.stream(*stream);
        }
        self.places.save(saver);
        let mut block = Vec::new();
        for number in self.order.iter() {
            block.extend_from_slice(&number.to_le_bytes());
            if block.len() >= POSITIONS * 4 {
                saver.block(&block);
                block.clear();
            }
        }
        saver.block(&block);
    }

    fn save_logs(&self, saver: &mut Saver<'_>) {
        let mut streams: Vec<(StreamId, u32)> = self
            .numbers
            .iter()
            .map(|(stream, number)| (*stream, *number))
            .collect();
        streams.sort_unstable();
        saver.number(streams.len() as u64);
        let (mut group, mut bytes) = (Vec::new(), 0_usize);
        for (_, number) in streams {
            let Some(log) = self.logs.get(number as usize) else {
                continue;
            };
            if log.len() > BLOCK {
                // Longer than any block: it is written by itself.
                saver.number(0);
                saver.number(number.into());
                saver.stream(log.stream);
                saver.bytes(&log.parts().collect::<Vec<_>>().concat());
                continue;
            }
            if bytes.saturating_add(log.len()) > BLOCK {
                save_group(&mut group, saver);
                bytes = 0;
            }
            bytes = bytes.saturating_add(log.len());
            group.push((number, log.as_ref()));
        }
        save_group(&mut group, saver);
    }

    /// The status that was written down.
    pub(in crate::projection) fn load(loader: &mut Loader<'_>) -> Option<Self> {
        let position = loader.number()?;
        let mut words = Words::default();
        for _ in 0..loader.number()? {
            let word = loader.text()?;
            words.number(&word, loader.number()?);
        }
        let logs = load_logs(loader)?;
        let mut refs = Vec::new();
        for _ in 0..loader.number()? {
            let reference = Ref::try_from(loader.text()?).ok()?;
            let (stream, since) = (loader.stream()?, loader.number()?);
            refs.push((reference, Held { stream, since }));
        }
        let mut strays = List::default();
        for _ in 0..loader.number()? {
            strays.push((loader.number()?, loader.stream()?));
        }
        let places = Places::load(loader)?;
        let mut order = List::default();
        while (order.len() as u64) < position {
            let block = loader.block()?;
            let (numbers, []) = block.as_chunks() else {
                return None;
            };
            order.append(numbers.iter().map(|number| u32::from_le_bytes(*number)));
        }
        let whole = order.len() as u64 == position && places.len() as u64 == position;
        let mut shelf = Shelf::default();
        shelf.reach(logs.len());
        whole.then(|| Self {
            numbers: Index::from_entries(numbers_of(&logs)),
            refs: Index::from_entries(refs),
            words,
            logs: logs.into_iter().map(|(_, log)| log).collect(),
            places,
            order,
            strays,
            position,
            shelf,
            room: Vec::new(),
        })
    }
}

fn save_group(group: &mut Vec<(u32, &Log)>, saver: &mut Saver<'_>) {
    if group.is_empty() {
        return;
    }
    saver.number(group.len() as u64);
    for (number, log) in group.iter() {
        saver.number((*number).into());
        saver.stream(log.stream);
        saver.number(log.len() as u64);
    }
    let parts = group.iter().flat_map(|(_, log)| log.parts());
    saver.block(&parts.collect::<Vec<_>>().concat());
    group.clear();
}

/// The logs by their numbers.
fn load_logs(loader: &mut Loader<'_>) -> Option<Vec<(u32, Arc<Log>)>> {
    let count = usize::try_from(loader.number()?).ok()?;
    let mut logs: Vec<(u32, Arc<Log>)> = Vec::new();
    logs.try_reserve_exact(count).ok()?;
    while logs.len() < count {
        let length = loader.number()?;
        if length == 0 {
            let number = u32::try_from(loader.number()?).ok()?;
            let stream = loader.stream()?;
            logs.push((number, Arc::new(Log::from_bytes(stream, loader.bytes()?)?)));
            continue;
        }
        let mut heads = Vec::new();
        for _ in 0..length {
            let number = u32::try_from(loader.number()?).ok()?;
            let stream = loader.stream()?;
            heads.push((number, stream, usize::try_from(loader.number()?).ok()?));
        }
        let block = Arc::new(loader.block()?);
        let mut start = 0_usize;
        for (number, stream, length) in heads {
            let end = start.checked_add(length)?;
            let log = Log::in_block(stream, &block, start, end)?;
            logs.push((number, Arc::new(log)));
            start = end;
        }
    }
    logs.sort_unstable_by_key(|(number, _)| *number);
    let dense = logs
        .iter()
        .zip(0..)
        .all(|((number, _), place)| *number == place);
    dense.then_some(logs)
}

fn numbers_of(logs: &[(u32, Arc<Log>)]) -> Vec<(StreamId, u32)> {
    let entries = logs.iter().map(|(number, log)| (log.stream, *number));
    entries.collect()
}

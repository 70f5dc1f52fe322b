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
        let (logs, numbers) = load_logs(loader)?;
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
            numbers,
            refs: Index::from_entries(refs),
            words,
            logs,
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

/// Logs by their numbers while they are read back, and the numbers of their streams as they were written: by stream.
#[derive(Default)]
struct Loading {
    logs: Vec<Option<Arc<Log>>>,
    numbers: Vec<(StreamId, u32)>,
}

impl Loading {
    /// Puts a log in its place; `None` when there is one already, or so many there are not.
    fn put(&mut self, number: u32, log: Log, count: usize) -> Option<()> {
        let place = number as usize;
        if place >= self.logs.len() {
            let length = place.checked_add(1).filter(|length| *length <= count)?;
            self.logs.resize_with(length, || None);
        }
        self.numbers.push((log.stream, number));
        let slot = self.logs.get_mut(place)?;
        slot.replace(Arc::new(log)).is_none().then_some(())
    }
}

/// The logs by their numbers, and the numbers by stream.
type Loaded = (List<Arc<Log>>, Index<StreamId, u32>);

/// The logs that were written down.
fn load_logs(loader: &mut Loader<'_>) -> Option<Loaded> {
    let count = usize::try_from(loader.number()?).ok()?;
    let mut loading = Loading::default();
    loading.logs.try_reserve_exact(count).ok()?;
    loading.numbers.try_reserve_exact(count).ok()?;
    let mut left = count;
    while left > 0 {
        let length = loader.number()?;
        if length == 0 {
            let number = u32::try_from(loader.number()?).ok()?;
            let stream = loader.stream()?;
            loading.put(number, Log::from_bytes(stream, loader.bytes()?)?, count)?;
            left = left.checked_sub(1)?;
            continue;
        }
        left = left.checked_sub(usize::try_from(length).ok()?)?;
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
            loading.put(number, log, count)?;
            start = end;
        }
    }
    // As many as there are, each number once and below that: all of them.
    let whole = loading.logs.iter().all(Option::is_some);
    let logs = loading.logs.into_iter().flatten().collect();
    whole.then(|| (logs, Index::from_entries(loading.numbers)))
}

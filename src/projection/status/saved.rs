//! The status written down and read back.

use std::sync::Arc;

use super::log::Log;
use super::packed::{self, Words};
use super::shelf::Shelf;
use super::{Held, Status};
use crate::deal::value::ids::{EventId, Ref};
use crate::projection::save::{Loader, Saver};
use crate::projection::shared::{Index, List};

impl Status {
    /// Writes down what was folded so far.
    pub(in crate::projection) fn save(&self, saver: &mut Saver<'_>) {
        saver.number(self.position);
        saver.number(self.words.all().len() as u64);
        for (word, since) in self.words.all() {
            saver.text(word);
            saver.number(*since);
        }
        saver.number(self.logs.len() as u64);
        for log in self.logs.iter() {
            saver.stream(log.stream);
            saver.bytes(log.bytes());
        }
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
    }

    /// The status that was written down.
    pub(in crate::projection) fn load(loader: &mut Loader<'_>) -> Option<Self> {
        let position = loader.number()?;
        let mut words = Words::default();
        for _ in 0..loader.number()? {
            let word = loader.text()?;
            words.number(&word, loader.number()?);
        }
        let mut logs: List<Arc<Log>> = List::default();
        for _ in 0..loader.number()? {
            let stream = loader.stream()?;
            logs.push(Arc::new(Log::from_bytes(stream, loader.bytes()?)?));
        }
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
        let (events, order) = places(&logs, position)?;
        let mut shelf = Shelf::default();
        shelf.reach(logs.len());
        let streams = logs.iter().map(|log| log.stream);
        Some(Self {
            numbers: Index::from_entries(streams.zip(0..).collect()),
            refs: Index::from_entries(refs),
            words,
            logs,
            events,
            order,
            strays,
            position,
            shelf,
            room: Vec::new(),
        })
    }
}

/// Where every event stands, found by walking through the logs; `None` unless every position has one.
fn places(logs: &List<Arc<Log>>, position: u64) -> Option<(Index<EventId, u32>, List<u32>)> {
    let events = usize::try_from(position).ok()?;
    let mut places: Vec<Option<(EventId, u32)>> = Vec::new();
    places.try_reserve_exact(events).ok()?;
    places.resize(events, None);
    for (log, number) in logs.iter().zip(0_u32..) {
        for packed in log.before(position) {
            let seq = usize::try_from(packed::seq_of(packed)?).ok()?;
            let place = places.get_mut(seq)?;
            if place.is_some() {
                return None;
            }
            *place = Some((packed::id_of(packed)?, number));
        }
    }
    let places: Vec<(EventId, u32)> = places.into_iter().collect::<Option<_>>()?;
    let order = places.iter().map(|(_, number)| *number).collect();
    Some((Index::from_entries(places), order))
}

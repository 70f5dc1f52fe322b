//! The stored events of things, as they are sent: kept after the first request, so that the next one copies bytes and
//! nothing else.
//!
//! What is kept is bound to the version of the stream. A stream only ever grows, so the same version is the same bytes.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use axum::body::Bytes;

use crate::deal::value::ids::StreamId;

/// How many bytes of each of the two generations are kept.
const ROOM: usize = 32 << 20;

/// How stored events are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// One JSON array.
    Array,
    /// A line each.
    Lines,
}

impl Form {
    /// Its media type.
    #[must_use]
    pub fn media(self) -> &'static str {
        match self {
            Self::Array => "application/json",
            Self::Lines => "application/x-ndjson",
        }
    }

    /// The validator of a stream's events in this form.
    #[must_use]
    pub fn tag(self, version: u64) -> String {
        match self {
            Self::Array => version.to_string(),
            Self::Lines => format!("{version}-lines"),
        }
    }

    /// Events put together, each as the bytes that are stored.
    #[must_use]
    pub fn body<'e>(self, events: impl Iterator<Item = &'e [u8]> + Clone) -> Vec<u8> {
        let (begin, between, end): (&[u8], &[u8], &[u8]) = match self {
            Self::Array => (b"[", b",\n", b"]\n"),
            Self::Lines => (b"", b"\n", b"\n"),
        };
        let room = events.clone().map(|event| event.len() + between.len());
        let mut body = Vec::with_capacity(room.sum::<usize>() + begin.len() + end.len());
        body.extend_from_slice(begin);
        for (index, event) in events.enumerate() {
            if index > 0 {
                body.extend_from_slice(between);
            }
            body.extend_from_slice(event);
        }
        body.extend_from_slice(end);
        body
    }
}

/// Bodies by stream and form.
#[derive(Debug, Default)]
pub struct Stored(RwLock<Shelves>);

type Shelf = BTreeMap<(StreamId, Form), (u64, Bytes)>;

/// Two generations: when the young one is full it becomes the old one, and what nobody asked for meanwhile goes.
#[derive(Debug, Default)]
struct Shelves {
    young: Shelf,
    old: Shelf,
    bytes: usize,
}

impl Stored {
    /// The events of a stream in a version, if they are kept.
    #[must_use]
    pub fn get(&self, stream: StreamId, form: Form, version: u64) -> Option<Bytes> {
        let found = |shelf: &Shelf| {
            let (kept, body) = shelf.get(&(stream, form))?;
            (*kept == version).then(|| body.clone())
        };
        let shelves = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(body) = found(&shelves.young) {
            return Some(body);
        }
        let body = found(&shelves.old)?;
        drop(shelves);
        self.put(stream, form, version, body.clone());
        Some(body)
    }

    /// Keeps the events of a stream in a version.
    pub fn put(&self, stream: StreamId, form: Form, version: u64, body: Bytes) {
        // Whatever stands in a shelf is whole, and both may be lost.
        let mut shelves = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if body.len() > ROOM {
            return;
        }
        if shelves.bytes.saturating_add(body.len()) > ROOM {
            shelves.old = std::mem::take(&mut shelves.young);
            shelves.bytes = 0;
        }
        shelves.bytes = shelves.bytes.saturating_add(body.len());
        let before = shelves.young.insert((stream, form), (version, body));
        if let Some((_, before)) = before {
            shelves.bytes = shelves.bytes.saturating_sub(before.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn stream(number: u128) -> StreamId {
        StreamId::Agreement(Uuid::from_u128(number))
    }

    #[test]
    fn only_the_same_version_is_the_same_bytes() {
        let stored = Stored::default();
        stored.put(stream(1), Form::Array, 3, Bytes::from_static(b"[]"));
        assert!(stored.get(stream(1), Form::Array, 3).is_some());
        assert!(stored.get(stream(1), Form::Array, 4).is_none());
        assert!(stored.get(stream(1), Form::Lines, 3).is_none());
        assert!(stored.get(stream(2), Form::Array, 3).is_none());
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let stored = Stored::default();
        let body = Bytes::from(vec![b' '; ROOM / 4]);
        stored.put(stream(0), Form::Array, 1, body.clone());
        for number in 1..20 {
            assert!(
                stored.get(stream(0), Form::Array, 1).is_some(),
                "asked for all along: {number}"
            );
            stored.put(stream(number), Form::Array, 1, body.clone());
        }
        assert!(stored.get(stream(19), Form::Array, 1).is_some());
        assert!(stored.get(stream(5), Form::Array, 1).is_none());
        let shelves = stored.0.read().unwrap();
        assert!(shelves.young.len() <= 4 && shelves.old.len() <= 4);
    }

    #[test]
    fn events_are_put_together_as_they_are() {
        let events = [b"{\"a\":1}".as_slice(), b"{\"b\":2}"];
        assert_eq!(
            Form::Array.body(events.into_iter()),
            b"[{\"a\":1},\n{\"b\":2}]\n"
        );
        assert_eq!(
            Form::Lines.body(events.into_iter()),
            b"{\"a\":1}\n{\"b\":2}\n"
        );
    }
}

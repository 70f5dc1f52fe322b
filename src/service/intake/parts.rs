//! The parts that items have in common: data, days, sources.

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};
use serde_json::value::RawValue;
use std::fmt;
use std::marker::PhantomData;

use super::error::{IntakeError, below, malformed};
use crate::codec::door::{self, DoorError};
use crate::deal::event::payload_error::PayloadError;
use crate::deal::event::{Kind, Payload};
use crate::deal::value::source::Source;
use crate::deal::value::when::When;

/// A member that may be left out and may not be null.
pub(super) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    reader: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(reader).map(Some)
}

/// Reads a JSON object into the form of what is sent. An array whose values happen to stand in the right order is none.
pub(super) fn read<'a, T: Deserialize<'a>>(at: &str, text: &'a [u8]) -> Result<T, IntakeError> {
    match text.trim_ascii_start().first() {
        Some(b'{') => {}
        Some(_) => return Err(malformed(at, "", "an object in braces is expected")),
        None => {
            return Err(malformed(
                at,
                "",
                "there is none: an object in braces is expected",
            ));
        }
    }
    serde_json::from_slice(text).map_err(|error| malformed(at, "", error))
}

/// A form that is read from an object in braces alone: where an array would do for it, as [`read`] says, it is refused.
pub(super) struct Braced<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Braced<T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        T::deserialize(InBraces(reader)).map(Self)
    }
}

struct InBraces<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for InBraces<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A list that is read no further than so many items: of a longer one no memory is taken for the rest.
pub(super) struct UpTo<const MOST: usize, T>(pub(super) Vec<T>);

impl<'de, const MOST: usize, T: Deserialize<'de>> Deserialize<'de> for UpTo<MOST, T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let visitor = UpToVisitor::<MOST, T>(PhantomData);
        reader.deserialize_seq(visitor).map(Self)
    }
}

struct UpToVisitor<const MOST: usize, T>(PhantomData<T>);

impl<'de, const MOST: usize, T: Deserialize<'de>> Visitor<'de> for UpToVisitor<MOST, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {MOST}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            if items.len() == MOST {
                return Err(A::Error::invalid_length(MOST.saturating_add(1), &self));
            }
            items.push(item);
        }
        Ok(items)
    }
}

/// Data of a kind, of an item at a path.
pub(super) fn payload(path: &str, kind: Kind, data: Option<&str>) -> Result<Payload, IntakeError> {
    let read = door::payload_from_text(kind.as_str(), data.unwrap_or("{}").as_bytes());
    read.map_err(|error| refused(path, "data", &error))
}

fn refused(path: &str, field: &str, error: &DoorError) -> IntakeError {
    let at = below(path, field);
    let sentence = match error {
        DoorError::Field {
            error: PayloadError::Malformed { reason, .. },
            ..
        } => reason.clone(),
        error => error.to_string(),
    };
    malformed(&at, error.path(), sentence)
}

/// A day, if one was given.
pub(super) fn day(path: &str, on: Option<&str>) -> Result<Option<When>, IntakeError> {
    let read = |typed: &str| When::try_from(typed).map_err(|error| malformed(path, "on", error));
    on.map(read).transpose()
}

/// Sources, if any were given.
pub(super) fn sources(
    path: &str,
    field: &str,
    given: Option<&RawValue>,
) -> Result<Option<Vec<Source>>, IntakeError> {
    let read = |given: &RawValue| {
        door::sources_from_text(given.get()).map_err(|error| match error.path() {
            // Their own name is part of their path already.
            inner if inner.starts_with("sources") && field == "sources" => {
                malformed(path, inner, &error)
            }
            _ => refused(path, field, &error),
        })
    };
    given.map(read).transpose()
}

//! The strict reader: serde_json finds the tokens, this decides what may be kept.
//!
//! Reading into a `Value` would not do: of a key given twice the last would silently win, and whole
//! numbers beyond 64 bits would silently become floats.

use super::profile::{Path, ProfileError, Step, check_integer, check_key, check_text};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Reads one object and nothing after it.
pub(super) fn read(text: &str) -> Result<Value, ProfileError> {
    let mut reading = Reading {
        path: Path::default(),
        fault: None,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Node(&mut reading)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    match (value, reading.fault) {
        (_, Some(fault)) => Err(fault),
        (Ok(value @ Value::Object(_)), None) => Ok(value),
        (Ok(_), None) => Err(ProfileError::NotAnObject),
        (Err(error), None) => Err(ProfileError::Syntax {
            path: reading.path.to_string(),
            what: error.to_string(),
        }),
    }
}

/// What the nodes of one document share. serde's errors are only words, so the fault found is kept
/// here; after an error the path is left where it was, to say where.
struct Reading {
    path: Path<'static>,
    fault: Option<ProfileError>,
}

impl Reading {
    fn check<E: Error>(&mut self, result: Result<(), ProfileError>) -> Result<(), E> {
        result.map_err(|fault| {
            self.fault = Some(fault);
            E::custom("outside the profile")
        })
    }
}

struct Node<'r>(&'r mut Reading);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        let checked = check_integer(value.unsigned_abs(), &self.0.path);
        self.0.check(checked)?;
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        let checked = check_integer(value, &self.0.path);
        self.0.check(checked)?;
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Value, E> {
        let fault = ProfileError::NotWhole {
            path: self.0.path.to_string(),
        };
        self.0.check(Err(fault))?;
        Err(E::custom("a float"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        let checked = check_text(text, &self.0.path);
        self.0.check(checked)?;
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let Self(reading) = self;
        let entered = reading.path.enter();
        reading.check(entered)?;
        let mut items = Vec::new();
        loop {
            reading.path.push(Step::Index(items.len()));
            let item = list.next_element_seed(Node(reading))?;
            reading.path.pop();
            match item {
                Some(item) => items.push(item),
                None => break,
            }
        }
        reading.path.leave();
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let Self(reading) = self;
        let entered = reading.path.enter();
        reading.check(entered)?;
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let checked = check_key(&key, &reading.path);
            reading.check(checked)?;
            reading.path.push(Step::Key(key.clone().into()));
            if object.contains_key(&key) {
                let fault = ProfileError::Duplicate {
                    path: reading.path.to_string(),
                };
                reading.check(Err(fault))?;
            }
            let value = map.next_value_seed(Node(reading))?;
            reading.path.pop();
            object.insert(key, value);
        }
        reading.path.leave();
        Ok(object.into())
    }
}

//! A required field that the source leaves open.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{
    Error as ValueError, MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer,
};
use serde::de::{self, DeserializeOwned, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// The one reason there is: the source does not say.
const NOT_IN_SOURCE: &str = "not in source";

/// A value, or the plain statement that the source does not give it: `{"unknown": "not in source"}`.
/// Unlike an absent field it says that somebody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Known<T> {
    /// Given.
    Value(T),
    /// Not in the source.
    Unknown,
}

impl<T> Known<T> {
    /// The value, if it is known.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Unknown => None,
        }
    }

    /// Whether the source leaves it open.
    pub fn is_unknown(&self) -> bool {
        self.value().is_none()
    }

    /// The same of another type, by way of `f`.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Self::Value(value) => Known::Value(f(value)),
            Self::Unknown => Known::Unknown,
        }
    }
}

impl<T> From<T> for Known<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T: Serialize> Serialize for Known<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Unknown => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("unknown", NOT_IN_SOURCE)?;
                map.end()
            }
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Known<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KnownReader(PhantomData))
    }
}

/// Reads a value or that it is unknown. A text is never the latter and is read at once.
struct KnownReader<T>(PhantomData<T>);

impl<T: DeserializeOwned> KnownReader<T> {
    fn read<E: de::Error>(value: Value) -> Result<Known<T>, E> {
        match value.get("unknown") {
            // Read before T, so that the sentence of a bad T names T's own fault.
            None => T::deserialize(value).map(Known::Value).map_err(E::custom),
            Some(reason) if reason == NOT_IN_SOURCE => Ok(Known::Unknown),
            Some(_) => Err(E::custom(format!(
                "the only reason for an unknown value is {{\"unknown\": \"{NOT_IN_SOURCE}\"}}"
            ))),
        }
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for KnownReader<T> {
    type Value = Known<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, or that it is unknown")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Known<T>, E> {
        let text: StrDeserializer<'_, ValueError> = text.into_deserializer();
        T::deserialize(text).map(Known::Value).map_err(E::custom)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Known<T>, E> {
        Self::read(value.into())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Known<T>, E> {
        Self::read(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Known<T>, E> {
        Self::read(value.into())
    }

    fn visit_unit<E: de::Error>(self) -> Result<Known<T>, E> {
        Self::read(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Known<T>, A::Error> {
        Self::read(Value::deserialize(SeqAccessDeserializer::new(items))?)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Known<T>, A::Error> {
        Self::read(Value::deserialize(MapAccessDeserializer::new(members))?)
    }
}

impl<T: JsonSchema> JsonSchema for Known<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Known{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({
            "description": "The value, or that the source does not give it.",
            "anyOf": [value, {
                "type": "object",
                "properties": { "unknown": { "const": NOT_IN_SOURCE } },
                "required": ["unknown"]
            }]
        })
    }
}

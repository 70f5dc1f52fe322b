//! How the parts of an event log are written: types, attributes, relations.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::export::events::{members, quoted};

/// What an attribute's text is to be read as (OCEL 2.0, "Attributes").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A text.
    Text,
    /// A moment.
    Time,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
}

impl Sort {
    fn as_str(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Time => "time",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
        }
    }

    /// What two values of one name are to be read as.
    pub(super) fn with(self, other: Self) -> Self {
        match self == other {
            true => self,
            false => Self::Text,
        }
    }
}

/// The attributes declared of each type.
pub(super) type Types = BTreeMap<String, BTreeMap<String, Sort>>;

/// A relation to an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reference {
    /// The object's id.
    pub(super) object: String,
    /// How it is related.
    pub(super) qualifier: String,
}

/// A value's text and what it is to be read as; `None` for lists, objects and null.
pub(super) fn scalar(value: &Value) -> Option<(String, Sort)> {
    match value {
        Value::String(text) => Some((text.clone(), Sort::Text)),
        Value::Number(number) => Some((number.to_string(), Sort::Integer)),
        Value::Bool(is) => Some((is.to_string(), Sort::Boolean)),
        _ => None,
    }
}

/// A JSON list of objects, each written without its braces.
pub(super) fn listed<T>(
    items: impl IntoIterator<Item = T>,
    out: &mut Vec<u8>,
    mut each: impl FnMut(T, &mut Vec<u8>),
) {
    out.push(b'[');
    for (at, item) in items.into_iter().enumerate() {
        out.extend_from_slice(if at > 0 { b",{" } else { b"{" });
        each(item, out);
        out.push(b'}');
    }
    out.push(b']');
}

/// A list of relations.
pub(super) fn relations(references: &[Reference], out: &mut Vec<u8>) {
    listed(references, out, |reference, out| {
        let named = [
            ("objectId", reference.object.as_str()),
            ("qualifier", reference.qualifier.as_str()),
        ];
        members(&named, out);
    });
}

/// A list of types with their attributes.
pub(super) fn write_types(types: &Types, out: &mut Vec<u8>) {
    listed(types, out, |(name, attributes), out| {
        members(&[("name", name)], out);
        out.extend_from_slice(b",\"attributes\":");
        listed(attributes, out, |(name, sort), out| {
            members(&[("name", name), ("type", sort.as_str())], out);
        });
    });
}

/// The name of one more member; its value is written by the caller.
pub(super) fn member(name: &str, out: &mut Vec<u8>) {
    out.push(b',');
    quoted(name, out);
    out.push(b':');
}

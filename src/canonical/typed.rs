//! Canonical JSON straight from a type, without a value between.
//!
//! It writes what [`to_bytes`](super::to_bytes) writes of the value that the same type comes to. Where something is outside
//! the profile it says no more than that: whoever looks at the value then is told which field it is.

use serde::Serialize;
use serde::ser::{
    Error, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use std::fmt::Display;

use super::letters::{write_digits, write_key, write_text};
use super::profile::{MAX_BYTES, MAX_DEPTH, MAX_INTEGER, is_key, is_text};

/// Something is outside the profile, or of a form that is not written here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is outside the canonical profile")]
pub struct Outside;

impl Error for Outside {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

/// Writes a value canonically behind what `out` holds, as the value of a member of the outermost object.
///
/// # Errors
/// When it is outside the profile; what was written of it then is worth nothing.
pub fn write(out: &mut String, value: &impl Serialize) -> Result<(), Outside> {
    value.serialize(&mut Writer {
        out,
        depth: 1,
        members: Vec::new(),
    })
}

struct Writer<'a> {
    out: &'a mut String,
    /// How many objects and lists are open, with the one around it all.
    depth: usize,
    /// Where the members of the open objects begin, those of the innermost last.
    members: Vec<usize>,
}

impl Writer<'_> {
    fn enter(&mut self, bracket: char) -> Result<(), Outside> {
        if self.depth >= MAX_DEPTH || self.out.len() > MAX_BYTES {
            return Err(Outside);
        }
        self.depth = self.depth.saturating_add(1);
        self.out.push(bracket);
        Ok(())
    }

    fn leave(&mut self, bracket: char) {
        self.depth = self.depth.saturating_sub(1);
        self.out.push(bracket);
    }

    fn whole(&mut self, negative: bool, size: u64) -> Result<(), Outside> {
        if size > MAX_INTEGER {
            return Err(Outside);
        }
        if negative {
            self.out.push('-');
        }
        write_digits(self.out, size);
        Ok(())
    }

    fn key(&mut self, key: &str) -> Result<(), Outside> {
        if !is_key(key) {
            return Err(Outside);
        }
        write_key(self.out, key);
        Ok(())
    }
}

/// An object or a list that is open.
struct Open<'w, 'a> {
    writer: &'w mut Writer<'a>,
    /// How many members the objects around it have so far.
    around: usize,
    /// Whether its own came in the order of their keys so far.
    sorted: bool,
    /// Whether it is the one member of an object that names a variant.
    wrapped: bool,
}

impl<'w, 'a> Open<'w, 'a> {
    fn begin(writer: &'w mut Writer<'a>, bracket: char) -> Result<Self, Outside> {
        writer.enter(bracket)?;
        Ok(Self {
            around: writer.members.len(),
            writer,
            sorted: true,
            wrapped: false,
        })
    }

    fn of_variant(writer: &'w mut Writer<'a>, name: &str, bracket: char) -> Result<Self, Outside> {
        writer.enter('{')?;
        writer.key(name)?;
        let open = Self::begin(writer, bracket)?;
        Ok(Self {
            wrapped: true,
            ..open
        })
    }

    fn item(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Outside> {
        // Nothing but a list that was just begun ends in a bracket that opens: texts end in their quotes.
        if !self.writer.out.ends_with('[') {
            self.writer.out.push(',');
        }
        value.serialize(&mut *self.writer)
    }

    fn member(&mut self, key: &str, value: &(impl Serialize + ?Sized)) -> Result<(), Outside> {
        self.name(key)?;
        value.serialize(&mut *self.writer)
    }

    fn name(&mut self, key: &str) -> Result<(), Outside> {
        let writer = &mut *self.writer;
        let before = writer.members.get(self.around..).unwrap_or_default().last();
        if let Some(before) = before {
            self.sorted &= key_of(writer.out.get(*before..).unwrap_or_default()) < key;
            writer.out.push(',');
        }
        writer.members.push(writer.out.len());
        writer.key(key)
    }

    /// Puts its members into the order of their keys. Those that come in another one are few.
    fn sort(&mut self) -> Result<(), Outside> {
        let starts = self.writer.members.get(self.around..).unwrap_or_default();
        let Some(first) = starts.first().copied() else {
            return Ok(());
        };
        // A comma stands between two of them.
        let ends = starts.iter().skip(1).map(|next| next.saturating_sub(1));
        let ends = ends.chain([self.writer.out.len()]);
        let members = starts.iter().zip(ends);
        let members = members.map(|(start, end)| self.writer.out.get(*start..end));
        let mut members: Vec<&str> = members.map(Option::unwrap_or_default).collect();
        members.sort_by_key(|member| key_of(member));
        let twice = |pair: &[&str]| matches!(pair, [one, next] if key_of(one) == key_of(next));
        if members.windows(2).any(twice) {
            return Err(Outside);
        }
        let sorted = members.join(",");
        self.writer.out.truncate(first);
        self.writer.out.push_str(&sorted);
        Ok(())
    }

    fn close(mut self, bracket: char) -> Result<(), Outside> {
        if !self.sorted {
            self.sort()?;
        }
        self.writer.members.truncate(self.around);
        self.writer.leave(bracket);
        if self.wrapped {
            self.writer.leave('}');
        }
        Ok(())
    }
}

/// The key with which a member begins; keys have no escapes.
fn key_of(member: &str) -> &str {
    let mut quoted = member.split('"');
    quoted.nth(1).unwrap_or_default()
}

impl<'w, 'a> Serializer for &'w mut Writer<'a> {
    type Ok = ();
    type Error = Outside;
    type SerializeSeq = Open<'w, 'a>;
    type SerializeTuple = Open<'w, 'a>;
    type SerializeTupleStruct = Open<'w, 'a>;
    type SerializeTupleVariant = Open<'w, 'a>;
    type SerializeMap = Open<'w, 'a>;
    type SerializeStruct = Open<'w, 'a>;
    type SerializeStructVariant = Open<'w, 'a>;

    fn serialize_bool(self, flag: bool) -> Result<(), Outside> {
        self.out.push_str(if flag { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, number: i8) -> Result<(), Outside> {
        self.serialize_i64(number.into())
    }

    fn serialize_i16(self, number: i16) -> Result<(), Outside> {
        self.serialize_i64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Result<(), Outside> {
        self.serialize_i64(number.into())
    }

    fn serialize_i64(self, number: i64) -> Result<(), Outside> {
        self.whole(number < 0, number.unsigned_abs())
    }

    fn serialize_u8(self, number: u8) -> Result<(), Outside> {
        self.whole(false, number.into())
    }

    fn serialize_u16(self, number: u16) -> Result<(), Outside> {
        self.whole(false, number.into())
    }

    fn serialize_u32(self, number: u32) -> Result<(), Outside> {
        self.whole(false, number.into())
    }

    fn serialize_u64(self, number: u64) -> Result<(), Outside> {
        self.whole(false, number)
    }

    fn serialize_f32(self, _: f32) -> Result<(), Outside> {
        Err(Outside)
    }

    fn serialize_f64(self, _: f64) -> Result<(), Outside> {
        Err(Outside)
    }

    fn serialize_char(self, letter: char) -> Result<(), Outside> {
        self.serialize_str(letter.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Outside> {
        if !is_text(text) {
            return Err(Outside);
        }
        write_text(self.out, text);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Outside> {
        Err(Outside)
    }

    fn serialize_none(self) -> Result<(), Outside> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Outside> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Outside> {
        self.out.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Outside> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
    ) -> Result<(), Outside> {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Outside> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), Outside> {
        self.enter('{')?;
        self.key(name)?;
        value.serialize(&mut *self)?;
        self.leave('}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'w, 'a>, Outside> {
        Open::begin(self, '[')
    }

    fn serialize_tuple(self, _: usize) -> Result<Open<'w, 'a>, Outside> {
        Open::begin(self, '[')
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Open<'w, 'a>, Outside> {
        Open::begin(self, '[')
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Open<'w, 'a>, Outside> {
        Open::of_variant(self, name, '[')
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Open<'w, 'a>, Outside> {
        Open::begin(self, '{')
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'w, 'a>, Outside> {
        Open::begin(self, '{')
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Open<'w, 'a>, Outside> {
        Open::of_variant(self, name, '{')
    }
}

/// What serde calls one list or object by many names.
macro_rules! open {
    ($($many:ident $each:ident $bracket:literal ($($named:ident)?) => $ours:ident,)+) => { $(
        impl $many for Open<'_, '_> {
            type Ok = ();
            type Error = Outside;

            fn $each<T: Serialize + ?Sized>(
                &mut self,
                $($named: &'static str,)?
                value: &T,
            ) -> Result<(), Outside> {
                self.$ours($($named,)? value)
            }

            fn end(self) -> Result<(), Outside> {
                self.close($bracket)
            }
        }
    )+ };
}

open! {
    SerializeSeq serialize_element ']' () => item,
    SerializeTuple serialize_element ']' () => item,
    SerializeTupleStruct serialize_field ']' () => item,
    SerializeTupleVariant serialize_field ']' () => item,
    SerializeStruct serialize_field '}' (key) => member,
    SerializeStructVariant serialize_field '}' (key) => member,
}

impl SerializeMap for Open<'_, '_> {
    type Ok = ();
    type Error = Outside;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Outside> {
        let mut written = String::new();
        write(&mut written, &key)?;
        let key = written.strip_prefix('"');
        let key = key.and_then(|rest| rest.strip_suffix('"'));
        self.name(key.ok_or(Outside)?)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Outside> {
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Outside> {
        self.close('}')
    }
}

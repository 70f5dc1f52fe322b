//! What every value written as one JSON string has in common.

/// The text as an error message shows it: quoted, control characters made visible, long ones cut.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return format!("{text:?}");
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start:?}… ({} characters)", text.chars().count())
}

/// Gives a type with `fn as_str(&self)`, or another that is named and gives its text, and `fn from_canonical(&str) -> Result<Self, _>` its JSON form: one
/// string, strict when read, and a schema that says so.
///
/// A macro, because the three traits are foreign and a blanket implementation over a trait of ours
/// is not allowed for them.
macro_rules! string_form {
    ($type:ident, $error:ty, expects $expects:literal, schema $schema:tt) => {
        string_form!($type, $error, written as_str, expects $expects, schema $schema);
    };
    ($type:ident, $error:ty, written $written:ident, expects $expects:literal, schema $schema:tt) => {
        impl TryFrom<String> for $type {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::from_canonical(&text)
            }
        }

        impl TryFrom<&str> for $type {
            type Error = $error;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                Self::from_canonical(text)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(AsRef::<str>::as_ref(&self.$written()))
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Reader;

                impl serde::de::Visitor<'_> for Reader {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expects)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        $type::from_canonical(text).map_err(E::custom)
                    }
                }

                deserializer.deserialize_str(Reader)
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

pub(super) use string_form;

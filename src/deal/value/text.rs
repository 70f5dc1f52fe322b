//! Words: free text, short labels, and names in several languages.

#[cfg(test)]
mod tests;

use super::string_form::{shown, string_form};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Free text in Unicode Normalisation Form C, trimmed, not empty, without control characters but
/// newline and tab; or the reserved sealed shape, which holds encrypted personal data that only
/// its keepers can read and that passes through here unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(Form);

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Form {
    /// Shared: a text is copied again and again while it is decided on, and never changes.
    Plain(Arc<str>),
    Sealed(BTreeMap<String, String>),
}

impl Text {
    /// The most characters a text may have: a text of the widest letters still leaves room for the
    /// rest of its event.
    pub const MAX_CHARS: usize = 16_000;

    /// Text as a person typed it: composed (NFC), line ends made one newline, trimmed.
    ///
    /// # Errors
    /// If nothing is left, if it is too long, or if it holds control characters.
    pub fn new(typed: &str) -> Result<Self, TextError> {
        let text: String = typed.replace("\r\n", "\n").nfc().collect();
        checked(text.trim(), Self::MAX_CHARS, Lines::Many).map(|text| Self(Form::Plain(text)))
    }

    /// The words, unless they are sealed.
    pub fn plain(&self) -> Option<&str> {
        match &self.0 {
            Form::Plain(text) => Some(text),
            Form::Sealed(_) => None,
        }
    }

    /// The members of the sealed shape, if it is one.
    pub fn sealed(&self) -> Option<&BTreeMap<String, String>> {
        match &self.0 {
            Form::Plain(_) => None,
            Form::Sealed(members) => Some(members),
        }
    }

    fn from_canonical(text: &str) -> Result<Self, TextError> {
        canonical(text, Self::MAX_CHARS, Lines::Many).map(|text| Self(Form::Plain(text)))
    }
}

/// Whether newlines and tabs may stand in a text.
#[derive(Clone, Copy, PartialEq)]
enum Lines {
    One,
    Many,
}

/// The text if it is as it would be stored; else what is wrong with it.
fn canonical(text: &str, max_chars: usize, lines: Lines) -> Result<Arc<str>, TextError> {
    // Most letters have one form, and most stored texts have no others.
    let is_plain = is_plain(text);
    let is_ordinary = is_plain || text.chars().all(is_ordinary);
    if !is_ordinary && !is_nfc(text) {
        return Err(TextError::NotComposed(shown(text)));
    }
    let blank = |byte: Option<&u8>| byte == Some(&b' ');
    let has_blanks = match is_plain {
        true => blank(text.as_bytes().first()) || blank(text.as_bytes().last()),
        false => text.trim() != text,
    };
    if has_blanks {
        return Err(TextError::Blanks(shown(text)));
    }
    measured(text, max_chars)?;
    match is_ordinary {
        true => Ok(text.into()),
        false => allowed(text, lines),
    }
}

/// Whether a text is printable ASCII through and through: eight bytes are looked at together.
fn is_plain(text: &str) -> bool {
    const LOWEST: u64 = u64::from_ne_bytes([b' '; 8]);
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHEST_BITS: u64 = u64::from_ne_bytes([0x80; 8]);
    let (words, rest) = text.as_bytes().as_chunks();
    // The highest bit of a byte below a blank is set by the subtraction, that of the one above a tilde by the addition.
    let odd = words.iter().fold(0, |odd, word| {
        let word = u64::from_ne_bytes(*word);
        odd | word | word.wrapping_sub(LOWEST) | word.wrapping_add(ONES)
    });
    odd & HIGHEST_BITS == 0 && rest.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Whether a letter is composed, whatever stands before or behind it, and may stand in any text: those of the
/// languages that are written most. Of others it has to be looked up.
fn is_ordinary(letter: char) -> bool {
    matches!(letter,
        ' '..='~'
        // Latin, as far as Azerbaijani and its neighbours go.
        | '\u{a1}'..='\u{24f}' | '\u{259}'
        // Cyrillic, without its combining marks.
        | '\u{400}'..='\u{482}'
        // Dashes and quotation marks.
        | '\u{2010}'..='\u{2027}'
        // Chinese, with its punctuation.
        | '\u{3001}'..='\u{3002}' | '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ff5e}')
}

fn checked(text: &str, max_chars: usize, lines: Lines) -> Result<Arc<str>, TextError> {
    measured(text, max_chars)?;
    allowed(text, lines)
}

fn measured(text: &str, max_chars: usize) -> Result<(), TextError> {
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    // There are no more characters than bytes.
    if text.len() > max_chars {
        let count = text.chars().count();
        if count > max_chars {
            return Err(TextError::TooLong {
                count,
                max: max_chars,
            });
        }
    }
    Ok(())
}

fn allowed(text: &str, lines: Lines) -> Result<Arc<str>, TextError> {
    if is_plain(text) {
        return Ok(text.into());
    }
    match text.chars().find(|letter| is_forbidden(*letter, lines)) {
        Some(letter) => Err(TextError::Control {
            code: letter.into(),
            text: shown(text),
        }),
        None => Ok(text.into()),
    }
}

/// Control characters, and the marks that turn the direction of writing: with them a line can be
/// made to read otherwise than it is stored.
fn is_forbidden(letter: char, lines: Lines) -> bool {
    match letter {
        '\n' | '\t' => lines == Lines::One,
        '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    }
}

impl fmt::Display for Text {
    /// The words, or `[sealed]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.plain().unwrap_or("[sealed]"))
    }
}

impl FromStr for Text {
    type Err = TextError;

    fn from_str(typed: &str) -> Result<Self, TextError> {
        Self::new(typed)
    }
}

impl TryFrom<String> for Text {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        Self::from_canonical(&text)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Form::Plain(text) => serializer.serialize_str(text),
            Form::Sealed(members) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("sealed", members)?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextReader)
    }
}

struct TextReader;

impl<'de> Visitor<'de> for TextReader {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text in quotes, or {\"sealed\": {…}}")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
        Text::from_canonical(text).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
        // Only this one member: anything beside it would be lost when the text is written again.
        let misplaced = || de::Error::custom("a sealed text has the one member \"sealed\"");
        match map.next_key::<String>()? {
            Some(key) if key == "sealed" => {}
            _ => return Err(misplaced()),
        }
        let members = map.next_value()?;
        match map.next_key::<String>()? {
            None => Ok(Text(Form::Sealed(members))),
            Some(_) => Err(misplaced()),
        }
    }
}

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Free text (NFC, trimmed), or the reserved sealed shape.",
            "anyOf": [
                {
                    "type": "string",
                    "pattern": "^\\S([\\s\\S]*\\S)?$",
                    "minLength": 1,
                    "maxLength": Text::MAX_CHARS
                },
                {
                    "type": "object",
                    "properties": {
                        "sealed": { "type": "object", "additionalProperties": { "type": "string" } }
                    },
                    "required": ["sealed"],
                    "additionalProperties": false
                }
            ]
        })
    }
}

/// A short line that stands for itself and is never sealed: the number of an act, of a company in
/// its register, of a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label(Arc<str>);

impl Label {
    /// The most characters a label may have.
    pub const MAX_CHARS: usize = 120;

    /// A label as a person typed it: composed (NFC) and trimmed.
    ///
    /// # Errors
    /// If nothing is left, if it is too long, or if it is not one line of plain characters.
    pub fn new(typed: &str) -> Result<Self, TextError> {
        let text: String = typed.nfc().collect();
        checked(text.trim(), Self::MAX_CHARS, Lines::One).map(Self)
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_canonical(text: &str) -> Result<Self, TextError> {
        canonical(text, Self::MAX_CHARS, Lines::One).map(Self)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Label {
    type Err = TextError;

    fn from_str(typed: &str) -> Result<Self, TextError> {
        Self::new(typed)
    }
}

string_form!(Label, TextError, expects "a short text in quotes", schema {
    "type": "string",
    "description": "A short line of text (NFC, trimmed).",
    "pattern": "^\\S(.*\\S)?$",
    "minLength": 1,
    "maxLength": 120
});

/// A language, by its two- or three-letter code of BCP 47 (ISO 639): `az`, `en`, `ru`, `zh`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lang(Arc<str>);

impl Lang {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_canonical(text: &str) -> Result<Self, TextError> {
        let letters = text.bytes().all(|byte| byte.is_ascii_lowercase());
        if !letters || !(2..=3).contains(&text.len()) {
            return Err(TextError::Language(shown(text)));
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Lang {
    type Err = TextError;

    fn from_str(typed: &str) -> Result<Self, TextError> {
        Self::from_canonical(&typed.trim().to_ascii_lowercase())
    }
}

string_form!(Lang, TextError, expects "a language code in quotes, such as \"en\"", schema {
    "type": "string",
    "description": "A language code of two or three letters (BCP 47).",
    "pattern": "^[a-z]{2,3}$"
});

/// A name or title in one or more languages.
///
/// By language code; there are few, and they stand in one piece of memory as large as they are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Names(Box<[(Lang, Text)]>);

impl Names {
    /// A name in one language.
    pub fn one(lang: Lang, text: Text) -> Self {
        Self(Box::from([(lang, text)]))
    }

    /// An English name of this program's own.
    pub(in crate::deal) fn english(name: &'static str) -> Self {
        Self::one(Lang("en".into()), Text(Form::Plain(name.into())))
    }

    /// The name in exactly that language.
    pub fn get(&self, lang: &Lang) -> Option<&Text> {
        let mut all = self.0.iter();
        all.find(|(of, _)| of == lang).map(|(_, text)| text)
    }

    /// The name in the first of the wanted languages it has; else in English, else in the first
    /// language by code. `None` only in theory: there is always at least one.
    pub fn best(&self, wanted: &[Lang]) -> Option<&Text> {
        let english = || self.iter().find(|(lang, _)| lang.as_str() == "en");
        let found = wanted.iter().find_map(|lang| self.get(lang));
        found.or_else(|| {
            let (_, text) = english().or_else(|| self.iter().next())?;
            Some(text)
        })
    }

    /// All of them, by language code.
    pub fn iter(&self) -> impl Iterator<Item = (&Lang, &Text)> {
        self.0.iter().map(|(lang, text)| (lang, text))
    }
}

impl TryFrom<BTreeMap<Lang, Text>> for Names {
    type Error = TextError;

    fn try_from(names: BTreeMap<Lang, Text>) -> Result<Self, TextError> {
        if names.is_empty() {
            Err(TextError::NoName)
        } else {
            Ok(Self(names.into_iter().collect()))
        }
    }
}

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = BTreeMap::<Lang, Text>::deserialize(deserializer)?;
        Self::try_from(names).map_err(de::Error::custom)
    }
}

impl JsonSchema for Names {
    fn schema_name() -> Cow<'static, str> {
        "Names".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let text = generator.subschema_for::<Text>();
        json_schema!({
            "type": "object",
            "description": "A name per language, at least one.",
            "patternProperties": { "^[a-z]{2,3}$": text },
            "additionalProperties": false,
            "minProperties": 1
        })
    }
}

/// Why words are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing there.
    #[error("the text is empty; write a word, or leave the field out")]
    Empty,
    /// Too many characters.
    #[error("the text has {count} characters, more than {max}; shorten it, or attach it as a file")]
    TooLong {
        /// How many it has.
        count: usize,
        /// How many it may have.
        max: usize,
    },
    /// A control character.
    #[error("{text} holds the control character U+{code:04X}; remove it")]
    Control {
        /// Its code point.
        code: u32,
        /// The text.
        text: String,
    },
    /// Not in NFC.
    #[error("{0} is not in Unicode form NFC (composed letters); normalise it and send it again")]
    NotComposed(String),
    /// Blanks at an end.
    #[error("{0} starts or ends with blanks; trim it and send it again")]
    Blanks(String),
    /// No language code.
    #[error(
        "{0} is not a language code; write two or three small letters, such as az, en, ru or zh"
    )]
    Language(String),
    /// An empty map of names.
    #[error(
        "there is no name; give it in at least one language, such as {{\"en\": \"Brick works\"}}"
    )]
    NoName,
}

//! The limits of the profile, and the words for what is outside them.

use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;
use unicode_normalization::is_nfc;

/// The most bytes one event may have: the records of public log bundles carry a 16-bit length.
pub const MAX_BYTES: usize = 65_535;

/// The deepest nesting of objects and lists, the outermost object being the first.
pub const MAX_DEPTH: usize = 32;

/// The largest whole number, up or down, that a float of 64 bits still tells from its neighbour
/// (2^53 - 1): readers in other languages hold no more.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

pub(super) fn check_integer(size: u64, path: &Path<'_>) -> Result<(), ProfileError> {
    if size > MAX_INTEGER {
        return Err(ProfileError::TooBig {
            path: path.to_string(),
        });
    }
    Ok(())
}

/// Whether the profile takes a text.
pub(super) fn is_text(text: &str) -> bool {
    // ASCII is composed; most texts are, and need not be looked at letter by letter.
    text.is_ascii() || is_nfc(text)
}

pub(super) fn check_text(text: &str, path: &Path<'_>) -> Result<(), ProfileError> {
    if !is_text(text) {
        return Err(ProfileError::NotComposed {
            path: path.to_string(),
        });
    }
    Ok(())
}

/// Whether the profile takes a key.
pub(super) fn is_key(key: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    !key.is_empty() && key.bytes().all(plain)
}

pub(super) fn check_key(key: &str, path: &Path<'_>) -> Result<(), ProfileError> {
    if !is_key(key) {
        let key = key.chars().take(60).collect();
        return Err(ProfileError::Key {
            path: path.to_string(),
            key,
        });
    }
    Ok(())
}

/// How the outermost object is called.
const WHOLE: &str = "the document";

/// Where in a document we are.
#[derive(Default)]
pub(super) struct Path<'a> {
    steps: Vec<Step<'a>>,
    depth: usize,
}

pub(super) enum Step<'a> {
    Key(Cow<'a, str>),
    Index(usize),
}

impl<'a> Path<'a> {
    pub(super) fn push(&mut self, step: Step<'a>) {
        self.steps.push(step);
    }

    pub(super) fn pop(&mut self) {
        self.steps.pop();
    }

    /// One object or list deeper.
    pub(super) fn enter(&mut self) -> Result<(), ProfileError> {
        if self.depth >= MAX_DEPTH {
            return Err(ProfileError::TooDeep {
                path: self.to_string(),
            });
        }
        self.depth = self.depth.saturating_add(1);
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

impl fmt::Display for Path<'_> {
    /// As `data.sources[0].title`, the end kept when it is long; the outermost object has a name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 200;
        let mut text = String::new();
        for step in &self.steps {
            match step {
                Step::Key(key) if text.is_empty() => text.push_str(key),
                Step::Key(key) => write!(text, ".{key}")?,
                Step::Index(index) => write!(text, "[{index}]")?,
            }
        }
        match text
            .len()
            .checked_sub(LONGEST)
            .and_then(|start| text.get(start..))
        {
            _ if text.is_empty() => f.write_str(WHOLE),
            Some(end) => write!(f, "…{end}"),
            None => f.write_str(&text),
        }
    }
}

/// Why bytes or a value are outside the profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// Over the limit of one event.
    #[error(
        "the event has {bytes} bytes, more than {MAX_BYTES}; shorten its texts, or attach them as a file"
    )]
    TooLong {
        /// How many it has.
        bytes: usize,
    },
    /// Not UTF-8.
    #[error("the text is not valid UTF-8 from byte {at} on; save it as UTF-8 and send it again")]
    NotUtf8 {
        /// The first byte that is not.
        at: usize,
    },
    /// A list, a number or a text on its own.
    #[error("one JSON object is expected, {{…}}; put the value into an object")]
    NotAnObject,
    /// No JSON.
    #[error("at {path}: the JSON is not well formed: {what}")]
    Syntax {
        /// The field being read.
        path: String,
        /// What the reader met.
        what: String,
    },
    /// The same key twice.
    #[error("{path} is given twice; keep one of the two")]
    Duplicate {
        /// The field.
        path: String,
    },
    /// A key of other characters.
    #[error("in {path}: the key {key:?} is not allowed; use small letters, digits and _")]
    Key {
        /// The object.
        path: String,
        /// The key.
        key: String,
    },
    /// A float.
    #[error(
        "{path} is a number with a point, an exponent, a minus before zero or too many digits; \
         write it as text in quotes, such as \"2.9\""
    )]
    NotWhole {
        /// The field.
        path: String,
    },
    /// A whole number that floats do not hold.
    #[error(
        "{path} is a whole number beyond 9007199254740991 (2^53 - 1); write it as text in quotes"
    )]
    TooBig {
        /// The field.
        path: String,
    },
    /// Not in NFC.
    #[error("{path} is not in Unicode form NFC (composed letters); normalise it and send it again")]
    NotComposed {
        /// The field.
        path: String,
    },
    /// Nested too deep.
    #[error("{path} is nested deeper than {MAX_DEPTH} levels; make the document flatter")]
    TooDeep {
        /// The field.
        path: String,
    },
}

impl ProfileError {
    /// The field concerned; empty for the whole.
    pub fn path(&self) -> &str {
        match self {
            Self::TooLong { .. } | Self::NotUtf8 { .. } | Self::NotAnObject => "",
            Self::Syntax { path, .. }
            | Self::Duplicate { path }
            | Self::Key { path, .. }
            | Self::NotWhole { path }
            | Self::TooBig { path }
            | Self::NotComposed { path }
            | Self::TooDeep { path }
                if path == WHOLE =>
            {
                ""
            }
            Self::Syntax { path, .. }
            | Self::Duplicate { path }
            | Self::Key { path, .. }
            | Self::NotWhole { path }
            | Self::TooBig { path }
            | Self::NotComposed { path }
            | Self::TooDeep { path } => path,
        }
    }
}

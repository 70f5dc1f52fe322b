//! The sources of a fact, which may be kept as they were packed until somebody looks at them.
//!
//! Answers over everything look at the sources of few facts. Whoever keeps facts packed hands the bytes on with the
//! function that reads them; for everybody else these are sources like any others.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::source::{EvidenceLevel, Source};

/// The sources of a fact, in order. Copies share them.
#[derive(Clone)]
pub struct Sources(Form);

#[derive(Clone)]
enum Form {
    None,
    Read(Arc<Vec<Source>>),
    Packed(Arc<Packed>),
}

struct Packed {
    bytes: Box<[u8]>,
    reader: Reader,
    sources: OnceLock<Vec<Source>>,
    level: OnceLock<EvidenceLevel>,
}

/// How packed sources are read.
#[derive(Clone, Copy)]
pub struct Reader {
    /// All of them, and there must be at least one.
    pub sources: fn(&[u8]) -> Vec<Source>,
    /// The highest level among them, which many ask for who ask for nothing else.
    pub level: fn(&[u8]) -> EvidenceLevel,
}

impl Sources {
    /// None at all.
    #[must_use]
    pub fn none() -> Self {
        Self(Form::None)
    }

    /// One source or more as they were packed, to be read when they are looked at.
    #[must_use]
    pub fn packed(bytes: &[u8], reader: Reader) -> Self {
        Self(Form::Packed(Arc::new(Packed {
            bytes: bytes.into(),
            reader,
            sources: OnceLock::new(),
            level: OnceLock::new(),
        })))
    }

    /// All of them.
    #[must_use]
    pub fn as_slice(&self) -> &[Source] {
        match &self.0 {
            Form::None => &[],
            Form::Read(sources) => sources,
            Form::Packed(packed) => {
                let read = || (packed.reader.sources)(&packed.bytes);
                packed.sources.get_or_init(read)
            }
        }
    }

    /// The highest level among them.
    #[must_use]
    pub fn level(&self) -> EvidenceLevel {
        match &self.0 {
            Form::None => EvidenceLevel::None,
            Form::Read(sources) => EvidenceLevel::of(sources.iter()),
            Form::Packed(packed) => {
                let read = || (packed.reader.level)(&packed.bytes);
                *packed.level.get_or_init(read)
            }
        }
    }

    /// Whether there are none; that is known without reading them.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match &self.0 {
            Form::None => true,
            Form::Read(_) | Form::Packed(_) => false,
        }
    }
}

impl Deref for Sources {
    type Target = [Source];

    fn deref(&self) -> &[Source] {
        self.as_slice()
    }
}

impl From<Vec<Source>> for Sources {
    fn from(sources: Vec<Source>) -> Self {
        match sources.is_empty() {
            true => Self::none(),
            false => Self(Form::Read(Arc::new(sources))),
        }
    }
}

impl<'a> IntoIterator for &'a Sources {
    type Item = &'a Source;
    type IntoIter = std::slice::Iter<'a, Source>;

    fn into_iter(self) -> Self::IntoIter {
        self.as_slice().iter()
    }
}

impl PartialEq for Sources {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deal::value::source::SourceType;

    fn read(bytes: &[u8]) -> Vec<Source> {
        let title = std::str::from_utf8(bytes).unwrap().parse().unwrap();
        vec![Source::new(title, SourceType::Note)]
    }

    #[test]
    fn packed_sources_are_as_those_that_were_read() {
        let reader = Reader {
            sources: read,
            level: |bytes| EvidenceLevel::of(&read(bytes)),
        };
        let packed = Sources::packed(b"a note", reader);
        assert!(!packed.is_empty());
        let plain = Sources::from(read(b"a note"));
        assert_eq!(packed.level(), plain.level());
        assert_eq!(Sources::none().level(), EvidenceLevel::None);
        assert_eq!(packed, plain);
        assert_eq!(packed.clone(), packed);
        assert_eq!(format!("{packed:?}"), format!("{plain:?}"));
        assert_ne!(packed, Sources::none());
        assert!(Sources::none().is_empty());
        assert_eq!(packed.iter().count(), 1);
    }
}

//! Formats of a report: one file each, and the registry the command line and the service read.
//!
//! A renderer sees a Document and nothing else, so every format says the same. To add a format,
//! write `export/<name>.rs` and its line in [`FORMATS`].

pub mod json;
pub mod markdown;
mod plain;
pub mod text;

use crate::report::document::Document;
use crate::report::document::bytes::BytesError;

/// A way of writing a report down.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name on the command line and in `?format=`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// Its media type (RFC 6838).
    pub media_type: &'static str,
    /// The extension of its files, without the dot.
    pub extension: &'static str,
    /// Writes a Document; the last byte is a line feed.
    pub render: fn(&Document) -> Result<Vec<u8>, ExportError>,
}

/// Every format, the first being the one for terminals.
pub const FORMATS: &[Format] = &[text::FORMAT, markdown::FORMAT, json::FORMAT];

/// The format of that name.
///
/// # Errors
/// If there is none; the error lists those there are.
pub fn format(name: &str) -> Result<&'static Format, ExportError> {
    let wanted = name.trim().to_ascii_lowercase();
    FORMATS
        .iter()
        .find(|format| format.name == wanted)
        .ok_or_else(|| ExportError::UnknownFormat {
            given: name.chars().take(40).collect(),
            known: FORMATS
                .iter()
                .map(|format| format.name)
                .collect::<Vec<_>>()
                .join(", "),
        })
}

/// Why a report was not written down.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// No such format.
    #[error("{given:?} is no format of reports; choose one of {known}")]
    UnknownFormat {
        /// What was asked for.
        given: String,
        /// The formats there are.
        known: String,
    },
    /// The Document has no canonical bytes.
    #[error(transparent)]
    Bytes(#[from] BytesError),
}

#[cfg(test)]
mod tests;

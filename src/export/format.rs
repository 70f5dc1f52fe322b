//! What a format is, and how writing one can fail.

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
    /// A row of the sheet was refused.
    #[error("the sheet could not be written: {0}")]
    Csv(#[from] csv::Error),
    /// The Document has no canonical bytes.
    #[error(transparent)]
    Bytes(#[from] BytesError),
}

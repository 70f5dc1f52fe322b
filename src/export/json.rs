//! JSON: the canonical bytes of the Document and a line feed.

use super::format::{ExportError, Format};
use crate::report::document::Document;

/// The format.
pub const FORMAT: Format = Format {
    name: "json",
    about: "canonical JSON, for programs and for computing the digest",
    media_type: "application/json",
    extension: "json",
    render,
};

/// Writes the canonical bytes, then a line feed.
fn render(document: &Document) -> Result<Vec<u8>, ExportError> {
    let mut bytes = document.canonical_bytes()?;
    bytes.push(b'\n');
    Ok(bytes)
}

//! Formats of a report and forms of the trail: one file each, and the registries the service reads.
//!
//! A renderer sees a Document and nothing else, so every format says the same. To add a format,
//! write `export/<name>.rs` and its line in [`FORMATS`]; for a form of the trail, its line in [`EVENT_FORMATS`].

pub mod cloudevents;
pub mod csv;
pub mod events;
pub mod format;
pub mod html;
pub mod json;
pub mod markdown;
pub mod ocel;
mod plain;
pub mod text;
pub mod trail;

use self::events::EventFormat;
use self::format::{ExportError, Format};

/// Every format, the first being the one for terminals.
pub const FORMATS: &[Format] = &[
    text::FORMAT,
    markdown::FORMAT,
    json::FORMAT,
    html::FORMAT,
    csv::FORMAT,
];

/// Every form in which events are handed to other programs.
pub const EVENT_FORMATS: &[EventFormat] = &[cloudevents::FORMAT, ocel::FORMAT, trail::FORMAT];

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

#[cfg(test)]
mod tests;

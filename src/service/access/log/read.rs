//! Reading the access log, beside whoever writes it, and holding it against its own chain.

use std::io::{self, Write};
use std::path::Path;

use uuid::Uuid;

use super::files::{self, Head, LogError};
use crate::service::access::chain::{self, Link, Linked, Place};

/// Some lines of the log.
#[derive(Debug, Default)]
pub struct Page {
    /// The lines, as they are kept, each with its end.
    pub bytes: Vec<u8>,
    /// From where to read on, when there is more.
    pub next: Option<u64>,
}

/// The records from a number on, at most so many.
///
/// # Errors
/// When the log cannot be read.
pub fn page(dir: &Path, from: u64, limit: usize) -> Result<Page, LogError> {
    let all = files::all(dir)?;
    let reached = all.partition_point(|(first, _)| *first <= from);
    let mut page = Page::default();
    let mut left = limit;
    for (_, path) in all.iter().skip(reached.saturating_sub(1)) {
        let bytes = chain::bytes_of(path)?;
        for line in chain::lines(&bytes) {
            let linked: Option<Linked> = serde_json::from_slice(line).ok();
            let Some(n) = linked.and_then(|linked| linked.n).filter(|n| *n >= from) else {
                continue;
            };
            if left == 0 {
                page.next = Some(n);
                return Ok(page);
            }
            left = left.saturating_sub(1);
            page.bytes.extend_from_slice(line);
            page.bytes.push(b'\n');
        }
    }
    Ok(page)
}

/// What a log that holds together comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// How many records were read.
    pub records: u64,
    /// The number of the first one: greater than 0 where older files were moved elsewhere.
    pub first: u64,
    /// How many files there are.
    pub files: usize,
    /// The SHA-256 of the last line, which stands for all before it.
    pub last: Option<String>,
    /// Whether a line at the end is not yet whole: it is being written, or the service was stopped amidst it.
    pub unfinished: bool,
}

/// Writes every line of the log and holds each against the line before it.
///
/// # Errors
/// When the log cannot be read or does not hold together, or `out` refuses.
pub fn export(dir: &Path, ledger: Uuid, out: &mut dyn Write) -> Result<Checked, ExportError> {
    let all = files::all(dir).map_err(LogError::from)?;
    let first = all.first().map_or(0, |(first, _)| *first);
    let mut place = Place {
        next: first,
        link: (first == 0).then_some(Link::NONE),
    };
    let (mut unfinished, last) = (false, all.len());
    for (index, (number, path)) in all.iter().enumerate() {
        let bytes = chain::bytes_of(path).map_err(LogError::from)?;
        let damaged = |what: &str| LogError::Damaged(format!("{}: {what}", files::name(*number)));
        match chain::lines(&bytes).next() {
            Some(head) => Head::check(head, ledger)?,
            // A file that was only just begun.
            None => continue,
        }
        let checked = chain::follow(&bytes, place);
        let whole = chain::lines(&bytes).map(|line| line.len().saturating_add(1));
        let whole: usize = whole.sum();
        let torn = checked.bytes == whole as u64 && index.saturating_add(1) == last;
        if let Some(broken) = checked.broken {
            if !torn {
                return Err(damaged(&broken).into());
            }
            unfinished = true;
        }
        place = checked.place;
        out.write_all(bytes.get(..whole).unwrap_or_default())
            .map_err(ExportError::Output)?;
    }
    Ok(Checked {
        records: place.next.saturating_sub(first),
        first,
        files: last,
        last: place.link.filter(|_| last > 0).map(|link| link.to_string()),
        unfinished,
    })
}

/// Holds the log against its chain.
///
/// # Errors
/// When it cannot be read or does not hold together.
pub fn check(dir: &Path, ledger: Uuid) -> Result<Checked, LogError> {
    match export(dir, ledger, &mut io::sink()) {
        Ok(checked) => Ok(checked),
        Err(ExportError::Log(error)) => Err(error),
        Err(ExportError::Output(error)) => Err(error.into()),
    }
}

/// Why the log was not exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It cannot be read or does not hold together.
    #[error(transparent)]
    Log(#[from] LogError),
    /// It could not be written where it was asked for.
    #[error("the export could not be written: {0}")]
    Output(io::Error),
}

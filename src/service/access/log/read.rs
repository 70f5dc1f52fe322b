//! Reading the access log, beside whoever writes it, and holding it against its own chain.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
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

/// When a record is looked for, the part of a file that is left to be read line by line, in bytes.
const NEAR: u64 = 16 << 10;

/// The records from a number on, at most so many: of a file only what they are found by and they themselves are read.
///
/// # Errors
/// When the log cannot be read.
pub fn page(dir: &Path, from: u64, limit: usize) -> Result<Page, LogError> {
    let all = files::all(dir)?;
    let reached = all.partition_point(|(first, _)| *first <= from);
    let mut page = Page::default();
    let mut left = limit;
    for (_, path) in all.iter().skip(reached.saturating_sub(1)) {
        let mut lines = Lines::of(File::open(path)?);
        lines.go_near(from)?;
        while let Some(line) = lines.next()? {
            let Some(n) = number_of(line).filter(|n| *n >= from) else {
                continue;
            };
            if left == 0 {
                page.next = Some(n);
                return Ok(page);
            }
            left = left.saturating_sub(1);
            page.bytes.extend_from_slice(line);
        }
    }
    Ok(page)
}

/// The number of a record; `None` for the line that begins a file.
fn number_of(line: &[u8]) -> Option<u64> {
    let linked: Linked = serde_json::from_slice(line).ok()?;
    linked.n
}

/// A file of the log, read line by line from some place on.
struct Lines {
    file: BufReader<File>,
    line: Vec<u8>,
    /// Where the next line begins.
    at: u64,
}

impl Lines {
    fn of(file: File) -> Self {
        Self {
            file: BufReader::new(file),
            line: Vec::new(),
            at: 0,
        }
    }

    fn go_to(&mut self, at: u64) -> io::Result<()> {
        self.at = self.file.seek(SeekFrom::Start(at))?;
        Ok(())
    }

    /// The next line with its end; `None` where no whole one follows.
    fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        let length = self.file.read_until(b'\n', &mut self.line)?;
        self.at = self.at.saturating_add(length as u64);
        Ok(Some(self.line.as_slice()).filter(|line| line.ends_with(b"\n")))
    }

    /// Goes to a line at or before the record with a number, by halves: the records of a file are in order.
    fn go_near(&mut self, number: u64) -> io::Result<()> {
        let (mut low, mut high) = (0, self.file.get_ref().metadata()?.len());
        while high.saturating_sub(low) > NEAR {
            let middle = low.midpoint(high);
            self.go_to(middle)?;
            // The middle is most often amidst a line.
            self.next()?;
            match self.next_numbered(high)? {
                Some((at, n)) if n < number => low = at,
                _ => high = middle,
            }
        }
        self.go_to(low)
    }

    /// The next record that begins before a place: where, and its number.
    fn next_numbered(&mut self, before: u64) -> io::Result<Option<(u64, u64)>> {
        loop {
            let at = self.at;
            match self.next()? {
                Some(line) if at < before => {
                    if let Some(n) = number_of(line) {
                        return Ok(Some((at, n)));
                    }
                }
                _ => return Ok(None),
            }
        }
    }
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

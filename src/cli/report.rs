//! `report`: what may be asked again at any time with the same answer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use super::context::Context;
use super::failure::Failure;
use super::moments::AskedFlags;
use super::output::Output;
use super::session::Session;
use super::trouble;
use super::words::day;
use crate::service::publish::{self, Asked};

/// Print a report
///
/// A report is a function of what was known and of the day asked about: the same question gives the
/// same bytes, today and in ten years. Reports: practical-steps, dossier.
#[derive(Debug, Args)]
pub(super) struct Report {
    /// The report's name
    #[arg(value_name = "NAME")]
    name: String,
    /// The first day of the period, that day included; without it there is no lower bound
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// The last day of the period, that day included
    #[arg(long, value_name = "DAY", conflicts_with = "as_of")]
    until: Option<String>,
    /// One package alone
    #[arg(long, value_name = "REF")]
    package: Option<String>,
    /// The agreement a dossier is about
    #[arg(long, value_name = "REF")]
    agreement: Option<String>,
    #[command(flatten)]
    asked: AskedFlags,
    /// text, md, json, html (one page, for reading and printing) or csv (for spreadsheets)
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// The language of its sentences
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
    /// Write it to a file instead of printing it
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Report {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.reader()?;
        let ask = Ask {
            name: &self.name,
            since: self.since.as_deref(),
            until: self.until.as_deref(),
            package: self.package.as_deref(),
            agreement: self.agreement.as_deref(),
            as_of: self.asked.as_of.as_deref(),
            known_at: self.asked.known_at.as_deref(),
            format: self.format.as_deref(),
            language: self.lang.as_deref(),
        };
        match &self.file {
            None => ask.print(&session, context.output()),
            Some(file) => {
                let bytes = ask.bytes(&session, context.output())?;
                write(file, &bytes)?;
                context.output().aside("wrote", &file.display().to_string());
                Ok(())
            }
        }
    }
}

/// What is asked of a report.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ask<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// The first day.
    pub(super) since: Option<&'a str>,
    /// The last day.
    pub(super) until: Option<&'a str>,
    /// One package.
    pub(super) package: Option<&'a str>,
    /// One agreement.
    pub(super) agreement: Option<&'a str>,
    /// The day up to which things had happened.
    pub(super) as_of: Option<&'a str>,
    /// As known then.
    pub(super) known_at: Option<&'a str>,
    /// The format.
    pub(super) format: Option<&'a str>,
    /// The language.
    pub(super) language: Option<&'a str>,
}

impl Ask<'_> {
    /// Prints the report.
    pub(super) fn print(&self, session: &Session, output: &Output) -> Result<(), Failure> {
        output.bytes(&self.bytes(session, output)?)
    }

    fn bytes(&self, session: &Session, output: &Output) -> Result<Vec<u8>, Failure> {
        let read = |flag: &str, typed: Option<&str>| {
            let day = typed
                .map(|typed| day::day(typed, session.today()))
                .transpose();
            day.map_err(|error| Failure::of_field(flag, error))
        };
        let since = read("--since", self.since)?.map(|day| day.to_string());
        let until = read("--until", self.until)?.map(|day| day.to_string());
        let owned = |typed: Option<&str>| typed.map(str::to_owned);
        let given = [
            ("since", since),
            ("until", until),
            ("package", owned(self.package)),
            ("agreement", owned(self.agreement)),
        ];
        let parameters: BTreeMap<String, String> = given
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect();
        let asked = Asked {
            name: self.name.to_owned(),
            parameters,
            as_of: read("--as-of", self.as_of)?,
            known_at: owned(self.known_at),
            language: owned(self.language),
        };
        let default = if output.is_json() { "json" } else { "text" };
        publish::publish(session.ledger(), &asked, self.format.unwrap_or(default))
            .map_err(|error| trouble::of_report(&error))
    }
}

/// Writes beside the file and renames, so that a reader never meets half a report.
fn write(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failure = |error: std::io::Error| {
        Failure::broken(
            "output",
            format!("{} could not be written: {error}", file.display()),
        )
        .hint("check that its directory exists and may be written to")
    };
    let mut name = file.file_name().unwrap_or(file.as_os_str()).to_owned();
    name.push(".part");
    let part = file.with_file_name(name);
    std::fs::write(&part, bytes).map_err(failure)?;
    std::fs::rename(&part, file).map_err(failure)
}

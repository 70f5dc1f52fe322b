//! `report`: what may be asked again at any time with the same answer.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::context::Context;
use super::failure::Failure;
use super::issuing;
use super::moments::AskedFlags;
use super::output::{self, Output};
use super::session::Session;
use super::words::day;
use crate::report::REPORTS;
use crate::report::past::LAST_ISSUE;
use crate::report::series;
use crate::service::publish::Asked;

/// Print a report
///
/// A report is a function of what was known and of the day asked about: the same question gives the
/// same bytes, today and in ten years.
#[derive(Debug, Args)]
#[command(after_help = reports())]
pub(super) struct Report {
    /// The report's name, or the number of an issued one, such as PS-2025-017
    #[arg(value_name = "NAME", required_unless_present = "issued")]
    name: Option<String>,
    /// The first day of the period, that day included, or `last-issue`; without it there is no lower bound
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// The last day of the period, that day included
    #[arg(long, value_name = "DAY", conflicts_with = "as_of")]
    until: Option<String>,
    /// One package alone
    #[arg(long, value_name = "REF")]
    package: Option<String>,
    /// What changed since this was known: a day (its end), a moment or a position
    #[arg(long, visible_alias = "since-known", value_name = "TIME")]
    from: Option<String>,
    /// The issue a report of practical steps follows, where it is not the last one of its series
    #[arg(long, value_name = "NUMBER", conflicts_with = "since")]
    follows: Option<String>,
    /// The agreements of one officer alone
    #[arg(long, value_name = "ID")]
    officer: Option<String>,
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
    /// Give it a number and keep it: an issued report never changes
    #[arg(long)]
    issue: bool,
    /// The id of this command: the same id again gives the first answer
    #[arg(long, value_name = "ID", requires = "issue")]
    command_id: Option<String>,
    /// List the reports issued, with what was corrected since
    #[arg(long, conflicts_with_all = ["issue", "file", "since", "until", "package", "from", "follows", "officer",
        "agreement", "as_of", "known_at", "format", "lang"])]
    issued: bool,
    /// Write it to a file instead of printing it
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    file: Option<PathBuf>,
    /// Write the certificate of an issued report there: with it anybody can prove what was issued, and when
    #[arg(long, value_name = "FILE", conflicts_with = "issued")]
    certificate: Option<PathBuf>,
}

impl Report {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let name = self.name.as_deref();
        if self.issued {
            return issuing::list(context, name);
        }
        let name = name.unwrap_or_default();
        let default = if context.output().is_json() {
            "json"
        } else {
            "text"
        };
        let format = self.format.as_deref().unwrap_or(default);
        let certificate = self.certificate.as_deref();
        let page = match (
            series::is_number(&name.trim().to_ascii_uppercase()),
            self.issue,
        ) {
            (true, false) => {
                self.asks_nothing_more(name)?;
                Some(issuing::show(context, name, format, certificate)?)
            }
            (true, true) => {
                return Err(
                    Failure::refused("report", format!("{name} is issued already"))
                        .hint("leave --issue out to see it, or name a report"),
                );
            }
            (false, _) if certificate.is_some() => {
                let sentence =
                    "only an issued report has a certificate, once a checkpoint covers its issue";
                let hint = "issue it, sign with `dealtrail checkpoint`, then name its number, such as PS-2025-017";
                return Err(Failure::refused("report", sentence).hint(hint));
            }
            (false, true) => {
                let session = context.writer()?;
                let asked = self.ask(name).asked(&session)?;
                let id = self.command_id.as_deref();
                let format = self.format.as_deref().unwrap_or("text");
                issuing::issue(context, &session, &asked, id, format)?
            }
            (false, false) => {
                let session = context.reader()?;
                Some(self.ask(name).bytes(&session, context.output())?)
            }
        };
        match (page, &self.file) {
            (None, _) => Ok(()),
            (Some(page), None) => context.output().bytes(&page),
            (Some(page), Some(file)) => {
                output::write(file, &page)?;
                context.output().aside("wrote", &file.display().to_string());
                Ok(())
            }
        }
    }

    /// What was issued was asked already.
    fn asks_nothing_more(&self, number: &str) -> Result<(), Failure> {
        let given = [
            ("--since", self.since.is_some()),
            ("--until", self.until.is_some()),
            ("--package", self.package.is_some()),
            ("--from", self.from.is_some()),
            ("--follows", self.follows.is_some()),
            ("--officer", self.officer.is_some()),
            ("--agreement", self.agreement.is_some()),
            ("--as-of", self.asked.as_of.is_some()),
            ("--known-at", self.asked.known_at.is_some()),
            ("--lang", self.lang.is_some()),
        ];
        match given.into_iter().find(|(_, is_given)| *is_given) {
            Some((flag, _)) => Err(Failure::refused(
                "report",
                format!("{number} is shown as it was issued and takes no {flag}"),
            )
            .hint("leave it out, or name the report to ask it anew")),
            None => Ok(()),
        }
    }

    fn ask<'a>(&'a self, name: &'a str) -> Ask<'a> {
        Ask {
            name,
            since: self.since.as_deref(),
            until: self.until.as_deref(),
            package: self.package.as_deref(),
            agreement: self.agreement.as_deref(),
            officer: self.officer.as_deref(),
            from: self.from.as_deref(),
            follows: self.follows.as_deref(),
            as_of: self.asked.as_of.as_deref(),
            known_at: self.asked.known_at.as_deref(),
            format: self.format.as_deref(),
            language: self.lang.as_deref(),
        }
    }
}

/// Every report with what it is and what it takes, from the registry of reports.
fn reports() -> String {
    let widest = REPORTS.iter().map(|report| report.name.len()).max();
    let mut out = "Reports:".to_owned();
    for report in REPORTS {
        let name = format!("{:1$}", report.name, widest.unwrap_or(0));
        let takes: Vec<String> = report
            .parameters
            .iter()
            .map(|parameter| format!("--{}", parameter.name))
            .collect();
        out.push_str(&format!(
            "\n  {name}  {} ({})",
            report.about,
            takes.join(", ")
        ));
    }
    out
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
    /// The moment since which changes are told.
    pub(super) from: Option<&'a str>,
    /// The issue it follows.
    pub(super) follows: Option<&'a str>,
    /// One officer.
    pub(super) officer: Option<&'a str>,
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
        let default = if output.is_json() { "json" } else { "text" };
        session.report(&self.asked(session)?, self.format.unwrap_or(default))
    }

    /// The question, with days as they are written.
    fn asked(&self, session: &Session) -> Result<Asked, Failure> {
        let read = |flag: &str, typed: Option<&str>| {
            let day = typed
                .map(|typed| day::day(typed, session.today()))
                .transpose();
            day.map_err(|error| Failure::of_field(flag, error))
        };
        let follows = |typed: &&str| typed.trim().replace('_', "-") == LAST_ISSUE;
        let since = match self.since.filter(follows) {
            Some(_) => Some(LAST_ISSUE.to_owned()),
            None => read("--since", self.since)?.map(|day| day.to_string()),
        };
        let until = read("--until", self.until)?.map(|day| day.to_string());
        let owned = |typed: Option<&str>| typed.map(str::to_owned);
        let given = [
            ("since", since),
            ("until", until),
            ("package", owned(self.package)),
            ("agreement", owned(self.agreement)),
            ("officer", owned(self.officer)),
            ("from", owned(self.from)),
            (
                "follows",
                self.follows.map(|typed| typed.trim().to_ascii_uppercase()),
            ),
        ];
        let parameters: BTreeMap<String, String> = given
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect();
        Ok(Asked {
            name: self.name.to_owned(),
            parameters,
            as_of: read("--as-of", self.as_of)?,
            known_at: owned(self.known_at),
            language: owned(self.language),
        })
    }
}

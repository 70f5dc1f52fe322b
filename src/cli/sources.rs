//! `--source` and its companions.

use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::flags::SendFlags;
use super::session::Session;
use super::words::day;
use crate::deal::value::source::{Source, SourceType};
use crate::deal::value::text::{Label, Text};
use crate::service::query::door;
use crate::service::query::find::Sent;

/// Where a fact comes from.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Where it comes from")]
pub(super) struct SourceFlags {
    /// The source's title, or `last` for the source you used last
    #[arg(long, value_name = "TITLE")]
    pub(super) source: Option<String>,
    /// statement, note, document, counterparty-letter, register, authority-act or site-visit;
    /// a statement unless said otherwise
    #[arg(long, value_name = "TYPE")]
    source_type: Option<String>,
    /// When it was published
    #[arg(long, value_name = "WHEN")]
    source_date: Option<String>,
    /// Who published it
    #[arg(long, value_name = "NAME")]
    source_publisher: Option<String>,
    /// Its number in a register, or as an act or letter
    #[arg(long, value_name = "NUMBER")]
    source_number: Option<String>,
    /// Where it can be read
    #[arg(long, value_name = "ADDRESS")]
    source_url: Option<String>,
    /// Where in it: page, paragraph, minute
    #[arg(long, value_name = "PLACE")]
    source_locator: Option<String>,
    /// A file that shows it; kept beside the ledger and bound to the entry by its digest
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// Several sources as a JSON array, for programs
    #[arg(long, value_name = "JSON", conflicts_with = "source")]
    sources: Option<String>,
}

impl SourceFlags {
    /// Whether anything was given.
    pub(super) fn is_given(&self) -> bool {
        self.source.is_some() || self.evidence.is_some() || self.sources.is_some()
    }

    /// The sources meant; a file is stored first, so that an entry never names one that is not there.
    pub(super) fn read(&self, session: &Session, send: &SendFlags) -> Result<Vec<Source>, Failure> {
        let sent = session.sent_before(send.command_id.as_deref())?;
        let sent = sent.as_ref();
        if let Some(all) = &self.sources {
            return sources_of_json(all);
        }
        match &self.source {
            Some(title) if title.trim().eq_ignore_ascii_case("last") => self.last(session),
            Some(title) => Ok(vec![self.one(
                title,
                SourceType::Statement,
                session,
                sent,
            )?]),
            None => match &self.evidence {
                Some(file) => {
                    let name = file.file_name().unwrap_or(file.as_os_str());
                    let title = name.to_string_lossy();
                    Ok(vec![self.one(
                        &title,
                        SourceType::Document,
                        session,
                        sent,
                    )?])
                }
                None => self.none(),
            },
        }
    }

    fn none(&self) -> Result<Vec<Source>, Failure> {
        let companions = [
            ("--source-type", self.source_type.is_some()),
            ("--source-date", self.source_date.is_some()),
            ("--source-publisher", self.source_publisher.is_some()),
            ("--source-number", self.source_number.is_some()),
            ("--source-url", self.source_url.is_some()),
            ("--source-locator", self.source_locator.is_some()),
        ];
        match companions.into_iter().find(|(_, given)| *given) {
            Some((flag, _)) => {
                let sentence = format!("{flag} describes a source, and no source is named");
                Err(Failure::refused("source_missing", sentence).hint("add --source TITLE"))
            }
            None => Ok(Vec::new()),
        }
    }

    fn last(&self, session: &Session) -> Result<Vec<Source>, Failure> {
        if self.evidence.is_some() || self.source_type.is_some() {
            let sentence = "`--source last` takes the source as it was; nothing can be added to it";
            return Err(
                Failure::refused("malformed", sentence).hint("name the source by its title")
            );
        }
        let sources = session.last_sources()?;
        if sources.is_empty() {
            let sentence = format!("{} has not used a source yet", session.actor().id);
            return Err(Failure::refused("no_last_source", sentence).hint("write --source TITLE"));
        }
        Ok(sources)
    }

    fn one(
        &self,
        title: &str,
        kind: SourceType,
        session: &Session,
        sent: Option<&Sent>,
    ) -> Result<Source, Failure> {
        let field = |flag| move |error: &dyn std::fmt::Display| Failure::of_field(flag, error);
        let kind = match &self.source_type {
            Some(kind) => kind
                .parse()
                .map_err(|error| field("--source-type")(&error))?,
            None => kind,
        };
        let title = Text::new(title).map_err(|error| field("--source")(&error))?;
        let mut source = Source::new(title, kind);
        source.publisher = text("--source-publisher", self.source_publisher.as_deref())?;
        source.locator = text("--source-locator", self.source_locator.as_deref())?;
        if let Some(number) = &self.source_number {
            source.number =
                Some(Label::new(number).map_err(|error| field("--source-number")(&error))?);
        }
        if let Some(date) = &self.source_date {
            let date = day::when(date, session.today());
            source.published = Some(date.map_err(|error| field("--source-date")(&error))?);
        }
        if let Some(url) = &self.source_url {
            source.url = Some(url.parse().map_err(|error| field("--source-url")(&error))?);
        }
        if let Some(file) = &self.evidence {
            source.evidence = Some(session.attach(file, sent)?);
        }
        Ok(source)
    }
}

fn text(flag: &'static str, typed: Option<&str>) -> Result<Option<Text>, Failure> {
    typed
        .map(Text::new)
        .transpose()
        .map_err(|error| Failure::of_field(flag, error))
}

fn sources_of_json(all: &str) -> Result<Vec<Source>, Failure> {
    door::sources(all).map_err(|error| {
        Failure::of_field("--sources", error)
            .hint("write such as --sources '[{\"title\": \"…\", \"type\": \"statement\"}]'")
    })
}

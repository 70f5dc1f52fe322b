//! `list`: what is registered.

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use serde_json::json;

use super::context::Context;
use super::failure::Failure;
use super::moments::AskedFlags;
use super::words::day;
use crate::deal::value::ids::StreamKind;
use crate::service::query::choice::Wanted;
use crate::service::query::rows::Row;

/// What to list.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Sort {
    /// Agreements
    Agreements,
    /// Packages
    Packages,
    /// Occasions
    Occasions,
    /// Organisations
    Organizations,
}

/// List agreements, packages, occasions or organisations
#[derive(Debug, Args)]
pub(super) struct List {
    /// What to list
    #[arg(value_enum, value_name = "WHAT", default_value = "agreements")]
    what: Sort,
    #[command(flatten)]
    wanted: WantedFlags,
    #[command(flatten)]
    asked: AskedFlags,
}

/// Which of them, and in which order: as the API takes it.
#[derive(Debug, Clone, Default, Args)]
struct WantedFlags {
    /// Agreements of one class: practical or institutional
    #[arg(long, value_name = "WORD")]
    class: Option<String>,
    /// Agreements whose furthest milestone is this one
    #[arg(long, value_name = "CODE")]
    stage: Option<String>,
    /// Agreements in one state: terminated, completed, suspended, slipping, silent or current
    #[arg(long, value_name = "WORD")]
    health: Option<String>,
    /// Agreements by the highest level of evidence behind their milestones: none, or 0 to 4
    #[arg(long, value_name = "LEVEL")]
    evidence: Option<String>,
    /// Agreements in one sector, by its words or its ISIC code
    #[arg(long, value_name = "WORDS")]
    sector: Option<String>,
    /// Agreements with a party from one country, or organisations registered there
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
    /// Agreements of one package
    #[arg(long, value_name = "REF")]
    package: Option<String>,
    /// Agreements of one officer
    #[arg(long, value_name = "ID")]
    officer: Option<String>,
    /// Agreements with news on this day or later, or occasions held then
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// Agreements whose last news is of this day or earlier, or occasions held by then
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// Things that say all these words
    #[arg(long = "words", visible_alias = "q", value_name = "WORDS")]
    words: Option<String>,
    /// The order: ref, -ref, last_news or -last_news
    #[arg(long, value_name = "ORDER", allow_hyphen_values = true)]
    sort: Option<String>,
}

impl WantedFlags {
    fn read(&self, today: NaiveDate) -> Result<Wanted, Failure> {
        let read = |flag: &str, typed: &Option<String>| {
            let day = typed.as_deref().map(|typed| day::day(typed, today));
            day.transpose()
                .map_err(|error| Failure::of_field(flag, error))
        };
        Ok(Wanted {
            class: self.class.clone(),
            stage: self.stage.clone(),
            health: self.health.clone(),
            evidence: self.evidence.clone(),
            sector: self.sector.clone(),
            country: self.country.clone(),
            package: self.package.clone(),
            officer: self.officer.clone(),
            since: read("--since", &self.since)?,
            until: read("--until", &self.until)?,
            q: self.words.clone(),
            sort: self.sort.clone(),
        })
    }
}

impl Sort {
    fn kind(self) -> StreamKind {
        match self {
            Self::Agreements => StreamKind::Agreement,
            Self::Packages => StreamKind::Package,
            Self::Occasions => StreamKind::Occasion,
            Self::Organizations => StreamKind::Organization,
        }
    }

    fn plural(self) -> &'static str {
        match self {
            Self::Agreements => "agreements",
            Self::Packages => "packages",
            Self::Occasions => "occasions",
            Self::Organizations => "organizations",
        }
    }
}

impl List {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.reader_at(self.asked.known_at.as_deref())?;
        let reading = self.asked.reading(&session)?;
        let wanted = self.wanted.read(session.today())?;
        let rows = reading.list(self.what.kind(), &wanted)?;
        let output = context.output();
        if output.is_json() {
            return output.json(&json!({
                "as_of": reading.day(), "known_at": reading.position(), self.what.plural(): rows,
            }));
        }
        if rows.is_empty() {
            let all = reading.list(self.what.kind(), &Wanted::default())?;
            return self.tell_empty(context, all.len());
        }
        match self.what {
            Sort::Agreements => output.table(
                &[
                    "Ref",
                    "Title",
                    "Class",
                    "Stage",
                    "Health",
                    "Evidence",
                    "Last news",
                ],
                rows.iter().map(agreement_cells).collect(),
                &[5],
            ),
            Sort::Occasions => {
                let cells = |row: &Row| {
                    let on = row.on.clone().unwrap_or_default();
                    vec![row.reference.to_string(), row.title.clone(), on]
                };
                output.table(
                    &["Ref", "Name", "When"],
                    rows.iter().map(cells).collect(),
                    &[],
                )
            }
            Sort::Packages | Sort::Organizations => {
                let cells = |row: &Row| vec![row.reference.to_string(), row.title.clone()];
                output.table(&["Ref", "Name"], rows.iter().map(cells).collect(), &[])
            }
        }
    }

    fn tell_empty(&self, context: &Context, all: usize) -> Result<(), Failure> {
        let (output, program, plural) = (context.output(), context.program(), self.what.plural());
        if all > 0 {
            return output.line(&format!(
                "No {plural} match; {program} list {plural} shows all {all}."
            ));
        }
        output.line(&format!("No {plural} are registered yet."))?;
        let example = match self.what {
            Sort::Agreements => "agreement \"Brick production\" --class practical",
            Sort::Packages => "package \"Documents of the spring conference\" --count-all 5",
            Sort::Occasions => "occasion \"Spring conference\" --kind conference --on 2025-04-17",
            Sort::Organizations => "organization \"Brickworks LLC\" --country AZ",
        };
        output.line(&format!("Next: {program} register {example}"))
    }
}

fn agreement_cells(row: &Row) -> Vec<String> {
    let shown = |cell: Option<String>| cell.unwrap_or_else(|| "-".to_owned());
    vec![
        row.reference.to_string(),
        row.title.clone(),
        shown(row.class.as_ref().map(ToString::to_string)),
        shown(row.stage_words.clone()),
        shown(row.health.as_ref().map(ToString::to_string)),
        shown(row.evidence.clone()),
        shown(row.last_news.map(|day| day.to_string())),
    ]
}

//! `list`: what is registered.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::context::Context;
use super::failure::Failure;
use super::moments::AskedFlags;
use crate::deal::value::ids::StreamKind;
use crate::service::query::rows::{Filter, Row};

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
    sort: Sort,
    /// Agreements of one class: practical or institutional
    #[arg(long, value_name = "WORD")]
    class: Option<String>,
    /// Agreements whose furthest milestone is this one
    #[arg(long, value_name = "CODE")]
    stage: Option<String>,
    /// Agreements in one state: terminated, completed, suspended, slipping, silent or current
    #[arg(long, value_name = "WORD")]
    health: Option<String>,
    /// Agreements of one package
    #[arg(long, value_name = "REF")]
    package: Option<String>,
    #[command(flatten)]
    asked: AskedFlags,
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
        let package = self.package.as_deref();
        let filter = Filter {
            class: self.class.as_deref().map(word),
            stage: self.stage.as_deref().map(word),
            health: self.health.as_deref().map(word),
            package: package
                .map(|typed| session.lookup().thing(typed))
                .transpose()?,
        };
        let rows = reading.rows(self.sort.kind(), &filter);
        let output = context.output();
        if output.is_json() {
            return output.json(&json!({
                "as_of": reading.day(), "known_at": reading.position(), self.sort.plural(): rows,
            }));
        }
        if rows.is_empty() {
            return self.tell_empty(context, &reading.rows(self.sort.kind(), &Filter::default()));
        }
        match self.sort {
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

    fn tell_empty(&self, context: &Context, all: &[Row]) -> Result<(), Failure> {
        let (output, program, plural) = (context.output(), context.program(), self.sort.plural());
        if !all.is_empty() {
            return output.line(&format!(
                "No {plural} match; {program} list {plural} shows all {}.",
                all.len()
            ));
        }
        output.line(&format!("No {plural} are registered yet."))?;
        let example = match self.sort {
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
        shown(row.class.map(str::to_owned)),
        shown(row.stage_words.clone()),
        shown(row.health.map(str::to_owned)),
        shown(row.evidence.clone()),
        shown(row.last_news.map(|day| day.to_string())),
    ]
}

fn word(typed: &str) -> String {
    typed.trim().to_ascii_lowercase().replace('-', "_")
}

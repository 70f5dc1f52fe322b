//! `search`: things by a few words.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::context::Context;
use super::failure::Failure;
use crate::deal::value::ids::StreamKind;
use crate::service::query::search::FoundThing;

/// What to look for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Sort {
    /// Agreements
    Agreement,
    /// Packages
    Package,
    /// Occasions
    Occasion,
    /// Organisations
    Organization,
}

/// Find agreements, packages, occasions and organisations by words
///
/// Finds what says all the words: in its reference, its names in any language, its parties, sectors, place,
/// theme or topics, or in the name of its package or occasion. Case, accents and marks do not matter, the
/// beginning of a word is enough, and a small typing error is forgiven where no word fits as typed.
#[derive(Debug, Args)]
pub(super) struct Search {
    /// The words, or a reference or its beginning
    #[arg(value_name = "WORDS", required = true, num_args = 1..)]
    words: Vec<String>,
    /// Only things of one kind
    #[arg(long, value_enum, value_name = "WORD")]
    kind: Option<Sort>,
    /// How many to show, the best first
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: u16,
    /// As known then: a day (its end), a moment such as 2025-04-25T09:00:00Z, or a position
    #[arg(long, value_name = "TIME")]
    known_at: Option<String>,
}

impl Sort {
    fn kind(self) -> StreamKind {
        match self {
            Self::Agreement => StreamKind::Agreement,
            Self::Package => StreamKind::Package,
            Self::Occasion => StreamKind::Occasion,
            Self::Organization => StreamKind::Organization,
        }
    }
}

impl Search {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let words = self.words.join(" ");
        if !words.chars().any(char::is_alphanumeric) {
            return Err(Failure::of_field(
                "WORDS",
                "there is no letter and no digit to look for",
            ));
        }
        if self.limit == 0 {
            return Err(
                Failure::of_field("--limit", "nothing would be shown").hint("give 1 or more")
            );
        }
        let session = context.reader_at(self.known_at.as_deref())?;
        let reading = session.reading_known_at(self.known_at.as_deref(), None)?;
        let found = reading.search(&words, self.kind.map(Sort::kind), usize::from(self.limit))?;
        let output = context.output();
        if output.is_json() {
            return output.json(&json!({
                "words": words, "known_at": reading.position(),
                "found": found.found, "results": found.results,
            }));
        }
        if found.results.is_empty() {
            output.line("Nothing registered says all these words.")?;
            let program = context.program();
            return output.line(&format!(
                "Next: try fewer words, or {program} list agreements"
            ));
        }
        let rows = found.results.iter().map(cells).collect();
        output.table(&["Ref", "Kind", "Name", "Found in"], rows, &[])?;
        let shown = found.results.len();
        if found.found > shown {
            let limit = "--limit shows more";
            output.line(&format!("{shown} of {} found; {limit}.", found.found))?;
        }
        Ok(())
    }
}

fn cells(thing: &FoundThing) -> Vec<String> {
    let mut places = thing.fields.join(", ");
    if thing.fit == "nearly" {
        places.push_str(" (nearly)");
    }
    let mut name = thing.title.clone();
    if !thing.names.is_empty() {
        name.push_str(&format!(" ({})", thing.names.join("; ")));
    }
    vec![
        thing.reference.to_string(),
        thing.kind.to_string(),
        name,
        places,
    ]
}

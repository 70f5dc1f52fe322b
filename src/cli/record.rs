//! `record`: what happened on one or more agreements.

use clap::Args;

use super::context::Context;
use super::failure::Failure;
use super::fields::Fields;
use super::flags::FactFlags;
use super::lookup::Lookup;
use super::writing::{About, FactRest, filled};
use crate::deal::event::{Kind, Role};
use crate::deal::track;

/// Record what happened on one or more agreements
///
/// The kind is any event kind or milestone: land-allocated, works-started, suspended, … Several
/// agreements are recorded together or not at all.
#[derive(Debug, Args)]
pub(super) struct Record {
    /// What happened: an event kind or a milestone, `-` or `_` alike
    #[arg(value_name = "KIND")]
    what: String,
    /// The agreements (or other things) it happened on
    #[arg(value_name = "AGREEMENT", required = true)]
    things: Vec<String>,
    /// Why: a code word, or words where the kind takes them
    #[arg(long, value_name = "WORDS")]
    reason: Option<String>,
    #[command(flatten)]
    fields: FactFlags,
    #[command(flatten)]
    rest: FactRest,
}

impl Record {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let about = About::Things(&self.things);
        self.rest.record_built(context, &about, |lookup| {
            let (kind, milestone) = meant(&self.what, lookup)?;
            let fill = |fields: &mut Fields<'_>| {
                if let Some(milestone) = &milestone {
                    fields.set("milestone", milestone)?;
                }
                if milestone.as_deref() == Some(track::WORKS_STARTED) {
                    // The source often says no more than that works started.
                    fields.unless_given("nature", "unspecified");
                }
                if fields.takes_code("reason") {
                    fields.word("reason", self.reason.as_deref())?;
                } else {
                    fields.text("reason", self.reason.as_deref())?;
                }
                self.fields.fill(fields)
            };
            filled(kind, lookup, fill, self.fields.fields_json.as_deref())
        })
    }
}

/// The kind a word stands for, and the milestone if it is the code of one.
fn meant(word: &str, lookup: &Lookup<'_>) -> Result<(Kind, Option<String>), Failure> {
    let name = word.trim().to_ascii_lowercase().replace('-', "_");
    if let Some(kind) = Kind::of(&name) {
        return match elsewhere(kind) {
            None => Ok((kind, None)),
            Some(command) => {
                let sentence = format!("`{name}` is not recorded by `record`");
                Err(Failure::refused("other_command", sentence).hint(format!("use `{command}`")))
            }
        };
    }
    let milestones = lookup.milestones()?;
    if milestones.contains(&name) {
        return Ok((Kind::MilestoneReached, Some(name)));
    }
    let kinds = Kind::ALL.iter().filter(|kind| elsewhere(**kind).is_none());
    let known: Vec<String> = kinds
        .map(|kind| kind.as_str().to_owned())
        .chain(milestones)
        .collect();
    let near = super::lookup::near(&name, known.iter().map(String::as_str), 3);
    let failure = Failure::refused(
        "unknown_kind",
        format!("`{word}` is no event kind or milestone"),
    )
    .with("near", near.clone());
    Err(match near.is_empty() {
        true => failure.hint("`dealtrail record --help` names the kinds; a milestone is one of its agreement's track"),
        false => failure.hint(format!("did you mean {}?", super::lookup::listed(&near))),
    })
}

/// The command that records a kind, where it is not this one.
fn elsewhere(kind: Kind) -> Option<&'static str> {
    match (kind.role(), kind) {
        (Role::Registration, _) => Some("dealtrail register"),
        (_, Kind::ReportIssued) => Some("dealtrail report NAME --issue"),
        (Role::Ledger, _) => Some("dealtrail init"),
        (_, Kind::FactCorrected) => Some("dealtrail correct FACT"),
        (_, Kind::FactRetracted) => Some("dealtrail retract FACT"),
        (_, Kind::FactSourced) => Some("dealtrail source FACT"),
        (_, Kind::FactConfirmed) => Some("dealtrail confirm FACT"),
        _ => None,
    }
}

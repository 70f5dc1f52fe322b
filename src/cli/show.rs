//! `show`: where a thing stands.

use clap::Args;
use serde::Serialize;

use super::answer::evidence;
use super::context::Context;
use super::explaining::{self, explain};
use super::failure::Failure;
use super::moments::AskedFlags;
use super::output::Output;
use crate::service::query::explained::Explanation;
use crate::service::query::standing::{
    AgreementStanding, DisputedField, FactLine, MilestoneLine, ThingStanding,
};

/// Show where a thing stands
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The agreement, package, occasion or organisation
    #[arg(value_name = "REF")]
    thing: String,
    /// Which entries made the answer, which were corrected or withdrawn, and which do not count or were not known yet
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    asked: AskedFlags,
}

impl Show {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.reader_at(self.asked.known_at.as_deref())?;
        let stream = session.lookup().thing(&self.thing)?;
        let reading = self.asked.reading(&session)?;
        let Some(standing) = reading.standing(stream)? else {
            let sentence = format!("nothing was known of {} then", self.thing);
            return Err(Failure::refused("not_known", sentence)
                .hint("ask as known at a later moment, or leave --known-at out"));
        };
        let explained = match self.explain {
            true => {
                let head = session.reading_known_at(None, None)?;
                Some(explain(&head, &reading, (&self.thing, stream))?)
            }
            false => None,
        };
        let output = context.output();
        if output.is_json() {
            return output.json(&Shown {
                standing: &standing,
                explained: explained.as_ref(),
            });
        }
        tell(output, &standing)?;
        let program = context.program();
        output.line("")?;
        if let Some(explained) = &explained {
            explaining::tell(output, explained)?;
            output.line("")?;
        }
        output.line(&format!(
            "What had happened by {}, as known at position {}.",
            standing.as_of, standing.known_at
        ))?;
        output.line(&format!(
            "{program} history {} shows its whole trail.",
            standing.named.reference
        ))
    }
}

/// An answer for programs.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    standing: &'a ThingStanding,
    #[serde(skip_serializing_if = "Option::is_none")]
    explained: Option<&'a Explanation>,
}

fn tell(output: &Output, standing: &ThingStanding) -> Result<(), Failure> {
    output.heading(&format!(
        "{}  {}",
        standing.named.reference, standing.named.title
    ))?;
    if let Some(reason) = &standing.withdrawn {
        output.line(&format!("  withdrawn: {reason}"))?;
    }
    for detail in &standing.details {
        output.line(&format!("  {:<13} {}", detail.label, detail.words))?;
    }
    match &standing.agreement {
        Some(agreement) => tell_agreement(output, agreement)?,
        None => list(output, "Facts", &standing.facts)?,
    }
    for field in &standing.disputed {
        tell_disputed(output, field)?;
    }
    for remark in &standing.inferred {
        output.line(&format!("Inferred: {remark}"))?;
    }
    if standing.incomplete {
        output.line("Incomplete: some entries cannot be read by this release; see its history.")?;
    }
    Ok(())
}

fn tell_agreement(output: &Output, agreement: &AgreementStanding) -> Result<(), Failure> {
    let line = |label: &str, words: &str| output.line(&format!("  {label:<13} {words}"));
    let milestone = |reached: &Option<MilestoneLine>| match reached {
        Some(reached) => milestone_words(reached),
        None => "none yet".to_owned(),
    };
    line("stage", &milestone(&agreement.stage))?;
    line("latest step", &milestone(&agreement.latest_step))?;
    let health = match agreement.last_news {
        Some(day) => format!("{}, last news on {day}", agreement.health),
        None => format!("{}, no news yet", agreement.health),
    };
    line("health", &health)?;
    line(
        "evidence",
        &match (agreement.evidence_lowest, agreement.evidence_highest) {
            (Some(lowest), Some(highest)) if lowest != highest => {
                format!("{} to {}", evidence(lowest), evidence(highest))
            }
            (Some(lowest), _) => evidence(lowest),
            (None, _) => "no milestone yet".to_owned(),
        },
    )?;
    line(
        "officer",
        agreement.officer.as_deref().unwrap_or("not assigned"),
    )?;
    let next = agreement.next_step.as_ref().map(|next| {
        let due = next
            .due
            .map_or_else(String::new, |day| format!(", due {day}"));
        format!("{} (entry {}){due}", next.fact.content, next.fact.seq)
    });
    line(
        "next step",
        next.as_deref()
            .unwrap_or("none stated; state one with `expect` or `promise`"),
    )?;
    if !agreement.milestones.is_empty() {
        output.heading("Milestones")?;
        let reached = agreement
            .milestones
            .iter()
            .flat_map(|reached| &reached.facts);
        facts(output, reached)?;
    }
    list(
        output,
        "Possible by then, and not counted",
        &agreement.possible,
    )?;
    list(output, "Reversed", &agreement.reversed)?;
    list(output, "Expected", &agreement.expectations)?;
    list(output, "Open promises", &agreement.promises)?;
    list(output, "Open obstacles", &agreement.obstacles)
}

fn milestone_words(reached: &MilestoneLine) -> String {
    let on = reached.facts.first().map(|fact| fact.on_words.as_str());
    format!("{}, {}", reached.name, on.unwrap_or_default())
}

fn tell_disputed(output: &Output, field: &DisputedField) -> Result<(), Failure> {
    let preferred = field.preferred.as_deref().unwrap_or("none preferred yet");
    output.heading(&format!("Disputed: {} ({preferred})", field.field))?;
    facts(output, field.claims.iter())
}

fn list(output: &Output, head: &str, lines: &[FactLine]) -> Result<(), Failure> {
    if lines.is_empty() {
        return Ok(());
    }
    output.heading(head)?;
    facts(output, lines.iter())
}

fn facts<'a>(output: &Output, lines: impl Iterator<Item = &'a FactLine>) -> Result<(), Failure> {
    for fact in lines {
        let content = match fact.content.as_str() {
            "" => String::new(),
            content => format!(": {content}"),
        };
        output.line(&format!(
            "  {:>5}  {}{content}; {}; {}",
            fact.seq,
            fact.what,
            fact.on_words,
            evidence(fact.evidence)
        ))?;
    }
    Ok(())
}

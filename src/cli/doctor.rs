//! `doctor`: everything at rest examined, and mended on request.

use clap::Args;

use super::context::Context;
use super::failure::Failure;
use super::output::Output;
use super::session;
use super::trouble;
use crate::service::diagnosis::{Diagnosis, Place, Treatment};
use crate::service::doctor;

/// Examine everything the ledger keeps on disk, and mend it on request
///
/// Reads every byte of the journal, the second copy, LEDGER, the files of evidence and issued reports, beside a running writer or
/// without one, and names each damaged place with the entries concerned. Without --repair nothing is written. Exit
/// code 0 when everything is whole, 1 when --repair can mend what is not, 2 when nothing here can.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Mend what a good copy is at hand for; damaged bytes are kept aside, and the repair is recorded
    #[arg(long)]
    repair: bool,
}

impl Doctor {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let options = session::options(context.clock(), context.mirror())?;
        let (dir, output) = (context.data(), context.output());
        if self.repair {
            let treatment =
                doctor::repair(dir, &options).map_err(|error| trouble::of_ledger(&error))?;
            return treated(&treatment, output);
        }
        let diagnosis =
            doctor::examine(dir, &options).map_err(|error| trouble::of_ledger(&error))?;
        match output.is_json() {
            true => output.json(&diagnosis)?,
            false => tell(&diagnosis, output, "would be")?,
        }
        verdict(
            &diagnosis,
            &format!("`{} doctor --repair` mends it", context.program()),
            UNTOUCHED,
        )
    }
}

fn treated(treatment: &Treatment, output: &Output) -> Result<(), Failure> {
    if output.is_json() {
        output.json(treatment)?;
    } else {
        let with = match treatment.after {
            Some(_) => "is",
            None => "would be",
        };
        tell(&treatment.before, output, with)?;
        for done in &treatment.done {
            output.line(&format!("Done: {done}"))?;
        }
    }
    let Some(after) = &treatment.after else {
        return verdict(&treatment.before, "nothing was touched", UNTOUCHED);
    };
    if !output.is_json() && after.is_whole() {
        output.line("Examined again: everything is whole.")?;
    }
    if !output.is_json() && !after.is_whole() {
        output.heading("Examined again")?;
        tell(after, output, "would be")?;
    }
    verdict(
        after,
        "run it once more; when that is no help, go on from a backup",
        "what had a good copy is mended; put the files still named back from a backup made before the damage",
    )
}

fn tell(diagnosis: &Diagnosis, output: &Output, with: &str) -> Result<(), Failure> {
    let second = match diagnosis.second_copy {
        Some(position) => format!("the second copy with {position}"),
        None => "the second copy not looked into".to_owned(),
    };
    let issued = match diagnosis.issued_reports {
        0 => String::new(),
        count => format!(" and {}", counted(count, "issued report")),
    };
    let published = match diagnosis.published_files {
        0 => String::new(),
        count => format!(", {}", counted(count, "published file")),
    };
    output.line(&format!(
        "Examined {} entries in {}, {second}, {}{published}.",
        diagnosis.position,
        counted(diagnosis.segments, "segment"),
        counted(diagnosis.evidence_files, "file") + " of evidence" + &issued,
    ))?;
    for place in &diagnosis.damage {
        output.line(&format!("Damaged: {}", sentence(place, with)))?;
    }
    for note in &diagnosis.notes {
        output.line(&format!("Note: {note}"))?;
    }
    match diagnosis.is_whole() {
        true => output.line("Everything is whole."),
        false => Ok(()),
    }
}

fn sentence(place: &Place, with: &str) -> String {
    let at = match place.length {
        0 => String::new(),
        length => format!(
            ", bytes {} to {}",
            place.offset,
            place.offset.saturating_add(length - 1)
        ),
    };
    let entries = match place.events {
        0 => "no entry concerned".to_owned(),
        1 => format!("entry {} concerned", place.first),
        count => format!(
            "entries {} to {} concerned",
            place.first,
            place.first.saturating_add(count - 1)
        ),
    };
    let commands = match place.commands {
        Some(count) => format!(", {}", counted(count, "command")),
        None => String::new(),
    };
    let remedy = match place.mendable {
        true => format!("With --repair it {with} {}", place.remedy),
        false => format!("With --repair: {}", place.remedy),
    };
    format!(
        "{}{at}: {} ({entries}{commands}). {remedy}",
        place.file, place.what
    )
}

fn counted(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

/// What to do about damage without a copy, when nothing was touched.
const UNTOUCHED: &str = "nothing was touched; go on from a backup made before the damage, or put the files named back \
                         from one";

/// `mendable` and `hopeless` are the hints for damage that has a good copy at hand, and for damage that has none.
fn verdict(diagnosis: &Diagnosis, mendable: &str, hopeless: &str) -> Result<(), Failure> {
    if diagnosis.is_whole() {
        return Ok(());
    }
    let places = counted(diagnosis.damage.len() as u64, "damaged place");
    let failure = match diagnosis.is_mendable() {
        true => Failure::refused(
            "damaged",
            format!("{places} found, and a good copy of each is at hand"),
        ),
        false => Failure::broken(
            "damaged",
            format!("{places} found, and not each can be mended here"),
        ),
    };
    Err(match diagnosis.is_mendable() {
        true => failure.hint(mendable),
        false => failure.hint(hopeless),
    })
}

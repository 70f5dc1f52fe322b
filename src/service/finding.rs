//! What the store found, in words and as an event.

use crate::deal::event::ledger_repaired::{LedgerRepaired, RepairedPlace};
use crate::deal::value::text::Text;
use crate::store::documents;
use crate::store::event_store::{Finding, Source};

/// What was found, as people hear it.
#[must_use]
pub fn sentence(finding: &Finding) -> String {
    match finding {
        Finding::Damage {
            file,
            offset,
            first_seq,
            what,
        } => damage(file, *offset, *first_seq, what),
        Finding::TornTailCut {
            file,
            offset,
            bytes,
            aside,
        } => torn_tail(file, *offset, *bytes, aside),
        Finding::FrameRepaired {
            file,
            offset,
            first_seq,
            events,
            aside,
            source,
            ..
        } if aside.is_empty() => lost(file, *offset, (*first_seq, *events), *source),
        Finding::FrameRepaired {
            file,
            offset,
            events: 0,
            aside,
            ..
        } => format!(
            "{file} was damaged at byte {offset}, where no entry stands, and is put right; what stood there is kept \
             in {aside}"
        ),
        Finding::FrameRepaired {
            file,
            offset,
            first_seq,
            events,
            aside,
            source,
            ..
        } => format!(
            "{file} was damaged at byte {offset} ({}) and is restored from {}; \
             the damaged bytes are kept in {aside}",
            entries(*first_seq, *events),
            copy(*source)
        ),
        Finding::LedgerFileRestored { file, from, aside } => {
            ledger_file_restored(file, from, aside)
        }
        Finding::EvidenceRestored {
            file,
            seq,
            from,
            aside,
            ..
        } => evidence_restored(file, *seq, from, aside),
        Finding::SnapshotSetAside {
            file,
            reason,
            aside,
        } => snapshot_set_aside(file, reason, aside),
        Finding::TilesMadeAgain { files } => tiles_made_again(*files),
        Finding::SecondCopySetAside { reason, aside } => second_copy_set_aside(reason, aside),
    }
}

fn tiles_made_again(files: u64) -> String {
    let made = match files {
        1 => "1 file is".to_owned(),
        files => format!("{files} files are"),
    };
    format!("published tiles were damaged or missing: {made} made again from the journal")
}

fn lost(file: &str, offset: u64, (first_seq, events): (u64, u64), source: Source) -> String {
    format!(
        "{file} had lost what stood at byte {offset} ({}); it is restored from {}",
        entries(first_seq, events),
        copy(source)
    )
}

fn damage(file: &str, offset: u64, first_seq: u64, what: &str) -> String {
    format!(
        "{file} is damaged at byte {offset} ({what}): entries from {first_seq} on cannot be read"
    )
}

fn ledger_file_restored(file: &str, from: &str, aside: &str) -> String {
    match aside.is_empty() {
        true => format!("the file {file} was missing and is written anew from {from}"),
        false => format!(
            "the file {file} was damaged and is written anew from {from}; the damaged one is kept in {aside}"
        ),
    }
}

fn torn_tail(file: &str, offset: u64, bytes: u64, aside: &str) -> String {
    format!(
        "an unfinished write at the end of {file} was cut at byte {offset}; nobody was told it was recorded. \
         Its {bytes} bytes are kept in {aside}"
    )
}

fn snapshot_set_aside(file: &str, reason: &str, aside: &str) -> String {
    format!(
        "{file} was damaged ({reason}) and is kept in {aside}; the read models are folded without it"
    )
}

fn second_copy_set_aside(reason: &str, aside: &str) -> String {
    format!(
        "the second copy did not fit the journal ({reason}) and is built anew; it is kept in {aside}"
    )
}

fn evidence_restored(file: &str, seq: u64, from: &str, aside: &str) -> String {
    let kept = match aside.is_empty() {
        true => String::new(),
        false => format!("; what was damaged is kept in {aside}"),
    };
    let what = match documents::digest_of(file.strip_prefix("mirror/").unwrap_or(file)) {
        Some(_) => "the Document of the report issued by",
        None => "the evidence of",
    };
    format!("{file}, {what} entry {seq}, is put back from the {from}{kept}")
}

fn copy(source: Source) -> &'static str {
    match source {
        Source::Journal => "the journal itself",
        Source::Sled => "the second copy",
        Source::Mirror => "the mirror",
    }
}

fn entries(first_seq: u64, events: u64) -> String {
    let last = first_seq.saturating_add(events.saturating_sub(1));
    match events {
        1 => format!("entry {first_seq}"),
        _ => format!("entries {first_seq} to {last}"),
    }
}

/// What was mended, as an event; `None` when nothing was. A second copy that opening alone set aside lost nothing and
/// is told, not recorded.
#[must_use]
pub fn repairs(findings: &[Finding], second_copy_too: bool) -> Option<LedgerRepaired> {
    let what: Vec<_> = findings
        .iter()
        .filter_map(|finding| place(finding, second_copy_too))
        .collect();
    (!what.is_empty()).then_some(LedgerRepaired { what })
}

fn place(finding: &Finding, second_copy_too: bool) -> Option<RepairedPlace> {
    let repaired = |file: &str, place: [u64; 4], from: &str, aside: &str| {
        let [offset, length, first, count] = place;
        Some(RepairedPlace {
            file: Text::new(file).ok()?,
            offset,
            length,
            first,
            count,
            restored_from: Text::new(from).ok()?,
            // What was missing left no damaged bytes to keep.
            kept_as: Text::new(aside)
                .or_else(|_| Text::new("nothing was there"))
                .ok()?,
        })
    };
    match finding {
        Finding::FrameRepaired {
            file,
            offset,
            bytes,
            first_seq,
            events,
            aside,
            source,
        } => {
            let from = match source {
                Source::Journal => "journal",
                Source::Sled => "sled",
                Source::Mirror => "mirror",
            };
            repaired(file, [*offset, *bytes, *first_seq, *events], from, aside)
        }
        Finding::LedgerFileRestored { file, from, aside } => repaired(file, [0; 4], from, aside),
        Finding::EvidenceRestored {
            file,
            bytes,
            seq,
            from,
            aside,
        } => repaired(file, [0, *bytes, *seq, 1], from, aside),
        Finding::SecondCopySetAside { aside, .. } if second_copy_too => {
            repaired("sled", [0; 4], "journal", aside)
        }
        _ => None,
    }
}

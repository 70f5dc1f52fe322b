//! The Documents of issued reports in an examination: each proved against the digest in the event that issued it, in the
//! ledger and in its mirror, and put back from the side that is good.

use serde_json::Value;

use super::files::Sides;
use crate::service::diagnosis::{Diagnosis, Place};
use crate::store::documents::{self, Kept};
use crate::store::event_store::{EventStore, Finding, ReadError};
use crate::store::journal::disk::Disk;

/// The kind of event that names a Document.
const ISSUED: &str = "report_issued";

/// A Document that does not hold on one side.
struct Bad {
    seq: u64,
    digest: String,
    side: &'static str,
    what: &'static str,
}

/// Compares every Document of an issued report with its digest.
pub(super) fn examine(sides: &Sides, store: &dyn EventStore, diagnosis: &mut Diagnosis) {
    let (bad, count) = look(sides, store);
    diagnosis.issued_reports = count;
    for one in bad {
        let file = documents::name(&one.digest);
        let dir = sides.dir(one.side);
        let length = dir.and_then(|dir| std::fs::metadata(dir.join(&file)).ok());
        let mendable = good(sides, &one.digest).is_some();
        diagnosis.damage.push(Place {
            file: format!("{}{file}", one.side),
            offset: 0,
            length: length.map_or(0, |file| file.len()),
            what: one.what.to_owned(),
            first: one.seq,
            events: 1,
            commands: None,
            mendable,
            remedy: match mendable {
                true => format!("--repair puts it back from the {}", sides.other(one.side)),
                false => "nothing: put the file back from a backup".to_owned(),
            },
        });
    }
}

/// Puts back what a good copy is left of, while nobody else records. What was damaged is kept aside.
///
/// # Errors
/// When a disk fails.
pub(super) fn mend(
    sides: &Sides,
    store: &dyn EventStore,
    disk: &dyn Disk,
) -> std::io::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for one in look(sides, store).0 {
        let (Some(bytes), Some(dir)) = (good(sides, &one.digest), sides.dir(one.side)) else {
            continue;
        };
        let aside = documents::put_back(dir, disk, &bytes)?;
        let aside = aside.map(|name| format!("{}{name}", one.side));
        findings.push(Finding::EvidenceRestored {
            file: format!("{}{}", one.side, documents::name(&one.digest)),
            bytes: bytes.len() as u64,
            seq: one.seq,
            from: sides.other(one.side).to_owned(),
            aside: aside.unwrap_or_default(),
        });
    }
    Ok(findings)
}

fn good(sides: &Sides, digest: &str) -> Option<Vec<u8>> {
    sides
        .dirs()
        .find_map(|(_, dir)| match documents::read(dir, digest) {
            Kept::Whole(bytes) => Some(bytes),
            _ => None,
        })
}

/// What does not hold, and how many Documents the events name.
fn look(sides: &Sides, store: &dyn EventStore) -> (Vec<Bad>, u64) {
    let named = named(store);
    let count = named.len() as u64;
    let mut bad = Vec::new();
    for (seq, digest) in named {
        for (side, dir) in sides.dirs() {
            let what = match documents::read(dir, &digest) {
                Kept::Whole(_) => continue,
                Kept::Missing => "the Document of an issued report is missing",
                Kept::Changed => {
                    "the Document of an issued report has changed: it no longer fits its digest in the ledger"
                }
                Kept::Unreadable(_) => "the Document of an issued report cannot be read",
            };
            bad.push(Bad {
                seq,
                digest: digest.clone(),
                side,
                what,
            });
        }
    }
    (bad, count)
}

/// Every digest with the first event that names it, as far as the journal can be read; that it cannot is told elsewhere.
fn named(store: &dyn EventStore) -> Vec<(u64, String)> {
    let mut named: Vec<(u64, String)> = Vec::new();
    let Ok(frames) = store.read(0) else {
        return named;
    };
    let _ = frames.into_iter().try_for_each(|frame| {
        for event in frame?.events() {
            if event.kind() != ISSUED {
                continue;
            }
            let data: Option<Value> = serde_json::from_str(event.data()).ok();
            let digest = data.as_ref().and_then(|data| {
                let digest = data.get("manifest")?.get("document_sha256")?.as_str()?;
                // It becomes part of a path.
                let plain = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
                plain.then(|| digest.to_owned())
            });
            named.extend(digest.map(|digest| (event.seq(), digest)));
        }
        Ok::<(), ReadError>(())
    });
    named.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.cmp(&b.0)));
    named.dedup_by(|later, first| later.1 == first.1);
    named
}

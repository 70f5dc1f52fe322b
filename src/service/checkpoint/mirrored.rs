//! What a ledger signed, and what it signs with, once more in its mirror: whoever goes on from there is held to the same
//! checkpoints and is known by the same key.

use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{kept, key_file};
use crate::store::journal::disk::{Access, Disk, replace};
use crate::store::mirror::choice;
use crate::store::mirror::side::Mirror;

/// Of how many checkpoints the cosignatures are compared, beside those that are missing.
const LATELY: usize = 8;

/// Brings the ledger's mirror up to date, if it has one that is there. What cannot be written there is told in the log and
/// tried again with the next checkpoint: nothing that was signed depends on it.
pub(super) fn level(disk: &dyn Disk, dir: &Path) {
    let Some(mirror) = place(disk, dir) else {
        return;
    };
    if let Err(error) = copy(disk, dir, &mirror) {
        tracing::warn!(%error, "checkpoints and key could not be brought to the mirror");
    }
}

fn place(disk: &dyn Disk, dir: &Path) -> Option<PathBuf> {
    let mirror = choice::recorded(disk, dir).ok().flatten()?;
    (!Mirror::is_gone(&mirror, disk)).then_some(mirror)
}

fn copy(disk: &dyn Disk, dir: &Path, mirror: &Path) -> io::Result<()> {
    let there = kept::sizes(disk, mirror)?;
    for size in kept::sizes(disk, dir)? {
        if there.binary_search(&size).is_ok() {
            continue;
        }
        // One that is damaged here is no use there; `verify` names it.
        if let Ok(kept) = kept::of_size(disk, dir, size) {
            kept::keep(disk, mirror, &kept.signed)?;
        }
    }
    let there = kept::cosigned_sizes(disk, mirror)?;
    let own = kept::cosigned_sizes(disk, dir)?;
    // Witnesses add to what was signed lately; what is older is there or is not.
    let lately = own.len().saturating_sub(LATELY);
    for (at, size) in own.into_iter().enumerate() {
        let is_there = there.binary_search(&size).is_ok();
        let Some(kept) = kept::of_size(disk, dir, size)
            .ok()
            .filter(|_| !is_there || at >= lately)
        else {
            continue;
        };
        let same = |other: &kept::Kept| other.signed == kept.signed;
        if !is_there || !kept::of_size(disk, mirror, size).is_ok_and(|other| same(&other)) {
            kept::keep_cosigned(disk, mirror, &kept.signed)?;
        }
    }
    for name in [key_file::FILE_NAME, key_file::NEXT] {
        key(disk, dir, mirror, name)?;
    }
    Ok(())
}

/// Brings one file of keys over. A key of the mirror gives way to one that the newest checkpoint proves to be the ledger's.
fn key(disk: &dyn Disk, dir: &Path, mirror: &Path, name: &'static str) -> io::Result<()> {
    let bytes = |dir: &Path| kept::bytes_of(disk, &dir.join(name)).map(Zeroizing::new);
    let gone = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    match (bytes(dir), bytes(mirror)) {
        (Ok(own), Ok(there)) if own != there && (name == key_file::NEXT || signs(disk, dir)) => {
            replace(disk, &mirror.join(name), &own, Access::OwnerOnly)
        }
        (Ok(own), Err(error)) if gone(&error) => {
            replace(disk, &mirror.join(name), &own, Access::OwnerOnly)
        }
        // It took its place.
        (Err(error), Ok(_)) if gone(&error) && name == key_file::NEXT && signs(disk, dir) => {
            disk.remove(&mirror.join(name))
        }
        _ => Ok(()),
    }
}

fn signs(disk: &dyn Disk, dir: &Path) -> bool {
    let own = key_file::KeyFile::read(disk, dir).ok().flatten();
    let own = own.and_then(|key| key.verifier().ok());
    let newest = kept::newest(disk, dir).ok().flatten();
    own.zip(newest)
        .is_some_and(|(key, newest)| newest.signed.verify(&key).is_ok())
}

//! What is published, for whoever serves it: bytes as they are in the files.

use std::io;
use std::sync::Arc;

use super::files::Files;
use crate::proof::tiles::Tile;
use crate::service::checkpoint::kept;
use crate::service::ledger::Ledger;
use crate::store::journal::disk::{Disk, RealDisk};

/// The published checkpoint, with the signatures of witnesses that are published with it.
///
/// # Errors
/// As the system says.
pub fn checkpoint(ledger: &Ledger) -> io::Result<Option<Vec<u8>>> {
    let Some(dir) = ledger.dir() else {
        return Ok(None);
    };
    there(kept::bytes_of(
        &RealDisk,
        &dir.join(Files::checkpoint_name()),
    ))
}

/// A published piece.
///
/// # Errors
/// As the system says.
pub fn tile(ledger: &Ledger, tile: Tile) -> io::Result<Option<Vec<u8>>> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let files = ledger.dir().map(|dir| Files::of(&disk, dir));
    files.map_or(Ok(None), |files| there(files.bytes(tile)))
}

fn there(read: io::Result<Vec<u8>>) -> io::Result<Option<Vec<u8>>> {
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

//! The published tiles in an examination: each held against the journal it was made from, and made again.

use std::path::Path;
use std::sync::Arc;

use crate::service::checkpoint::kept;
use crate::service::diagnosis::{Diagnosis, Place};
use crate::service::tiles::files::Files;
use crate::service::tiles::lay::{self, LayError};
use crate::service::verify::{self, PublishedTiles};
use crate::store::event_store::{EventStore, Finding};
use crate::store::journal::disk::Disk;
use crate::store::lock::WriterLock;

/// Names every published tile and bundle that is not what the journal makes it. A damaged journal is told elsewhere.
pub(super) fn examine(dir: &Path, disk: &Arc<dyn Disk>, diagnosis: &mut Diagnosis) {
    match verify::tiles(dir, disk) {
        // Here it is the journal that was altered: tiles made of it would hide that.
        Ok(tiles) if !tiles.fits => diagnosis.notes.push(
            "the entries are not those that the published checkpoint was signed for, and its tiles are left as they are: \
             `dealtrail verify` says what differs"
                .to_owned(),
        ),
        Ok(tiles) => {
            diagnosis.published_files = tiles.looked_at;
            diagnosis.damage.extend(tiles.wrong.into_iter().map(|wrong| Place {
                length: std::fs::metadata(dir.join(&wrong.file)).map_or(0, |file| file.len()),
                file: wrong.file,
                offset: 0,
                what: wrong.what.to_owned(),
                first: wrong.first,
                events: 0,
                commands: None,
                mendable: true,
                remedy: "made again from the journal".to_owned(),
            }));
        }
        Err(_) => diagnosis.notes.push(
            "the published tiles were not compared: the journal they are made from has to be mended first".to_owned(),
        ),
    }
}

/// Makes the published tiles again from the journal, where one of them is damaged.
pub(super) fn mend(
    dir: &Path,
    store: &dyn EventStore,
    disk: &Arc<dyn Disk>,
) -> Result<Vec<Finding>, LayError> {
    let files = Files::of(disk, dir);
    let damaged = |tiles: PublishedTiles| tiles.fits && !tiles.wrong.is_empty();
    let damaged = verify::tiles(dir, disk).is_ok_and(damaged);
    let (true, Ok(Some(published))) = (damaged, files.checkpoint()) else {
        return Ok(Vec::new());
    };
    // Whoever signs meanwhile writes the same files.
    let Ok(_lock) = WriterLock::take(&dir.join(kept::DIRECTORY)) else {
        return Ok(Vec::new());
    };
    let root = published.signed.checkpoint().root();
    let again = lay::again(&files, store, root)?;
    Ok(vec![Finding::TilesMadeAgain { files: again }])
}

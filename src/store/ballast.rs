//! A file that only takes up room, so that there is some to give back when other programs have filled the disk.
//!
//! Recording stops by itself at the free-space floor. When the disk fills further nevertheless, the ballast goes, and
//! what has to write to mend or to open (sled does, for one) still can.

use std::io;
use std::path::Path;

use crate::store::journal::disk::Disk;
use crate::store::journal::spare::fill;

/// The file's name in the ledger's directory.
pub const FILE_NAME: &str = "ballast";
/// Its length.
pub const BYTES: u64 = 16 << 20;

/// Gives the ballast back when half the floor is gone.
///
/// # Errors
/// As the system says.
pub fn give_back(disk: &dyn Disk, dir: &Path, floor_bytes: u64) -> io::Result<()> {
    if !is_there(disk, dir) || disk.free_bytes(dir)? >= floor_bytes / 2 {
        return Ok(());
    }
    disk.remove(&dir.join(FILE_NAME))?;
    disk.sync_dir(dir)
}

/// Makes the ballast when there is ample room above `floor_bytes`, and gives it back when there is too little.
/// A floor of 0 means that space is nobody's concern: then there is no ballast.
///
/// # Errors
/// As the system says.
pub fn tend(
    disk: &dyn Disk,
    dir: &Path,
    floor_bytes: u64,
    stop: &dyn Fn() -> bool,
) -> io::Result<()> {
    if floor_bytes == 0 {
        return Ok(());
    }
    if is_there(disk, dir) {
        return give_back(disk, dir, floor_bytes);
    }
    let ample = disk.free_bytes(dir)? > floor_bytes.saturating_add(2 * BYTES);
    if ample {
        fill(disk, &dir.join(FILE_NAME), BYTES, stop)
    } else {
        Ok(())
    }
}

fn is_there(disk: &dyn Disk, dir: &Path) -> bool {
    disk.open(&dir.join(FILE_NAME), false).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::journal::disk::RealDisk;

    #[test]
    fn it_is_made_in_plenty_and_given_back_in_need() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        tend(&RealDisk, dir.path(), 0, &|| false).unwrap();
        assert!(!path.exists());
        tend(&RealDisk, dir.path(), 1, &|| false).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().len(), BYTES);
        tend(&RealDisk, dir.path(), u64::MAX, &|| false).unwrap();
        assert!(!path.exists(), "no disk has so much room");
        tend(&RealDisk, dir.path(), u64::MAX, &|| false).unwrap();
        assert!(!path.exists());
    }
}

//! The checkpoints a ledger has signed: one file a size in `checkpoints/`, and the newest once more in `checkpoint`.
//!
//! A checkpoint is kept before anybody sees it, and never taken back: it is what the ledger is held to. What witnesses add to
//! it stands in a file of its own beside it, which grows; whoever reads the checkpoint gets both.

use std::io;
use std::path::Path;

use crate::proof::checkpoint::SignedCheckpoint;
use crate::proof::note;
use crate::store::journal::disk::{Access, Disk, fill_at, replace};

/// The directory of checkpoints inside a ledger's directory.
pub const DIRECTORY: &str = "checkpoints";
/// The newest checkpoint once more, beside the directory.
pub const NEWEST: &str = "checkpoint";

/// What the name of the file with a checkpoint's cosignatures ends with.
const COSIGNED: &str = ".cosigned";

/// A kept checkpoint.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its file, as a path inside the ledger's directory.
    pub file: String,
    /// The checkpoint; its signatures are not checked.
    pub signed: SignedCheckpoint,
}

/// A kept checkpoint that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file} is not the checkpoint that was kept there: {what}")]
pub struct Unreadable {
    /// Its file, as a path inside the ledger's directory.
    pub file: String,
    /// What is wrong.
    pub what: String,
}

/// The file of the checkpoint of a size; in the order of names they stand in the order of sizes.
#[must_use]
pub fn name(size: u64) -> String {
    format!("{DIRECTORY}/{size:020}")
}

/// The file of the checkpoint of a size with the cosignatures of witnesses.
#[must_use]
pub fn cosigned_name(size: u64) -> String {
    format!("{}{COSIGNED}", name(size))
}

/// The size in the name of a kept checkpoint's file.
fn size_of(name: &str) -> Option<u64> {
    let whole = name.len() == 20 && name.bytes().all(|byte| byte.is_ascii_digit());
    whole.then(|| name.parse().ok()).flatten()
}

/// Every kept checkpoint, the smallest first.
///
/// # Errors
/// When the directory cannot be read.
pub fn all(disk: &dyn Disk, dir: &Path) -> io::Result<Vec<Result<Kept, Unreadable>>> {
    let sizes = sizes(disk, dir)?;
    let each = sizes.into_iter().flat_map(|size| {
        // Cosignatures that cannot be read are left out of the checkpoint, and told of beside it.
        let damaged = cosigned(disk, dir, size).err();
        [Some(of_size(disk, dir, size)), damaged.map(Err)]
    });
    Ok(each.flatten().collect())
}

/// The sizes of all kept checkpoints, the smallest first.
///
/// # Errors
/// When the directory cannot be read.
pub fn sizes(disk: &dyn Disk, dir: &Path) -> io::Result<Vec<u64>> {
    sizes_with(disk, dir, size_of)
}

fn sizes_with(
    disk: &dyn Disk,
    dir: &Path,
    size_of: impl Fn(&str) -> Option<u64>,
) -> io::Result<Vec<u64>> {
    let names = match disk.list(&dir.join(DIRECTORY)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        names => names?,
    };
    let mut sizes: Vec<u64> = names.iter().filter_map(|name| size_of(name)).collect();
    sizes.sort_unstable();
    Ok(sizes)
}

/// The checkpoint kept under a size, with the cosignatures kept beside it as far as they can be read.
///
/// # Errors
/// When the file cannot be read, or holds another.
pub fn of_size(disk: &dyn Disk, dir: &Path, size: u64) -> Result<Kept, Unreadable> {
    let mut kept = read(disk, dir, name(size), size)?;
    if let Ok(Some(cosigned)) = cosigned(disk, dir, size)
        && cosigned.checkpoint() == kept.signed.checkpoint()
    {
        for line in cosigned.note().signatures() {
            kept.signed.note_mut().add(line.clone());
        }
    }
    Ok(kept)
}

/// What is kept beside a checkpoint; `None` when no witness cosigned it.
fn cosigned(
    disk: &dyn Disk,
    dir: &Path,
    size: u64,
) -> Result<Option<SignedCheckpoint>, Unreadable> {
    let file = cosigned_name(size);
    // Another failure than its absence shows again as it is read.
    if disk
        .open(&dir.join(&file), false)
        .is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    {
        return Ok(None);
    }
    let beside = read(disk, dir, file.clone(), size)?;
    let plain = read(disk, dir, name(size), size);
    match plain.is_ok_and(|plain| plain.signed.checkpoint() != beside.signed.checkpoint()) {
        true => Err(Unreadable {
            file,
            what: "it is of another checkpoint than the one beside it".to_owned(),
        }),
        false => Ok(Some(beside.signed)),
    }
}

/// The sizes of all checkpoints with cosignatures, the smallest first.
///
/// # Errors
/// When the directory cannot be read.
pub fn cosigned_sizes(disk: &dyn Disk, dir: &Path) -> io::Result<Vec<u64>> {
    sizes_with(disk, dir, |name| size_of(name.strip_suffix(COSIGNED)?))
}

/// Keeps what witnesses added to a checkpoint that is kept. The newest checkpoint shows it too.
///
/// # Errors
/// When the disk is full or fails.
pub fn keep_cosigned(disk: &dyn Disk, dir: &Path, signed: &SignedCheckpoint) -> io::Result<()> {
    let (text, size) = (signed.to_string(), signed.checkpoint().root().size);
    replace(
        disk,
        &dir.join(cosigned_name(size)),
        text.as_bytes(),
        Access::Usual,
    )?;
    // A newer one may have been signed meanwhile.
    match sizes(disk, dir)?.last() == Some(&size) {
        true => replace(disk, &dir.join(NEWEST), text.as_bytes(), Access::Usual),
        false => Ok(()),
    }
}

/// The newest kept checkpoint; where its file is damaged, its second copy.
///
/// # Errors
/// When there is one and neither copy can be read.
pub fn newest(disk: &dyn Disk, dir: &Path) -> Result<Option<Kept>, Unreadable> {
    let sizes = sizes(disk, dir).map_err(|error| Unreadable {
        file: DIRECTORY.to_owned(),
        what: error.to_string(),
    })?;
    let Some(size) = sizes.last() else {
        return Ok(None);
    };
    let kept = of_size(disk, dir, *size);
    kept.or_else(|problem| read(disk, dir, NEWEST.to_owned(), *size).map_err(|_| problem))
        .map(Some)
}

fn read(disk: &dyn Disk, dir: &Path, file: String, size: u64) -> Result<Kept, Unreadable> {
    let kept = match in_file(disk, dir, file.clone())? {
        Some(kept) => kept,
        None => {
            let what = "there is no such file".to_owned();
            return Err(Unreadable { file, what });
        }
    };
    let said = kept.signed.checkpoint().root().size;
    match said == size {
        true => Ok(kept),
        false => Err(Unreadable {
            file,
            what: format!("it is of {said} entries and stands for {size}"),
        }),
    }
}

/// The checkpoint in a file of the ledger's directory, if the file is there.
///
/// # Errors
/// When it cannot be read, or is none.
pub fn in_file(disk: &dyn Disk, dir: &Path, file: String) -> Result<Option<Kept>, Unreadable> {
    let bytes = match bytes_of(disk, &dir.join(&file)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        bytes => bytes.map_err(|error| error.to_string()),
    };
    let signed =
        bytes.and_then(|bytes| SignedCheckpoint::parse(&bytes).map_err(|error| error.to_string()));
    match signed {
        Ok(signed) => Ok(Some(Kept { file, signed })),
        Err(what) => Err(Unreadable { file, what }),
    }
}

/// The bytes of a file that may hold a checkpoint.
///
/// # Errors
/// As the system says.
pub fn bytes_of(disk: &dyn Disk, path: &Path) -> io::Result<Vec<u8>> {
    let file = disk.open(path, false)?;
    // One byte more than is read tells that it is too long.
    let length = file.length()?.min(note::MAX_BYTES as u64 + 1);
    let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
    fill_at(file.as_ref(), &mut bytes, 0)?;
    Ok(bytes)
}

/// Keeps a checkpoint, durably: under its size, then as the newest one.
///
/// # Errors
/// When the disk is full or fails; nobody may see the checkpoint then.
pub fn keep(disk: &dyn Disk, dir: &Path, signed: &SignedCheckpoint) -> io::Result<()> {
    let text = signed.to_string();
    disk.create_dir(&dir.join(DIRECTORY))?;
    disk.sync_dir(dir)?;
    let path = dir.join(name(signed.checkpoint().root().size));
    replace(disk, &path, text.as_bytes(), Access::Usual)?;
    replace(disk, &dir.join(NEWEST), text.as_bytes(), Access::Usual)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::key::{KeyName, Signer};
    use crate::proof::tree::{Root, leaf_hash};
    use crate::store::journal::disk::RealDisk;
    use std::fs;

    fn signed(size: u64) -> SignedCheckpoint {
        let signer = Signer::new(KeyName::new("ledger.example/test").unwrap(), &[7; 32]);
        let hash = leaf_hash(&size.to_be_bytes());
        SignedCheckpoint::sign(Root { size, hash }, &signer).unwrap()
    }

    #[test]
    fn every_checkpoint_is_kept_and_the_largest_is_the_newest() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        assert!(newest(&RealDisk, dir).unwrap().is_none());
        assert!(all(&RealDisk, dir).unwrap().is_empty());
        for size in [0, 9, 10, 1_234_567] {
            keep(&RealDisk, dir, &signed(size)).unwrap();
            assert_eq!(
                newest(&RealDisk, dir).unwrap().unwrap().signed,
                signed(size)
            );
            let text = fs::read_to_string(dir.join(NEWEST)).unwrap();
            assert_eq!(text, signed(size).to_string());
        }
        let kept: Vec<_> = all(&RealDisk, dir)
            .unwrap()
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let sizes: Vec<u64> = kept
            .iter()
            .map(|one| one.signed.checkpoint().root().size)
            .collect();
        assert_eq!(sizes, [0, 9, 10, 1_234_567]);
        assert_eq!(kept[1].file, "checkpoints/00000000000000000009");
    }

    #[test]
    fn a_damaged_newest_checkpoint_is_read_from_its_second_copy() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        keep(&RealDisk, dir, &signed(9)).unwrap();
        keep(&RealDisk, dir, &signed(12)).unwrap();
        fs::write(dir.join(name(12)), "something else").unwrap();
        assert_eq!(newest(&RealDisk, dir).unwrap().unwrap().signed, signed(12));
        assert!(all(&RealDisk, dir).unwrap()[1].is_err());
        // An older one in its place is not the newest.
        fs::write(dir.join(NEWEST), signed(9).to_string()).unwrap();
        let error = newest(&RealDisk, dir).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("checkpoints/00000000000000000012 is not")
        );
        // Interrupted before the second copy was written: the newest is the one that was signed.
        keep(&RealDisk, dir, &signed(12)).unwrap();
        fs::write(dir.join(NEWEST), signed(9).to_string()).unwrap();
        assert_eq!(newest(&RealDisk, dir).unwrap().unwrap().signed, signed(12));
    }
}

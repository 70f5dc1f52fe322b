//! The files below `published/`, by their path.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::proof::tiles::{
    FULL, Kind, MAX_ENTRY_BYTES, Tile, entry_bundles, entry_bytes, hash_tiles,
};
use crate::proof::tree::Hash;
use crate::service::checkpoint::kept::{self, Kept, Unreadable};
use crate::store::journal::disk::{Access, Disk, fill_at, replace};

/// The directory inside a ledger's directory.
pub const DIRECTORY: &str = "published";
/// The newest published checkpoint, below it.
const CHECKPOINT: &str = "checkpoint";
/// The longest piece: a bundle of the longest entries, each behind its length.
const MAX_BYTES: u64 = FULL as u64 * (MAX_ENTRY_BYTES as u64 + 2);

/// Where a ledger's tiles are.
#[derive(Clone)]
pub struct Files {
    disk: Arc<dyn Disk>,
    ledger: PathBuf,
}

impl Files {
    /// The files of the ledger in a directory. Nothing is read yet.
    #[must_use]
    pub fn of(disk: &Arc<dyn Disk>, ledger: &Path) -> Self {
        Self {
            disk: Arc::clone(disk),
            ledger: ledger.to_owned(),
        }
    }

    /// The path of a piece inside the ledger's directory.
    #[must_use]
    pub fn name(tile: Tile) -> String {
        format!("{DIRECTORY}/{tile}")
    }

    /// The file of the published checkpoint, as a path inside the ledger's directory.
    #[must_use]
    pub fn checkpoint_name() -> String {
        format!("{DIRECTORY}/{CHECKPOINT}")
    }

    fn path(&self, tile: Tile) -> PathBuf {
        self.ledger.join(Self::name(tile))
    }

    /// The bytes of a piece.
    ///
    /// # Errors
    /// As the system says.
    pub fn bytes(&self, tile: Tile) -> io::Result<Vec<u8>> {
        let file = self.disk.open(&self.path(tile), false)?;
        // One byte more than a piece can have tells that it is too long.
        let length = file.length()?.min(MAX_BYTES.saturating_add(1));
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        fill_at(file.as_ref(), &mut bytes, 0)?;
        Ok(bytes)
    }

    /// The piece that is there: itself, or the full one in place of a partial one that is not kept any more.
    ///
    /// # Errors
    /// As the system says.
    pub fn standing(&self, tile: Tile) -> io::Result<(Tile, Vec<u8>)> {
        match self.bytes(tile) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !tile.is_full() => {
                let full = tile.full();
                // Of both missing the one that was asked for is named.
                let bytes = self.bytes(full).map_err(|_| error)?;
                Ok((full, bytes))
            }
            bytes => Ok((tile, bytes?)),
        }
    }

    /// The hashes of a tile, as many as its name says; `None` when it cannot be read or is of another length.
    #[must_use]
    pub fn hashes(&self, tile: Tile) -> Option<Vec<Hash>> {
        let (standing, bytes) = self.standing(tile).ok()?;
        let mut hashes = standing.hashes(&bytes)?;
        hashes.truncate(usize::from(tile.width()));
        Some(hashes)
    }

    /// The checkpoint that is published, if any is; its signatures are not checked.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn checkpoint(&self) -> Result<Option<Kept>, Unreadable> {
        let file = Self::checkpoint_name();
        kept::in_file(self.disk.as_ref(), &self.ledger, file)
    }

    /// Publishes a checkpoint, whose pieces are durable.
    ///
    /// # Errors
    /// When the disk is full or fails; the older one stands then.
    pub fn publish(&self, text: &str) -> io::Result<()> {
        let path = self.ledger.join(DIRECTORY).join(CHECKPOINT);
        replace(self.disk.as_ref(), &path, text.as_bytes(), Access::Usual)
    }

    /// The widths of the partial pieces that stand for a piece which is not full yet.
    #[must_use]
    pub fn widths(&self, tile: Tile) -> Vec<u16> {
        let Some(dir) = self.partials(tile) else {
            return Vec::new();
        };
        let names = self.disk.list(&dir).unwrap_or_default();
        let width = |name: &String| name.parse().ok().filter(|width| (1..FULL).contains(width));
        names.iter().filter_map(width).collect()
    }

    /// The directory of the partial pieces of a number.
    fn partials(&self, tile: Tile) -> Option<PathBuf> {
        let one = Tile::new(tile.kind(), tile.number(), 1)?;
        self.path(one).parent().map(Path::to_owned)
    }

    /// Removes the partial pieces of a number that `keep` does not want. What cannot be removed takes room and harms
    /// nothing.
    fn thin(&self, tile: Tile, keep: &dyn Fn(u16) -> bool) {
        let Some(dir) = self.partials(tile) else {
            return;
        };
        let mut stay = false;
        for name in self.disk.list(&dir).unwrap_or_default() {
            match name.parse().is_ok_and(keep) {
                true => stay = true,
                false => drop(self.disk.remove(&dir.join(name))),
            }
        }
        if !stay {
            // An empty directory is no harm either.
            let _ = std::fs::remove_dir(&dir);
        }
    }

    /// Makes the partial pieces of earlier checkpoints again from those of a size: each is the beginning of that one.
    pub(super) fn trim(&self, size: u64) -> io::Result<u64> {
        let mut writing = Writing::to(self);
        for last in hash_tiles(size)
            .chain(entry_bundles(size))
            .filter(|tile| !tile.is_full())
        {
            let (_, whole) = self.standing(last)?;
            let earlier = self
                .widths(last)
                .into_iter()
                .filter(|width| *width < last.width());
            for width in earlier {
                let piece = Tile::new(last.kind(), last.number(), width);
                let entries = || {
                    last.entries(&whole)?
                        .get(..usize::from(width))
                        .map(<[_]>::to_vec)
                };
                let bytes = match last.kind() {
                    Kind::Hashes(_) => whole
                        .get(..usize::from(width).saturating_mul(32))
                        .map(<[u8]>::to_vec),
                    Kind::Entries => entries().and_then(entry_bytes),
                };
                if let (Some(piece), Some(bytes)) = (piece, bytes) {
                    writing.put(piece, &bytes)?;
                }
            }
        }
        writing.settle()
    }

    /// Removes partial pieces that no checkpoint needs any more: those of pieces that came to be full between two sizes,
    /// and of the last ones those whose width belongs to none of the checkpoints' `sizes`.
    pub fn sweep(&self, from: u64, size: u64, sizes: &[u64]) {
        let levels = (0..8_u8).map(|level| (Kind::Hashes(level), u32::from(level)));
        for (kind, level) in levels.chain([(Kind::Entries, 0)]) {
            let number = |size: u64| {
                let covered = level.saturating_add(1).saturating_mul(8);
                size.checked_shr(covered).unwrap_or(0)
            };
            let piece = |number| Tile::new(kind, number, FULL);
            for full in (number(from)..number(size)).filter_map(piece) {
                self.thin(full, &|_| false);
            }
            let within = |one: &&u64| number(**one) == number(size);
            let hashes = |one: &u64| one >> level.saturating_mul(8);
            let widths: BTreeSet<u64> = sizes
                .iter()
                .filter(within)
                .map(|one| hashes(one) % u64::from(FULL))
                .collect();
            if let Some(last) = piece(number(size)) {
                self.thin(last, &|width| widths.contains(&u64::from(width)));
            }
        }
    }
}

/// Writes pieces and makes them durable.
pub(super) struct Writing<'a> {
    files: &'a Files,
    /// Directories whose names are not durable yet.
    changed: BTreeSet<PathBuf>,
    /// How many pieces were written; the others stood there already.
    pub(super) written: u64,
}

impl<'a> Writing<'a> {
    pub(super) fn to(files: &'a Files) -> Self {
        Self {
            files,
            changed: BTreeSet::new(),
            written: 0,
        }
    }

    /// Writes a piece whole, unless it stands there as it must be.
    pub(super) fn put(&mut self, tile: Tile, bytes: &[u8]) -> io::Result<()> {
        let (disk, path) = (self.files.disk.as_ref(), self.files.path(tile));
        let above = path.ancestors().skip(1);
        let above = above.take_while(|dir| dir.starts_with(&self.files.ledger));
        if let Some(parent) = path.parent()
            && !self.changed.contains(parent)
        {
            disk.create_dir(parent)?;
            self.changed.extend(above.map(Path::to_owned));
        }
        if self.files.bytes(tile).is_ok_and(|there| there == bytes) {
            // Whoever wrote it may have been stopped before it was durable.
            return disk.open(&path, true)?.sync();
        }
        let mut fresh = path.as_os_str().to_owned();
        fresh.push(".new");
        let fresh = PathBuf::from(fresh);
        match disk.remove(&fresh) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = disk.create(&fresh, Access::Usual)?;
        file.write_at(bytes, 0)?;
        file.sync()?;
        self.written = self.written.saturating_add(1);
        disk.rename(&fresh, &path)
    }

    /// Makes the names of everything written durable; gives how many pieces that were.
    pub(super) fn settle(self) -> io::Result<u64> {
        // From the bottom up: a name is durable before the directory it stands in is.
        for dir in self.changed.iter().rev() {
            self.files.disk.sync_dir(dir)?;
        }
        Ok(self.written)
    }
}

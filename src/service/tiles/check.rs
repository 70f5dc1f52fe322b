//! What is published, held against the entries it was made from.

use std::collections::BTreeMap;
use std::io;

use super::files::Files;
use crate::proof::tiles::{FULL, Kind, Tile, Tiling, hash_bytes};
use crate::proof::tree::Hash;

/// A published piece that is not what the entries make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Its file, as a path inside the ledger's directory.
    pub file: String,
    /// What is wrong with it.
    pub what: &'static str,
    /// The first entry it stands for.
    pub first: u64,
}

const MISSING: &str = "it is missing";
const OTHER_HASHES: &str = "its hashes are not those of the entries";
const OTHER_ENTRIES: &str = "its entries are not those of the ledger";

fn wrong(tile: Tile, what: &'static str) -> Wrong {
    let before = Tile::new(tile.kind(), tile.number(), 1).and_then(|tile| tile.end());
    let length = match tile.kind() {
        Kind::Hashes(level) => 1_u64.checked_shl(u32::from(level).saturating_mul(8)),
        Kind::Entries => Some(1),
    };
    Wrong {
        file: Files::name(tile),
        what,
        first: before
            .unwrap_or_default()
            .saturating_sub(length.unwrap_or_default()),
    }
}

fn unreadable(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => MISSING,
        _ => "it cannot be read",
    }
}

/// What is published up to a size.
#[derive(Clone)]
pub struct Published {
    /// Where it is.
    pub files: Files,
    /// How many entries the published checkpoint covers.
    pub size: u64,
}

impl Published {
    /// The bundle that holds an entry, as it is at this size.
    fn bundle(&self, number: u64) -> Option<Tile> {
        let before = number.checked_mul(u64::from(FULL))?;
        let width = self.size.checked_sub(before)?.min(u64::from(FULL));
        Tile::new(Kind::Entries, number, u16::try_from(width).ok()?)
    }
}

/// Holds the tiles of hashes against the hashes as they come, in order.
pub struct Tiles {
    published: Published,
    /// How many pieces were looked at.
    pub looked_at: u64,
    /// What is wrong.
    pub wrong: Vec<Wrong>,
}

impl Tiles {
    /// Begins with what is published.
    #[must_use]
    pub fn of(published: Published) -> Self {
        Self {
            published,
            looked_at: 0,
            wrong: Vec::new(),
        }
    }

    /// A full tile, as the entries make it.
    pub fn full(&mut self, tile: Tile, hashes: &[Hash]) {
        if tile.end().is_some_and(|end| end <= self.published.size) {
            self.look(tile, hashes);
        }
    }

    /// The tiles that are not full yet when the published size is reached, and the smaller ones of earlier checkpoints.
    pub fn at(&mut self, tiling: &Tiling) {
        if tiling.size() != self.published.size {
            return;
        }
        for (tile, hashes) in tiling.partial() {
            self.look(tile, hashes);
            let earlier = self.published.files.widths(tile).into_iter();
            for width in earlier.filter(|width| *width < tile.width()) {
                let hashes = hashes.get(..usize::from(width)).unwrap_or_default();
                if let Some(tile) = Tile::new(tile.kind(), tile.number(), width) {
                    self.look(tile, hashes);
                }
            }
        }
    }

    fn look(&mut self, tile: Tile, hashes: &[Hash]) {
        self.looked_at = self.looked_at.saturating_add(1);
        let found = self.published.files.standing(tile);
        let what = match found {
            Err(error) => unreadable(&error),
            Ok((standing, bytes)) => {
                let wanted = hash_bytes(hashes);
                let whole = standing == tile && bytes == wanted;
                // A full tile in place of a partial one holds its hashes first; it is looked at for itself as well.
                if whole || standing != tile && bytes.starts_with(&wanted) {
                    return;
                }
                OTHER_HASHES
            }
        };
        self.wrong.push(wrong(tile, what));
    }

    /// The bundles of earlier checkpoints that are not full: each is the beginning of the one that is published now.
    fn earlier_bundles(&mut self, found: &BTreeMap<u64, Wrong>) {
        let number = self.published.size / u64::from(FULL);
        // What is wrong itself says nothing of others.
        if found.contains_key(&number) {
            return;
        }
        let Some(last) = self.published.bundle(number) else {
            return;
        };
        let Ok((_, whole)) = self.published.files.standing(last) else {
            return;
        };
        let widths = self.published.files.widths(last).into_iter();
        let earlier = widths.filter(|width| *width < last.width());
        for tile in earlier.filter_map(|width| Tile::new(Kind::Entries, number, width)) {
            self.looked_at = self.looked_at.saturating_add(1);
            let what = match self.published.files.bytes(tile) {
                Err(error) => unreadable(&error),
                Ok(bytes) if tile.entries(&bytes).is_some() && whole.starts_with(&bytes) => {
                    continue;
                }
                Ok(_) => OTHER_ENTRIES,
            };
            self.wrong.push(wrong(tile, what));
        }
    }

    /// Takes over what the comparing of bundles found, each piece once, in the order of names.
    pub fn and_bundles(&mut self, found: BTreeMap<u64, Wrong>) {
        self.earlier_bundles(&found);
        let bundles = self.published.size.div_ceil(u64::from(FULL));
        self.looked_at = self.looked_at.saturating_add(bundles);
        self.wrong.extend(found.into_values());
        self.wrong.sort_by(|one, other| one.file.cmp(&other.file));
    }
}

/// Holds entries against the bundles they are published in; one for each thread that reads entries.
pub struct Bundles {
    published: Option<Published>,
    loaded: Option<Loaded>,
    wrong: BTreeMap<u64, Wrong>,
}

/// One bundle in memory.
struct Loaded {
    number: u64,
    tile: Tile,
    bytes: Vec<u8>,
    /// Where each entry stands, if the bundle holds as many as it must.
    places: Option<Vec<std::ops::Range<usize>>>,
    problem: &'static str,
}

impl Bundles {
    /// Begins with what is published; with nothing, nothing is compared.
    #[must_use]
    pub fn of(published: Option<Published>) -> Self {
        Self {
            published,
            loaded: None,
            wrong: BTreeMap::new(),
        }
    }

    /// Compares an entry with the published one.
    pub fn compare(&mut self, seq: u64, entry: &[u8]) {
        let Some(published) = self.published.as_ref().filter(|one| seq < one.size) else {
            return;
        };
        let (number, place) = (seq / u64::from(FULL), seq % u64::from(FULL));
        if self.loaded.as_ref().is_none_or(|one| one.number != number) {
            self.loaded = published.bundle(number).map(|tile| load(published, tile));
        }
        let Some(loaded) = &self.loaded else { return };
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let there = loaded.places.as_ref().and_then(|places| {
            let place = places.get(place)?;
            loaded.bytes.get(place.clone())
        });
        if there != Some(entry) {
            let found = wrong(loaded.tile, loaded.problem);
            self.wrong.entry(number).or_insert(found);
        }
    }

    /// What was found so far.
    pub fn take_wrong(&mut self) -> BTreeMap<u64, Wrong> {
        std::mem::take(&mut self.wrong)
    }
}

fn load(published: &Published, tile: Tile) -> Loaded {
    let number = tile.number();
    match published.files.standing(tile) {
        Ok((standing, bytes)) => Loaded {
            number,
            tile,
            places: places(standing, &bytes),
            bytes,
            problem: OTHER_ENTRIES,
        },
        Err(error) => Loaded {
            number,
            tile,
            bytes: Vec::new(),
            places: None,
            problem: unreadable(&error),
        },
    }
}

/// Where each entry of a bundle stands.
fn places(tile: Tile, bytes: &[u8]) -> Option<Vec<std::ops::Range<usize>>> {
    let entries = tile.entries(bytes)?;
    let mut at = 0_usize;
    let place = |entry: &&[u8]| {
        let start = at.saturating_add(2);
        at = start.saturating_add(entry.len());
        start..at
    };
    Some(entries.iter().map(place).collect())
}

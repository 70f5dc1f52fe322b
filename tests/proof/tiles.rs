//! Tiles and their paths as `tlog_tiles` has them; its paths name the height of a tile, ours do not.

use std::collections::BTreeMap;

use dealtrail::proof::subtrees;
use dealtrail::proof::tiles::reading::{TileSource, TiledTree};
use dealtrail::proof::tiles::{Kind, Tile, Tiling, hash_bytes, hash_tiles};
use dealtrail::proof::tree::{Hash, consistency_proof, inclusion_proof};
use tlog_tiles::{Error, TileHashReader, TileReader};

use super::others::{Ledger, ours, record, theirs};
use super::proofs::included;
use crate::model::chance::Chance;

/// The tiles of a ledger by their path.
struct Folder(BTreeMap<String, Vec<u8>>);

impl Folder {
    fn of(leaves: &[Hash]) -> Self {
        let (mut files, mut tiling) = (BTreeMap::new(), Tiling::new());
        for leaf in leaves {
            tiling.push(*leaf, &mut |tile, hashes| {
                files.insert(tile.to_string(), hash_bytes(hashes));
            });
        }
        let partial = tiling.partial();
        files.extend(partial.map(|(tile, hashes)| (tile.to_string(), hash_bytes(hashes))));
        Self(files)
    }
}

impl TileSource for &Folder {
    type Error = String;

    fn tile(&mut self, tile: Tile) -> Result<Vec<Hash>, String> {
        let bytes = self.0.get(&tile.to_string()).ok_or("not there")?;
        tile.hashes(bytes).ok_or("of another length".to_owned())
    }
}

impl TileReader for Folder {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let read = |tile: &tlog_tiles::Tile| self.0.get(&without_height(&tile.path())).cloned();
        let tiles: Option<Vec<_>> = tiles.iter().map(read).collect();
        tiles.ok_or(Error::InvalidTile)
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

fn without_height(path: &str) -> String {
    path.replacen("tile/8/", "tile/", 1)
}

#[test]
fn paths_differ_by_the_height_alone() {
    let mut chance = Chance::new(1);
    for _ in 0..3_000 {
        let (level, number) = (chance.below(64) as u8, chance.next() >> chance.below(64));
        let width = 1 + chance.below(256) as u16;
        let tile = Tile::new(Kind::Hashes(level), number, width).unwrap();
        let other = tlog_tiles::Tile::new(8, level, number, u32::from(width), false);
        let path = tile.to_string();
        assert_eq!(path, without_height(&other.path()));
        // One character exchanged: what they read as a tile is one to us, and the reverse.
        let mut altered: Vec<u8> = path.into_bytes();
        let at = chance.below(altered.len());
        altered[at] = b"0123456789x/.p"[chance.below(14)];
        let altered = String::from_utf8(altered).unwrap();
        let Some(rest) = altered.strip_prefix("tile/") else {
            continue;
        };
        let read = altered.parse::<Tile>();
        // They end the process over a level above 63.
        let level = rest
            .split('/')
            .next()
            .and_then(|level| level.parse::<u8>().ok());
        if level.is_some_and(|level| level < 64) && !altered.contains(".p/0") {
            let theirs = tlog_tiles::Tile::from_path(&format!("tile/8/{rest}"));
            assert_eq!(read.is_ok(), theirs.is_ok(), "{altered}");
        }
    }
}

#[test]
fn every_size_has_the_tiles_they_publish() {
    for size in (0..2_000).chain([65_535, 65_536, 65_537, 70_000, 131_072, 200_001]) {
        let published = tlog_tiles::Tile::new_tiles(8, 0, size);
        let published = published.iter().map(|tile| without_height(&tile.path()));
        assert!(
            hash_tiles(size).map(|tile| tile.to_string()).eq(published),
            "{size}"
        );
    }
}

#[test]
fn the_bytes_of_tiles_are_theirs_and_they_read_proofs_from_ours() {
    let mut ledger = Ledger::default();
    let mut chance = Chance::new(3);
    for size in [1, 255, 256, 257, 700, 1_536, 3_000] {
        ledger.grow(size);
        let root = ledger.root();
        let folder = Folder::of(&ledger.leaves);
        for tile in hash_tiles(root.size) {
            let Kind::Hashes(level) = tile.kind() else {
                continue;
            };
            let other =
                tlog_tiles::Tile::new(8, level, tile.number(), u32::from(tile.width()), false);
            let bytes = other.read_data(&ledger.stored).unwrap();
            assert_eq!(folder.0[&tile.to_string()], bytes, "{tile} of {size}");
        }
        // Their reader checks the tiles against the root before it uses them.
        let reader = TileHashReader::new(root.size, theirs(&root.hash), &folder);
        let mut tree = TiledTree::new(&folder, root.size);
        for _ in 0..40 {
            let at = chance.below(size) as u64;
            let proof = subtrees::inclusion_proof(&mut tree, at, root.size)
                .unwrap()
                .unwrap();
            assert_eq!(proof, inclusion_proof(&ledger.leaves, at).unwrap());
            let read = tlog_tiles::prove_record(root.size, at, &reader).unwrap();
            assert!(read.iter().map(ours).eq(proof));
            let old = at + 1;
            let proof = subtrees::consistency_proof(&mut tree, old, root.size)
                .unwrap()
                .unwrap();
            assert_eq!(proof, consistency_proof(&ledger.leaves, old).unwrap());
            let read = tlog_tiles::prove_tree(root.size, old, &reader).unwrap();
            assert!(read.iter().map(ours).eq(proof));
        }
    }
}

/// One bit of any tile, and a proof that rests on it is refused by all; any other proof is the honest one.
#[test]
fn an_altered_tile_proves_nothing() {
    let mut ledger = Ledger::default();
    ledger.grow(1_000);
    let root = ledger.root();
    let honest = Folder::of(&ledger.leaves);
    let mut chance = Chance::new(5);
    let mut refused = 0;
    for path in honest.0.keys().cycle().take(200) {
        let mut altered = Folder(honest.0.clone());
        let bytes = altered.0.get_mut(path).unwrap();
        let bit = chance.below(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        let index = chance.below(1_000);
        let mut tree = TiledTree::new(&altered, root.size);
        let at = index as u64;
        let read = subtrees::inclusion_proof(&mut tree, at, root.size).unwrap();
        let read = read.unwrap();
        let is_honest = read == inclusion_proof(&ledger.leaves, at).unwrap();
        let verdicts = included(&root, at, &record(index), &read);
        assert_eq!(verdicts, [is_honest; 3], "{path}, bit {bit}, leaf {index}");
        refused += usize::from(!is_honest);
    }
    assert!(refused > 30, "{refused}");
}

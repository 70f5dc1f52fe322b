use super::reading::{TileError, TileSource, TiledTree};
use super::*;
use crate::proof::subtrees::{self, Subtrees};
use crate::proof::tree::{self, leaf_hash, root_of, verify_consistency, verify_inclusion};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

/// Tiles by their path, as a folder holds them.
#[derive(Default)]
struct Folder(BTreeMap<String, Vec<u8>>);

impl Folder {
    fn of(leaves: &[Hash]) -> Self {
        let mut folder = Self::default();
        let mut tiling = Tiling::new();
        for leaf in leaves {
            tiling.push(*leaf, &mut |tile, hashes| {
                folder.0.insert(tile.to_string(), hash_bytes(hashes));
            });
        }
        for (tile, hashes) in tiling.partial() {
            folder.0.insert(tile.to_string(), hash_bytes(hashes));
        }
        assert_eq!(tiling.size(), leaves.len() as u64);
        folder
    }
}

impl TileSource for &Folder {
    type Error = String;

    fn tile(&mut self, tile: Tile) -> Result<Vec<Hash>, String> {
        let path = tile.to_string();
        let bytes = self.0.get(&path).ok_or(path)?;
        tile.hashes(bytes).ok_or("wrong length".to_owned())
    }
}

#[test]
fn a_ledger_of_70_000_events_has_the_tiles_of_the_specification() {
    let paths: Vec<String> = hash_tiles(70_000).map(|tile| tile.to_string()).collect();
    let full = (0..=272).map(|number| format!("tile/0/{number:03}"));
    let rest = [
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ];
    let wanted: Vec<String> = full.chain(rest.map(str::to_owned)).collect();
    assert_eq!(paths, wanted);
    let bundles: Vec<String> = entry_bundles(70_000).map(|tile| tile.to_string()).collect();
    assert_eq!(bundles.len(), 274);
    assert_eq!(bundles[272], "tile/entries/272");
    assert_eq!(bundles[273], "tile/entries/273.p/112");
    // And those are what is made.
    let folder = Folder::of(&leaves(70_000));
    let mut wanted = wanted;
    wanted.sort();
    assert!(folder.0.keys().eq(wanted.iter()));
    assert_eq!(folder.0["tile/0/272"].len(), 8_192);
    assert_eq!(folder.0["tile/1/001.p/17"].len(), 17 * 32);
}

#[test]
fn small_and_round_sizes_have_no_empty_tiles() {
    let tiles = |size| {
        hash_tiles(size)
            .map(|tile| tile.to_string())
            .collect::<Vec<_>>()
    };
    assert!(tiles(0).is_empty());
    assert_eq!(entry_bundles(0).count(), 0);
    assert_eq!(tiles(1), ["tile/0/000.p/1"]);
    assert_eq!(tiles(256), ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(
        tiles(257),
        ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]
    );
    assert_eq!(tiles(65_536).last().unwrap(), "tile/2/000.p/1");
    assert_eq!(tiles(65_536).len(), 256 + 1 + 1);
    // The largest of all, as far as a test can walk it.
    assert_eq!(
        hash_tiles(u64::MAX).next(),
        Tile::new(Kind::Hashes(0), 0, FULL)
    );
}

#[test]
fn what_is_made_at_every_size_is_what_that_size_has() {
    let all = leaves(1_100);
    let mut tiling = Tiling::new();
    let mut made: Vec<Tile> = Vec::new();
    for (size, leaf) in all.iter().enumerate() {
        let mut have: Vec<Tile> = made.clone();
        have.extend(tiling.partial().map(|(tile, _)| tile));
        have.sort();
        let mut wanted: Vec<Tile> = hash_tiles(size as u64).collect();
        wanted.sort();
        assert_eq!(have, wanted, "{size}");
        tiling.push(*leaf, &mut |tile, _| made.push(tile));
        assert_eq!(
            tiling.root(),
            root_of(all[..=size].iter().copied()),
            "{size}"
        );
    }
}

/// Going on from the partial tiles of a size is going on without having stopped.
#[test]
fn tiling_resumes_from_what_it_left() {
    let all = leaves(66_100);
    for size in [0, 1, 255, 256, 257, 700, 65_535, 65_536, 65_537, 66_000] {
        let folder = Folder::of(&all[..size]);
        let mut source = &folder;
        let mut tiling = Tiling::resume(size as u64, |tile| source.tile(tile).ok()).unwrap();
        assert_eq!(tiling.size(), size as u64);
        assert_eq!(
            tiling.root(),
            root_of(all[..size].iter().copied()),
            "{size}"
        );
        let mut made = folder.0.clone();
        for leaf in &all[size..66_050.max(size)] {
            tiling.push(*leaf, &mut |tile, hashes| {
                made.insert(tile.to_string(), hash_bytes(hashes));
            });
        }
        made.extend(
            tiling
                .partial()
                .map(|(tile, hashes)| (tile.to_string(), hash_bytes(hashes))),
        );
        let whole = Folder::of(&all[..66_050.max(size)]);
        assert!(
            whole
                .0
                .iter()
                .all(|(path, bytes)| made.get(path) == Some(bytes)),
            "{size}"
        );
    }
    let mut short = Folder::of(&all[..700]);
    short.0.remove("tile/0/002.p/188");
    let mut short = &short;
    assert!(Tiling::resume(700, |tile| short.tile(tile).ok()).is_none());
    assert!(Tiling::resume(700, |_| Some(leaves(1))).is_none());
}

#[test]
fn a_piece_tells_how_far_it_reaches() {
    let tile = |path: &str| path.parse::<Tile>().unwrap();
    for (path, end) in [
        ("tile/0/000", Some(256)),
        ("tile/0/273.p/112", Some(70_000)),
        ("tile/1/001.p/17", Some(69_888)),
        ("tile/2/000.p/1", Some(65_536)),
        ("tile/entries/002.p/7", Some(519)),
        ("tile/63/000", None),
        ("tile/7/001", None),
    ] {
        assert_eq!(tile(path).end(), end, "{path}");
    }
    assert_eq!(tile("tile/1/001.p/17").full(), tile("tile/1/001"));
}

#[test]
fn the_hashes_of_a_level_are_the_roots_below() {
    let all = leaves(1_000);
    let folder = Folder::of(&all);
    let level_1 = &folder.0["tile/1/000.p/3"];
    let roots: Vec<Hash> = all
        .chunks_exact(256)
        .map(|run| root_of(run.iter().copied()).hash)
        .collect();
    assert_eq!(level_1, &hash_bytes(&roots));
    assert_eq!(folder.0["tile/0/003.p/232"], hash_bytes(&all[768..]));
}

#[test]
fn proofs_from_tiles_are_those_of_all_leaves() {
    for size in [1, 2, 255, 256, 257, 511, 512, 600, 1_023, 1_300] {
        let all = leaves(size);
        let folder = Folder::of(&all);
        let root = root_of(all.iter().copied());
        let mut tree = TiledTree::new(&folder, size);
        assert_eq!(subtrees::root(&mut tree, size), Ok(root));
        for index in (0..size).step_by(13).chain([size - 1]) {
            let proof = subtrees::inclusion_proof(&mut tree, index, size)
                .unwrap()
                .unwrap();
            assert_eq!(proof, tree::inclusion_proof(&all, index).unwrap());
            verify_inclusion(&root, index, &all[index as usize], &proof).unwrap();
            let proof = subtrees::consistency_proof(&mut tree, index, size)
                .unwrap()
                .unwrap();
            assert_eq!(proof, tree::consistency_proof(&all, index).unwrap());
            // A smaller checkpoint is proved from the tiles of the larger size.
            let old = root_of(all[..index as usize].iter().copied());
            assert_eq!(subtrees::root(&mut tree, index), Ok(old));
            verify_consistency(&old, &root, &proof).unwrap();
        }
    }
}

#[test]
fn a_proof_reads_few_tiles() {
    let size = 70_000;
    let all = leaves(size);
    let folder = Folder::of(&all);
    for index in (0..size).step_by(997) {
        let mut tree = TiledTree::new(&folder, size);
        subtrees::inclusion_proof(&mut tree, index, size)
            .unwrap()
            .unwrap();
        assert!(tree.tiles_read() <= 5, "{index}: {}", tree.tiles_read());
        let mut tree = TiledTree::new(&folder, size);
        subtrees::consistency_proof(&mut tree, index, size)
            .unwrap()
            .unwrap();
        assert!(tree.tiles_read() <= 5, "{index}: {}", tree.tiles_read());
    }
}

#[test]
fn a_full_tile_serves_for_a_partial_one_and_a_short_one_is_told() {
    struct Answers(Vec<Hash>);
    impl TileSource for Answers {
        type Error = std::convert::Infallible;

        fn tile(&mut self, _: Tile) -> Result<Vec<Hash>, Self::Error> {
            Ok(self.0.clone())
        }
    }
    let all = leaves(256);
    let mut tree = TiledTree::new(Answers(all.clone()), 100);
    assert_eq!(
        subtrees::root(&mut tree, 100),
        Ok(root_of(all[..100].iter().copied()))
    );
    let mut tree = TiledTree::new(Answers(all[..99].to_vec()), 100);
    let short = Tile::new(Kind::Hashes(0), 0, 100).unwrap();
    assert_eq!(subtrees::root(&mut tree, 100), Err(TileError::Short(short)));
    // What lies beyond the size is not answered, whatever the tile holds.
    let mut tree = TiledTree::new(Answers(all), 100);
    for (height, number) in [(0, 100), (2, 25), (8, 0), (0, 256), (63, 1), (1, u64::MAX)] {
        let outside = TileError::Outside { height, number };
        assert_eq!(tree.subtree(height, number), Err(outside));
    }
}

#[test]
fn a_tile_that_is_missing_is_named() {
    let mut folder = Folder::of(&leaves(1_000));
    folder.0.remove("tile/0/002");
    let mut tree = TiledTree::new(&folder, 1_000);
    let error = subtrees::inclusion_proof(&mut tree, 600, 1_000).unwrap_err();
    assert_eq!(error, TileError::Source("tile/0/002".to_owned()));
}

/// One byte of a tile, and a proof that rests on it does not verify.
#[test]
fn an_altered_tile_proves_nothing() {
    let all = leaves(600);
    let root = root_of(all.iter().copied());
    let mut folder = Folder::of(&all);
    folder.0.get_mut("tile/0/001").unwrap()[77] ^= 1;
    let mut tree = TiledTree::new(&folder, 600);
    assert_eq!(
        subtrees::root(&mut tree, 600),
        Ok(root),
        "that of 256 events comes from level 1"
    );
    let mut tree = TiledTree::new(&folder, 600);
    let proof = subtrees::inclusion_proof(&mut tree, 256, 600)
        .unwrap()
        .unwrap();
    assert!(verify_inclusion(&root, 256, &all[256], &proof).is_err());
}

#[test]
fn entry_bundles_read_back_and_are_read_strictly() {
    let longest = vec![b'x'; MAX_ENTRY_BYTES];
    let entries: [&[u8]; 4] = [b"one", b"", b"three", &longest];
    let bytes = entry_bytes(entries).unwrap();
    assert_eq!(bytes[..5], [0, 3, b'o', b'n', b'e']);
    let four = Tile::new(Kind::Entries, 0, 4).unwrap();
    assert_eq!(four.entries(&bytes).unwrap(), entries);
    assert_eq!(entry_bytes([&vec![b'x'; MAX_ENTRY_BYTES + 1][..]]), None);
    for width in [3, 5] {
        assert_eq!(
            Tile::new(Kind::Entries, 0, width).unwrap().entries(&bytes),
            None
        );
    }
    assert_eq!(four.entries(&bytes[..bytes.len() - 1]), None);
    assert_eq!(four.entries(&[&bytes[..], &[0]].concat()), None);
    assert_eq!(four.entries(b""), None);
    assert_eq!(four.hashes(&[0; 128]), None);
    let hashes = Tile::new(Kind::Hashes(0), 0, 4).unwrap();
    assert_eq!(hashes.entries(&bytes), None);
    assert_eq!(hashes.hashes(&[0; 128]), Some(vec![Hash::new([0; 32]); 4]));
    for length in [0, 96, 127, 129, 160] {
        assert_eq!(hashes.hashes(&vec![0; length]), None);
    }
}

proptest! {
    #[test]
    fn any_bundle_is_read_or_refused(bytes in prop::collection::vec(0..4_u8, 0..80), width in 1..20_u16) {
        let tile = Tile::new(Kind::Entries, 0, width).unwrap();
        if let Some(entries) = tile.entries(&bytes) {
            prop_assert_eq!(entry_bytes(entries).unwrap(), bytes);
        }
    }

    #[test]
    fn any_tree_read_from_tiles_is_the_tree(size in 1..2_000_u64, at in any::<prop::sample::Index>()) {
        let all = leaves(size);
        let folder = Folder::of(&all);
        let at = at.index(size as usize) as u64;
        let mut tree = TiledTree::new(&folder, size);
        prop_assert_eq!(
            subtrees::inclusion_proof(&mut tree, at, size).unwrap(), tree::inclusion_proof(&all, at)
        );
        prop_assert_eq!(
            subtrees::consistency_proof(&mut tree, at, size).unwrap(), tree::consistency_proof(&all, at)
        );
    }
}

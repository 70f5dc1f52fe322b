//! The ledger as plain files: what stands there after each checkpoint, what whoever is stopped leaves, and what notices
//! damage.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use dealtrail::proof::checkpoint::SignedCheckpoint;
use dealtrail::proof::subtrees;
use dealtrail::proof::tiles::reading::{TileSource, TiledTree};
use dealtrail::proof::tiles::{Tile, entry_bundles, hash_tiles};
use dealtrail::proof::tree::{Hash, leaf_hash, verify_consistency, verify_inclusion};
use dealtrail::service::checkpoint::Signing;
use dealtrail::service::doctor;
use dealtrail::service::ledger::Ledger;
use dealtrail::service::open_error::LedgerError;
use dealtrail::store::journal::disk::{Disk, RealDisk};

use super::backup::{Place, opts};
use super::forgery::forge;
use super::stopping::StoppingDisk;
use super::support::{agreement, noted, on_disk, registered, send, stored};
use super::verifying::{alone, sign};
use crate::faults::tally::tell;

/// Records so many remarks in one batch.
pub(crate) fn remarks(ledger: &Ledger, name: &str, count: u64) {
    let remark = |n| noted(agreement(1), &format!("{name} {n}"));
    send(ledger, name, (0..count).map(remark).collect()).unwrap();
}

/// A ledger of five entries, ready for remarks.
pub(crate) fn begun(dir: &Path) -> Ledger {
    let ledger = on_disk(dir);
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    ledger
}

/// Every file below `published/`, by its path.
pub(crate) fn published(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, dir: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(dir).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, files);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap();
                files.insert(name.to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    let (root, mut files) = (dir.join("published"), BTreeMap::new());
    walk(&root, &root, &mut files);
    files
}

struct Served<'a>(&'a BTreeMap<String, Vec<u8>>);

impl TileSource for Served<'_> {
    type Error = String;

    fn tile(&mut self, tile: Tile) -> Result<Vec<Hash>, String> {
        for tile in [tile, tile.full()] {
            if let Some(bytes) = self.0.get(&tile.to_string()) {
                return tile.hashes(bytes).ok_or(tile.to_string());
            }
        }
        Err(tile.to_string())
    }
}

/// Whoever has the files alone finds every entry, and proofs from them hold for the checkpoint that is published.
fn holds(dir: &Path, entries: &[Vec<u8>]) {
    let files = published(dir);
    let signed = SignedCheckpoint::parse(&files["checkpoint"]).unwrap();
    let root = signed.checkpoint().root();
    let mut found = Vec::new();
    for bundle in entry_bundles(root.size) {
        let bytes = &files[&bundle.to_string()];
        found.extend(
            bundle
                .entries(bytes)
                .unwrap()
                .into_iter()
                .map(<[u8]>::to_vec),
        );
    }
    assert_eq!(found, entries[..root.size as usize]);
    for tile in hash_tiles(root.size) {
        assert!(files.contains_key(&tile.to_string()), "{tile}");
    }
    let mut tree = TiledTree::new(Served(&files), root.size);
    for (index, entry) in (0..).zip(&found).step_by(37) {
        let proof = subtrees::inclusion_proof(&mut tree, index, root.size);
        let proof = proof.unwrap().unwrap();
        verify_inclusion(&root, index, &leaf_hash(entry), &proof).unwrap();
    }
    assert!(alone(dir).wrong_tiles.is_empty());
}

#[test]
fn a_published_ledger_is_whole_after_every_checkpoint() {
    let place = Place::new();
    let dir = place.ledger();
    let ledger = begun(&dir);
    let mut earlier: Vec<SignedCheckpoint> = Vec::new();
    for (name, more, size) in [
        ("a", 95, 100),
        ("b", 150, 250),
        ("c", 6, 256),
        ("d", 1, 257),
        ("e", 243, 500),
        ("f", 400, 900),
    ] {
        remarks(&ledger, name, more);
        let signed = sign(&dir);
        assert_eq!(signed.size, size);
        holds(&dir, &stored(&ledger));
        // What was published before is proved by what is published now.
        let files = published(&dir);
        let signed = SignedCheckpoint::parse(signed.text.as_bytes()).unwrap();
        let root = signed.checkpoint().root();
        for one in &earlier {
            let old = one.checkpoint().root();
            let mut tree = TiledTree::new(Served(&files), root.size);
            let proof = subtrees::consistency_proof(&mut tree, old.size, root.size);
            verify_consistency(&old, &root, &proof.unwrap().unwrap()).unwrap();
            // And an auditor who stopped there still reads his tree.
            let mut tree = TiledTree::new(Served(&files), old.size);
            assert_eq!(subtrees::root(&mut tree, old.size).unwrap(), old);
        }
        earlier.push(signed);
    }
    let names: Vec<String> = published(&dir).into_keys().collect();
    let wanted = [
        "checkpoint",
        "tile/0/000",
        "tile/0/001",
        "tile/0/002",
        "tile/0/003.p/132",
        "tile/1/000.p/1",
        "tile/1/000.p/3",
        "tile/entries/000",
        "tile/entries/001",
        "tile/entries/002",
        "tile/entries/003.p/132",
    ];
    assert_eq!(
        names, wanted,
        "a partial piece goes when the full one is there"
    );
}

#[test]
fn what_is_published_is_the_size_of_what_is_new() {
    let place = Place::new();
    let dir = place.ledger();
    let ledger = begun(&dir);
    remarks(&ledger, "many", 750);
    remarks(&ledger, "more", 750);
    sign(&dir);
    let before = published(&dir);
    remarks(&ledger, "few", 20);
    let noting = StoppingDisk::after(u64::MAX);
    let deeds = Arc::clone(&noting.deeds);
    let reader = Ledger::read(&dir, &opts()).unwrap();
    let signing = Signing::of(&reader, &(Arc::new(noting) as Arc<dyn Disk>)).unwrap();
    signing.sign(&mut || None).unwrap();
    let deeds = deeds.lock().unwrap().clone();
    let made = |deed: &&String| deed.starts_with("made ");
    let made: Vec<_> = deeds.iter().filter(made).collect();
    // Three partial pieces, the checkpoint under its size, as the newest, and published.
    assert!(made.len() <= 6, "{made:?}");
    let after = published(&dir);
    let same = |(path, bytes): (&String, &Vec<u8>)| after.get(path) == Some(bytes);
    assert!(
        before
            .iter()
            .filter(|(path, _)| *path != "checkpoint")
            .all(same)
    );
    // Each piece is durable before the checkpoint is, and that before it is handed out.
    let at = |wanted: &str| deeds.iter().rposition(|deed| deed == wanted).unwrap();
    let order = [
        "synced 245.new",
        "made 00000000000000001525.new",
        "synced checkpoint.new",
    ];
    assert!(order.map(at).is_sorted(), "{deeds:?}");
    assert!(
        deeds
            .iter()
            .position(|deed| deed == "synced 000000")
            .unwrap()
            < at("made 245.new")
    );
}

/// Stopped after every operation of signing across the end of a piece: what is published verifies, and the next checkpoint
/// publishes everything.
#[test]
fn publishing_that_is_stopped_anywhere_leaves_what_verifies() {
    let mut stops = 0_u64;
    for operations in 0.. {
        let place = Place::new();
        let dir = place.ledger();
        let ledger = begun(&dir);
        remarks(&ledger, "a", 245);
        sign(&dir);
        remarks(&ledger, "b", 20);
        drop(ledger);
        let stopping: Arc<dyn Disk> = Arc::new(StoppingDisk::after(operations));
        let reader = Ledger::read(&dir, &opts()).unwrap();
        let signing = Signing::of(&reader, &stopping).unwrap();
        let stopped = signing.sign(&mut || None);
        let verified = alone(&dir);
        assert!(
            verified.fits() && verified.wrong_tiles.is_empty(),
            "{operations}: {verified:?}"
        );
        let ledger = Ledger::open(&dir, &opts()).unwrap();
        assert_eq!(sign(&dir).size, 270);
        holds(&dir, &stored(&ledger));
        let names: Vec<String> = published(&dir)
            .into_keys()
            .filter(|name| !name.ends_with(".new"))
            .collect();
        let wanted = [
            "checkpoint",
            "tile/0/000",
            "tile/0/001.p/14",
            "tile/1/000.p/1",
            "tile/entries/000",
            "tile/entries/001.p/14",
        ];
        assert_eq!(names, wanted, "{operations}");
        match stopped {
            Ok(published) => {
                assert_eq!(published.size, 270);
                break;
            }
            Err(error) => assert!(!error.is_refusal(), "{operations}: {error}"),
        }
        stops += 1;
    }
    assert!(stops >= 40, "{stops}");
    tell(
        "publishing stopped after each operation",
        &[("stops", stops)],
    );
}

/// A ledger that signed before there were tiles, or lost them all: the next checkpoint makes them.
#[test]
fn lost_tiles_are_made_again() {
    let place = Place::new();
    let dir = place.ledger();
    let ledger = begun(&dir);
    remarks(&ledger, "a", 700);
    sign(&dir);
    let whole = published(&dir);
    fs::remove_dir_all(dir.join("published")).unwrap();
    assert_eq!(alone(&dir).published, None);
    // At the same head, without a new signature.
    assert!(!sign(&dir).fresh);
    assert_eq!(published(&dir), whole);
    fs::remove_dir_all(dir.join("published")).unwrap();
    remarks(&ledger, "b", 60);
    assert!(sign(&dir).fresh);
    holds(&dir, &stored(&ledger));
    // What a checkpoint goes on from is not believed: with a wrong hash in it everything is hashed again.
    let tile = dir.join("published/tile/1/000.p/2");
    let mut bytes = fs::read(&tile).unwrap();
    bytes[40] ^= 1;
    fs::write(&tile, bytes).unwrap();
    remarks(&ledger, "c", 3);
    assert!(sign(&dir).fresh);
    holds(&dir, &stored(&ledger));
}

/// One byte of any published file, or the file itself: `verify` names it, and the doctor makes it again.
#[test]
fn a_damaged_tile_is_named_and_made_again() {
    let place = Place::new();
    let dir = place.ledger();
    let ledger = begun(&dir);
    remarks(&ledger, "a", 600);
    sign(&dir);
    remarks(&ledger, "b", 60);
    sign(&dir);
    drop(ledger);
    let whole = published(&dir);
    let tiles = whole.keys().filter(|name| *name != "checkpoint");
    let tiles: Vec<String> = tiles.cloned().collect();
    assert_eq!(tiles.len(), 9);
    for name in &tiles {
        let file = dir.join("published").join(name);
        let mut altered = whole[name].clone();
        let middle = altered.len() / 2;
        altered[middle] ^= 0x20;
        let mut longer = whole[name].clone();
        longer.push(0);
        let shorter = &whole[name][..whole[name].len() - 1];
        for bytes in [
            Some(&altered[..]),
            Some(&longer),
            Some(shorter),
            Some(b""),
            None,
        ] {
            match bytes {
                Some(bytes) => fs::write(&file, bytes).unwrap(),
                // A partial piece of an earlier checkpoint may go at any time.
                None if name.ends_with(".p/93") => continue,
                None => fs::remove_file(&file).unwrap(),
            }
            let verified = alone(&dir);
            assert!(verified.fits(), "the history is what was signed");
            let wrong: Vec<_> = verified.wrong_tiles.iter().map(|one| &one.file).collect();
            assert_eq!(wrong, [&format!("published/{name}")]);
            fs::write(&file, &whole[name]).unwrap();
        }
    }
    assert!(doctor::examine(&dir, &opts()).unwrap().is_whole());
    for name in tiles.iter().step_by(2) {
        fs::write(dir.join("published").join(name), b"rotten").unwrap();
    }
    let found = doctor::examine(&dir, &opts()).unwrap();
    assert_eq!(found.damage.len(), 5, "{found:#?}");
    assert!(found.is_mendable());
    let treatment = doctor::repair(&dir, &opts()).unwrap();
    assert!(treatment.after.unwrap().is_whole());
    let told = "published tiles were damaged or missing: 5 files are made again from the journal";
    assert_eq!(treatment.done, [told]);
    assert_eq!(published(&dir), whole);
}

/// An altered journal is not the tiles' fault: the doctor leaves them, and takes over nothing that departs from what was
/// signed.
#[test]
fn the_doctor_makes_no_tiles_of_an_altered_journal() {
    let place = Place::new();
    let dir = place.ledger();
    drop(begun(&dir));
    sign(&dir);
    let whole = published(&dir);
    forge(&dir, |frames| {
        let title = frames[1].events[0].pointer_mut("/data/titles/en").unwrap();
        *title = serde_json::json!("Brick factory");
    });
    let found = doctor::examine(&dir, &opts()).unwrap();
    // Gone with the forging; nothing of what is published is named.
    let named: Vec<&str> = found
        .damage
        .iter()
        .map(|place| place.file.as_str())
        .collect();
    assert_eq!(named, ["sled"]);
    assert!(
        found
            .notes
            .iter()
            .any(|note| note.contains("its tiles are left as they are"))
    );
    fs::write(dir.join("LEDGER.copy"), "rotten").unwrap();
    let refused = doctor::repair(&dir, &opts()).unwrap_err();
    assert!(matches!(refused, LedgerError::Departs(_)), "{refused}");
    assert_eq!(published(&dir), whole);
}

/// A backup leaves the tiles out, and what is restored makes them again.
#[test]
fn a_restored_ledger_publishes_again() {
    let place = Place::new();
    let dir = place.ledger();
    let ledger = begun(&dir);
    remarks(&ledger, "a", 300);
    sign(&dir);
    let whole = published(&dir);
    place.take(true).unwrap();
    drop(ledger);
    place
        .put_back(&dealtrail::service::backup::Shown::default())
        .unwrap();
    let restored = place.restored();
    assert!(!restored.join("published").exists());
    // The key lay open and was left behind.
    fs::copy(dir.join("key"), restored.join("key")).unwrap();
    let ledger = Ledger::open(&restored, &opts()).unwrap();
    assert_eq!(sign(&restored).size, 306);
    holds(&restored, &stored(&ledger));
    let again = published(&restored);
    let full = |name: &&String| !name.contains(".p/") && *name != "checkpoint";
    assert!(
        whole
            .keys()
            .filter(full)
            .all(|name| again[name] == whole[name])
    );
}

#[test]
fn nothing_is_published_before_something_is_signed() {
    let place = Place::new();
    let dir = place.ledger();
    drop(on_disk(&dir));
    let reader = Ledger::read(&dir, &opts()).unwrap();
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let signing = Signing::of(&reader, &disk).unwrap();
    assert!(signing.sign(&mut || None).is_err());
    assert!(!published(&dir).contains_key("checkpoint"));
}

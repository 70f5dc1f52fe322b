//! Audit packs: what is in them, that they come out the same again, and when there is none.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use dealtrail::proof::tiles::{entry_bundles, hash_tiles};
use dealtrail::service::audit_pack::{PackError, Packed, write};
use dealtrail::service::ledger::Ledger;
use dealtrail::store::journal::disk::{Disk, RealDisk};

use super::backup::{Place, opts};
use super::forgery::forge;
use super::support::{agreement, noted, on_disk, registered, send};
use super::verifying::sign;

/// More entries than a bundle holds, signed twice, and one that is signed by nothing.
fn signed(dir: &Path) {
    let ledger = on_disk(dir);
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    sign(dir);
    for n in 0..3 {
        let notes = (0..100).map(|_| noted(agreement(1), "a note")).collect();
        send(&ledger, &format!("n-{n}"), notes).unwrap();
    }
    sign(dir);
    send(&ledger, "c-9", vec![noted(agreement(1), "not signed")]).unwrap();
}

fn pack(dir: &Path, to: &Path) -> Result<Packed, PackError> {
    let ledger = Ledger::read(dir, &opts()).unwrap();
    let disk = Arc::new(RealDisk) as Arc<dyn Disk>;
    write(&ledger, &disk, to, &mut |_, _| ())
}

/// The files below a folder.
fn files(dir: &Path, below: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(dir.join(below)).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let name = if below.is_empty() {
            name
        } else {
            format!("{below}/{name}")
        };
        match entry.path().is_dir() {
            true => files(dir, &name, found),
            false => drop(found.insert(name, fs::read(entry.path()).unwrap())),
        }
    }
}

#[test]
fn a_pack_holds_what_was_signed_and_comes_out_the_same_again() {
    let place = Place::new();
    let dir = place.ledger();
    signed(&dir);
    let to = |name: &str| place.ledger().with_file_name(name);
    let packed = pack(&dir, &to("one.tar")).unwrap();
    assert_eq!((packed.size, packed.reports.len()), (305, 0));
    pack(&dir, &to("two.tar")).unwrap();
    assert_eq!(
        fs::read(to("one.tar")).unwrap(),
        fs::read(to("two.tar")).unwrap()
    );
    pack(&dir, &to("folder")).unwrap();
    let mut found = BTreeMap::new();
    files(&to("folder"), "", &mut found);
    assert_eq!(found.len() as u64, packed.files);
    let bytes: u64 = found.values().map(|file| file.len() as u64).sum();
    assert_eq!(bytes, packed.bytes);
    // Anybody's tar reads the archive, and it holds the same files.
    let list = Command::new("tar")
        .arg("-tf")
        .arg(to("one.tar"))
        .output()
        .unwrap();
    assert!(list.status.success() && list.stderr.is_empty());
    let list = String::from_utf8(list.stdout).unwrap();
    let mut names: Vec<&str> = list.lines().collect();
    names.sort_unstable();
    assert!(names.iter().copied().eq(found.keys().map(String::as_str)));
    for tile in hash_tiles(305).chain(entry_bundles(305)) {
        assert!(found.contains_key(&tile.to_string()), "{tile}");
    }
    let ledger = Ledger::read(&dir, &opts()).unwrap();
    let bundle = entry_bundles(305).nth(1).unwrap();
    let entries = bundle.entries(&found[&bundle.to_string()]).unwrap();
    assert_eq!(entries[48], ledger.event_bytes(304).unwrap().unwrap());
    for (name, file) in found
        .iter()
        .filter(|(name, _)| name.starts_with("schemas/"))
    {
        let published = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        assert_eq!(*file, fs::read(published).unwrap(), "{name}");
    }
    assert!(found.contains_key("checkpoints/00000000000000000005"));
    assert!(found["README.txt"].starts_with(b"The ledger ledger.example/test, "));
}

#[test]
fn there_is_no_pack_of_what_was_not_signed_or_is_not_what_was() {
    let place = Place::new();
    let dir = place.ledger();
    let to = place.ledger().with_file_name("pack.tar");
    let ledger = on_disk(&dir);
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    drop(ledger);
    let error = pack(&dir, &to).unwrap_err();
    assert!(matches!(error, PackError::NotSigned) && error.is_refusal());
    sign(&dir);
    let folder = to.with_file_name("folder");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("mine"), "").unwrap();
    let error = pack(&dir, &folder).unwrap_err();
    assert!(
        error.is_refusal() && error.to_string().contains("not empty"),
        "{error}"
    );
    forge(&dir, |frames| {
        let agency = frames[0].events[0].pointer_mut("/data/agency/en").unwrap();
        *agency = "Another agency".into();
    });
    let error = pack(&dir, &to).unwrap_err();
    assert!(matches!(error, PackError::Departs(_)), "{error}");
    forge(&dir, |frames| drop(frames.pop()));
    assert!(pack(&dir, &to).is_err());
    let left = fs::read_dir(to.parent().unwrap()).unwrap();
    let left: Vec<_> = left.map(|one| one.unwrap().file_name()).collect();
    assert!(
        !left
            .iter()
            .any(|name| name.to_string_lossy().contains("pack.tar")),
        "{left:?}"
    );
}

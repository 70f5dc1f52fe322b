//! The laboratory checks its own instrument: what a program sees on the mounted disk is what the model says.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt;

use super::shim::dice::Dice;
use super::shim::disk::Survival;
use super::shim::fuse::SharedDisk;

#[test]
fn a_mounted_disk_forgets_what_was_not_synced() {
    let place = tempfile::tempdir().unwrap();
    let disk = SharedDisk::default();
    let session = disk.mount(place.path()).unwrap();
    let path = place.path().join("journal");
    let file = File::create(&path).unwrap();
    file.write_all_at(b"durable", 0).unwrap();
    file.sync_data().unwrap();
    File::open(place.path()).unwrap().sync_all().unwrap();
    file.write_all_at(b"VOLATIL", 0).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"VOLATIL");
    fs::write(place.path().join("nameless"), b"x").unwrap();
    drop(file);
    drop(session);
    disk.lock().cut(Survival::None, &mut Dice::new(1));

    let _session = disk.mount(place.path()).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"durable");
    assert!(!place.path().join("nameless").exists());
    disk.lock().plan.fail_sync = Some(1);
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.write_all_at(b"again!!", 0).unwrap();
    assert_eq!(file.sync_data().unwrap_err().raw_os_error(), Some(5));
    disk.lock().plan.full_from_write = Some(1);
    let full = file.write_all_at(b"more", 0).unwrap_err();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    disk.lock().kill();
    assert!(fs::read(&path).is_err(), "without power nothing is read");
}

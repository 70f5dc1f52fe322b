//! The model forgets, tears and fails as it says.

use super::*;

fn file() -> Node {
    Node::File {
        data: Vec::new(),
        mode: 0o644,
    }
}

fn content(disk: &Disk, name: &str) -> Option<Vec<u8>> {
    disk.bytes_at(name).map(<[u8]>::to_vec)
}

#[test]
fn only_what_was_synced_survives_and_only_under_a_synced_name() {
    let mut disk = Disk::default();
    let named = disk.create(ROOT, "named", file()).unwrap();
    disk.sync(ROOT).unwrap();
    disk.write(named, 0, b"kept").unwrap();
    disk.sync(named).unwrap();
    disk.write(named, 0, b"lost").unwrap();
    let nameless = disk.create(ROOT, "nameless", file()).unwrap();
    disk.write(nameless, 0, b"data").unwrap();
    disk.sync(nameless).unwrap();
    assert_eq!(content(&disk, "named").as_deref(), Some(&b"lost"[..]));
    disk.cut(Survival::None, &mut Dice::new(1));
    assert_eq!(content(&disk, "named").as_deref(), Some(&b"kept"[..]));
    assert_eq!(content(&disk, "nameless"), None);
}

#[test]
fn a_subset_tears_a_write_at_sector_bounds() {
    let mut torn = 0;
    for seed in 0..50 {
        let mut disk = Disk::default();
        let node = disk.create(ROOT, "f", file()).unwrap();
        disk.sync(ROOT).unwrap();
        disk.write(node, 0, &[0; 2048]).unwrap();
        disk.sync(node).unwrap();
        disk.write(node, 100, &[7; 1500]).unwrap();
        disk.cut(Survival::Subset, &mut Dice::new(seed));
        let data = content(&disk, "f").unwrap();
        for sector in data.chunks(SECTOR) {
            let written = sector.iter().filter(|byte| **byte == 7).count();
            assert!(
                written == 0
                    || sector
                        .iter()
                        .skip_while(|b| **b == 0)
                        .take(written)
                        .all(|b| *b == 7)
            );
        }
        let sevens = data.iter().filter(|byte| **byte == 7).count();
        torn += usize::from(sevens > 0 && sevens < 1500);
    }
    assert!(torn > 10, "only {torn} of 50 cuts tore the write");
}

#[test]
fn a_failed_sync_loses_what_it_should_have_kept() {
    let mut disk = Disk::default();
    let node = disk.create(ROOT, "f", file()).unwrap();
    disk.sync(ROOT).unwrap();
    disk.plan.fail_sync = Some(disk.counts.syncs + 1);
    disk.write(node, 0, b"data").unwrap();
    assert_eq!(disk.sync(node), Err(Fault::Io));
    assert_eq!(
        disk.sync(node),
        Ok(()),
        "the second sync lies, as on a real system"
    );
    disk.cut(Survival::All, &mut Dice::new(1));
    assert_eq!(content(&disk, "f").as_deref(), Some(&b""[..]));
}

#[test]
fn a_plan_stops_the_disk_after_the_operation_it_names() {
    let mut disk = Disk {
        plan: Plan {
            stop_after: Some(2),
            ..Plan::default()
        },
        ..Disk::default()
    };
    let node = disk.create(ROOT, "f", file()).unwrap();
    disk.write(node, 0, b"x").unwrap();
    assert!(disk.is_dead());
    assert_eq!(disk.write(node, 0, b"y"), Err(Fault::Io));
    disk.cut(Survival::All, &mut Dice::new(1));
    assert_eq!(content(&disk, "f").as_deref(), Some(&b"x"[..]));
}

#[test]
fn a_full_disk_refuses_writes_until_the_plan_changes() {
    let mut disk = Disk {
        plan: Plan {
            full_from_write: Some(2),
            ..Plan::default()
        },
        ..Disk::default()
    };
    let node = disk.create(ROOT, "f", file()).unwrap();
    assert_eq!(disk.write(node, 0, b"x"), Err(Fault::NoSpace));
    disk.plan.full_from_write = None;
    assert_eq!(disk.write(node, 0, b"x"), Ok(()));
}

#[test]
fn names_renames_and_truncations_are_lost_until_they_are_synced() {
    let (mut kept, mut lost) = (0, 0);
    for seed in 0..40 {
        let mut disk = Disk::default();
        let node = disk.create(ROOT, "old", file()).unwrap();
        disk.write(node, 0, b"words").unwrap();
        disk.sync(node).unwrap();
        disk.sync(ROOT).unwrap();
        disk.resize(node, 0).unwrap();
        disk.rename(ROOT, "old", ROOT, "new").unwrap();
        let survival = Survival::CUTS[seed as usize % 3];
        disk.cut(survival, &mut Dice::new(seed));
        let (old, new) = (content(&disk, "old"), content(&disk, "new"));
        assert!(old.is_some() != new.is_some(), "a rename is one step");
        if survival == Survival::None {
            assert_eq!(old.as_deref(), Some(&b"words"[..]));
        }
        kept += u64::from(new.is_some());
        lost += u64::from(old.or(new).is_some_and(|bytes| bytes.is_empty()));
    }
    assert!(kept > 3 && lost > 3, "{kept} renames, {lost} truncations");
}

#[test]
fn a_read_lies_once_or_always() {
    let mut disk = Disk::default();
    let node = disk.create(ROOT, "f", file()).unwrap();
    disk.write(node, 0, b"aaaa").unwrap();
    let lie = |times| Lie::Bit {
        node,
        at: 2,
        bit: 1,
        times,
    };
    disk.plan.lie = Some(lie(1));
    assert_eq!(disk.read(node, 0, 2).unwrap(), b"aa", "not of these bytes");
    assert_eq!(disk.read(node, 0, 4).unwrap(), b"aaca");
    assert_eq!(disk.read(node, 0, 4).unwrap(), b"aaaa");
    disk.plan.lie = Some(lie(u64::MAX));
    assert_eq!(disk.read(node, 1, 2).unwrap(), b"ac");
    assert_eq!(disk.read(node, 1, 2).unwrap(), b"ac");
    assert_eq!(content(&disk, "f").as_deref(), Some(&b"aaaa"[..]));
}

#[test]
fn a_full_disk_may_still_be_written_in_place() {
    let mut disk = Disk::default();
    let node = disk.create(ROOT, "f", file()).unwrap();
    disk.write(node, 0, b"words").unwrap();
    disk.plan.full_from_write = Some(1);
    disk.plan.in_place = true;
    assert_eq!(disk.write(node, 0, b"other"), Ok(()));
    assert_eq!(disk.write(node, 1, b"longer"), Err(Fault::NoSpace));
}

//! Two programs' snapshots side by side: each finds its own, and neither takes what the other needs.

use std::sync::Arc;

use super::*;
use crate::service::fiction;
use crate::service::ledger::{Ledger, Options};
use crate::synth::plan::Plan;

fn options() -> Options {
    Options {
        floor_bytes: Some(0),
        // None is written by itself.
        snapshot_every: u64::MAX,
        ..Options::default()
    }
}

/// Folds of a program that came before or comes after.
fn others() -> Folds {
    let own = Folds::own();
    Folds::of(
        own.models()
            .iter()
            .map(|(name, version)| (name.clone(), version + 1)),
    )
}

/// A ledger that is closed, and the folds of it after some frames each, the last one at its end.
struct Scene {
    place: tempfile::TempDir,
    id: Uuid,
    store: Arc<dyn EventStore>,
    reached: Vec<Reached<Models>>,
}

impl Scene {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("ledger");
        let plan = Plan::new(20, 1_500, 3).unwrap();
        fiction::make(&dir, &plan, &options(), &mut |_, _| ()).unwrap();
        let _ = fs::remove_dir_all(dir.join(DIRECTORY));
        let ledger = Ledger::read(&dir, &options()).unwrap();
        let (id, store) = (ledger.id(), Arc::clone(ledger.store()));
        let mut reached: Vec<Reached<Models>> = Vec::new();
        let mut so_far = Reached::<Models>::default();
        let mut decoder = crate::codec::decoder::Decoder::from_start();
        for frame in store.read(0).unwrap() {
            let frame = frame.unwrap();
            for stored in frame.events() {
                so_far.models.apply(&decoder.decode(stored).unwrap());
                so_far
                    .roots
                    .push(crate::proof::tree::leaf_hash(stored.bytes()));
            }
            so_far.head = Head {
                position: frame.end_seq(),
                frames: frame.number() + 1,
                chain: frame.chain(),
            };
            reached.push(so_far.clone());
        }
        assert!(reached.len() >= 4, "{}", reached.len());
        let tail = reached.split_off(reached.len() - 4);
        Self {
            place,
            id,
            store,
            reached: tail,
        }
    }

    fn dir(&self) -> PathBuf {
        self.place.path().join("ledger")
    }

    fn put(&self, nth: usize, folds: &Folds) -> PathBuf {
        put(&self.dir(), (self.id, &self.reached[nth]), folds).unwrap()
    }

    /// As who records with this program does.
    fn write(&self, nth: usize) {
        write(&self.dir(), self.id, &self.reached[nth]).unwrap();
    }

    fn position(&self, nth: usize) -> u64 {
        self.reached[nth].head.position
    }

    fn newest(&self) -> Option<u64> {
        let newest = newest(&self.dir(), self.id, self.store.as_ref())?;
        Some(newest.head.position)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.dir().join(DIRECTORY)).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn name(&self, nth: usize, folds: &Folds) -> String {
        shelf::name(self.position(nth), &folds.id())
    }
}

#[test]
fn given_two_programs_at_one_position_then_each_has_its_own() {
    let scene = Scene::new();
    let one = scene.put(3, &others());
    assert_eq!(
        (scene.newest(), newest_position(&scene.dir())),
        (None, None)
    );
    let own = scene.put(3, &Folds::own());
    assert_ne!(one, own);
    assert_eq!(scene.newest(), Some(scene.position(3)));
    let by =
        |file: &Path, folds: &Folds| load(file, (scene.id, scene.store.as_ref()), folds).is_ok();
    assert!(by(&own, &Folds::own()) && by(&one, &others()));
    assert!(!by(&own, &others()) && !by(&one, &Folds::own()));
    assert!(examine(&scene.dir()).is_empty());
    assert_eq!(places(&scene.dir()).len(), 2);
}

#[test]
fn given_a_newer_one_of_another_program_then_the_newest_that_fits_is_used() {
    let scene = Scene::new();
    scene.put(0, &Folds::own());
    scene.put(1, &Folds::own());
    scene.put(3, &others());
    assert_eq!(scene.newest(), Some(scene.position(1)));
    assert_eq!(newest_position(&scene.dir()), Some(scene.position(1)));
}

#[test]
fn given_a_rebuild_for_another_program_when_this_one_records_on_then_both_have_what_they_need() {
    let scene = Scene::new();
    let (own, others) = (Folds::own(), others());
    scene.write(0);
    scene.put(1, &others);
    for nth in 1..4 {
        scene.write(nth);
    }
    let mut kept = [
        scene.name(1, &others),
        scene.name(2, &own),
        scene.name(3, &own),
    ];
    kept.sort();
    assert_eq!(scene.names(), kept);
}

#[test]
fn given_a_program_that_records_when_another_one_rebuilds_then_nothing_is_forgotten() {
    let scene = Scene::new();
    let (own, others) = (Folds::own(), others());
    for nth in 0..3 {
        scene.put(nth, &others);
    }
    let file = write_beside(&scene.dir(), scene.id, &scene.reached[3]).unwrap();
    assert_eq!(
        file.file_name().unwrap().to_str(),
        Some(&*scene.name(3, &own))
    );
    assert_eq!(scene.names().len(), 4);
}

#[test]
fn given_a_name_of_an_earlier_program_then_it_is_read_and_kept_as_its_first_line_says() {
    let scene = Scene::new();
    let earlier = |nth: usize, folds: &Folds| {
        let file = scene.put(nth, folds);
        fs::rename(&file, file.with_extension("")).unwrap();
        file.with_extension("")
    };
    let stays = earlier(0, &others());
    earlier(1, &Folds::own());
    assert_eq!(scene.newest(), Some(scene.position(1)));
    assert_eq!(newest_position(&scene.dir()), Some(scene.position(1)));
    scene.write(2);
    scene.write(3);
    assert!(stays.exists(), "the program before goes on from it");
    assert_eq!(scene.names().len(), 3, "{:?}", scene.names());
}

#[test]
fn given_what_interrupted_writers_left_then_it_harms_nothing_and_goes() {
    let scene = Scene::new();
    let own = Folds::own();
    scene.write(0);
    let place = scene.dir().join(DIRECTORY);
    let left = place.join(format!("{}.0.part", scene.name(3, &own)));
    let earlier = place.join(format!("{:020}.new", scene.position(3)));
    for file in [&left, &earlier] {
        fs::write(file, "half of it").unwrap();
    }
    assert_eq!(scene.newest(), Some(scene.position(0)));
    assert!(examine(&scene.dir()).is_empty());
    // Whoever records may be an earlier program that writes it just now.
    write_beside(&scene.dir(), scene.id, &scene.reached[3]).unwrap();
    assert!(!left.exists() && earlier.exists());
    let being_written = Draft::begin(&place, "1.aa").unwrap();
    fs::write(&left, "half of it").unwrap();
    tidy(&scene.dir());
    assert!(!left.exists() && !earlier.exists());
    assert!(place.join("1.aa.0.part").exists());
    drop(being_written);
    assert_eq!(scene.newest(), Some(scene.position(3)));
}

#[test]
fn given_one_in_a_newer_form_then_it_is_left_alone() {
    let scene = Scene::new();
    scene.write(2);
    let file = scene
        .dir()
        .join(DIRECTORY)
        .join(shelf::name(9, "00ff00ff00ff00ff"));
    let mut bytes = br#"{"dealtrail_snapshot":99,"of":"what is not known yet"}"#.to_vec();
    bytes.push(b'\n');
    let line = bytes.clone();
    pieces::put(&mut bytes, &line).unwrap();
    bytes.extend(b"in a way that is not known yet");
    fs::write(&file, &bytes).unwrap();
    assert!(examine(&scene.dir()).is_empty());
    assert_eq!(places(&scene.dir()).len(), 1);
    assert_eq!(scene.newest(), Some(scene.position(2)));
    // A first line that changed is damage in any form.
    bytes[20] ^= 1;
    fs::write(&file, &bytes).unwrap();
    assert_eq!(examine(&scene.dir()).len(), 1);
}

#[test]
fn given_two_who_write_and_forget_at_once_then_neither_fails_nor_loses_its_own() {
    let scene = Scene::new();
    let (dir, own, others) = (scene.dir(), Folds::own(), others());
    // Both programs at every position, one of them as who records.
    let (id, reached) = (scene.id, &scene.reached);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for turn in 0..40 {
                write(&dir, id, &reached[turn % 4]).unwrap();
            }
        });
        scope.spawn(|| {
            for turn in 0..40 {
                put(&dir, (id, &reached[turn % 4]), &others).unwrap();
                write_beside(&dir, id, &reached[turn % 4]).unwrap();
            }
        });
    });
    scene.write(3);
    let mut kept = [
        scene.name(2, &own),
        scene.name(3, &own),
        scene.name(3, &others),
    ];
    kept.sort();
    assert_eq!(scene.names(), kept);
    assert!(examine(&dir).is_empty());
}

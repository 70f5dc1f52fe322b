//! Checkpoints in a scripted history: the order journal, tiles, checkpoint, publishing, cut at any place.

use std::path::Path;
use std::sync::Arc;

use dealtrail::service::checkpoint::Signing;
use dealtrail::service::checkpoint::key_file::Protection;
use dealtrail::service::ledger::Ledger;
use dealtrail::service::verify::{Against, verify};
use dealtrail::store::journal::disk::{Disk, RealDisk};

use super::scene::{Scene, Step, Stopped};
use crate::service::support::{agreement, clock, noted, options, registered};

/// Two checkpoints, the second across the end of a tile.
pub(crate) const FOURTH_ACT: [(&str, Step); 6] = [
    ("make", Scene::make),
    ("register", |scene| scene.send(vec![registered(1)])),
    ("checkpoint", |scene| signed(&scene.dir())),
    ("across a tile", |scene| {
        let remark = |n| noted(agreement(1), &format!("remark {n}"));
        scene.send((0..260).map(remark).collect())
    }),
    ("checkpoint again", |scene| signed(&scene.dir())),
    ("record again", |scene| {
        scene.send(vec![noted(agreement(1), "a map")])
    }),
];

/// Signs what is recorded so far, beside whoever records.
fn signed(dir: &Path) -> Result<(), Stopped> {
    let sign = || {
        let ledger = Ledger::read(dir, &options(&clock())).map_err(|error| error.to_string())?;
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        let signing = Signing::of(&ledger, &disk).map_err(|error| error.to_string())?;
        if signing.key().map_err(|error| error.to_string())?.is_none() {
            let made = signing.make_key(&Protection::Open);
            made.map_err(|error| error.to_string())?;
        }
        let signed = signing.sign(&mut || None);
        signed.map(drop).map_err(|error| error.to_string())
    };
    sign().map_err(Stopped)
}

/// What was signed and published verifies as it was left, and so does what is signed and published next.
pub(crate) fn check(scene: &Scene, about: &str) {
    let whole = |when: &str| {
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        let verified = verify(&scene.dir(), &disk, Against::default(), &mut |_, _| ());
        let verified = verified.unwrap_or_else(|error| panic!("{about}, {when}: {error}"));
        let whole = verified.fits() && verified.wrong_tiles.is_empty();
        assert!(whole, "{about}, {when}: {verified:?}");
        verified
    };
    whole("as it was left");
    signed(&scene.dir()).unwrap_or_else(|Stopped(why)| panic!("{about}: {why}"));
    let verified = whole("signed again");
    assert_eq!(verified.published, Some(verified.position), "{about}");
}

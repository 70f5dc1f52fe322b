//! A checkpoint shown to a restore: its root has to fit, and somebody who is to be believed has to have signed it.

use std::fs;
use std::sync::Arc;

use dealtrail::proof::checkpoint::SignedCheckpoint;
use dealtrail::proof::key::{KeyName, Signer};
use dealtrail::proof::tree::Root;
use dealtrail::service::backup::Shown;
use dealtrail::service::backup::checkpoint::{Checkpoint, Vouching};
use dealtrail::service::backup::error::BackupError;
use dealtrail::service::checkpoint::Signing;
use dealtrail::service::checkpoint::key_file::{Passphrase, Protection};
use dealtrail::store::journal::disk::{Disk, RealDisk};

use super::backup::Place;
use super::support::{on_disk, registered, send};

/// A root that fits is not enough: whoever has the backup can compute it.
#[test]
fn a_checkpoint_that_nobody_believed_signed_is_refused() {
    let place = Place::new();
    let ledger = on_disk(&place.ledger());
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let signing = Signing::of(&ledger, &disk).unwrap();
    let passphrase = || Passphrase::new(b"brick by brick by brick".to_vec());
    signing
        .make_key(&Protection::Sealed(&passphrase()))
        .unwrap();
    let own = signing.sign(&mut || Some(passphrase())).unwrap();
    place.take(false).unwrap();
    let root = ledger.root(5).unwrap();
    let (origin, policy) = ("ledger.example/test", signing.policy().unwrap());
    let shown = |note: &str, trust: Option<&str>| Shown {
        checkpoint: Some(
            Checkpoint::parse("kept", note.as_bytes(), trust.map(str::as_bytes)).unwrap(),
        ),
        ..Shown::default()
    };
    for (trust, vouching) in [
        (None, Vouching::BackupKey),
        (Some(&policy[..]), Vouching::Policy),
    ] {
        let restored = place.put_back(&shown(&own.text, trust)).unwrap();
        assert!(restored.checkpoint_fits);
        assert_eq!(restored.vouching, Some(vouching));
        fs::remove_dir_all(place.restored()).unwrap();
    }
    let mut spoilt = own.text.clone().into_bytes();
    let last = spoilt.len() - 10;
    spoilt[last] = if spoilt[last] == b'A' { b'B' } else { b'A' };
    let spoilt = String::from_utf8(spoilt).unwrap();
    let stranger = signed_note(root, origin, 7);
    let foreign = format!("log {}\nquorum none\n", signer(origin, 8).verifier());
    for wrong in [
        shown(&spoilt, None),
        shown(&stranger, None),
        shown(&spoilt, Some(&policy)),
        shown(&stranger, Some(&policy)),
        shown(&own.text, Some(&foreign)),
    ] {
        let error = place.put_back(&wrong).unwrap_err();
        assert!(matches!(error, BackupError::NotVouched { .. }), "{error}");
        assert!(error.is_refusal() && error.hint().unwrap().contains("nothing was restored"));
        assert!(!place.restored().join("LEDGER").exists());
    }
    assert!(Checkpoint::parse("kept", own.text.as_bytes(), Some(b"log")).is_err());
    assert!(Checkpoint::parse("kept", b"ledger.example/test\n5\n", None).is_err());
}

fn signer(origin: &str, seed: u8) -> Signer {
    Signer::new(KeyName::new(origin).unwrap(), &[seed; 32])
}

fn signed_note(root: Root, origin: &str, seed: u8) -> String {
    let signed = SignedCheckpoint::sign(root, &signer(origin, seed)).unwrap();
    signed.to_string()
}

/// What a restore is shown: a checkpoint signed with the key of a seed.
pub(crate) fn signed(root: Root, origin: &str, seed: u8, trust: Option<&str>) -> Shown {
    let note = signed_note(root, origin, seed);
    let shown = Checkpoint::parse("checkpoint", note.as_bytes(), trust.map(str::as_bytes));
    Shown {
        checkpoint: Some(shown.unwrap()),
        ..Shown::default()
    }
}

//! A key file opens for whoever may sign, and for nobody else.

use super::*;
use crate::store::journal::disk::RealDisk;

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.as_bytes().to_vec())
}

fn made(dir: &Path, protection: &Protection<'_>) -> Result<KeyFile, KeyFileError> {
    let name = KeyName::new("ledger.example/test").unwrap();
    KeyFile::make(&RealDisk, dir, &name, protection)
}

fn read(dir: &Path) -> KeyFile {
    KeyFile::read(&RealDisk, dir).unwrap().unwrap()
}

#[test]
fn a_sealed_key_opens_with_its_passphrase_alone() {
    let dir = tempfile::tempdir().unwrap();
    assert!(KeyFile::read(&RealDisk, dir.path()).unwrap().is_none());
    let right = passphrase("brick by brick by brick");
    made(dir.path(), &Protection::Sealed(&right)).unwrap();
    let mode = fs::metadata(dir.path().join("key")).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    let file = read(dir.path());
    assert!(file.is_sealed());
    let signer = file.open(dir.path(), Some(&right)).unwrap();
    assert_eq!(signer.verifier(), &file.verifier().unwrap());
    let other = file.open(dir.path(), Some(&passphrase("brick by brick by glass")));
    assert!(matches!(other, Err(KeyFileError::Passphrase)));
    assert!(matches!(
        file.open(dir.path(), None),
        Err(KeyFileError::Locked)
    ));
    let again = made(dir.path(), &Protection::Open);
    assert!(matches!(again, Err(KeyFileError::Exists)));
}

/// The seal covers the public part: another key beside it does not open.
#[test]
fn the_public_part_is_vouched_for() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let right = passphrase("brick by brick by brick");
    made(dir.path(), &Protection::Sealed(&right)).unwrap();
    let foreign = made(other.path(), &Protection::Open).unwrap().key;
    let own = read(dir.path()).key;
    let text = fs::read_to_string(dir.path().join("key")).unwrap();
    fs::write(dir.path().join("key"), text.replace(&own, &foreign)).unwrap();
    let opened = read(dir.path()).open(dir.path(), Some(&right));
    assert!(matches!(opened, Err(KeyFileError::Passphrase)));
}

#[test]
fn an_open_key_needs_no_passphrase_and_no_other_reader() {
    let dir = tempfile::tempdir().unwrap();
    made(dir.path(), &Protection::Open).unwrap();
    let file = read(dir.path());
    assert!(!file.is_sealed());
    file.open(dir.path(), None).unwrap();
    let path = dir.path().join("key");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let refused = file.open(dir.path(), None);
    assert!(matches!(refused, Err(KeyFileError::Readable(0o640))));
}

#[test]
fn what_is_no_key_is_refused_and_not_shown() {
    let dir = tempfile::tempdir().unwrap();
    let short = made(dir.path(), &Protection::Sealed(&passphrase("brick")));
    assert!(matches!(short, Err(KeyFileError::Short)));
    for text in [
        "",
        "{}",
        "my secret words",
        r#"{"dealtrail_key":1,"key":"a","secret":{"kind":"open","seed":"AA=="}}"#,
    ] {
        fs::write(dir.path().join("key"), text).unwrap();
        let error = KeyFile::read(&RealDisk, dir.path()).unwrap_err();
        assert!(matches!(error, KeyFileError::Damaged), "{text}: {error}");
        assert!(!format!("{error:?} {error}").contains("secret words"));
    }
    assert!(!format!("{:?}", passphrase("my secret words")).contains("words"));
    fs::remove_file(dir.path().join("key")).unwrap();
    let shown = format!("{:?}", made(dir.path(), &Protection::Open).unwrap());
    let text = fs::read_to_string(dir.path().join("key")).unwrap();
    let seed = text.split("\"seed\": \"").nth(1).unwrap();
    assert!(!shown.contains(&seed[..44]), "{shown}");
}

//! The law of the auditors' formats: what is read is printed as it stood, and a policy reads back as itself.

use dealtrail::proof::certificate::Certificate;
use dealtrail::proof::checkpoint::{Checkpoint, SignedCheckpoint};
use dealtrail::proof::key::VerifierKey;
use dealtrail::proof::note::Note;
use dealtrail::proof::policy::Policy;
use dealtrail::proof::receipt::Receipt;
use dealtrail::proof::tiles::{Kind, Tile, entry_bytes};
use dealtrail::proof::witness::{Request, size_of};

/// Holds the law against any bytes, taken for each of the formats.
pub(crate) fn holds(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes);
    }
    if let Ok(signed) = SignedCheckpoint::parse(bytes) {
        assert_eq!(signed.to_string().as_bytes(), bytes);
        assert!(
            signed
                .note()
                .text()
                .starts_with(signed.checkpoint().origin())
        );
    }
    if let Ok(receipt) = Receipt::parse(bytes) {
        assert_eq!(receipt.to_string().as_bytes(), bytes);
    }
    if let Ok(request) = Request::parse(bytes) {
        assert_eq!(request.to_string().as_bytes(), bytes);
    }
    if let Some(size) = size_of(bytes) {
        assert!(bytes.starts_with(size.to_string().as_bytes()));
    }
    if let Ok(certificate) = Certificate::parse(bytes) {
        assert_eq!(certificate.to_string().as_bytes(), bytes);
    }
    if let Ok(policy) = Policy::parse(bytes) {
        let printed = policy.to_bytes();
        let again = Policy::parse(&printed).unwrap();
        assert_eq!(again, policy);
        assert_eq!(again.to_bytes(), printed);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(checkpoint) = text.parse::<Checkpoint>() {
            assert_eq!(checkpoint.to_string(), text);
        }
        if let Ok(key) = text.parse::<VerifierKey>() {
            assert_eq!(key.to_string(), text);
        }
        if let Ok(tile) = text.parse::<Tile>() {
            assert_eq!(tile.to_string(), text);
        }
    }
    for width in [1, 2, 3, 255, 256] {
        let bundle = Tile::new(Kind::Entries, 0, width).unwrap();
        if let Some(entries) = bundle.entries(bytes) {
            assert_eq!(entries.len(), usize::from(width));
            assert_eq!(entry_bytes(entries).unwrap(), bytes);
        }
    }
}

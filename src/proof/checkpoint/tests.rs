use super::*;
use crate::proof::key::{Cosigner, KeyError};
use crate::proof::tree::leaf_hash;
use proptest::prelude::*;

/// A ledger of three events, signed by its key and one witness: seeds 07 and 09, time 1745489700.
const EXAMPLE: &str = "dealtrail.example/demo\n3\neiLOrfWTC19NF345ACdrgcvWXAtA9T03P9CtAY9nsC4=\n\n\u{2014} dealtrail.example/demo uqwbf6eQyc3xGlcXYKTtghSCfJPP4BpJ+i/pYmvOEbxfj3YY/8UkjcwIAUc5sNzD2OSiNpaNi5UpXgAoznQaDxC6iA4=\n\u{2014} witness.example/coa fCr7oAAAAABoCg8k4U+C638tbuod/z3UIgG9yJycV5npiNXWQ50B9rJpN4kNkRfSuA85efjIIMghGHEPskNSveeP/mgmv58IXI5aCw==\n";

fn signer() -> Signer {
    Signer::new(KeyName::new("dealtrail.example/demo").unwrap(), &[7; 32])
}

fn witness() -> Cosigner {
    Cosigner::new(KeyName::new("witness.example/coa").unwrap(), &[9; 32])
}

fn root() -> Root {
    Root {
        size: 3,
        hash: "7a22ceadf5930b5f4d177e3900276b81cbd65c0b40f53d373fd0ad018f67b02e"
            .parse()
            .unwrap(),
    }
}

#[test]
fn the_published_example_is_made_byte_for_byte() {
    let mut made = SignedCheckpoint::sign(root(), &signer()).unwrap();
    made.note_mut().cosign(&witness(), 1_745_489_700).unwrap();
    assert_eq!(made.to_string(), EXAMPLE);
    let read = SignedCheckpoint::parse(EXAMPLE.as_bytes()).unwrap();
    assert_eq!(read, made);
    assert_eq!(read.checkpoint().origin(), "dealtrail.example/demo");
    assert_eq!(read.checkpoint().root(), root());
    assert!(read.checkpoint().extensions().is_empty());
    assert_eq!(read.verify(signer().verifier()), Ok(made.checkpoint()));
    let keys = [signer().verifier().clone(), witness().verifier().clone()];
    let times: Vec<_> = read
        .note()
        .verify(&keys)
        .unwrap()
        .iter()
        .map(|one| one.time)
        .collect();
    assert_eq!(times, [None, Some(1_745_489_700)]);
}

#[test]
fn the_checkpoint_of_another_ledger_is_refused() {
    let read = SignedCheckpoint::parse(EXAMPLE.as_bytes()).unwrap();
    let other = Signer::new(KeyName::new("other.example").unwrap(), &[7; 32]);
    let error = read.verify(other.verifier()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("a checkpoint of dealtrail.example/demo, and the key is of other.example")
    );
    // The right name with another key is nobody known.
    let namesake = Signer::new(KeyName::new("dealtrail.example/demo").unwrap(), &[8; 32]);
    let error = read.verify(namesake.verifier()).unwrap_err();
    assert_eq!(error, CheckpointError::Note(NoteError::NoKnownKey));
}

#[test]
fn a_changed_size_or_root_does_not_verify() {
    for (from, to) in [
        ("\n3\n", "\n4\n"),
        ("eiLO", "eiLP"),
        ("/demo\n", "/demo\nmore\n"),
    ] {
        let altered = EXAMPLE.replacen(from, to, 1);
        let Ok(read) = SignedCheckpoint::parse(altered.as_bytes()) else {
            continue;
        };
        let error = read.verify(signer().verifier()).unwrap_err();
        let name = "dealtrail.example/demo".to_owned();
        assert_eq!(
            error,
            CheckpointError::Note(NoteError::Key(KeyError::BadSignature(name)))
        );
    }
}

#[test]
fn the_text_is_read_strictly() {
    let hash = root().hash.to_base64();
    let good = format!("ledger of the agency\n0\n{hash}\nmore\nand more\n");
    let read: Checkpoint = good.parse().unwrap();
    assert_eq!(read.extensions(), ["more", "and more"]);
    assert_eq!(read.root().size, 0);
    assert_eq!(read.to_string(), good);
    let cases = [
        (String::new(), "has three lines"),
        ("origin\n".to_owned(), "has three lines"),
        ("origin\n3\n".to_owned(), "has three lines"),
        (format!("origin\n3\n{hash}"), "has three lines"),
        (format!("\n3\n{hash}\n"), "has three lines"),
        (format!("origin\n3\n{hash}\n\n"), "has three lines"),
        (format!("origin\n3\n{hash}\n\nmore\n"), "has three lines"),
        (format!("origin\n03\n{hash}\n"), "\"03\" is not the size"),
        (format!("origin\n-3\n{hash}\n"), "\"-3\" is not the size"),
        (
            format!("origin\n18446744073709551616\n{hash}\n"),
            "is not the size",
        ),
        ("origin\n3\nAAAA\n".to_owned(), "\"AAAA\" is not a root"),
        (format!("origin\n3\n {hash}\n"), "is not a root"),
    ];
    for (text, wanted) in cases {
        let error = text.parse::<Checkpoint>().unwrap_err().to_string();
        assert!(error.contains(wanted), "{text:?}: {error}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[a-z0-9=\\n]{0,20}\n[0-9]{0,3}\n[A-Za-z0-9+/]{42,44}=?\n[a-z\\n]{0,5}") {
        if let Ok(read) = text.parse::<Checkpoint>() {
            prop_assert_eq!(read.to_string(), text);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(read) = SignedCheckpoint::parse(&bytes) {
            prop_assert_eq!(read.to_string().into_bytes(), bytes);
        }
    }

    #[test]
    fn a_signed_head_reads_back(size in any::<u64>(), seed in any::<[u8; 32]>()) {
        let root = Root { size, hash: leaf_hash(&seed) };
        let signer = Signer::new(KeyName::new("ledger.example").unwrap(), &seed);
        let made = SignedCheckpoint::sign(root, &signer).unwrap();
        let read = SignedCheckpoint::parse(made.to_string().as_bytes()).unwrap();
        prop_assert_eq!(&read, &made);
        prop_assert_eq!(read.verify(signer.verifier()).unwrap().root(), root);
    }

    /// One bit of the signed text or of the ledger's signature, and the key no longer stands for it.
    #[test]
    fn an_altered_bit_does_not_verify(at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let signed = EXAMPLE.find("\u{2014} witness").unwrap();
        let mut bytes = EXAMPLE.as_bytes().to_vec();
        bytes[at.index(signed)] ^= 1 << bit;
        let verified = SignedCheckpoint::parse(&bytes)
            .is_ok_and(|read| read.verify(signer().verifier()).is_ok());
        prop_assert!(!verified);
    }
}

//! Notes as `signed_note` has them and checkpoints as `tlog_tiles` has them.

use data_encoding::BASE64;
use dealtrail::proof::checkpoint::{Checkpoint, SignedCheckpoint};
use dealtrail::proof::key::{KeyName, Signer, VerifierKey};
use dealtrail::proof::note::Note;
use dealtrail::proof::tree::{Hash, Root, leaf_hash};
use signed_note::{StandardSigner, StandardVerifier, Verifier, VerifierList};

use crate::model::chance::Chance;

const NAME: &str = "ledger.example/agency";

fn signer(seed: u8) -> Signer {
    Signer::new(KeyName::new(NAME).unwrap(), &[seed; 32])
}

/// The same key as they read it: from the secret, and from our public form.
fn their_signer(seed: u8) -> StandardSigner {
    let mut key = vec![1];
    key.extend([seed; 32]);
    let id = signer(seed).verifier().id();
    StandardSigner::new(&format!("PRIVATE+KEY+{NAME}+{id}+{}", BASE64.encode(&key))).unwrap()
}

fn their_keys(seed: u8) -> VerifierList {
    let key = StandardVerifier::new(&signer(seed).verifier().to_string()).unwrap();
    VerifierList::new(vec![Box::new(key)])
}

fn our_verdict(bytes: &[u8], key: &VerifierKey) -> bool {
    let note = Note::parse(bytes);
    note.is_ok_and(|note| note.verify(std::slice::from_ref(key)).is_ok())
}

fn their_verdict(bytes: &[u8], keys: &VerifierList) -> bool {
    let note = signed_note::Note::from_bytes(bytes);
    note.is_ok_and(|note| note.verify(keys).is_ok())
}

#[test]
fn keys_and_notes_are_theirs_byte_for_byte() {
    for seed in 0..50_u8 {
        let text = format!("one line\n\nand {seed} more\u{e9}\n");
        let mut note = Note::unsigned(&text).unwrap();
        note.sign(&signer(seed));
        let mut other = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
        other.add_sigs(&[&their_signer(seed)]).unwrap();
        assert_eq!(note.to_string().as_bytes(), other.to_bytes());
        let theirs = StandardVerifier::new(&signer(seed).verifier().to_string()).unwrap();
        assert_eq!(theirs.name(), NAME);
        assert_eq!(
            theirs.key_id().to_be_bytes(),
            *signer(seed).verifier().id().as_bytes()
        );
        assert!(their_verdict(
            note.to_string().as_bytes(),
            &their_keys(seed)
        ));
        assert!(!their_verdict(
            note.to_string().as_bytes(),
            &their_keys(seed + 1)
        ));
    }
}

/// Notes of two signers with some characters exchanged, cut or put in: we believe what they believe.
#[test]
fn altered_notes_are_judged_alike() {
    let mut chance = Chance::new(11);
    let (key, keys) = (signer(1).verifier().clone(), their_keys(1));
    let mut note = Note::unsigned("a text\n\nof three lines\n").unwrap();
    note.sign(&signer(2));
    note.sign(&signer(1));
    let good = note.to_string();
    assert!(our_verdict(good.as_bytes(), &key) && their_verdict(good.as_bytes(), &keys));
    let with = [
        "",
        "\n",
        "\n\n",
        " ",
        "A",
        "=",
        "+",
        "\u{2014} ",
        "\t",
        "\u{e9}",
    ];
    let mut believed = 0;
    for _ in 0..4_000 {
        let mut letters: Vec<char> = good.chars().collect();
        for _ in 0..=chance.below(2) {
            let at = chance.below(letters.len());
            let until = (at + chance.below(3)).min(letters.len());
            letters.splice(at..until, with[chance.below(with.len())].chars());
        }
        let altered: String = letters.into_iter().collect();
        let ours = our_verdict(altered.as_bytes(), &key);
        assert_eq!(
            ours,
            their_verdict(altered.as_bytes(), &keys),
            "{altered:?}"
        );
        believed += usize::from(ours);
    }
    // What was altered in the other's signature alone is still believed.
    assert!(believed > 100, "{believed}");
}

#[test]
fn checkpoints_are_read_alike() {
    let mut chance = Chance::new(13);
    let with = ["", "\n", "\n\n", "0", "7", "=", "A", " ", "-"];
    let mut read = 0;
    for number in 0..4_000_u64 {
        let root = Root {
            size: chance.next() >> chance.below(64),
            hash: leaf_hash(&number.to_be_bytes()),
        };
        let checkpoint = Checkpoint::new(&KeyName::new(NAME).unwrap(), root);
        let hash = tlog_tiles::Hash(*root.hash.as_bytes());
        let other = tlog_tiles::Checkpoint::new(NAME, root.size, hash, "").unwrap();
        assert_eq!(checkpoint.to_string().as_bytes(), other.to_bytes());
        let mut letters: Vec<char> = checkpoint.to_string().chars().collect();
        let at = chance.below(letters.len());
        let until = (at + chance.below(3)).min(letters.len());
        letters.splice(at..until, with[chance.below(with.len())].chars());
        let altered: String = letters.into_iter().collect();
        let ours = altered.parse::<Checkpoint>();
        let theirs = tlog_tiles::Checkpoint::from_bytes(altered.as_bytes());
        assert_eq!(ours.is_ok(), theirs.is_ok(), "{altered:?}");
        if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
            read += 1;
            assert_eq!(ours.origin(), theirs.origin());
            assert_eq!(ours.root().size, theirs.size());
            assert_eq!(ours.root().hash, Hash::new(theirs.hash().0));
            assert_eq!(ours.extensions().len(), theirs.extension().lines().count());
        }
    }
    assert!(read > 400, "{read}");
}

#[test]
fn a_checkpoint_of_ours_is_a_note_of_theirs() {
    let root = Root {
        size: 3,
        hash: leaf_hash(b"three"),
    };
    let signed = SignedCheckpoint::sign(root, &signer(1))
        .unwrap()
        .to_string();
    let note = signed_note::Note::from_bytes(signed.as_bytes()).unwrap();
    let (verified, _) = note.verify(&their_keys(1)).unwrap();
    assert_eq!(verified.len(), 1);
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!(checkpoint.origin(), NAME);
    assert_eq!(checkpoint.size(), 3);
}

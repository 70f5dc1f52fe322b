//! Inclusion and consistency proofs, made and checked by three.

use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use dealtrail::proof::checkpoint::SignedCheckpoint;
use dealtrail::proof::key::{KeyName, Signer};
use dealtrail::proof::policy::Policy;
use dealtrail::proof::receipt::Receipt;
use dealtrail::proof::tree::{
    Hash, Root, consistency_proof, inclusion_proof, leaf_hash, root_of, verify_consistency,
    verify_inclusion,
};
use sha2::Sha256;

use super::others::{Ledger, ours, record, theirs};
use crate::faults::tally::count;
use crate::model::chance::Chance;

/// So many proofs are made at a size before the ledger grows on.
const AT_A_SIZE: usize = 20;

fn ct_root(root: &Root) -> RootHash<Sha256> {
    RootHash::new((*root.hash.as_bytes()).into(), root.size)
}

fn concat(proof: &[Hash]) -> Vec<u8> {
    proof.iter().flat_map(Hash::as_bytes).copied().collect()
}

/// Whether each of the three believes an inclusion proof: ours, ct-merkle, tlog_tiles.
pub(crate) fn included(root: &Root, index: u64, record: &[u8], proof: &[Hash]) -> [bool; 3] {
    let leaf = leaf_hash(record);
    let we = verify_inclusion(root, index, &leaf, proof).is_ok();
    let ct = InclusionProof::try_from_bytes(concat(proof)).unwrap();
    let ct = ct_root(root).verify_inclusion(&record.to_vec(), index, &ct);
    let tiled = proof.iter().map(theirs).collect();
    let (hash, leaf) = (theirs(&root.hash), theirs(&leaf));
    let tiled = tlog_tiles::check_record(&tiled, root.size, hash, index, leaf);
    [we, ct.is_ok(), tiled.is_ok()]
}

/// Whether each of the three believes a consistency proof.
fn consistent(old: &Root, new: &Root, proof: &[Hash]) -> [bool; 3] {
    let we = verify_consistency(old, new, proof).is_ok();
    let ct = ConsistencyProof::try_from_bytes(concat(proof)).unwrap();
    let ct = ct_root(new).verify_consistency(&ct_root(old), &ct);
    let tiled = proof.iter().map(theirs).collect();
    let (new_hash, old_hash) = (theirs(&new.hash), theirs(&old.hash));
    let tiled = tlog_tiles::check_tree(&tiled, new.size, new_hash, old.size, old_hash);
    [we, ct.is_ok(), tiled.is_ok()]
}

/// Some bit below `bits` turned round.
fn flipped(chance: &mut Chance, hash: &Hash) -> Hash {
    let (mut bytes, bit) = (*hash.as_bytes(), chance.below(256));
    bytes[bit / 8] ^= 1 << (bit % 8);
    Hash::new(bytes)
}

fn one_altered(chance: &mut Chance, proof: &[Hash]) -> Vec<Hash> {
    let mut altered = proof.to_vec();
    let at = chance.below(proof.len());
    if let Some(hash) = altered.get_mut(at) {
        *hash = flipped(chance, hash);
    }
    altered
}

fn check_inclusion(chance: &mut Chance, ledger: &Ledger, root: &Root) {
    let index = chance.below(ledger.leaves.len());
    let (at, own) = (index as u64, record(index));
    let proof = inclusion_proof(&ledger.leaves, at).unwrap();
    assert_eq!(ledger.ct.prove_inclusion(index).as_bytes(), concat(&proof));
    let tiled = tlog_tiles::prove_record(root.size, at, &ledger.stored).unwrap();
    assert!(tiled.iter().map(ours).eq(proof.iter().copied()));
    assert_eq!(included(root, at, &own, &proof), [true; 3]);

    let none = [false; 3];
    let mut altered = own.clone();
    let bit = chance.below(own.len() * 8);
    altered[bit / 8] ^= 1 << (bit % 8);
    assert_eq!(included(root, at, &altered, &proof), none);
    let other = at ^ (1 << chance.below(13));
    assert_eq!(
        included(root, other, &own, &proof),
        none,
        "{at} as {other} of {root:?}"
    );
    if !proof.is_empty() {
        let altered = one_altered(chance, &proof);
        assert_eq!(included(root, at, &own, &altered), none);
        assert_eq!(included(root, at, &own, &proof[1..]), none);
    }
    let other = Root {
        hash: flipped(chance, &root.hash),
        ..*root
    };
    assert_eq!(included(&other, at, &own, &proof), none);
    // The hash of a root does not tell its size, so that another size may pass where the way up is the same; the three
    // agree even there, and the signature over the size is what refuses it.
    let other = Root {
        size: root.size ^ (1 << chance.below(13)),
        ..*root
    };
    let verdicts = included(&other, at, &own, &proof);
    assert!(
        verdicts == none || verdicts == [true; 3],
        "{at} of {other:?}: {verdicts:?}"
    );
    assert!(!signed(&other, root, at, &proof, &own));
    assert!(signed(root, root, at, &proof, &own));
}

/// Whether a receipt passes whose checkpoint says one root and was signed over another.
fn signed(said: &Root, of: &Root, at: u64, proof: &[Hash], record: &[u8]) -> bool {
    let log = Signer::new(KeyName::new("ledger.example").unwrap(), &[7; 32]);
    let policy = Policy::of_log(log.verifier().clone());
    let honest = SignedCheckpoint::sign(*of, &log).unwrap().to_string();
    let (honest_size, said_size) = (format!("\n{}\n", of.size), format!("\n{}\n", said.size));
    let text = honest.replacen(&honest_size, &said_size, 1);
    let checkpoint = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    assert_eq!(checkpoint.checkpoint().root(), *said);
    let receipt = Receipt::new(at, proof.to_vec(), checkpoint).to_string();
    Receipt::parse(receipt.as_bytes())
        .unwrap()
        .verify(record, &policy)
        .is_ok()
}

fn check_consistency(chance: &mut Chance, ledger: &Ledger, root: &Root) {
    let size = 1 + chance.below(ledger.leaves.len());
    let old = root_of(ledger.leaves[..size].iter().copied());
    let proof = consistency_proof(&ledger.leaves, old.size).unwrap();
    let added = ledger.leaves.len() - size;
    assert_eq!(
        ledger.ct.prove_consistency(added).as_bytes(),
        concat(&proof)
    );
    let tiled = tlog_tiles::prove_tree(root.size, old.size, &ledger.stored).unwrap();
    assert!(tiled.iter().map(ours).eq(proof.iter().copied()));
    assert_eq!(consistent(&old, root, &proof), [true; 3]);

    let none = [false; 3];
    let other = Root {
        hash: flipped(chance, &old.hash),
        ..old
    };
    assert_eq!(consistent(&other, root, &proof), none);
    if added > 0 {
        let other = Root {
            hash: flipped(chance, &root.hash),
            ..*root
        };
        assert_eq!(consistent(&old, &other, &proof), none);
        let altered = one_altered(chance, &proof);
        assert_eq!(consistent(&old, root, &altered), none);
        assert_eq!(consistent(&old, root, &proof[1..]), none);
    }
    // As with inclusion: the three agree on what the hashes alone can tell.
    for (old_size, size) in [
        (old.size ^ (1 << chance.below(13)), root.size),
        (old.size, root.size ^ (1 << chance.below(13))),
    ] {
        let (old, new) = (
            Root {
                size: old_size,
                ..old
            },
            Root { size, ..*root },
        );
        if old.size == 0 || new.size == 0 {
            continue;
        }
        let verdicts = consistent(&old, &new, &proof);
        assert!(
            verdicts == none || verdicts == [true; 3],
            "{old:?} to {new:?}: {verdicts:?}"
        );
    }
}

#[test]
fn three_programs_make_and_check_the_same_proofs() {
    let proofs = count("DEALTRAIL_PROOFS", 1_500) as usize;
    let sizes = proofs.div_ceil(2 * AT_A_SIZE);
    let mut chance = Chance::new(2_025);
    let mut ledger = Ledger::default();
    for _ in 0..sizes {
        // About 4,000 records in the end, whatever the number of steps.
        let step = 1 + chance.below(8_000 / sizes);
        ledger.grow(ledger.leaves.len() + step);
        let root = ledger.root();
        for _ in 0..AT_A_SIZE {
            check_inclusion(&mut chance, &ledger, &root);
            check_consistency(&mut chance, &ledger, &root);
        }
    }
}

#[test]
fn the_first_sizes_are_checked_whole() {
    let mut ledger = Ledger::default();
    let mut chance = Chance::new(7);
    for size in 1..=20 {
        ledger.grow(size);
        let root = ledger.root();
        for _ in 0..size {
            check_inclusion(&mut chance, &ledger, &root);
            check_consistency(&mut chance, &ledger, &root);
        }
    }
}

use super::*;
use proptest::prelude::*;

const RECORDS: [&str; 3] = [
    r#"{"seq":0,"deal":"card","kind":"signed"}"#,
    r#"{"seq":1,"deal":"trac","kind":"signed"}"#,
    r#"{"seq":2,"deal":"card","kind":"land_allocated"}"#,
];
const LEAVES: [&str; 3] = [
    "6792f32c0c9fc39150db195b867b8e1dc4a38b268ba4ac29d5dcff935489406a",
    "001d36c098613f199cec69ffe9deacba73dc0881f3f4f750a4f4c639f280163a",
    "0a32d71d08abdd31ee21fdd802cc44253e59e589da1891990e76d44e13a1242b",
];
const ROOT_2: &str = "6ce337b3b6f4d6b8d109a0246f10d37201b049fcb77711ce5d7022e1a8b3650b";
const ROOT_3: &str = "7a22ceadf5930b5f4d177e3900276b81cbd65c0b40f53d373fd0ad018f67b02e";

fn hash(hex: &str) -> Hash {
    hex.parse().unwrap()
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count)
        .map(|index| leaf_hash(&index.to_be_bytes()))
        .collect()
}

/// The definition of RFC 6962 section 2.1, word for word: the oracle.
fn defined(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Root::empty().hash,
        [leaf] => *leaf,
        _ => {
            let mut k = 1;
            while k * 2 < leaves.len() {
                k *= 2;
            }
            node_hash(&defined(&leaves[..k]), &defined(&leaves[k..]))
        }
    }
}

#[test]
fn vectors_of_three_records() {
    let hashed: Vec<Hash> = RECORDS
        .iter()
        .map(|record| leaf_hash(record.as_bytes()))
        .collect();
    assert_eq!(hashed, LEAVES.map(hash));
    assert_eq!(
        root_of(hashed[..2].iter().copied()),
        Root {
            size: 2,
            hash: hash(ROOT_2)
        }
    );
    let root = root_of(hashed.iter().copied());
    assert_eq!(
        root,
        Root {
            size: 3,
            hash: hash(ROOT_3)
        }
    );
    assert_eq!(
        root.hash.to_base64(),
        "eiLOrfWTC19NF345ACdrgcvWXAtA9T03P9CtAY9nsC4="
    );
    assert_eq!(
        inclusion_proof(&hashed, 0).unwrap(),
        [hash(LEAVES[1]), hash(LEAVES[2])]
    );
    assert_eq!(inclusion_proof(&hashed, 2).unwrap(), [hash(ROOT_2)]);
    assert_eq!(
        consistency_proof(&hashed, 1).unwrap(),
        [hash(LEAVES[1]), hash(LEAVES[2])]
    );
    assert_eq!(consistency_proof(&hashed, 2).unwrap(), [hash(LEAVES[2])]);
}

#[test]
fn the_empty_tree_hashes_nothing() {
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(
        Frontier::new().root(),
        Root {
            size: 0,
            hash: hash(nothing)
        }
    );
    assert_eq!(inclusion_proof(&[], 0), None);
    assert_eq!(consistency_proof(&[], 0), Some(Vec::new()));
    // An empty record is a leaf all the same.
    let empty_leaf = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
    assert_eq!(leaf_hash(b""), hash(empty_leaf));
}

#[test]
fn the_growing_edge_agrees_with_the_definition() {
    let all = leaves(300);
    let mut frontier = Frontier::new();
    for (size, leaf) in all.iter().enumerate() {
        assert_eq!(frontier.size(), size as u64);
        assert_eq!(frontier.root().hash, defined(&all[..size]));
        frontier.push(*leaf);
        assert_eq!(frontier.edge.len(), (size + 1).count_ones() as usize);
    }
}

#[test]
fn every_inclusion_proof_verifies_and_no_other_place_does() {
    let all = leaves(33);
    for size in 1..=all.len() {
        let tree = &all[..size];
        let root = root_of(tree.iter().copied());
        for (index, leaf) in tree.iter().enumerate() {
            let proof = inclusion_proof(tree, index as u64).unwrap();
            for place in 0..=size as u64 {
                let verdict = verify_inclusion(&root, place, leaf, &proof);
                assert_eq!(
                    verdict.is_ok(),
                    place == index as u64,
                    "{index} at {place} of {size}"
                );
            }
        }
        assert_eq!(inclusion_proof(tree, size as u64), None);
        assert_eq!(inclusion_proof(tree, u64::MAX), None);
    }
}

#[test]
fn every_pair_of_sizes_is_consistent() {
    let all = leaves(64);
    let roots: Vec<Root> = (0..=64)
        .map(|size| root_of(all[..size].iter().copied()))
        .collect();
    for new in 0..=64_usize {
        for old in 0..=new {
            let proof = consistency_proof(&all[..new], old as u64).unwrap();
            verify_consistency(&roots[old], &roots[new], &proof).unwrap();
            // The proof speaks for this pair alone.
            for other in (0..=64).filter(|other| *other != old && old != 0 && *other != 0) {
                let wrong = verify_consistency(&roots[other], &roots[new], &proof);
                assert!(wrong.is_err(), "{other} for {old} -> {new}");
            }
        }
        assert_eq!(consistency_proof(&all[..new], new as u64 + 1), None);
    }
}

#[test]
fn a_shorter_ledger_is_never_consistent() {
    let all = leaves(5);
    let old = root_of(all.iter().copied());
    let new = root_of(all[..4].iter().copied());
    let error = verify_consistency(&old, &new, &[]).unwrap_err();
    assert_eq!(error, TreeError::Shrunk { old: 5, new: 4 });
    assert!(error.to_string().contains("keep the older checkpoint"));
    let other = Root {
        size: 5,
        hash: leaf_hash(b"other"),
    };
    assert!(verify_consistency(&old, &other, &[]).is_err());
    let forged_empty = Root {
        size: 0,
        hash: leaf_hash(b"other"),
    };
    assert!(verify_consistency(&forged_empty, &old, &[]).is_err());
}

/// A proof of three records does not do for a checkpoint that claims five with the same hash.
#[test]
fn a_proof_that_stops_below_the_root_fails() {
    let all = leaves(3);
    let old = root_of(all[..2].iter().copied());
    let real = root_of(all.iter().copied());
    let proof = consistency_proof(&all, 2).unwrap();
    verify_consistency(&old, &real, &proof).unwrap();
    let claimed = Root { size: 5, ..real };
    assert!(verify_consistency(&old, &claimed, &proof).is_err());
    let proof = inclusion_proof(&all, 0).unwrap();
    let claimed = Root { size: 8, ..real };
    assert!(verify_inclusion(&real, 0, &all[0], &proof).is_ok());
    assert!(verify_inclusion(&claimed, 0, &all[0], &proof).is_err());
}

#[test]
fn hashes_read_back_from_both_spellings() {
    let one = leaf_hash(b"brick");
    assert_eq!(one.to_string().parse::<Hash>().unwrap(), one);
    assert_eq!(one.to_string().to_uppercase().parse::<Hash>().unwrap(), one);
    assert_eq!(Hash::from_base64(&one.to_base64()).unwrap(), one);
    for wrong in ["", "00", "zz", &"0".repeat(63), &"0".repeat(66), "é"] {
        assert!(wrong.parse::<Hash>().is_err(), "{wrong}");
    }
    // The last sextet carries two bits that must be zero: one hash has one spelling.
    for wrong in [
        "",
        "AAAA",
        &"A".repeat(44),
        &format!("{}B=", "A".repeat(42)),
    ] {
        assert!(Hash::from_base64(wrong).is_err(), "{wrong}");
    }
    assert_eq!(
        Hash::from_base64(&format!("{}=", "A".repeat(43))).unwrap(),
        Hash::new([0; 32])
    );
}

#[test]
fn extreme_sizes_do_not_overflow() {
    let leaf = leaf_hash(b"brick");
    let root = Root {
        size: u64::MAX,
        hash: leaf,
    };
    let proof = vec![leaf; 70];
    assert!(verify_inclusion(&root, u64::MAX - 1, &leaf, &proof).is_err());
    assert!(verify_inclusion(&root, u64::MAX, &leaf, &proof).is_err());
    let old = Root {
        size: u64::MAX - 1,
        hash: leaf,
    };
    assert!(verify_consistency(&old, &root, &proof).is_err());
    let power = Root {
        size: 1 << 63,
        hash: leaf,
    };
    assert!(verify_consistency(&power, &root, &proof).is_err());
}

proptest! {
    #[test]
    fn an_altered_inclusion_proof_fails(
        size in 1_u64..200, pick in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(), bit in 0_usize..256,
    ) {
        let all = leaves(size);
        let index = pick.index(all.len());
        let root = root_of(all.iter().copied());
        let proof = inclusion_proof(&all, index as u64).unwrap();
        let check = |leaf: &Hash, proof: &[Hash]| {
            verify_inclusion(&root, index as u64, leaf, proof).is_ok()
        };
        prop_assert!(check(&all[index], &proof));
        let flipped = |hash: &Hash| {
            let mut bytes = *hash.as_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            Hash::new(bytes)
        };
        prop_assert!(!check(&flipped(&all[index]), &proof));
        let mut longer = proof.clone();
        longer.insert(at.index(proof.len() + 1), all[index]);
        prop_assert!(!check(&all[index], &longer));
        if !proof.is_empty() {
            let at = at.index(proof.len());
            let mut altered = proof.clone();
            altered[at] = flipped(&altered[at]);
            prop_assert!(!check(&all[index], &altered));
            let mut shorter = proof.clone();
            shorter.remove(at);
            prop_assert!(!check(&all[index], &shorter));
        }
    }

    #[test]
    fn a_rewritten_history_is_found(
        new in 2_u64..150, old in any::<prop::sample::Index>(), changed in any::<prop::sample::Index>(),
    ) {
        let honest = leaves(new);
        let old = 1 + old.index(honest.len() - 1);
        let old_root = root_of(honest[..old].iter().copied());
        let mut rewritten = honest.clone();
        rewritten[changed.index(old)] = leaf_hash(b"rewritten");
        let new_root = root_of(rewritten.iter().copied());
        // Neither the honest proof nor the one made of the rewritten ledger convinces.
        for ledger in [&honest, &rewritten] {
            let proof = consistency_proof(ledger, old as u64).unwrap();
            prop_assert!(verify_consistency(&old_root, &new_root, &proof).is_err());
        }
    }

    #[test]
    fn an_altered_consistency_proof_fails(
        new in 2_u64..150, old in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
    ) {
        let all = leaves(new);
        let old = 1 + old.index(all.len() - 1);
        let (old_root, new_root) =
            (root_of(all[..old].iter().copied()), root_of(all.iter().copied()));
        let proof = consistency_proof(&all, old as u64).unwrap();
        prop_assert!(verify_consistency(&old_root, &new_root, &proof).is_ok());
        let mut longer = proof.clone();
        longer.insert(at.index(proof.len() + 1), leaf_hash(b"more"));
        prop_assert!(verify_consistency(&old_root, &new_root, &longer).is_err());
        if !proof.is_empty() {
            let at = at.index(proof.len());
            let mut altered = proof.clone();
            altered[at] = leaf_hash(b"other");
            prop_assert!(verify_consistency(&old_root, &new_root, &altered).is_err());
            let mut shorter = proof;
            shorter.remove(at);
            prop_assert!(verify_consistency(&old_root, &new_root, &shorter).is_err());
        }
    }
}

//! Proofs without all leaves: from the hashes of whole subtrees, of which a proof needs few.
//!
//! The proofs are those of `tree`, hash for hash. A subtree of height `h` and number `n` is over the
//! leaves from `n * 2^h` on, `2^h` of them.

use super::tree::{Hash, Root, node_hash};

/// Where the hashes of whole subtrees come from: tiles, or a ledger's own memory.
pub trait Subtrees {
    /// Why a hash cannot be had.
    type Error;

    /// The hash over the leaves from `number * 2^height` on, `2^height` of them. It is asked only for
    /// subtrees that lie whole within the tree a proof is made in.
    ///
    /// # Errors
    /// When the hash cannot be read.
    fn subtree(&mut self, height: u32, number: u64) -> Result<Hash, Self::Error>;
}

/// A run of neighbouring leaves, as one node of the tree covers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    first: u64,
    end: u64,
}

impl Run {
    fn len(self) -> u64 {
        self.end.saturating_sub(self.first)
    }

    /// The left and the right half of a run of more than one leaf: the left as long as the largest power
    /// of two below its length (RFC 6962 section 2.1).
    fn halves(self) -> (Self, Self) {
        let half = highest_power(self.len().saturating_sub(1));
        let middle = self.first.saturating_add(half);
        let (first, end) = (self.first, self.end);
        (Self { first, end: middle }, Self { first: middle, end })
    }
}

/// The largest power of two that is not above a number; of 0 it is 0.
fn highest_power(number: u64) -> u64 {
    number.checked_ilog2().map_or(0, |height| 1 << height)
}

/// The hash over a run that is a node of the tree.
fn hash_of<S: Subtrees>(source: &mut S, run: Run) -> Result<Hash, S::Error> {
    // From left to right the whole subtrees grow smaller, and each begins at a multiple of its length.
    let mut hashes = Vec::new();
    let mut rest = run;
    while let Some(height) = rest.len().checked_ilog2() {
        hashes.push(source.subtree(height, rest.first >> height)?);
        rest.first = rest.first.saturating_add(1 << height);
    }
    let hash = hashes
        .into_iter()
        .rev()
        .reduce(|right, left| node_hash(&left, &right));
    Ok(hash.unwrap_or(Root::empty().hash))
}

/// The root of the tree over the first `size` leaves.
///
/// # Errors
/// When a hash cannot be read.
pub fn root<S: Subtrees>(source: &mut S, size: u64) -> Result<Root, S::Error> {
    let hash = hash_of(
        source,
        Run {
            first: 0,
            end: size,
        },
    )?;
    Ok(Root { size, hash })
}

/// The proof that leaf `index` is in the tree over the first `size` leaves (RFC 6962 section 2.1.1);
/// `None` if there is no such leaf.
///
/// # Errors
/// When a hash cannot be read.
pub fn inclusion_proof<S: Subtrees>(
    source: &mut S,
    index: u64,
    size: u64,
) -> Result<Option<Vec<Hash>>, S::Error> {
    if index >= size {
        return Ok(None);
    }
    let mut tree = Run {
        first: 0,
        end: size,
    };
    let mut beside = Vec::new();
    while tree.len() > 1 {
        let (left, right) = tree.halves();
        let (within, other) = match index < right.first {
            true => (left, right),
            false => (right, left),
        };
        beside.push(other);
        tree = within;
    }
    hashes(source, beside).map(Some)
}

/// The proof that the tree over the first `old` leaves is the beginning of the tree over the first `size`
/// (RFC 6962 section 2.1.2); `None` if the old tree is the larger one.
///
/// # Errors
/// When a hash cannot be read.
pub fn consistency_proof<S: Subtrees>(
    source: &mut S,
    old: u64,
    size: u64,
) -> Result<Option<Vec<Hash>>, S::Error> {
    if old > size {
        return Ok(None);
    }
    if old == 0 || old == size {
        return Ok(Some(Vec::new()));
    }
    let mut tree = Run {
        first: 0,
        end: size,
    };
    let mut beside = Vec::new();
    while old < tree.end {
        let (left, right) = tree.halves();
        let (within, other) = match old <= right.first {
            true => (left, right),
            false => (right, left),
        };
        beside.push(other);
        tree = within;
    }
    // The whole old tree the verifier already has; another part of it is the first hash of the proof.
    if tree.first != 0 {
        beside.push(tree);
    }
    hashes(source, beside).map(Some)
}

/// The hashes of runs found from the top down, from the bottom up.
fn hashes<S: Subtrees>(source: &mut S, runs: Vec<Run>) -> Result<Vec<Hash>, S::Error> {
    let upwards = runs.into_iter().rev();
    upwards.map(|run| hash_of(source, run)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::tree::{self, leaf_hash, root_of};
    use std::convert::Infallible;

    /// All leaves, with a count of what was asked.
    struct Leaves {
        leaves: Vec<Hash>,
        asked: usize,
    }

    impl Leaves {
        fn of(count: u64) -> Self {
            let leaves = (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect();
            Self { leaves, asked: 0 }
        }
    }

    impl Subtrees for Leaves {
        type Error = Infallible;

        fn subtree(&mut self, height: u32, number: u64) -> Result<Hash, Infallible> {
            self.asked += 1;
            let first = (number << height) as usize;
            let leaves = self.leaves[first..first + (1 << height)].iter().copied();
            Ok(root_of(leaves).hash)
        }
    }

    #[test]
    fn proofs_are_those_made_of_all_leaves() {
        let mut all = Leaves::of(70);
        let leaves = all.leaves.clone();
        for size in 0..=70_u64 {
            let tree = &leaves[..size as usize];
            assert_eq!(root(&mut all, size).unwrap(), root_of(tree.iter().copied()));
            for index in 0..=size + 1 {
                let proof = inclusion_proof(&mut all, index, size).unwrap();
                assert_eq!(
                    proof,
                    tree::inclusion_proof(tree, index),
                    "{index} in {size}"
                );
                let proof = consistency_proof(&mut all, index, size).unwrap();
                assert_eq!(
                    proof,
                    tree::consistency_proof(tree, index),
                    "{index} to {size}"
                );
            }
        }
    }

    #[test]
    fn a_proof_asks_for_few_subtrees() {
        let mut all = Leaves::of(5_000);
        for index in (0..5_000).step_by(7) {
            all.asked = 0;
            inclusion_proof(&mut all, index, 5_000).unwrap().unwrap();
            assert!(all.asked <= 24, "{index}: {}", all.asked);
            all.asked = 0;
            consistency_proof(&mut all, index, 5_000).unwrap().unwrap();
            assert!(all.asked <= 24, "{index}: {}", all.asked);
        }
    }

    /// Answers any question at once: the largest trees a size can name.
    struct Endless;

    impl Subtrees for Endless {
        type Error = Infallible;

        fn subtree(&mut self, height: u32, number: u64) -> Result<Hash, Infallible> {
            assert!(height < 64 && (number << height) >> height == number);
            Ok(leaf_hash(&number.to_be_bytes()))
        }
    }

    #[test]
    fn extreme_sizes_do_not_overflow() {
        for size in [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) + 1] {
            root(&mut Endless, size).unwrap();
            for index in [0, 1, size / 2, size - 1] {
                let proof = inclusion_proof(&mut Endless, index, size).unwrap().unwrap();
                assert!((60..=64).contains(&proof.len()) || index == size - 1);
                consistency_proof(&mut Endless, index, size)
                    .unwrap()
                    .unwrap();
            }
            assert_eq!(inclusion_proof(&mut Endless, size, size), Ok(None));
        }
    }
}

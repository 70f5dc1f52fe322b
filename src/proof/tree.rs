//! The Merkle tree over the ledger's events (RFC 6962 section 2.1, SHA-256).
//!
//! Leaf = SHA-256(00 ‖ bytes), node = SHA-256(01 ‖ left ‖ right), the empty tree = SHA-256 of
//! nothing. A tree of n > 1 leaves is split at the largest power of two below n; no leaf is padded or
//! doubled. Leaf `i` is the event at position `i`.

#[cfg(test)]
mod tests;

use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

use super::base64;

/// A SHA-256 hash: of a leaf, of a node, or of a whole tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash with these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// In base64, as checkpoints and proofs write it.
    pub fn to_base64(&self) -> String {
        BASE64.encode(&self.0)
    }

    /// From base64, with its padding.
    ///
    /// # Errors
    /// If the text is not the base64 of 32 bytes.
    pub fn from_base64(text: &str) -> Result<Self, TreeError> {
        let malformed = || TreeError::NotBase64(text.chars().take(60).collect());
        let bytes = base64::read(text).ok_or_else(malformed)?;
        bytes.try_into().map(Self).map_err(|_| malformed())
    }
}

impl fmt::Display for Hash {
    /// In hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = TreeError;

    /// From 64 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, TreeError> {
        let malformed = || TreeError::NotHex(text.chars().take(80).collect());
        let bytes = HEXLOWER_PERMISSIVE
            .decode(text.as_bytes())
            .map_err(|_| malformed())?;
        bytes.try_into().map(Self).map_err(|_| malformed())
    }
}

/// The hash of one leaf.
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([0])
            .chain_update(bytes)
            .finalize()
            .into(),
    )
}

/// The hash of the node over two subtrees.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([1])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

/// The hash of a tree together with its size; the hash alone does not tell the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Root {
    /// How many leaves the tree has.
    pub size: u64,
    /// The hash over them.
    pub hash: Hash,
}

impl Root {
    /// The root of the tree without leaves.
    pub fn empty() -> Self {
        Self {
            size: 0,
            hash: Hash(Sha256::digest([]).into()),
        }
    }
}

/// The right edge of a growing tree: all that is needed to go on and to tell the root.
///
/// Holds one hash for each one-bit of the size, that of the largest full subtree first: the subtrees
/// to the left of the next leaf.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    edge: Vec<Hash>,
}

impl Frontier {
    /// The edge of the tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hashes of the edge, that of the largest full subtree first.
    pub fn edge(&self) -> &[Hash] {
        &self.edge
    }

    /// The edge of a tree of so many leaves; `None` when the hashes are not as many as the size has one-bits.
    pub fn from_edge(size: u64, edge: Vec<Hash>) -> Option<Self> {
        (edge.len() as u64 == u64::from(size.count_ones())).then_some(Self { size, edge })
    }

    /// Appends a leaf by its hash; one node hash on average, at most one a level.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // Each trailing one-bit of the size is a full subtree that the new one completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.edge.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.edge.push(hash);
        // Saturating only in name: no ledger reaches 2^64 events.
        self.size = self.size.saturating_add(1);
    }

    /// The root of the tree as it is now; at most one node hash a level.
    pub fn root(&self) -> Root {
        let hash = self
            .edge
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node_hash(&left, &right));
        match hash {
            Some(hash) => Root {
                size: self.size,
                hash,
            },
            None => Root::empty(),
        }
    }
}

impl FromIterator<Hash> for Frontier {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Self {
        let mut frontier = Self::new();
        leaves.into_iter().for_each(|leaf| frontier.push(leaf));
        frontier
    }
}

/// The root over leaf hashes, in order.
pub fn root_of(leaves: impl IntoIterator<Item = Hash>) -> Root {
    leaves.into_iter().collect::<Frontier>().root()
}

/// The proof that leaf `index` is in the tree over `leaves`: the hashes beside its way to the root,
/// from the bottom up (RFC 6962 section 2.1.1). `None` if there is no such leaf.
pub fn inclusion_proof(leaves: &[Hash], index: u64) -> Option<Vec<Hash>> {
    let mut index = usize::try_from(index).ok()?;
    let mut tree = leaves;
    if index >= tree.len() {
        return None;
    }
    let mut proof = Vec::new();
    while tree.len() > 1 {
        let (left, right) = tree.split_at_checked(split(tree.len()))?;
        let beside;
        (tree, beside) = if let Some(within_right) = index.checked_sub(left.len()) {
            index = within_right;
            (right, left)
        } else {
            (left, right)
        };
        proof.push(hash_of(beside));
    }
    proof.reverse();
    Some(proof)
}

/// The proof that the tree over the first `old_size` leaves is the beginning of the tree over
/// `leaves` (RFC 6962 section 2.1.2). `None` if there are fewer leaves than that.
pub fn consistency_proof(leaves: &[Hash], old_size: u64) -> Option<Vec<Hash>> {
    let mut old = usize::try_from(old_size).ok()?;
    let mut tree = leaves;
    if old > tree.len() {
        return None;
    }
    let mut proof = Vec::new();
    if old == 0 || old == tree.len() {
        return Some(proof);
    }
    // Whether the part of the old tree still looked at is the whole old tree, which the verifier
    // already has.
    let mut whole = true;
    while old < tree.len() {
        let (left, right) = tree.split_at_checked(split(tree.len()))?;
        if old <= left.len() {
            proof.push(hash_of(right));
            tree = left;
        } else {
            proof.push(hash_of(left));
            old = old.checked_sub(left.len())?;
            tree = right;
            whole = false;
        }
    }
    if !whole {
        proof.push(hash_of(tree));
    }
    proof.reverse();
    Some(proof)
}

/// The largest power of two below the size of a tree of more than one leaf.
fn split(size: usize) -> usize {
    size.div_ceil(2).next_power_of_two()
}

fn hash_of(leaves: &[Hash]) -> Hash {
    root_of(leaves.iter().copied()).hash
}

/// Checks that `leaf` is at `index` in the tree with this root (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// If it is not, or if the proof does not show it.
pub fn verify_inclusion(
    root: &Root,
    index: u64,
    leaf: &Hash,
    proof: &[Hash],
) -> Result<(), TreeError> {
    if index >= root.size {
        return Err(TreeError::NoSuchLeaf {
            index,
            size: root.size,
        });
    }
    let mut way = Way {
        node: index,
        last: root.size.saturating_sub(1),
    };
    let mut hash = *leaf;
    for beside in proof {
        if way.last == 0 {
            return Err(TreeError::NotIncluded {
                index,
                size: root.size,
            });
        }
        if way.beside_is_left() {
            hash = node_hash(beside, &hash);
        } else {
            hash = node_hash(&hash, beside);
        }
        way.up();
    }
    if way.last == 0 && hash == root.hash {
        Ok(())
    } else {
        Err(TreeError::NotIncluded {
            index,
            size: root.size,
        })
    }
}

/// Checks that the tree with the old root is the beginning of the tree with the new root: nothing
/// recorded before was changed or taken away (RFC 9162 section 2.1.4.2).
///
/// # Errors
/// If it is not, or if the proof does not show it.
pub fn verify_consistency(old: &Root, new: &Root, proof: &[Hash]) -> Result<(), TreeError> {
    if old.size > new.size {
        return Err(TreeError::Shrunk {
            old: old.size,
            new: new.size,
        });
    }
    let differs = TreeError::NotConsistent {
        old: old.size,
        new: new.size,
    };
    let settled = if old.size == new.size {
        Some(proof.is_empty() && old.hash == new.hash)
    } else if old.size == 0 {
        Some(proof.is_empty() && old.hash == Root::empty().hash)
    } else {
        None
    };
    match settled {
        Some(true) => return Ok(()),
        Some(false) => return Err(differs),
        None => {}
    }
    // A full subtree of the new tree: the proof need not carry what the verifier has.
    let (start, rest) = if old.size.is_power_of_two() {
        (old.hash, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or_else(|| differs.clone())?;
        (*first, rest)
    };
    let mut way = Way {
        node: old.size.saturating_sub(1),
        last: new.size.saturating_sub(1),
    };
    while way.node & 1 == 1 {
        way.shift();
    }
    let (mut old_hash, mut new_hash) = (start, start);
    for beside in rest {
        if way.last == 0 {
            return Err(differs);
        }
        if way.beside_is_left() {
            old_hash = node_hash(beside, &old_hash);
            new_hash = node_hash(beside, &new_hash);
        } else {
            new_hash = node_hash(&new_hash, beside);
        }
        way.up();
    }
    if way.last == 0 && old_hash == old.hash && new_hash == new.hash {
        Ok(())
    } else {
        Err(differs)
    }
}

/// A way up the tree: the number of a node in its level, and of the last node in that level.
struct Way {
    node: u64,
    last: u64,
}

impl Way {
    /// Whether the next hash of a proof stands to the left.
    fn beside_is_left(&self) -> bool {
        self.node & 1 == 1 || self.node == self.last
    }

    /// To the level of the next hash. A last node without a right neighbour rises unchanged through
    /// the levels where it has no left one either.
    fn up(&mut self) {
        if self.beside_is_left() {
            while self.node & 1 == 0 && self.node != 0 {
                self.shift();
            }
        }
        self.shift();
    }

    fn shift(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }
}

/// Why a hash or a proof is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Not a hash in hexadecimal.
    #[error("{0:?} is not a hash; it has 64 hexadecimal digits")]
    NotHex(String),
    /// Not a hash in base64.
    #[error("{0:?} is not a hash in base64; it has 44 characters and ends with =")]
    NotBase64(String),
    /// The leaf would be after the last one.
    #[error("position {index} is not in a ledger of {size} events; ask for a later checkpoint")]
    NoSuchLeaf {
        /// The position.
        index: u64,
        /// The size.
        size: u64,
    },
    /// The inclusion proof fails.
    #[error(
        "the proof does not show these bytes at position {index} of the {size} events; \
         the record, the proof or the ledger was altered"
    )]
    NotIncluded {
        /// The position.
        index: u64,
        /// The size.
        size: u64,
    },
    /// The newer tree is smaller.
    #[error(
        "the newer ledger has {new} events, the older {old}; a ledger never shrinks, so keep the older checkpoint as evidence"
    )]
    Shrunk {
        /// The older size.
        old: u64,
        /// The newer size.
        new: u64,
    },
    /// The consistency proof fails.
    #[error(
        "the proof does not show that the first {old} of {new} events are unchanged; \
         keep both checkpoints as evidence"
    )]
    NotConsistent {
        /// The older size.
        old: u64,
        /// The newer size.
        new: u64,
    },
}

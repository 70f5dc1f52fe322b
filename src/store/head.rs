//! Where a ledger ends, and the hash that fixes everything before.

use std::fmt;

/// SHA-256 chain hash: fixes what every frame before said, and in which order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ChainHash(pub [u8; 32]);

impl fmt::Display for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Where the ledger ends: everything before it is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// How many events there are; also the sequence number of the next one.
    pub position: u64,
    /// How many frames there are; also the number of the next one.
    pub frames: u64,
    /// Chain hash of the last frame; of a new ledger, the hash its journal starts from.
    pub chain: ChainHash,
}

//! Under which keys the store finds events again: the domain's own, made short enough.

use sha2::{Digest, Sha256};

use crate::codec::decoder::Decoder;
use crate::deal::keys;
use crate::deal::value::zone::Zone;
use crate::store::event_store::Indexer;
use crate::store::recorded::Recorded;

/// Longer keys are looked up by their hash; the store takes keys of at most 1,024 bytes.
const LONGEST: usize = 512;

/// Indexes events by what they mention.
#[derive(Debug, Clone, Copy, Default)]
pub struct DealIndexer;

impl Indexer for DealIndexer {
    fn version(&self) -> u32 {
        1
    }

    fn keys(&self, event: &Recorded) -> Vec<Vec<u8>> {
        // Which day it was recorded on makes no key, so any zone will do. What cannot be placed is
        // still found by its id.
        match Decoder::new(Zone::UTC).decode(event) {
            Ok(event) => keys::of(&event).iter().map(|key| index_key(key)).collect(),
            Err(_) => vec![index_key(&format!("id:{}", event.id()))],
        }
    }
}

/// A key as the store keeps it.
#[must_use]
pub fn index_key(key: &str) -> Vec<u8> {
    if key.len() <= LONGEST {
        return key.as_bytes().to_vec();
    }
    let mut short = b"long:".to_vec();
    short.extend_from_slice(&Sha256::digest(key));
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_keys_stay_different() {
        let long = format!("parcel:{}", "A".repeat(2_000));
        let other = format!("{long}B");
        assert_ne!(index_key(&long), index_key(&other));
        assert!(index_key(&long).len() <= 1_024);
        assert_eq!(index_key("ref:AG-1"), b"ref:AG-1");
    }
}

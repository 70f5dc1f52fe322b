//! Under which keys the store finds events again: the domain's own, made short enough.

use sha2::{Digest, Sha256};

use crate::codec::decoder::Decoder;
use crate::deal::event::Kind;
use crate::deal::keys;
use crate::deal::value::ids::EventId;
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
        let own_id = || index_key(&keys::event(EventId::new(event.id())));
        if Kind::of(event.kind()).is_some_and(|kind| !keys::mentions(kind)) {
            return vec![own_id()];
        }
        // Which day it was recorded on makes no key, so any zone will do. What cannot be placed is
        // still found by its id.
        match Decoder::new(Zone::UTC).decode(event) {
            Ok(event) => keys::of(&event).iter().map(|key| index_key(key)).collect(),
            Err(_) => vec![own_id()],
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

    /// An event of each kind, with the kind's own example, indexed as if every kind were read.
    #[test]
    fn what_is_not_read_mentions_nothing_but_itself() {
        for kind in Kind::ALL {
            let data = kind.example();
            let (name, v) = (kind.as_str(), kind.version());
            let stored = format!(
                r#"{{"actor":{{"id":"u:7f3a","known_by":"token"}},"batch":{{"count":1,"first":3}},"command":"c-1","data":{data},"id":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b","kind":"{name}","on":"2025-04-18","recorded_at":"2025-04-17T22:30:00.000000Z","seq":3,"sources":[],"stream":"ledger","v":{v},"version":2}}"#
            );
            let stored = Recorded::parse(stored.into_bytes()).unwrap();
            let event = Decoder::new(Zone::UTC).decode(&stored).unwrap();
            let read: Vec<_> = keys::of(&event).iter().map(|key| index_key(key)).collect();
            assert_eq!(DealIndexer.keys(&stored), read, "{name}");
            assert!(keys::mentions(*kind) || read.len() == 1, "{name}");
        }
    }

    #[test]
    fn long_keys_stay_different() {
        let long = format!("parcel:{}", "A".repeat(2_000));
        let other = format!("{long}B");
        assert_ne!(index_key(&long), index_key(&other));
        assert!(index_key(&long).len() <= 1_024);
        assert_eq!(index_key("ref:AG-1"), b"ref:AG-1");
    }
}

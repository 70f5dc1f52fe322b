//! What auditors check: this room knows bytes and hashes, no deals and no store.

pub mod tree;

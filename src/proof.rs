//! What auditors check: this room knows bytes and hashes, no deals and no store.
//!
//! Read it from the bottom up: `tree` (hashes and proofs), `subtrees` and `tiles` (how proofs are made
//! without all leaves), `cosignature`, `key` and `note` (who signs what), `checkpoint` (what is signed),
//! `policy` (whom an auditor believes), `receipt` (one entry, proved in one file). Every format is
//! published by C2SP (`https://c2sp.org`), so that nobody needs this program to check it.

mod base64;
pub mod checkpoint;
pub mod cosignature;
mod decimal;
pub mod key;
pub mod note;
pub mod policy;
pub mod receipt;
pub mod rotation;
pub mod subtrees;
pub mod tiles;
pub mod tree;

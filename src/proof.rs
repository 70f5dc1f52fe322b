//! What auditors check: this room knows bytes and hashes, no deals and no store.
//!
//! Read it from the bottom up: `tree` (hashes and proofs), `subtrees` and `tiles` (how proofs are made
//! without all leaves), `cosignature`, `key` and `note` (who signs what), `checkpoint` (what is signed),
//! `policy` (whom an auditor believes), `receipt` (one entry, proved in one file), `certificate` (the same of
//! an issued report), `witness` (what a witness decides). Every format is published by C2SP (`https://c2sp.org`), so that
//! nobody needs this program to check it; a certificate is two lines and a proof in front of one of them.

mod base64;
pub mod certificate;
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
pub mod witness;

//! dealtrail: an event-sourced service that follows signed investment agreements through to delivery.
//! dealtrail: an event-sourced ledger that follows signed investment agreements through to delivery.
//!
//! The rooms, from the bottom up:
//! - [`deal`]: the domain, pure: values, event kinds, the book of facts, decisions
//! - [`canonical`]: the profile of canonical JSON that every stored byte obeys
//! - [`proof`]: hashes and the Merkle tree over stored bytes
//! - [`store`]: the journal, the sled index and the engines; knows bytes and streams, no deal
//! - [`projection`]: read models: pure folds of facts, with the day applied when asked

pub mod canonical;
pub mod cli;
pub mod codec;
pub mod deal;
pub mod export;
pub mod projection;
pub mod proof;
pub mod report;
pub mod service;
pub mod store;

//! dealtrail: an event-sourced ledger that follows signed investment agreements through to delivery.
//!
//! The rooms, from the bottom up:
//!
//! - [`deal`]: the domain, pure: values, event kinds, the book of facts, decisions
//! - [`canonical`]: the profile of canonical JSON that every stored byte obeys
//! - [`proof`]: hashes and the Merkle tree over stored bytes
//! - [`store`]: the journal, the sled index and the engines; knows bytes and streams, no deal
//! - [`codec`]: the one bridge between a decoded event and its stored bytes
//! - [`projection`]: read models: pure folds of facts, with the day applied when asked
//! - [`report`]: what is told of them: pure functions to one Document, with the sentences of each language
//! - [`export`]: the formats of a Document, and the trail for other programs
//! - [`synth`]: fictional portfolios of any size, from a seed
//! - [`service`]: a ledger as its users see it: record, ask, replay, publish
//! - [`http`]: what is answered over the network
//! - [`cli`]: the command line: arguments in, sentences out

pub mod canonical;
pub mod cli;
pub mod codec;
pub mod config;
pub mod deal;
pub mod export;
pub mod http;
pub mod projection;
pub mod proof;
pub mod report;
pub mod service;
pub mod store;
pub mod synth;

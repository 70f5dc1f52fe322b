//! The domain: what can be said of an agreement, and what follows from it.
//!
//! Read in this order: [`value`] (the words), [`event`] (what can happen), [`state`] (what the
//! events of one stream add up to), [`decide`] (what may be recorded). Everything here is pure: no clock, no
//! randomness, no input or output; times and ids are handed in.

pub mod command;
pub mod decide;
pub mod decision;
pub mod event;
pub mod keys;
pub mod ledger;
pub mod policy;
pub mod refusal;
pub mod state;
pub mod track;
pub mod value;
pub mod warning;

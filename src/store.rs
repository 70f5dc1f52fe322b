//! The store: it keeps events for ever and gives them back in order. It knows no deal.
//!
//! Read in this order: [`recorded`] (one stored event), [`group`] (what is stored together), [`head`] (where a ledger
//! ends), [`event_store`] (the contract every engine keeps), [`frame`] (the bytes of one group commit), [`journal`] (the files that make an answer durable),
//! [`mirror`] (a second directory, written before an answer),
//! [`engine`] (the engines), [`open`] (the registry above them).

pub mod admission;
pub mod ballast;
pub mod damage;
pub mod documents;
pub mod engine;
pub mod event_store;
pub mod evidence;
pub mod frame;
pub mod group;
pub mod head;
pub mod index;
pub mod journal;
pub mod ledger_file;
pub mod lock;
pub mod mirror;
pub mod open;
pub mod recorded;
pub mod sabotage;
pub mod slice;
pub mod watch;

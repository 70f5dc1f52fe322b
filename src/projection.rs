//! The read models: what the recorded events add up to, ready to be asked.
//!
//! A projection is a pure fold over every event of the ledger, in order. It holds facts without a
//! day: the day asked about is applied when a question is put, so one fold serves every day, and the
//! fold of the first K events is what was known at K. Nothing here reads a clock, a file or a random
//! number; the same events give the same state and the same digest on every machine.
//!
//! Read in this order: [`models`] (all read models together), [`status`] (the books and look-ups),
//! [`standing`] (one agreement on one day), [`description`] (what a thing is called),
//! [`portfolio`] (sums over agreements), [`timeline`] (one thing's whole trail), [`search`] (things by words).

pub mod amended;
pub mod attention;
pub mod boundary;
pub mod by_reference;
pub mod bytes;
pub mod catalogue;
pub mod concerns;
pub mod courses;
pub mod description;
pub mod digest;
pub mod finder;
pub mod ledger;
pub mod many;
pub mod models;
pub mod portfolio;
pub mod save;
pub mod search;
pub mod shared;
pub mod standing;
pub mod status;
pub mod timeline;

use crate::deal::event::Event;

/// A read model: a pure fold over every event of the ledger, in order of position.
///
/// Two folds of the same events have the same digest, whether they were made in one go or event by
/// event; replay rests on that.
pub trait Projection {
    /// Its name, stable between releases.
    fn name(&self) -> &'static str;

    /// The version of its fold: a snapshot of another version is not to be used.
    fn version(&self) -> u32;

    /// Takes in the next event. Total: any event in any state gives a state.
    fn apply(&mut self, event: &Event);

    /// How many events it has taken in.
    fn position(&self) -> u64;

    /// SHA-256 over the whole state.
    fn digest(&self) -> [u8; 32];
}

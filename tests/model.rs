//! Random histories on two ledgers: one on disk, closed and opened again as it comes, and one in memory.
//! After every command both must have answered alike, and again and again all that is stored, found and
//! folded is compared. The first difference ends the search and is told with what reproduces it:
//!
//! ```text
//! DEALTRAIL_MODEL_SEED=7 cargo nextest run model::
//! ```
//!
//! `DEALTRAIL_MODEL_RUNS` says how many histories, `DEALTRAIL_MODEL_STEPS` how long each one is.

pub(crate) mod chance;
mod compare;
mod draft;
mod flawed;
mod history;
mod pair;
mod search;

//! The auditors' formats against other people's code: `ct-merkle` for proofs, `tlog_tiles` for proofs, tiles and
//! checkpoints, `signed_note` for notes. What they make is ours byte for byte, and of what was altered they say what
//! we say.
//!
//! `DEALTRAIL_PROOFS` says how many proofs, inclusion and consistency together (usual 1,500).

mod notes;
mod others;
mod proofs;
mod tiles;

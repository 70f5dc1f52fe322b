//! The command line as a person meets it: the real program, in directories of its own.

mod amending;
mod backup;
mod certifying;
mod damage;
mod demo;
pub(crate) mod desk;
mod doctor;
mod explaining;
mod exporting;
mod follow_up;
mod issuing;
mod ledgers;
mod proving;
mod reading;
mod rebuilding;
mod recording;
mod refusals;
#[cfg(feature = "tls")]
mod secured;
mod service;
mod serving;
mod shapes;
mod synth;
mod through;
mod tokens;
mod witnessing;

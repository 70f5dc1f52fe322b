//! The service: everything with a thread, a clock or a disk behind it.
//!
//! Read in this order: [`ledger`] (a ledger as its users see it), [`answer`] (what a command is told),
//! [`writer`] (the one thread that decides and records), [`follow`] (read models behind it), [`snapshot`] (folds kept on disk), [`find`]
//! (what people name), [`history`] (the past, event by event), [`replay`] (everything folded afresh and
//! compared, and where it is read: [`refold`]), [`info`] (its own state), [`publish`] (reports), [`exporting`] (the trail for other programs), [`evidence`] (files behind facts), [`doctor`] (everything at rest
//! examined and mended), [`backup`] (a second place for all of it, and the way back), [`checkpoint`] (what the ledger signs),
//! [`tiles`] (the same as plain files), [`receipt`] (one entry, proved), [`certificate`] (an issued report, proved),
//! [`verify`] (everything held against what was signed), [`witness`] (what watches other ledgers), [`cosigning`] (how witnesses are asked),
//! [`mirror`] (how the second directory is doing), [`rebuild`] (read models made anew beside a running service), [`operations`] (how a running service is doing), [`self_audit`] (read models held
//! against the ledger without end). Time, ids and randomness enter here,
//! through [`ambient`], and are handed down.

pub mod access;
pub mod ahead;
pub mod ambient;
pub mod answer;
pub mod audit_pack;
pub mod backup;
pub mod certificate;
pub mod checkpoint;
pub mod cosigning;
pub mod diagnosis;
pub mod doctor;
pub mod evidence;
pub mod exporting;
pub mod feed;
pub mod fiction;
pub mod figures;
pub mod find;
pub mod finding;
mod folded;
pub mod follow;
pub mod formats;
pub mod health;
pub mod history;
mod in_order;
pub mod indexer;
pub mod info;
pub mod intake;
pub mod issue;
pub mod ledger;
pub mod mirror;
pub mod open_error;
pub mod opening;
pub mod operations;
pub mod presence;
pub mod process;
pub mod publish;
pub mod publish_error;
pub mod query;
pub mod rebuild;
pub mod receipt;
pub mod refold;
mod refs;
mod repairs;
pub mod replay;
pub mod restored;
pub mod roots;
pub mod self_audit;
pub mod snapshot;
mod snapshots;
pub mod stall;
pub mod standing;
pub mod tiles;
pub mod verify;
pub mod witness;
pub mod writer;

//! The store under failing disks, kills and damage.

mod backup;
mod bare_sled;
mod client;
mod crash_points;
mod damage;
pub(crate) mod disk;
mod drill;
mod ext4;
mod failing;
mod flips;
mod fresh;
mod kill;
mod kill_service;
mod lanes;
mod lying;
mod matrix;
mod mirror;
mod officer;
mod power;
mod program;
mod rebuild;
mod scene;
mod senders;
pub(crate) mod shim;
mod shim_check;
mod syncs;
pub(crate) mod tally;

//! The store under failing disks, kills and damage.

mod bare_sled;
mod client;
mod crash_points;
mod damage;
pub(crate) mod disk;
mod ext4;
mod failing;
mod fresh;
mod kill;
mod kill_service;
mod lanes;
mod lying;
mod matrix;
mod officer;
mod power;
mod program;
mod rebuild;
mod scene;
mod senders;
mod shim;
mod shim_check;
mod syncs;
pub(crate) mod tally;

//! The store under failing disks, kills and damage.

mod damage;
pub(crate) mod disk;
mod flips;
mod kill;
mod kill_service;
mod matrix;
mod power;
mod rebuild;
mod shim;
mod shim_check;
mod syncs;
pub(crate) mod tally;

//! The store under failing disks, kills and damage.

mod backup;
mod damage;
pub(crate) mod disk;
mod drill;
mod kill;
mod kill_service;
mod matrix;
mod mirror;
mod power;
mod rebuild;
pub(crate) mod shim;
mod shim_check;
mod syncs;
pub(crate) mod tally;

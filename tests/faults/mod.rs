//! The store under failing disks, kills and damage.

mod damage;
pub(crate) mod disk;
mod kill;
mod kill_service;
mod matrix;
mod rebuild;
mod syncs;

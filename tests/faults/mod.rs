//! The store under failing disks, kills and damage.

mod damage;
mod disk;
mod kill;
mod matrix;
mod rebuild;
mod syncs;

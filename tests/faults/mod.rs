//! The store under failing disks, kills and damage.

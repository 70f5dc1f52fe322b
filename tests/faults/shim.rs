//! A disk on which power can be cut: the model, and its mount.

pub(crate) mod dice;
pub(crate) mod disk;
pub(crate) mod fuse;
pub(crate) mod lie;
pub(crate) mod names;

//! The fault laboratory: the real program on a disk that forgets, fails, fills up and rots.

mod shim;
mod shim_check;

//! The domain. It knows no store, no clock and no other room: what it needs of time, ids and
//! chance is handed in.

pub mod value;

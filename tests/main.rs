//! The one integration test binary: one link, one list of what is tested from outside.

mod faults;

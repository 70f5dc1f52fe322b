//! The one integration test binary: one link, one list of what is tested from outside.

mod decider;
mod documents;
mod faults;
mod house;
mod reports;
mod store_contract;
mod two_times;

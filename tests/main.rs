//! The one integration test binary: one link, one list of what is tested from outside.

mod cli;
mod decider;
mod documents;
mod faults;
mod fuzzing;
mod house;
mod http;
mod model;
mod proof;
mod reports;
mod schemas;
mod service;
mod store_contract;
mod two_times;

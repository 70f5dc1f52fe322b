//! The one integration test binary: one link, one list of what is tested from outside.

<<<<<<< HEAD
<<<<<<< HEAD
<<<<<<< HEAD
mod faults;
mod store_contract;
=======
=======
mod decider;
>>>>>>> decide
mod documents;
mod faults;
mod house;
mod store_contract;
mod two_times;
>>>>>>> projection
=======
mod documents;
mod house;
>>>>>>> report

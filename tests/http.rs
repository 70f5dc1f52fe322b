//! What is answered over the network, by real sockets.

mod greeting;
mod lists;
mod reading;
mod reports;
mod service;
mod witness;

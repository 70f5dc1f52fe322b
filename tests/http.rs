//! What is answered over the network, by real sockets.

mod access;
mod described;
mod greeting;
mod lists;
mod reading;
mod recording;
mod reports;
mod service;
mod witness;

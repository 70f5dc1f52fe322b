//! What is answered over the network, by real sockets.

mod greeting;
mod service;
mod witness;

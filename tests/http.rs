//! What is answered over the network, by real sockets.

mod access;
mod crowd;
mod described;
mod greeting;
mod recording;
mod service;
mod witness;

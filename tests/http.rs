//! What is answered over the network, by real sockets.

mod access;
mod figures;
mod greeting;
mod moody;
mod operating;
mod recording;
mod service;
mod versions;
mod witness;

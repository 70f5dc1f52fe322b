//! What is answered over the network, by real sockets.

mod figures;
mod greeting;
mod moody;
mod operating;
mod service;
mod versions;
mod witness;

//! What is answered over the network, by real sockets.

mod witness;

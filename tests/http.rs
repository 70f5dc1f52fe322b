//! What is answered over the network, by real sockets.

mod crowd;
mod evidence;
mod feed;
mod greeting;
mod recording;
mod service;
mod witness;

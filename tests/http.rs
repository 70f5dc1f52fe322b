//! What is answered over the network, by real sockets.

mod access;
mod crowd;
mod described;
mod evidence;
mod feed;
mod greeting;
mod lists;
mod reading;
mod recording;
mod reports;
mod service;
mod standing;
mod witness;

//! What is answered over the network, by real sockets.

mod access;
mod crowd;
mod described;
mod evidence;
mod feed;
mod greeting;
mod lists;
mod places;
mod reading;
mod recording;
mod reports;
mod service;
mod witness;

//! What is answered over the network, by real sockets.

mod access;
mod crowd;
mod described;
mod evidence;
mod feed;
mod figures;
mod greeting;
mod lists;
mod moody;
mod operating;
mod reading;
mod recording;
mod reports;
mod service;
mod standing;
mod versions;
mod witness;

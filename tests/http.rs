//! What is answered over the network, by real sockets.

mod access;
mod crowd;
mod described;
mod evidence;
mod feed;
mod figures;
mod greeting;
mod hostile;
mod lists;
mod moody;
mod multiplex;
mod operating;
mod reading;
mod recording;
mod reports;
mod service;
mod standing;
mod unready;
mod versions;
mod witness;

//! What the system's manager of services is told (sd_notify(3)): a datagram to the socket that it names.

use std::ffi::OsString;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Whom to tell, if anybody asked.
pub(super) struct Notice(Option<OsString>);

impl Notice {
    /// Whoever the environment names.
    pub(super) fn from_environment() -> Self {
        let named = std::env::var_os("NOTIFY_SOCKET");
        Self(named.filter(|name| !name.is_empty()))
    }

    /// It answers now.
    pub(super) fn ready(&self) {
        self.tell(b"READY=1\nSTATUS=answering");
    }

    /// It ends now.
    pub(super) fn stopping(&self) {
        self.tell(b"STOPPING=1\nSTATUS=ending");
    }

    fn tell(&self, words: &[u8]) {
        let Some(name) = &self.0 else { return };
        let address = match name.as_bytes().strip_prefix(b"@") {
            Some(name) => SocketAddr::from_abstract_name(name),
            None => SocketAddr::from_pathname(name),
        };
        let told = address.and_then(|address| {
            let socket = UnixDatagram::unbound()?;
            socket.send_to_addr(words, &address)
        });
        if let Err(error) = told {
            tracing::warn!(%error, "whoever started this service could not be told how it is");
        }
    }
}

//! TLS by rustls with ring (RFC 8446, and 1.2 for those who have nothing newer): a certificate and its key from two files,
//! read again while the service runs.

use std::path::{Path, PathBuf};

use tokio::net::TcpStream;

/// The files of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The certificate, and those it rests on, in PEM.
    pub certificate: PathBuf,
    /// Its secret key in PEM: PKCS #8, PKCS #1 or SEC 1.
    pub key: PathBuf,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{} cannot be read: {error}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's own words.
        error: std::io::Error,
    },
    /// A file does not hold what it should.
    #[error("{} holds no {what} in PEM that can be read", file.display())]
    Without {
        /// The file.
        file: PathBuf,
        /// What it should hold.
        what: &'static str,
    },
    /// The certificate and the key are of no use together.
    #[error("the certificate and the key cannot be used together: {0}")]
    Unfit(String),
    /// The program was built without it.
    #[error("this program was built without the feature `tls`")]
    NotBuilt,
}

fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(file).map_err(|error| TlsError::Unreadable {
        file: file.to_owned(),
        error,
    })
}

#[cfg(feature = "tls")]
mod current {
    use std::sync::Arc;

    use rustls::ServerConfig;
    use rustls::crypto::ring::default_provider;
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use zeroize::Zeroizing;

    use super::{Files, TlsError, read};

    /// What two files said when they were read.
    pub(super) struct Current {
        pub(super) config: Arc<ServerConfig>,
        certificate: Vec<u8>,
        key: Zeroizing<Vec<u8>>,
    }

    impl Current {
        pub(super) fn read(files: &Files) -> Result<Self, TlsError> {
            let certificate = read(&files.certificate)?;
            let key = Zeroizing::new(read(&files.key)?);
            let without = |file: &std::path::Path, what| TlsError::Without {
                file: file.to_owned(),
                what,
            };
            let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&certificate).collect();
            let chain = chain.ok().filter(|chain| !chain.is_empty());
            let chain = chain.ok_or_else(|| without(&files.certificate, "certificate"))?;
            let secret = PrivateKeyDer::from_pem_slice(&key);
            let secret = secret.map_err(|_| without(&files.key, "secret key"))?;
            let unfit = |error: rustls::Error| TlsError::Unfit(error.to_string());
            let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
            let config = config
                .with_safe_default_protocol_versions()
                .map_err(unfit)?;
            let config = config.with_no_client_auth().with_single_cert(chain, secret);
            let mut config = config.map_err(unfit)?;
            config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
            Ok(Self {
                config: Arc::new(config),
                certificate,
                key,
            })
        }

        /// Whether it holds the same.
        pub(super) fn is(&self, other: &Self) -> bool {
            self.certificate == other.certificate && self.key == other.key
        }
    }
}

/// A certificate with its key, as the two files said when they were read last.
pub struct Tls {
    #[cfg(feature = "tls")]
    files: Files,
    #[cfg(feature = "tls")]
    current: std::sync::RwLock<current::Current>,
}

/// A connection with TLS.
#[cfg(feature = "tls")]
pub type Secured = tokio_rustls::server::TlsStream<TcpStream>;
/// Without TLS there is no connection with it.
#[cfg(not(feature = "tls"))]
pub type Secured = TcpStream;

#[cfg(feature = "tls")]
impl Tls {
    /// Reads both files.
    ///
    /// # Errors
    /// When they cannot be read or do not go together.
    pub fn load(files: Files) -> Result<Self, TlsError> {
        let current = std::sync::RwLock::new(current::Current::read(&files)?);
        Ok(Self { files, current })
    }

    /// Reads both files again; new connections get what they hold now. Gives whether that is something else.
    ///
    /// # Errors
    /// As [`load`](Self::load); what was there before stays in use.
    pub fn reload(&self) -> Result<bool, TlsError> {
        let fresh = current::Current::read(&self.files)?;
        let held = self.current.write();
        let mut held = held.unwrap_or_else(std::sync::PoisonError::into_inner);
        if held.is(&fresh) {
            return Ok(false);
        }
        *held = fresh;
        Ok(true)
    }

    /// Agrees on TLS with whoever connected.
    ///
    /// # Errors
    /// When that does not come about.
    pub async fn shake(&self, stream: TcpStream) -> std::io::Result<Secured> {
        let config = {
            let held = self.current.read();
            let held = held.unwrap_or_else(std::sync::PoisonError::into_inner);
            std::sync::Arc::clone(&held.config)
        };
        tokio_rustls::TlsAcceptor::from(config).accept(stream).await
    }
}

#[cfg(not(feature = "tls"))]
impl Tls {
    /// Says that there is none, once the files can be read.
    ///
    /// # Errors
    /// Always.
    pub fn load(files: Files) -> Result<Self, TlsError> {
        read(&files.certificate).and(Err(TlsError::NotBuilt))
    }

    /// Nothing changes.
    ///
    /// # Errors
    /// Never.
    pub fn reload(&self) -> Result<bool, TlsError> {
        Ok(false)
    }

    /// Gives the connection as it is; nobody has a certificate to ask with.
    ///
    /// # Errors
    /// Never.
    pub async fn shake(&self, stream: TcpStream) -> std::io::Result<Secured> {
        Ok(stream)
    }
}

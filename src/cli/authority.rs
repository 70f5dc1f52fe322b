//! Who is believed to vouch for a service's certificate, where that is no public authority.

use std::path::Path;

use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

use super::failure::Failure;

/// The same settings, with TLS that believes the authorities of a file in PEM and no others.
#[cfg(feature = "tls")]
pub(super) fn believing(
    config: ConfigBuilder<AgentScope>,
    file: &Path,
) -> Result<ConfigBuilder<AgentScope>, Failure> {
    use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

    let refused = |problem: &dyn std::fmt::Display| {
        let sentence = format!(
            "{} holds no certificate that can be read: {problem}",
            file.display()
        );
        Failure::of_field("--ca", sentence)
            .hint("name a file in PEM with the certificate of whoever signed the service's")
    };
    let pem = std::fs::read(file).map_err(|error| refused(&error))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| refused(&error))? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(refused(&"there is none in it"));
    }
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&certificates));
    Ok(config.tls_config(tls.build()))
}

/// Refuses: this program speaks no TLS.
#[cfg(not(feature = "tls"))]
pub(super) fn believing(
    _: ConfigBuilder<AgentScope>,
    _: &Path,
) -> Result<ConfigBuilder<AgentScope>, Failure> {
    let sentence = "this dealtrail was built without TLS (cargo's feature `tls`)";
    Err(Failure::of_field("--ca", sentence).hint("use a build with it, as released ones are"))
}

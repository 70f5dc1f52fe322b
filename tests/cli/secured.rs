//! The command line and a service with a certificate of an authority of its own.

use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustix::process::Signal;

use super::desk::Desk;
use super::serving::Running;

/// Writes a certificate that vouches for itself, and its key; the certificate also as `ca`.
fn certified(dir: &Path, ca: &str) {
    let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let CertifiedKey { cert, signing_key } = made;
    std::fs::write(dir.join("key.pem"), signing_key.serialize_pem()).unwrap();
    std::fs::write(dir.join("cert.pem"), cert.pem()).unwrap();
    std::fs::write(dir.join(ca), cert.pem()).unwrap();
}

fn listed(desk: &Desk, words: &[&str]) -> Output {
    let mut program = desk.program();
    program
        .env_remove("DEALTRAIL_DATA")
        .env_remove("DEALTRAIL_CLOCK");
    program.arg("list").args(words).output().unwrap()
}

fn failed(desk: &Desk, words: &[&str]) -> String {
    let output = listed(desk, words);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_ne!(output.status.code(), Some(0), "{said}");
    said
}

#[test]
fn a_certificate_of_ones_own_is_believed_when_it_is_named_and_may_be_changed() {
    let desk = Desk::with_two_agreements();
    certified(desk.path(), "first.pem");
    let line = "serve --listen 127.0.0.1:0 --tls-cert cert.pem --tls-key key.pem";
    let service = Running::start(&desk, line);
    let port = service.url.rsplit(':').next().unwrap().to_owned();
    let server = format!("https://localhost:{port}");
    let unknown = failed(&desk, &["--server", &server]);
    assert!(
        unknown.contains("name the authority's with --ca FILE"),
        "{unknown}"
    );
    let with = |ca: &str| listed(&desk, &["--server", &server, "--ca", ca]);
    let done = with("first.pem");
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(0), "{said}");
    assert!(String::from_utf8_lossy(&done.stdout).contains("BRICK"));
    // Another name of the machine is not the certificate's.
    let other = format!("https://127.0.0.1:{port}");
    let other = failed(&desk, &["--server", &other, "--ca", "first.pem"]);
    assert!(
        other.contains("the machine's name as the certificate has it"),
        "{other}"
    );
    let plain = failed(&desk, &["--server", &format!("http://localhost:{port}")]);
    assert!(plain.contains("write https://"), "{plain}");
    let none = failed(&desk, &["--server", &server, "--ca", "key.pem"]);
    assert!(none.contains("holds no certificate"), "{none}");
    // Told by SIGHUP, the service reads its files again.
    certified(desk.path(), "second.pem");
    service.signal(Signal::HUP);
    let begun = Instant::now();
    while with("second.pem").status.code() != Some(0) {
        assert!(
            begun.elapsed() < Duration::from_secs(8),
            "it is not read again"
        );
    }
    assert!(failed(&desk, &["--server", &server, "--ca", "first.pem"]).contains("--ca FILE"));
    service.signal(Signal::TERM);
    assert_eq!(service.ended().0, Some(0));
}

#[test]
fn what_speaks_no_tls_is_told_from_what_is_not_there() {
    let desk = Desk::with_two_agreements();
    let service = Running::start(&desk, "serve --listen 127.0.0.1:0");
    let secured = service.url.replace("http://", "https://");
    let said = failed(&desk, &["--server", &secured]);
    assert!(said.contains("it speaks no TLS there"), "{said}");
    let said = failed(&desk, &["--server", &format!("{}/below", service.url)]);
    assert!(said.contains("which ends before /v1"), "{said}");
    service.signal(Signal::TERM);
    assert_eq!(service.ended().0, Some(0));
}

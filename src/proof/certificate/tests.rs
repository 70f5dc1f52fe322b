use super::*;
use crate::proof::checkpoint::SignedCheckpoint;
use crate::proof::key::{KeyName, Signer};
use crate::proof::tree::{consistency_proof, inclusion_proof, leaf_hash, root_of};
use proptest::prelude::*;

fn log() -> Signer {
    Signer::new(KeyName::new("dealtrail.example/demo").unwrap(), &[7; 32])
}

fn policy() -> Policy {
    Policy::of_log(log().verifier().clone())
}

fn record(number: u64) -> String {
    format!(r#"{{"seq":{number}}}"#)
}

fn leaves(size: u64) -> Vec<Hash> {
    let leaf = |number| leaf_hash(record(number).as_bytes());
    (0..size).map(leaf).collect()
}

fn known(size: u64) -> Root {
    root_of(leaves(size))
}

fn certificate(known_at: u64, index: u64, size: u64) -> Certificate {
    let leaves = leaves(size);
    let checkpoint = SignedCheckpoint::sign(root_of(leaves.iter().copied()), &log()).unwrap();
    let proof = inclusion_proof(&leaves, index).unwrap();
    Certificate::new(
        record(index),
        consistency_proof(&leaves, known_at).unwrap(),
        Receipt::new(index, proof, checkpoint),
    )
}

#[test]
fn a_certificate_reads_back_and_ends_with_a_receipt() {
    let made = certificate(3, 5, 7);
    let text = made.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "dealtrail/report-certificate@v1");
    assert_eq!(lines[1], r#"{"seq":5}"#);
    let read = Certificate::parse(text.as_bytes()).unwrap();
    assert_eq!(read, made);
    let (_, receipt) = text.split_once("\n\n").unwrap();
    let receipt = Receipt::parse(receipt.as_bytes()).unwrap();
    assert!(receipt.verify(record(5).as_bytes(), &policy()).is_ok());
    assert!(read.verify(&known(3), &policy()).is_ok());
}

#[test]
fn what_was_known_is_the_beginning_of_what_was_signed_and_ends_before_the_issue() {
    let (made, policy) = (certificate(3, 5, 7), policy());
    let other = Root {
        hash: leaf_hash(b"other"),
        ..known(3)
    };
    let error = made.verify(&other, &policy).unwrap_err();
    assert!(matches!(
        error,
        CertificateError::Tree(TreeError::NotConsistent { old: 3, new: 7 })
    ));
    assert!(made.verify(&known(4), &policy).is_err());
    let ahead = certificate(6, 5, 7).verify(&known(6), &policy);
    assert_eq!(
        ahead.unwrap_err().to_string(),
        "the report says it knew 6 entries, and it was issued as entry 5: nobody can know what is recorded later"
    );
    assert!(certificate(5, 5, 7).verify(&known(5), &policy).is_ok());
    let swapped = Certificate {
        record: record(4),
        ..made
    };
    assert!(matches!(
        swapped.verify(&known(3), &policy),
        Err(CertificateError::Receipt(_))
    ));
}

#[test]
fn what_is_no_certificate_is_refused_with_the_reason() {
    let text = certificate(3, 5, 7).to_string();
    let cases = [
        (String::new(), "no blank line"),
        (text.replace("@v1\n{", "@v2\n{"), "its first line is not"),
        (text.replacen("{\"seq\"", "x", 1), "second line"),
        (text.replacen("\n\n", "\nAAAA\n\n", 1), "AAAA"),
        (
            text.replacen(
                "\n\n",
                &format!(
                    "{}\n\n",
                    format!("\n{}", known(1).hash.to_base64()).repeat(70)
                ),
                1,
            ),
            "more than the 65",
        ),
        (text.replace("index 5", "index five"), "no line `index`"),
        ("x".repeat(MAX_BYTES + 1), "longer than"),
    ];
    for (text, reason) in cases {
        let error = Certificate::parse(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(reason), "{reason}: {error}");
    }
    let error = Certificate::parse(&[0xff]).unwrap_err();
    assert_eq!(error, CertificateError::NotUtf8);
}

proptest! {
    /// Whatever is changed in a certificate, it proves nothing else.
    #[test]
    fn a_changed_certificate_is_refused(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut bytes = certificate(3, 5, 7).to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(read) = Certificate::parse(&bytes) {
            prop_assert!(read.verify(&known(3), &policy()).is_err(), "byte {at}, bit {bit}");
        }
    }
}

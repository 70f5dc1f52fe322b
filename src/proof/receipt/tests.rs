use super::*;
use crate::proof::key::{Cosigner, KeyName, Signer};
use crate::proof::tree::{inclusion_proof, root_of};
use proptest::prelude::*;

fn log() -> Signer {
    Signer::new(KeyName::new("dealtrail.example/demo").unwrap(), &[7; 32])
}

fn witness() -> Cosigner {
    Cosigner::new(KeyName::new("witness.example/coa").unwrap(), &[9; 32])
}

fn policy() -> Policy {
    let (log, witness) = (log(), witness());
    let text = format!(
        "log {}\nwitness w {}\nquorum w\n",
        log.verifier(),
        witness.verifier()
    );
    Policy::parse(text.as_bytes()).unwrap()
}

fn record(number: u64) -> Vec<u8> {
    format!(r#"{{"seq":{number}}}"#).into_bytes()
}

fn receipt(index: u64, size: u64) -> Receipt {
    let leaves: Vec<Hash> = (0..size).map(|number| leaf_hash(&record(number))).collect();
    let mut checkpoint = SignedCheckpoint::sign(root_of(leaves.iter().copied()), &log()).unwrap();
    checkpoint
        .note_mut()
        .cosign(&witness(), 1_745_489_700)
        .unwrap();
    Receipt::new(index, inclusion_proof(&leaves, index).unwrap(), checkpoint)
}

#[test]
fn a_receipt_reads_back_and_verifies() {
    let made = receipt(2, 3);
    let text = made.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "c2sp.org/tlog-proof@v1");
    assert_eq!(lines[1], "index 2");
    assert_eq!(lines[2], made.proof()[0].to_base64());
    assert_eq!(lines[3..5], ["", "dealtrail.example/demo"]);
    let read = Receipt::parse(text.as_bytes()).unwrap();
    assert_eq!(read, made);
    let policy = policy();
    let accepted = read.verify(&record(2), &policy).unwrap();
    assert_eq!(accepted.witnesses[0].1, 1_745_489_700);
    let error = read.verify(&record(1), &policy).unwrap_err().to_string();
    assert!(
        error.contains("does not show these bytes at position 2"),
        "{error}"
    );
}

/// Seventeen hashes, a signature and a cosignature.
#[test]
fn a_receipt_of_a_large_ledger_stays_short() {
    let text = receipt(12_345, 70_000).to_string();
    assert!(text.len() <= 1_154, "{}", text.len());
}

#[test]
fn the_only_entry_needs_no_hash() {
    let made = receipt(0, 1);
    assert!(made.proof().is_empty());
    let read = Receipt::parse(made.to_string().as_bytes()).unwrap();
    assert!(read.verify(&record(0), &policy()).is_ok());
}

/// Every bit of the whole file counts, but for the cosignature line's own spelling of who signed: a name
/// nobody knows is nobody, and then the quorum fails.
#[test]
fn no_altered_bit_passes() {
    let policy = policy();
    let good = receipt(5, 11).to_string().into_bytes();
    for at in 0..good.len() * 8 {
        let mut altered = good.clone();
        altered[at / 8] ^= 1 << (at % 8);
        let passed =
            Receipt::parse(&altered).is_ok_and(|read| read.verify(&record(5), &policy).is_ok());
        assert!(!passed, "bit {at}: {}", String::from_utf8_lossy(&altered));
    }
}

#[test]
fn a_checkpoint_the_policy_refuses_is_no_proof() {
    let mut made = receipt(5, 11);
    let plain = SignedCheckpoint::sign(made.checkpoint.checkpoint().root(), &log()).unwrap();
    made.checkpoint = plain;
    let error = made.verify(&record(5), &policy()).unwrap_err();
    assert!(
        matches!(error, ReceiptError::Policy(PolicyError::Quorum { .. })),
        "{error}"
    );
}

#[test]
fn extra_data_is_kept_and_believed_by_nobody() {
    let text = receipt(2, 3)
        .to_string()
        .replace("index 2", "extra aGVsbG8=\nindex 2");
    let read = Receipt::parse(text.as_bytes()).unwrap();
    assert_eq!(read.extra(), Some(&b"hello"[..]));
    assert_eq!(read.to_string(), text);
    assert!(read.verify(&record(2), &policy()).is_ok());
}

#[test]
fn what_is_no_receipt_is_refused_in_words() {
    let good = receipt(2, 3).to_string();
    let hash = receipt(2, 3).proof()[0].to_base64();
    let cases = [
        (String::new(), "no blank line"),
        (
            "c2sp.org/tlog-proof@v1\nindex 2\n".to_owned(),
            "no blank line",
        ),
        (
            good.replace("@v1", "@v2"),
            "first line is not c2sp.org/tlog-proof@v1",
        ),
        (good.replace("index 2\n", ""), "no line `index`"),
        (good.replace("index 2", "index 02"), "no line `index`"),
        (good.replace("index 2", "index -2"), "no line `index`"),
        (
            good.replace("index 2", "extra \nindex 2"),
            "does not hold base64",
        ),
        (
            good.replace("index 2", "extra !\nindex 2"),
            "does not hold base64",
        ),
        (
            good.replace("index 2", "index 2\nextra AAAA"),
            "is not a hash in base64",
        ),
        (good.replace(&hash, "AAAA"), "is not a hash in base64"),
        (
            good.replace(&hash, format!("{hash}\n").repeat(65).trim_end()),
            "more than the 64 hashes",
        ),
        (
            good.replace("/demo\n3\n", "/demo\n03\n"),
            "is not the size of a ledger",
        ),
        (good.replace('\n', "\r\n"), "no blank line"),
    ];
    for (text, wanted) in cases {
        let error = Receipt::parse(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(wanted), "{text}: {error}");
    }
    assert_eq!(
        Receipt::parse(&vec![b'a'; MAX_BYTES + 1]),
        Err(ReceiptError::TooLong)
    );
    assert_eq!(Receipt::parse(b"\xff"), Err(ReceiptError::NotUtf8));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(read) = Receipt::parse(&bytes) {
            prop_assert_eq!(read.to_string().into_bytes(), bytes);
        }
    }

    #[test]
    fn an_altered_receipt_reads_back_as_it_stands_or_is_refused(
        at in any::<prop::sample::Index>(), cut in 0_usize..50, with in "[\\n a-zA-Z0-9+/=]{0,3}",
    ) {
        let mut bytes = receipt(5, 11).to_string().into_bytes();
        let at = at.index(bytes.len());
        let until = (at + cut).min(bytes.len());
        bytes.splice(at..until, with.bytes());
        if let Ok(read) = Receipt::parse(&bytes) {
            prop_assert_eq!(read.to_string().into_bytes(), bytes);
        }
    }
}

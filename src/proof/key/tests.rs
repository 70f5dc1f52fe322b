use super::*;
use proptest::prelude::*;

const LOG: &str = "dealtrail.example/demo+baac1b7f+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
const WITNESS: &str = "witness.example/coa+7c2afba0+BP0XJDhaoMdbZPt4zWAvodmR/ev3axPFjtcC6sg16fYY";

fn name(text: &str) -> KeyName {
    KeyName::new(text).unwrap()
}

#[test]
fn the_published_keys_follow_from_their_seeds() {
    let log = Signer::new(name("dealtrail.example/demo"), &[7; 32]);
    assert_eq!(log.verifier().to_string(), LOG);
    assert_eq!(log.verifier(), &LOG.parse::<VerifierKey>().unwrap());
    let witness = Cosigner::new(name("witness.example/coa"), &[9; 32]);
    assert_eq!(witness.verifier().to_string(), WITNESS);
    assert_eq!(witness.verifier(), &WITNESS.parse::<VerifierKey>().unwrap());
    assert_eq!(witness.verifier().kind(), Kind::Cosignature);
}

/// The example of signed-note 1.0.0, "Verifier keys".
#[test]
fn the_key_of_the_specification_verifies_its_note() {
    let key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    let key: VerifierKey = key.parse().unwrap();
    let line = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=";
    let bytes = BASE64.decode(line.as_bytes()).unwrap();
    let (id, signature) = bytes.split_at(4);
    assert_eq!(id, key.id().as_bytes());
    let text = "This is an example message.\n";
    assert_eq!(key.verify(text, signature), Ok(None));
    let refused = key.verify("This is an example massage.\n", signature);
    assert_eq!(
        refused,
        Err(KeyError::BadSignature("example.com/foo".to_owned()))
    );
}

#[test]
fn a_key_that_is_not_whole_is_refused_in_words() {
    let cases = [
        ("", "cannot name a key"),
        ("a b+00000000+AA==", "cannot name a key"),
        ("name", "is not a verifier key"),
        ("name+baac1b7f", "is not a verifier key"),
        (
            &LOG.replace("baac1b7f", "BAAC1B7F"),
            "is not a verifier key",
        ),
        (&LOG.replace("baac1b7f", "baac1b"), "is not a verifier key"),
        (&LOG.replace("RtIs", "RtI"), "is not a verifier key"),
        (&format!("{LOG}="), "is not a verifier key"),
        (&format!("{LOG}\n"), "is not a verifier key"),
        (
            &LOG.replace("baac1b7f", "baac1b70"),
            "has the id baac1b7f, and baac1b70 is written",
        ),
        (&LOG.replace("demo", "dema"), "was mistyped or exchanged"),
        (&LOG.replace("AepKbGPinF", "BupKbGPinF"), "is of type 06"),
    ];
    for (text, wanted) in cases {
        let error = text.parse::<VerifierKey>().unwrap_err().to_string();
        assert!(error.contains(wanted), "{text}: {error}");
    }
}

/// A key of small order verifies signatures that nobody made.
#[test]
fn a_weak_key_is_refused() {
    let mut identity = [0; 32];
    identity[0] = 1;
    let public = VerifyingKey::from_bytes(&identity).unwrap();
    let weak = VerifierKey::new(name("weak.example"), Kind::Ed25519, public);
    let error = weak.to_string().parse::<VerifierKey>().unwrap_err();
    assert_eq!(error, KeyError::Weak("weak.example".to_owned()));
}

#[test]
fn names_are_checked() {
    for good in ["a", "ledger.example/agency", "Österreich", "witness:7"] {
        assert_eq!(name(good).as_str(), good);
    }
    for bad in [
        "",
        " ",
        "a b",
        "a+b",
        "a\u{a0}b",
        "a\u{2003}b",
        "a\nb",
        "a\u{7}b",
        "\u{85}",
    ] {
        assert!(KeyName::new(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_key_of_one_kind_does_not_verify_the_other_kind() {
    let text = "dealtrail.example/demo\n3\n";
    let log = Signer::new(name("a"), &[1; 32]);
    let witness = Cosigner::new(name("a"), &[1; 32]);
    assert_ne!(log.verifier().id(), witness.verifier().id());
    let plain = log.sign(text);
    let timed = witness.sign(text, 77).unwrap().to_bytes();
    assert_eq!(log.verifier().verify(text, &plain), Ok(None));
    assert_eq!(witness.verifier().verify(text, &timed), Ok(Some(77)));
    assert!(log.verifier().verify(text, &timed).is_err());
    assert!(log.verifier().verify(text, &timed[8..]).is_err());
    assert!(witness.verifier().verify(text, &plain).is_err());
}

#[test]
fn secrets_are_not_shown() {
    let secret = HEXLOWER.encode(&[0xa7; 32]);
    let shown = [
        format!("{:?}", Signer::new(name("a"), &[0xa7; 32])),
        format!("{:?}", Cosigner::new(name("a"), &[0xa7; 32])),
    ];
    for shown in shown {
        assert!(shown.starts_with("the secret key of a+"), "{shown}");
        assert!(!shown.contains(&secret) && !shown.contains("167, 167"));
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}") {
        if let Ok(key) = text.parse::<VerifierKey>() {
            prop_assert_eq!(key.to_string(), text);
        }
    }

    #[test]
    fn a_key_reads_back(seed in any::<[u8; 32]>(), text in "[a-z./é]{1,20}") {
        let log = Signer::new(name(&text), &seed);
        let witness = Cosigner::new(name(&text), &seed);
        for key in [log.verifier(), witness.verifier()] {
            prop_assert_eq!(&key.to_string().parse::<VerifierKey>().unwrap(), key);
        }
    }

    /// A vkey with any one character exchanged is refused: the id covers name, kind and key.
    #[test]
    fn a_mistyped_key_is_refused(at in any::<prop::sample::Index>(), with in "[a-zA-Z0-9+/=]") {
        let mut text: Vec<char> = LOG.chars().collect();
        let at = at.index(text.len());
        let with = with.chars().next().unwrap();
        prop_assume!(text[at] != with);
        text[at] = with;
        let text: String = text.into_iter().collect();
        prop_assert!(text.parse::<VerifierKey>().is_err());
    }
}

use super::*;
use proptest::prelude::*;

/// The example of signed-note 1.0.0, "Verifier keys".
const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn key() -> VerifierKey {
    KEY.parse().unwrap()
}

fn signer(number: u8) -> Signer {
    let name = KeyName::new(&format!("signer.example/{number}")).unwrap();
    Signer::new(name, &[number; 32])
}

#[test]
fn the_note_of_the_specification_verifies() {
    let note = Note::parse(NOTE.as_bytes()).unwrap();
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.to_string(), NOTE);
    let keys = [key()];
    let verified = note.verify(&keys).unwrap();
    assert_eq!(verified.len(), 1);
    assert_eq!(verified[0].key, &keys[0]);
    assert_eq!(verified[0].time, None);
}

/// The text of the first example there: it holds a blank line.
#[test]
fn the_last_blank_line_parts_text_from_signatures() {
    let text = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n";
    let note = format!(
        "{text}\n\u{2014} quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
    );
    let read = Note::parse(note.as_bytes()).unwrap();
    assert_eq!(read.text(), text);
    assert_eq!(read.signatures().len(), 1);
    assert_eq!(
        read.signatures()[0].name().as_str(),
        "quasimodo.example/salvatore"
    );
    assert_eq!(read.signatures()[0].id().to_string(), "367ba04b");
    assert_eq!(read.to_string(), note);
    // Blank lines right before the last one belong to the text.
    let note = NOTE.replace("message.\n\n", "message.\n\n\n\n");
    let read = Note::parse(note.as_bytes()).unwrap();
    assert_eq!(read.text(), "This is an example message.\n\n\n");
    assert_eq!(read.to_string(), note);
}

#[test]
fn what_is_no_note_is_refused_in_words() {
    let long = vec![b'a'; MAX_BYTES + 1];
    let crlf = NOTE.replace('\n', "\r\n");
    let cases: [(&[u8], &str); 14] = [
        (b"", "has no blank line"),
        (b"text\n", "has no blank line"),
        (b"text\n\n", "has no blank line"),
        (b"text\n\n\n", "has no blank line"),
        (&long, "is longer than"),
        (b"\xff\n\n", "not text in UTF-8"),
        (b"one\ntwo\tthree\n\nx", "line 2 holds a control character"),
        (crlf.as_bytes(), "line 1 holds a control character"),
        (
            &NOTE.as_bytes()[..NOTE.len() - 1],
            "does not end with a newline",
        ),
        (
            "text\n\n\u{2014} a b+\n".as_bytes(),
            "is not a signature line",
        ),
        (
            b"text\n\n- example.com/foo Uw2QOkn8\n",
            "is not a signature line",
        ),
        // An id and nothing behind it.
        (
            "text\n\n\u{2014} a AAAAAA==\n".as_bytes(),
            "is not a signature line",
        ),
        (
            "text\n\n\u{2014} a  AAAAAAA=\n".as_bytes(),
            "is not a signature line",
        ),
        (
            "text\n\n\u{2014} a+b AAAAAAA=\n".as_bytes(),
            "is not a signature line",
        ),
    ];
    for (bytes, wanted) in cases {
        let error = Note::parse(bytes).unwrap_err().to_string();
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]);
        assert!(error.contains(wanted), "{shown}: {error}");
    }
}

#[test]
fn many_signatures_are_read_and_too_many_refused() {
    let mut note = Note::unsigned("text\n").unwrap();
    for _ in 0..MAX_SIGNATURES {
        note.sign(&signer(1));
    }
    const { assert!(MAX_SIGNATURES >= 16) };
    let read = Note::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(read, note);
    note.sign(&signer(1));
    let error = Note::parse(note.to_string().as_bytes()).unwrap_err();
    assert_eq!(error, NoteError::TooManySignatures);
}

#[test]
fn unknown_keys_are_left_alone_and_known_ones_held_to_their_word() {
    let (known, other) = (signer(1), signer(2));
    let keys = [known.verifier().clone()];
    let mut note = Note::unsigned("text\n").unwrap();
    note.sign(&other);
    assert_eq!(note.verify(&keys), Err(NoteError::NoKnownKey));
    note.sign(&known);
    assert_eq!(note.verify(&keys).unwrap().len(), 1);

    // The same name with another key is another key.
    let name = known.verifier().name().clone();
    let namesake = Signer::new(name, &[3; 32]);
    let mut shared = Note::unsigned("text\n").unwrap();
    shared.sign(&namesake);
    assert_eq!(shared.verify(&keys), Err(NoteError::NoKnownKey));
    // The same id under another name too.
    let line = known.sign("text\n");
    shared.push(&keys[0], line.to_vec());
    shared.signatures[1].name = KeyName::new("elsewhere.example").unwrap();
    assert_eq!(shared.verify(&keys), Err(NoteError::NoKnownKey));

    // One bad signature of a known key spoils the note, whoever else signed it well.
    let both = [known.verifier().clone(), other.verifier().clone()];
    assert_eq!(note.verify(&both).unwrap().len(), 2);
    note.signatures[0].signature[5] ^= 1;
    let refused = note.verify(&both);
    assert_eq!(
        refused,
        Err(NoteError::Key(KeyError::BadSignature(
            "signer.example/2".to_owned()
        )))
    );
    assert_eq!(note.verify(&keys).unwrap().len(), 1);
}

#[test]
fn a_witness_tells_its_time() {
    let witness = Cosigner::new(KeyName::new("witness.example").unwrap(), &[9; 32]);
    let mut note = Note::unsigned("text\n").unwrap();
    note.cosign(&witness, 77).unwrap();
    assert_eq!(
        note.cosign(&witness, u64::MAX),
        Err(NoteError::Time(u64::MAX))
    );
    let keys = [witness.verifier().clone()];
    let note = Note::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(note.verify(&keys).unwrap()[0].time, Some(77));
}

#[test]
fn what_cannot_be_signed_is_refused() {
    assert_eq!(Note::unsigned("text"), Err(NoteError::NoNewline));
    assert_eq!(Note::unsigned(""), Err(NoteError::NoNewline));
    assert_eq!(Note::unsigned("a\nb\rc\n"), Err(NoteError::Control(2)));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(note) = Note::parse(&bytes) {
            prop_assert_eq!(note.to_string().into_bytes(), bytes);
        }
    }

    /// Near a note the parser gets further than random bytes would take it.
    #[test]
    fn an_altered_note_reads_back_as_it_stands_or_is_refused(
        at in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>(),
        with in "[\\n \u{2014}+a-zA-Z/=]{0,3}",
    ) {
        let mut text: Vec<char> = NOTE.chars().collect();
        let at = at.index(text.len());
        let until = (at + cut.index(4)).min(text.len());
        text.splice(at..until, with.chars());
        let altered: String = text.into_iter().collect();
        if let Ok(note) = Note::parse(altered.as_bytes()) {
            prop_assert_eq!(note.to_string(), altered.clone());
            if altered != NOTE {
                prop_assert!(note.text() == "This is an example message.\n" || note.verify(&[key()]).is_err());
            }
        }
    }

    #[test]
    fn a_signed_text_reads_back_and_verifies(
        text in "[^\\x00-\\x1f]{0,40}(\n[^\\x00-\\x1f]{0,10}){0,5}", seed in any::<[u8; 32]>(),
    ) {
        let text = format!("{text}\n");
        let signer = Signer::new(KeyName::new("signer.example").unwrap(), &seed);
        let mut note = Note::unsigned(&text).unwrap();
        note.sign(&signer);
        let read = Note::parse(note.to_string().as_bytes()).unwrap();
        prop_assert_eq!(read.text(), text);
        prop_assert!(read.verify(&[signer.verifier().clone()]).is_ok());
    }
}

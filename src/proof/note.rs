//! A text and who signed it (C2SP signed-note 1.0.0): the text, a blank line, a line for each signature.
//!
//! Nothing in a note is to be believed before [`Note::verify`] has found a signature of a known key.

#[cfg(test)]
mod tests;

use std::fmt;

use data_encoding::BASE64;

use super::base64;
use super::key::{Cosigner, KeyError, KeyId, KeyName, Signer, VerifierKey};

/// What a signature line begins with: an em dash and a space.
const MARK: &str = "\u{2014} ";

/// At most so many signatures are read; the format asks for 16 or more.
pub const MAX_SIGNATURES: usize = 100;

/// At most so many bytes are read: room for the text and for 100 signatures of the longest kind.
pub const MAX_BYTES: usize = 1_000_000;

/// A text with signatures, verified or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<SignatureLine>,
}

/// One signature: whose it says it is, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine {
    name: KeyName,
    id: KeyId,
    signature: Vec<u8>,
}

/// A signature that a known key made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'k> {
    /// The key.
    pub key: &'k VerifierKey,
    /// When it signed, in seconds since 1970, where its kind says so.
    pub time: Option<u64>,
}

impl SignatureLine {
    /// Reads a line, without its newline.
    ///
    /// # Errors
    /// If it is not an em dash, a name, and base64 of a key's id and at least one byte more.
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        let malformed = || NoteError::SignatureLine(line.chars().take(80).collect());
        let rest = line.strip_prefix(MARK).ok_or_else(malformed)?;
        let (name, signature) = rest.split_once(' ').ok_or_else(malformed)?;
        let name = KeyName::new(name).map_err(|_| malformed())?;
        let bytes = base64::read(signature).ok_or_else(malformed)?;
        let (id, signature) = bytes.split_first_chunk().ok_or_else(malformed)?;
        if signature.is_empty() {
            return Err(malformed());
        }
        Ok(Self {
            name,
            id: KeyId::new(*id),
            signature: signature.to_vec(),
        })
    }

    /// The name of the key it says it was made with.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The id of that key.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// When a key of this list signed a text so, in seconds since 1970; `None` for the signature of another key, and for a
    /// kind of key that tells no time.
    ///
    /// # Errors
    /// When it names a key of the list that did not make it.
    pub fn time_by(&self, keys: &[VerifierKey], text: &str) -> Result<Option<u64>, KeyError> {
        match keys.iter().find(|key| self.is_of(key)) {
            Some(key) => key.verify(text, &self.signature),
            None => Ok(None),
        }
    }

    fn is_of(&self, key: &VerifierKey) -> bool {
        self.id == key.id() && self.name == *key.name()
    }
}

impl fmt::Display for SignatureLine {
    /// Without its newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.id.as_bytes().to_vec();
        bytes.extend_from_slice(&self.signature);
        write!(f, "{MARK}{} {}", self.name, BASE64.encode(&bytes))
    }
}

impl Note {
    /// A note nobody signed yet. It is printed only once somebody has: a note has a signature.
    ///
    /// # Errors
    /// If the text does not end with a newline, or holds another control character.
    pub fn unsigned(text: &str) -> Result<Self, NoteError> {
        check_characters(text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::NoNewline);
        }
        Ok(Self {
            text: text.to_owned(),
            signatures: Vec::new(),
        })
    }

    /// Reads a note. Its signatures are not checked.
    ///
    /// # Errors
    /// If it is not a text, a blank line and signature lines, in UTF-8 without control characters, of at
    /// most [`MAX_SIGNATURES`] and [`MAX_BYTES`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_BYTES {
            return Err(NoteError::TooLong);
        }
        let note = str::from_utf8(bytes).map_err(|_| NoteError::NotUtf8)?;
        check_characters(note)?;
        // The text may hold blank lines itself: the last one parts it from the signatures.
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::NoSignature)?;
        if lines.is_empty() {
            return Err(NoteError::NoSignature);
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteError::NoNewline)?;
        if lines.split('\n').count() > MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        let signatures = lines.split('\n').map(SignatureLine::parse);
        Ok(Self {
            text: format!("{text}\n"),
            signatures: signatures.collect::<Result<_, _>>()?,
        })
    }

    /// The text, which ends with a newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, in the order of their lines.
    pub fn signatures(&self) -> &[SignatureLine] {
        &self.signatures
    }

    /// The same note with the signatures of these keys alone.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn signed_by(&self, keys: &[VerifierKey]) -> Result<Self, NoteError> {
        self.verify(keys)?;
        let own = |line: &&SignatureLine| keys.iter().any(|key| line.is_of(key));
        Ok(Self {
            text: self.text.clone(),
            signatures: self.signatures.iter().filter(own).cloned().collect(),
        })
    }

    /// Adds a signature of a key like a ledger's.
    pub fn sign(&mut self, signer: &Signer) {
        let signature = signer.sign(&self.text);
        self.push(signer.verifier(), signature.to_vec());
    }

    /// Adds a signature of a witness at a time, in seconds since 1970.
    ///
    /// # Errors
    /// If the format cannot hold the time.
    pub fn cosign(&mut self, cosigner: &Cosigner, time: u64) -> Result<(), NoteError> {
        let signature = cosigner
            .sign(&self.text, time)
            .ok_or(NoteError::Time(time))?;
        self.push(cosigner.verifier(), signature.to_bytes().to_vec());
        Ok(())
    }

    /// Adds a signature as it was given, unless it is there. It is not checked.
    pub fn add(&mut self, line: SignatureLine) {
        if !self.signatures.contains(&line) {
            self.signatures.push(line);
        }
    }

    fn push(&mut self, key: &VerifierKey, signature: Vec<u8>) {
        self.signatures.push(SignatureLine {
            name: key.name().clone(),
            id: key.id(),
            signature,
        });
    }

    /// The signatures that keys from this list made, in the order of their lines. Signatures of other
    /// keys are left alone, even when they share a name or an id with one of the list.
    ///
    /// # Errors
    /// If a key of the list is named by a signature it did not make, or if no key of the list signed: the
    /// note is then to be refused as a whole (signed-note, "Signatures").
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<Vec<Verified<'k>>, NoteError> {
        let mut verified = Vec::new();
        for line in &self.signatures {
            for key in keys.iter().filter(|key| line.is_of(key)) {
                let time = key.verify(&self.text, &line.signature)?;
                verified.push(Verified { key, time });
            }
        }
        match verified.is_empty() {
            true => Err(NoteError::NoKnownKey),
            false => Ok(verified),
        }
    }
}

impl fmt::Display for Note {
    /// The whole note, which ends with a newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Newline is the one ASCII control character a note may hold (signed-note, "Format").
fn check_characters(text: &str) -> Result<(), NoteError> {
    let mut lines = text.split('\n');
    match lines.position(|line| line.contains(|c| c < ' ')) {
        None => Ok(()),
        Some(before) => Err(NoteError::Control(before.saturating_add(1))),
    }
}

/// Why a note is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Too many bytes.
    #[error("this is longer than the {MAX_BYTES} bytes that a signed note may have")]
    TooLong,
    /// Not text.
    #[error("this is not a signed note: it is not text in UTF-8")]
    NotUtf8,
    /// A control character.
    #[error(
        "line {0} holds a control character, as a tab or the carriage return of another system; a signed note has none but newlines"
    )]
    Control(usize),
    /// No signature lines.
    #[error(
        "this is not a signed note: after its text it has no blank line followed by signatures"
    )]
    NoSignature,
    /// The end is missing.
    #[error("the last line does not end with a newline: part of the note may be missing")]
    NoNewline,
    /// More signatures than are read.
    #[error("this note has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// Not a signature line.
    #[error(
        "{0:?} is not a signature line; one is an em dash, a name, and a signature in base64, with a space between"
    )]
    SignatureLine(String),
    /// A time a cosignature cannot hold.
    #[error("{0} seconds after 1970 is later than a cosignature can tell")]
    Time(u64),
    /// A known key did not sign this.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Nobody known signed.
    #[error(
        "none of the signatures is of a key you trust: compare the key's name and id with those in the note"
    )]
    NoKnownKey,
}

//! What a witness signs: that at a time a checkpoint was the largest consistent one it had seen (C2SP
//! tlog-cosignature 1.0.1, the Ed25519 kind, signature type 04).

use std::fmt::Write;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

/// Separates these signatures from every other use of a key.
const HEADER: &str = "cosignature/v1";

/// The latest time the format allows, in seconds since 1970.
pub const LATEST: u64 = (1 << 63) - 1;

/// How many bytes a cosignature has: the time, then the Ed25519 signature.
pub const LENGTH: usize = 72;

/// A time and a signature over it and over the text of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cosignature {
    time: u64,
    signature: Signature,
}

impl Cosignature {
    /// Signs the text of a checkpoint as seen at a time, in seconds since 1970; `None` past [`LATEST`].
    pub fn make(key: &SigningKey, time: u64, text: &str) -> Option<Self> {
        (time <= LATEST).then(|| Self {
            time,
            signature: key.sign(message(time, text).as_bytes()),
        })
    }

    /// Reads the time, 8 bytes with the highest first, and the 64 bytes of the signature; `None` when
    /// there are more or fewer bytes, or the time is past [`LATEST`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (time, signature) = bytes.split_first_chunk()?;
        let time = u64::from_be_bytes(*time);
        let signature = Signature::from_slice(signature).ok()?;
        (time <= LATEST).then_some(Self { time, signature })
    }

    /// The bytes that stand behind the key's id in a signature line.
    pub fn to_bytes(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        let all = self.time.to_be_bytes().into_iter();
        let all = all.chain(self.signature.to_bytes());
        bytes.iter_mut().zip(all).for_each(|(to, byte)| *to = byte);
        bytes
    }

    /// When the witness signed, in whole seconds since 1970.
    pub fn time(&self) -> u64 {
        self.time
    }

    /// Whether the key signed this time and this text of a checkpoint, which ends with a newline.
    pub fn verifies(&self, key: &VerifyingKey, text: &str) -> bool {
        let message = message(self.time, text);
        key.verify_strict(message.as_bytes(), &self.signature)
            .is_ok()
    }
}

/// The bytes that are signed: a header, the time, and the whole text of the checkpoint.
fn message(time: u64, text: &str) -> String {
    let mut message = String::with_capacity(text.len().saturating_add(48));
    // Writing to a string does not fail.
    let _ = write!(message, "{HEADER}\ntime {time}\n{text}");
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "dealtrail.example/demo\n3\neiLOrfWTC19NF345ACdrgcvWXAtA9T03P9CtAY9nsC4=\n";
    const TIME: u64 = 1_745_489_700;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[9; 32])
    }

    #[test]
    fn the_message_is_that_of_the_specification() {
        let text =
            "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        assert_eq!(
            message(1_679_315_147, text),
            "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n\
             CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        );
    }

    #[test]
    fn a_cosignature_reads_back_and_speaks_for_its_time_and_text_alone() {
        let made = Cosignature::make(&key(), TIME, TEXT).unwrap();
        let bytes = made.to_bytes();
        assert_eq!(bytes[..8], TIME.to_be_bytes());
        let read = Cosignature::from_bytes(&bytes).unwrap();
        assert_eq!(read, made);
        assert_eq!(read.time(), TIME);
        let public = key().verifying_key();
        assert!(read.verifies(&public, TEXT));
        assert!(!read.verifies(&public, &TEXT.replace("\n3\n", "\n4\n")));
        assert!(!read.verifies(&SigningKey::from_bytes(&[8; 32]).verifying_key(), TEXT));
        for at in 0..LENGTH * 8 {
            let mut altered = bytes;
            altered[at / 8] ^= 1 << (at % 8);
            let believed = Cosignature::from_bytes(&altered)
                .is_some_and(|altered| altered.verifies(&public, TEXT));
            assert!(!believed, "bit {at}");
        }
    }

    #[test]
    fn lengths_and_times_have_their_bounds() {
        let bytes = Cosignature::make(&key(), LATEST, TEXT).unwrap().to_bytes();
        assert!(Cosignature::from_bytes(&bytes).is_some());
        assert_eq!(Cosignature::make(&key(), LATEST + 1, TEXT), None);
        for length in [0, 7, 8, 71] {
            assert_eq!(Cosignature::from_bytes(&bytes[..length]), None);
        }
        assert_eq!(Cosignature::from_bytes(&[0; 73]), None);
        let mut late = bytes;
        late[0] = 0x80;
        assert_eq!(Cosignature::from_bytes(&late), None);
    }
}

//! Digests of read models: SHA-256 over one unambiguous writing of their whole state.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// A state being written into a digest.
///
/// Every item is written with its length in front, so that two different states can never be written
/// alike by moving a boundary between two items.
#[derive(Default)]
pub struct StateDigest(Sha256);

impl StateDigest {
    /// A digest that begins with the read model's name and version.
    #[must_use]
    pub fn of(name: &str, version: u32) -> Self {
        let mut digest = Self::default();
        digest.text(name);
        digest.number(u64::from(version));
        digest
    }

    /// Writes text or bytes in their place.
    pub fn text(&mut self, text: impl AsRef<[u8]>) {
        let bytes = text.as_ref();
        // Lengths of things held in memory fit 64 bits on every platform there is.
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    /// Writes a number.
    pub fn number(&mut self, number: u64) {
        self.0.update(number.to_be_bytes());
    }

    /// Writes how many items follow.
    pub fn count(&mut self, items: usize) {
        self.number(items as u64);
    }

    /// Writes a value by its JSON form, whose member order is fixed by its type.
    pub fn json(&mut self, value: &impl Serialize) {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.text(bytes),
            Err(error) => self.text(format!("not JSON: {error}")),
        }
    }

    /// The 32 bytes.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// A digest in hexadecimal, as it is printed and compared.
#[must_use]
pub fn hexadecimal(digest: &[u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

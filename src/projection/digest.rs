//! Digests of read models: SHA-256 over one unambiguous writing of their whole state.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::deal::state::{Book, Fact, Recording, Retraction, Version};
use crate::deal::value::source::Source;

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

    /// Writes one stream's facts, every version and amendment included.
    pub fn book(&mut self, book: &Book) {
        self.text(book.id.to_string());
        self.number(book.version);
        self.count(book.facts().len());
        for fact in book.facts() {
            self.fact(fact);
        }
        self.count(book.anomalies.len());
        for anomaly in &book.anomalies {
            self.recording(&anomaly.recording);
            self.text(&anomaly.kind);
            self.text(&anomaly.why);
        }
    }

    fn fact(&mut self, fact: &Fact) {
        self.count(fact.versions().len());
        for version in fact.versions() {
            self.version(version);
        }
        self.count(fact.added.len());
        for added in &fact.added {
            self.recording(&added.recording);
            self.sources(&added.sources);
            self.retraction(added.retracted.as_ref());
        }
        self.count(fact.confirmations.len());
        for confirmation in &fact.confirmations {
            self.recording(&confirmation.recording);
            self.text(confirmation.version.to_string());
            self.sources(&confirmation.sources);
            self.retraction(confirmation.retracted.as_ref());
        }
        self.retraction(fact.retracted.as_ref());
    }

    fn version(&mut self, version: &Version) {
        self.recording(&version.recording);
        self.text(version.on.as_str());
        self.text(version.on_since.to_string());
        self.text(version.payload.kind_name());
        match version.payload.to_value() {
            Ok(value) => self.json(&value),
            Err(error) => self.text(format!("not JSON: {error}")),
        }
        self.sources(&version.sources);
        self.json(&version.reason);
    }

    fn recording(&mut self, recording: &Recording) {
        self.text(recording.event.to_string());
        self.number(recording.seq);
        self.json(&recording.at);
        self.text(recording.day.to_string());
        self.json(&recording.actor);
        self.text(recording.command.as_str());
    }

    fn sources(&mut self, sources: &[Source]) {
        self.json(&sources);
    }

    fn retraction(&mut self, retraction: Option<&Retraction>) {
        self.count(usize::from(retraction.is_some()));
        if let Some(retraction) = retraction {
            self.recording(&retraction.recording);
            self.json(&retraction.reason);
        }
    }
}

/// A digest in hexadecimal, as it is printed and compared.
#[must_use]
pub fn hexadecimal(digest: &[u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

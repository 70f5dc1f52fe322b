//! What became of facts that were cited: which were corrected or withdrawn since.

use std::collections::BTreeMap;

use super::status::Status;
use crate::deal::state::{Book, Fact, Recording};

/// How a cited fact stands otherwise than it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It says something else now.
    Corrected,
    /// It was withdrawn.
    Withdrawn,
    /// A source or a confirmation it rested on was withdrawn.
    SupportWithdrawn,
}

/// A cited fact that was amended since.
#[derive(Debug, Clone, Copy)]
pub struct Amended<'a> {
    /// The thing it is about.
    pub book: &'a Book,
    /// The fact.
    pub fact: &'a Fact,
    /// What became of it.
    pub became: Became,
    /// The recording that changed it last.
    pub by: &'a Recording,
}

/// The facts behind cited positions that were amended at a position or after it, each once, by the
/// position of their root. Of a fact amended several ways the gravest is told.
#[must_use]
pub fn amended_since<'a>(status: &'a Status, cited: &[u64], since: u64) -> Vec<Amended<'a>> {
    let mut found = BTreeMap::new();
    for seq in cited {
        let Some(one) = status.fact_at(*seq) else {
            continue;
        };
        if let Some((became, by)) = became(one.fact, since) {
            found.insert(
                one.fact.seq(),
                Amended {
                    book: one.book,
                    fact: one.fact,
                    became,
                    by,
                },
            );
        }
    }
    found.into_values().collect()
}

fn became(fact: &Fact, since: u64) -> Option<(Became, &Recording)> {
    let recent = |recording: &&Recording| recording.seq >= since;
    let withdrawn = fact
        .retracted
        .as_ref()
        .map(|retraction| &retraction.recording);
    if let Some(by) = withdrawn.filter(recent) {
        return Some((Became::Withdrawn, by));
    }
    let last = Some(&fact.current().recording).filter(|_| fact.is_corrected());
    if let Some(by) = last.filter(recent) {
        return Some((Became::Corrected, by));
    }
    let sources = fact
        .added
        .iter()
        .filter_map(|added| added.retracted.as_ref());
    let confirmations = fact
        .confirmations
        .iter()
        .filter_map(|one| one.retracted.as_ref());
    sources
        .chain(confirmations)
        .map(|retraction| &retraction.recording)
        // What was added and withdrawn since was never cited.
        .filter(recent)
        .max_by_key(|recording| recording.seq)
        .map(|by| (Became::SupportWithdrawn, by))
}

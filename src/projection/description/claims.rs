//! What sources claim of a field or topic, and which claim is shown.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::deal::event::claim_stated::ClaimStated;
use crate::deal::event::{Kind, Payload};
use crate::deal::state::facts::Kinds;
use crate::deal::state::{Book, Fact};
use crate::deal::value::ids::{EventId, StreamKind};
use crate::deal::value::text::Text;

/// One source's word.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The fact, with its sources.
    pub fact: &'a Fact,
    /// What is claimed, of what, by whom.
    pub data: &'a ClaimStated,
}

/// The claim chosen among several, and why.
#[derive(Debug, Clone, Copy)]
pub struct Preference<'a> {
    /// The claim chosen.
    pub claim: Claim<'a>,
    /// Why it was chosen.
    pub reason: &'a Text,
    /// The fact that chooses.
    pub fact: &'a Fact,
}

/// All claims on one field or topic.
#[derive(Debug, Clone)]
pub struct FieldClaims<'a> {
    /// The field or topic, as first claimed.
    pub field: &'a Text,
    /// Whether it names a field of the thing's description rather than a topic in words.
    pub describes: bool,
    /// The claims, in order of position.
    pub claims: Vec<Claim<'a>>,
    /// The claim to show, if one was chosen.
    pub preferred: Option<Preference<'a>>,
    /// Whether sources differ: claims of different values on a field of the description, or on a
    /// topic where one claim was preferred over another.
    pub disputed: bool,
}

impl<'a> FieldClaims<'a> {
    /// The value to show: the preferred claim. Without one the registered value is shown, and where
    /// there is none, "disputed" with all claims.
    #[must_use]
    pub fn shown(&self) -> Option<&'a Text> {
        self.preferred
            .map(|preference| &preference.claim.data.value)
    }
}

/// The claims on a thing that were made by the end of a day, grouped by field or topic in order of
/// the first claim of each.
#[must_use]
pub fn claims(book: &Book, day: NaiveDate) -> Vec<FieldClaims<'_>> {
    let mut fields: Vec<FieldClaims<'_>> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let preferences = preferences(book);
    let claims = book.live_of(Kinds::of(&[Kind::ClaimStated]));
    for fact in claims.filter(|fact| fact.happened_by(day)) {
        let Payload::ClaimStated(data) = fact.payload() else {
            continue;
        };
        let key = key(&data.field);
        let place = *places.entry(key.clone()).or_insert(fields.len());
        if place == fields.len() {
            fields.push(FieldClaims {
                field: &data.field,
                describes: describes(book.id.kind(), &key),
                claims: Vec::new(),
                preferred: None,
                disputed: false,
            });
        }
        let Some(entry) = fields.get_mut(place) else {
            continue;
        };
        let claim = Claim { fact, data };
        entry.claims.push(claim);
        if let Some((chooser, reason)) = preferences.get(&fact.id()) {
            let earlier = entry.preferred.map(|preference| preference.fact.seq());
            // Of several choices the last one holds.
            if earlier.is_none_or(|seq| seq < chooser.seq()) {
                entry.preferred = Some(Preference {
                    claim,
                    reason,
                    fact: chooser,
                });
            }
        }
    }
    for entry in &mut fields {
        let first = entry.claims.first().map(|claim| &claim.data.value);
        let differ = entry
            .claims
            .iter()
            .any(|claim| Some(&claim.data.value) != first);
        entry.disputed = differ && (entry.describes || entry.preferred.is_some());
    }
    fields
}

/// Which claims were chosen, by the claim's root event, each by the last choice that names it.
fn preferences(book: &Book) -> BTreeMap<EventId, (&Fact, &Text)> {
    let mut chosen = BTreeMap::new();
    for fact in book.live_of(Kinds::of(&[Kind::ClaimPreferred])) {
        if let Payload::ClaimPreferred(data) = fact.payload() {
            // A correction's id means its root fact.
            let claim = book.fact(data.claim).map_or(data.claim, Fact::id);
            chosen.insert(claim, (fact, &data.reason));
        }
    }
    chosen
}

/// What two spellings of one field have in common.
fn key(field: &Text) -> String {
    field
        .to_string()
        .trim()
        .to_lowercase()
        .replace([' ', '-'], "_")
}

/// Whether a field name is one of the description of a thing, or of its signing.
fn describes(kind: StreamKind, key: &str) -> bool {
    let fields: &[&str] = match kind {
        StreamKind::Agreement => &[
            "titles",
            "title",
            "class",
            "instrument",
            "sectors",
            "sector",
            "parties",
            "package",
            "nature",
            "signed",
            "signatories",
            "place",
            "occasion",
            "on",
            "value",
        ],
        StreamKind::Package => &[
            "titles",
            "title",
            "occasion",
            "declared_counts",
            "counts",
            "declared_value",
            "value",
            "scope",
        ],
        StreamKind::Occasion => &[
            "names",
            "name",
            "kind",
            "place",
            "theme",
            "parent",
            "roles",
            "organisers",
            "attendance",
            "topics",
            "on",
        ],
        StreamKind::Organization => &["names", "name", "country", "type", "identifiers", "parent"],
        StreamKind::Ledger => &[],
    };
    fields.contains(&key)
}

//! Search: which things a few words mean, and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Reading, Word};
use crate::deal::value::ids::{Ref, StreamId, StreamKind};
use crate::projection::search::asking::{Fit, Hit, Way};
use crate::projection::search::said::Field;

/// The things found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FoundThings {
    /// The best ones, in order.
    pub results: Vec<FoundThing>,
    /// How many there are in all.
    pub found: usize,
}

/// A thing found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FoundThing {
    /// Its reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// What it is: agreement, package, occasion or organization.
    pub kind: Word,
    /// Its title or name.
    pub title: String,
    /// Its stream.
    pub stream: StreamId,
    /// How it was found: reference, reference_begins, title, party or elsewhere.
    pub matched: Word,
    /// Where the words stand.
    pub fields: Vec<Word>,
    /// How well the word fits that fits worst: whole, beginning or nearly.
    pub fit: Word,
    /// Its names in other languages, where a name is what was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

impl Reading {
    /// The registered things that say all these words, or whose reference they are or begin.
    #[must_use]
    pub fn search(&self, words: &str, kind: Option<StreamKind>, most: usize) -> FoundThings {
        let hits = self.models.search().ask(words, kind, most);
        let results = hits.best.iter().filter_map(|hit| self.found_thing(hit));
        FoundThings {
            results: results.collect(),
            found: hits.all,
        }
    }

    fn found_thing(&self, hit: &Hit) -> Option<FoundThing> {
        let named = self.name(hit.stream)?;
        let in_title = hit.fields.contains(&Field::Title);
        let names = self.names(hit.stream).filter(|_| in_title);
        let names = names.iter().flat_map(|names| names.iter());
        let others = names.map(|(_, name)| name.to_string());
        Some(FoundThing {
            names: others.filter(|name| *name != named.title).collect(),
            reference: named.reference,
            kind: hit.stream.kind().as_str().into(),
            title: named.title,
            stream: hit.stream,
            matched: way(hit.way).into(),
            fields: hit
                .fields
                .iter()
                .map(|field| field.as_str().into())
                .collect(),
            fit: fit(hit.fit).into(),
        })
    }
}

fn way(way: Way) -> &'static str {
    match way {
        Way::Reference => "reference",
        Way::ReferenceBegins => "reference_begins",
        Way::Title => "title",
        Way::Party => "party",
        Way::Elsewhere => "elsewhere",
    }
}

fn fit(fit: Fit) -> &'static str {
    match fit {
        Fit::Whole => "whole",
        Fit::Beginning => "beginning",
        Fit::Nearly => "nearly",
    }
}

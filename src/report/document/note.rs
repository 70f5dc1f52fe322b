//! What stands at the foot of a Document: definitions, and the facts cited with their sources.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::source::{EvidenceLevel, Source, SourceType};
use crate::deal::value::text::Text;
use crate::deal::value::when::When;

/// What a figure means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Definition {
    /// The letter beside the figure.
    pub mark: String,
    /// The definition.
    pub text: String,
}

/// A fact cited, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Footnote {
    /// The number beside the sentence.
    pub number: u32,
    /// The position of the version cited.
    pub seq: u64,
    /// The id of the event that holds that version.
    pub event: String,
    /// When the fact happened, as recorded.
    pub on: When,
    /// The civil day on which that version was recorded.
    pub recorded: NaiveDate,
    /// The fact's evidence level.
    pub evidence: EvidenceLevel,
    /// The sources in force.
    pub sources: Vec<SourceNote>,
    /// What was corrected, confirmed or withdrawn, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<String>,
    /// The whole footnote as a reader sees it.
    pub text: String,
}

/// A source of a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceNote {
    /// Its title; left out when it is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: SourceType,
    /// Who published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Its number in a register or as an act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// When it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<When>,
    /// Where in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locator: Option<String>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The commitment to the file kept as evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

impl SourceNote {
    /// What a Document keeps of a source.
    #[must_use]
    pub fn of(source: &Source) -> Self {
        let plain = |text: &Text| text.plain().map(str::to_owned);
        Self {
            title: plain(&source.title),
            kind: source.kind,
            publisher: source.publisher.as_ref().and_then(plain),
            number: source
                .number
                .as_ref()
                .map(|number| number.as_str().to_owned()),
            published: source.published.clone(),
            locator: source.locator.as_ref().and_then(plain),
            url: source.url.as_ref().map(|url| url.as_str().to_owned()),
            evidence: source
                .evidence
                .as_ref()
                .map(|evidence| evidence.commit.as_str().to_owned()),
        }
    }
}

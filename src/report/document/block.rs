//! What a part of a Document is made of.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::source::EvidenceLevel;
use crate::deal::value::when::When;

/// A titled part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// What it is, the same in every language.
    pub name: String,
    /// Its heading.
    pub heading: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// One block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// A heading inside a part.
    Subheading {
        /// Its words.
        text: String,
    },
    /// Sentences that belong together.
    Paragraph {
        /// The sentences, in order.
        lines: Vec<Line>,
    },
    /// Figures, a line each.
    Figures {
        /// The figures.
        rows: Vec<Figure>,
    },
    /// Items, a line each.
    List {
        /// The items.
        items: Vec<Line>,
    },
    /// A table.
    Table {
        /// Its columns.
        columns: Vec<Column>,
        /// Its rows; each has as many cells as there are columns.
        rows: Vec<Vec<Cell>>,
    },
    /// What somebody else says, in the words recorded.
    Claim {
        /// Who says it.
        speaker: String,
        /// What is said, without quotation marks.
        quote: String,
        /// About what, and when it was said.
        context: String,
        /// Whether it is relied on, where others speak of the same.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        remark: String,
        /// Footnotes.
        notes: Vec<u32>,
    },
    /// That there is nothing to say, said.
    Empty {
        /// The sentence.
        text: String,
    },
}

/// A sentence or item with its footnotes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// Its words.
    pub text: String,
    /// Footnotes, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<u32>,
    /// Whether it no longer holds and is shown struck through.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub struck: bool,
    /// The fact it states, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<Fact>,
}

impl Line {
    /// A sentence without footnotes.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self {
            text,
            notes: Vec::new(),
            struck: false,
            fact: None,
        }
    }

    /// The sentence with these footnotes, each once and in order.
    #[must_use]
    pub fn noted(mut self, notes: impl IntoIterator<Item = u32>) -> Self {
        self.notes.extend(notes);
        self.notes.sort_unstable();
        self.notes.dedup();
        self
    }
}

/// A milestone of an agreement, for programs that read the Document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// The agreement's reference.
    pub agreement: String,
    /// The milestone's code.
    pub milestone: String,
    /// When it happened, as recorded.
    pub on: When,
    /// Its latest day: the one it counts from.
    pub day: NaiveDate,
    /// How well it is evidenced.
    pub evidence: EvidenceLevel,
}

/// A figure with what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Figure {
    /// What is counted.
    pub label: String,
    /// How much, with the denominator where there is one.
    pub value: String,
    /// Further lines beneath the value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// The letter of its definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// Footnotes, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<u32>,
}

/// On which side a column is set flush.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// Its side.
    pub align: Align,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// Its words.
    pub text: String,
    /// Footnotes, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<u32>,
}

//! `expectation_stated`: a milestone or intention foreseen with a horizon. Never a fact.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Continued;
use crate::deal::value::code::Code;
use crate::deal::value::text::Text;
use crate::deal::value::when::When;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"horizon":"2025-04-25/..","milestone":"company_incorporated","review_on":"2025-07-24","words":"in the near future"}"#;

/// What is expected, and by when. A milestone's code, or words, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExpectationStated {
    /// The milestone expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milestone: Option<Code>,
    /// The intention, as the source put it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Text>,
    /// When it is expected.
    pub horizon: When,
    /// The day to ask again; the recording day plus the track's interval unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_on: Option<NaiveDate>,
    /// The fact this one continues, when it was moved from another agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continued>,
}

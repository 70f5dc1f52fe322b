//! `report_issued`: a report got a number in its series and may be cited.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"manifest":{"as_of":"2025-04-26","document_sha256":"7a22ceadf5930b5f4d177e3900276b81cbd65c0b40f53d373fd0ad018f67b02e","known_at":40,"language":"en","origin":"dealtrail.example/agency","parameters":{"since":"2025-04-17"},"report":"practical-steps","report_version":1,"root":"7a22ceadf5930b5f4d177e3900276b81cbd65c0b40f53d373fd0ad018f67b02e"},"number":"PS-2025-001","series":"practical-steps"}"#;

/// What is needed to compute the Document again, and its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// The ledger.
    pub origin: Text,
    /// K: how many events were known.
    pub known_at: u64,
    /// The Merkle root over those events, in hexadecimal.
    pub root: Text,
    /// D: the day up to which things had happened.
    pub as_of: NaiveDate,
    /// The report's name.
    pub report: Text,
    /// The version of the report's code that wrote it.
    pub report_version: u32,
    /// The report's parameters, resolved.
    pub parameters: std::collections::BTreeMap<String, String>,
    /// The language of its sentences.
    pub language: Text,
    /// SHA-256 of the Document, in hexadecimal.
    pub document_sha256: Text,
    /// The release of the program that computed it: its language pack and code tables are that release's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<Text>,
    /// The version of each read model's fold, by its name.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub read_models: std::collections::BTreeMap<String, u32>,
    /// SHA-256 of the policy in force at K as canonical JSON, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_sha256: Option<Text>,
    /// SHA-256 of the tracks in force at K as canonical JSON, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracks_sha256: Option<Text>,
}

/// The issue of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportIssued {
    /// Name and parameters except days.
    pub series: Text,
    /// Its number in the series.
    pub number: Text,
    /// How to compute it again.
    pub manifest: Manifest,
}

//! `occasion_registered`: a conference, meeting, session, mission, visit or statement.
//!
//! Its `on` is when it was held; an interval there is a duration, not an uncertainty.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::ids::{Ref, StreamId};
use crate::deal::value::party::Party;
use crate::deal::value::quantity::Quantity;
use crate::deal::value::text::{Names, Text};

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"attendance":[{"amount":"250","qualifier":"about","text":"about 250 participants","unit":"participants"}],"kind":"conference","names":{"en":"Brick and glass conference"},"place":"Baku","ref":"OC-2025-001","roles":[{"party":{"description":"the agency","role":"organiser"},"role":"organised"}],"topics":["building materials"]}"#;

/// What sort of occasion it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OccasionKind {
    /// A conference or forum.
    Conference,
    /// A meeting.
    Meeting,
    /// A session within another occasion.
    Session,
    /// A trade or investment mission.
    Mission,
    /// A visit.
    Visit,
    /// A public statement.
    Statement,
}

/// What a participant did at an occasion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OccasionRole {
    /// Organised it.
    Organised,
    /// Organised it together with others.
    CoOrganised,
    /// Supported it.
    Supported,
    /// Spoke at it.
    Spoke,
    /// Presented projects or experience.
    Presented,
}

/// One participant and what it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Participation {
    /// What it did.
    pub role: OccasionRole,
    /// Who; an organisation or office, never a person's name.
    pub party: Party,
}

/// A new occasion under a reference of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OccasionRegistered {
    /// The reference people use, unique in the ledger.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// What sort of occasion.
    pub kind: OccasionKind,
    /// Its names, by language.
    pub names: Names,
    /// Where it was held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Text>,
    /// Its theme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Text>,
    /// The occasion it was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<StreamId>,
    /// Who did what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Participation>,
    /// How many came, by unit (participants, companies, …).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attendance: Vec<Quantity>,
    /// What was spoken about; topics are not promises.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Text>,
}

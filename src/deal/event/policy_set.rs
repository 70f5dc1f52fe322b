//! `policy_set`: the agency's whole policy: review tiers and what counts as converted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::policy::Policy;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"policy":{"conversions":[{"code":"any_step","criterion":{"kind":"any_step"},"names":{"en":"any step"}}],"review_tiers":[{"code":"all","names":{"en":"all agreements"},"review_every_days":90}]}}"#;

/// The policy in force from this event on, replacing the earlier one as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicySet {
    /// The whole policy.
    pub policy: Policy,
}

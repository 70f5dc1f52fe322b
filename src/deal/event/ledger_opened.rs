//! `ledger_opened`: the first event of every ledger, written by `init`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::origin::Origin;
use crate::deal::value::text::{Lang, Names};
use crate::deal::value::zone::Zone;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"agency":{"en":"Investment Promotion Agency"},"demonstration":false,"languages":["en","az"],"origin":"dealtrail.example/agency","zone":"Asia/Baku"}"#;

/// What a ledger is: whose, where its days begin, and whether its clock may be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerOpened {
    /// The ledger's name in checkpoints: a URL without a scheme.
    pub origin: Origin,
    /// The agency's name, by language.
    pub agency: Names,
    /// The zone in which a moment becomes a civil day.
    pub zone: Zone,
    /// The languages the agency works in, the first one preferred.
    pub languages: Vec<Lang>,
    /// True for a demonstration ledger, whose clock may be set by hand; its times prove nothing.
    pub demonstration: bool,
}

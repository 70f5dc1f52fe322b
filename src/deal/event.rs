//! What can happen: one file an event kind, and the registry that lists them.
//!
//! An event is one recorded fact or decision. Its payload is the `data` of the stored object; the
//! rest is the envelope. A kind or version this program does not know is kept as
//! [`Payload::Unknown`] and never dropped.
//!
//! To add a kind: write `event/<kind>.rs` (a doc line, [`EXAMPLE`](signed::EXAMPLE), the payload)
//! and add its line to the registry below. The compiler then names every `match` that has to know it.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::Value;

use self::common::Upcast;
use self::payload_error::PayloadError;
use super::value::ids::{Actor, CommandId, EventId, StreamId, StreamKind};
use super::value::sources::Sources;
use super::value::when::When;

pub mod common;
mod decode;
pub mod payload_error;

/// Which events one atomic batch holds: `first` is the `seq` of its first event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch {
    /// The position of its first event.
    pub first: u64,
    /// How many events it has.
    pub count: u64,
}

impl Batch {
    /// The position after its last event.
    #[must_use]
    pub fn end(self) -> u64 {
        self.first.saturating_add(self.count)
    }
}

/// One recorded event, decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its dense index in the ledger, from 0.
    pub seq: u64,
    /// The thing it is about.
    pub stream: StreamId,
    /// Its dense index in its stream, from 0.
    pub version: u64,
    /// Its own id.
    pub id: EventId,
    /// When the fact happened; for kinds that are not dated, the recording day.
    pub on: When,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// The civil day of `recorded_at` in the agency's zone.
    pub day: NaiveDate,
    /// Who recorded it.
    pub actor: Actor,
    /// The batch it was recorded in.
    pub batch: Batch,
    /// The command that caused it.
    pub command: CommandId,
    /// Where the fact comes from.
    pub sources: Sources,
    /// What it says.
    pub payload: Payload,
}

/// How a kind takes part in the fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Makes a thing known under its reference.
    Registration,
    /// A fact that happened on a day: filtered by the day asked about.
    Dated,
    /// A statement that holds from its recording: filtered by position alone.
    Undated,
    /// Amends another fact of the same stream.
    Amendment,
    /// Concerns the ledger itself.
    Ledger,
}

/// What an event says, without its kind.
#[derive(Debug, Clone, Copy)]
pub struct Data<'a>(&'a Payload);

/// The steps given in the registry, or none.
fn last(steps: &[&'static [(u32, Upcast)]]) -> &'static [(u32, Upcast)] {
    steps.last().copied().unwrap_or_default()
}

macro_rules! registry {
    ($( $kind:literal v $version:literal = $module:ident :: $Variant:ident
        on [$($stream:ident),+] $role:ident $($flag:ident)* $([$upcasts:expr])? ; )+) => {
        $( pub mod $module; )+

        /// What an event says. Copies share it: it is copied again and again while it is decided on, and kept for every fact.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Payload {
            $( #[doc = concat!("`", $kind, "`.")] $Variant(Arc<$module::$Variant>), )+
            /// A kind or version this program cannot read; kept, shown raw, and its read models marked incomplete.
            Unknown(Arc<Unknown>),
        }

        /// An event kind this program knows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $( #[doc = concat!("`", $kind, "`.")] $Variant, )+
        }

        impl Kind {
            /// Every kind, in the order of the registry.
            pub const ALL: &'static [Self] = &[ $( Self::$Variant, )+ ];

            /// The kind of this name.
            #[must_use]
            pub fn of(name: &str) -> Option<Self> {
                match name { $( $kind => Some(Self::$Variant), )+ _ => None }
            }

            /// Its name in the ledger.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$Variant => $kind, )+ }
            }

            /// The version of its data that this program writes.
            #[must_use]
            pub fn version(self) -> u32 {
                match self { $( Self::$Variant => $version, )+ }
            }

            /// The streams it may stand in.
            #[must_use]
            pub fn streams(self) -> &'static [StreamKind] {
                match self { $( Self::$Variant => &[ $( StreamKind::$stream, )+ ], )+ }
            }

            /// How it takes part in the fold.
            #[must_use]
            pub fn role(self) -> Role {
                match self { $( Self::$Variant => Role::$role, )+ }
            }

            fn has(self, flag: &str) -> bool {
                match self { $( Self::$Variant => [ $( stringify!($flag), )* ].contains(&flag), )+ }
            }

            /// A true example of its data, as JSON.
            #[must_use]
            pub fn example(self) -> &'static str {
                match self { $( Self::$Variant => $module::EXAMPLE, )+ }
            }

            /// The JSON Schema (2020-12) of its data.
            #[must_use]
            pub fn data_schema(self) -> schemars::Schema {
                match self { $( Self::$Variant => schemars::schema_for!($module::$Variant), )+ }
            }

            /// The steps from version 0 upwards that bring old data to the version written now.
            /// Version 0 stands for drafts before the first release.
            fn upcasts(self) -> &'static [(u32, Upcast)] {
                match self { $( Self::$Variant => last(&[ &[], $( $upcasts )? ]), )+ }
            }

            fn read(self, data: Value) -> Result<Payload, serde_json::Error> {
                match self { $( Self::$Variant => serde_json::from_value::<$module::$Variant>(data).map(Payload::from), )+ }
            }

            fn read_str(self, data: &str) -> Result<Payload, serde_json::Error> {
                match self { $( Self::$Variant => serde_json::from_str::<$module::$Variant>(data).map(Payload::from), )+ }
            }
        }

        impl Payload {
            /// Its kind, unless this program does not know it.
            #[must_use]
            pub fn kind(&self) -> Option<Kind> {
                match self { $( Self::$Variant(_) => Some(Kind::$Variant), )+ Self::Unknown(_) => None }
            }

            /// Whether these are the very same data, shared, and not only alike.
            #[must_use]
            pub fn is(&self, other: &Self) -> bool {
                match (self, other) {
                    $( (Self::$Variant(one), Self::$Variant(two)) => Arc::ptr_eq(one, two), )+
                    _ => false,
                }
            }

            /// The data alone, to be written in any form.
            #[must_use]
            pub fn data(&self) -> Data<'_> {
                Data(self)
            }

            /// The data as a JSON value, for writing.
            ///
            /// # Errors
            /// When a value cannot be written as JSON; the payload types all can.
            pub fn to_value(&self) -> Result<Value, serde_json::Error> {
                match self {
                    $( Self::$Variant(data) => serde_json::to_value(data.as_ref()), )+
                    Self::Unknown(unknown) => serde_json::from_str(&unknown.data),
                }
            }

            /// The data as JSON text that [`Payload::decode`] reads; not their canonical form.
            ///
            /// # Errors
            /// As [`Payload::to_value`].
            pub fn to_json(&self) -> Result<String, serde_json::Error> {
                match self {
                    $( Self::$Variant(data) => serde_json::to_string(data.as_ref()), )+
                    Self::Unknown(unknown) => Ok(unknown.data.clone()),
                }
            }
        }

        impl Serialize for Data<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.0 {
                    $( Payload::$Variant(data) => data.serialize(serializer), )+
                    Payload::Unknown(unknown) => {
                        let data: Value = serde_json::from_str(&unknown.data).map_err(S::Error::custom)?;
                        data.serialize(serializer)
                    }
                }
            }
        }

        $( impl From<$module::$Variant> for Payload {
            fn from(data: $module::$Variant) -> Self { Self::$Variant(Arc::new(data)) }
        } )+
    };
}

registry! {
    "ledger_opened" v 1 = ledger_opened::LedgerOpened on [Ledger] Ledger;
    "track_defined" v 1 = track_defined::TrackDefined on [Ledger] Ledger;
    "policy_set" v 1 = policy_set::PolicySet on [Ledger] Ledger;
    "organization_registered" v 1 = organization_registered::OrganizationRegistered on [Organization] Registration correctable retractable;
    "organization_described" v 1 = organization_described::OrganizationDescribed on [Organization] Undated correctable retractable describing;
    "occasion_registered" v 1 = occasion_registered::OccasionRegistered on [Occasion] Registration correctable retractable dated;
    "occasion_described" v 1 = occasion_described::OccasionDescribed on [Occasion] Undated correctable retractable describing;
    "package_registered" v 1 = package_registered::PackageRegistered on [Package] Registration correctable retractable;
    "package_described" v 1 = package_described::PackageDescribed on [Package] Undated correctable retractable describing;
    "agreement_registered" v 1 = agreement_registered::AgreementRegistered on [Agreement] Registration correctable retractable;
    "agreement_described" v 1 = agreement_described::AgreementDescribed on [Agreement] Undated correctable retractable describing;
    "linked" v 1 = linked::Linked on [Agreement, Occasion] Undated correctable retractable;
    "signed" v 1 = signed::Signed on [Agreement] Dated correctable retractable movable;
    "land_allocated" v 1 = land_allocated::LandAllocated on [Agreement] Dated correctable retractable movable;
    "financial_model_agreed" v 1 = financial_model_agreed::FinancialModelAgreed on [Agreement] Dated correctable retractable movable;
    "company_incorporated" v 1 = company_incorporated::CompanyIncorporated on [Agreement] Dated correctable retractable movable;
    "milestone_reached" v 1 = milestone_reached::MilestoneReached on [Agreement] Dated correctable retractable movable;
    "milestone_reversed" v 1 = milestone_reversed::MilestoneReversed on [Agreement] Dated correctable retractable;
    "milestone_not_needed" v 1 = milestone_not_needed::MilestoneNotNeeded on [Agreement] Dated correctable retractable movable;
    "value_stated" v 1 = value_stated::ValueStated on [Agreement, Package] Dated correctable retractable movable;
    "figure_stated" v 1 = figure_stated::FigureStated on [Agreement, Organization] Dated correctable retractable movable;
    "claim_stated" v 1 = claim_stated::ClaimStated on [Agreement, Package, Occasion, Organization] Dated correctable retractable movable;
    "claim_preferred" v 1 = claim_preferred::ClaimPreferred on [Agreement, Package, Occasion, Organization] Undated correctable retractable;
    "expectation_stated" v 1 = expectation_stated::ExpectationStated on [Agreement, Package] Dated correctable retractable movable;
    "promise_made" v 1 = promise_made::PromiseMade on [Agreement, Occasion] Dated correctable retractable movable;
    "promise_closed" v 1 = promise_closed::PromiseClosed on [Agreement, Occasion] Dated correctable retractable;
    "obstacle_raised" v 1 = obstacle_raised::ObstacleRaised on [Agreement] Dated correctable retractable movable;
    "obstacle_resolved" v 1 = obstacle_resolved::ObstacleResolved on [Agreement] Dated correctable retractable;
    "contacted" v 1 = contacted::Contacted on [Agreement] Dated correctable retractable movable;
    "assigned" v 1 = assigned::Assigned on [Agreement] Undated correctable;
    "suspended" v 1 = suspended::Suspended on [Agreement] Dated correctable retractable movable;
    "resumed" v 1 = resumed::Resumed on [Agreement] Dated correctable retractable movable;
    "terminated" v 1 = terminated::Terminated on [Agreement] Dated correctable retractable movable;
    "completed" v 1 = completed::Completed on [Agreement] Dated correctable retractable movable;
    "reopened" v 1 = reopened::Reopened on [Agreement] Dated correctable retractable movable;
    "noted" v 1 = noted::Noted on [Agreement, Package, Occasion, Organization, Ledger] Undated retractable movable [noted::UPCASTS];
    "fact_sourced" v 1 = fact_sourced::FactSourced on [Agreement, Package, Occasion, Organization] Amendment retractable;
    "fact_confirmed" v 1 = fact_confirmed::FactConfirmed on [Agreement, Package, Occasion, Organization] Amendment retractable;
    "fact_corrected" v 1 = fact_corrected::FactCorrected on [Agreement, Package, Occasion, Organization] Amendment;
    "fact_retracted" v 1 = fact_retracted::FactRetracted on [Agreement, Package, Occasion, Organization, Ledger] Amendment;
    "report_issued" v 1 = report_issued::ReportIssued on [Ledger] Ledger;
    "key_rotated" v 1 = key_rotated::KeyRotated on [Ledger] Ledger;
    "ledger_repaired" v 1 = ledger_repaired::LedgerRepaired on [Ledger] Ledger;
    "ledger_restored" v 1 = ledger_restored::LedgerRestored on [Ledger] Ledger;
    "import_undone" v 1 = import_undone::ImportUndone on [Ledger] Ledger;
    "subject_erased" v 1 = subject_erased::SubjectErased on [Ledger] Ledger;
}

/// An event this program cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Its kind, as stored.
    pub kind: String,
    /// Its version, as stored.
    pub v: u32,
    /// Its data, as stored.
    pub data: String,
    /// Why it cannot be read.
    pub why: PayloadError,
}

impl From<Unknown> for Payload {
    fn from(unknown: Unknown) -> Self {
        Self::Unknown(Arc::new(unknown))
    }
}

impl Kind {
    /// Whether it says what a thing is and is called.
    #[must_use]
    pub fn describes(self) -> bool {
        self.role() == Role::Registration || self.has("describing")
    }

    /// Whether a fact of this kind may be corrected.
    #[must_use]
    pub fn correctable(self) -> bool {
        self.has("correctable")
    }

    /// Whether an event of this kind may be retracted.
    #[must_use]
    pub fn retractable(self) -> bool {
        self.has("retractable")
    }

    /// Whether a fact of this kind may be moved to another agreement.
    #[must_use]
    pub fn movable(self) -> bool {
        self.has("movable")
    }

    /// Whether its `on` is when the fact happened, to be given by whoever records it.
    #[must_use]
    pub fn dated(self) -> bool {
        self.role() == Role::Dated || self.has("dated")
    }

    /// Whether it may stand in a stream of this sort.
    #[must_use]
    pub fn stands_in(self, stream: StreamKind) -> bool {
        self.streams().contains(&stream)
    }
}

#[cfg(test)]
mod tests;

//! From stored data to a payload, and what every payload can be asked.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::common::Continued;
use super::payload_error::PayloadError;
use super::{Kind, Payload, Unknown};
use crate::deal::track;
use crate::deal::value::ids::Ref;
use crate::deal::value::text::Text;

impl Payload {
    /// Reads data of a given kind and version, bringing old versions up to date.
    ///
    /// # Errors
    /// When the kind is unknown, the version newer than this program, or the data do not fit.
    pub fn decode(kind: &str, v: u32, data: &str) -> Result<Self, PayloadError> {
        let known = Self::known(kind, v)?;
        let malformed = |error: &dyn std::fmt::Display| PayloadError::Malformed {
            kind: known.as_str(),
            reason: error.to_string(),
        };
        if v == known.version() {
            return known.read_str(data).map_err(|error| malformed(&error));
        }
        let old = serde_json::from_str(data).map_err(|error| malformed(&error))?;
        Self::upcast(known, v, old)
    }

    /// Reads data that are already a JSON object.
    ///
    /// # Errors
    /// As [`Payload::decode`].
    pub fn from_map(kind: &str, v: u32, data: Map<String, Value>) -> Result<Self, PayloadError> {
        let known = Self::known(kind, v)?;
        Self::upcast(known, v, data)
    }

    /// Reads data, keeping what cannot be read as [`Payload::Unknown`]. Total: history always decodes.
    #[must_use]
    pub fn decode_or_keep(kind: &str, v: u32, data: &str) -> Self {
        Self::decode(kind, v, data).unwrap_or_else(|why| {
            Self::from(Unknown {
                kind: kind.to_owned(),
                v,
                data: data.to_owned(),
                why,
            })
        })
    }

    fn known(kind: &str, v: u32) -> Result<Kind, PayloadError> {
        let known = Kind::of(kind).ok_or_else(|| PayloadError::UnknownKind {
            kind: kind.to_owned(),
            near: nearest(kind),
        })?;
        if v > known.version() {
            return Err(PayloadError::NewerVersion {
                kind: known.as_str(),
                v,
                known: known.version(),
            });
        }
        Ok(known)
    }

    fn upcast(kind: Kind, v: u32, mut data: Map<String, Value>) -> Result<Self, PayloadError> {
        let malformed = |reason: String| PayloadError::Malformed {
            kind: kind.as_str(),
            reason,
        };
        for from in v..kind.version() {
            let Some((_, step)) = kind.upcasts().iter().find(|(version, _)| *version == from)
            else {
                return Err(malformed(format!("version {from} was never in use")));
            };
            data = step(data).map_err(malformed)?;
        }
        kind.read(Value::Object(data))
            .map_err(|error| malformed(error.to_string()))
    }

    /// The name of its kind, known or not.
    #[must_use]
    pub fn kind_name(&self) -> &str {
        match self {
            Self::Unknown(unknown) => &unknown.kind,
            known => known.kind().map_or("", Kind::as_str),
        }
    }

    /// The milestone this fact reaches, if it reaches one.
    #[must_use]
    pub fn milestone(&self) -> Option<&str> {
        match self {
            Self::Signed(_) => Some(track::SIGNED),
            Self::LandAllocated(_) => Some(track::LAND_ALLOCATED),
            Self::FinancialModelAgreed(_) => Some(track::FINANCIAL_MODEL_AGREED),
            Self::CompanyIncorporated(_) => Some(track::COMPANY_INCORPORATED),
            Self::MilestoneReached(reached) => Some(reached.milestone.as_str()),
            _ => None,
        }
    }

    /// The reference it gives a thing, if it registers one.
    #[must_use]
    pub fn reference(&self) -> Option<&Ref> {
        match self {
            Self::AgreementRegistered(data) => Some(&data.reference),
            Self::PackageRegistered(data) => Some(&data.reference),
            Self::OccasionRegistered(data) => Some(&data.reference),
            Self::OrganizationRegistered(data) => Some(&data.reference),
            _ => None,
        }
    }

    /// Whether a further one besides a milestone already reached is meant.
    #[must_use]
    pub fn is_additional(&self) -> bool {
        match self {
            Self::LandAllocated(data) => data.additional,
            Self::FinancialModelAgreed(data) => data.additional,
            Self::CompanyIncorporated(data) => data.additional,
            Self::MilestoneReached(data) => data.additional,
            _ => false,
        }
    }

    /// What it says was inferred rather than read in the source.
    #[must_use]
    pub fn inferred(&self) -> Option<&Text> {
        match self {
            Self::AgreementRegistered(data) => data.inferred.as_ref(),
            Self::AgreementDescribed(data) => data.inferred.as_ref(),
            Self::PackageRegistered(data) => data.inferred.as_ref(),
            Self::PackageDescribed(data) => data.inferred.as_ref(),
            Self::Linked(data) => data.inferred.as_ref(),
            Self::Signed(data) => data.inferred.as_ref(),
            Self::LandAllocated(data) => data.inferred.as_ref(),
            Self::FinancialModelAgreed(data) => data.inferred.as_ref(),
            Self::CompanyIncorporated(data) => data.inferred.as_ref(),
            Self::MilestoneReached(data) => data.inferred.as_ref(),
            Self::ValueStated(data) => data.inferred.as_ref(),
            Self::FigureStated(data) => data.inferred.as_ref(),
            _ => None,
        }
    }

    /// The fact this one continues, when it was moved here from another agreement.
    #[must_use]
    pub fn continues(&self) -> Option<Continued> {
        self.continued_slot().and_then(|slot| *slot)
    }

    /// Marks the fact as continuing another. `false` when facts of this kind cannot be moved.
    #[must_use]
    pub fn set_continues(&mut self, continued: Continued) -> bool {
        match self.continued_slot_mut() {
            Some(slot) => {
                *slot = Some(continued);
                true
            }
            None => false,
        }
    }
}

macro_rules! movable_slots {
    ($($Variant:ident),+ $(,)?) => {
        impl Payload {
            fn continued_slot(&self) -> Option<&Option<Continued>> {
                match self { $( Self::$Variant(data) => Some(&data.continues), )+ _ => None }
            }

            fn continued_slot_mut(&mut self) -> Option<&mut Option<Continued>> {
                match self { $( Self::$Variant(data) => Some(&mut Arc::make_mut(data).continues), )+ _ => None }
            }
        }
    };
}

movable_slots! {
    Signed, LandAllocated, FinancialModelAgreed, CompanyIncorporated, MilestoneReached,
    MilestoneNotNeeded, ValueStated, FigureStated, ClaimStated, ExpectationStated, PromiseMade,
    ObstacleRaised, Contacted, Suspended, Resumed, Terminated, Completed, Reopened, Noted,
}

/// The known kind that shares the longest beginning with a name, if three letters agree.
fn nearest(name: &str) -> Option<&'static str> {
    let shared = |kind: &str| {
        kind.bytes()
            .zip(name.bytes())
            .take_while(|(a, b)| a == b)
            .count()
    };
    let best = Kind::ALL
        .iter()
        .map(|kind| kind.as_str())
        .max_by_key(|kind| shared(kind))?;
    (shared(best) >= 3).then_some(best)
}

//! The agency's policy: how often agreements are reviewed and what counts as converted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::financial_model_agreed::ModelStrength;
use super::event::milestone_reached::WorksNature;
use super::track::WORKS_STARTED;
use super::value::code::Code;
use super::value::text::Names;

/// What makes an agreement count under a conversion definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Criterion {
    /// Any step of its track.
    AnyStep,
    /// A step whose evidence reaches a level; for the financial model also a strength.
    DocumentedStep {
        /// The lowest evidence level that counts, 0 to 4.
        min_level: u8,
        /// The weakest financial model that counts.
        min_model: ModelStrength,
    },
    /// One milestone, with the nature of the works where it is `works_started`.
    Milestone {
        /// The milestone's code.
        milestone: Code,
        /// The nature of works it must have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nature: Option<WorksNature>,
    },
}

/// One named definition of conversion. Every rate printed names its definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Conversion {
    /// Its code.
    pub code: Code,
    /// Its names, by language.
    pub names: Names,
    /// What counts.
    pub criterion: Criterion,
}

/// A group of agreements reviewed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewTier {
    /// Its code.
    pub code: Code,
    /// Its names, by language.
    pub names: Names,
    /// After how many days its agreements are due for review.
    pub review_every_days: u32,
}

/// The whole policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Policy {
    /// Review tiers; an agreement without one belongs to the first.
    pub review_tiers: Vec<ReviewTier>,
    /// Conversion definitions, in the order they are printed.
    pub conversions: Vec<Conversion>,
}

impl Policy {
    /// The policy that `init` seeds.
    #[must_use]
    pub fn built_in() -> Self {
        let conversion = |code, name, criterion| Conversion {
            code: Code::fixed(code),
            names: Names::english(name),
            criterion,
        };
        Self {
            review_tiers: vec![ReviewTier {
                code: Code::fixed("all"),
                names: Names::english("all agreements"),
                review_every_days: 90,
            }],
            conversions: vec![
                conversion("any_step", "any step", Criterion::AnyStep),
                conversion(
                    "documented_step",
                    "documented step",
                    Criterion::DocumentedStep {
                        min_level: 2,
                        min_model: ModelStrength::Agreed,
                    },
                ),
                conversion(
                    "construction_started",
                    "construction started",
                    Criterion::Milestone {
                        milestone: Code::fixed(WORKS_STARTED),
                        nature: Some(WorksNature::Construction),
                    },
                ),
                conversion(
                    "operation",
                    "operation",
                    Criterion::Milestone {
                        milestone: Code::fixed("commercial_operation"),
                        nature: None,
                    },
                ),
            ],
        }
    }
}

//! Whether an agreement meets a definition of conversion, and by which fact.

use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::event::{Payload, milestone_reached::WorksNature};
use crate::deal::policy::Criterion;
use crate::deal::state::Fact;
use crate::deal::track::FINANCIAL_MODEL_AGREED;
use crate::deal::value::source::EvidenceLevel;
use crate::projection::standing::Standing;
use crate::projection::standing::milestones::Reached;

/// Whether an agreement meets a definition on its day.
#[must_use]
pub fn meets(standing: &Standing<'_>, criterion: &Criterion) -> bool {
    met_by(standing, criterion).is_some()
}

/// The step and the fact of it by which an agreement meets a definition; the earliest of several.
#[must_use]
pub fn met_by<'s, 'a>(
    standing: &'s Standing<'a>,
    criterion: &Criterion,
) -> Option<(&'s Reached<'a>, &'a Fact)> {
    match criterion {
        Criterion::AnyStep => {
            let step = standing.steps().next()?;
            Some((step, step.facts.first()?))
        }
        Criterion::DocumentedStep {
            min_level,
            min_model,
        } => standing
            .steps()
            .find_map(|step| Some((step, documented(step, *min_level, *min_model)?))),
        Criterion::Milestone { milestone, nature } => {
            let reached = standing.reached(milestone.as_str())?;
            let facts = reached.facts.iter().copied();
            let fact = facts.into_iter().find(|fact| match nature {
                Some(nature) => has_nature(fact, *nature),
                None => true,
            });
            Some((reached, fact?))
        }
    }
}

/// The first fact of a step that is documented and, for the financial model, strong enough itself:
/// a document on the discussions does not document a later agreement.
fn documented<'a>(step: &Reached<'a>, min_level: u8, min_model: ModelStrength) -> Option<&'a Fact> {
    let strong = |fact: &Fact| match fact.payload() {
        Payload::FinancialModelAgreed(data) => data.strength >= min_model,
        _ => step.code != FINANCIAL_MODEL_AGREED,
    };
    step.facts
        .iter()
        .copied()
        .find(|fact| fact.evidence() >= EvidenceLevel::Level(min_level) && strong(fact))
}

fn has_nature(fact: &Fact, nature: WorksNature) -> bool {
    match fact.payload() {
        Payload::MilestoneReached(data) => data.nature == Some(nature),
        _ => false,
    }
}

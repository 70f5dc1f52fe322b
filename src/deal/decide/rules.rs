//! The rules of each kind of fact, in one table. What they need of other streams is checked beside them.

use std::sync::Arc;

use super::situation::{Situation, Verdict};
use super::{figures, follow_up, ledger_kinds, milestones, registrations, status};
use crate::deal::event::Payload;
use crate::deal::refusal::Refusal;

/// Holds a fact against the rules of its kind, and fills in what its kind leaves to the program.
pub(super) fn check(payload: &mut Payload, at: &Situation<'_>) -> Result<Verdict, Refusal> {
    match payload {
        Payload::LedgerOpened(_) => ledger_kinds::opened(at),
        Payload::TrackDefined(data) => ledger_kinds::track(data, at),
        Payload::PolicySet(data) => ledger_kinds::policy(data, at),

        Payload::AgreementRegistered(data) => registrations::tier(data.review_tier.as_ref(), at),
        Payload::PackageRegistered(data) => figures::declared(data.declared_value.as_ref()),
        Payload::OccasionRegistered(_) | Payload::OrganizationRegistered(_) => Ok(Verdict::Record),
        Payload::AgreementDescribed(data) => {
            registrations::tier(data.review_tier.as_ref(), at)?;
            registrations::described(payload, at)
        }
        Payload::PackageDescribed(data) => {
            figures::declared(data.declared_value.as_ref())?;
            registrations::described(payload, at)
        }
        Payload::OccasionDescribed(_) | Payload::OrganizationDescribed(_) => {
            registrations::described(payload, at)
        }
        Payload::Linked(data) => registrations::linked(data, at),
        Payload::Assigned(data) => follow_up::assigned(data, at),

        Payload::Signed(_)
        | Payload::LandAllocated(_)
        | Payload::FinancialModelAgreed(_)
        | Payload::CompanyIncorporated(_)
        | Payload::MilestoneReached(_) => milestones::reached(payload, at),
        Payload::MilestoneReversed(data) => milestones::reversed(Arc::make_mut(data), at),
        Payload::MilestoneNotNeeded(data) => milestones::not_needed(data, at),

        Payload::ValueStated(data) => figures::value(data, at),
        Payload::FigureStated(_) | Payload::ClaimStated(_) => Ok(Verdict::Record),
        Payload::ClaimPreferred(data) => figures::preferred(Arc::make_mut(data), at),

        Payload::ExpectationStated(data) => follow_up::expected(Arc::make_mut(data), at),
        Payload::PromiseMade(_) | Payload::ObstacleRaised(_) => Ok(Verdict::Record),
        Payload::PromiseClosed(data) => follow_up::promise_closed(Arc::make_mut(data), at),
        Payload::ObstacleResolved(data) => follow_up::obstacle_resolved(Arc::make_mut(data), at),
        Payload::Contacted(_) | Payload::Noted(_) => Ok(Verdict::Record),

        Payload::Suspended(_) => status::suspended(at),
        Payload::Resumed(_) => status::resumed(at),
        Payload::Terminated(_) | Payload::Completed(_) => status::closed(at),
        Payload::Reopened(_) => status::reopened(at),

        Payload::ReportIssued(_)
        | Payload::KeyRotated(_)
        | Payload::LedgerRepaired(_)
        | Payload::LedgerRestored(_)
        | Payload::ImportUndone(_)
        | Payload::SubjectErased(_) => Ok(Verdict::Record),

        // Amendments have a way of their own, and what is not known is refused before.
        Payload::FactSourced(_)
        | Payload::FactConfirmed(_)
        | Payload::FactCorrected(_)
        | Payload::FactRetracted(_)
        | Payload::Unknown(_) => Ok(Verdict::Record),
    }
}

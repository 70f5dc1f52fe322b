//! Rules of registrations, descriptions and links.

use serde_json::Value;

use super::near::{listed, near};
use super::reading;
use super::situation::{Situation, Verdict};
use crate::deal::event::linked::Linked;
use crate::deal::event::{Kind, Payload};
use crate::deal::refusal::{Reason, Refusal};
use crate::deal::state::facts::Kinds;
use crate::deal::value::code::Code;

/// A review tier is one of the policy.
pub(super) fn tier(tier: Option<&Code>, at: &Situation<'_>) -> Result<Verdict, Refusal> {
    let (Some(tier), Some(policy)) = (tier, &at.ledger.policy) else {
        return Ok(Verdict::Record);
    };
    let codes = || policy.review_tiers.iter().map(|known| known.code.as_str());
    if codes().any(|code| code == tier.as_str()) {
        return Ok(Verdict::Record);
    }
    let mut nearest = near(tier.as_str(), codes());
    if nearest.is_empty() {
        nearest = codes().collect();
    }
    Err(Refusal::new(
        Reason::NoSuchTier,
        format!("the policy has no review tier `{tier}`"),
        format!("use {}, or leave it out for the first", listed(nearest)),
    )
    .field("review_tier"))
}

/// A description that changes nothing need not be recorded.
pub(super) fn described(payload: &Payload, at: &Situation<'_>) -> Result<Verdict, Refusal> {
    if at.corrects.is_some() {
        return Ok(Verdict::Record);
    }
    let now = reading::described(at.book);
    let changes = match payload.to_value() {
        Ok(Value::Object(new)) => new.into_iter().any(|(field, new)| match now.get(&field) {
            Some(known) => *known != new,
            // A list left out says the same as an empty one.
            None => new.as_array().is_none_or(|list| !list.is_empty()),
        }),
        _ => true,
    };
    Ok(if changes {
        Verdict::Record
    } else {
        Verdict::NothingToDo
    })
}

/// A link that stands need not be recorded again.
pub(super) fn linked(data: &Linked, at: &Situation<'_>) -> Result<Verdict, Refusal> {
    let mut links = at.book.live_of(Kinds::of(&[Kind::Linked]));
    let stands = links.any(|fact| {
        matches!(fact.payload(), Payload::Linked(known)
            if known.relation == data.relation && known.target == data.target)
    });
    Ok(if stands && at.corrects.is_none() {
        Verdict::NothingToDo
    } else {
        Verdict::Record
    })
}

//! Rules of the ledger's own kinds: opening, tracks and policy.

use std::collections::BTreeSet;

use super::situation::{Situation, Verdict};
use crate::deal::event::policy_set::PolicySet;
use crate::deal::event::track_defined::TrackDefined;
use crate::deal::policy::Criterion;
use crate::deal::refusal::{Reason, Refusal};
use crate::deal::track::SIGNED;

/// A ledger is opened once.
pub(super) fn opened(at: &Situation<'_>) -> Result<Verdict, Refusal> {
    if at.ledger.opened.is_none() {
        return Ok(Verdict::Record);
    }
    Err(Refusal::new(
        Reason::LedgerOpening,
        "this ledger is opened already",
        "open a new ledger in a directory of its own",
    ))
}

/// A track has each milestone once, begins with a signing somewhere, and needs only what it has.
pub(super) fn track(data: &TrackDefined, at: &Situation<'_>) -> Result<Verdict, Refusal> {
    let track = &data.track;
    let mut codes = BTreeSet::new();
    for milestone in &track.milestones {
        if !codes.insert(milestone.code.as_str()) {
            return Err(bad_track(
                format!(
                    "the milestone `{}` stands in the track twice",
                    milestone.code
                ),
                "give each milestone one rank",
            ));
        }
    }
    if !codes.contains(SIGNED) {
        return Err(bad_track(
            format!("the track has no milestone `{SIGNED}`"),
            "every agreement is signed: add it to the track",
        ));
    }
    for need in &track.needs {
        let (later, first) = (need.milestone.as_str(), need.needs.as_str());
        if later == first {
            let sentence = format!("the milestone `{later}` needs itself");
            return Err(bad_track(sentence, "leave that pair out"));
        }
        if let Some(missing) = [later, first].into_iter().find(|c| !codes.contains(c)) {
            return Err(bad_track(
                format!("the needs name `{missing}`, which the track does not have"),
                "add the milestone, or leave that pair out",
            ));
        }
    }
    Ok(if at.ledger.track(track.class) == Some(track) {
        Verdict::NothingToDo
    } else {
        Verdict::Record
    })
}

fn bad_track(sentence: String, hint: &str) -> Refusal {
    Refusal::new(Reason::BadTrack, sentence, hint).field("track")
}

/// A policy has a first review tier, and each code once.
pub(super) fn policy(data: &PolicySet, at: &Situation<'_>) -> Result<Verdict, Refusal> {
    let policy = &data.policy;
    let bad = |sentence: String, hint: &str| {
        Err(Refusal::new(Reason::BadPolicy, sentence, hint).field("policy"))
    };
    if policy.review_tiers.is_empty() {
        let sentence = "the policy has no review tier".to_owned();
        return bad(
            sentence,
            "give at least one; agreements without a tier belong to it",
        );
    }
    let mut tiers = BTreeSet::new();
    if let Some(tier) = policy.review_tiers.iter().find(|t| !tiers.insert(&t.code)) {
        let sentence = format!("the review tier `{}` stands in the policy twice", tier.code);
        return bad(sentence, "give each tier a code of its own");
    }
    let mut codes = BTreeSet::new();
    for conversion in &policy.conversions {
        let code = &conversion.code;
        if !codes.insert(code) {
            let sentence = format!("the conversion `{code}` stands in the policy twice");
            return bad(sentence, "give each definition a code of its own");
        }
        match &conversion.criterion {
            Criterion::DocumentedStep { min_level, .. } if *min_level > 4 => {
                let sentence =
                    format!("the conversion `{code}` asks for evidence level {min_level}");
                return bad(sentence, "levels run from 0 to 4");
            }
            Criterion::Milestone { milestone, .. }
                if !at
                    .ledger
                    .tracks
                    .values()
                    .any(|t| t.rank(milestone.as_str()).is_some()) =>
            {
                let sentence =
                    format!("the conversion `{code}` names `{milestone}`, which no track has");
                return bad(
                    sentence,
                    "define the track first, or name one of its milestones",
                );
            }
            _ => {}
        }
    }
    Ok(if at.ledger.policy.as_ref() == Some(policy) {
        Verdict::NothingToDo
    } else {
        Verdict::Record
    })
}

//! Titles, scope, warnings, definitions and the foot of a report.

use super::dates::{day, span};
use super::numbers::whole;
use super::phrase::{capital, counted};
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::event::milestone_reached::WorksNature;
use crate::deal::policy::Criterion;
use crate::report::text::sentence::{Definition, Frame};

pub(super) fn frame(sentence: Frame<'_>) -> String {
    match sentence {
        Frame::StepsTitle { since: Some(since), until } => {
            format!("Practical steps taken, {}", span(since, until, "to"))
        }
        Frame::StepsTitle { since: None, until } => {
            format!("Practical steps taken up to {}", day(until))
        }
        Frame::DossierTitle { reference, title } => format!("{title} ({reference})"),
        Frame::Times { as_of, position, recorded } => {
            let last = recorded.map(|last| format!(", the last of them recorded on {}", day(last)));
            format!(
                "This report says what had happened by the end of {} (D), as known from the first {} of the ledger (K){}.",
                day(as_of),
                counted(position, "entry", "entries"),
                last.unwrap_or_default()
            )
        }
        Frame::Window { since: Some(since), until } => format!(
            "It lists the steps of the period from {}, both days included. A step whose day is uncertain is placed on the latest day it can have.",
            span(since, until, "to")
        ),
        Frame::Window { since: None, until } => format!(
            "It lists all steps up to and including {}. A step whose day is uncertain is placed on the latest day it can have.",
            day(until)
        ),
        Frame::OnePackage { reference, title } => {
            format!("It is limited to the package \u{201c}{title}\u{201d} ({reference}).")
        }
        Frame::Demonstration => {
            "This is a demonstration ledger. Its clock is set by hand, and it is no record of an agency's work.".to_owned()
        }
        Frame::Incomplete { count } => format!(
            "{} cannot be read by this release. The report may be incomplete and cannot be issued; use a newer release.",
            capital(&counted(count, "entry of the ledger", "entries of the ledger"))
        ),
        Frame::IdentityNotChecked => {
            "Identity not checked: facts cited here were recorded under names given on a local ledger.".to_owned()
        }
        Frame::EmptyLedger => "Nothing has been registered yet.".to_owned(),
        Frame::Root { origin, as_of, position, root } => format!(
            "Ledger {origin}. As of {} (D), as known at position {} (K). Root at K: {root}.",
            day(as_of),
            whole(position)
        ),
        Frame::NoProof => "The ledger proves that its entries have not been changed, removed or reordered since the root was published. It does not prove that what was recorded is true; for that, see the sources.".to_owned(),
    }
}

pub(super) fn define(definition: Definition<'_>) -> String {
    match definition {
        Definition::Documents => "The number of documents the sources declare for the package, registered or not. Practical documents are investment deals; the others are concluded between institutions.".to_owned(),
        Definition::Registered => "Agreements of the package registered in the ledger. Documents the source does not name are counted, not registered.".to_owned(),
        Definition::DeclaredValue => "The value declared for the package as a whole. It is a headline figure and enters no sum.".to_owned(),
        Definition::Apportioned => "The declared values stated for single agreements of the package, added up per currency.".to_owned(),
        Definition::Residual => "The value declared less the value apportioned, per currency.".to_owned(),
        Definition::Outside => "Agreements registered that belong to no package. They are not among the documents declared.".to_owned(),
        Definition::Signed => "Registered agreements signed in the period. Signing is the beginning of an agreement and not a step.".to_owned(),
        Definition::Step => "A step is a milestone of an agreement's track, other than presentation, vetting, signing and expiry, that was reached by D and was neither retracted nor reversed. It counts once for each agreement. Expectations, promises and statements are not steps, and steps on documents between institutions are counted apart.".to_owned(),
        Definition::Conversion { name, criterion, milestone } => conversion(name, criterion, milestone),
        Definition::Denominator => "What every figure below is a share of: of each package the greater of the declared and the registered number of practical documents, with the practical agreements outside packages signed by D. Terminated agreements remain; those another agreement has replaced, and duplicates, do not count.".to_owned(),
        Definition::ByValue => "The declared value of the agreements that meet a definition, against the value declared for all.".to_owned(),
    }
}

fn conversion(name: &str, criterion: &Criterion, milestone: &str) -> String {
    let counts = match criterion {
        Criterion::AnyStep => "practical agreements with at least one step".to_owned(),
        Criterion::DocumentedStep {
            min_level,
            min_model,
        } => format!(
            "practical agreements with a step of evidence level {} or more; a financial model counts only if it is {}",
            whole(u64::from(*min_level)),
            match min_model {
                ModelStrength::DiscussionsConcluded => "at least discussed to the end",
                ModelStrength::Agreed => "agreed",
                ModelStrength::SignedOff => "signed off",
            }
        ),
        Criterion::Milestone { nature, .. } => {
            let nature = match nature {
                Some(WorksNature::Construction) => ", the works being construction",
                Some(WorksNature::Preparation) => ", the works being preparation",
                Some(WorksNature::Unspecified) => ", whatever the works are",
                None => "",
            };
            format!(
                "practical agreements that reached the milestone \u{201c}{milestone}\u{201d}{nature}"
            )
        }
    };
    format!("{}: {counts}.", capital(name))
}

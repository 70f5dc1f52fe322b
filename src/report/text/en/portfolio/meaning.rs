//! What the figures of the portfolio and of conversion mean.

use crate::report::text::sentence::portfolio::Meaning;

pub(super) fn meaning(of: Meaning) -> String {
    match of {
        Meaning::Counted => "Agreements registered by K, each counted once. Those another agreement has replaced, those registered twice and those whose registration was withdrawn are left out; terminated ones remain.".to_owned(),
        Meaning::NotRegistered => "Documents declared for packages and never registered, where the declared number is known. They stand in no table below.".to_owned(),
        Meaning::Apart => "Shown for completeness; counted in no other figure of this report.".to_owned(),
        Meaning::Terminated => "Agreements ended without delivery by D. They remain in every figure of this report.".to_owned(),
        Meaning::Reached => "Registered agreements of the class that reached the milestone by D, by a fact neither retracted nor reversed, of all registered agreements of the class that count. The milestones stand in the order of the track, in which they need not be reached. A financial model is counted once, by the highest strength it reached.".to_owned(),
        Meaning::Documented => "Those of them that rest on a fact of evidence level 2 or more; for a financial model, a fact of that strength.".to_owned(),
        Meaning::NotNeeded => "Agreements said not to need the milestone that have not reached it. They remain in the denominator.".to_owned(),
        Meaning::Health { practical, institutional } => format!(
            "The first that holds on D of: terminated; completed; suspended; slipping, if the horizon of an open expectation has ended; silent, if there was no news for more than {practical} days (between institutions {institutional} days); current."
        ),
        Meaning::Country => "The countries recorded for the parties, or else those in which their organisations are registered. An agreement stands under \u{201c}not known\u{201d} if the country of one of its parties is not known, or if no party is recorded.".to_owned(),
        Meaning::Money => "The amounts stated of registered agreements of the class that count, as they stood on D. Kinds and currencies are never added to each other. Of contributed and realised money the latest amount to date counts with the instalments after it; of the other kinds the latest statement. Beneath each sum stands how many agreements state such an amount, of how many; that of the others is not known.".to_owned(),
        Meaning::OfPackages => "The values declared for packages as a whole. They are headline figures and are never added to what members state.".to_owned(),
        Meaning::OfMembers => "The declared values stated for single agreements of packages.".to_owned(),
        Meaning::Residual => "The value declared for a package less what the members it covers state. Where these state more, nothing is left.".to_owned(),
        Meaning::InAll => "What members of packages state, the residual, and what agreements outside packages state: everything declared, once. What nobody declares is not in it.".to_owned(),
        Meaning::WithValue => "Members the declared value covers that state one in its currency, of the greater of the declared and the registered number of those documents.".to_owned(),
        Meaning::OwnMoney => "Amounts of other kinds stated of a package as a whole. They enter no sum and are never added to what members state.".to_owned(),
        Meaning::Declared => "The number of documents the sources declare for the package, registered or not.".to_owned(),
        Meaning::TerminatedStay => "Practical agreements ended without delivery by D. They remain in the denominator.".to_owned(),
        Meaning::LeftOut => "Registered practical agreements that are in no denominator of this report.".to_owned(),
        Meaning::RateOfInstrument => "The agreements of the instrument that meet the definition, of its registered practical agreements among those counted. Documents declared and not registered have no known instrument and meet no definition.".to_owned(),
        Meaning::RateOfPackage => "The agreements of the package that meet the definition, of its practical documents: the greater of the declared and the registered number.".to_owned(),
    }
}

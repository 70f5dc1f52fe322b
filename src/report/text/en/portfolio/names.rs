//! Headings, columns and rows.

use crate::deal::value::money::MoneyKind;
use crate::report::text::sentence::portfolio::{Head, Name};

pub(super) fn head(head: Head) -> &'static str {
    match head {
        Head::Counts => "Agreements",
        Head::Milestones => "Milestones reached",
        Head::Health => "How the agreements fare",
        Head::ByClass => "By class",
        Head::ByInstrument => "By instrument",
        Head::BySector => "By sector",
        Head::ByCountry => "By country of the parties",
        Head::ByPackage => "By package",
        Head::Money => "Money stated of agreements",
        Head::Declared => "Declared value of packages and agreements",
        Head::DeclaredByPackage => "Each package",
        Head::OwnMoney => "Stated of packages as a whole",
        Head::Disputed => "Figures the sources dispute",
        Head::Denominator => "Who is counted",
        Head::LeftOut => "Not among them",
        Head::Behind => "The agreements behind the figures",
        Head::ByValue => "By value",
    }
}

pub(super) fn name(name: Name) -> &'static str {
    match name {
        Name::InPackages => "In packages",
        Name::Outside => "Outside packages",
        Name::NotRegistered => "Not registered",
        Name::Superseded => "Replaced by another agreement",
        Name::Duplicates => "Registered twice",
        Name::Withdrawn => "Registration withdrawn",
        Name::Terminated => "Terminated",
        Name::Registered => "Registered",
        Name::Signed => "Signed",
        Name::WithStep => "With a step",
        Name::Practical => "Practical",
        Name::PracticalWithStep => "Practical, with a step",
        Name::PracticalDeclared => "Practical, declared",
        Name::PracticalRegistered => "Practical, registered",
        Name::Institutional => "Between institutions",
        Name::InstitutionalDeclared => "Between institutions, declared",
        Name::InstitutionalRegistered => "Between institutions, registered",
        Name::Milestone => "Milestone",
        Name::Reached => "Reached",
        Name::Documented => "Documented",
        Name::NotNeeded => "Not needed",
        Name::Country => "Country",
        Name::AllOnce => "All agreements, each once",
        Name::Currency => "Currency",
        Name::Kind(MoneyKind::Declared) => "Declared",
        Name::Kind(MoneyKind::Contracted) => "Contracted",
        Name::Kind(MoneyKind::Contributed) => "Contributed",
        Name::Kind(MoneyKind::Realised) => "Realised",
        Name::Kind(MoneyKind::Estimated) => "Estimated",
        Name::OfPackages => "Declared of packages",
        Name::OfMembers => "Stated of members",
        Name::Residual => "Residual",
        Name::OfOthers => "Outside packages",
        Name::InAll => "In all",
        Name::WithValue => "With a value",
        Name::NotSigned => "Outside packages, not signed by D",
        Name::CountNotKnown => "Number not known",
        Name::NotApplicable => "\u{2013}",
        Name::NotStated => "not stated",
    }
}

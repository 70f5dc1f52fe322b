//! Milestones in English: as a name in a list, and as a sentence with its day.

use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::event::milestone_reached::WorksNature;
use crate::report::text::sentence::{Reached, Strength};

/// A milestone's phrases.
struct Phrases {
    code: &'static str,
    /// "land allocated"
    name: &'static str,
    /// "Land was allocated", followed by its day.
    happened: &'static str,
    /// "Land had been allocated", followed by "by" and a day.
    had_happened: &'static str,
    /// "The allocation of land", followed by "is expected".
    thing: &'static str,
}

const fn phrases(
    code: &'static str,
    name: &'static str,
    happened: &'static str,
    had_happened: &'static str,
    thing: &'static str,
) -> Phrases {
    Phrases {
        code,
        name,
        happened,
        had_happened,
        thing,
    }
}

#[rustfmt::skip]
const MILESTONES: &[Phrases] = &[
    phrases("showcased", "presented to investors", "The project was presented to investors", "The project had been presented to investors", "The presentation to investors"),
    phrases("vetted", "vetted", "The project was vetted", "The project had been vetted", "The vetting of the project"),
    phrases("signed", "signed", "The agreement was signed", "The agreement had been signed", "The signing"),
    phrases("feasibility_done", "feasibility study completed", "The feasibility study was completed", "The feasibility study had been completed", "The completion of the feasibility study"),
    phrases("financial_model_agreed", "financial model agreed", "The financial model was agreed", "The financial model had been agreed", "Agreement on the financial model"),
    phrases("site_identified", "site identified", "A site was identified", "A site had been identified", "The choice of a site"),
    phrases("land_allocated", "land allocated", "Land was allocated", "Land had been allocated", "The allocation of land"),
    phrases("land_handed_over", "land handed over", "The land was handed over", "The land had been handed over", "The handover of the land"),
    phrases("residency_granted", "residency granted", "Residency was granted", "Residency had been granted", "The grant of residency"),
    phrases("company_incorporated", "company incorporated", "The company was incorporated", "The company had been incorporated", "The incorporation of the company"),
    phrases("capital_contributed", "capital contributed", "Capital was contributed", "Capital had been contributed", "The contribution of capital"),
    phrases("financing_closed", "financing secured", "Financing was secured", "Financing had been secured", "The securing of financing"),
    phrases("permits_granted", "permits granted", "Permits were granted", "Permits had been granted", "The grant of permits"),
    phrases("contractor_engaged", "contractor engaged", "A contractor was engaged", "A contractor had been engaged", "The engagement of a contractor"),
    phrases("works_started", "works started", "Works started", "Works had started", "The start of works"),
    phrases("utilities_connected", "utilities connected", "Utilities were connected", "Utilities had been connected", "The connection of utilities"),
    phrases("equipment_ordered", "equipment ordered", "Equipment was ordered", "Equipment had been ordered", "The order for equipment"),
    phrases("equipment_installed", "equipment installed", "Equipment was installed", "Equipment had been installed", "The installation of equipment"),
    phrases("trial_production", "trial production started", "Trial production started", "Trial production had started", "The start of trial production"),
    phrases("commercial_operation", "commercial operation started", "Commercial operation started", "Commercial operation had started", "The start of commercial operation"),
    phrases("first_export", "first export made", "The first export was made", "The first export had been made", "The first export"),
    phrases("in_force", "in force", "The document entered into force", "The document had entered into force", "Entry into force"),
    phrases("contact_points_named", "contact points named", "Contact points were named", "Contact points had been named", "The naming of contact points"),
    phrases("joint_body_set_up", "joint body set up", "A joint body was set up", "A joint body had been set up", "The setting up of a joint body"),
    phrases("work_plan_agreed", "work plan agreed", "A work plan was agreed", "A work plan had been agreed", "Agreement on a work plan"),
    phrases("joint_event_held", "joint event held", "A joint event was held", "A joint event had been held", "A joint event"),
    phrases("data_exchange_started", "data exchange started", "The exchange of data started", "The exchange of data had started", "The start of data exchange"),
    phrases("renewed", "renewed", "The document was renewed", "The document had been renewed", "The renewal of the document"),
    phrases("expired", "expired", "The document expired", "The document had expired", "The expiry of the document"),
];

const CONCLUDED: &str = "financial model: discussions concluded";

fn of(code: &str) -> Option<&'static Phrases> {
    MILESTONES.iter().find(|phrases| phrases.code == code)
}

/// The name of a built-in milestone, with its strength where it has one.
pub(super) fn name(code: &str, strength: Strength) -> Option<String> {
    let plain = of(code)?.name;
    Some(match strength {
        Strength::Model(ModelStrength::DiscussionsConcluded) => CONCLUDED.to_owned(),
        Strength::Model(ModelStrength::SignedOff) => "financial model signed off".to_owned(),
        Strength::Works(WorksNature::Construction) => "construction works started".to_owned(),
        Strength::Works(WorksNature::Preparation) => "preparatory works started".to_owned(),
        Strength::Model(ModelStrength::Agreed)
        | Strength::Works(WorksNature::Unspecified)
        | Strength::Plain => plain.to_owned(),
    })
}

/// The name of any milestone: the program's own, or the one the agency's track gives it.
pub(super) fn called(what: Reached<'_>) -> String {
    let own = || what.names.and_then(|names| names.best(&[])?.plain());
    name(what.code, what.strength)
        .or_else(|| own().map(str::to_owned))
        .unwrap_or_else(|| what.code.replace('_', " "))
}

/// "Land was allocated", or "Land had been allocated" where only "by" a day is known.
pub(super) fn happened(code: &str, strength: Strength, by: bool) -> Option<String> {
    let phrases = of(code)?;
    let (was, had) = match strength {
        // Never "agreed": the source says no more than that the talks ended.
        Strength::Model(ModelStrength::DiscussionsConcluded) => (
            "Financial model: discussions concluded",
            "Financial model: discussions concluded",
        ),
        Strength::Model(ModelStrength::SignedOff) => (
            "The financial model was signed off",
            "The financial model had been signed off",
        ),
        Strength::Works(WorksNature::Construction) => (
            "Construction works started",
            "Construction works had started",
        ),
        Strength::Works(WorksNature::Preparation) => {
            ("Preparatory works started", "Preparatory works had started")
        }
        Strength::Model(ModelStrength::Agreed)
        | Strength::Works(WorksNature::Unspecified)
        | Strength::Plain => (phrases.happened, phrases.had_happened),
    };
    Some(if by { had } else { was }.to_owned())
}

/// "The allocation of land".
pub(super) fn thing(code: &str) -> Option<&'static str> {
    of(code).map(|phrases| phrases.thing)
}

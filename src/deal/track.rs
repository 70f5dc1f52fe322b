//! Tracks: the template of milestones for each class of agreement. A track warns, it never forbids.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::agreement_registered::Class;
use super::value::code::Code;
use super::value::text::Names;

/// The milestone every agreement begins with. It has its own line in reports and is no step.
pub const SIGNED: &str = "signed";
/// Land was set aside.
pub const LAND_ALLOCATED: &str = "land_allocated";
/// The financial model was settled.
pub const FINANCIAL_MODEL_AGREED: &str = "financial_model_agreed";
/// The project company was registered.
pub const COMPANY_INCORPORATED: &str = "company_incorporated";
/// Works on the project began; what that means is said by their nature.
pub const WORKS_STARTED: &str = "works_started";

/// The four milestones that have an event kind of their own.
pub const CORE_FOUR: [&str; 4] = [
    SIGNED,
    LAND_ALLOCATED,
    FINANCIAL_MODEL_AGREED,
    COMPANY_INCORPORATED,
];

/// One milestone of a track. Its rank is its place in the track's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Milestone {
    /// Its code.
    pub code: Code,
    /// Its names, by language.
    pub names: Names,
    /// Whether reaching it is a practical step. Being showcased, vetted, signed or expired is none.
    pub step: bool,
}

/// A milestone that usually needs another one first; only a warning follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Need {
    /// The later milestone.
    pub milestone: Code,
    /// What it usually needs.
    pub needs: Code,
}

/// The template of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Track {
    /// The class of agreements it serves.
    pub class: Class,
    /// Its milestones, by rank.
    pub milestones: Vec<Milestone>,
    /// Which milestone usually needs which.
    pub needs: Vec<Need>,
    /// After how many days without news an agreement is silent.
    pub review_interval_days: u32,
}

impl Track {
    /// The rank of a milestone: its place in the list, from 0. `None` when the track has no such milestone.
    #[must_use]
    pub fn rank(&self, code: &str) -> Option<usize> {
        self.milestones
            .iter()
            .position(|milestone| milestone.code.as_str() == code)
    }

    /// The milestone of this code.
    #[must_use]
    pub fn milestone(&self, code: &str) -> Option<&Milestone> {
        self.milestones
            .iter()
            .find(|milestone| milestone.code.as_str() == code)
    }

    /// Whether reaching this milestone is a practical step.
    #[must_use]
    pub fn is_step(&self, code: &str) -> bool {
        self.milestone(code).is_some_and(|milestone| milestone.step)
    }

    /// The track that `init` seeds for a class.
    #[must_use]
    pub fn built_in(class: Class) -> Self {
        let (rows, needs, review_interval_days): (&[_], &[_], _) = match class {
            Class::Practical => (&PRACTICAL, &PRACTICAL_NEEDS, 90),
            Class::Institutional => (&INSTITUTIONAL, &[], 180),
        };
        Self {
            class,
            milestones: rows
                .iter()
                .map(|&(code, name, step)| Milestone {
                    code: Code::fixed(code),
                    names: Names::english(name),
                    step,
                })
                .collect(),
            needs: needs
                .iter()
                .map(|&(milestone, needs)| Need {
                    milestone: Code::fixed(milestone),
                    needs: Code::fixed(needs),
                })
                .collect(),
            review_interval_days,
        }
    }
}

const PRACTICAL: [(&str, &str, bool); 21] = [
    ("showcased", "showcased", false),
    ("vetted", "vetted", false),
    (SIGNED, "signed", false),
    ("feasibility_done", "feasibility study done", true),
    (FINANCIAL_MODEL_AGREED, "financial model agreed", true),
    ("site_identified", "site identified", true),
    (LAND_ALLOCATED, "land allocated", true),
    ("land_handed_over", "land handed over", true),
    ("residency_granted", "residency granted", true),
    (COMPANY_INCORPORATED, "company incorporated", true),
    ("capital_contributed", "capital contributed", true),
    ("financing_closed", "financing closed", true),
    ("permits_granted", "permits granted", true),
    ("contractor_engaged", "contractor engaged", true),
    (WORKS_STARTED, "works started", true),
    ("utilities_connected", "utilities connected", true),
    ("equipment_ordered", "equipment ordered", true),
    ("equipment_installed", "equipment installed", true),
    ("trial_production", "trial production", true),
    ("commercial_operation", "commercial operation", true),
    ("first_export", "first export", true),
];

const PRACTICAL_NEEDS: [(&str, &str); 6] = [
    ("land_handed_over", LAND_ALLOCATED),
    ("capital_contributed", COMPANY_INCORPORATED),
    ("equipment_installed", "equipment_ordered"),
    ("trial_production", "equipment_installed"),
    ("commercial_operation", WORKS_STARTED),
    ("first_export", "commercial_operation"),
];

const INSTITUTIONAL: [(&str, &str, bool); 9] = [
    (SIGNED, "signed", false),
    ("in_force", "in force", true),
    ("contact_points_named", "contact points named", true),
    ("joint_body_set_up", "joint body set up", true),
    ("work_plan_agreed", "work plan agreed", true),
    ("joint_event_held", "joint event held", true),
    ("data_exchange_started", "data exchange started", true),
    ("renewed", "renewed", true),
    ("expired", "expired", false),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_practical_track_ranks_works_above_land_and_land_above_the_model() {
        let track = Track::built_in(Class::Practical);
        let rank = |code| track.rank(code).unwrap();
        assert!(rank(SIGNED) < rank(FINANCIAL_MODEL_AGREED));
        assert!(rank(FINANCIAL_MODEL_AGREED) < rank(LAND_ALLOCATED));
        assert!(rank(LAND_ALLOCATED) < rank(COMPANY_INCORPORATED));
        assert!(rank(COMPANY_INCORPORATED) < rank(WORKS_STARTED));
        assert_eq!(track.rank("nonsense"), None);
    }

    #[test]
    fn showcased_vetted_signed_and_expired_are_no_steps() {
        for class in [Class::Practical, Class::Institutional] {
            let track = Track::built_in(class);
            let not: Vec<_> = track
                .milestones
                .iter()
                .filter(|m| !m.step)
                .map(|m| m.code.as_str().to_owned())
                .collect();
            match class {
                Class::Practical => assert_eq!(not, ["showcased", "vetted", "signed"]),
                Class::Institutional => assert_eq!(not, ["signed", "expired"]),
            }
        }
    }

    #[test]
    fn every_need_names_milestones_of_its_track() {
        for class in [Class::Practical, Class::Institutional] {
            let track = Track::built_in(class);
            for need in &track.needs {
                assert!(track.rank(need.milestone.as_str()).is_some());
                assert!(track.rank(need.needs.as_str()).is_some());
            }
        }
    }
}

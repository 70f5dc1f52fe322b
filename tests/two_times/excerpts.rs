//! A fact read apart is the fact of the whole book.

use chrono::{Days, NaiveDate};
use dealtrail::deal::event::{Kind, Role};
use dealtrail::deal::state::Fact;
use dealtrail::projection::Projection;
use dealtrail::projection::models::Models;
use dealtrail::projection::portfolio::course::Milestone;
use dealtrail::projection::portfolio::roll::Scope;
use dealtrail::projection::standing::milestones::Reached;
use dealtrail::projection::status::excerpt::Wanted;
use proptest::prelude::*;

use super::histories::{scripts, written};

fn kind_of(fact: &Fact) -> Option<Kind> {
    fact.root().payload.kind()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn facts_read_apart_are_those_of_the_whole_book(script in scripts(), cut in 0..40_u64) {
        let events = written(&script).events;
        let models = Models::fold(&events);
        // Whole books are unfolded in one copy only: the other one reads apart.
        let apart = models.until(models.position().saturating_sub(cut));
        let whole = apart.clone();
        let roots = Kind::ALL.iter().filter(|kind| kind.role() != Role::Amendment);
        let pairs = roots.clone().zip(roots.cycle().skip(7));
        for book in whole.status.books() {
            for (one, other) in pairs.clone() {
                let is_wanted = |kind| kind == *one || kind == *other;
                let wanted = book.facts();
                let wanted: Vec<&Fact> = wanted.filter(|fact| kind_of(fact).is_some_and(is_wanted)).collect();
                let same = apart.status.excerpt(book.id, Wanted::Kinds(&is_wanted), |excerpt| {
                    excerpt.facts().eq(wanted.iter().copied())
                });
                prop_assert_eq!(same, Some(true), "{:?} and {:?} of {}", one, other, book.id);
            }
            for (first, step) in [(0, 1), (0, 2), (1, 3)] {
                let wanted: Vec<&Fact> = book.facts().skip(first).step_by(step).collect();
                let seqs: Vec<u64> = wanted.iter().map(|fact| fact.seq()).collect();
                let same = apart.status.excerpt(book.id, Wanted::At(&seqs), |excerpt| {
                    excerpt.facts().eq(wanted.iter().copied())
                });
                prop_assert_eq!(same, Some(true), "{:?} of {}", seqs, book.id);
            }
        }
        for seq in 0..=apart.status.position() {
            let wanted = whole.status.fact_at(seq).map(|found| found.fact.clone());
            prop_assert_eq!(apart.status.one_fact(seq, |_| false, |_, fact| fact.clone()), wanted.clone(), "at {}", seq);
            prop_assert_eq!(whole.status.one_fact(seq, Kind::describes, |_, fact| fact.clone()), wanted, "kept, at {}", seq);
        }
    }

    #[test]
    fn a_milestone_whose_facts_alone_are_read_is_that_of_the_whole_book(script in scripts(), days in 0..700_u64) {
        let models = Models::fold(&written(&script).events);
        let apart = models.until(models.position());
        let day = NaiveDate::from_ymd_opt(2024, 10, 20).unwrap() + Days::new(days);
        let register = apart.register(day);
        for entry in register.each(Scope::All, Some) {
            let id = entry.course().id;
            let number = apart.status.number_of(id).unwrap();
            let whole = models.standing(id, day).unwrap();
            for (milestone, wanted) in entry.on.milestones().zip(&whole.milestones) {
                let Some(facts) = Milestone::facts(std::iter::once(milestone)) else {
                    prop_assert!(wanted.facts.len() > 1);
                    continue;
                };
                let told = register.excerpt(number, Wanted::At(&facts), |seen| {
                    seen.standing.milestones.iter().map(told).collect::<Vec<_>>()
                });
                prop_assert_eq!(told, Some(vec![self::told(wanted)]), "{} on {}", id, day);
            }
        }
    }
}

/// All there is to a milestone.
fn told(reached: &Reached<'_>) -> String {
    let facts: Vec<u64> = reached.facts.iter().map(|fact| fact.seq()).collect();
    let sources: Vec<_> = reached
        .facts
        .iter()
        .flat_map(|fact| fact.sources())
        .collect();
    let Reached {
        code,
        rank,
        is_step,
        day,
        strength,
        natures,
        evidence,
        ..
    } = reached;
    format!(
        "{facts:?} {code} {rank:?} {is_step} {day} {strength:?} {natures:?} {evidence:?} {sources:?}"
    )
}

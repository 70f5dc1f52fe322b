//! A fact read apart is the fact of the whole book.

use dealtrail::deal::event::{Kind, Role};
use dealtrail::deal::state::Fact;
use dealtrail::projection::Projection;
use dealtrail::projection::models::Models;
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
                let same = apart.status.excerpt(book.id, is_wanted, |excerpt| {
                    excerpt.facts().eq(wanted.iter().copied())
                });
                prop_assert_eq!(same, Some(true), "{:?} and {:?} of {}", one, other, book.id);
            }
        }
        for seq in 0..=apart.status.position() {
            let wanted = whole.status.fact_at(seq).map(|found| found.fact.clone());
            prop_assert_eq!(apart.status.one_fact(seq, |_| false, |_, fact| fact.clone()), wanted.clone(), "at {}", seq);
            prop_assert_eq!(whole.status.one_fact(seq, Kind::describes, |_, fact| fact.clone()), wanted, "kept, at {}", seq);
        }
    }
}

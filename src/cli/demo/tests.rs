use std::collections::BTreeSet;

use super::batches;
use super::plan::{Entry, moment};

#[test]
fn every_entry_is_recorded_as_it_is_written() {
    for batch in batches() {
        for entry in &batch.entries {
            if let Entry::Fact(fact) = entry {
                let shown = serde_json::to_string(&fact.data).unwrap();
                assert!(super::intents::is_kept_whole(fact), "{} {shown}", fact.kind);
            }
        }
    }
}

#[test]
fn commands_have_their_own_ids_and_follow_each_other_in_time() {
    let batches = batches();
    let ids: BTreeSet<_> = batches.iter().map(|batch| batch.id).collect();
    assert_eq!(ids.len(), batches.len());
    let moments: Vec<_> = batches
        .iter()
        .map(|batch| moment(batch.at).unwrap())
        .collect();
    assert!(moments.is_sorted());
    for batch in &batches {
        assert!(batch.id.contains(&batch.at[..10]), "{}", batch.id);
        assert!(
            batch
                .id
                .parse::<crate::deal::value::ids::CommandId>()
                .is_ok()
        );
    }
}

#[test]
fn nobody_is_named_but_institutions_and_offices() {
    let all: String = batches()
        .iter()
        .flat_map(|batch| &batch.entries)
        .filter_map(|entry| match entry {
            Entry::Fact(fact) => serde_json::to_string(&fact.data).ok(),
            _ => None,
        })
        .collect();
    for title in ["Mr ", "Mrs ", "Ms ", "Dr "] {
        assert!(!all.contains(title), "{title}");
    }
}

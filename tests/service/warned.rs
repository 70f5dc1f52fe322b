//! What the writer warns of when something is recorded, the follow-up finds again in the read models.

use std::collections::BTreeSet;

use dealtrail::deal::value::ids::EventId;
use dealtrail::deal::warning::Concern as Code;
use dealtrail::projection::concerns::{Concern, of_agreement};
use dealtrail::service::ledger::Ledger;

use super::support::{agreement, clock, init, moment, options, record, registered, send};

type Found = BTreeSet<(Code, EventId)>;

/// What the read models find, in the writer's codes.
fn found(ledger: &Ledger) -> Found {
    let models = ledger.models_at_head().unwrap();
    let portfolio = models.portfolio(ledger.today());
    let concerns = portfolio
        .agreements
        .iter()
        .flat_map(|member| of_agreement(&member.standing));
    concerns
        .map(|concern| {
            let code = match concern {
                Concern::NeedUnmet { .. } => Code::NeedUnmet,
                Concern::BeforeSigning { .. } => Code::BeforeSigning,
                Concern::AlreadyReached { .. } => Code::AlreadyReached,
            };
            (code, concern.fact().id())
        })
        .collect()
}

#[test]
fn what_the_writer_warns_of_the_read_models_find() {
    let clock = clock();
    let ledger = Ledger::memory(init(), &options(&clock)).unwrap();
    clock.set(moment("2025-06-10T06:00:00Z"));
    let step = |kind: &str, on: &str, data: &str| record(agreement(1), kind, Some(on), data);
    let reached = |code: &str, on: &str| {
        step(
            "milestone_reached",
            on,
            &format!(r#"{{"milestone":"{code}"}}"#),
        )
    };
    let model = |on: &str, strength: &str| {
        step(
            "financial_model_agreed",
            on,
            &format!(r#"{{"strength":"{strength}"}}"#),
        )
    };
    let commands = [
        vec![registered(1)],
        vec![reached("land_handed_over", "2025-05-02")],
        vec![step("signed", "2025-05-05", "{}")],
        vec![step("land_allocated", "2025-05-06", "{}")],
        vec![step("land_allocated", "2025-05-01", "{}")],
        vec![model("2025-05-10", "discussions_concluded")],
        vec![model("2025-05-12", "agreed")],
        vec![model("2025-05-13", "discussions_concluded")],
        vec![reached("first_export", "2025-05-20")],
        vec![step(
            "milestone_not_needed",
            "2025-05-21",
            r#"{"milestone":"commercial_operation","reason":"made to order"}"#,
        )],
        vec![reached("showcased", "2025-01-05")],
    ];
    let codes = [Code::NeedUnmet, Code::BeforeSigning, Code::AlreadyReached];
    let mut warned = Found::new();
    for (n, intents) in commands.into_iter().enumerate() {
        let answer = send(&ledger, &format!("c-{n}"), intents).unwrap();
        let new: Found = answer
            .warnings
            .iter()
            .filter(|warning| codes.contains(&warning.code))
            .map(|warning| (warning.code, warning.event.unwrap()))
            .collect();
        let found = found(&ledger);
        assert!(new.is_subset(&found), "{n}: {new:?} {found:?}");
        warned.extend(new);
        assert!(found.is_subset(&warned), "{n}: never warned of {found:?}");
    }
    assert_eq!(
        codes.map(|code| warned.iter().filter(|one| one.0 == code).count()),
        [2, 2, 2]
    );
}

//! What the writer warns of when something is recorded, the follow-up finds again in the read models.

use std::collections::BTreeSet;

use dealtrail::deal::command::Intent;
use dealtrail::deal::value::ids::{EventId, StreamId, StreamKind};
use dealtrail::deal::warning::Concern as Code;
use dealtrail::projection::concerns::{Concern, of_agreement, without_source};
use dealtrail::projection::portfolio::concerns::{PackageConcern, of_package};
use dealtrail::projection::portfolio::roll::Scope;
use dealtrail::projection::standing::health::Health;
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

/// What the read models find of packages and of facts without a source, in the writer's codes.
fn found_elsewhere(ledger: &Ledger) -> Found {
    let models = ledger.models_at_head().unwrap();
    let portfolio = models.portfolio(ledger.today());
    let mut found = Found::new();
    for package in portfolio.packages(Scope::All) {
        let registration = package.facts.book.registration().unwrap().id();
        found.extend(of_package(&package.counts).into_iter().map(|concern| {
            let code = match concern {
                PackageConcern::PartsAboveWhole { .. } => Code::PartsAboveWhole,
                _ => Code::CountsDiffer,
            };
            (code, registration)
        }));
    }
    for book in models.status.books() {
        let facts = without_source(book, ledger.today());
        found.extend(facts.into_iter().map(|fact| (Code::NoSource, fact.id())));
    }
    found
}

/// A package and its members, command by command.
fn fair() -> Vec<Vec<Intent>> {
    let package = "package-00000000-0000-0000-0000-000000000007"
        .parse()
        .unwrap();
    let joined = |n: u64| {
        let data = format!(r#"{{"package":"{package}"}}"#);
        record(agreement(n), "agreement_described", None, &data)
    };
    let value = |n: u64, amount: &str| {
        let data = format!(
            r#"{{"money":{{"amount":"{amount}","currency":"USD","kind":"declared","qualifier":"exact"}}}}"#
        );
        record(agreement(n), "value_stated", None, &data)
    };
    let on = |n: u64, kind: &str, data: &str| record(agreement(n), kind, Some("2025-06-09"), data);
    vec![
        vec![record(
            package,
            "package_registered",
            None,
            r#"{"declared_counts":{"all":1,"practical":1},"declared_value":{"money":{"amount":"100","currency":"USD","kind":"declared","qualifier":"exact"},"scope":"all"},"ref":"PK-1","titles":{"en":"Fair"}}"#,
        )],
        vec![registered(1), joined(1)],
        vec![value(1, "90")],
        vec![registered(2)],
        vec![joined(2)],
        vec![value(2, "20")],
        vec![on(
            1,
            "expectation_stated",
            r#"{"milestone":"land_allocated","horizon":"2025-12"}"#,
        )],
        vec![on(
            2,
            "promise_made",
            r#"{"owner":{"description":"the zone","role":"owner"},"what":"a lease"}"#,
        )],
        vec![on(1, "land_allocated", "{}")],
        vec![on(1, "suspended", r#"{"reason":"finance"}"#)],
        vec![on(2, "terminated", r#"{"reason":"promoter_interest"}"#)],
    ]
}

#[test]
fn packages_sources_and_next_steps_are_found_as_they_are_warned_of() {
    let clock = clock();
    let ledger = Ledger::memory(init(), &options(&clock)).unwrap();
    clock.set(moment("2025-06-10T06:00:00Z"));
    let commands = fair();
    let codes = [Code::CountsDiffer, Code::PartsAboveWhole, Code::NoSource];
    let mut warned = Found::new();
    for (n, intents) in commands.into_iter().enumerate() {
        let touched: BTreeSet<StreamId> = intents
            .iter()
            .filter_map(|intent| match intent {
                Intent::Record(draft) => Some(draft.stream),
                _ => None,
            })
            .collect();
        let answer = send(&ledger, &format!("c-{n}"), intents).unwrap();
        let of_codes = answer
            .warnings
            .iter()
            .filter(|one| codes.contains(&one.code));
        let new: Found = of_codes.map(|one| (one.code, one.event.unwrap())).collect();
        let found = found_elsewhere(&ledger);
        assert!(new.is_subset(&found), "{n}: {new:?} {found:?}");
        warned.extend(new);
        assert!(found.is_subset(&warned), "{n}: never warned of {found:?}");
        let models = ledger.models_at_head().unwrap();
        for stream in touched
            .iter()
            .filter(|stream| stream.kind() == StreamKind::Agreement)
        {
            let standing = models.standing(*stream, ledger.today()).unwrap();
            let rests = matches!(standing.health, Health::Suspended | Health::Terminated);
            let told = answer
                .warnings
                .iter()
                .any(|one| one.code == Code::NoNextStep && one.stream == Some(*stream));
            assert_eq!(
                told,
                !rests && standing.next_step().is_none(),
                "{n}: {stream}"
            );
        }
    }
    assert!(
        codes
            .iter()
            .all(|code| warned.iter().any(|one| one.0 == *code)),
        "{warned:?}"
    );
}

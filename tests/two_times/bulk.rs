//! Ten thousand backdated facts on a thousand agreements, in one import and one by one.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use super::ledger::{Draft, Ledger, agreement, day, draft, milestones, moment};
use dealtrail::projection::models::Models;

const AGREEMENTS: usize = 1_000;
const CODES: [&str; 10] = [
    "signed",
    "feasibility_done",
    "financial_model_agreed",
    "site_identified",
    "land_allocated",
    "residency_granted",
    "company_incorporated",
    "capital_contributed",
    "permits_granted",
    "contractor_engaged",
];

fn name(index: usize) -> String {
    format!("deal-{index}")
}

/// Ten facts an agreement, on days of January to May, in an order that jumps about.
fn facts() -> Vec<Draft> {
    let count = AGREEMENTS * CODES.len();
    (0..count)
        .map(|index| {
            // 7 919 has no factor in common with the count, so every fact comes once.
            let place = index * 7_919 % count;
            let (which, code) = (place % AGREEMENTS, place / AGREEMENTS);
            let on = format!("2025-{:02}-{:02}", 1 + (which + code) % 5, 1 + which % 28);
            draft(agreement(&name(which)), CODES[code], &on, json!({}))
        })
        .collect()
}

fn registered() -> Ledger {
    let mut ledger = Ledger::default();
    for index in 0..AGREEMENTS {
        ledger.register("1 Jun", &name(index), json!({}));
    }
    ledger
}

fn answers(models: &Models, on: &str) -> Vec<(Vec<String>, Option<String>)> {
    let portfolio = models.portfolio(day(on));
    let answer = |member: &dealtrail::projection::portfolio::Member<'_>| {
        let stage = member.standing.stage().map(|stage| stage.code.to_owned());
        (milestones(&member.standing), stage)
    };
    portfolio.agreements.iter().map(answer).collect()
}

#[test]
fn case_19_an_import_gives_the_same_answers_as_facts_recorded_one_by_one() {
    let mut import = registered();
    for batch in facts().chunks(1_000) {
        import.batch("2 Jun", batch.to_vec());
    }
    let mut single = registered();
    let mut at: DateTime<Utc> = moment("2 Jun");
    for fact in facts().into_iter().rev() {
        at += Duration::minutes(1);
        single.batch_at(at, vec![fact]);
    }
    let (import, single) = (import.head(), single.head());
    for on in ["31 Dec", "15 Mar", "1 Jan"] {
        let expected = answers(&import, on);
        assert_eq!(expected.len(), AGREEMENTS);
        assert!(expected == answers(&single, on), "as of {on}");
    }
    assert!(
        answers(&import, "31 Dec")
            .iter()
            .all(|(reached, _)| reached.len() == CODES.len())
    );
}

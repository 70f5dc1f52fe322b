//! A random history in plain records, and the same as a ledger.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use crate::reports::ledger::Ledger;

const SAID: &str = r#"[{"title":"Press statement","type":"statement"}]"#;
pub(super) const SECTORS: [&str; 3] = ["brick", "glass", "tile"];
pub(super) const COUNTRIES: [(&str, &str); 2] = [("AZ", "Azerbaijan (AZ)"), ("CN", "China (CN)")];
pub(super) const INSTRUMENTS: [(&str, &str); 2] = [
    ("contract", "Contract"),
    ("mou", "Memorandum of understanding"),
];
pub(super) const CURRENCIES: [&str; 2] = ["EUR", "USD"];
pub(super) const KINDS: [&str; 5] = [
    "declared",
    "contracted",
    "contributed",
    "realised",
    "estimated",
];
pub(super) const PACKAGES: usize = 2;
/// Milestones of the practical track, with the words of their rows.
pub(super) const STEPS: [(&str, &str); 3] = [
    ("land_allocated", "Land allocated"),
    ("company_incorporated", "Company incorporated"),
    ("commercial_operation", "Commercial operation started"),
];

/// What became of a fact after it was recorded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fate {
    Stands,
    Retracted,
    /// Its amount was corrected to this one.
    Corrected(u32),
}

#[derive(Debug, Clone)]
pub(super) struct Money {
    pub(super) kind: usize,
    pub(super) currency: usize,
    pub(super) amount: u32,
    pub(super) to_date: bool,
    pub(super) day: u64,
    pub(super) fate: Fate,
}

#[derive(Debug, Clone)]
pub(super) struct Deal {
    pub(super) practical: bool,
    pub(super) instrument: usize,
    pub(super) sectors: BTreeSet<usize>,
    /// The country of each party; none where it is not known.
    pub(super) parties: Vec<Option<usize>>,
    pub(super) package: Option<usize>,
    pub(super) signed: Option<u64>,
    /// Which milestone, on which day, whether it was retracted, and when it was reversed.
    pub(super) steps: Vec<(usize, u64, bool, Option<u64>)>,
    pub(super) money: Vec<Money>,
    /// Whether it takes the place of another agreement or is the same as it, and which.
    pub(super) link: Option<(bool, usize)>,
    pub(super) terminated: Option<u64>,
    pub(super) withdrawn: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Pack {
    pub(super) practical: Option<u32>,
    pub(super) institutional: Option<u32>,
    /// Amount, currency, and whether the practical documents alone are covered.
    pub(super) value: Option<(u32, usize, bool)>,
}

pub(super) fn packs() -> impl Strategy<Value = Vec<Pack>> {
    let pack = (
        prop::option::weighted(0.8, 0..4_u32),
        prop::option::weighted(0.8, 0..3_u32),
        prop::option::weighted(0.7, (0..200_u32, 0..2_usize, any::<bool>())),
    );
    let pack = pack.prop_map(|(practical, institutional, value)| Pack {
        practical,
        institutional,
        value,
    });
    prop::collection::vec(pack, PACKAGES..=PACKAGES)
}

fn fates() -> impl Strategy<Value = Fate> {
    prop_oneof![
        3 => Just(Fate::Stands),
        1 => Just(Fate::Retracted),
        1 => (0..100_u32).prop_map(Fate::Corrected),
    ]
}

/// A kind of money, more often declared than any other.
fn kinds() -> impl Strategy<Value = usize> {
    prop_oneof![3 => Just(0), 4 => 1..KINDS.len()]
}

pub(super) fn deals() -> impl Strategy<Value = Vec<Deal>> {
    let day = || 0..60_u64;
    let money = (
        kinds(),
        0..2_usize,
        0..100_u32,
        any::<bool>(),
        day(),
        fates(),
    );
    let money = money.prop_map(|(kind, currency, amount, to_date, day, fate)| Money {
        kind,
        currency,
        amount,
        to_date,
        day,
        fate,
    });
    let step = (
        0..STEPS.len(),
        day(),
        any::<bool>(),
        prop::option::weighted(0.3, day()),
    );
    let what = (
        prop::bool::weighted(0.6),
        0..2_usize,
        prop::collection::btree_set(0..SECTORS.len(), 0..3),
        prop::collection::vec(prop::option::of(0..2_usize), 0..3),
        prop::option::weighted(0.8, 0..PACKAGES),
    );
    let fate = (
        prop::option::weighted(0.8, day()),
        prop::collection::vec(step, 0..3),
        prop::collection::vec(money, 0..5),
        prop::option::weighted(0.3, (any::<bool>(), 0..12_usize)),
        prop::option::weighted(0.15, day()),
        prop::bool::weighted(0.1),
    );
    let deal = (what, fate).prop_map(|(what, fate)| Deal {
        practical: what.0,
        instrument: what.1,
        sectors: what.2,
        parties: what.3,
        package: what.4,
        signed: fate.0,
        steps: fate.1,
        money: fate.2,
        link: fate.3,
        terminated: fate.4,
        withdrawn: fate.5,
    });
    prop::collection::vec(deal, 1..12)
}

pub(super) fn date(day: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 3, 1).unwrap() + Days::new(day)
}

fn reference(deal: usize) -> String {
    format!("AG-{deal}")
}

fn amount(money: &Money, amount: u32) -> String {
    let mode = match (KINDS[money.kind], money.to_date) {
        ("contributed" | "realised", true) => r#","mode":"to_date""#,
        ("contributed" | "realised", false) => r#","mode":"instalment""#,
        _ => "",
    };
    format!(
        r#"{{"money":{{"amount":"{amount}","currency":"{}","kind":"{}"{mode},"qualifier":"exact"}}}}"#,
        CURRENCIES[money.currency], KINDS[money.kind]
    )
}

/// The history as a ledger: everything is recorded in July, after all days it speaks of.
pub(super) fn written(packs: &[Pack], deals: &[Deal]) -> Ledger {
    let mut ledger = Ledger::opened("Agency of the Lowlands", false);
    ledger.day("2025-07-01", SAID);
    for (at, pack) in packs.iter().enumerate() {
        let counts =
            serde_json::json!({ "practical": pack.practical, "institutional": pack.institutional });
        let mut counts = counts.as_object().unwrap().clone();
        counts.retain(|_, count| !count.is_null());
        let value = pack.value.map(|(amount, currency, practical)| {
            let scope = if practical { "practical" } else { "all" };
            format!(
                r#","declared_value":{{"money":{{"amount":"{amount}","currency":"{}","kind":"declared","qualifier":"exact"}},"scope":"{scope}"}}"#,
                CURRENCIES[currency]
            )
        });
        let data = format!(
            r#"{{"ref":"PK-{at}","titles":{{"en":"Package {at}"}},"declared_counts":{}{}}}"#,
            serde_json::Value::from(counts),
            value.unwrap_or_default()
        );
        ledger.add(&format!("PK-{at}"), "package_registered", None, &data);
    }
    for (at, deal) in deals.iter().enumerate() {
        registered(&mut ledger, at, deal);
    }
    for (at, deal) in deals.iter().enumerate() {
        happened(&mut ledger, at, deal);
        if let Some((supersedes, target)) = deal.link.filter(|(_, target)| *target < deals.len()) {
            let relation = if supersedes {
                "supersedes"
            } else {
                "duplicate_of"
            };
            let data = ledger.filled(&format!(
                r#"{{"relation":"{relation}","target":"<{}>"}}"#,
                reference(target)
            ));
            ledger.add(&reference(at), "linked", None, &data);
        }
        if deal.withdrawn {
            let first = ledger.first(&reference(at));
            retract(&mut ledger, at, first);
        }
    }
    ledger.end();
    ledger
}

fn registered(ledger: &mut Ledger, at: usize, deal: &Deal) {
    let sectors: Vec<_> = deal
        .sectors
        .iter()
        .map(|sector| serde_json::json!({ "text": SECTORS[*sector] }))
        .collect();
    let parties: Vec<_> = deal
        .parties
        .iter()
        .map(|country| match country {
            Some(country) => serde_json::json!({ "description": "a firm", "role": "investor", "country": COUNTRIES[*country].0 }),
            None => serde_json::json!({ "description": "a firm", "role": "investor" }),
        })
        .collect();
    let mut data = serde_json::json!({
        "ref": reference(at), "titles": { "en": format!("Deal {at}") },
        "class": if deal.practical { "practical" } else { "institutional" },
        "instrument": INSTRUMENTS[deal.instrument].0, "nature": "unknown",
        "sectors": sectors, "parties": parties,
    });
    if let Some(package) = deal.package {
        data["package"] = format!("<PK-{package}>").into();
    }
    let data = ledger.filled(&data.to_string());
    ledger.add(&reference(at), "agreement_registered", None, &data);
}

fn happened(ledger: &mut Ledger, at: usize, deal: &Deal) {
    let name = reference(at);
    let on = |day: u64| date(day).to_string();
    if let Some(day) = deal.signed {
        ledger.add(&name, "signed", Some(&on(day)), "{}");
    }
    for (step, day, retracted, reversed) in &deal.steps {
        let fact = match STEPS[*step].0 {
            "land_allocated" => ledger.add(&name, "land_allocated", Some(&on(*day)), "{}"),
            "company_incorporated" => ledger.add(
                &name,
                "company_incorporated",
                Some(&on(*day)),
                r#"{"legal_name":"a firm"}"#,
            ),
            code => ledger.add(
                &name,
                "milestone_reached",
                Some(&on(*day)),
                &format!(r#"{{"milestone":"{code}"}}"#),
            ),
        };
        if let Some(reversed) = reversed {
            ledger.add(
                &name,
                "milestone_reversed",
                Some(&on(*reversed)),
                &format!(r#"{{"fact":"{fact}","words":"undone"}}"#),
            );
        }
        if *retracted {
            retract(ledger, at, fact);
        }
    }
    for money in &deal.money {
        let fact = ledger.add(
            &name,
            "value_stated",
            Some(&on(money.day)),
            &amount(money, money.amount),
        );
        match money.fate {
            Fate::Stands => {}
            Fate::Retracted => retract(ledger, at, fact),
            Fate::Corrected(to) => {
                let now = amount(money, to);
                ledger.correct_fact(
                    &name,
                    fact,
                    "value_stated",
                    &on(money.day),
                    &now,
                    "typing error",
                );
            }
        }
    }
    if let Some(day) = deal.terminated {
        ledger.add(&name, "terminated", Some(&on(day)), "{}");
    }
}

fn retract(ledger: &mut Ledger, at: usize, fact: dealtrail::deal::value::ids::EventId) {
    let data = format!(r#"{{"fact":"{fact}","reason":"recorded in error"}}"#);
    ledger.add(&reference(at), "fact_retracted", None, &data);
}

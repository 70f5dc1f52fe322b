//! English: phrases for every code, days, amounts.

use chrono::NaiveDate;

use super::English;
use crate::deal::event::Kind;
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::event::milestone_reached::WorksNature;
use crate::deal::track::Track;
use crate::deal::value::money::{Currency, Money, MoneyKind};
use crate::deal::value::quantity::{Qualifier, Quantity};
use crate::deal::value::source::EvidenceLevel;
use crate::report::text::pack;
use crate::report::text::pack::{LanguagePack, Tense};
use crate::report::text::sentence::{Reached, StepWords, Strength};

const STRENGTHS: [Strength; 7] = [
    Strength::Plain,
    Strength::Model(ModelStrength::DiscussionsConcluded),
    Strength::Model(ModelStrength::Agreed),
    Strength::Model(ModelStrength::SignedOff),
    Strength::Works(WorksNature::Construction),
    Strength::Works(WorksNature::Preparation),
    Strength::Works(WorksNature::Unspecified),
];

#[test]
fn every_milestone_of_both_tracks_has_its_own_phrases() {
    for class in [Class::Practical, Class::Institutional] {
        for milestone in Track::built_in(class).milestones {
            let code = milestone.code.as_str();
            for strength in STRENGTHS {
                assert!(super::milestones::name(code, strength).is_some(), "{code}");
                for by in [true, false] {
                    assert!(
                        super::milestones::happened(code, strength, by).is_some(),
                        "{code}"
                    );
                }
            }
            assert!(super::milestones::thing(code).is_some(), "{code}");
        }
    }
}

#[test]
fn every_event_kind_has_a_name_of_its_own() {
    let names: std::collections::BTreeSet<_> =
        Kind::ALL.iter().map(|kind| English.kind(*kind)).collect();
    assert_eq!(names.len(), Kind::ALL.len());
    assert!(
        names
            .iter()
            .all(|name| !name.is_empty() && !name.contains('_'))
    );
}

#[test]
fn a_milestone_of_the_agencys_own_track_is_called_by_its_name() {
    let names = serde_json::from_str(r#"{"en":"kiln lit"}"#).unwrap();
    let what = Reached {
        code: "kiln_lit",
        names: Some(&names),
        strength: Strength::Plain,
    };
    let sentence = English.step(StepWords::Reached {
        what,
        on: &"2025-05-02".parse().unwrap(),
        details: &[],
        evidence: EvidenceLevel::None,
    });
    assert_eq!(
        sentence,
        "The milestone \u{201c}kiln lit\u{201d} was reached on 2 May 2025. Evidence: none (no source)."
    );
    assert_eq!(
        English.milestone("kiln_lit", None, Strength::Plain),
        "kiln lit"
    );
}

#[test]
fn days_are_said_as_precisely_as_they_are_known() {
    let cases = [
        ("2025-04-17", "17 April 2025", "on 17 April 2025"),
        ("2025-04", "April 2025", "in April 2025"),
        ("2025", "2025", "in 2025"),
        ("2025~", "about 2025", "about 2025"),
        (
            "2025-04-17/2025-04-25",
            "between 17 and 25 April 2025",
            "between 17 and 25 April 2025",
        ),
        (
            "2025-04-30/2025-05-02",
            "between 30 April and 2 May 2025",
            "between 30 April and 2 May 2025",
        ),
        (
            "2024-12-30/2025-01-02",
            "between 30 December 2024 and 2 January 2025",
            "between 30 December 2024 and 2 January 2025",
        ),
        (
            "2025-04/2025-06",
            "between April 2025 and June 2025",
            "between April 2025 and June 2025",
        ),
        (
            "2025-04-25/..",
            "from 25 April 2025 on",
            "from 25 April 2025 on",
        ),
        (
            "../2025-04-25",
            "by 25 April 2025 (day not in the source)",
            "by 25 April 2025 (day not in the source)",
        ),
        (
            "../2025-04",
            "by the end of April 2025 (day not in the source)",
            "by the end of April 2025 (day not in the source)",
        ),
    ];
    for (when, named, happened) in cases {
        let when = when.parse().unwrap();
        assert_eq!(English.when(&when, Tense::Named), named);
        assert_eq!(English.when(&when, Tense::Happened), happened);
    }
    let by = "../2025-12-31".parse().unwrap();
    assert_eq!(English.when(&by, Tense::Expected), "by 31 December 2025");
    let days = "2025-04-17/2025-04-19".parse().unwrap();
    assert_eq!(
        English.when(&days, Tense::Lasted),
        "from 17 to 19 April 2025"
    );
    assert_eq!(
        English.day(NaiveDate::from_ymd_opt(2025, 1, 1).unwrap()),
        "1 January 2025"
    );
}

#[test]
fn amounts_are_shortened_only_where_that_is_exact() {
    let usd: Currency = "USD".parse().unwrap();
    let cases = [
        ("335000000", "USD 335 million"),
        ("2500000", "USD 2.5 million"),
        ("1250000000", "USD 1.25 billion"),
        ("1255500000", "USD 1,255.5 million"),
        ("1234567", "USD 1,234,567"),
        ("999999.50", "USD 999,999.50"),
        ("2500000.00", "USD 2,500,000.00"),
        ("0", "USD 0"),
        ("1000", "USD 1,000"),
    ];
    for (amount, said) in cases {
        let money = Money::new(
            amount.parse().unwrap(),
            usd,
            MoneyKind::Declared,
            None,
            Qualifier::Exact,
        );
        assert_eq!(English.money(&money.unwrap()), said);
    }
    let negative = "-1500000".parse().unwrap();
    assert_eq!(
        English.sum(usd, &negative, Qualifier::About),
        "minus about USD 1.5 million"
    );
    // At least minus 1.5 million is at most 1.5 million below nought.
    assert_eq!(
        English.sum(usd, &negative, Qualifier::AtLeast),
        "minus up to USD 1.5 million"
    );
}

#[test]
fn qualifiers_stand_before_the_amount() {
    let said = Qualifier::ALL.map(|qualifier| {
        English.quantity(&Quantity {
            amount: "3".parse().unwrap(),
            unit: "ha".parse().unwrap(),
            qualifier,
            text: None,
        })
    });
    assert_eq!(
        said,
        [
            "3 ha",
            "about 3 ha",
            "almost 3 ha",
            "nearly 3 ha",
            "at least 3 ha",
            "over 3 ha",
            "up to 3 ha"
        ]
    );
}

#[test]
fn evidence_levels_and_lists() {
    assert_eq!(
        English.evidence(EvidenceLevel::Level(0)),
        "reported (level 0)"
    );
    assert_eq!(
        English.evidence(EvidenceLevel::Level(4)),
        "seen on site (level 4)"
    );
    let items = ["a", "b", "c"].map(str::to_owned);
    assert_eq!(English.list(&items), "a, b and c");
    assert_eq!(English.list(&items[..2]), "a and b");
    assert_eq!(English.list(&items[..1]), "a");
    assert_eq!(English.list(&[]), "");
    assert!(pack("EN").is_some() && pack("tlh").is_none());
}

//! The schemas say what the code does.

use super::amount::Amount;
use super::code::{Code, Identifier};
use super::ids::{Actor, ActorId, CommandId, EventId, KnownBy, Ref, StreamId};
use super::money::{Currency, Money};
use super::party::{Country, Party};
use super::quantity::{Quantity, Unit};
use super::source::{Commitment, EvidenceLevel, MediaType, Source, WebAddress};
use super::text::{Label, Lang, Names, Text};
use super::when::When;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const UUID: &str = "0196581c-6f00-7000-8000-000000000001";

fn validator<T: JsonSchema>() -> jsonschema::Validator {
    let schema = schemars::SchemaGenerator::default().into_root_schema_for::<T>();
    jsonschema::draft202012::new(schema.as_value()).unwrap()
}

/// Schema and code refuse the same values, but for `by_code_alone`: what only the code can know.
fn agree<T: JsonSchema + DeserializeOwned>(values: &[Value], by_code_alone: &[Value]) {
    let validator = validator::<T>();
    for value in values {
        let read = serde_json::from_value::<T>(value.clone());
        let valid = validator.is_valid(value);
        let problem = read.as_ref().err().map(ToString::to_string);
        assert_eq!(
            read.is_ok(),
            valid,
            "{}: {value}: {problem:?}",
            T::schema_name()
        );
    }
    for value in by_code_alone {
        assert!(validator.is_valid(value), "{}: {value}", T::schema_name());
        assert!(
            serde_json::from_value::<T>(value.clone()).is_err(),
            "{}: {value}",
            T::schema_name()
        );
    }
}

fn texts(texts: &[&str]) -> Vec<Value> {
    let strange = [
        "", " ", "a ", " a", "\n", "a\nb", "1\n", "é", "A", "a", "0", "-", "..", "~", "/",
    ];
    let others = [
        json!(1),
        json!(1.5),
        json!(null),
        json!([]),
        json!({}),
        json!(true),
    ];
    strange
        .iter()
        .chain(texts)
        .map(|text| json!(text))
        .chain(others)
        .collect()
}

#[test]
fn amounts_and_dates() {
    agree::<Amount>(
        &texts(&[
            "3.10",
            "00",
            "01.5",
            "-0",
            "1e3",
            "0.",
            ".5",
            &"9".repeat(28),
            &"9".repeat(29),
        ]),
        &[json!(format!("{}.1", "9".repeat(28)))],
    );
    agree::<When>(
        &texts(&[
            "2025",
            "2025-04",
            "2025-04-22~",
            "2025-13",
            "2025-00",
            "2025-04-32",
            "2025-04/..",
            "../2025",
            "../..",
            "2025/2026~",
            "2025/",
            "20250",
            "2025-4",
            "2025\n",
        ]),
        &[json!("2025-02-30"), json!("0000"), json!("2026/2025")],
    );
}

#[test]
fn words_and_languages() {
    agree::<Text>(
        &[
            json!("a"),
            json!("a b\nc"),
            json!(" a"),
            json!("a\n"),
            json!(""),
            json!(1),
            json!(null),
            json!({"sealed": {}}),
            json!({"sealed": {"a": "b"}}),
            json!({"sealed": {"a": 1}}),
            json!({"sealed": 1}),
            json!({"sealed": {}, "b": 1}),
            json!({}),
            json!("砖".repeat(16_001)),
        ],
        &[json!("e\u{301}"), json!("a\u{7}b")],
    );
    agree::<Label>(
        &texts(&["No. 12/34", &"x".repeat(120), &"x".repeat(121)]),
        &[json!("a\tb")],
    );
    agree::<Lang>(&texts(&["en", "eng", "engl", "EN", "e1"]), &[]);
}

#[test]
fn vocabularies() {
    agree::<Code>(
        &texts(&[
            "works_started",
            "a-b",
            "_a",
            "1a",
            &"a".repeat(64),
            &"a".repeat(65),
        ]),
        &[],
    );
    agree::<Unit>(
        &texts(&["ha", "m2", "m²", "t/year", "%", "1m", &"a".repeat(33)]),
        &[],
    );
    agree::<Currency>(
        &texts(&["USD", "usd", "USDX"]),
        &[json!("QQQ"), json!("XXX")],
    );
    agree::<Country>(&texts(&["AZ", "az", "AZE"]), &[json!("QQ")]);
}

#[test]
fn ids() {
    agree::<Ref>(
        &texts(&["AG-2025-001", "ag-1", "-AG", "AG_1", &"A".repeat(41), "A1"]),
        &[],
    );
    agree::<EventId>(
        &texts(&[UUID, "0196581C-6f00-7000-8000-000000000001", "0196581c"]),
        &[],
    );
    let stream = format!("agreement-{UUID}");
    agree::<StreamId>(
        &texts(&["ledger", &stream, UUID, "agreement", "ledger-"]),
        &[],
    );
    agree::<ActorId>(&texts(&["u:7f3a", "u:", "U:a", "u:A", "u:a:b", "1:a"]), &[]);
    agree::<CommandId>(
        &texts(&[UUID, "a b", "-a", "A.b:c_d-e", &"a".repeat(129)]),
        &[],
    );
}

#[test]
fn files_and_addresses() {
    agree::<Commitment>(&texts(&[&"0f".repeat(32), &"0F".repeat(32), "0f"]), &[]);
    agree::<MediaType>(
        &texts(&["application/pdf", "a/b/c", "A/b", "a/", "image/svg+xml"]),
        &[],
    );
    agree::<WebAddress>(
        &texts(&[
            "https://glass.example/?a=b#c",
            "http://a",
            "https://a b",
            "https://a\"",
            "https://a<",
            "https://a>",
            "https://a\\",
            "https://a^",
            "https://a`",
            "https://a{",
            "https://a|",
            "https://a}",
            "https://a[1]~_!$&'()*+,;=:@%-./",
            "ftp://a",
            "https:///",
            "https://é",
        ]),
        &[],
    );
}

/// The object with one member set.
fn with(object: &Value, key: &str, member: Value) -> Value {
    let mut object = object.clone();
    object[key] = member;
    object
}

#[test]
fn quantities_and_money() {
    let quantity = json!({"amount": "3", "unit": "ha", "qualifier": "almost"});
    agree::<Quantity>(
        &[
            quantity.clone(),
            with(&quantity, "text", json!("almost 3 ha")),
            with(&quantity, "later", json!(1)),
            with(&quantity, "amount", json!(2.9)),
            with(&quantity, "qualifier", json!("roughly")),
            json!({"amount": "3", "unit": "ha"}),
            json!({}),
        ],
        &[],
    );
    let money = json!({"amount": "1", "currency": "USD", "kind": "declared", "qualifier": "exact"});
    let paid = with(&money, "kind", json!("realised"));
    agree::<Money>(
        &[
            money.clone(),
            with(&money, "mode", json!("to_date")),
            paid.clone(),
            with(&paid, "mode", json!("to_date")),
            with(&paid, "mode", json!("monthly")),
            json!({"amount": "1", "currency": "USD", "qualifier": "exact"}),
            json!({"amount": "1", "kind": "declared", "qualifier": "exact"}),
        ],
        &[],
    );
}

#[test]
fn parties() {
    let party = json!({"description": "a glass company", "role": "investor"});
    agree::<Party>(
        &[
            party.clone(),
            with(&party, "country", json!("CN")),
            with(&party, "country", json!("cn")),
            with(&party, "country", json!({"unknown": "not in source"})),
            with(&party, "country", json!({"unknown": "lost"})),
            json!({"role": "investor"}),
            json!({"description": "a glass company"}),
        ],
        &[json!({"organization": "ledger", "role": "investor"})],
    );
}

#[test]
fn sources_and_evidence() {
    let file = json!({"commit": "0f".repeat(32), "size": 10, "media": "application/pdf"});
    let source = json!({"title": "A paper on bricks", "type": "document"});
    agree::<Source>(
        &[
            source.clone(),
            with(&source, "evidence", file.clone()),
            with(&source, "type", json!("rumour")),
            with(&source, "published", json!("2025-04")),
            with(&source, "number", json!("12")),
            with(&source, "url", json!("glass.example")),
            with(&source, "locator", json!("page 3")),
            with(&source, "publisher", json!({"sealed": {}})),
            json!({"title": "A paper on bricks"}),
            with(&source, "evidence", with(&file, "size", json!(-1))),
            with(
                &source,
                "evidence",
                with(&file, "size", json!(9_007_199_254_740_992_u64)),
            ),
        ],
        &[],
    );
}

#[test]
fn names_identifiers_and_actors() {
    agree::<Names>(
        &[
            json!({"en": "Brick works"}),
            json!({}),
            json!({"EN": "x"}),
            json!({"en": ""}),
            json!("x"),
            json!({"az": "a", "kab": "b"}),
        ],
        &[],
    );
    agree::<EvidenceLevel>(
        &[
            json!("none"),
            json!(0),
            json!(4),
            json!(5),
            json!("0"),
            json!(null),
        ],
        &[],
    );
    agree::<Identifier>(
        &[
            json!({"scheme": "x", "id": "1"}),
            json!({"scheme": "X", "id": "1"}),
            json!({"id": "1"}),
        ],
        &[],
    );
    agree::<Actor>(
        &[
            json!({"id": "u:7f3a", "known_by": "token"}),
            json!({"id": "u:7f3a", "known_by": "rumour"}),
            json!({"id": "u:7f3a"}),
        ],
        &[],
    );
    agree::<KnownBy>(
        &[
            json!("token"),
            json!("local_claim"),
            json!("system"),
            json!("Token"),
        ],
        &[],
    );
}

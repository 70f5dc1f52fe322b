//! The value types' spellings, as tables.

use super::amount::Amount;
use super::code::{Code, Identifier};
use super::ids::{ActorId, CommandId, EventId, Ref, StreamId, StreamKind};
use super::known::Known;
use super::money::Currency;
use super::party::{Country, Party};
use super::quantity::{Qualifier, Unit};
use super::source::{
    Commitment, Evidence, EvidenceLevel, MediaType, Source, SourceType, WebAddress,
};
use super::text::{Label, Text};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::fmt::{Debug, Display};
use std::str::FromStr;

const UUID: &str = "0196581c-6f00-7000-8000-000000000001";

/// Spellings a person may type and what is kept of them; then spellings refused.
fn spellings<T>(kept: &[(&str, &str)], refused: &[&str])
where
    T: FromStr<Err: Display> + Display + Debug + PartialEq + Serialize + DeserializeOwned,
{
    for (typed, expected) in kept {
        let value = match typed.parse::<T>() {
            Ok(value) => value,
            Err(error) => panic!("{typed:?}: {error}"),
        };
        assert_eq!(value.to_string(), *expected);
        assert_eq!(serde_json::to_value(&value).unwrap(), json!(expected));
        assert_eq!(serde_json::from_value::<T>(json!(expected)).unwrap(), value);
        let stored = serde_json::from_value::<T>(json!(typed));
        assert_eq!(
            stored.is_ok(),
            typed == expected,
            "JSON takes one spelling: {typed:?}"
        );
    }
    for typed in refused {
        let error = match typed.parse::<T>() {
            Ok(value) => panic!("{typed:?} was read as {value}"),
            Err(error) => error.to_string(),
        };
        assert!(
            error.contains(" such as ") || error.contains("; "),
            "{typed:?}: {error}"
        );
        assert!(
            serde_json::from_value::<T>(json!(typed)).is_err(),
            "{typed:?}"
        );
    }
}

#[test]
fn amounts() {
    let longest = format!("0.{}", "1".repeat(28));
    let whole = "9".repeat(28);
    spellings::<Amount>(
        &[
            ("0", "0"),
            ("3.10", "3.10"),
            (" 335000000 ", "335000000"),
            ("0.00", "0.00"),
            (&longest, &longest),
            (&whole, &whole),
        ],
        &[
            "",
            ".5",
            "5.",
            "-1",
            "+1",
            "1e3",
            "1E3",
            "01",
            "00.5",
            "1,000",
            "1 000",
            "2,9",
            "1_000",
            "1.2.3",
            "NaN",
            "inf",
            "٣",
            "\u{2212}3",
            "0x10",
            "1.-2",
            &format!("{whole}.1"),
            &format!("1{longest}"),
            &"0".repeat(100_000),
        ],
    );
    for (text, words) in [
        ("-1", "negative"),
        ("1e3", "exponent"),
        ("335,000,000", "separators"),
        ("brick", "not a decimal number"),
        ("007", "needless zeros"),
        (&"1".repeat(29), "28 digits"),
    ] {
        let error = text.parse::<Amount>().unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    }
    let amount = |text: &str| text.parse::<Amount>().unwrap();
    assert_eq!(amount("3.10"), amount("3.1"));
    assert!(amount("10") > amount("9.99"));
    assert_eq!(
        Amount::from(u64::MAX)
            .to_string()
            .parse::<Amount>()
            .unwrap(),
        u64::MAX.into()
    );
}

#[test]
fn ids() {
    let upper = UUID.to_uppercase();
    spellings::<EventId>(
        &[(UUID, UUID), (&upper, UUID)],
        &[
            "",
            "0196581c6f0070008000000000000001",
            &format!("{{{UUID}}}"),
            &format!("urn:uuid:{UUID}"),
            "12",
        ],
    );
    let [agreement, organization, deal, ledger] =
        ["agreement", "organization", "deal", "ledger"].map(|kind| format!("{kind}-{UUID}"));
    spellings::<StreamId>(
        &[
            (&agreement, &agreement),
            (&organization, &organization),
            ("Ledger", "ledger"),
        ],
        &[
            "",
            "agreement",
            "agreement-",
            &deal,
            &ledger,
            UUID,
            "agreement-12",
            &format!("{agreement} {UUID}"),
        ],
    );
    spellings::<ActorId>(
        &[
            ("u:7f3a", "u:7f3a"),
            ("system:follower", "system:follower"),
            (" u:a.b-c_d ", "u:a.b-c_d"),
        ],
        &[
            "", "u", "u:", ":7f3a", "u:7F3A", "U:7f3a", "u:a b", "u:-a", "1u:a", "u:a:b",
        ],
    );
    spellings::<CommandId>(
        &[
            (UUID, UUID),
            ("Import-7:12.a_b", "Import-7:12.a_b"),
            ("0", "0"),
        ],
        &["", "-a", "a b", "a/b", "ä", &"a".repeat(129)],
    );
    spellings::<Ref>(
        &[
            ("AG-2025-001", "AG-2025-001"),
            (" ag-2025-001", "AG-2025-001"),
            ("A1", "A1"),
            ("12", "12"),
        ],
        &["", "A", "-A1", "AG 1", "AG_1", "ÄG-1", &"A".repeat(41)],
    );
    assert_eq!(CommandId::from(uuid::Uuid::nil()).as_str().len(), 36);
}

#[test]
fn streams_know_their_kind() {
    let uuid: uuid::Uuid = UUID.parse().unwrap();
    for kind in [
        StreamKind::Agreement,
        StreamKind::Package,
        StreamKind::Occasion,
        StreamKind::Organization,
        StreamKind::Ledger,
    ] {
        let stream = StreamId::new(kind, uuid);
        assert_eq!(stream.kind(), kind);
        assert_eq!(stream.to_string().parse::<StreamId>().unwrap(), stream);
        assert_eq!(stream.uuid().is_some(), kind != StreamKind::Ledger);
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        assert_eq!(kind.ref_prefix().is_some(), kind != StreamKind::Ledger);
    }
}

#[test]
fn words_and_identifiers() {
    spellings::<Code>(
        &[
            ("works_started", "works_started"),
            ("Works-Started", "works_started"),
            ("a", "a"),
            ("b4", "b4"),
        ],
        &["", "_a", "1a", "a b", "é", "a.b", &"a".repeat(65)],
    );
    spellings::<Unit>(
        &[
            ("ha", "ha"),
            ("m2", "m2"),
            ("t/year", "t/year"),
            ("%", "%"),
            ("MW", "MW"),
        ],
        &["", "2m", "m²", "a b", "/a", &"a".repeat(33)],
    );
    let identifier: Identifier = "az-tax-id: 12-34 a ".parse().unwrap();
    assert_eq!(identifier.to_string(), "az_tax_id:12-34 a");
    assert_eq!(identifier.key(), "az_tax_id:1234A");
    let other: Identifier = "az_tax_id:1234A".parse().unwrap();
    assert_eq!(identifier.key(), other.key());
    assert_ne!(
        "x:--".parse::<Identifier>().unwrap().key(),
        "x:-/".parse::<Identifier>().unwrap().key()
    );
    for wrong in ["", "1234", "x:", ":1", "x y:1"] {
        assert!(wrong.parse::<Identifier>().is_err(), "{wrong}");
    }
}

#[test]
fn countries() {
    spellings::<Country>(
        &[("AZ", "AZ"), ("cn", "CN")],
        &["", "A", "AZE", "XX", "ÄZ", "China"],
    );
    assert_eq!("AZ".parse::<Country>().unwrap().name(), "Azerbaijan");
    // Events already stored must stay readable with a newer table.
    const SOME: &str = "AE AM AT AU AZ BE BG BR BY CA CH CN CZ DE DK EG ES FI FR GB GE GR HK HU ID \
        IE IL IN IR IT JP KG KR KW KZ LT LU LV MD MY NL NO PK PL PT QA RO RS RU SA SE SG SI SK TH \
        TJ TM TR TW UA US UZ VN ZA";
    for code in SOME.split_whitespace() {
        assert_eq!(code.parse::<Country>().unwrap().as_str(), code);
    }
}

#[test]
fn known_values() {
    let unknown = json!({"unknown": "not in source"});
    assert_eq!(
        serde_json::from_value::<Known<Country>>(unknown.clone()).unwrap(),
        Known::Unknown
    );
    assert_eq!(
        serde_json::to_value(Known::<Country>::Unknown).unwrap(),
        unknown
    );
    let known: Known<Country> = serde_json::from_value(json!("AZ")).unwrap();
    assert_eq!(known.value().map(Country::as_str), Some("AZ"));
    assert_eq!(serde_json::to_value(known).unwrap(), json!("AZ"));
    for (value, words) in [
        (json!({"unknown": "lost"}), "not in source"),
        (json!({"unknown": null}), "not in source"),
        (json!("XX"), "\"XX\" is not a country"),
        (json!({}), "a country code in quotes"),
        (json!(null), "a country code in quotes"),
    ] {
        let error = serde_json::from_value::<Known<Country>>(value.clone())
            .unwrap_err()
            .to_string();
        assert!(error.contains(words), "{value}: {error}");
    }
    let text: Known<Text> = serde_json::from_value(json!({"sealed": {"a": "b"}})).unwrap();
    assert!(text.value().is_some_and(|text| text.sealed().is_some()));
    assert!(
        Known::Value(1).map(|one| one + 1) == Known::Value(2) && Known::<u8>::Unknown.is_unknown()
    );
}

#[test]
fn parties() {
    let organization = format!("organization-{UUID}");
    for value in [
        json!({"description": "a glass company", "country": "CN", "role": "investor"}),
        json!({"organization": organization, "role": "signatory"}),
        json!({"description": "a brick company", "country": {"unknown": "not in source"}, "role": "investor"}),
    ] {
        let party: Party = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(party).unwrap(), value);
    }
    for (value, words) in [
        (
            json!({"country": "CN", "role": "investor"}),
            "needs an organisation, or words",
        ),
        (
            json!({"organization": "ledger", "role": "investor"}),
            "ledger is not an organisation",
        ),
        (
            json!({"organization": format!("package-{UUID}"), "role": "investor"}),
            "is not an organisation",
        ),
        (
            json!({"description": "a glass company"}),
            "missing field `role`",
        ),
    ] {
        let error = serde_json::from_value::<Party>(value.clone())
            .unwrap_err()
            .to_string();
        assert!(error.contains(words), "{value}: {error}");
    }
}

fn source(kind: SourceType) -> Source {
    Source::new(Text::new("A paper on bricks").unwrap(), kind)
}

/// The level follows from the type; from 2 up it must be possible to look the source up.
#[test]
fn evidence_levels() {
    use EvidenceLevel::Level;
    for (kind, bare, shown) in [
        (SourceType::Statement, 0, 0),
        (SourceType::Note, 1, 1),
        (SourceType::Document, 1, 2),
        (SourceType::CounterpartyLetter, 1, 2),
        (SourceType::Register, 1, 3),
        (SourceType::AuthorityAct, 1, 3),
        (SourceType::SiteVisit, 1, 4),
    ] {
        let plain = source(kind);
        assert_eq!(plain.level(), Level(bare), "{kind}");
        let numbered = Source {
            number: Some(Label::new("12").unwrap()),
            ..plain.clone()
        };
        assert_eq!(numbered.level(), Level(shown), "{kind} with a number");
        let evidence = Evidence {
            commit: "ab".repeat(32).parse().unwrap(),
            size: 10,
            media: "application/pdf".parse().unwrap(),
        };
        let attached = Source {
            evidence: Some(evidence),
            ..plain.clone()
        };
        assert_eq!(attached.level(), Level(shown), "{kind} with a file");
        let cited = Source {
            url: Some("https://glass.example/1".parse().unwrap()),
            ..plain
        };
        assert_eq!(cited.level(), Level(bare), "{kind} with an address alone");
        assert_eq!(kind.as_str().parse::<SourceType>().unwrap(), kind);
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    assert_eq!(EvidenceLevel::of([]), EvidenceLevel::None);
    let two = [source(SourceType::Note), source(SourceType::Statement)];
    assert_eq!(EvidenceLevel::of(&two), Level(1));
    assert!(EvidenceLevel::None < Level(0) && Level(1) < EvidenceLevel::DOCUMENTED);
    for (level, value) in [(EvidenceLevel::None, json!("none")), (Level(3), json!(3))] {
        assert_eq!(serde_json::to_value(level).unwrap(), value);
        assert_eq!(
            serde_json::from_value::<EvidenceLevel>(value).unwrap(),
            level
        );
    }
    for wrong in [json!(5), json!(-1), json!("3"), json!(null)] {
        assert!(
            serde_json::from_value::<EvidenceLevel>(wrong.clone()).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn files_and_addresses() {
    let digits = "0f".repeat(32);
    spellings::<Commitment>(
        &[(&digits, &digits), (&digits.to_uppercase(), &digits)],
        &["", "0f", &"0g".repeat(32), &"0f".repeat(33)],
    );
    spellings::<MediaType>(
        &[
            ("application/pdf", "application/pdf"),
            ("Image/PNG", "image/png"),
            ("image/svg+xml", "image/svg+xml"),
        ],
        &[
            "",
            "pdf",
            "application/",
            "/pdf",
            "a/b/c",
            "text/plain; charset=utf-8",
            &format!("a/{}", "b".repeat(128)),
        ],
    );
    let address = "https://glass.example/a?b=c&d=%C3%A9#e[1]~";
    spellings::<WebAddress>(
        &[
            (address, address),
            (" http://127.0.0.1:80/ ", "http://127.0.0.1:80/"),
        ],
        &[
            "",
            "glass.example",
            "ftp://glass.example",
            "javascript:alert(1)",
            "https://",
            "https:///a",
            "https://glass.example/a b",
            "https://glass.example/\"><script>",
            "https://glass.example/é",
            "https://glass.example/\u{202e}",
            "data:text/html,x",
            &format!("https://a/{}", "b".repeat(2048)),
        ],
    );
}

#[test]
fn qualifiers() {
    for qualifier in Qualifier::ALL {
        assert_eq!(qualifier.as_str().parse::<Qualifier>().unwrap(), qualifier);
        assert_eq!(serde_json::to_value(qualifier).unwrap(), qualifier.as_str());
    }
    assert_eq!("at-least".parse::<Qualifier>().unwrap(), Qualifier::AtLeast);
    assert_eq!("up to".parse::<Qualifier>().unwrap(), Qualifier::UpTo);
    let error = "roughly".parse::<Qualifier>().unwrap_err().to_string();
    assert!(
        error.contains("\"roughly\" is not a qualifier; choose exact"),
        "{error}"
    );
}

proptest! {
    /// No text from outside makes any of the readers panic.
    #[test]
    fn readers_never_panic(text in "\\PC{0,30}|[a-z0-9:./_-]{0,50}") {
        let _ = text.parse::<Amount>();
        let _ = text.parse::<EventId>();
        let _ = text.parse::<StreamId>();
        let _ = text.parse::<Identifier>();
        let _ = text.parse::<MediaType>();
        let _ = text.parse::<WebAddress>();
        let _ = text.parse::<Commitment>();
        let _ = text.parse::<Country>();
        let _ = text.parse::<Currency>();
        let _ = text.parse::<Ref>();
    }

    #[test]
    fn amounts_read_as_decimals(text in "(0|[1-9][0-9]{0,14})(\\.[0-9]{1,13})?") {
        let amount: Amount = text.parse().unwrap();
        prop_assert_eq!(amount.as_str(), &text);
        prop_assert_eq!(amount.decimal(), rust_decimal::Decimal::from_str_exact(&text).unwrap());
    }
}

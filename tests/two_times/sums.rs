//! Packages, residuals and conversion.

use dealtrail::deal::value::ids::StreamId;
use dealtrail::deal::value::quantity::Qualifier;
use dealtrail::projection::models::Models;
use dealtrail::projection::portfolio::conversion::rate::Rate;
use dealtrail::projection::portfolio::roll::Scope;
use serde_json::{Value, json};

use super::ledger::{Ledger, agreement, day, package};

fn money(amount: &str, currency: &str, kind: &str) -> Value {
    json!({"amount": amount, "currency": currency, "kind": kind, "qualifier": "exact"})
}

/// A package declared as two institutional and three practical documents worth USD 100 million,
/// with brick and glass registered in it and signed.
fn fair() -> Ledger {
    let mut ledger = Ledger::default();
    let declared = json!({
        "ref": "PK-2025-001", "titles": {"en": "The fair"},
        "declared_counts": {"all": 5, "practical": 3, "institutional": 2},
        "declared_value": {"money": money("100000000", "USD", "declared"), "scope": "practical"},
    });
    ledger.record("1 Apr", package("fair"), "package_registered", "", declared);
    for name in ["brick", "glass"] {
        ledger.register("1 Apr", name, json!({"package": package("fair")}));
        ledger.fact("17 Apr", name, "signed", "17 Apr");
    }
    ledger
}

fn state(ledger: &mut Ledger, name: &str, value: Value) {
    ledger.record(
        "1 May",
        agreement(name),
        "value_stated",
        "1 May",
        json!({"money": value}),
    );
}

fn fraction(rate: &Rate<'_>) -> (u64, Option<u64>) {
    (rate.numerator, rate.denominator.value)
}

fn any_step(models: &Models, on: &str) -> (u64, Option<u64>) {
    fraction(&models.portfolio(day(on)).conversion(Scope::All)[0])
}

#[test]
fn counts_are_declared_registered_and_the_difference() {
    let models = fair().head();
    let portfolio = models.portfolio(day("1 May"));
    let sums = portfolio.package(package("fair")).unwrap().counts;
    let row = |count: dealtrail::projection::portfolio::documents::Count| {
        (count.declared, count.registered, count.unregistered())
    };
    assert_eq!(row(sums.documents.all), (Some(5), 2, Some(3)));
    assert_eq!(row(sums.documents.practical), (Some(3), 2, Some(1)));
    assert_eq!(row(sums.documents.institutional), (Some(2), 0, Some(2)));
    assert_eq!(portfolio.outside().count(), 0);
}

#[test]
fn the_residual_is_what_is_not_apportioned_in_the_currency_declared() {
    let mut given = fair();
    let residual = |given: &Ledger| {
        let models = given.head();
        let portfolio = models.portfolio(day("1 Jun"));
        let headline = portfolio
            .package(package("fair"))
            .unwrap()
            .counts
            .headline()
            .unwrap();
        let residual = headline.residual.unwrap();
        (
            headline.apportioned.is_some(),
            residual.amount.to_string(),
            residual.qualifier,
        )
    };
    assert_eq!(
        residual(&given),
        (false, "100000000".to_owned(), Qualifier::Exact)
    );
    state(&mut given, "brick", money("7000000", "AZN", "declared"));
    state(&mut given, "brick", money("9000000", "USD", "contracted"));
    given.record(
        "2 May",
        package("fair"),
        "value_stated",
        "2 May",
        json!({"money": money("5", "USD", "estimated")}),
    );
    assert_eq!(
        residual(&given),
        (false, "100000000".to_owned(), Qualifier::Exact)
    );
    state(&mut given, "brick", money("30000000.50", "USD", "declared"));
    assert_eq!(
        residual(&given),
        (true, "69999999.5".to_owned(), Qualifier::Exact)
    );
    state(
        &mut given,
        "glass",
        json!({"amount": "80000000", "currency": "USD", "kind": "declared", "qualifier": "over"}),
    );
    assert_eq!(
        residual(&given),
        (true, "-10000000.5".to_owned(), Qualifier::UpTo)
    );
}

#[test]
fn an_amount_to_date_replaces_and_an_instalment_adds() {
    let mut given = fair();
    let paid = |given: &mut Ledger, on: &str, amount: &str, mode: &str| {
        let mut value = money(amount, "USD", "contributed");
        value["mode"] = json!(mode);
        given.record(
            "1 Jul",
            agreement("brick"),
            "value_stated",
            on,
            json!({"money": value}),
        )
    };
    paid(&mut given, "1 May", "10", "instalment");
    paid(&mut given, "1 Jun", "20", "instalment");
    let to_date = paid(&mut given, "15 May", "12", "to_date");
    let total = |given: &Ledger, on: &str| {
        let models = given.head();
        let sums = models.portfolio(day(on)).money(Scope::All);
        sums.iter()
            .map(|(_, _, tally)| tally.total().unwrap().to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(total(&given, "30 Apr"), Vec::<String>::new());
    assert_eq!(total(&given, "14 May"), ["10"]);
    assert_eq!(total(&given, "31 May"), ["12"]);
    assert_eq!(total(&given, "1 Jun"), ["32"]);
    given.retract("2 Jul", to_date);
    assert_eq!(total(&given, "1 Jun"), ["30"]);
}

#[test]
fn of_contracted_money_the_latest_statement_stands_per_currency() {
    let mut given = fair();
    for (amount, currency) in [("10", "USD"), ("8", "USD"), ("4", "AZN")] {
        state(&mut given, "brick", money(amount, currency, "contracted"));
    }
    let models = given.head();
    let sums = models
        .portfolio(day("1 May"))
        .money(Scope::Package(package("fair")));
    let rows: Vec<_> = sums
        .iter()
        .map(|(kind, currency, tally)| {
            (
                kind.as_str(),
                currency.as_str(),
                tally.total().unwrap().to_string(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("contracted", "AZN", "4".to_owned()),
            ("contracted", "USD", "8".to_owned())
        ]
    );
}

#[test]
fn the_denominator_holds_what_was_declared_and_not_registered() {
    let mut given = fair();
    assert_eq!(any_step(&given.head(), "1 May"), (0, Some(3)));
    given.fact("1 May", "brick", "land_allocated", "1 May");
    assert_eq!(any_step(&given.head(), "30 Apr"), (0, Some(3)));
    assert_eq!(any_step(&given.head(), "1 May"), (1, Some(3)));
    let models = given.head();
    let rates = models.portfolio(day("1 May")).conversion(Scope::All);
    let all: Vec<_> = rates
        .iter()
        .map(|rate| {
            (
                rate.definition.code.as_str(),
                rate.numerator,
                rate.denominator.unregistered,
            )
        })
        .collect();
    assert_eq!(
        all,
        [
            ("any_step", 1, Some(1)),
            ("documented_step", 0, Some(1)),
            ("construction_started", 0, Some(1)),
            ("operation", 0, Some(1)),
        ]
    );
    assert!(
        rates[0].by_value.is_empty(),
        "nothing is apportioned: it cannot be computed"
    );
}

#[test]
fn an_unknown_count_makes_the_rate_unknown_and_never_nought() {
    let mut given = fair();
    let bare = json!({"ref": "PK-2025-002", "titles": {"en": "The visit"}, "declared_counts": {"all": 13}});
    given.record("2 May", package("visit"), "package_registered", "", bare);
    let models = given.head();
    let portfolio = models.portfolio(day("3 May"));
    let rate = &portfolio.conversion(Scope::All)[0];
    assert_eq!(rate.denominator.value, None);
    assert_eq!(rate.denominator.unknown, [package("visit")]);
    let fair = &portfolio.conversion(Scope::Package(package("fair")))[0];
    assert_eq!(fair.denominator.value, Some(3));
    let sums = portfolio.package(package("visit")).unwrap().counts;
    assert_eq!(
        (
            sums.documents.all.unregistered(),
            sums.documents.practical.unregistered()
        ),
        (Some(13), None)
    );
}

#[test]
fn agreements_outside_packages_count_once_signed() {
    let mut given = fair();
    given.register("1 May", "tile", json!({}));
    assert_eq!(any_step(&given.head(), "2 May"), (0, Some(3)));
    given.fact("3 May", "tile", "signed", "2 May");
    assert_eq!(any_step(&given.head(), "1 May"), (0, Some(3)));
    assert_eq!(any_step(&given.head(), "2 May"), (0, Some(4)));
}

#[test]
fn terminated_agreements_stay_and_superseded_ones_and_duplicates_leave() {
    let link = |given: &mut Ledger, from: &str, relation: &str, to: StreamId| {
        given.record(
            "5 May",
            agreement(from),
            "linked",
            "",
            json!({"relation": relation, "target": to}),
        )
    };
    let mut given = fair();
    given.fact("4 May", "brick", "terminated", "4 May");
    assert_eq!(any_step(&given.head(), "6 May").1, Some(3));

    // Signed anew outside the package: counted there, and no longer among those declared.
    given.register("5 May", "tile", json!({}));
    given.fact("5 May", "tile", "signed", "5 May");
    assert_eq!(any_step(&given.head(), "6 May").1, Some(4));
    let superseding = link(&mut given, "tile", "supersedes", agreement("brick"));
    assert_eq!(any_step(&given.head(), "6 May").1, Some(3));
    given.retract("6 May", superseding);
    assert_eq!(any_step(&given.head(), "6 May").1, Some(4));

    // Registered twice in one package: declared once all the same.
    given.register("6 May", "pane", json!({"package": package("fair")}));
    link(&mut given, "pane", "duplicate_of", agreement("glass"));
    assert_eq!(any_step(&given.head(), "7 May").1, Some(4));
    let models = given.head();
    let portfolio = models.portfolio(day("7 May"));
    let pane = portfolio.member(agreement("pane")).unwrap();
    assert_eq!(
        (pane.counts(), pane.ties.duplicate_of),
        (false, Some(agreement("glass")))
    );
    assert_eq!(
        portfolio
            .package(package("fair"))
            .unwrap()
            .counts
            .documents
            .practical
            .registered,
        2
    );
}

#[test]
fn a_documented_model_needs_document_and_strength_in_one_fact() {
    let mut given = fair();
    let letter = json!([{"title": "letter", "type": "counterparty_letter", "number": "12"}]);
    let said = json!([{"title": "news", "type": "statement"}]);
    let model = |given: &mut Ledger, strength: &str, sources: &Value| {
        let mut draft = super::ledger::draft(
            agreement("brick"),
            "financial_model_agreed",
            "1 May",
            json!({"strength": strength}),
        );
        draft.sources = serde_json::from_value(sources.clone()).unwrap();
        given.batch("1 May", vec![draft]);
        let models = given.head();
        let rates = models.portfolio(day("1 May")).conversion(Scope::All);
        (rates[0].numerator, rates[1].numerator)
    };
    assert_eq!(model(&mut given, "discussions_concluded", &letter), (1, 0));
    assert_eq!(model(&mut given, "signed_off", &said), (1, 0));
    assert_eq!(model(&mut given, "agreed", &letter), (1, 1));
}

#[test]
fn conversion_by_value_holds_parts_against_the_declared_whole() {
    let mut given = fair();
    state(&mut given, "brick", money("25000000", "USD", "declared"));
    state(&mut given, "glass", money("5000000", "USD", "declared"));
    given.fact("2 May", "brick", "land_allocated", "2 May");
    let models = given.head();
    let rate = &models.portfolio(day("2 May")).conversion(Scope::All)[0];
    let share = rate.by_value[0];
    assert_eq!(
        (share.converted.to_string(), share.of.to_string()),
        ("25000000".to_owned(), "100000000".to_owned())
    );
    assert!(!share.covers_others);
    let splits: Vec<_> = rate
        .by_instrument
        .iter()
        .map(|(instrument, share)| (instrument.as_str(), share.converted, share.of))
        .collect();
    assert_eq!(splits, [("contract", 1, 2)]);
}

#[test]
fn a_withdrawn_registration_is_no_member() {
    let mut given = fair();
    let registered = given.register("2 May", "tile", json!({"package": package("fair")}));
    assert_eq!(
        given
            .head()
            .portfolio(day("3 May"))
            .members(package("fair"))
            .count(),
        3
    );
    given.retract("3 May", registered);
    let models = given.head();
    assert_eq!(
        models
            .portfolio(day("3 May"))
            .members(package("fair"))
            .count(),
        2
    );
    assert!(
        models
            .standing(agreement("tile"), day("3 May"))
            .unwrap()
            .withdrawn
            .is_some()
    );
}

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(value: Value) -> Result<Money, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

fn money(text: &str, currency: &str, kind: MoneyKind) -> Money {
    let mode = kind.needs_mode().then_some(MoneyMode::Instalment);
    let (amount, currency) = (text.parse().unwrap(), currency.parse().unwrap());
    Money::new(amount, currency, kind, mode, Qualifier::Exact).unwrap()
}

#[test]
fn money_reads_back_as_written() {
    for value in [
        json!({"amount": "335000000", "currency": "USD", "kind": "declared", "qualifier": "exact"}),
        json!({"amount": "1.50", "currency": "AZN", "kind": "realised", "mode": "to_date", "qualifier": "about"}),
        json!({"amount": "0", "currency": "CNY", "kind": "contributed", "mode": "instalment", "qualifier": "over"}),
    ] {
        assert_eq!(
            serde_json::to_value(read(value.clone()).unwrap()).unwrap(),
            value
        );
    }
    // A member of a later version does not make today's reader fail.
    let later = json!({
        "amount": "1", "currency": "USD", "kind": "declared", "qualifier": "exact", "later": 1
    });
    assert!(read(later).is_ok());
}

#[test]
fn money_is_refused_with_a_sentence() {
    let cases = [
        (
            json!({"amount": "1", "currency": "USD", "qualifier": "exact"}),
            "without a kind",
        ),
        (
            json!({"amount": "1", "kind": "declared", "qualifier": "exact"}),
            "without a currency",
        ),
        (
            json!({"amount": "1", "currency": "USD", "kind": "realised", "qualifier": "exact"}),
            "realised money needs a mode: to_date",
        ),
        (
            json!({"amount": "1", "currency": "USD", "kind": "contributed", "qualifier": "exact"}),
            "contributed money needs a mode",
        ),
        (
            json!({"amount": "1", "currency": "USD", "kind": "declared", "mode": "to_date", "qualifier": "exact"}),
            "declared money has no mode; leave to_date out",
        ),
        (
            json!({"amount": "1", "currency": "usd", "kind": "declared", "qualifier": "exact"}),
            "\"usd\" is not a currency",
        ),
        (
            json!({"amount": "1", "currency": "XXX", "kind": "declared", "qualifier": "exact"}),
            "\"XXX\" is not a currency",
        ),
        (
            json!({"amount": 335, "currency": "USD", "kind": "declared", "qualifier": "exact"}),
            "a decimal number in quotes",
        ),
        (
            json!({"amount": "1", "currency": "USD", "kind": "paid", "qualifier": "exact"}),
            "unknown variant `paid`",
        ),
    ];
    for (value, words) in cases {
        let error = read(value.clone()).unwrap_err();
        assert!(error.contains(words), "{value}: {error}");
    }
}

#[test]
fn words_are_read_as_people_type_them() {
    assert_eq!("usd ".parse::<Currency>().unwrap().as_str(), "USD");
    assert_eq!("to-date".parse::<MoneyMode>().unwrap(), MoneyMode::ToDate);
    assert_eq!(
        "Declared".parse::<MoneyKind>().unwrap(),
        MoneyKind::Declared
    );
    assert_eq!(
        "AZN".parse::<Currency>().unwrap().name(),
        "Azerbaijani manat"
    );
    for wrong in ["", "US", "DOLLAR", "XTS", "U$D", "ÜSD"] {
        assert!(wrong.parse::<Currency>().is_err(), "{wrong}");
    }
    for kind in MoneyKind::ALL {
        assert_eq!(kind.as_str().parse::<MoneyKind>().unwrap(), kind);
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
}

/// Events already stored must stay readable: a newer table of currencies may add codes, and this
/// fails if it drops one of those a deal may be stated in.
#[test]
fn currencies_once_accepted_stay_accepted() {
    const SOME: &str = "AED ARS AUD AZN BGN BRL BYN CAD CHF CNY CZK DKK EGP EUR GBP GEL HKD HUF \
        IDR ILS INR IRR JPY KGS KRW KWD KZT MDL MXN MYR NOK NZD PHP PKR PLN QAR RON RSD RUB SAR \
        SEK SGD THB TJS TMT TRY TWD UAH USD UZS VND XAU XDR ZAR";
    for code in SOME.split_whitespace() {
        assert_eq!(code.parse::<Currency>().unwrap().as_str(), code);
    }
}

#[test]
fn kinds_and_currencies_never_add_up_together() {
    let mut sums = MoneySums::default();
    sums.add(&money("335000000", "USD", MoneyKind::Declared))
        .unwrap();
    sums.add(&money("5", "USD", MoneyKind::Contracted)).unwrap();
    sums.add(&money("7", "AZN", MoneyKind::Declared)).unwrap();
    sums.add(&money("1", "USD", MoneyKind::Declared)).unwrap();
    sums.add_unknown(MoneyKind::Realised).unwrap();
    let listed: Vec<_> = sums
        .iter()
        .map(|(kind, currency, tally)| format!("{kind} {currency} {}", tally.total().unwrap()))
        .collect();
    assert_eq!(
        listed,
        [
            "declared AZN 7",
            "declared USD 335000001",
            "contracted USD 5"
        ]
    );
    assert_eq!(sums.unknown(MoneyKind::Realised), 1);
    assert_eq!(sums.unknown(MoneyKind::Declared), 0);
    assert_eq!(
        sums.remove(&money("7", "AZN", MoneyKind::Contracted)),
        Err(SumError::NotCounted)
    );
    assert_eq!(
        sums.remove_unknown(MoneyKind::Declared),
        Err(SumError::NotCounted)
    );
    sums.remove_unknown(MoneyKind::Realised).unwrap();
    sums.remove(&money("7", "AZN", MoneyKind::Declared))
        .unwrap();
    assert!(
        sums.get(MoneyKind::Declared, "AZN".parse().unwrap())
            .is_none()
    );
}

fn any_money() -> impl Strategy<Value = Money> {
    let modes = [MoneyMode::ToDate, MoneyMode::Instalment];
    (
        "[1-9][0-9]{0,9}(\\.[0-9]{1,4})?",
        prop::sample::select(vec!["USD", "AZN", "CNY"]),
        prop::sample::select(&MoneyKind::ALL[..]),
        prop::sample::select(modes.to_vec()),
        prop::sample::select(&Qualifier::ALL[..]),
    )
        .prop_map(|(text, currency, kind, mode, qualifier)| {
            let mode = kind.needs_mode().then_some(mode);
            let (amount, currency) = (text.parse().unwrap(), currency.parse().unwrap());
            Money::new(amount, currency, kind, mode, qualifier).unwrap()
        })
}

proptest! {
    #[test]
    fn sums_come_apart_again_in_any_order(
        kept in prop::collection::vec(any_money(), 0..10),
        passing in prop::collection::vec(any_money(), 0..10).prop_flat_map(|items| {
            (Just(items.clone()), Just(items).prop_shuffle())
        }),
    ) {
        let mut expected = MoneySums::default();
        for money in kept.iter().rev() {
            expected.add(money).unwrap();
        }
        let mut sums = MoneySums::default();
        for money in passing.0.iter().chain(&kept) {
            sums.add(money).unwrap();
        }
        for money in &passing.1 {
            sums.remove(money).unwrap();
        }
        prop_assert_eq!(sums, expected);
    }
}

use super::*;
use proptest::prelude::*;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn tally(items: &[(&str, Qualifier)]) -> Tally {
    let mut tally = Tally::default();
    for (text, qualifier) in items {
        tally.add(&amount(text), *qualifier).unwrap();
    }
    tally
}

/// Amounts of every length, many with 28 digits, where rounding would show.
fn any_amount() -> impl Strategy<Value = Amount> {
    let digits = prop_oneof![0_usize..=28, Just(28)];
    (digits, any::<prop::sample::Index>(), "[1-9][0-9]{27}").prop_map(|(digits, at, pool)| {
        let at = at.index(digits + 1);
        let (whole, fraction) = pool[..digits].split_at(at);
        let whole = if whole.is_empty() { "0" } else { whole };
        let point = if fraction.is_empty() { "" } else { "." };
        amount(&format!("{whole}{point}{fraction}"))
    })
}

fn any_item() -> impl Strategy<Value = (Amount, Qualifier)> {
    (any_amount(), prop::sample::select(&Qualifier::ALL[..]))
}

#[test]
fn sums_are_exact() {
    let cases: [(&[&str], &str); 6] = [
        (&["0.1", "0.2"], "0.3"),
        (&["3.10", "0.90"], "4"),
        (&["335000000", "0.01"], "335000000.01"),
        (&["0", "0.0"], "0"),
        (&["100", "200"], "300"),
        (
            &[
                "0.9999999999999999999999999999",
                "0.0000000000000000000000000001",
            ],
            "1",
        ),
    ];
    for (amounts, expected) in cases {
        let items: Vec<_> = amounts
            .iter()
            .map(|text| (*text, Qualifier::Exact))
            .collect();
        assert_eq!(
            tally(&items).total().unwrap().to_string(),
            expected,
            "{amounts:?}"
        );
    }
}

/// What a decimal cannot hold is said to be too large, and comes back when the amount is gone.
#[test]
fn a_sum_of_too_many_digits_is_an_error_not_a_panic() {
    let large = amount(&"9".repeat(28));
    let small = amount(&format!("0.{}1", "0".repeat(27)));
    let mut tally = Tally::default();
    tally.add(&large, Qualifier::Exact).unwrap();
    tally.add(&small, Qualifier::Over).unwrap();
    assert_eq!(tally.total(), Err(SumError::TooLarge));
    assert_eq!(tally.qualifier(), Qualifier::Over);
    tally.remove(&large, Qualifier::Exact).unwrap();
    assert_eq!(tally.total().unwrap(), small.decimal());
    for _ in 0..10 {
        tally.add(&large, Qualifier::Exact).unwrap();
    }
    assert_eq!(tally.total(), Err(SumError::TooLarge));
}

#[test]
fn what_was_not_counted_cannot_be_taken_out() {
    let before = tally(&[("5", Qualifier::Exact), ("0.5", Qualifier::About)]);
    for (text, qualifier) in [
        ("6", Qualifier::Exact),
        ("0.6", Qualifier::Exact),
        ("5", Qualifier::Over),
        ("1", Qualifier::Almost),
    ] {
        let mut changed = before.clone();
        assert_eq!(
            changed.remove(&amount(text), qualifier),
            Err(SumError::NotCounted)
        );
        assert_eq!(changed, before, "{text} {qualifier}");
    }
    let mut sums = QuantitySum::default();
    assert_eq!(sums.remove_unknown(), Err(SumError::NotCounted));
}

/// Almost, nearly and up to bound from above, over and at least from below.
#[test]
fn the_qualifier_of_a_sum() {
    use Qualifier::*;
    let cases: [(&[Qualifier], Qualifier); 14] = [
        (&[], Exact),
        (&[Exact, Exact], Exact),
        (&[Exact, Almost], Almost),
        (&[Almost, Almost], Almost),
        (&[Nearly, Exact, Nearly], Nearly),
        (&[Almost, Nearly], UpTo),
        (&[UpTo, Almost], UpTo),
        (&[Over, Exact], Over),
        (&[Over, AtLeast], AtLeast),
        (&[AtLeast, AtLeast], AtLeast),
        (&[Over, Almost], About),
        (&[AtLeast, UpTo, Exact], About),
        (&[About, Exact], About),
        (&[About, Over], About),
    ];
    for (of, expected) in cases {
        assert_eq!(Qualifier::of_sum(of.iter().copied()), expected, "{of:?}");
        assert_eq!(
            Qualifier::of_sum(of.iter().rev().copied()),
            expected,
            "{of:?} reversed"
        );
    }
}

#[test]
fn units_never_add_up_together() {
    let quantity = |text: &str, unit: &str| Quantity {
        amount: amount(text),
        unit: unit.parse().unwrap(),
        qualifier: Qualifier::Almost,
        text: None,
    };
    let mut sums = QuantitySum::default();
    sums.add(&quantity("3", "ha")).unwrap();
    sums.add(&quantity("200", "jobs")).unwrap();
    sums.add_unknown().unwrap();
    let listed: Vec<_> = sums
        .iter()
        .map(|(unit, tally)| (unit.to_string(), tally.total().unwrap().to_string()))
        .collect();
    assert_eq!(
        listed,
        [("ha".into(), "3".into()), ("jobs".into(), "200".into())]
    );
    assert_eq!(sums.unknown(), 1);
    assert_eq!(sums.remove(&quantity("3", "m2")), Err(SumError::NotCounted));
    sums.remove(&quantity("3.0", "ha")).unwrap();
    assert!(
        sums.get(&"ha".parse().unwrap()).is_none(),
        "no sum of zero is left behind"
    );
}

proptest! {
    #[test]
    fn adding_then_removing_changes_nothing(
        items in prop::collection::vec(any_item(), 0..12), more in prop::collection::vec(any_item(), 0..12),
    ) {
        let mut tally = Tally::default();
        for (amount, qualifier) in &items {
            tally.add(amount, *qualifier).unwrap();
        }
        let before = tally.clone();
        for (amount, qualifier) in &more {
            tally.add(amount, *qualifier).unwrap();
        }
        // Taken out in the order they came in, not in reverse.
        for (amount, qualifier) in &more {
            tally.remove(amount, *qualifier).unwrap();
        }
        prop_assert_eq!(&tally, &before);
        for (amount, qualifier) in &items {
            tally.remove(amount, *qualifier).unwrap();
        }
        prop_assert!(tally.is_empty());
        prop_assert_eq!(tally, Tally::default());
    }

    #[test]
    fn the_order_does_not_matter(
        items in prop::collection::vec(any_item(), 0..12).prop_flat_map(|items| {
            (Just(items.clone()), Just(items).prop_shuffle())
        }),
    ) {
        let sum = |items: &[(Amount, Qualifier)]| {
            let mut tally = Tally::default();
            for (amount, qualifier) in items {
                tally.add(amount, *qualifier).unwrap();
            }
            tally
        };
        let (one, other) = (sum(&items.0), sum(&items.1));
        prop_assert_eq!(one.total(), other.total());
        prop_assert_eq!(one.qualifier(), other.qualifier());
        prop_assert_eq!(one.count(), items.0.len() as u64);
        prop_assert_eq!(one, other);
    }

    /// Two tallies together count what both count.
    #[test]
    fn absorbing_is_adding_everything(
        mine in prop::collection::vec(any_item(), 0..12), theirs in prop::collection::vec(any_item(), 0..12),
    ) {
        let sum = |items: &[(Amount, Qualifier)]| {
            let mut tally = Tally::default();
            for (amount, qualifier) in items {
                tally.add(amount, *qualifier).unwrap();
            }
            tally
        };
        let mut both = sum(&mine);
        both.absorb(&sum(&theirs)).unwrap();
        prop_assert_eq!(both, sum(&[mine, theirs].concat()));
    }

    /// Where nothing has to round, the sum is that of the decimal crate.
    #[test]
    fn small_sums_agree_with_decimals(
        numbers in prop::collection::vec((0_u32..1_000_000, 0_u32..6), 1..20),
    ) {
        let mut tally = Tally::default();
        let mut expected = Decimal::ZERO;
        for (number, scale) in numbers {
            let decimal = Decimal::new(number.into(), scale);
            tally.add(&amount(&decimal.to_string()), Qualifier::Exact).unwrap();
            expected += decimal;
        }
        prop_assert_eq!(tally.total().unwrap(), expected);
    }
}

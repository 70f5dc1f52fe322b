use super::*;

fn stretch() -> Stretch {
    Stretch {
        news: NaiveDate::MIN,
        learned: NaiveDate::MIN,
        expectations: 0,
        obstacles: 0,
        claims: 0,
        inferred: 0,
        is_signed: false,
        has_step: false,
        amounts: 0,
        declared: Single::None,
        met: 0,
    }
}

#[test]
fn definitions_beyond_the_sixteenth_are_looked_up_where_they_stand() {
    for met in [0_u32, 3, 15, 16, 40] {
        let mut one = stretch();
        one.meet(met);
        for definition in 0..50_usize {
            let wanted = (definition < 16).then_some(definition == met as usize);
            assert_eq!(one.meets(definition), wanted, "{met}, {definition}");
        }
    }
}

/// What is kept of an agreement, written out plainly.
type Plain = (u32, Vec<(NaiveDate, u32)>, Vec<(u64, Money)>);

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 1, 1).unwrap() + chrono::Days::new(number.into())
}

fn money(amount: u32) -> Money {
    let money = format!(
        r#"{{"amount":"{amount}","currency":"USD","kind":"declared","qualifier":"exact"}}"#
    );
    serde_json::from_str(&money).unwrap()
}

fn plain(number: u32, round: u32) -> Option<Plain> {
    let mixed = number.wrapping_mul(0x9e37_79b9).wrapping_add(round * 77);
    let stretches = (0..1 + mixed % 5).map(|n| (day(n * 10 + mixed % 7), mixed % 100 + n));
    let is_there = !mixed.is_multiple_of(6);
    is_there.then(|| {
        let money = (0..mixed % 3).map(|n| (n.into(), money(mixed % 1_000 + n)));
        (mixed, stretches.collect(), money.collect())
    })
}

fn put(gists: &mut Gists, changes: &[(u32, Option<Plain>)]) {
    type Stretches = Vec<(NaiveDate, Stretch)>;
    let stretches = changes.iter().map(|(_, plain)| {
        let days = plain.iter().flat_map(|(_, stretches, _)| stretches);
        let stretches = days.map(|(from, expectations)| {
            let expectations = *expectations;
            let counted = Stretch {
                expectations,
                ..stretch()
            };
            (*from, counted)
        });
        stretches.collect::<Stretches>()
    });
    let stretches: Vec<Stretches> = stretches.collect();
    let days_amended: Vec<Amendment> = (0..4).map(|n| (n, day(n as u32))).collect();
    let numbered = changes
        .iter()
        .zip(&stretches)
        .map(|((number, plain), days)| {
            let change = plain.as_ref().map(|(mixed, _, money)| Change {
                gist: Gist {
                    class: Class::Practical,
                    instrument: Instrument::Contract,
                    is_registered: true,
                    is_alone: true,
                    sectors: Single::One(*mixed),
                    start: 0,
                    end: 0,
                    money: (0, 0),
                    amendments: (0, 0),
                },
                amendments: &days_amended[..(*mixed % 4) as usize],
                money,
                stretches: days,
            });
            (*number, change)
        });
    gists.put(numbered.collect());
}

fn same(gists: &Gists, wanted: &[Option<Plain>]) {
    for number in 0..900_u32 {
        let plain = wanted.get(number as usize).cloned().flatten();
        for on in (0..60).map(day) {
            let counted = gists.on(number, on);
            let wanted = plain.as_ref().and_then(|(mixed, stretches, money)| {
                let place = stretches.iter().rposition(|(from, _)| *from <= on)?;
                let money = money.iter().map(|(_, money)| money);
                let amendments = u64::from(*mixed % 4);
                Some((
                    *mixed,
                    place,
                    stretches[place].1,
                    money.collect::<Vec<_>>(),
                    amendments,
                ))
            });
            let counted = counted.map(|one| {
                let Single::One(mixed) = one.gist.sectors else {
                    panic!("it has one");
                };
                let money = one.money.iter().collect::<Vec<_>>();
                let amendments = one.amendments.len() as u64;
                (
                    mixed,
                    one.place,
                    one.stretch.expectations,
                    money,
                    amendments,
                )
            });
            assert_eq!(counted, wanted, "{number} on {on}");
        }
    }
}

#[test]
fn what_is_put_in_is_found_whatever_changed_beside_it() {
    let mut gists = Gists::default();
    let mut wanted: Vec<Option<Plain>> = (0..700).map(|number| plain(number, 0)).collect();
    let all = (0..).zip(wanted.iter().cloned());
    put(&mut gists, &all.collect::<Vec<_>>());
    same(&gists, &wanted);
    for round in 1..8 {
        let before = gists.clone();
        let earlier = wanted.clone();
        // Some change, some go, some are new; those between are left as they are.
        let changed = (0..700 + round * 20).filter(|number| number % (round * 13) == 5);
        let changed: Vec<_> = changed
            .map(|number| (number, plain(number, round)))
            .collect();
        for (number, plain) in &changed {
            let number = *number as usize;
            wanted.resize(wanted.len().max(number + 1), None);
            wanted[number] = plain.clone();
        }
        put(&mut gists, &changed);
        same(&gists, &wanted);
        same(&before, &earlier);
    }
    for streams in [0, 1, 255, 256, 257, 511, 512, 699] {
        same(&gists.prefix(streams), &wanted[..streams]);
    }
}

#[test]
fn one_alone_is_told_apart() {
    assert!(matches!(Single::of([0_u32; 0].iter()), Single::None));
    assert!(matches!(Single::of([7].iter()), Single::One(7)));
    assert!(matches!(Single::of([7, 7].iter()), Single::Several));
}

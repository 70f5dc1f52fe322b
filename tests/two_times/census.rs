//! The census of a day is what counting agreements one by one comes to, whether it is taken anew or from what was kept of other
//! days and positions.

use chrono::NaiveDate;
use dealtrail::projection::models::Models;
use dealtrail::projection::portfolio::census::Census;
use dealtrail::projection::portfolio::conversion::rate::Rate;
use dealtrail::projection::portfolio::marks::Marks;
use dealtrail::projection::portfolio::register::{Entry, Register};
use dealtrail::projection::portfolio::roll::Scope;
use dealtrail::projection::portfolio::ties::Summed;
use proptest::prelude::*;

/// The censuses of a register, in every scope and since some days, against its agreements.
pub(super) fn same_census(models: &Models, register: &Register<'_>) -> Result<(), TestCaseError> {
    let packages: Vec<_> = register.packages(Scope::All).map(|one| one.id).collect();
    let packages = packages.into_iter().map(Scope::Package);
    let day = |year, month| NaiveDate::from_ymd_opt(year, month, 1);
    for scope in packages.chain([Scope::All]) {
        for since in [None, day(2024, 11), day(2025, 3), day(2026, 1)] {
            let kept = models.census(register, scope, since);
            same(models, register, (scope, since), &kept)?;
            same(
                models,
                register,
                (scope, since),
                &register.count(scope, since),
            )?;
        }
    }
    Ok(())
}

fn same(
    models: &Models,
    register: &Register<'_>,
    (scope, since): (Scope, Option<NaiveDate>),
    census: &Census<'_, '_>,
) -> Result<(), TestCaseError> {
    let entries = register.each(scope, Some);
    let mut marks = vec![Marks::default(); register.streams()];
    let mut news = Vec::new();
    let mut amended = Vec::new();
    for entry in &entries {
        let number = models.status.number_of(entry.course().id).unwrap();
        marks[number as usize] = marked(entry);
        let is_new = |since| entry.on.has_news_since(since) || entry.on.has_learned_since(since);
        news.extend(since.is_none_or(is_new).then_some(number));
        let of = entry.on.amended().iter();
        let recent = of.filter(|(_, day)| since.is_none_or(|since| *day >= since));
        amended.extend(recent.map(|(seq, _)| *seq));
    }
    prop_assert_eq!(&census.marks, &marks);
    news.sort_unstable();
    prop_assert_eq!(&census.news, &news);
    let mut mine = census.amended.clone();
    mine.sort_unstable();
    amended.sort_unstable();
    prop_assert_eq!(mine, amended);
    let sum = |of: &dyn Fn(&Entry<'_>) -> u32| -> u64 {
        let each = entries.iter().map(|one| u64::from(of(one)));
        each.sum()
    };
    prop_assert_eq!(census.expectations, sum(&|one| one.on.expectations()));
    prop_assert_eq!(census.obstacles, sum(&|one| one.on.obstacles()));
    let told = |one: &&Entry<'_>| marked(one).has(Marks::PRACTICAL.and(Marks::COUNTS));
    let in_sector = |sector: Option<u32>| {
        let of = |one: &&Entry<'_>| match sector {
            Some(sector) => one.course().sectors.contains(&sector),
            None => one.course().sectors.is_empty(),
        };
        entries.iter().filter(told).filter(of).count() as u64
    };
    for (_, sector) in register.sectors() {
        let mine = census.sectors.get(sector as usize).copied();
        prop_assert_eq!(mine.unwrap_or(0), in_sector(Some(sector)));
    }
    prop_assert_eq!(census.without_sector, in_sector(None));
    packages(models, register, scope, census)
}

/// The packages and the rates over them, against those counted with names.
fn packages(
    models: &Models,
    register: &Register<'_>,
    scope: Scope,
    census: &Census<'_, '_>,
) -> Result<(), TestCaseError> {
    let portfolio = models.portfolio(register.day);
    let wanted = portfolio.packages(scope);
    prop_assert_eq!(census.packages.len(), wanted.len());
    for (mine, wanted) in census.packages.iter().zip(&wanted) {
        prop_assert_eq!(mine.id, wanted.counts.card.id);
        prop_assert_eq!(mine.documents, wanted.counts.documents);
    }
    let mine = census.conversions.rates(census.packages.iter());
    let wanted = portfolio.conversion(scope);
    let same = |rate: &Rate<'_>| {
        let Rate {
            definition,
            denominator,
            numerator,
            converted: _,
            by_instrument,
            by_value,
            without_share,
        } = rate;
        let code = definition.code.clone();
        (
            (code, denominator.clone(), *numerator),
            (by_instrument.clone(), by_value.clone()),
            without_share.clone(),
        )
    };
    let both = mine.iter().zip(&wanted);
    for (mine, wanted) in both {
        prop_assert_eq!(same(mine), same(wanted));
    }
    prop_assert_eq!(mine.len(), wanted.len());
    Ok(())
}

/// The marks that depend on no period, found the long way.
fn marked(entry: &Entry<'_>) -> Marks {
    let (on, ties) = (entry.on, entry.ties);
    let is_told = ties.duplicate_of.is_none();
    let counts = is_told && ties.superseded_by.is_none();
    let is_practical = entry.is_practical();
    let announced = ties.package.is_some() || on.signed().is_some();
    let in_denominator = counts && is_practical && announced;
    let given = [
        (Marks::REGISTERED, true),
        (Marks::PRACTICAL, is_told && is_practical),
        (Marks::INSTITUTIONAL, is_told && !is_practical),
        (Marks::EXPECTS, on.expectations() > 0),
        (Marks::OBSTRUCTED, on.obstacles() > 0),
        (Marks::CLAIMED, on.claims() > 0),
        (Marks::INFERRED, on.inferred() > 0),
        (Marks::IN_DENOMINATOR, in_denominator),
        (
            Marks::WITHOUT_STEP,
            in_denominator && on.steps().count() == 0,
        ),
        (Marks::COUNTS, counts),
        (Marks::OUTSIDE, counts && ties.package.is_none()),
    ];
    let given = given.into_iter().filter(|(_, given)| *given);
    given.fold(Marks::default(), |all, (mark, _)| all.and(mark))
}

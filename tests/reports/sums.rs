//! Every figure of the portfolio and of conversion equals a plain count over what a random history
//! says, made here without any read model.

mod history;
mod naive;

use std::collections::BTreeMap;

use dealtrail::projection::models::Models;
use dealtrail::report::document::Document;
use proptest::prelude::*;

use self::history::{
    COUNTRIES, CURRENCIES, Deal, INSTRUMENTS, KINDS, PACKAGES, SECTORS, STEPS, date, deals, packs,
    written,
};
use self::naive::Naive;
use super::{ask, figure, rows};

fn grouped(amount: Option<u64>) -> String {
    let Some(amount) = amount else {
        return "not stated".to_owned();
    };
    let digits = amount.to_string();
    let mut parts: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .map(|part| std::str::from_utf8(part).unwrap())
        .collect();
    parts.reverse();
    parts.join(",")
}

fn share(count: usize, of: usize) -> String {
    if of == 0 {
        "–".to_owned()
    } else {
        format!("{count} of {of}")
    }
}

/// The rows of a part by their words, tables with the same words in the order they stand in.
fn table(document: &Document, part: &str) -> BTreeMap<String, Vec<Vec<String>>> {
    let mut table: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for row in rows(document, part) {
        table
            .entry(row[0].clone())
            .or_default()
            .push(row[1..].to_vec());
    }
    table
}

fn groups(naive: &Naive<'_>, document: &Document) -> Result<(), TestCaseError> {
    let expected = |which: &dyn Fn(&Deal) -> bool| {
        let practical = naive.those(|deal| deal.practical && which(deal));
        let with_step = practical.iter().filter(|deal| naive.has_step(deal)).count();
        let institutional = naive.those(|deal| !deal.practical && which(deal));
        let all = practical.len();
        let numbers = vec![
            all.to_string(),
            share(with_step, all),
            institutional.len().to_string(),
        ];
        (all + institutional.len() > 0).then_some(vec![numbers])
    };
    let check =
        |part: &str, words: &str, which: &dyn Fn(&Deal) -> bool| -> Result<(), TestCaseError> {
            let table = table(document, part);
            prop_assert_eq!(
                table.get(words).cloned(),
                expected(which),
                "{} {}",
                part,
                words
            );
            Ok(())
        };
    for (at, sector) in SECTORS.iter().enumerate() {
        let words = format!("{}{}", sector[..1].to_uppercase(), &sector[1..]);
        check("by_sector", &words, &|deal| deal.sectors.contains(&at))?;
    }
    check("by_sector", "Not known", &|deal| deal.sectors.is_empty())?;
    for (at, (_, words)) in COUNTRIES.iter().enumerate() {
        check("by_country", words, &|deal| {
            deal.parties.contains(&Some(at))
        })?;
    }
    check("by_country", "Not known", &|deal| {
        deal.parties.is_empty() || deal.parties.contains(&None)
    })?;
    for (at, (_, words)) in INSTRUMENTS.iter().enumerate() {
        check("by_instrument", words, &|deal| deal.instrument == at)?;
    }
    check("by_sector", "All agreements, each once", &|_| true)
}

fn milestones(naive: &Naive<'_>, document: &Document) -> Result<(), TestCaseError> {
    let practical = naive.those(|deal| deal.practical);
    let table = table(document, "milestones");
    for (at, (_, words)) in STEPS.iter().enumerate() {
        let reached = practical
            .iter()
            .filter(|deal| naive.reached(deal, at))
            .count();
        let row = table.get(*words).map(|rows| rows[0][0].clone());
        let expected = (!practical.is_empty()).then(|| share(reached, practical.len()));
        prop_assert_eq!(row, expected, "{}", words);
    }
    let terminated = |deals: &[&Deal]| {
        let ended = |deal: &&&Deal| deal.terminated.is_some_and(|day| day <= naive.day);
        deals.iter().filter(ended).count()
    };
    let institutional = naive.those(|deal| !deal.practical);
    let health = self::table(document, "health");
    prop_assert_eq!(
        &health["Terminated"][0],
        &vec![
            share(terminated(&practical), practical.len()),
            share(terminated(&institutional), institutional.len()),
        ]
    );
    Ok(())
}

fn money(naive: &Naive<'_>, document: &Document) -> Result<(), TestCaseError> {
    let table = table(document, "money");
    for (at, currency) in CURRENCIES.iter().enumerate() {
        // Practical agreements stand first; a class without money in the currency has no row.
        let mut expected = Vec::new();
        let mut stating = Vec::new();
        for practical in [true, false] {
            let deals = naive.those(|deal| deal.practical == practical);
            let sums: Vec<_> = (0..KINDS.len())
                .map(|kind| naive.sum(&deals, kind, at))
                .collect();
            if sums.iter().all(Option::is_none) {
                continue;
            }
            expected.push(sums.into_iter().map(grouped).collect::<Vec<_>>());
            let count = |kind| {
                deals
                    .iter()
                    .filter(|deal| naive.money(deal, kind, at).is_some())
                    .count()
            };
            stating.push(
                (0..KINDS.len())
                    .map(|kind| share(count(kind), deals.len()))
                    .collect::<Vec<_>>(),
            );
        }
        prop_assert_eq!(table.get(*currency).cloned().unwrap_or_default(), expected);
        let words = format!("{currency}: with a value");
        prop_assert_eq!(table.get(&words).cloned().unwrap_or_default(), stating);
    }
    Ok(())
}

/// Members and residual and the rest, never the packages' own values beside their members'.
fn declared(naive: &Naive<'_>, document: &Document) -> Result<(), TestCaseError> {
    let table = table(document, "declared");
    for (at, currency) in CURRENCIES.iter().enumerate() {
        let members = naive.sum(&naive.those(|deal| deal.package.is_some()), 0, at);
        let outside = naive.sum(&naive.those(|deal| deal.package.is_none()), 0, at);
        let (mut values, mut residual) = (None, 0);
        for (package, pack) in naive.packs.iter().enumerate() {
            let Some((value, _, practical)) = pack.value.filter(|(_, currency, _)| *currency == at)
            else {
                continue;
            };
            let covered =
                naive.those(|deal| deal.package == Some(package) && (deal.practical || !practical));
            let value = u64::from(value);
            values = Some(values.unwrap_or(0) + value);
            residual += value.saturating_sub(naive.sum(&covered, 0, at).unwrap_or(0));
        }
        let all = [members, outside, values].iter().any(Option::is_some);
        let in_all = members.unwrap_or(0) + residual + outside.unwrap_or(0);
        let left = if values.is_some() {
            grouped(Some(residual))
        } else {
            "–".to_owned()
        };
        let expected = vec![
            grouped(values),
            grouped(members),
            left,
            grouped(outside),
            grouped(Some(in_all)),
        ];
        let row = table.get(*currency).map(|rows| rows[0].clone());
        prop_assert_eq!(row, all.then_some(expected), "{}", currency);
    }
    Ok(())
}

fn conversion(naive: &Naive<'_>, document: &Document) -> Result<(), TestCaseError> {
    let outside =
        naive.those(|deal| deal.practical && deal.package.is_none() && naive.signed(deal));
    let converted = |deals: &[&Deal]| deals.iter().filter(|deal| naive.has_step(deal)).count();
    let known: Option<Vec<u64>> = (0..PACKAGES)
        .map(|package| naive.denominator(package))
        .collect();
    let table = table(document, "by_package");
    let mut all = converted(&outside);
    for package in 0..PACKAGES {
        let members = naive.those(|deal| deal.practical && deal.package == Some(package));
        all += converted(&members);
        let expected = match naive.denominator(package) {
            None => "cannot be computed".to_owned(),
            Some(of) => share(converted(&members), of as usize),
        };
        let words = format!("Package {package} (PK-{package})");
        prop_assert_eq!(&table[&words][0][0], &expected, "{}", words);
    }
    prop_assert_eq!(
        &table["Outside packages"][0][0],
        &share(converted(&outside), outside.len())
    );
    let of = known.map(|known| known.iter().sum::<u64>() + outside.len() as u64);
    let value = &figure(document, "rates", "Any step").value;
    let expected = match of {
        None => "cannot be computed: the number of practical documents is not known".to_owned(),
        Some(0) => "cannot be computed: there is no practical agreement".to_owned(),
        Some(1) => format!("{all} of 1 practical agreement"),
        Some(of) => format!("{all} of {of} practical agreements"),
    };
    prop_assert_eq!(value, &expected);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_figure_of_the_portfolio_is_the_plain_count(packs in packs(), deals in deals(), day in 15..70_u64) {
        let models = Models::fold(&written(&packs, &deals).events);
        let naive = Naive { packs: &packs, deals: &deals, day };
        let document = ask(&models, "portfolio", &date(day).to_string(), &[]).unwrap();
        if naive.those(|_| true).is_empty() {
            prop_assert!(document.parts.iter().any(|part| part.name == "none"));
        } else {
            groups(&naive, &document)?;
            milestones(&naive, &document)?;
        }
        money(&naive, &document)?;
        declared(&naive, &document)?;
    }

    #[test]
    fn every_rate_of_conversion_is_the_plain_count(packs in packs(), deals in deals(), day in 15..70_u64) {
        let models = Models::fold(&written(&packs, &deals).events);
        let naive = Naive { packs: &packs, deals: &deals, day };
        let document = ask(&models, "conversion", &date(day).to_string(), &[]).unwrap();
        conversion(&naive, &document)?;
    }
}

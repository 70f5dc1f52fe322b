//! What every report says of a fictional portfolio, for ever; and that a list that is cut says by how much.

use std::sync::OnceLock;

use chrono::{Days, NaiveDate};
use dealtrail::deal::value::money::MoneyKind;
use dealtrail::projection::models::Models;
use dealtrail::projection::portfolio::census::Census;
use dealtrail::projection::portfolio::marks::Marks;
use dealtrail::projection::portfolio::reckoned::Reckoned;
use dealtrail::projection::portfolio::register::Register;
use dealtrail::projection::portfolio::roll::Scope;
use dealtrail::projection::portfolio::ties::Summed;
use dealtrail::report::document::Document;
use dealtrail::report::document::block::Block;
use dealtrail::report::past::Past;
use dealtrail::service::fiction;
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::synth::plan::Plan;
use sha2::{Digest, Sha256};

use super::{ask, ask_after, blocks, figure};

/// The read models of a fictional portfolio of 400 agreements: enough for every list to be cut.
fn fictional() -> &'static Models {
    static MODELS: OnceLock<Models> = OnceLock::new();
    MODELS.get_or_init(|| {
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("fiction");
        let plan = Plan::new(400, 4_000, 11).unwrap();
        fiction::make(&dir, &plan, &Options::default(), &mut |_, _| ()).unwrap();
        let ledger = Ledger::read(&dir, &Options::default()).unwrap();
        Models::clone(&ledger.models_at_head().unwrap())
    })
}

/// The reports and what they are asked; D is the same for all.
const QUESTIONS: [(&str, &[(&str, &str)]); 6] = [
    ("portfolio", &[]),
    ("conversion", &[]),
    ("follow-up", &[]),
    ("practical-steps", &[]),
    ("practical-steps", &[("since", "2021-01-01")]),
    ("dossier", &[("agreement", "AG-2018-001")]),
];
const DAY: &str = "2022-12-31";

fn all(models: &Models) -> Vec<(String, Document)> {
    let asked = QUESTIONS.iter().map(|(report, parameters)| {
        let document = ask(models, report, DAY, parameters).unwrap();
        (format!("{report} {parameters:?}"), document)
    });
    let before = models.until(models.boundaries.snap(2_000));
    let from = before.position().to_string();
    let past = Past {
        before: Some(&before),
        ..Past::default()
    };
    let changes = ask_after(models, "changes", DAY, &[("from", &from)], past).unwrap();
    asked
        .chain([(format!("changes from {from}"), changes)])
        .collect()
}

#[test]
fn the_documents_of_a_fictional_portfolio_stay_what_they_were() {
    let whole = fictional();
    // A change here is a change of an answer once given: raise the report's version and keep the old one.
    let digests = [whole.position(), 2_500].map(|position| {
        let known = whole.until(whole.boundaries.snap(position));
        let told = all(&known).into_iter().map(|(question, document)| {
            let digest = Sha256::digest(document.canonical_bytes().unwrap());
            let digest = data_encoding::HEXLOWER.encode(&digest);
            format!("K {} {question}: {digest}", known.position())
        });
        told.collect::<Vec<_>>().join("\n")
    });
    insta::assert_snapshot!(digests.join("\n"));
}

#[test]
fn a_list_says_the_same_from_facts_read_apart_as_from_whole_books() {
    // A copy begins with no book unfolded; where one is, it is looked at and nothing is read apart.
    let (apart, whole) = (fictional().clone(), fictional().clone());
    assert!(whole.status.books().count() > 400);
    for day in ["2019-06-30", "2020-12-31", DAY] {
        for since in [None, Some("2018-09-01"), Some("2019-05-01")] {
            let parameters: Vec<_> = since.map(|since| ("since", since)).into_iter().collect();
            let [apart, whole] = [&apart, &whole]
                .map(|models| ask(models, "practical-steps", day, &parameters).unwrap());
            assert_eq!(apart, whole, "{since:?} to {day}");
        }
    }
}

fn items(document: &Document, part: &str) -> usize {
    let lists = blocks(document, part).iter().map(|block| match block {
        Block::List { items } => items.len(),
        _ => 0,
    });
    lists.sum()
}

/// The number in the line that says how many more there are.
fn more(document: &Document, part: &str, of: &str) -> u64 {
    let lines = blocks(document, part).iter().flat_map(|block| match block {
        Block::Paragraph { lines } => lines.as_slice(),
        _ => &[],
    });
    let mut found = lines.filter(|line| line.text.contains(of));
    let line = found
        .next()
        .unwrap_or_else(|| panic!("no line of more {of} in {part}"));
    let number = line.text.split(' ').next().unwrap().replace(',', "");
    number.parse().unwrap()
}

#[test]
fn a_list_names_a_hundred_and_says_how_many_more_there_are() {
    let models = fictional();
    let document = ask(models, "practical-steps", DAY, &[]).unwrap();
    let portfolio = models.portfolio(DAY.parse().unwrap());
    let open = |member: &dealtrail::projection::portfolio::Member<'_>| {
        member.standing.follow_up.open_expectations().count()
    };
    let expected: usize = portfolio.agreements.iter().map(open).sum();
    let packages = portfolio.packages(Scope::All);
    let of_packages = packages
        .iter()
        .flat_map(|package| &package.facts.expectations);
    let expected = expected + of_packages.filter(|one| one.is_open()).count();
    let named = items(&document, "expected");
    assert!(named >= 100, "{named}");
    let left = more(&document, "expected", "more expectation");
    assert_eq!(named as u64 + left, expected as u64);
    let without = portfolio
        .counted(Scope::All)
        .filter(|member| !member.standing.has_step());
    let without = without.count() as u64;
    let left = more(&document, "no_step", "more agreement");
    assert_eq!(left, without - 100);
    let lead = &blocks(&document, "no_step")[0];
    assert!(
        format!("{lead:?}").contains(&without.to_string()),
        "{lead:?}"
    );
    // What is counted is counted in full, whatever a list names.
    let steps: usize = portfolio
        .agreements
        .iter()
        .filter(|member| member.is_practical() && member.ties.duplicate_of.is_none())
        .map(|member| member.standing.steps().count())
        .sum();
    let told = figure(&document, "announced", "Steps in the period")
        .value
        .clone();
    assert!(
        told.replace(',', "").starts_with(&steps.to_string()),
        "{told}: {steps}"
    );
}

#[test]
fn counting_together_is_counting_one_by_one() {
    let models = fictional();
    let last: NaiveDate = DAY.parse().unwrap();
    let register = models.register(last);
    let streams = register.streams();
    assert!(streams > 512, "one batch is not enough to try it");
    same_counts(models, &register, &register.count(Scope::All, None));
    // From the second question on days are counted from the nearest that is kept.
    for before in [0, 0, 1, 30, 365, 1_000, 20_000] {
        let register = models.register(last - Days::new(before));
        let since = Some(last - Days::new(before + 10));
        let census = models.census(&register, Scope::All, since);
        let anew = register.count(Scope::All, since);
        assert_eq!(census.marks, anew.marks, "{before} days before");
        assert_eq!(census.news, anew.news);
        assert_eq!(census.sectors, anew.sectors);
        same_counts(models, &register, &census);
    }
}

/// What is counted in a census, against the agreements of the day one by one.
fn same_counts(models: &Models, register: &Register<'_>, counts: &Census<'_, '_>) {
    let portfolio = models.portfolio(register.day);
    let registered = |marks: &&Marks| marks.has(Marks::REGISTERED);
    let seen = counts.marks.iter().filter(registered).count();
    assert_eq!(seen, portfolio.agreements.len());
    let rates = counts.conversions.rates(counts.packages.iter());
    let naive = portfolio.conversion(Scope::All);
    assert_eq!(rates.len(), naive.len());
    for (rate, naive) in rates.iter().zip(&naive) {
        assert_eq!(rate.numerator, naive.converted.len() as u64);
        assert!(rate.converted.is_empty(), "nobody is asked for");
        assert_eq!(rate.denominator, naive.denominator);
        assert_eq!(rate.by_instrument, naive.by_instrument);
        assert_eq!(rate.by_value, naive.by_value);
        assert_eq!(rate.without_share, naive.without_share);
    }
    let packages = portfolio.packages(Scope::All);
    assert_eq!(counts.packages.len(), packages.len());
    for (mine, naive) in counts.packages.iter().zip(&packages) {
        let members = register.members(mine.id);
        let members: Vec<_> = members.iter().map(Summed::id).collect();
        let naive_members = portfolio.members(naive.counts.id);
        let naive_members: Vec<_> = naive_members.map(|member| member.id()).collect();
        let naive = &naive.counts;
        assert_eq!((mine.id, members), (naive.id, naive_members));
        assert_eq!(mine.documents, naive.documents);
        assert_eq!(*mine.card, *naive.card);
        let remarks = &naive.card.remarks;
        let amended = remarks.amended.iter().map(|(_, day)| *day).max();
        assert_eq!(
            (mine.occasion, mine.expectations, mine.amended),
            (naive.card.occasion, naive.card.expectations, amended)
        );
        assert_eq!(
            (mine.claims, mine.inferred),
            (remarks.claims, remarks.inferred.len() as u32)
        );
        let whole = naive.card.value.as_ref();
        let whole = whole.map(|declared| declared.money.currency());
        for currency in ["USD", "EUR", "AZN", "CNY", "RUB", "JPY"] {
            let currency = currency.parse().unwrap();
            if Some(currency) != whole {
                let is_stated = naive.apportions(MoneyKind::Declared, currency);
                assert_eq!(mine.apportions_beside(currency), is_stated, "{currency}");
            }
        }
        let whole = register.package(mine.id).unwrap();
        assert_eq!(whole.documents, naive.documents);
        assert_eq!(whole.with_step, naive.with_step);
        assert_eq!(whole.apportioned(), naive.apportioned());
        assert_eq!(whole.headline(), naive.headline());
    }
}

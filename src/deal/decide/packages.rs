//! What the members of a package come to, held against what was declared of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::head::{Head, Step};
use super::reading;
use crate::deal::decision::World;
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::linked::Relation;
use crate::deal::event::package_registered::{DeclaredCounts, ValueScope};
use crate::deal::event::{Kind, Payload};
use crate::deal::keys;
use crate::deal::state::facts::Kinds;
use crate::deal::state::{Book, Fact};
use crate::deal::value::ids::{StreamId, StreamKind};
use crate::deal::value::money::{Currency, Money, MoneyKind, MoneyMode, MoneySums};
use crate::deal::value::quantity::Qualifier;
use crate::deal::warning::{Concern, Warning};

/// What an agreement contributes to its package; if it does not change, the package need not be looked at.
#[derive(PartialEq)]
struct Share {
    package: Option<StreamId>,
    class: Option<Class>,
    counts: bool,
    stated: BTreeMap<(MoneyKind, Currency), Vec<Money>>,
}

impl Share {
    fn of(book: &Book) -> Self {
        let twin = |payload: &Payload| matches!(payload, Payload::Linked(link) if link.relation == Relation::DuplicateOf);
        Self {
            package: reading::package(book),
            class: reading::class(book),
            counts: book.is_registered() && !links(book).any(|fact| twin(fact.payload())),
            stated: stated(book),
        }
    }
}

fn links(book: &Book) -> impl Iterator<Item = &Fact> {
    book.live_of(Kinds::of(&[Kind::Linked]))
}

/// The amounts that stand, by kind and currency: the latest, or the last to-date figure and the
/// instalments after it.
fn stated(book: &Book) -> BTreeMap<(MoneyKind, Currency), Vec<Money>> {
    let mut stand: BTreeMap<_, Vec<Money>> = BTreeMap::new();
    let values = book.live_of(Kinds::of(&[Kind::ValueStated]));
    for fact in reading::in_time(values) {
        if let Payload::ValueStated(data) = fact.payload() {
            let money = &data.money;
            let amounts = stand.entry((money.kind(), money.currency())).or_default();
            if money.mode() != Some(MoneyMode::Instalment) {
                amounts.clear();
            }
            amounts.push(money.clone());
        }
    }
    stand
}

/// Warnings about the packages a command has changed, directly or through a member.
pub(super) fn warnings<W: World>(head: &mut Head<'_, W>) -> Step<Vec<Warning>, W> {
    let mut found = Vec::new();
    for package in changed(head)? {
        let Some(book) = head.book(package)? else {
            continue;
        };
        if book.is_registered() {
            let members = members(head, package)?;
            found.extend(counts_differ(&book, &members));
            found.extend(parts_above_whole(&book, &members));
        }
    }
    Ok(found)
}

fn changed<W: World>(head: &mut Head<'_, W>) -> Step<BTreeSet<StreamId>, W> {
    let mut packages = BTreeSet::new();
    for stream in head.touched().clone() {
        match stream.kind() {
            StreamKind::Package => {
                packages.insert(stream);
            }
            StreamKind::Agreement => {
                let before = head.before(stream)?.as_deref().map(Share::of);
                let now = head.book(stream)?.as_deref().map(Share::of);
                if before != now {
                    packages.extend(
                        [before, now]
                            .into_iter()
                            .flatten()
                            .filter_map(|s| s.package),
                    );
                }
            }
            _ => {}
        }
    }
    Ok(packages)
}

/// The agreements of a package that count: registered, and no duplicate or superseded.
fn members<W: World>(head: &mut Head<'_, W>, package: StreamId) -> Step<Vec<Arc<Book>>, W> {
    let mut members = Vec::new();
    let mut superseded = BTreeSet::new();
    for stream in head.mentioned(&keys::about(package))? {
        if stream.kind() != StreamKind::Agreement {
            continue;
        }
        let Some(book) = head.book(stream)? else {
            continue;
        };
        let share = Share::of(&book);
        if share.package != Some(package) || !share.counts {
            continue;
        }
        superseded.extend(links(&book).filter_map(|fact| match fact.payload() {
            Payload::Linked(link) if link.relation == Relation::Supersedes => Some(link.target),
            _ => None,
        }));
        members.push(book);
    }
    members.retain(|book| !superseded.contains(&book.id));
    Ok(members)
}

fn counts_differ(package: &Book, members: &[Arc<Book>]) -> Option<Warning> {
    let DeclaredCounts {
        all,
        practical,
        institutional,
    } = reading::declared_counts(package);
    let of = |class| {
        members
            .iter()
            .filter(|book| reading::class(book) == Some(class))
            .count() as u64
    };
    let declared = [
        (practical, of(Class::Practical), "practical documents"),
        (
            institutional,
            of(Class::Institutional),
            "institutional documents",
        ),
        (all, members.len() as u64, "documents"),
    ];
    let by_class = practical.zip(institutional);
    let sum = by_class.map(|(p, i)| u64::from(p).saturating_add(u64::from(i)));
    let contradicts = all.zip(sum).filter(|(all, sum)| u64::from(*all) != *sum);
    let sentence = match contradicts {
        Some((all, sum)) => format!("{all} documents are declared, and {sum} by class"),
        None => declared.into_iter().find_map(|(declared, counted, what)| {
            let declared = declared.filter(|declared| u64::from(*declared) < counted)?;
            Some(format!(
                "{counted} {what} are registered, and {declared} declared"
            ))
        })?,
    };
    Some(Warning {
        code: Concern::CountsDiffer,
        event: package.registration().map(|fact| fact.id()),
        field: Some("declared_counts".to_owned()),
        hint: "check the declared counts and the members; state a claim where sources differ"
            .to_owned(),
        sentence,
        stream: Some(package.id),
    })
}

fn parts_above_whole(package: &Book, members: &[Arc<Book>]) -> Vec<Warning> {
    let Some(declared) = reading::declared_value(package) else {
        return Vec::new();
    };
    // Of "over 10 million" any sum of parts may be right.
    if matches!(
        declared.money.qualifier(),
        Qualifier::Over | Qualifier::AtLeast
    ) {
        return Vec::new();
    }
    let practical_alone = declared.scope == ValueScope::Practical;
    let counted = members
        .iter()
        .filter(|book| !practical_alone || reading::class(book) == Some(Class::Practical));
    let mut parts = MoneySums::default();
    for money in counted.flat_map(|book| stated(book).into_values().flatten()) {
        // A sum beyond exact arithmetic is not told apart here; reports say so.
        let _ = parts.add(&money);
    }
    let mut own = MoneySums::default();
    for money in stated(package).into_values().flatten() {
        let _ = own.add(&money);
    }
    let whole = declared.money.amount().decimal();
    let mut found = Vec::new();
    for (sums, whose) in [(&parts, "its members"), (&own, "the package")] {
        for (kind, currency, tally) in sums.iter() {
            let Some(sum) = tally.total().ok().filter(|sum| *sum > whole) else {
                continue;
            };
            if currency == declared.money.currency() {
                found.push(above(
                    package,
                    (sum, kind),
                    declared.money.amount().as_str(),
                    currency,
                    whose,
                ));
            }
        }
    }
    found
}

fn above(
    package: &Book,
    (sum, kind): (Decimal, MoneyKind),
    whole: &str,
    currency: Currency,
    whose: &str,
) -> Warning {
    Warning {
        code: Concern::PartsAboveWhole,
        event: package.registration().map(|fact| fact.id()),
        field: Some("declared_value".to_owned()),
        hint: "check the amounts and the declared value, and correct the one that is wrong"
            .to_owned(),
        sentence: format!(
            "the {kind} values of {whose} come to {currency} {sum}, above the declared {currency} {whole}"
        ),
        stream: Some(package.id),
    }
}

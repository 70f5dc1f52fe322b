//! Rules of money, and of claims where sources differ.

use super::situation::{Situation, Verdict};
use crate::deal::event::claim_preferred::ClaimPreferred;
use crate::deal::event::package_registered::DeclaredValue;
use crate::deal::event::value_stated::ValueStated;
use crate::deal::event::{Kind, Payload};
use crate::deal::refusal::{Reason, Refusal};
use crate::deal::state::Book;
use crate::deal::state::facts::Kinds;
use crate::deal::value::ids::{EventId, StreamKind};
use crate::deal::value::money::MoneyKind;
use crate::deal::value::text::Text;

/// The value a package is declared to have is of the kind `declared`.
pub(super) fn declared(value: Option<&DeclaredValue>) -> Result<Verdict, Refusal> {
    match value.map(|value| value.money.kind()) {
        None | Some(MoneyKind::Declared) => Ok(Verdict::Record),
        Some(kind) => Err(Refusal::new(
            Reason::WrongMoneyKind,
            format!("a package is declared to be worth something, and this money is {kind}"),
            "give the kind `declared`, or state the value as a fact of its own",
        )
        .field("declared_value")),
    }
}

/// A package's declared value is its headline, so other kinds alone are stated of it.
pub(super) fn value(data: &ValueStated, at: &Situation<'_>) -> Result<Verdict, Refusal> {
    let of_package = at.book.id.kind() == StreamKind::Package;
    if of_package && data.money.kind() == MoneyKind::Declared {
        return Err(Refusal::new(
            Reason::WrongMoneyKind,
            "the declared value of a package is part of its description and is never summed",
            "describe the package with `declared_value`, or state it on an agreement",
        )
        .field("money"));
    }
    Ok(Verdict::Record)
}

/// Of the claims of one stream one is preferred for each field.
pub(super) fn preferred(data: &mut ClaimPreferred, at: &Situation<'_>) -> Result<Verdict, Refusal> {
    let fact = at.book.fact(data.claim);
    let fact = fact.filter(|fact| matches!(fact.payload(), Payload::ClaimStated(_)));
    let Some(fact) = fact else {
        return Err(Refusal::new(
            Reason::WrongFact,
            "a preference names a claim stated of the same thing",
            "state the claim first, or take its id from the history",
        )
        .field("claim"));
    };
    if !fact.is_live() {
        return Err(Refusal::new(
            Reason::FactRetracted,
            "that claim was retracted",
            "prefer a claim that stands",
        )
        .field("claim"));
    }
    data.claim = fact.id();
    let held = field(at.book, fact.id()).and_then(|field| preference(at.book, field));
    Ok(if held == Some(fact.id()) && at.corrects.is_none() {
        Verdict::NothingToDo
    } else {
        Verdict::Record
    })
}

fn field(book: &Book, claim: EventId) -> Option<&Text> {
    match book.fact(claim)?.payload() {
        Payload::ClaimStated(data) => Some(&data.field),
        _ => None,
    }
}

/// The claim preferred for a field: the last one chosen.
fn preference(book: &Book, wanted: &Text) -> Option<EventId> {
    book.live_of(Kinds::of(&[Kind::ClaimPreferred]))
        .filter_map(|fact| match fact.payload() {
            Payload::ClaimPreferred(data) => Some(data.claim),
            _ => None,
        })
        .filter(|claim| field(book, *claim) == Some(wanted))
        .last()
}

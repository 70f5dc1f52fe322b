//! What a payload names beside itself must exist, be of the right sort and still stand.

use std::collections::BTreeSet;

use super::head::{Head, Step};
use super::reading;
use crate::deal::decision::World;
use crate::deal::event::linked::{Linked, Relation};
use crate::deal::event::{Kind, Payload};
use crate::deal::refusal::{Other, Reason, Refusal};
use crate::deal::state::facts::Kinds;
use crate::deal::value::ids::{StreamId, StreamKind};
use crate::deal::value::party::Party;

/// A stream named in a field, and the sort it has to be of.
type Target = (&'static str, StreamId, Option<StreamKind>);

/// Checks the streams a payload names. What an earlier version named is not held against a correction.
pub(super) fn check<W: World>(
    head: &mut Head<'_, W>,
    stream: StreamId,
    payload: &Payload,
    before: Option<&Payload>,
) -> Step<(), W> {
    let known: Vec<Target> = before.map(targets).unwrap_or_default();
    for target in targets(payload) {
        if !known.contains(&target) {
            stands(head, stream, target)?;
        }
    }
    if let Some(parent) = reading::parent_of(payload) {
        let up = |head: &mut Head<'_, W>, at| {
            let book = head.book(at)?;
            Ok(book
                .and_then(|book| reading::parent(&book))
                .into_iter()
                .collect())
        };
        no_circle(head, stream, parent, "parent", up)?;
    }
    if let Payload::Linked(link) = payload {
        related(head, stream, link)?;
    }
    Ok(())
}

fn stands<W: World>(head: &mut Head<'_, W>, from: StreamId, target: Target) -> Step<(), W> {
    let (field, stream, sort) = target;
    if sort.is_some_and(|sort| sort != stream.kind()) || stream == StreamId::Ledger {
        let sort = sort.map_or(
            "agreement, package, occasion or organization",
            StreamKind::as_str,
        );
        return Err(Refusal::new(
            Reason::WrongTarget,
            format!("`{field}` names {stream}, which is no {sort}"),
            format!("name a registered {sort}"),
        )
        .field(field)
        .into());
    }
    if stream == from {
        return Ok(());
    }
    let other = |reference| Other {
        stream: Some(stream),
        reference,
        event: None,
    };
    let book = head.book(stream)?;
    let Some(registration) = book.as_ref().and_then(|book| book.registration()) else {
        return Err(Refusal::new(
            Reason::UnknownTarget,
            format!("`{field}` names {stream}, and nothing is registered under it"),
            format!(
                "register the {} first, or leave `{field}` out",
                stream.kind()
            ),
        )
        .field(field)
        .other(other(None))
        .into());
    };
    if registration.is_live() {
        return Ok(());
    }
    let reference = reading::reference_of(registration.payload()).cloned();
    let called = reference
        .as_ref()
        .map_or_else(|| stream.to_string(), ToString::to_string);
    Err(Refusal::new(
        Reason::TargetWithdrawn,
        format!("`{field}` names {called}, whose registration was retracted"),
        "name another one, or leave it out",
    )
    .field(field)
    .other(other(reference))
    .into())
}

fn related<W: World>(head: &mut Head<'_, W>, stream: StreamId, link: &Linked) -> Step<(), W> {
    let alike = matches!(
        link.relation,
        Relation::Renews | Relation::Supersedes | Relation::DuplicateOf
    );
    if alike && link.target.kind() != stream.kind() {
        let (relation, own) = (link.relation.as_str(), stream.kind());
        return Err(Refusal::new(
            Reason::WrongTarget,
            format!("`{relation}` holds between things of one sort, and the target is no {own}"),
            format!("name another {own}, or use `arises_from`, `implements` or `part_of`"),
        )
        .field("target")
        .into());
    }
    let relation = link.relation;
    let on = |head: &mut Head<'_, W>, at| {
        let Some(book) = head.book(at)? else {
            return Ok(Vec::new());
        };
        let links =
            book.live_of(Kinds::of(&[Kind::Linked]))
                .filter_map(|fact| match fact.payload() {
                    Payload::Linked(link) if link.relation == relation => Some(link.target),
                    _ => None,
                });
        Ok(links.collect())
    };
    no_circle(head, stream, link.target, "target", on)
}

/// Follows a relation from `first` on, and refuses if it leads back to `stream`.
fn no_circle<W: World>(
    head: &mut Head<'_, W>,
    stream: StreamId,
    first: StreamId,
    field: &'static str,
    next: impl Fn(&mut Head<'_, W>, StreamId) -> Step<Vec<StreamId>, W>,
) -> Step<(), W> {
    let mut seen = BTreeSet::new();
    let mut ahead = vec![first];
    while let Some(at) = ahead.pop() {
        if at == stream {
            return Err(Refusal::new(
                Reason::Circle,
                format!(
                    "`{field}` would lead from this {} back to itself",
                    stream.kind()
                ),
                "name another one, or retract the relation that leads back",
            )
            .field(field)
            .into());
        }
        if seen.insert(at) {
            ahead.extend(next(head, at)?);
        }
    }
    Ok(())
}

fn targets(payload: &Payload) -> Vec<Target> {
    let mut named = streams(payload);
    for (field, party) in parties(payload) {
        if let Some(stream) = party.organization() {
            named.push((field, stream, Some(StreamKind::Organization)));
        }
    }
    named
}

fn streams(payload: &Payload) -> Vec<Target> {
    let one = |field, stream: Option<StreamId>, sort| {
        stream
            .map(|stream| (field, stream, Some(sort)))
            .into_iter()
            .collect()
    };
    match payload {
        Payload::AgreementRegistered(data) => one("package", data.package, StreamKind::Package),
        Payload::AgreementDescribed(data) => one("package", data.package, StreamKind::Package),
        Payload::PackageRegistered(data) => one("occasion", data.occasion, StreamKind::Occasion),
        Payload::PackageDescribed(data) => one("occasion", data.occasion, StreamKind::Occasion),
        Payload::Signed(data) => one("occasion", data.occasion, StreamKind::Occasion),
        Payload::OccasionRegistered(data) => one("parent", data.parent, StreamKind::Occasion),
        Payload::OccasionDescribed(data) => one("parent", data.parent, StreamKind::Occasion),
        Payload::OrganizationRegistered(data) => {
            one("parent", data.parent, StreamKind::Organization)
        }
        Payload::OrganizationDescribed(data) => {
            one("parent", data.parent, StreamKind::Organization)
        }
        Payload::Linked(data) => vec![("target", data.target, None)],
        _ => Vec::new(),
    }
}

fn parties(payload: &Payload) -> Vec<(&'static str, &Party)> {
    fn all<'a>(
        field: &'static str,
        parties: impl IntoIterator<Item = &'a Party>,
    ) -> Vec<(&'static str, &'a Party)> {
        parties.into_iter().map(|party| (field, party)).collect()
    }
    match payload {
        Payload::AgreementRegistered(data) => all("parties", &data.parties),
        Payload::AgreementDescribed(data) => all("parties", data.parties.iter().flatten()),
        Payload::OccasionRegistered(data) => all("roles", data.roles.iter().map(|r| &r.party)),
        Payload::OccasionDescribed(data) => {
            all("roles", data.roles.iter().flatten().map(|role| &role.party))
        }
        Payload::Signed(data) => all("signatories", &data.signatories),
        Payload::LandAllocated(data) => all("body", &data.body),
        Payload::CompanyIncorporated(data) => all("shareholders", &data.shareholders),
        Payload::ClaimStated(data) => all("speaker", &data.speaker),
        Payload::PromiseMade(data) => {
            let mut parties = all("owner", [&data.owner]);
            parties.extend(all("counterpart", &data.counterpart));
            parties
        }
        Payload::ObstacleRaised(data) => all("body", &data.body),
        Payload::Contacted(data) => all("with", [&data.with]),
        _ => Vec::new(),
    }
}

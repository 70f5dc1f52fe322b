//! What a thing is called and described as: its registration with the descriptions after it, and
//! what sources claim of its fields.
//!
//! Registrations and descriptions hold from their recording, whatever day is asked about: the
//! registration first, then each description that stands, in order of position, every one in the
//! version in force. Each value is handed on with the fact that states it, so that it can be cited.

pub mod claims;

use crate::deal::event::agreement_registered::{Class, Instrument, Nature, Sector};
use crate::deal::event::linked::Relation;
use crate::deal::event::occasion_registered::{OccasionKind, Participation};
use crate::deal::event::package_registered::{DeclaredCounts, DeclaredValue};
use crate::deal::event::{Kind, Payload};
use crate::deal::state::facts::Kinds;
use crate::deal::state::{Book, Fact};
use crate::deal::value::code::{Code, Identifier};
use crate::deal::value::ids::{Ref, StreamId};
use crate::deal::value::known::Known;
use crate::deal::value::party::{Country, Party};
use crate::deal::value::quantity::Quantity;
use crate::deal::value::text::{Names, Text};
use crate::deal::value::when::When;

/// A value and the fact that states it.
#[derive(Debug)]
pub struct Stated<'a, T: ?Sized> {
    /// The value in force.
    pub value: &'a T,
    /// The registration or description it comes from.
    pub fact: &'a Fact,
}

impl<T: ?Sized> Clone for Stated<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Stated<'_, T> {}

/// A remark on what was inferred or assumed, and the fact that carries it.
pub type Inference<'a> = Stated<'a, Text>;

/// A link from one thing to another.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    /// Which relation.
    pub relation: Relation,
    /// To what.
    pub target: StreamId,
    /// The fact that states it.
    pub fact: &'a Fact,
}

/// What an agreement is.
#[derive(Debug, Clone)]
pub struct AgreementInfo<'a> {
    /// Its stream.
    pub id: StreamId,
    /// Its reference.
    pub reference: &'a Ref,
    /// The registration, which may have been withdrawn.
    pub registration: &'a Fact,
    /// Its titles.
    pub titles: Stated<'a, Names>,
    /// Practical or institutional.
    pub class: Stated<'a, Class>,
    /// What kind of paper it is.
    pub instrument: Stated<'a, Instrument>,
    /// Fields of business.
    pub sectors: Stated<'a, [Sector]>,
    /// Who agreed.
    pub parties: Stated<'a, [Party]>,
    /// The package it was announced in.
    pub package: Option<Stated<'a, StreamId>>,
    /// Greenfield, expansion, localisation or unknown.
    pub nature: Stated<'a, Nature>,
    /// Its review tier; the policy's first one if none is named.
    pub review_tier: Option<Stated<'a, Code>>,
    /// Every remark on what is inferred, in order of position.
    pub inferred: Vec<Inference<'a>>,
    /// Its links, in order of position.
    pub links: Vec<Link<'a>>,
}

/// What a package is.
#[derive(Debug, Clone)]
pub struct PackageInfo<'a> {
    /// Its stream.
    pub id: StreamId,
    /// Its reference.
    pub reference: &'a Ref,
    /// The registration, which may have been withdrawn.
    pub registration: &'a Fact,
    /// Its titles.
    pub titles: Stated<'a, Names>,
    /// Where it was signed or announced.
    pub occasion: Option<Stated<'a, StreamId>>,
    /// How many documents were declared.
    pub declared_counts: Stated<'a, DeclaredCounts>,
    /// What they were declared to be worth together, and which of them that covers.
    pub declared_value: Option<Stated<'a, DeclaredValue>>,
    /// Every remark on what is inferred, in order of position.
    pub inferred: Vec<Inference<'a>>,
}

/// What an occasion was.
#[derive(Debug, Clone)]
pub struct OccasionInfo<'a> {
    /// Its stream.
    pub id: StreamId,
    /// Its reference.
    pub reference: &'a Ref,
    /// The registration, which may have been withdrawn.
    pub registration: &'a Fact,
    /// When it was, as precisely as the source says; for an interval, how long it lasted.
    pub on: Stated<'a, When>,
    /// What sort of occasion.
    pub kind: Stated<'a, OccasionKind>,
    /// Its names.
    pub names: Stated<'a, Names>,
    /// Where it was held.
    pub place: Option<Stated<'a, Text>>,
    /// Its theme.
    pub theme: Option<Stated<'a, Text>>,
    /// The occasion it was part of.
    pub parent: Option<Stated<'a, StreamId>>,
    /// Who did what.
    pub roles: Stated<'a, [Participation]>,
    /// How many came.
    pub attendance: Stated<'a, [Quantity]>,
    /// What was spoken about.
    pub topics: Stated<'a, [Text]>,
    /// Its links, in order of position.
    pub links: Vec<Link<'a>>,
}

/// What an organisation is.
#[derive(Debug, Clone)]
pub struct OrganizationInfo<'a> {
    /// Its stream.
    pub id: StreamId,
    /// Its reference.
    pub reference: &'a Ref,
    /// The registration, which may have been withdrawn.
    pub registration: &'a Fact,
    /// Its names.
    pub names: Stated<'a, Names>,
    /// Where it is registered.
    pub country: Option<Stated<'a, Known<Country>>>,
    /// What it is: company, agency, ministry, …
    pub organization_type: Option<Stated<'a, Code>>,
    /// Register entries that identify it.
    pub identifiers: Stated<'a, [Identifier]>,
    /// The organisation it belongs to.
    pub parent: Option<Stated<'a, StreamId>>,
}

/// Puts a newly stated value, if one is given, in the place of the one before.
fn restate<'a, T: ?Sized>(slot: &mut Stated<'a, T>, value: Option<&'a T>, fact: &'a Fact) {
    if let Some(value) = value {
        *slot = Stated { value, fact };
    }
}

/// As [`restate`], for what may have been left open so far.
fn restate_open<'a, T: ?Sized>(
    slot: &mut Option<Stated<'a, T>>,
    value: Option<&'a T>,
    fact: &'a Fact,
) {
    if let Some(value) = value {
        *slot = Some(Stated { value, fact });
    }
}

/// What an agreement is; `None` when the stream has no registration of one.
#[must_use]
pub fn agreement(book: &Book) -> Option<AgreementInfo<'_>> {
    let fact = book.registration()?;
    let Payload::AgreementRegistered(data) = fact.payload() else {
        return None;
    };
    let mut info = AgreementInfo {
        id: book.id,
        reference: &data.reference,
        registration: fact,
        titles: Stated {
            value: &data.titles,
            fact,
        },
        class: Stated {
            value: &data.class,
            fact,
        },
        instrument: Stated {
            value: &data.instrument,
            fact,
        },
        sectors: Stated {
            value: &data.sectors,
            fact,
        },
        parties: Stated {
            value: &data.parties,
            fact,
        },
        package: data.package.as_ref().map(|value| Stated { value, fact }),
        nature: Stated {
            value: &data.nature,
            fact,
        },
        review_tier: data
            .review_tier
            .as_ref()
            .map(|value| Stated { value, fact }),
        inferred: inference(data.inferred.as_ref(), fact),
        links: links(book).collect(),
    };
    for fact in book.live_of(Kinds::of(&[Kind::AgreementDescribed])) {
        let Payload::AgreementDescribed(data) = fact.payload() else {
            continue;
        };
        restate(&mut info.titles, data.titles.as_ref(), fact);
        restate(&mut info.class, data.class.as_ref(), fact);
        restate(&mut info.instrument, data.instrument.as_ref(), fact);
        restate(&mut info.sectors, data.sectors.as_deref(), fact);
        restate(&mut info.parties, data.parties.as_deref(), fact);
        restate_open(&mut info.package, data.package.as_ref(), fact);
        restate(&mut info.nature, data.nature.as_ref(), fact);
        restate_open(&mut info.review_tier, data.review_tier.as_ref(), fact);
        info.inferred
            .extend(inference(data.inferred.as_ref(), fact));
    }
    Some(info)
}

/// What a package is; `None` when the stream has no registration of one.
#[must_use]
pub fn package(book: &Book) -> Option<PackageInfo<'_>> {
    let fact = book.registration()?;
    let Payload::PackageRegistered(data) = fact.payload() else {
        return None;
    };
    let mut info = PackageInfo {
        id: book.id,
        reference: &data.reference,
        registration: fact,
        titles: Stated {
            value: &data.titles,
            fact,
        },
        occasion: data.occasion.as_ref().map(|value| Stated { value, fact }),
        declared_counts: Stated {
            value: &data.declared_counts,
            fact,
        },
        declared_value: data
            .declared_value
            .as_ref()
            .map(|value| Stated { value, fact }),
        inferred: inference(data.inferred.as_ref(), fact),
    };
    for fact in book.live_of(Kinds::of(&[Kind::PackageDescribed])) {
        let Payload::PackageDescribed(data) = fact.payload() else {
            continue;
        };
        restate(&mut info.titles, data.titles.as_ref(), fact);
        restate_open(&mut info.occasion, data.occasion.as_ref(), fact);
        restate(
            &mut info.declared_counts,
            data.declared_counts.as_ref(),
            fact,
        );
        restate_open(&mut info.declared_value, data.declared_value.as_ref(), fact);
        info.inferred
            .extend(inference(data.inferred.as_ref(), fact));
    }
    Some(info)
}

/// What an occasion was; `None` when the stream has no registration of one.
#[must_use]
pub fn occasion(book: &Book) -> Option<OccasionInfo<'_>> {
    let fact = book.registration()?;
    let Payload::OccasionRegistered(data) = fact.payload() else {
        return None;
    };
    let mut info = OccasionInfo {
        id: book.id,
        reference: &data.reference,
        registration: fact,
        on: Stated {
            value: &fact.current().on,
            fact,
        },
        kind: Stated {
            value: &data.kind,
            fact,
        },
        names: Stated {
            value: &data.names,
            fact,
        },
        place: data.place.as_ref().map(|value| Stated { value, fact }),
        theme: data.theme.as_ref().map(|value| Stated { value, fact }),
        parent: data.parent.as_ref().map(|value| Stated { value, fact }),
        roles: Stated {
            value: &data.roles,
            fact,
        },
        attendance: Stated {
            value: &data.attendance,
            fact,
        },
        topics: Stated {
            value: &data.topics,
            fact,
        },
        links: links(book).collect(),
    };
    for fact in book.live_of(Kinds::of(&[Kind::OccasionDescribed])) {
        let Payload::OccasionDescribed(data) = fact.payload() else {
            continue;
        };
        restate(&mut info.kind, data.kind.as_ref(), fact);
        restate(&mut info.names, data.names.as_ref(), fact);
        restate_open(&mut info.place, data.place.as_ref(), fact);
        restate_open(&mut info.theme, data.theme.as_ref(), fact);
        restate_open(&mut info.parent, data.parent.as_ref(), fact);
        restate(&mut info.roles, data.roles.as_deref(), fact);
        restate(&mut info.attendance, data.attendance.as_deref(), fact);
        restate(&mut info.topics, data.topics.as_deref(), fact);
    }
    Some(info)
}

/// What an organisation is; `None` when the stream has no registration of one.
#[must_use]
pub fn organization(book: &Book) -> Option<OrganizationInfo<'_>> {
    let fact = book.registration()?;
    let Payload::OrganizationRegistered(data) = fact.payload() else {
        return None;
    };
    let mut info = OrganizationInfo {
        id: book.id,
        reference: &data.reference,
        registration: fact,
        names: Stated {
            value: &data.names,
            fact,
        },
        country: data.country.as_ref().map(|value| Stated { value, fact }),
        organization_type: data
            .organization_type
            .as_ref()
            .map(|value| Stated { value, fact }),
        identifiers: Stated {
            value: &data.identifiers,
            fact,
        },
        parent: data.parent.as_ref().map(|value| Stated { value, fact }),
    };
    for fact in book.live_of(Kinds::of(&[Kind::OrganizationDescribed])) {
        let Payload::OrganizationDescribed(data) = fact.payload() else {
            continue;
        };
        restate(&mut info.names, data.names.as_ref(), fact);
        restate_open(&mut info.country, data.country.as_ref(), fact);
        restate_open(
            &mut info.organization_type,
            data.organization_type.as_ref(),
            fact,
        );
        restate(&mut info.identifiers, data.identifiers.as_deref(), fact);
        restate_open(&mut info.parent, data.parent.as_ref(), fact);
    }
    Some(info)
}

/// The reference and the titles or names of any registered thing.
#[must_use]
pub fn called(book: &Book) -> Option<(&Ref, &Names)> {
    agreement(book)
        .map(|info| (info.reference, info.titles.value))
        .or_else(|| package(book).map(|info| (info.reference, info.titles.value)))
        .or_else(|| occasion(book).map(|info| (info.reference, info.names.value)))
        .or_else(|| organization(book).map(|info| (info.reference, info.names.value)))
}

/// The class of an agreement; practical where its stream has no registration, as most agreements are.
#[must_use]
pub fn class_of(book: &Book) -> Class {
    agreement(book).map_or(Class::Practical, |info| *info.class.value)
}

fn inference<'a>(words: Option<&'a Text>, fact: &'a Fact) -> Vec<Inference<'a>> {
    words
        .map(|value| Stated { value, fact })
        .into_iter()
        .collect()
}

/// The links a thing has to others, in order of position.
pub fn links(book: &Book) -> impl Iterator<Item = Link<'_>> {
    let link = |fact| match Fact::payload(fact) {
        Payload::Linked(data) => Some(Link {
            relation: data.relation,
            target: data.target,
            fact,
        }),
        _ => None,
    };
    book.live_of(Kinds::of(&[Kind::Linked])).filter_map(link)
}

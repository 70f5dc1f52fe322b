//! What registrations and descriptions say that a thing is found by.

use crate::deal::event::occasion_registered::Participation;
use crate::deal::event::{Kind, Payload};
use crate::deal::value::ids::{Ref, StreamId};
use crate::deal::value::party::Party;
use crate::deal::value::text::{Names, Text};

/// Where a word was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// In the titles or names, in any language.
    Title,
    /// In the words on a party, or in the name of an organisation that is one.
    Party,
    /// In the reference.
    Reference,
    /// In the fields of business.
    Sector,
    /// In the place.
    Place,
    /// In the theme.
    Theme,
    /// In the topics.
    Topic,
    /// In the name of the package it belongs to.
    Package,
    /// In the name of the occasion it was announced at, or that it is part of.
    Occasion,
}

impl Field {
    /// Every field, in the order of their numbers.
    pub const ALL: [Self; 9] = [
        Self::Title,
        Self::Party,
        Self::Reference,
        Self::Sector,
        Self::Place,
        Self::Theme,
        Self::Topic,
        Self::Package,
        Self::Occasion,
    ];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Party => "party",
            Self::Reference => "reference",
            Self::Sector => "sector",
            Self::Place => "place",
            Self::Theme => "theme",
            Self::Topic => "topic",
            Self::Package => "package",
            Self::Occasion => "occasion",
        }
    }
}

/// What one field says: words of its own, and things whose names it takes over.
pub(super) struct Said<'a> {
    /// The field.
    pub(super) field: Field,
    /// Its words.
    pub(super) texts: Vec<&'a str>,
    /// Things named in it.
    pub(super) things: Vec<StreamId>,
}

/// What a registration or description says; fields it leaves open are left out.
pub(super) struct Saying<'a> {
    /// The reference, if it is a registration.
    pub(super) reference: Option<&'a Ref>,
    /// Its fields.
    pub(super) fields: Vec<Said<'a>>,
}

/// The kind of description that belongs to a kind of registration.
pub(super) fn describes(registration: Kind) -> Option<Kind> {
    Some(match registration {
        Kind::AgreementRegistered => Kind::AgreementDescribed,
        Kind::PackageRegistered => Kind::PackageDescribed,
        Kind::OccasionRegistered => Kind::OccasionDescribed,
        Kind::OrganizationRegistered => Kind::OrganizationDescribed,
        _ => return None,
    })
}

/// What a payload says; `None` for kinds that describe nothing.
pub(super) fn saying(payload: &Payload) -> Option<Saying<'_>> {
    let mut to = Saying {
        reference: None,
        fields: Vec::new(),
    };
    match payload {
        Payload::AgreementRegistered(data) => {
            to.reference = Some(&data.reference);
            to.names(Some(&data.titles));
            to.parties(Some(&data.parties));
            to.texts(
                Field::Sector,
                Some(data.sectors.iter().map(|sector| &sector.text)),
            );
            to.thing(Field::Package, data.package);
        }
        Payload::AgreementDescribed(data) => {
            to.names(data.titles.as_ref());
            to.parties(data.parties.as_deref());
            let sectors = data.sectors.as_ref();
            to.texts(
                Field::Sector,
                sectors.map(|all| all.iter().map(|sector| &sector.text)),
            );
            to.thing(Field::Package, data.package);
        }
        Payload::PackageRegistered(data) => {
            to.reference = Some(&data.reference);
            to.names(Some(&data.titles));
            to.thing(Field::Occasion, data.occasion);
        }
        Payload::PackageDescribed(data) => {
            to.names(data.titles.as_ref());
            to.thing(Field::Occasion, data.occasion);
        }
        Payload::OccasionRegistered(data) => {
            to.reference = Some(&data.reference);
            to.names(Some(&data.names));
            to.roles(Some(&data.roles));
            to.texts(Field::Place, data.place.as_ref().map(std::iter::once));
            to.texts(Field::Theme, data.theme.as_ref().map(std::iter::once));
            to.texts(Field::Topic, Some(data.topics.iter()));
            to.thing(Field::Occasion, data.parent);
        }
        Payload::OccasionDescribed(data) => {
            to.names(data.names.as_ref());
            to.roles(data.roles.as_deref());
            to.texts(Field::Place, data.place.as_ref().map(std::iter::once));
            to.texts(Field::Theme, data.theme.as_ref().map(std::iter::once));
            to.texts(
                Field::Topic,
                data.topics.as_ref().map(|topics| topics.iter()),
            );
            to.thing(Field::Occasion, data.parent);
        }
        Payload::OrganizationRegistered(data) => {
            to.reference = Some(&data.reference);
            to.names(Some(&data.names));
        }
        Payload::OrganizationDescribed(data) => to.names(data.names.as_ref()),
        _ => return None,
    }
    Some(to)
}

impl<'a> Saying<'a> {
    fn names(&mut self, names: Option<&'a Names>) {
        self.texts(
            Field::Title,
            names.map(|names| names.iter().map(|(_, text)| text)),
        );
    }

    fn texts(&mut self, field: Field, texts: Option<impl Iterator<Item = &'a Text>>) {
        if let Some(texts) = texts {
            self.fields.push(Said {
                field,
                texts: texts.filter_map(Text::plain).collect(),
                things: Vec::new(),
            });
        }
    }

    fn thing(&mut self, field: Field, thing: Option<StreamId>) {
        if let Some(thing) = thing {
            self.fields.push(Said {
                field,
                texts: Vec::new(),
                things: vec![thing],
            });
        }
    }

    fn parties(&mut self, parties: Option<&'a [Party]>) {
        if let Some(parties) = parties {
            self.sides(parties.iter());
        }
    }

    fn roles(&mut self, roles: Option<&'a [Participation]>) {
        if let Some(roles) = roles {
            self.sides(roles.iter().map(|role| &role.party));
        }
    }

    fn sides(&mut self, parties: impl Iterator<Item = &'a Party> + Clone) {
        let texts = parties.clone().filter_map(Party::description);
        self.fields.push(Said {
            field: Field::Party,
            texts: texts.filter_map(Text::plain).collect(),
            things: parties.filter_map(Party::organization).collect(),
        });
    }
}

//! What describes a thing, line by line.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Reading, Word, phrase};
use crate::deal::event::package_registered::DeclaredCounts;
use crate::deal::state::Book;
use crate::deal::value::ids::StreamId;
use crate::deal::value::known::Known;
use crate::deal::value::party::{Country, Party};
use crate::projection::description;
use crate::projection::portfolio::roll::Scope;

/// One line of a description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Detail {
    /// What it is about.
    pub label: Word,
    /// What is said.
    pub words: String,
}

fn detail(label: &'static str, words: impl Into<String>) -> Detail {
    Detail {
        label: label.into(),
        words: words.into(),
    }
}

impl Reading {
    /// The counts declared of a package; none known where the stream is no package.
    #[must_use]
    pub fn declared_counts(&self, package: StreamId) -> DeclaredCounts {
        let book = self.models.status.book(package);
        let info = book.and_then(description::package);
        info.map(|info| info.declared_counts.value.clone())
            .unwrap_or_default()
    }

    /// What describes a thing beyond its name.
    pub(super) fn details(&self, book: &Book) -> Vec<Detail> {
        let mut lines = self.of_agreement(book);
        lines.extend(self.of_package(book));
        lines.extend(self.of_occasion(book));
        lines.extend(self.of_organization(book));
        lines
    }

    fn of_agreement(&self, book: &Book) -> Vec<Detail> {
        let Some(info) = description::agreement(book) else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        lines.push(detail("class", info.class.value.as_str()));
        lines.push(detail("instrument", info.instrument.value.as_str()));
        let sectors = info.sectors.value.iter();
        lines.extend(sectors.map(|sector| match &sector.isic {
            Some(isic) => detail("sector", format!("{} (ISIC {isic})", sector.text)),
            None => detail("sector", sector.text.to_string()),
        }));
        let parties = info.parties.value.iter();
        lines.extend(parties.map(|party| detail("party", self.party(party))));
        lines.extend(
            info.package
                .map(|package| detail("package", self.shown(*package.value))),
        );
        lines.extend(info.links.iter().map(|link| {
            let relation = phrase::kind(link.relation.as_str());
            detail("link", format!("{relation} {}", self.shown(link.target)))
        }));
        lines
    }

    fn of_package(&self, book: &Book) -> Vec<Detail> {
        let Some(info) = description::package(book) else {
            return Vec::new();
        };
        let counts = info.declared_counts.value;
        let known = |count: Option<u32>| count.map_or("not known".to_owned(), |n| n.to_string());
        let mut lines = vec![detail(
            "declared",
            format!(
                "{} documents; practical {}, institutional {}",
                known(counts.all),
                known(counts.practical),
                known(counts.institutional)
            ),
        )];
        lines.extend(info.declared_value.map(|value| {
            let scope = phrase::word(&value.value.scope).unwrap_or_default();
            let money = phrase::money(&value.value.money);
            detail("value", format!("{money}; scope {scope}"))
        }));
        lines.extend(
            info.occasion
                .map(|occasion| detail("occasion", self.shown(*occasion.value))),
        );
        let roll = self.models.roll(self.day());
        let members = roll.counted(Scope::Package(book.id));
        lines.extend(members.map(|member| detail("member", self.shown(member.card.id))));
        lines
    }

    fn of_occasion(&self, book: &Book) -> Vec<Detail> {
        let Some(info) = description::occasion(book) else {
            return Vec::new();
        };
        let mut lines = vec![detail("when", phrase::when(info.on.value))];
        lines.extend(phrase::word(info.kind.value).map(|kind| detail("sort", kind)));
        lines.extend(
            info.place
                .map(|place| detail("place", place.value.to_string())),
        );
        lines.extend(
            info.theme
                .map(|theme| detail("theme", theme.value.to_string())),
        );
        lines.extend(
            info.parent
                .map(|parent| detail("part of", self.shown(*parent.value))),
        );
        let attendance = info.attendance.value.iter();
        lines.extend(attendance.map(|quantity| detail("attendance", phrase::quantity(quantity))));
        let roles = info.roles.value.iter();
        lines.extend(roles.filter_map(|role| {
            let done = phrase::word(&role.role)?;
            Some(detail(
                "role",
                format!("{done}: {}", self.party(&role.party)),
            ))
        }));
        let topics = info.topics.value.iter();
        lines.extend(topics.map(|topic| detail("topic", topic.to_string())));
        lines
    }

    fn of_organization(&self, book: &Book) -> Vec<Detail> {
        let Some(info) = description::organization(book) else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        lines.extend(
            info.organization_type
                .map(|sort| detail("type", sort.value.as_str())),
        );
        lines.extend(info.country.map(|country| {
            let name = country
                .value
                .value()
                .map_or("not in the source", Country::name);
            detail("country", name)
        }));
        let identifiers = info.identifiers.value.iter();
        lines.extend(identifiers.map(|identifier| detail("identifier", identifier.to_string())));
        lines.extend(
            info.parent
                .map(|parent| detail("part of", self.shown(*parent.value))),
        );
        lines
    }

    /// A party in words, with its role.
    fn party(&self, party: &Party) -> String {
        let words = party.description().map(ToString::to_string);
        let name = party.organization().map(|stream| self.shown(stream));
        let who = match (name, words) {
            (Some(name), Some(words)) => format!("{words}, {name}"),
            (name, words) => name.or(words).unwrap_or_default(),
        };
        let country = match party.country() {
            None => String::new(),
            Some(Known::Value(country)) => format!(", {}", country.name()),
            Some(Known::Unknown) => ", country not in the source".to_owned(),
        };
        format!("{}: {who}{country}", phrase::kind(party.role().as_str()))
    }
}

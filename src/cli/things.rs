//! The descriptive fields of agreements, packages, occasions and organisations, for `register` and
//! `describe` alike.

use clap::Args;
use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::fields::Fields;
use super::words::{party, quantity};
use crate::deal::value::code::Identifier;
use crate::deal::value::known::Known;
use crate::deal::value::money::MoneyKind;
use crate::deal::value::party::Country;
use crate::deal::value::quantity::Quantity;
use crate::deal::value::text::Text;

/// What describes an agreement.
#[derive(Debug, Clone, Args)]
pub(super) struct AgreementFlags {
    /// practical (an investment deal) or institutional (a document between bodies)
    #[arg(long, value_name = "WORD")]
    pub(super) class: Option<String>,
    /// mou, framework, contract, declaration, protocol or unknown
    #[arg(long, value_name = "WORD")]
    instrument: Option<String>,
    /// A field of business, such as "brick production" or "brick production@2392" with its ISIC
    /// code (may be repeated)
    #[arg(long, value_name = "WORDS")]
    sector: Vec<String>,
    /// A party, such as "investor=a foreign company@CN" or OR-2025-001 (may be repeated)
    #[arg(long, value_name = "PARTY")]
    party: Vec<String>,
    /// The package it was announced in
    #[arg(long, value_name = "REF")]
    package: Option<String>,
    /// greenfield, expansion, localisation or unknown
    #[arg(long, value_name = "WORD")]
    nature: Option<String>,
    /// The review tier of the policy
    #[arg(long, value_name = "CODE")]
    review_tier: Option<String>,
    /// What is inferred rather than read in the source; printed in reports
    #[arg(long, value_name = "WORDS")]
    inferred: Option<String>,
}

impl AgreementFlags {
    /// Hands over the fields that were given.
    pub(super) fn fill(&self, fields: &mut Fields<'_>) -> Result<(), Failure> {
        fields.word("class", self.class.as_deref())?;
        fields.word("instrument", self.instrument.as_deref())?;
        if !self.sector.is_empty() {
            let sectors: Vec<Value> = self.sector.iter().map(|typed| sector(typed)).collect();
            fields.set("sectors", sectors)?;
        }
        fields.parties("parties", &self.party, "party")?;
        fields.thing("package", self.package.as_deref())?;
        fields.word("nature", self.nature.as_deref())?;
        fields.word("review_tier", self.review_tier.as_deref())?;
        fields.text("inferred", self.inferred.as_deref())
    }
}

fn sector(typed: &str) -> Value {
    match typed.rsplit_once('@') {
        Some((words, code)) => json!({ "text": words.trim(), "isic": code.trim() }),
        None => json!({ "text": typed.trim() }),
    }
}

/// What describes a package.
#[derive(Debug, Clone, Args)]
pub(super) struct PackageFlags {
    /// Where it was signed or announced
    #[arg(long, value_name = "REF")]
    occasion: Option<String>,
    /// How many documents were declared
    #[arg(long, value_name = "N")]
    count_all: Option<u32>,
    /// How many of them practical
    #[arg(long, value_name = "N")]
    count_practical: Option<u32>,
    /// How many of them institutional
    #[arg(long, value_name = "N")]
    count_institutional: Option<u32>,
    /// What they were declared to be worth together, such as "USD 335 million"
    #[arg(long, value_name = "MONEY")]
    declared: Option<String>,
    /// What that value covers: all, practical or ambiguous
    #[arg(long, value_name = "WORD", requires = "declared")]
    scope: Option<String>,
    /// What is inferred rather than read in the source; printed in reports
    #[arg(long, value_name = "WORDS")]
    inferred: Option<String>,
}

impl PackageFlags {
    /// Hands over the fields that were given; `known` are the counts in force.
    pub(super) fn fill(
        &self,
        fields: &mut Fields<'_>,
        known: Option<&Map<String, Value>>,
    ) -> Result<(), Failure> {
        fields.thing("occasion", self.occasion.as_deref())?;
        let counts = [
            ("all", self.count_all),
            ("practical", self.count_practical),
            ("institutional", self.count_institutional),
        ];
        let counts: Map<String, Value> = counts
            .into_iter()
            .filter_map(|(class, count)| Some((class.to_owned(), json!(count?))))
            .collect();
        if !counts.is_empty() {
            // Counts not given stay as they are.
            let mut all = known.cloned().unwrap_or_default();
            all.extend(counts);
            fields.set("declared_counts", all)?;
        }
        let scope = self.scope.as_deref().unwrap_or("ambiguous");
        fields.read("declared_value", self.declared.as_deref(), |typed| {
            let money = super::words::money::money(typed, Some(MoneyKind::Declared), None)?;
            Ok(json!({ "money": money, "scope": scope }))
        })?;
        fields.text("inferred", self.inferred.as_deref())
    }
}

/// What describes an occasion.
#[derive(Debug, Clone, Args)]
pub(super) struct OccasionFlags {
    /// conference, meeting, session, mission, visit or statement
    #[arg(long, value_name = "WORD")]
    pub(super) kind: Option<String>,
    /// Where it was held
    #[arg(long, value_name = "NAME")]
    place: Option<String>,
    /// Its theme
    #[arg(long, value_name = "WORDS")]
    theme: Option<String>,
    /// The occasion it was part of
    #[arg(long, value_name = "REF")]
    parent: Option<String>,
    /// Who did what: organised, co-organised, supported, spoke or presented, such as
    /// organised=OR-2025-001 (may be repeated)
    #[arg(long, value_name = "ROLE=WHO")]
    role: Vec<String>,
    /// How many came, such as "about 250 participants" (may be repeated)
    #[arg(long, value_name = "QUANTITY")]
    attendance: Vec<String>,
    /// What was spoken about (may be repeated)
    #[arg(long, value_name = "WORDS")]
    topic: Vec<String>,
}

impl OccasionFlags {
    /// Hands over the fields that were given.
    pub(super) fn fill(&self, fields: &mut Fields<'_>) -> Result<(), Failure> {
        fields.word("kind", self.kind.as_deref())?;
        fields.text("place", self.place.as_deref())?;
        fields.text("theme", self.theme.as_deref())?;
        fields.thing("parent", self.parent.as_deref())?;
        if !self.role.is_empty() {
            let roles: Result<Vec<Value>, Failure> =
                self.role.iter().map(|typed| role(typed, fields)).collect();
            fields.set("roles", roles?)?;
        }
        if !self.attendance.is_empty() {
            let read = |typed: &String| quantity::quantity(typed, Some("participants"));
            let attendance: Result<Vec<Quantity>, _> = self.attendance.iter().map(read).collect();
            let attendance = attendance.map_err(|error| Failure::of_field("attendance", error))?;
            fields.set("attendance", attendance)?;
        }
        if self.topic.is_empty() {
            return Ok(());
        }
        let topics: Result<Vec<Text>, _> =
            self.topic.iter().map(|typed| Text::new(typed)).collect();
        fields.set(
            "topics",
            topics.map_err(|error| Failure::of_field("topics", error))?,
        )
    }
}

fn role(typed: &str, fields: &Fields<'_>) -> Result<Value, Failure> {
    let (done, who) = typed.split_once('=').ok_or_else(|| {
        Failure::of_field("--role", "write ROLE=WHO, such as organised=\"the agency\"")
    })?;
    let party = party::party(who, "participant", |reference| {
        fields.organization(reference)
    })
    .map_err(|error| Failure::of_field("--role", error))?;
    let done = done.trim().to_ascii_lowercase().replace('-', "_");
    Ok(json!({ "role": done, "party": party }))
}

/// What describes an organisation.
#[derive(Debug, Clone, Args)]
pub(super) struct OrganizationFlags {
    /// Where it is registered: a country's code of two letters, or "unknown"
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
    /// What it is: company, agency, ministry, zone, bank, …
    #[arg(long = "type", value_name = "WORD")]
    sort: Option<String>,
    /// A register entry, such as az_tax_id:1234567890 (may be repeated)
    #[arg(long, value_name = "SCHEME:ID")]
    identifier: Vec<String>,
    /// The organisation it belongs to
    #[arg(long, value_name = "REF")]
    parent: Option<String>,
}

impl OrganizationFlags {
    /// Hands over the fields that were given.
    pub(super) fn fill(&self, fields: &mut Fields<'_>) -> Result<(), Failure> {
        fields.read("country", self.country.as_deref(), |typed| {
            Ok(match quantity::is_unknown(typed) {
                true => Known::Unknown,
                false => Known::Value(typed.parse::<Country>()?),
            })
        })?;
        fields.word("type", self.sort.as_deref())?;
        if !self.identifier.is_empty() {
            let identifiers: Result<Vec<Identifier>, _> =
                self.identifier.iter().map(|typed| typed.parse()).collect();
            let identifiers =
                identifiers.map_err(|error| Failure::of_field("identifier", error))?;
            fields.set("identifiers", identifiers)?;
        }
        fields.thing("parent", self.parent.as_deref())
    }
}

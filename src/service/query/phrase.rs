//! Short phrases for lists and trails. Reports have sentences of their own.

use crate::deal::event::Payload;
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::event::milestone_reached::WorksNature;
use crate::deal::value::code::Code;
use crate::deal::value::known::Known;
use crate::deal::value::money::Money;
use crate::deal::value::party::Party;
use crate::deal::value::quantity::{Qualifier, Quantity};
use crate::deal::value::when::{Shape, When};

/// A day or span in words: `by 2025-04-25 (day not in the source)`.
#[must_use]
pub fn when(when: &When) -> String {
    let doubt = if when.is_approximate() { "about " } else { "" };
    let plain = |part: String| part.trim_end_matches('~').to_owned();
    match when.shape() {
        Shape::Within(part) => format!("{doubt}{}", plain(part.to_string())),
        Shape::Between(start, end) => format!(
            "{doubt}between {} and {}",
            plain(start.to_string()),
            plain(end.to_string())
        ),
        Shape::From(start) => format!("from {doubt}{} on", plain(start.to_string())),
        Shape::By(end) => format!(
            "by {doubt}{} (day not in the source)",
            plain(end.to_string())
        ),
    }
}

/// A day or span of what is to come: `by 2025-12-31`.
#[must_use]
pub fn expected(horizon: &When) -> String {
    let words = when(horizon);
    match words.strip_suffix(" (day not in the source)") {
        Some(day) => day.to_owned(),
        None => words,
    }
}

/// A financial model by how settled it is.
#[must_use]
pub fn model(strength: ModelStrength) -> String {
    format!("financial model: {}", kind(strength.as_str()))
}

/// A kind's name in words: `promise made`.
#[must_use]
pub fn kind(name: &str) -> String {
    name.replace('_', " ")
}

/// What a fact says beyond its kind, in a few words; empty when it says no more.
#[must_use]
pub fn content(payload: &Payload) -> String {
    let parts = match payload {
        Payload::LandAllocated(data) => vec![
            data.area.as_ref().map(known_quantity),
            data.parcel
                .as_ref()
                .map(|parcel| format!("parcel {parcel}")),
            data.zone.as_ref().map(ToString::to_string),
        ],
        Payload::FinancialModelAgreed(data) => vec![
            data.investment
                .as_ref()
                .map(|sum| format!("investment {}", money(sum))),
        ],
        Payload::CompanyIncorporated(data) => vec![
            data.legal_name.value().map(ToString::to_string),
            data.identifier.as_ref().map(ToString::to_string),
            data.charter_capital.as_ref().map(money),
        ],
        Payload::MilestoneReached(data) => vec![
            data.nature.map(nature),
            data.quantity.as_ref().map(quantity),
            data.money.as_ref().map(money),
        ],
        Payload::Signed(data) => vec![data.place.as_ref().map(ToString::to_string)],
        Payload::MilestoneReversed(data) => vec![Some(data.words.to_string())],
        Payload::MilestoneNotNeeded(data) => {
            vec![Some(format!(
                "{}: {}",
                kind(data.milestone.as_str()),
                data.reason
            ))]
        }
        Payload::ValueStated(data) => vec![Some(money(&data.money))],
        Payload::FigureStated(data) => vec![
            Some(data.measure.as_str())
                .filter(|measure| *measure != data.quantity.unit.as_str())
                .map(kind),
            Some(quantity(&data.quantity)),
        ],
        Payload::AgreementRegistered(data) => vec![
            Some(data.class.as_str().to_owned()),
            word(&data.instrument).filter(|word| word != "unknown"),
        ],
        Payload::PackageRegistered(data) => vec![
            data.declared_counts
                .all
                .map(|all| format!("{all} documents declared")),
            data.declared_value
                .as_ref()
                .map(|value| money(&value.money)),
        ],
        Payload::OccasionRegistered(data) => vec![
            word(&data.kind),
            data.place.as_ref().map(ToString::to_string),
        ],
        other => follow_up(other),
    };
    let mut parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.extend(words(payload));
    parts.join(", ")
}

fn follow_up(payload: &Payload) -> Vec<Option<String>> {
    match payload {
        Payload::ClaimStated(data) => vec![Some(format!("{}: {}", data.field, data.value))],
        Payload::ClaimPreferred(data) => vec![Some(data.reason.to_string())],
        Payload::ExpectationStated(data) => vec![
            data.milestone.as_ref().map(|code| kind(code.as_str())),
            Some(expected(&data.horizon)),
        ],
        Payload::PromiseMade(data) => vec![
            Some(data.what.to_string()),
            Some(format!("owner {}", party(&data.owner))),
            data.due
                .as_ref()
                .map(|due| format!("due {}", expected(due))),
        ],
        Payload::Suspended(data) => vec![reason(data.reason.as_ref())],
        Payload::Resumed(data) => vec![reason(data.reason.as_ref())],
        Payload::Terminated(data) => vec![reason(data.reason.as_ref())],
        Payload::Completed(data) => vec![reason(data.reason.as_ref())],
        Payload::Reopened(data) => vec![reason(data.reason.as_ref())],
        Payload::ObstacleRaised(data) => {
            vec![word(&data.reason), data.due.map(|due| format!("due {due}"))]
        }
        Payload::Contacted(data) => vec![Some(party(&data.with)), word(&data.outcome)],
        Payload::Assigned(data) => vec![Some(data.officer.to_string())],
        Payload::Noted(data) => vec![Some(data.words.to_string())],
        Payload::Linked(data) => vec![Some(kind(data.relation.as_str()))],
        Payload::PromiseClosed(data) => vec![word(&data.outcome)],
        Payload::Unknown(unknown) => vec![Some(unknown.data.clone())],
        _ => Vec::new(),
    }
}

fn reason(code: Option<&Code>) -> Option<String> {
    code.map(|code| kind(code.as_str()))
}

/// The source's further words, where the kind has them.
fn words(payload: &Payload) -> Option<String> {
    let words = match payload {
        Payload::Signed(data) => &data.words,
        Payload::LandAllocated(data) => &data.words,
        Payload::FinancialModelAgreed(data) => &data.words,
        Payload::CompanyIncorporated(data) => &data.words,
        Payload::MilestoneReached(data) => &data.words,
        Payload::ValueStated(data) => &data.words,
        Payload::FigureStated(data) => &data.words,
        Payload::ExpectationStated(data) => &data.words,
        Payload::ObstacleRaised(data) => &data.words,
        Payload::ObstacleResolved(data) => &data.words,
        Payload::PromiseClosed(data) => &data.words,
        Payload::Contacted(data) => &data.words,
        Payload::Suspended(data) => &data.words,
        Payload::Resumed(data) => &data.words,
        Payload::Terminated(data) => &data.words,
        Payload::Completed(data) => &data.words,
        Payload::Reopened(data) => &data.words,
        _ => return None,
    };
    words
        .as_ref()
        .map(|words| format!("\u{201c}{words}\u{201d}"))
}

/// A code word as it stands in the ledger, in plain words.
#[must_use]
pub fn word(value: &impl serde::Serialize) -> Option<String> {
    let value = serde_json::to_value(value).ok()?;
    value.as_str().map(kind)
}

fn nature(nature: WorksNature) -> String {
    match nature {
        WorksNature::Construction => "construction".to_owned(),
        WorksNature::Preparation => "preparation".to_owned(),
        WorksNature::Unspecified => "nature not in the source".to_owned(),
    }
}

fn known_quantity(area: &Known<Quantity>) -> String {
    area.value()
        .map_or_else(|| "area not in the source".to_owned(), quantity)
}

/// A quantity in words: `almost 3 ha`.
#[must_use]
pub fn quantity(quantity: &Quantity) -> String {
    let unit = quantity.unit.as_str().replace('_', " ");
    format!(
        "{}{} {unit}",
        qualifier(quantity.qualifier),
        quantity.amount
    )
}

/// Money in words: `declared USD 335000000`.
#[must_use]
pub fn money(money: &Money) -> String {
    let mode = money
        .mode()
        .map_or_else(String::new, |mode| format!(" ({})", kind(mode.as_str())));
    format!(
        "{} {}{} {}{mode}",
        money.kind(),
        qualifier(money.qualifier()),
        money.currency(),
        money.amount()
    )
}

fn qualifier(qualifier: Qualifier) -> String {
    match qualifier {
        Qualifier::Exact => String::new(),
        other => format!("{} ", kind(other.as_str())),
    }
}

/// A party in words; a registered one without words by its stream.
#[must_use]
pub fn party(party: &Party) -> String {
    let words = party.description().map(ToString::to_string);
    let stream = party.organization().map(|stream| stream.to_string());
    words.or(stream).unwrap_or_default()
}

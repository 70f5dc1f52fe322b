//! What an event mentions that others may look it up by.
//!
//! A key says only that a stream once mentioned something. Who holds a reference, a parcel or a company
//! now is decided on the folded streams, so corrections and retractions never have to touch an index.

use super::event::{Event, Kind, Payload};
use super::value::code::Identifier;
use super::value::ids::{EventId, Ref, StreamId};

/// The key of an event's own id.
#[must_use]
pub fn event(id: EventId) -> String {
    format!("id:{id}")
}

/// The key of a reference. References differ from each other ignoring case.
#[must_use]
pub fn reference(reference: &Ref) -> String {
    format!("ref:{reference}")
}

/// The key of a land parcel: case, spaces and punctuation do not make another parcel.
#[must_use]
pub fn parcel(parcel: &str) -> String {
    format!("parcel:{}", folded(parcel))
}

/// The key of an entry in a register of companies.
#[must_use]
pub fn identifier(identifier: &Identifier) -> String {
    format!("identifier:{}", identifier.key())
}

/// The key under which the members of a package, or what points at a thing, are found.
#[must_use]
pub fn about(stream: StreamId) -> String {
    format!("about:{stream}")
}

/// Every key an event mentions, sorted and without repeats.
#[must_use]
pub fn of(recorded: &Event) -> Vec<String> {
    let mut keys = of_others(recorded);
    keys.push(event(recorded.id));
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Every key an event mentions but its own id, sorted and without repeats.
#[must_use]
pub fn of_others(recorded: &Event) -> Vec<String> {
    let mut keys = Vec::new();
    of_payload(&recorded.payload, &mut keys);
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Whether an event of this kind may mention anything beside its own id; of the others nothing has to be read.
#[must_use]
pub fn mentions(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::OrganizationRegistered
            | Kind::OrganizationDescribed
            | Kind::OccasionRegistered
            | Kind::OccasionDescribed
            | Kind::PackageRegistered
            | Kind::PackageDescribed
            | Kind::AgreementRegistered
            | Kind::AgreementDescribed
            | Kind::Linked
            | Kind::Signed
            | Kind::LandAllocated
            | Kind::CompanyIncorporated
            | Kind::FactCorrected
    )
}

fn of_payload(payload: &Payload, keys: &mut Vec<String>) {
    match payload {
        Payload::OrganizationRegistered(data) => {
            keys.push(reference(&data.reference));
            keys.extend(data.identifiers.iter().map(identifier));
            keys.extend(data.parent.map(about));
        }
        Payload::OrganizationDescribed(data) => {
            keys.extend(data.identifiers.iter().flatten().map(identifier));
            keys.extend(data.parent.map(about));
        }
        Payload::OccasionRegistered(data) => {
            keys.push(reference(&data.reference));
            keys.extend(data.parent.map(about));
        }
        Payload::OccasionDescribed(data) => keys.extend(data.parent.map(about)),
        Payload::PackageRegistered(data) => {
            keys.push(reference(&data.reference));
            keys.extend(data.occasion.map(about));
        }
        Payload::PackageDescribed(data) => keys.extend(data.occasion.map(about)),
        Payload::AgreementRegistered(data) => {
            keys.push(reference(&data.reference));
            keys.extend(data.package.map(about));
        }
        Payload::AgreementDescribed(data) => keys.extend(data.package.map(about)),
        Payload::Linked(data) => keys.push(about(data.target)),
        Payload::Signed(data) => keys.extend(data.occasion.map(about)),
        Payload::LandAllocated(data) => keys.extend(
            data.parcel
                .iter()
                .filter_map(|text| text.plain())
                .map(parcel),
        ),
        Payload::CompanyIncorporated(data) => keys.extend(data.identifier.iter().map(identifier)),
        Payload::FactCorrected(data) => {
            // What cannot be read mentions nothing; the fold marks it.
            if let Ok(payload) =
                Payload::from_map(&data.now.kind, data.now.v, data.now.data.clone())
            {
                of_payload(&payload, keys);
            }
        }
        _ => {}
    }
}

fn folded(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect();
    if plain.is_empty() {
        text.to_owned()
    } else {
        plain
    }
}

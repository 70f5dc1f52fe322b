//! Data for what is recorded: mostly such as an officer would send at that moment, seldom not.

use chrono::{Days, NaiveDate};
use dealtrail::deal::event::{Kind, Payload};
use dealtrail::deal::value::ids::{StreamId, StreamKind};
use dealtrail::deal::value::source::Source;
use dealtrail::deal::value::when::When;
use uuid::Uuid;

use super::chance::Chance;
use crate::decider::properties::{DATA, DAYS};
use crate::service::support::agreement;

/// Agreements that histories are about: few, so that facts meet.
pub(super) const AGREEMENTS: usize = 5;
/// How many packages, occasions and organisations there may be of each.
const OTHERS: usize = 2;

/// The id that stands in the examples for something recorded.
pub(super) const EXAMPLE_ID: &str = "0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b";

/// Kinds that come up more often than once among all: a history lives from its closings and reopenings.
const OFTEN: [Kind; 19] = [
    Kind::PromiseMade,
    Kind::PromiseClosed,
    Kind::ObstacleRaised,
    Kind::ObstacleResolved,
    Kind::ClaimStated,
    Kind::ClaimPreferred,
    Kind::Suspended,
    Kind::Resumed,
    Kind::Terminated,
    Kind::Reopened,
    Kind::Completed,
    Kind::LandAllocated,
    Kind::MilestoneReversed,
    Kind::ValueStated,
    Kind::AgreementDescribed,
    Kind::Linked,
    Kind::OccasionDescribed,
    Kind::OrganizationDescribed,
    Kind::MilestoneNotNeeded,
];

/// Data beside the examples and those of the decider's own histories: members and sums of packages, money of
/// every kind, more than one milestone.
const MORE: [(Kind, &str); 14] = [
    (
        Kind::AgreementDescribed,
        r#"{"package":"package-00000000-0000-0000-0000-000000000001"}"#,
    ),
    (
        Kind::AgreementDescribed,
        r#"{"class":"institutional","package":"package-00000000-0000-0000-0000-000000000002"}"#,
    ),
    (
        Kind::ValueStated,
        r#"{"money":{"amount":"700000","currency":"AZN","kind":"realised","mode":"instalment","qualifier":"exact"}}"#,
    ),
    (
        Kind::ValueStated,
        r#"{"money":{"amount":"900000","currency":"AZN","kind":"realised","mode":"to_date","qualifier":"about"}}"#,
    ),
    (
        Kind::ValueStated,
        r#"{"money":{"amount":"4000000","currency":"USD","kind":"declared","qualifier":"over"}}"#,
    ),
    (
        Kind::Linked,
        r#"{"relation":"supersedes","target":"agreement-0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"}"#,
    ),
    (
        Kind::Linked,
        r#"{"relation":"duplicate_of","target":"agreement-0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"}"#,
    ),
    (
        Kind::PromiseClosed,
        r#"{"outcome":"dropped","promise":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"}"#,
    ),
    (
        Kind::ExpectationStated,
        r#"{"horizon":"2025-12","milestone":"land_allocated"}"#,
    ),
    (Kind::FinancialModelAgreed, r#"{"strength":"signed_off"}"#),
    (
        Kind::MilestoneReached,
        r#"{"milestone":"equipment_ordered"}"#,
    ),
    (
        Kind::PackageDescribed,
        r#"{"declared_counts":{"all":6,"institutional":2,"practical":4}}"#,
    ),
    (
        Kind::PackageDescribed,
        r#"{"titles":{"en":"Documents of the brick conference"}}"#,
    ),
    (
        Kind::PackageDescribed,
        r#"{"occasion":"occasion-00000000-0000-0000-0000-000000000001"}"#,
    ),
];

/// A kind to record: one that comes often, one that is still new, or any.
pub(super) fn kind(chance: &mut Chance, new: impl Fn(Kind) -> bool) -> Kind {
    let fresh: Vec<Kind> = Kind::ALL
        .iter()
        .copied()
        .filter(|kind| new(*kind))
        .collect();
    match chance.below(4) {
        0 => OFTEN[chance.below(OFTEN.len())],
        1 | 2 if !fresh.is_empty() => fresh[chance.below(fresh.len())],
        _ => Kind::ALL[chance.below(Kind::ALL.len())],
    }
}

/// Data of a kind, as JSON, with [`EXAMPLE_ID`] where something recorded is named.
pub(super) fn data(kind: Kind, stream: StreamId, chance: &mut Chance) -> String {
    let mut all = vec![kind.example()];
    all.extend(
        MORE.iter()
            .filter(|(of, _)| *of == kind)
            .map(|(_, data)| data),
    );
    if chance.below(3) == 0 {
        let known = DATA.iter().filter(|(name, _)| *name == kind.as_str());
        all.extend(known.map(|(_, data)| data));
    }
    let other = agreement(1 + chance.below(AGREEMENTS) as u64);
    let one = StreamId::new(StreamKind::Occasion, Uuid::from_u128(1));
    let mut data = all[chance.below(all.len())]
        .replace(&format!("agreement-{EXAMPLE_ID}"), &other.to_string())
        .replace(&format!("occasion-{EXAMPLE_ID}"), &one.to_string());
    // What one alone may hold: the same again now and then, so that it is refused too.
    let own = numbered(stream);
    for (example, few) in [
        ("2025-001", false),
        ("AZ-12-345", true),
        ("1234567890", true),
    ] {
        let number = match few {
            true => 1 + chance.below(2 * AGREEMENTS) as u128,
            false => own,
        };
        data = data.replace(
            example,
            &format!("{}{number:03}", &example[..example.len() - 3]),
        );
    }
    // The ledger's own kinds differ in a number, for the same again is nothing to do.
    let days = 30 + chance.below(60);
    data.replace("_days\":180", &format!("_days\":{days}"))
        .replace("_days\":90", &format!("_days\":{days}"))
}

fn numbered(stream: StreamId) -> u128 {
    let text = stream.to_string();
    let number = text.rsplit('-').next().unwrap_or_default();
    u128::from_str_radix(number, 16).unwrap_or(1)
}

/// Any thing that histories are about.
pub(super) fn stream(chance: &mut Chance) -> StreamId {
    match chance.below(12) {
        0 => of_kind(StreamKind::Package, chance),
        1 => of_kind(StreamKind::Occasion, chance),
        2 => of_kind(StreamKind::Organization, chance),
        3 => StreamId::Ledger,
        _ => of_kind(StreamKind::Agreement, chance),
    }
}

/// A thing of this sort.
pub(super) fn of_kind(kind: StreamKind, chance: &mut Chance) -> StreamId {
    match kind {
        StreamKind::Ledger => StreamId::Ledger,
        StreamKind::Agreement => agreement(1 + chance.below(AGREEMENTS) as u64),
        other => StreamId::new(other, Uuid::from_u128(1 + chance.below(OTHERS) as u128)),
    }
}

/// The day of a fact of this kind: seldom one that it does not take.
pub(super) fn when(kind: Kind, today: NaiveDate, chance: &mut Chance) -> Option<When> {
    let odd = chance.below(24) == 0;
    if odd {
        let at = chance.below(DAYS.len() + 1);
        return DAYS.get(at).map(|day| day.parse().unwrap());
    }
    // Most are news of the day, so that what closes something comes after what it closes.
    let back = match chance.below(3) {
        0 => chance.below(60) as u64,
        _ => 0,
    };
    let day = today - Days::new(back);
    let text = match chance.below(6) {
        0 => format!("../{day}"),
        _ => day.to_string(),
    };
    kind.dated().then(|| text.parse().unwrap())
}

/// No source, or one.
pub(super) fn sources(chance: &mut Chance) -> Vec<Source> {
    let kinds = ["statement", "note", "document", "register", "site_visit"];
    let number = chance.below(9);
    let source = serde_json::json!([
        {"title": "The paper", "type": kinds[chance.below(5)], "number": number.to_string()}
    ]);
    match chance.below(2) {
        0 => Vec::new(),
        _ => serde_json::from_value(source).unwrap(),
    }
}

/// The payload of a kind, or the words as they are where they do not fit.
pub(super) fn payload(kind: Kind, data: &str) -> Payload {
    Payload::decode_or_keep(kind.as_str(), kind.version(), data)
}

#[test]
fn the_data_are_of_their_kind() {
    for (kind, data) in MORE {
        let payload = payload(kind, data);
        assert_eq!(payload.kind(), Some(kind), "{data}");
    }
}

//! What holds of any history: deciding never panics and is deterministic, what is decided fits the
//! state, nothing has two holders, and any event at all can be taken in.

use std::collections::BTreeMap;

use dealtrail::deal::command::{Change, Command, Draft, Intent};
use dealtrail::deal::event::fact_corrected::{Correction, FactCorrected};
use dealtrail::deal::event::{Batch, Event, Kind, Payload, Role};
use dealtrail::deal::state::{Book, Fact};
use dealtrail::deal::value::ids::{EventId, StreamId};
use dealtrail::deal::value::text::Text;
use dealtrail::deal::value::when::When;
use proptest::prelude::*;
use proptest::sample::Index;
use uuid::Uuid;

use super::story::{Story, actor, beginning, day, noon, statement, thing};

/// Two agreements come up most, so that histories meet.
const THINGS: [&str; 14] = [
    "brick", "glass", "brick", "glass", "brick", "glass", "brick", "glass", "accord", "bundle",
    "fair", "works", "sand", "ledger",
];
pub(crate) const DAYS: [&str; 8] = [
    "2025-01-01",
    "2025-04-17",
    "2025-04-22",
    "2025-05",
    "../2025-05-10",
    "2025-05-10/..",
    "2025-06-01",
    "2026-01-01",
];
const TODAYS: [&str; 4] = ["2025-04-18", "2025-05-12", "2025-06-15", "2025-07-01"];

/// Data beside the examples of each kind: the values that meet each other.
pub(crate) const DATA: [(&str, &str); 14] = [
    ("land_allocated", r#"{"parcel":"P-1"}"#),
    ("land_allocated", r#"{"parcel":"p 1","shared":true}"#),
    ("land_allocated", r#"{"additional":true,"parcel":"P-2"}"#),
    (
        "company_incorporated",
        r#"{"identifier":{"id":"7","scheme":"tax"},"legal_name":"Works LLC"}"#,
    ),
    (
        "company_incorporated",
        r#"{"legal_name":{"unknown":"not in source"}}"#,
    ),
    ("milestone_reached", r#"{"milestone":"land_handed_over"}"#),
    ("milestone_reached", r#"{"milestone":"sunshine"}"#),
    ("terminated", "{}"),
    ("reopened", "{}"),
    ("suspended", "{}"),
    ("resumed", "{}"),
    ("signed", "{}"),
    (
        "agreement_registered",
        r#"{"class":"practical","instrument":"mou","nature":"unknown","ref":"AG-SAND","titles":{"en":"Sand"}}"#,
    ),
    (
        "agreement_registered",
        r#"{"class":"practical","instrument":"mou","nature":"unknown","ref":"AG-GLASS","titles":{"en":"Sand"}}"#,
    ),
];

/// The choices from which a step is made, once the history before it is known.
#[derive(Debug, Clone)]
struct Step {
    what: u8,
    thing: Index,
    data: Index,
    on: Index,
    fact: Index,
    other: Index,
    today: Index,
    by: bool,
}

fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let index = any::<Index>;
    let step = (
        any::<u8>(),
        index(),
        index(),
        index(),
        index(),
        index(),
        index(),
        any::<bool>(),
    )
        .prop_map(|(what, thing, data, on, fact, other, today, by)| Step {
            what,
            thing,
            data,
            on,
            fact,
            other,
            today,
            by,
        });
    prop::collection::vec(step, 0..most)
}

/// Some payload of some kind; ids in it may name anything recorded.
fn payload(story: &Story, step: &Step) -> Payload {
    // As often one of the chosen data as one of the examples.
    let examples = if step.what.is_multiple_of(2) {
        0
    } else {
        Kind::ALL.len()
    };
    let at = step.data.index(DATA.len() + examples);
    let (kind, data) = match DATA.get(at) {
        Some((kind, data)) => (*kind, (*data).to_owned()),
        None => {
            let kind = Kind::ALL[at - DATA.len()];
            (kind.as_str(), kind.example().to_owned())
        }
    };
    let example = "0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b";
    let data = data
        .replace(
            &format!("\"{example}\""),
            &format!("\"{}\"", fact(story, step.fact)),
        )
        .replace(
            &format!("agreement-{example}"),
            &stream(step.other).to_string(),
        )
        .replace(&format!("occasion-{example}"), &thing("fair").to_string());
    Payload::decode_or_keep(kind, 1, &data)
}

fn pick(index: Index, of: &[&'static str]) -> &'static str {
    of[index.index(of.len())]
}

fn stream(index: Index) -> StreamId {
    thing(pick(index, &THINGS))
}

fn fact(story: &Story, index: Index) -> EventId {
    let events = story.events();
    // One more than there are: now and then an id of nothing.
    let at = index.index(events.len() + 1);
    events
        .get(at)
        .copied()
        .unwrap_or_else(|| EventId::new(Uuid::from_u128(0xff)))
}

fn when(index: Index) -> Option<When> {
    DAYS.get(index.index(DAYS.len() + 1))
        .map(|day| day.parse().unwrap())
}

fn intent(story: &Story, step: &Step) -> Intent {
    let reason = Text::new("typing error").unwrap();
    let fact = fact(story, step.fact);
    let sources = if step.by {
        vec![statement("The paper")]
    } else {
        Vec::new()
    };
    match step.what % 12 {
        0 => Intent::Correct {
            fact,
            change: Change {
                on: when(step.on),
                data: None,
                sources: None,
            },
            reason,
        },
        1 => {
            let data = Some(payload(story, step));
            Intent::Correct {
                fact,
                change: Change {
                    on: when(step.on),
                    data,
                    sources: Some(sources),
                },
                reason,
            }
        }
        2 => Intent::Retract { fact, reason },
        3 => Intent::Move {
            fact,
            to: stream(step.thing),
            reason,
        },
        4 => Intent::Source { fact, sources },
        5 => Intent::Confirm {
            fact,
            version: None,
            sources,
            words: None,
        },
        _ => Intent::Record(Draft {
            stream: stream(step.thing),
            payload: payload(story, step),
            on: when(step.on),
            sources,
        }),
    }
}

/// Some steps make one command.
fn command(story: &Story, number: usize, steps: &[Step]) -> Command {
    Command {
        id: format!("c{number}").parse().unwrap(),
        actor: actor(if steps[0].by { "u:one" } else { "u:two" }),
        intents: steps.iter().map(|step| intent(story, step)).collect(),
        expected: None,
    }
}

/// Who holds what, read from the facts without any of the program's own rules.
fn one_holder_each(story: &Story) {
    let mut holders: BTreeMap<String, StreamId> = BTreeMap::new();
    for book in story.books.values() {
        for key in parcels(book) {
            let other = holders.insert(key.clone(), book.id);
            assert!(
                other.is_none_or(|other| other == book.id),
                "{key} has two holders"
            );
        }
        for reference in book.registration().into_iter().flat_map(Fact::versions) {
            let data = reference.payload.to_value().unwrap();
            let key = format!("ref {}", data["ref"]);
            let other = holders.insert(key.clone(), book.id);
            assert!(
                other.is_none_or(|other| other == book.id),
                "{key} is used twice"
            );
        }
    }
}

fn parcels(book: &Book) -> Vec<String> {
    let kinds = ["terminated", "completed", "reopened"];
    let mut states: Vec<&Fact> = book
        .live()
        .filter(|fact| kinds.contains(&fact.payload().kind_name()))
        .collect();
    states.sort_by_key(|fact| (fact.current().latest_day(), fact.seq()));
    let since = states
        .iter()
        .rposition(|fact| fact.payload().kind_name() == "reopened");
    let ended = states.iter().skip(since.map_or(0, |at| at + 1));
    if !book.is_registered()
        || ended
            .clone()
            .any(|fact| fact.payload().kind_name() == "terminated")
    {
        return Vec::new();
    }
    let reversed: Vec<EventId> = book
        .live()
        .filter_map(|fact| match fact.payload() {
            Payload::MilestoneReversed(data) => Some(data.fact),
            _ => None,
        })
        .collect();
    book.live()
        .filter(|fact| !reversed.contains(&fact.id()))
        .filter_map(|fact| match fact.payload() {
            Payload::LandAllocated(data) if !data.shared => data.parcel.clone(),
            _ => None,
        })
        .map(|parcel| {
            format!(
                "parcel {}",
                parcel
                    .plain()
                    .unwrap()
                    .to_uppercase()
                    .replace(['-', ' '], "")
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_decided_fits_and_nothing_has_two_holders(steps in steps(60)) {
        let mut story = beginning();
        let size = 1 + steps.len() % 2;
        for (number, pair) in steps.chunks(size).enumerate() {
            let today = day(pick(pair[0].today, &TODAYS));
            let command = command(&story, number, pair);
            let decision = story.decide(&command, today);
            prop_assert_eq!(&decision, &story.decide(&command, today), "deciding is deterministic");
            match decision {
                Ok(decision) => {
                    // Taking it in checks that no event is left unplaced.
                    story.take_in(&command, today, &decision);
                    one_holder_each(&story);
                }
                Err(refusal) => {
                    prop_assert!(!refusal.sentence.is_empty() && !refusal.hint.is_empty());
                }
            }
        }
    }

    #[test]
    fn any_event_is_taken_in_and_decided_upon(steps in steps(40)) {
        let mut story = beginning();
        for (number, step) in steps.iter().enumerate() {
            let event = nonsense(&story, number, step);
            let before = story.books.get(&event.stream).map_or(0, |book| book.version);
            story.append(&event);
            prop_assert_eq!(story.books[&event.stream].version, before + 1);
            let command = command(&story, number, std::slice::from_ref(step));
            let today = day(pick(step.today, &TODAYS));
            let _ = story.decide(&command, today);
        }
        for book in story.books.values() {
            for fact in book.facts() {
                prop_assert!(!fact.versions().is_empty());
                let _ = (fact.evidence(), fact.confirmation(), fact.happened_by(day("2025-05-01")));
            }
        }
    }
}

/// An event of any kind in any stream, amendments to anything included.
fn nonsense(story: &Story, number: usize, step: &Step) -> Event {
    let today = day(pick(step.today, &TODAYS));
    let mut said = payload(story, step);
    if step.what.is_multiple_of(5) {
        let now = said.to_value().unwrap_or_default();
        said = FactCorrected {
            fact: fact(story, step.fact),
            now: Correction {
                kind: said.kind_name().to_owned(),
                v: u32::from(step.what % 3),
                on: when(step.on).unwrap_or_else(|| When::day(today)),
                data: now.as_object().cloned().unwrap_or_default(),
                sources: Vec::new(),
            },
            reason: Text::new("nonsense").unwrap(),
        }
        .into();
    }
    if step.what.is_multiple_of(7)
        && said
            .kind()
            .is_some_and(|kind| kind.role() != Role::Amendment)
    {
        let _ = said.set_continues(dealtrail::deal::event::common::Continued {
            fact: fact(story, step.other),
            since: day("2025-01-01"),
        });
    }
    let stream = stream(step.thing);
    Event {
        seq: story.seq,
        stream,
        version: story.books.get(&stream).map_or(0, |book| book.version),
        id: EventId::new(Uuid::from_u128(0x9000_0000 + number as u128)),
        on: when(step.on).unwrap_or_else(|| When::day(today)),
        recorded_at: noon(today),
        day: today,
        actor: actor("u:one"),
        batch: Batch {
            first: story.seq,
            count: 1,
        },
        command: format!("n{number}").parse().unwrap(),
        sources: Vec::new().into(),
        payload: said,
    }
}

//! A small world to decide in, and the lines that tell what happens in it.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use dealtrail::deal::command::{Change, Command, Draft, Intent};
use dealtrail::deal::decide::decide;
use dealtrail::deal::decision::{DecideError, Decision, Moment, World};
use dealtrail::deal::event::agreement_registered::Class;
use dealtrail::deal::event::{Batch, Event, Payload};
use dealtrail::deal::keys;
use dealtrail::deal::ledger::LedgerState;
use dealtrail::deal::policy::Policy;
use dealtrail::deal::refusal::Refusal;
use dealtrail::deal::state::Book;
use dealtrail::deal::track::Track;
use dealtrail::deal::value::ids::{Actor, EventId, KnownBy, StreamId, StreamKind};
use dealtrail::deal::value::source::{Source, SourceType};
use dealtrail::deal::value::text::Text;
use dealtrail::deal::value::when::When;
use uuid::Uuid;

/// The things told of, and whether they are registered from the start.
const THINGS: [(&str, StreamKind, Option<&str>); 9] = [
    (
        "brick",
        StreamKind::Agreement,
        Some(
            r#"{"class":"practical","instrument":"contract","nature":"greenfield","ref":"AG-BRICK","titles":{"en":"Brick"}}"#,
        ),
    ),
    (
        "glass",
        StreamKind::Agreement,
        Some(
            r#"{"class":"practical","instrument":"contract","nature":"greenfield","ref":"AG-GLASS","titles":{"en":"Glass"}}"#,
        ),
    ),
    (
        "accord",
        StreamKind::Agreement,
        Some(
            r#"{"class":"institutional","instrument":"mou","nature":"unknown","ref":"AG-ACCORD","titles":{"en":"Accord"}}"#,
        ),
    ),
    (
        "bundle",
        StreamKind::Package,
        Some(
            r#"{"declared_counts":{"all":3,"institutional":1,"practical":2},"declared_value":{"money":{"amount":"100","currency":"USD","kind":"declared","qualifier":"exact"},"scope":"all"},"ref":"PK-BUNDLE","titles":{"en":"Bundle"}}"#,
        ),
    ),
    (
        "fair",
        StreamKind::Occasion,
        Some(r#"{"kind":"conference","names":{"en":"Fair"},"ref":"OC-FAIR"}"#),
    ),
    (
        "works",
        StreamKind::Organization,
        Some(r#"{"names":{"en":"Works"},"ref":"OR-WORKS"}"#),
    ),
    (
        "plant",
        StreamKind::Organization,
        Some(r#"{"names":{"en":"Plant"},"ref":"OR-PLANT"}"#),
    ),
    ("sand", StreamKind::Agreement, None),
    ("ledger", StreamKind::Ledger, None),
];

pub(crate) fn thing(name: &str) -> StreamId {
    let at = THINGS.iter().position(|(known, ..)| *known == name);
    let at = at.unwrap_or_else(|| panic!("nothing is called {name}"));
    StreamId::new(THINGS[at].1, Uuid::from_u128(at as u128 + 1))
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|_| panic!("{text} is no day"))
}

/// Noon of a day, seen from everywhere east of the ocean as that day.
pub(crate) fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc() + chrono::Duration::hours(8)
}

pub(crate) fn actor(id: &str) -> Actor {
    Actor {
        id: id.parse().unwrap(),
        known_by: KnownBy::LocalClaim,
    }
}

pub(crate) fn statement(title: &str) -> Source {
    Source::new(Text::new(title).unwrap(), SourceType::Statement)
}

/// The world so far.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) books: BTreeMap<StreamId, Arc<Book>>,
    mentions: BTreeMap<String, BTreeSet<StreamId>>,
    streams: BTreeMap<EventId, StreamId>,
    ledger: Arc<LedgerState>,
    labels: BTreeMap<String, EventId>,
    pub(crate) seq: u64,
    commands: u32,
}

impl World for Story {
    type Error = Infallible;

    fn book(&self, stream: StreamId) -> Result<Option<Arc<Book>>, Infallible> {
        Ok(self.books.get(&stream).cloned())
    }

    fn mentioned(&self, key: &str) -> Result<Vec<StreamId>, Infallible> {
        Ok(self
            .mentions
            .get(key)
            .into_iter()
            .flatten()
            .copied()
            .collect())
    }

    fn fact_stream(&self, event: EventId) -> Result<Option<StreamId>, Infallible> {
        Ok(self.streams.get(&event).copied())
    }

    fn ledger(&self) -> Result<Arc<LedgerState>, Infallible> {
        Ok(Arc::clone(&self.ledger))
    }
}

/// A ledger before its first event.
pub(crate) fn blank() -> Story {
    Story {
        books: BTreeMap::new(),
        mentions: BTreeMap::new(),
        streams: BTreeMap::new(),
        ledger: Arc::default(),
        labels: BTreeMap::new(),
        seq: 0,
        commands: 0,
    }
}

/// The world in which every story begins: an open ledger with its things registered.
pub(crate) fn beginning() -> Story {
    let mut story = blank();
    story.accepts(r#"2025-01-01 ledger ledger_opened - {"agency":{"en":"Agency"},"demonstration":false,"languages":["en"],"origin":"example.test/agency","zone":"Asia/Baku"}"#);
    for class in [Class::Practical, Class::Institutional] {
        let track = serde_json::to_string(&Track::built_in(class)).unwrap();
        story.accepts(&format!(
            r#"2025-01-01 ledger track_defined - {{"track":{track}}}"#
        ));
    }
    let policy = serde_json::to_string(&Policy::built_in()).unwrap();
    story.accepts(&format!(
        r#"2025-01-01 ledger policy_set - {{"policy":{policy}}}"#
    ));
    for (name, kind, data) in THINGS {
        let on = if kind == StreamKind::Occasion {
            "2025-01-01"
        } else {
            "-"
        };
        if let Some(data) = data {
            story.accepts(&format!("2025-01-01 {name} {kind}_registered {on} {data}"));
        }
    }
    story
}

/// A story up to where something is decided.
pub(crate) fn given(lines: &str) -> Story {
    let mut story = beginning();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        story.accepts(line);
    }
    story
}

/// Tells each line on the same story, and what has to come of it: `recorded`, `nothing`,
/// `warned <codes>` or `refused <code>`. That nothing is expected next is left out of the warnings.
pub(crate) fn table(story: &Story, rows: &[(&str, &str)]) {
    for (line, then) in rows {
        let outcome = match story.clone().tell(line) {
            Err(refusal) => format!("refused {}", refusal.code()),
            Ok(decision) if decision.events.is_empty() => "nothing".to_owned(),
            Ok(decision) => match codes(&decision).as_slice() {
                [] => "recorded".to_owned(),
                codes => format!("warned {}", codes.join(" ")),
            },
        };
        assert_eq!(outcome, *then, "when {line}");
    }
}

/// The codes of its warnings, but that nothing is expected next.
pub(crate) fn codes(decision: &Decision) -> Vec<&'static str> {
    let mut codes: Vec<_> = decision.warnings.iter().map(|w| w.code.code()).collect();
    codes.retain(|code| *code != "no_next_step");
    codes.sort_unstable();
    codes
}

impl Story {
    /// Decides a line, and takes in what follows from it. Several intents are parted by `;;`.
    pub(crate) fn tell(&mut self, line: &str) -> Result<Decision, Refusal> {
        let (command, today, label) = self.read(line);
        let decision = self.decide(&command, today)?;
        self.take_in(&command, today, &decision);
        if let (Some(label), Some(last)) = (label, decision.events.last()) {
            self.labels.insert(label, last.id);
        }
        Ok(decision)
    }

    pub(crate) fn decide(&self, command: &Command, today: NaiveDate) -> Result<Decision, Refusal> {
        let moment = Moment::new(noon(today), "Asia/Baku".parse().unwrap());
        assert_eq!(moment.today, today);
        let mut ids = (self.seq..).map(|n| EventId::new(Uuid::from_u128(0x1000 + u128::from(n))));
        decide(command, &moment, &mut ids, self).map_err(|error| match error {
            DecideError::Refused(refusal) => *refusal,
            DecideError::World(never) => match never {},
        })
    }

    pub(crate) fn accepts(&mut self, line: &str) -> Decision {
        self.tell(line)
            .unwrap_or_else(|refusal| panic!("{line}: {refusal} ({})", refusal.hint))
    }

    pub(crate) fn refuses(&mut self, line: &str) -> Refusal {
        match self.tell(line) {
            Err(refusal) => refusal,
            Ok(decision) => panic!("{line}: was accepted with {:?}", codes(&decision)),
        }
    }

    pub(crate) fn book(&self, name: &str) -> &Book {
        &self.books[&thing(name)]
    }

    pub(crate) fn fact(&self, label: &str) -> EventId {
        *self
            .labels
            .get(label)
            .unwrap_or_else(|| panic!("no fact is called {label}"))
    }

    pub(crate) fn events(&self) -> Vec<EventId> {
        self.streams.keys().copied().collect()
    }

    /// Appends what was decided, as the writer would.
    pub(crate) fn take_in(&mut self, command: &Command, today: NaiveDate, decision: &Decision) {
        let batch = Batch {
            first: self.seq,
            count: decision.events.len() as u64,
        };
        for decided in &decision.events {
            let book = self.books.get(&decided.stream);
            let event = Event {
                seq: self.seq,
                stream: decided.stream,
                version: book.map_or(0, |book| book.version),
                id: decided.id,
                on: decided.on.clone(),
                recorded_at: noon(today),
                day: today,
                actor: command.actor.clone(),
                batch,
                command: command.id.clone(),
                sources: decided.sources.clone(),
                payload: decided.payload.clone(),
            };
            self.append(&event);
            let anomalies = &self.books[&event.stream].anomalies;
            assert!(anomalies.is_empty(), "what is decided fits: {anomalies:?}");
        }
    }

    /// Appends any event at all.
    pub(crate) fn append(&mut self, event: &Event) {
        let book = self.books.entry(event.stream);
        Arc::make_mut(book.or_insert_with(|| Arc::new(Book::new(event.stream)))).evolve(event);
        if event.stream == StreamId::Ledger {
            Arc::make_mut(&mut self.ledger).evolve(event);
        }
        for key in keys::of(event) {
            self.mentions.entry(key).or_default().insert(event.stream);
        }
        self.streams.insert(event.id, event.stream);
        self.seq += 1;
    }

    fn read(&mut self, line: &str) -> (Command, NaiveDate, Option<String>) {
        let (today, rest) = line
            .split_once(' ')
            .unwrap_or_else(|| panic!("{line}: no day"));
        self.commands += 1;
        let mut label = None;
        let mut by = "u:one".to_owned();
        let mut expected = None;
        let mut intents = Vec::new();
        for part in rest.split(";;") {
            let (words, data) = parts(part);
            let mut words: Vec<&str> = words.split_whitespace().collect();
            label = option(&mut words, "as").or(label);
            by = option(&mut words, "by").unwrap_or(by);
            if let Some(version) = option(&mut words, "at") {
                expected = Some((thing(words[0]), version.parse().unwrap()));
            }
            intents.push(self.intent(&words, data));
        }
        let id = format!("c{}", self.commands).parse().unwrap();
        let command = Command {
            id,
            actor: actor(&by),
            intents,
            expected,
        };
        (command, day(today), label)
    }

    fn named(&self, word: &str) -> EventId {
        match word.strip_prefix('@') {
            Some(label) => self.fact(label),
            None => word
                .parse()
                .unwrap_or_else(|_| panic!("{word} names no fact")),
        }
    }

    fn intent(&self, words: &[&str], data: Option<&str>) -> Intent {
        let reason = Text::new("typing error").unwrap();
        let sources = match data.filter(|_| words[0] == "source") {
            Some(source) => vec![serde_json::from_str(source).unwrap()],
            None if words.contains(&"nosource") => Vec::new(),
            None => vec![statement("The morning paper")],
        };
        let on = |at: usize| {
            let word = words
                .get(at)
                .copied()
                .filter(|word| !["-", "nosource"].contains(word));
            word.map(|word| word.parse::<When>().unwrap())
        };
        match words {
            ["correct", fact, ..] => {
                let fact = self.named(fact);
                let data = data.map(|data| self.corrected(fact, data));
                let sources = words.contains(&"nosource").then(Vec::new);
                Intent::Correct {
                    fact,
                    change: Change {
                        on: on(2),
                        data,
                        sources,
                    },
                    reason,
                }
            }
            ["retract", fact] => Intent::Retract {
                fact: self.named(fact),
                reason,
            },
            ["move", fact, to] => Intent::Move {
                fact: self.named(fact),
                to: thing(to),
                reason,
            },
            ["source", fact, ..] => Intent::Source {
                fact: self.named(fact),
                sources,
            },
            ["confirm", fact, version @ ..] => Intent::Confirm {
                fact: self.named(fact),
                version: version.first().map(|version| self.named(version)),
                sources: Vec::new(),
                words: None,
            },
            [name, kind, ..] => Intent::Record(Draft {
                stream: thing(name),
                payload: self.payload(kind, data.unwrap_or("{}")),
                on: on(2),
                sources,
            }),
            _ => panic!("{words:?} says nothing"),
        }
    }

    fn corrected(&self, fact: EventId, data: &str) -> Payload {
        let book = self
            .streams
            .get(&fact)
            .and_then(|stream| self.books.get(stream));
        let known = book
            .and_then(|book| book.fact(fact))
            .map(|fact| fact.payload().kind_name());
        self.payload(known.unwrap_or("noted"), data)
    }

    fn payload(&self, kind: &str, data: &str) -> Payload {
        let mut data = data.to_owned();
        for (label, id) in &self.labels {
            data = data.replace(&format!("\"@{label}\""), &format!("\"{id}\""));
        }
        for (name, ..) in THINGS {
            data = data.replace(&format!("\"${name}\""), &format!("\"{}\"", thing(name)));
        }
        Payload::decode(kind, 1, &data).unwrap_or_else(|error| panic!("{data}: {error}"))
    }
}

/// The words, and the JSON object among them.
fn parts(line: &str) -> (String, Option<&str>) {
    match (line.find('{'), line.rfind('}')) {
        (Some(start), Some(end)) => (
            format!("{} {}", &line[..start], &line[end + 1..]),
            Some(&line[start..=end]),
        ),
        _ => (line.to_owned(), None),
    }
}

fn option(words: &mut Vec<&str>, name: &str) -> Option<String> {
    let at = words.iter().position(|word| *word == name)?;
    let value = words[at + 1].to_owned();
    words.drain(at..=at + 1);
    Some(value)
}

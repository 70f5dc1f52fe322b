//! The objects of an event log: what is told of each over time, and how they stand to each other in the end.

use std::collections::{BTreeMap, BTreeSet};

use chrono::SecondsFormat;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::writing::{Reference, Sort, Types, listed, member, relations, scalar};
use crate::export::events::members;
use crate::store::recorded::Recorded;

/// The sorts of things that have streams; the last one has a single stream of that name.
const SORTS: [&str; 5] = ["agreement", "package", "occasion", "organization", "ledger"];
/// The sort of issued reports, which stand in the ledger's stream.
const REPORT: &str = "report";
/// How an event relates to the thing in whose stream it stands.
const ABOUT: &str = "about";
/// How the event that issues a report relates to it.
const ISSUES: &str = "issues";

/// Everything the events spoke of so far, by the id of the object.
#[derive(Default)]
pub(super) struct Objects(BTreeMap<String, Object>);

#[derive(Default)]
struct Object {
    facts: Vec<Fact>,
    /// What holds now, so that only what changes is told again.
    now: BTreeMap<String, (String, Sort)>,
    told: Vec<(String, String, String)>,
}

/// What one fact says of its object.
struct Fact {
    id: Uuid,
    holds: bool,
    attributes: BTreeMap<String, (String, Sort)>,
    relations: Vec<Stated>,
}

/// A relation as a fact states it. Of those with one key the later fact's hold.
struct Stated {
    key: String,
    reference: Reference,
}

impl Objects {
    /// Takes an event in, and answers which objects it is about.
    pub(super) fn take_in(
        &mut self,
        stored: &Recorded,
        data: &Map<String, Value>,
    ) -> Vec<Reference> {
        let stream = stored.stream();
        let time = stored
            .recorded_at()
            .to_rfc3339_opts(SecondsFormat::Micros, true);
        let mut about = BTreeSet::new();
        named_in_members(data, None, &mut about);
        for reference in &about {
            self.0.entry(reference.object.clone()).or_default();
        }
        let object = self.0.entry(stream.to_owned()).or_default();
        match stored.kind() {
            "fact_corrected" => object.correct(data, &time),
            "fact_retracted" => object.retract(data, &time),
            kind if kind.ends_with("_registered")
                || kind.ends_with("_described")
                || kind == "linked" =>
            {
                object.state(Fact::of(stored.id(), kind, data), &time);
            }
            "report_issued" => about.extend(self.issued(stored.id(), data, &time)),
            _ => {}
        }
        let own = Reference {
            object: stream.to_owned(),
            qualifier: ABOUT.to_owned(),
        };
        // The thing itself first, and once.
        let others = about.into_iter().filter(|one| *one != own);
        std::iter::once(own.clone()).chain(others).collect()
    }

    /// A report as an object of its own.
    fn issued(&mut self, event: Uuid, data: &Map<String, Value>, time: &str) -> Option<Reference> {
        let number = data.get("number")?.as_str()?;
        let id = format!("{REPORT}-{number}");
        let mut attributes = scalars(data);
        if let Some(Value::Object(manifest)) = data.get("manifest") {
            attributes.extend(scalars(manifest));
        }
        let fact = Fact {
            id: event,
            holds: true,
            attributes,
            relations: Vec::new(),
        };
        self.0.entry(id.clone()).or_default().state(fact, time);
        Some(Reference {
            object: id,
            qualifier: ISSUES.to_owned(),
        })
    }

    /// Writes all objects, and answers the attributes of each type.
    pub(super) fn write(&self, out: &mut Vec<u8>) -> Types {
        let mut types = Types::new();
        listed(&self.0, out, |(id, object), out| {
            let sort = sort_of(id);
            let declared = types.entry(sort.to_owned()).or_default();
            for (name, (_, sort)) in object.facts.iter().flat_map(|fact| &fact.attributes) {
                let known = declared.entry(name.clone()).or_insert(*sort);
                *known = known.with(*sort);
            }
            members(&[("id", id), ("type", sort)], out);
            member("attributes", out);
            listed(&object.told, out, |(name, value, time), out| {
                members(&[("name", name), ("time", time), ("value", value)], out);
            });
            member("relationships", out);
            relations(&object.relations(), out);
        });
        types
    }
}

impl Object {
    fn state(&mut self, fact: Fact, time: &str) {
        self.facts.push(fact);
        self.tell(time);
    }

    fn correct(&mut self, data: &Map<String, Value>, time: &str) {
        let now = data.get("now").and_then(Value::as_object);
        let said =
            now.and_then(|now| Some((now.get("kind")?.as_str()?, now.get("data")?.as_object()?)));
        if let (Some(fact), Some((kind, data))) = (self.named(data), said) {
            *fact = Fact::of(fact.id, kind, data);
            self.tell(time);
        }
    }

    fn retract(&mut self, data: &Map<String, Value>, time: &str) {
        if let Some(fact) = self.named(data) {
            fact.holds = false;
            self.tell(time);
        }
    }

    /// The fact that a correction or retraction names, when it is one that says something of the object.
    fn named(&mut self, data: &Map<String, Value>) -> Option<&mut Fact> {
        let id = Uuid::try_parse(data.get("fact")?.as_str()?).ok()?;
        self.facts.iter_mut().find(|fact| fact.id == id)
    }

    /// Tells what is other than before. What no longer holds is told as an empty text.
    fn tell(&mut self, time: &str) {
        let mut now = BTreeMap::new();
        for fact in self.facts.iter().filter(|fact| fact.holds) {
            now.extend(fact.attributes.clone());
        }
        let gone = self.now.keys().filter(|name| !now.contains_key(*name));
        let gone = gone.map(|name| (name.clone(), String::new()));
        let other = now
            .iter()
            .filter(|(name, value)| self.now.get(*name) != Some(*value));
        let other = other.map(|(name, (value, _))| (name.clone(), value.clone()));
        let news: Vec<_> = gone.chain(other).collect();
        let news = news
            .into_iter()
            .map(|(name, value)| (name, value, time.to_owned()));
        self.told.extend(news);
        self.now = now;
    }

    /// How it stands to other objects in the end.
    fn relations(&self) -> Vec<Reference> {
        let mut by_key: BTreeMap<&str, BTreeSet<&Reference>> = BTreeMap::new();
        for fact in self.facts.iter().filter(|fact| fact.holds) {
            let keys: BTreeSet<&str> = fact.relations.iter().map(|one| one.key.as_str()).collect();
            by_key.retain(|key, _| !keys.contains(key));
            for stated in &fact.relations {
                by_key
                    .entry(&stated.key)
                    .or_default()
                    .insert(&stated.reference);
            }
        }
        let all: BTreeSet<&Reference> = by_key.into_values().flatten().collect();
        all.into_iter().cloned().collect()
    }
}

impl Fact {
    fn of(id: Uuid, kind: &str, data: &Map<String, Value>) -> Self {
        let mut relations = Vec::new();
        for (key, value) in data {
            let mut named = BTreeSet::new();
            named_in(key, role_in(data), value, &mut named);
            // Every link stands for itself; of other members the one told last holds.
            let key = match kind {
                "linked" => id.to_string(),
                _ => key.clone(),
            };
            relations.extend(named.into_iter().map(|reference| Stated {
                key: key.clone(),
                reference,
            }));
        }
        let mut attributes = match kind {
            "linked" => BTreeMap::new(),
            _ => scalars(data),
        };
        // What it is called: in the language that stands first.
        let names = ["titles", "names"].iter().find_map(|name| data.get(*name));
        let title = names.and_then(|names| {
            let names = names.as_object()?;
            names.get("en").or_else(|| names.values().next())
        });
        if let Some(title) = title.and_then(scalar) {
            attributes.insert("title".to_owned(), title);
        }
        Self {
            id,
            holds: true,
            attributes,
            relations,
        }
    }
}

/// The scalar members, without those that are relations.
fn scalars(data: &Map<String, Value>) -> BTreeMap<String, (String, Sort)> {
    let is_plain = |value: &&Value| value.as_str().is_none_or(|text| !is_stream(text));
    let members = data.iter().filter(|(_, value)| is_plain(value));
    members
        .filter_map(|(name, value)| Some((name.clone(), scalar(value)?)))
        .collect()
}

/// The things that a value names, each with how it is related: by the role or relation beside it, else by its key.
fn named_in(key: &str, role: Option<&str>, value: &Value, into: &mut BTreeSet<Reference>) {
    match value {
        Value::String(text) if is_stream(text) => {
            let key = match key {
                "package" | "parent" => "part_of",
                "occasion" => "announced_at",
                other => other,
            };
            into.insert(Reference {
                object: text.clone(),
                qualifier: role.unwrap_or(key).to_owned(),
            });
        }
        Value::Array(items) => {
            for item in items {
                named_in(key, role, item, into);
            }
        }
        Value::Object(members) => named_in_members(members, role, into),
        _ => {}
    }
}

fn named_in_members(
    members: &Map<String, Value>,
    role: Option<&str>,
    into: &mut BTreeSet<Reference>,
) {
    let role = role_in(members).or(role);
    for (key, member) in members {
        named_in(key, role, member, into);
    }
}

fn role_in(members: &Map<String, Value>) -> Option<&str> {
    let beside = members.get("role").or_else(|| members.get("relation"));
    beside.and_then(Value::as_str)
}

fn sort_of(id: &str) -> &'static str {
    let word = id.split_once('-').map_or(id, |(word, _)| word);
    let sort = SORTS.iter().find(|sort| **sort == word);
    sort.copied().unwrap_or(REPORT)
}

fn is_stream(text: &str) -> bool {
    text.split_once('-').is_some_and(|(word, id)| {
        id.len() == 36 && SORTS.contains(&word) && Uuid::try_parse(id).is_ok()
    })
}

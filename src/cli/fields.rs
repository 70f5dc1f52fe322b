//! A fact's fields: from flags and `--fields`, checked against the kind, into its payload.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Map, Value};

use super::failure::Failure;
use super::lookup::Lookup;
use super::words::{WordsError, day, money, names, party, quantity};
use crate::deal::event::{Kind, Payload};
use crate::deal::value::ids::{Ref, StreamId};
use crate::deal::value::money::{MoneyKind, MoneyMode};
use crate::deal::value::text::Names;
use crate::service::query::door;

/// The fields given for one fact, by their names in the ledger.
pub(super) struct Fields<'a> {
    kind: Kind,
    lookup: &'a Lookup<'a>,
    given: Map<String, Value>,
    assumed: Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// No field yet.
    pub(super) fn new(kind: Kind, lookup: &'a Lookup<'a>) -> Self {
        Self {
            kind,
            lookup,
            given: Map::new(),
            assumed: Map::new(),
        }
    }

    /// Sets a field.
    pub(super) fn set(
        &mut self,
        field: &'static str,
        value: impl Serialize,
    ) -> Result<(), Failure> {
        let value = serde_json::to_value(value).map_err(|error| Failure::of_field(field, error))?;
        self.given.insert(field.to_owned(), value);
        Ok(())
    }

    /// Sets a field for the case that nobody gives it.
    pub(super) fn unless_given(&mut self, field: &str, value: impl Into<Value>) {
        self.assumed.insert(field.to_owned(), value.into());
    }

    /// Takes the fields of an earlier version, each to stay unless it is given anew.
    pub(super) fn based_on(&mut self, earlier: Map<String, Value>) {
        self.assumed.extend(earlier);
    }

    /// Leaves a field of the earlier version out.
    pub(super) fn clear(&mut self, field: &str) {
        self.assumed.remove(field);
    }

    /// Sets a field read from words by `read`, if it was given.
    pub(super) fn read<T: Serialize>(
        &mut self,
        field: &'static str,
        typed: Option<&str>,
        read: impl FnOnce(&str) -> Result<T, WordsError>,
    ) -> Result<(), Failure> {
        match typed {
            Some(typed) => {
                let value = read(typed).map_err(|error| Failure::of_field(field, error))?;
                self.set(field, value)
            }
            None => Ok(()),
        }
    }

    /// Sets a field of free text.
    pub(super) fn text(&mut self, field: &'static str, typed: Option<&str>) -> Result<(), Failure> {
        self.read(field, typed, |typed| {
            Ok(crate::deal::value::text::Text::new(typed)?)
        })
    }

    /// Sets a field that takes a code word, with `-` read as `_`.
    pub(super) fn word(&mut self, field: &'static str, typed: Option<&str>) -> Result<(), Failure> {
        match typed {
            Some(typed) => self.set(field, typed.trim().to_ascii_lowercase().replace('-', "_")),
            None => Ok(()),
        }
    }

    /// Sets a field that is true or left out.
    pub(super) fn flag(&mut self, field: &'static str, given: bool) -> Result<(), Failure> {
        if given { self.set(field, true) } else { Ok(()) }
    }

    /// Sets a party; `role` serves when the words give none.
    pub(super) fn party(
        &mut self,
        field: &'static str,
        typed: Option<&str>,
        role: &str,
    ) -> Result<(), Failure> {
        let lookup = self.lookup;
        self.read(field, typed, |typed| {
            party::party(typed, role, |reference| lookup.organization(reference))
        })
    }

    /// Sets a list of parties, if any was given.
    pub(super) fn parties(
        &mut self,
        field: &'static str,
        typed: &[String],
        role: &str,
    ) -> Result<(), Failure> {
        if typed.is_empty() {
            return Ok(());
        }
        let lookup = self.lookup;
        let read = |typed: &String| party::party(typed, role, |r| lookup.organization(r));
        let parties: Result<Vec<_>, _> = typed.iter().map(read).collect();
        self.set(
            field,
            parties.map_err(|error| Failure::of_field(field, error))?,
        )
    }

    /// Sets names by language, if any was given.
    pub(super) fn names(&mut self, field: &'static str, typed: &[String]) -> Result<(), Failure> {
        if typed.is_empty() {
            return Ok(());
        }
        let names = names::names(typed, self.lookup.language())
            .map_err(|error| Failure::of_field(field, error))?;
        self.set(field, names)
    }

    /// As [`names`](Self::names), keeping the known names in other languages.
    pub(super) fn names_beside(
        &mut self,
        field: &'static str,
        typed: &[String],
        known: Option<&Names>,
    ) -> Result<(), Failure> {
        if typed.is_empty() {
            return Ok(());
        }
        let given = names::names(typed, self.lookup.language())
            .map_err(|error| Failure::of_field(field, error))?;
        let mut all = serde_json::to_value(known).unwrap_or_default();
        let given = serde_json::to_value(given).unwrap_or_default();
        match (all.as_object_mut(), given) {
            (Some(all), Value::Object(given)) => all.extend(given),
            (_, given) => all = given,
        }
        self.set(field, all)
    }

    /// Sets money; without a kind in its words or in `kind` it is refused.
    pub(super) fn money(
        &mut self,
        field: &'static str,
        typed: Option<&str>,
        kind: Option<MoneyKind>,
        mode: Option<MoneyMode>,
    ) -> Result<(), Failure> {
        self.read(field, typed, |typed| money::money(typed, kind, mode))
    }

    /// Sets a quantity; `unit` serves when the words give none.
    pub(super) fn quantity(
        &mut self,
        field: &'static str,
        typed: Option<&str>,
        unit: Option<&str>,
    ) -> Result<(), Failure> {
        self.read(field, typed, |typed| quantity::quantity(typed, unit))
    }

    /// Sets a day, month or span.
    pub(super) fn when(&mut self, field: &'static str, typed: Option<&str>) -> Result<(), Failure> {
        let today = self.today();
        self.read(field, typed, |typed| day::when(typed, today))
    }

    /// Sets one civil day.
    pub(super) fn day(&mut self, field: &'static str, typed: Option<&str>) -> Result<(), Failure> {
        let today = self.today();
        self.read(field, typed, |typed| day::day(typed, today))
    }

    /// Sets the stream of a thing named by its reference.
    pub(super) fn thing(
        &mut self,
        field: &'static str,
        typed: Option<&str>,
    ) -> Result<(), Failure> {
        let Some(typed) = typed else { return Ok(()) };
        let stream: StreamId = self.lookup.thing(typed)?;
        self.set(field, stream)
    }

    /// Sets the event of a fact named by its id or position.
    pub(super) fn fact(&mut self, field: &'static str, typed: Option<&str>) -> Result<(), Failure> {
        let Some(typed) = typed else { return Ok(()) };
        let event = self.lookup.fact(typed)?.event;
        self.set(field, event)
    }

    /// The registered organisation of a reference.
    pub(super) fn organization(&self, reference: &Ref) -> Option<StreamId> {
        self.lookup.organization(reference)
    }

    /// The counts declared of a package so far, by class.
    pub(super) fn declared_counts(&self, package: &str) -> Result<Map<String, Value>, Failure> {
        self.lookup.declared_counts(package)
    }

    /// The civil day in the agency's zone.
    fn today(&self) -> NaiveDate {
        self.lookup.today()
    }

    /// Whether the kind has this field and takes a code word in it, not free words.
    pub(super) fn takes_code(&self, field: &str) -> bool {
        matches!(
            (self.kind, field),
            (
                Kind::Suspended
                    | Kind::Resumed
                    | Kind::Terminated
                    | Kind::Completed
                    | Kind::Reopened
                    | Kind::ObstacleRaised,
                "reason"
            )
        )
    }

    /// The payload, with the fields of `--fields` added. A field the kind does not have is refused,
    /// and so is one given twice.
    pub(super) fn payload(mut self, data: Option<&str>) -> Result<Payload, Failure> {
        if let Some(data) = data {
            for (field, value) in object(data)? {
                if self.given.contains_key(&field) {
                    let sentence = format!("`{field}` is given by a flag and in --fields");
                    return Err(Failure::refused("given_twice", sentence)
                        .hint("keep one of the two")
                        .with("field", field));
                }
                self.given.insert(field, value);
            }
        }
        let mut whole = self.assumed;
        whole.extend(self.given);
        self.lookup.strict(self.kind, whole)
    }
}

/// The one JSON object of `--fields`.
fn object(data: &str) -> Result<Map<String, Value>, Failure> {
    door::object(data).map_err(|error| {
        Failure::of_field("--fields", error).hint(
            "write such as --fields '{\"area\": {\"amount\": \"3\", \"unit\": \"ha\", \"qualifier\": \"almost\"}}'",
        )
    })
}

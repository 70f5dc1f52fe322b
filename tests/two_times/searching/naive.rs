//! A search without an index: every word of every thing is looked through.

use std::collections::{BTreeMap, BTreeSet};

use dealtrail::deal::state::Book;
use dealtrail::deal::value::ids::StreamId;
use dealtrail::deal::value::party::Party;
use dealtrail::deal::value::text::{Names, Text};
use dealtrail::projection::description::{agreement, occasion, organization, package};
use dealtrail::projection::models::Models;
use dealtrail::projection::search::asking::Way;
use dealtrail::projection::search::said::Field;

/// Words with what they are looked up by.
pub(super) const WORDS: [(&str, &[&str]); 8] = [
    ("Brick", &["brick"]),
    ("bricks", &["bricks"]),
    ("KƏRPİC", &["kerpic"]),
    ("şüşə", &["suse"]),
    ("Завод", &["завод"]),
    ("工業投", &["工業", "業投", "投"]),
    ("cooperation", &["cooperation"]),
    ("2025", &["2025"]),
];

/// Every field of every registered thing, with the words it is looked up by.
fn fields(models: &Models) -> BTreeMap<StreamId, Vec<(Field, BTreeSet<String>)>> {
    let mut all = BTreeMap::new();
    for book in models.status.books().filter(|book| book.is_registered()) {
        let fields = said(models, book);
        let (reference, _) = dealtrail::projection::description::called(book).unwrap();
        let parts = reference.as_str().to_lowercase();
        let mut looked_up: Vec<(Field, BTreeSet<String>)> = fields
            .iter()
            .map(|(field, said)| (*field, folded(said)))
            .collect();
        looked_up.push((
            Field::Reference,
            parts.split('-').map(str::to_owned).collect(),
        ));
        all.insert(book.id, looked_up);
    }
    all
}

/// What the fields of a thing say, in the words recorded.
fn said(models: &Models, book: &Book) -> Vec<(Field, Vec<String>)> {
    let mut fields: Vec<(Field, Vec<String>)> = Vec::new();
    let names = |names: &Names| {
        names
            .iter()
            .map(|(_, text)| text.to_string())
            .collect::<Vec<_>>()
    };
    let texts = |texts: &[Text]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let named = |stream: StreamId| {
        let book = models
            .status
            .book(stream)
            .filter(|book| book.is_registered());
        let called = book.and_then(dealtrail::projection::description::called);
        called.map_or_else(Vec::new, |(_, all)| names(all))
    };
    let sides = |parties: Vec<&Party>| -> Vec<String> {
        let words = parties
            .iter()
            .filter_map(|party| Some(party.description()?.to_string()));
        let organizations = parties.iter().filter_map(|party| party.organization());
        words.chain(organizations.flat_map(named)).collect()
    };
    if let Some(info) = agreement(book) {
        fields.push((Field::Title, names(info.titles.value)));
        fields.push((Field::Party, sides(info.parties.value.iter().collect())));
        let sectors = info
            .sectors
            .value
            .iter()
            .map(|sector| sector.text.to_string());
        fields.push((Field::Sector, sectors.collect()));
        fields.push((
            Field::Package,
            info.package.map_or_else(Vec::new, |one| named(*one.value)),
        ));
    }
    if let Some(info) = package(book) {
        fields.push((Field::Title, names(info.titles.value)));
        fields.push((
            Field::Occasion,
            info.occasion.map_or_else(Vec::new, |one| named(*one.value)),
        ));
    }
    if let Some(info) = occasion(book) {
        fields.push((Field::Title, names(info.names.value)));
        fields.push((
            Field::Party,
            sides(info.roles.value.iter().map(|role| &role.party).collect()),
        ));
        fields.push((
            Field::Place,
            info.place
                .iter()
                .map(|place| place.value.to_string())
                .collect(),
        ));
        fields.push((Field::Topic, texts(info.topics.value)));
    }
    if let Some(info) = organization(book) {
        fields.push((Field::Title, names(info.names.value)));
    }
    fields
}

fn folded(said: &[String]) -> BTreeSet<String> {
    let words = said.iter().flat_map(|text| text.split(", "));
    let known = words.flat_map(|word| {
        let (_, folded) = WORDS
            .iter()
            .find(|(written, _)| *written == word)
            .expect("a word of the table");
        folded.iter().map(|word| (*word).to_owned())
    });
    known.collect()
}

/// How badly a word fits one that is said: whole, as a beginning, or nearly where none of all words begins with it.
fn fits(word: &str, loosely: bool, said: &str, every: &BTreeSet<&String>) -> Option<u16> {
    let begins = |said: &str| said.starts_with(word);
    match loosely {
        _ if said == word => Some(0),
        false => None,
        true if every.iter().any(|said| begins(said)) => begins(said).then_some(1),
        true => {
            let far = match word.chars().count() {
                _ if !word.chars().all(char::is_alphabetic) => 0,
                0..=3 => 0,
                4..=7 => 1,
                _ => 2,
            };
            (far > 0 && strsim::osa_distance(word, said) <= far).then_some(2)
        }
    }
}

/// What is found, how, and how badly the words fit in all, by looking every word of every thing through; the best first.
pub(super) fn naive(
    models: &Models,
    question: &str,
    asked: &[(&str, bool)],
) -> Vec<(StreamId, Way)> {
    let all = fields(models);
    let every: BTreeSet<&String> = all
        .values()
        .flatten()
        .flat_map(|(_, words)| words)
        .collect();
    let typed = question.to_uppercase();
    let own = |stream: &StreamId| {
        let book = models.status.book(*stream).unwrap();
        dealtrail::projection::description::called(book)
            .unwrap()
            .0
            .as_str()
            .to_owned()
    };
    let only = question.contains('-') && all.keys().any(|stream| own(stream).starts_with(&typed));
    let fits = |word: &str, loosely: bool, said: &str| fits(word, loosely, said, &every);
    let mut found = Vec::new();
    for (stream, fields) in &all {
        let best = |word: &str, loosely: bool| {
            let stands = fields.iter().filter_map(|(field, said)| {
                let fit = said
                    .iter()
                    .filter_map(|said| fits(word, loosely, said))
                    .min()?;
                let way = match field {
                    Field::Title => Way::Title,
                    Field::Party => Way::Party,
                    _ => Way::Elsewhere,
                };
                Some((way, fit))
            });
            stands.min()
        };
        let places: Option<Vec<(Way, u16)>> = asked
            .iter()
            .map(|(word, loosely)| best(word, *loosely))
            .collect();
        let Some(places) = places.filter(|places| !places.is_empty()) else {
            continue;
        };
        let worse: u16 = places.iter().map(|(_, fit)| fit).sum();
        let way = places.iter().map(|(way, _)| *way).max().unwrap();
        let reference = own(stream);
        let way = match &reference {
            own if *own == typed => Way::Reference,
            own if own.starts_with(&typed) => Way::ReferenceBegins,
            _ if only => continue,
            _ => way,
        };
        found.push((way, worse, reference, *stream));
    }
    found.sort();
    let in_order = found.into_iter();
    in_order.map(|(way, _, _, stream)| (stream, way)).collect()
}

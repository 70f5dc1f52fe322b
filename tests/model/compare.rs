//! Whether two ledgers are the same ledger, in everything that can be asked of them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use dealtrail::deal::value::ids::StreamId;
use dealtrail::projection::models::Models;
use dealtrail::projection::portfolio::roll::Scope;
use dealtrail::service::indexer::DealIndexer;
use dealtrail::service::ledger::Ledger;
use dealtrail::service::query::Reading;
use dealtrail::store::event_store::{EventStore, Indexer, ReadError};
use dealtrail::store::group::{self, CommandRecord};
use dealtrail::store::recorded::Recorded;

use super::chance::Chance;
use super::history::Known;

/// In what two ledgers differ.
#[derive(Debug, Clone)]
pub(crate) struct Difference {
    /// What was asked: a shorter history has to give a difference in the same question.
    pub(crate) question: &'static str,
    /// The question in full and both answers.
    pub(crate) told: String,
}

/// A difference when two answers are not equal.
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(
    question: &'static str,
    about: impl std::fmt::Display,
    disk: T,
    memory: T,
) -> Result<(), Difference> {
    if disk == memory {
        return Ok(());
    }
    let short = |answer: T| {
        format!("{answer:?}")
            .chars()
            .take(1_500)
            .collect::<String>()
    };
    let (disk, memory) = (short(disk), short(memory));
    Err(Difference {
        question,
        told: format!("{question} {about}\n   on disk: {disk}\n in memory: {memory}"),
    })
}

/// Everything stored, and every way to find it again. Events before `from` are looked up and not compared.
pub(crate) fn stores(
    disk: &dyn EventStore,
    memory: &dyn EventStore,
    known: &Known,
    from: u64,
) -> Result<(), Difference> {
    let (here, there) = (disk.head(), memory.head());
    same("position", "", here.position, there.position)?;
    same("number of frames", "", here.frames, there.frames)?;
    let mut keys = BTreeSet::new();
    for seq in 0..=there.position {
        let other = memory.event(seq);
        if let Ok(Some(event)) = &other {
            keys.extend(DealIndexer.keys(event));
        }
        if seq >= from {
            let bytes = |event: Result<Option<Recorded>, ReadError>| {
                event.map(|event| event.map(|event| event.bytes().to_vec()))
            };
            same(
                "stored bytes of event",
                seq,
                bytes(disk.event(seq)),
                bytes(other),
            )?;
        }
    }
    let nowhere = "agreement-00000000-0000-0000-0000-0000000000ff".to_owned();
    for stream in known.streams.iter().chain([&nowhere]) {
        let from = there.position % 3;
        same(
            "version of",
            stream,
            disk.stream_version(stream),
            memory.stream_version(stream),
        )?;
        same(
            "events of",
            stream,
            disk.stream(stream, from),
            memory.stream(stream, from),
        )?;
    }
    for key in keys {
        let named = String::from_utf8_lossy(&key).into_owned();
        same("mentions of", named, disk.key(&key), memory.key(&key))?;
    }
    for command in &known.sent {
        let scope = group::Scope {
            actor: command.actor.id.as_str().to_owned(),
            key: command.id.as_str().to_owned(),
        };
        let record =
            |store: &dyn EventStore| store.command(&scope).map(|found| found.map(undigested));
        same(
            "record of command",
            &scope.key,
            record(disk),
            record(memory),
        )?;
    }
    Ok(())
}

/// Each ledger has a secret of its own, so digests of commands differ.
fn undigested(record: CommandRecord) -> CommandRecord {
    CommandRecord {
        digest: [0; 32],
        ..record
    }
}

/// Read models now and at a position before, on a day of chance each, and the tree of hashes.
pub(crate) fn models(
    disk: &Ledger,
    memory: &Ledger,
    known: &Known,
    chance: &mut Chance,
) -> Result<(), Difference> {
    let head = memory.head();
    let past = chance.next() % (head + 1);
    for position in [head, past] {
        let roots = (disk.root(position), memory.root(position));
        same("root at", position, roots.0.ok(), roots.1.ok())?;
        let here = answered(disk.models_at(position))?;
        let there = answered(memory.models_at(position))?;
        same("digests at", position, here.digests(), there.digests())?;
        let day = memory.today() - chrono::Days::new(chance.next() % 400);
        // As often on a day near the end, when most has happened.
        let day = match chance.below(2) {
            0 => day,
            _ => memory.today() - chrono::Days::new(chance.next() % 8),
        };
        let at = format!("on {day} as known at {position}");
        same("portfolio", &at, sums(&here, day), sums(&there, day))?;
        let (here, there) = (Reading::new(here, day), Reading::new(there, day));
        for stream in &known.streams {
            let Ok(stream) = stream.parse::<StreamId>() else {
                continue;
            };
            let at = format!("{stream} {at}");
            same(
                "standing of",
                &at,
                here.standing(stream),
                there.standing(stream),
            )?;
            let by_day = chance.below(2) == 0;
            same(
                "history of",
                &at,
                here.trail(stream, by_day),
                there.trail(stream, by_day),
            )?;
        }
    }
    let replayed = answered(disk.replay(None, &mut |_, _| ()))?;
    same(
        "what a replay finds different",
        "",
        replayed.differences,
        Vec::new(),
    )
}

fn answered<T, E: std::fmt::Display>(answer: Result<T, E>) -> Result<T, Difference> {
    answer.map_err(|error| Difference {
        question: "whether it answers",
        told: format!("whether it answers: {error}"),
    })
}

/// All that is counted and added up over agreements and packages on a day, as text.
fn sums(models: &Models, day: NaiveDate) -> Vec<String> {
    let portfolio = models.portfolio(day);
    let packages = portfolio.packages(Scope::All);
    let members = portfolio.agreements.iter().map(|member| {
        let place = (
            member.ties.superseded_by,
            member.ties.duplicate_of,
            member.ties.package,
        );
        let health = member.standing.health.as_str();
        format!("{} {:?} {health} {place:?}", member.id(), member.class())
    });
    let mut all: Vec<String> = members.collect();
    all.extend(packages.iter().map(|package| {
        let counts = (
            package.counts.documents.all,
            package.counts.documents.practical,
            package.counts.documents.institutional,
        );
        let money = (package.counts.headline(), package.counts.apportioned());
        let more = (package.facts.claims.len(), package.facts.expectations.len());
        let members = portfolio.members(package.counts.id);
        let members: Vec<_> = members.map(|member| member.id()).collect();
        format!(
            "{} {counts:?} {members:?} {money:?} {more:?}",
            package.counts.id
        )
    }));
    let scopes = packages
        .iter()
        .map(|package| Scope::Package(package.counts.id));
    for scope in scopes.chain([Scope::All]) {
        all.push(format!("{scope:?} {:?}", portfolio.money(scope)));
        all.extend(portfolio.conversion(scope).iter().map(|rate| {
            let who = (&rate.denominator, &rate.converted);
            let parts = (&rate.by_instrument, &rate.by_value);
            format!("{scope:?} {} {who:?} {parts:?}", rate.definition.code)
        }));
    }
    all
}

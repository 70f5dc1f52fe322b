//! How long a search takes among many agreements: builds the read model in memory, then asks it questions of every sort.
//!
//! `DEALTRAIL_BENCH_AGREEMENTS` (default 100000) is how many there are. The titles are fictional, in four languages, with
//! a word of their own in every tenth; every agreement belongs to a package and names an organisation. Times are those of
//! the read model alone. The bar is a 99th percentile of 10 milliseconds.
#![allow(clippy::print_stdout)]

use std::time::{Duration, Instant};

use chrono::DateTime;
use dealtrail::deal::event::{Batch, Event, Kind, Payload};
use dealtrail::deal::value::ids::{Actor, CommandId, EventId, KnownBy, StreamId, StreamKind};
use dealtrail::deal::value::when::When;
use dealtrail::projection::Projection;
use dealtrail::projection::search::Search;
use serde_json::{Value, json};
use uuid::Uuid;

const GOODS: [(&str, &str, &str, &str); 10] = [
    ("Brick", "Kərpic", "Кирпич", "磚塊"),
    ("Glass", "Şüşə", "Стекло", "玻璃"),
    ("Cardboard", "Karton", "Картон", "紙板"),
    ("Tractor", "Traktor", "Трактор", "拖拉機"),
    ("Cement", "Sement", "Цемент", "水泥"),
    ("Furniture", "Mebel", "Мебель", "家具"),
    ("Textile", "Toxuculuq", "Текстиль", "紡織品"),
    ("Battery", "Batareya", "Аккумулятор", "電池"),
    ("Greenhouse", "İstixana", "Теплица", "溫室"),
    ("Cable", "Kabel", "Кабель", "電纜"),
];
const ORGANIZATIONS: u64 = 2_000;
const PACKAGES: u64 = 1_000;

fn stream(kind: StreamKind, number: u64) -> StreamId {
    StreamId::new(kind, Uuid::from_u128(u128::from(number) + 1))
}

/// A word that no language has, the same for the same number.
fn own_word(number: u64) -> String {
    let mut rest = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut word = String::new();
    for _ in 0..4 {
        word.push(char::from(b"bdfgklmnprstvz"[(rest % 14) as usize]));
        word.push(char::from(b"aeiou"[(rest / 14 % 5) as usize]));
        rest /= 97;
    }
    word
}

fn event(seq: u64, stream: StreamId, kind: Kind, data: &Value) -> Event {
    let at = DateTime::from_timestamp(1_745_489_700, 0).unwrap();
    Event {
        seq,
        stream,
        version: 0,
        id: EventId::new(Uuid::from_u128(u128::from(seq) + 1)),
        on: When::day(at.date_naive()),
        recorded_at: at,
        day: at.date_naive(),
        actor: Actor {
            id: "u:bench".parse().unwrap(),
            known_by: KnownBy::System,
        },
        batch: Batch {
            first: seq,
            count: 1,
        },
        command: CommandId::from(Uuid::from_u128(u128::from(seq))),
        sources: Vec::new(),
        payload: Payload::decode(kind.as_str(), kind.version(), &data.to_string()).unwrap(),
    }
}

fn agreement(number: u64) -> Value {
    let (en, az, ru, zh) = GOODS[(number % 10) as usize];
    let own = if number.is_multiple_of(10) {
        own_word(number)
    } else {
        String::new()
    };
    json!({
        "ref": format!("AG-2025-{number:06}"), "class": "practical", "instrument": "contract", "nature": "unknown",
        "titles": {"en": format!("{en} production {own} line {}", number % 97), "az": format!("{az} istehsalı"),
            "ru": format!("{ru}: производство"), "zh": format!("{zh}生產項目")},
        "sectors": [{"text": format!("{en} and building materials")}],
        "package": stream(StreamKind::Package, number % PACKAGES).to_string(),
        "parties": [{"organization": stream(StreamKind::Organization, number % ORGANIZATIONS).to_string(), "role": "investor"},
            {"description": "a local company", "role": "host_company"}],
    })
}

fn build(agreements: u64) -> Search {
    let mut search = Search::default();
    let mut seq = 0;
    let mut apply = |stream: StreamId, kind: Kind, data: &Value| {
        search.apply(&event(seq, stream, kind, data));
        seq += 1;
    };
    for number in 0..ORGANIZATIONS {
        let names = json!({"ref": format!("OR-2025-{number:06}"), "names": {"en": format!("{} Works", own_word(number + 7))}});
        apply(
            stream(StreamKind::Organization, number),
            Kind::OrganizationRegistered,
            &names,
        );
    }
    for number in 0..PACKAGES {
        let titles = json!({"ref": format!("PK-2025-{number:06}"), "titles": {"en": format!("Papers of forum {number}")}, "declared_counts": {}});
        apply(
            stream(StreamKind::Package, number),
            Kind::PackageRegistered,
            &titles,
        );
    }
    for number in 0..agreements {
        apply(
            stream(StreamKind::Agreement, number),
            Kind::AgreementRegistered,
            &agreement(number),
        );
    }
    search
}

/// The question of a turn.
type Question = Box<dyn Fn(u64) -> String>;

/// The memory of this process, in MiB; what the system does not tell is 0.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}

/// Asks questions and prints how long the answers took.
fn measure(search: &Search, sort: &str, question: impl Fn(u64) -> String) -> Duration {
    let mut times = Vec::new();
    let mut found = 0;
    for turn in 0..300 {
        let question = question(turn);
        let began = Instant::now();
        let hits = search.ask(&question, None, 20);
        times.push(began.elapsed());
        found += hits.all;
    }
    times.sort_unstable();
    let (half, most) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    println!(
        "{sort:<34} {:>9.3} {:>9.3} {:>12}",
        half.as_secs_f64() * 1e3,
        most.as_secs_f64() * 1e3,
        found / times.len()
    );
    most
}

/// Questions of every sort.
fn questions() -> [(&'static str, Question); 9] {
    let good = |turn: u64| GOODS[(turn % 10) as usize];
    [
        (
            "a whole reference",
            Box::new(|turn| format!("AG-2025-{:06}", turn * 317 % 100_000)),
        ),
        (
            "the beginning of a reference",
            Box::new(|turn| format!("ag-2025-{:03}", turn % 100)),
        ),
        (
            "a word of one agreement",
            Box::new(|turn| own_word(turn * 310)),
        ),
        (
            "a word of every tenth",
            Box::new(move |turn| good(turn).1.to_owned()),
        ),
        (
            "three words",
            Box::new(move |turn| format!("{} production line {}", good(turn).0, turn % 97)),
        ),
        (
            "one letter",
            Box::new(|turn| char::from(b'a' + (turn % 26) as u8).to_string()),
        ),
        (
            "two Chinese letters",
            Box::new(move |turn| good(turn).3.chars().take(2).collect()),
        ),
        (
            "a typing error",
            Box::new(|turn| {
                let word = own_word(turn * 310);
                format!("{}q{}", &word[..3], &word[4..])
            }),
        ),
        (
            "words that nothing says",
            Box::new(|turn| format!("unicorn{turn} zeppelin")),
        ),
    ]
}

fn main() {
    let agreements = std::env::var("DEALTRAIL_BENCH_AGREEMENTS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(100_000);
    let (before, began) = (resident(), Instant::now());
    let search = build(agreements);
    println!(
        "{agreements} agreements, built in {:.1} s, {} MiB",
        began.elapsed().as_secs_f64(),
        resident().saturating_sub(before)
    );
    println!(
        "{:<34} {:>9} {:>9} {:>12}",
        "", "p50 ms", "p99 ms", "found (mean)"
    );
    let sorts = questions();
    let worst = sorts
        .iter()
        .map(|(sort, question)| measure(&search, sort, question))
        .max();
    let worst = worst.unwrap_or_default();
    println!(
        "worst p99 {:.3} ms, bar 10 ms: {}",
        worst.as_secs_f64() * 1e3,
        if worst < Duration::from_millis(10) {
            "held"
        } else {
            "missed"
        }
    );
}

//! How long a search takes among many agreements: builds the read model in memory, then asks it questions of every sort.
//!
//! `DEALTRAIL_BENCH_AGREEMENTS` (default 100000) is how many there are. The titles are fictional, in four languages, with
//! a word of their own in every tenth; every agreement belongs to a package and names an organisation. Times are those of
//! the read model alone; memory is what the process grew by. The bar is a 99th percentile of 10 milliseconds of
//! processor time for every sort of question; a question is answered by one thread. `answers` is a checksum of all
//! answers, their order included: the same before and after a change of how they are found.
#![allow(clippy::print_stdout)]

use std::time::{Duration, Instant};

use chrono::DateTime;
use dealtrail::deal::event::{Batch, Event, Kind, Payload};
use dealtrail::deal::value::ids::{Actor, CommandId, EventId, KnownBy, StreamId, StreamKind};
use dealtrail::deal::value::when::When;
use dealtrail::projection::Projection;
use dealtrail::projection::models::Models;
use dealtrail::projection::search::Search;
use serde_json::{Value, json};
use uuid::Uuid;

/// The program's own.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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
        sources: Vec::new().into(),
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

/// Hands each event of the ledger to `to`, in order.
fn each_event(agreements: u64, to: &mut impl FnMut(&Event)) {
    let mut seq = 0;
    let mut apply = |stream: StreamId, kind: Kind, data: &Value| {
        to(&event(seq, stream, kind, data));
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

/// How long this thread has worked: on a machine that others use too, a question may have to wait for its turn.
fn processor() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Asks questions, prints how long the answers took, and gives the 99th percentile of the work they were.
fn measure(search: &Search, sort: &str, question: impl Fn(u64) -> String) -> Duration {
    let (mut times, mut worked) = (Vec::new(), Vec::new());
    let mut found = 0;
    let mut answers = 0xcbf2_9ce4_8422_2325_u64;
    for turn in 0..300 {
        let question = question(turn);
        let (began, before) = (Instant::now(), processor());
        let hits = search.ask(&question, None, 20);
        times.push(began.elapsed());
        worked.push(processor().saturating_sub(before));
        found += hits.all;
        for letter in format!("{hits:?}").bytes() {
            answers = (answers ^ u64::from(letter)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    times.sort_unstable();
    worked.sort_unstable();
    let (half, most) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    let work = worked[worked.len() * 99 / 100];
    println!(
        "{sort:<34} {:>9.3} {:>9.3} {:>9.3} {:>12}   {:08x}",
        half.as_secs_f64() * 1e3,
        most.as_secs_f64() * 1e3,
        work.as_secs_f64() * 1e3,
        found / times.len(),
        answers >> 32
    );
    work
}

type Asked = (&'static str, Question);

fn good(turn: u64) -> (&'static str, &'static str, &'static str, &'static str) {
    GOODS[(turn % 10) as usize]
}

fn letter(turn: u64) -> char {
    char::from(b'a' + (turn % 26) as u8)
}

/// A word with a letter in its middle mistyped.
fn slip(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let middle = letters.len() / 2;
    letters[middle] = 'q';
    letters.into_iter().collect()
}

fn one_of(words: [&'static str; 4]) -> Question {
    Box::new(move |turn| words[(turn % 4) as usize].to_owned())
}

/// Questions of references and their parts.
fn of_references() -> Vec<Asked> {
    vec![
        (
            "a whole reference",
            Box::new(|turn| format!("AG-2025-{:06}", turn * 317 % 100_000)),
        ),
        (
            "the beginning of a reference",
            Box::new(|turn| format!("ag-2025-{:03}", turn % 100)),
        ),
        (
            "the shortest beginning of one",
            one_of(["ag-", "AG-2", "or-2025", "pk-2025-0"]),
        ),
        (
            "a part of a reference",
            Box::new(|turn| format!("{:06}", turn * 317 % 100_000)),
        ),
        (
            "the year of all references",
            one_of(["2025", "202", "ag", "20"]),
        ),
    ]
}

/// Questions of one word, or of its first letters.
fn of_words() -> Vec<Asked> {
    vec![
        (
            "a word of one agreement",
            Box::new(|turn| own_word(turn * 310)),
        ),
        ("a word, English", Box::new(|turn| good(turn).0.to_owned())),
        (
            "a word, Azerbaijani",
            Box::new(|turn| good(turn).1.to_owned()),
        ),
        (
            "a word, Russian",
            Box::new(|turn| good(turn).2.to_uppercase()),
        ),
        ("a word, Chinese", Box::new(|turn| good(turn).3.to_owned())),
        (
            "a word of all, in any language",
            one_of(["production", "istehsali", "производство", "生產項目"]),
        ),
        (
            "two Chinese letters",
            Box::new(|turn| good(turn).3.chars().take(2).collect()),
        ),
        (
            "one Chinese letter",
            Box::new(|turn| good(turn).3.chars().take(1).collect()),
        ),
        ("one letter", Box::new(|turn| letter(turn).to_string())),
        ("one digit", Box::new(|turn| (turn % 10).to_string())),
        (
            "two letters",
            Box::new(|turn| {
                let vowel = ['a', 'e', 'i', 'o', 'r', 'u'][(turn % 6) as usize];
                format!("{}{vowel}", letter(turn))
            }),
        ),
        ("two digits", Box::new(|turn| format!("{:02}", turn % 100))),
    ]
}

/// Questions of several words, of mistyped ones, and of none that is there.
fn of_more() -> Vec<Asked> {
    vec![
        (
            "three words",
            Box::new(|turn| format!("{} production line {}", good(turn).0, turn % 97)),
        ),
        (
            "three letters apart",
            Box::new(|turn| format!("{} p {}", letter(turn), turn % 10)),
        ),
        (
            "words of four languages",
            Box::new(|turn| {
                let (en, az, ru, zh) = good(turn);
                format!("{en} {az} {ru} {zh} forum {}", turn % 97)
            }),
        ),
        (
            "a typing error",
            Box::new(|turn| slip(&own_word(turn * 310))),
        ),
        (
            "a typing error in a common word",
            Box::new(|turn| {
                let common = ["production", "materials", "istehsali", "производство"];
                slip(common[(turn % 4) as usize])
            }),
        ),
        (
            "words that nothing says",
            Box::new(|turn| format!("unicorn{turn} zeppelin")),
        ),
        (
            "a long word that nothing says",
            Box::new(|turn| format!("{}zzz", own_word(turn))),
        ),
    ]
}

fn main() {
    let agreements = std::env::var("DEALTRAIL_BENCH_AGREEMENTS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(100_000);
    let mut search = Search::default();
    let (before, mut spent) = (resident(), Duration::ZERO);
    each_event(agreements, &mut |event| {
        let began = Instant::now();
        search.apply(event);
        spent += began.elapsed();
    });
    println!(
        "{agreements} agreements, taken in one by one in {:.2} s, {} MiB",
        spent.as_secs_f64(),
        resident().saturating_sub(before)
    );
    let mut models = Models::new();
    each_event(agreements, &mut |event| models.apply(event));
    let began = Instant::now();
    let folded = models.search();
    println!("folded at once in {:.2} s", began.elapsed().as_secs_f64());
    assert_eq!(
        folded.digest(),
        search.digest(),
        "folded at once it is the same"
    );
    println!(
        "{:<34} {:>9} {:>9} {:>9} {:>12}   {:<8}",
        "", "p50 ms", "p99 ms", "p99 cpu", "found (mean)", "answers"
    );
    let sorts = [of_references(), of_words(), of_more()];
    let worst = sorts
        .iter()
        .flatten()
        .map(|(sort, question)| measure(&search, sort, question))
        .max();
    let worst = worst.unwrap_or_default();
    println!(
        "worst p99 {:.3} ms of work, bar 10 ms: {}",
        worst.as_secs_f64() * 1e3,
        if worst < Duration::from_millis(10) {
            "held"
        } else {
            "missed"
        }
    );
}

//! Looks for a difference, and for the shortest history that still shows it.

use super::flawed::Flaw;
use super::history::{Step, of_seed};
use super::pair::{Figures, play};
use crate::faults::tally::{count, tell};

/// How often a shorter history is tried, at most.
const TRIES: usize = 150;

/// The shortest history found that still differs, and how it differs.
fn shrunk(
    seed: u64,
    steps: &[Step],
    first: (usize, String),
    flaw: Option<Flaw>,
) -> (Vec<Step>, String) {
    let mut shortest = steps[..=first.0].to_vec();
    let mut difference = first.1;
    let mut tries = 0;
    let mut part = shortest.len() / 2;
    while part > 0 {
        let mut at = 0;
        while at < shortest.len() && tries < TRIES {
            let mut fewer = shortest.clone();
            fewer.drain(at..(at + part).min(shortest.len()));
            tries += 1;
            match play(seed, &fewer, flaw) {
                Err((end, found)) => {
                    fewer.truncate(end + 1);
                    (shortest, difference) = (fewer, found);
                }
                Ok(_) => at += part,
            }
        }
        part /= 2;
    }
    (shortest, difference)
}

/// What is told about a difference: enough to see it again.
fn told(seed: u64, steps: &[Step], first: (usize, String), flaw: Option<Flaw>) -> String {
    let number = first.0;
    let (shortest, difference) = shrunk(seed, steps, first, flaw);
    let lines: Vec<String> = shortest.iter().map(|step| format!("  {step:?}")).collect();
    format!(
        "seed {seed}: the ledgers differ at step {number} in {difference}\nstill different with {} steps:\n{}\n\
         again: DEALTRAIL_MODEL_SEED={seed} DEALTRAIL_MODEL_STEPS={} cargo nextest run model::",
        shortest.len(),
        lines.join("\n"),
        steps.len(),
    )
}

#[test]
fn random_histories_answer_alike_on_disk_and_in_memory() {
    let first = count("DEALTRAIL_MODEL_SEED", 0);
    let chosen = std::env::var_os("DEALTRAIL_MODEL_SEED").is_some();
    let runs = if chosen {
        1
    } else {
        count("DEALTRAIL_MODEL_RUNS", 12)
    };
    let length = count("DEALTRAIL_MODEL_STEPS", 60);
    let mut all = Figures::default();
    for seed in first..first + runs {
        let steps = of_seed(seed, length);
        let figures = match play(seed, &steps, None) {
            Ok(figures) => figures,
            Err(difference) => panic!("{}", told(seed, &steps, difference, None)),
        };
        all.commands += figures.commands;
        all.accepted += figures.accepted;
        all.refused += figures.refused;
        all.repeated += figures.repeated;
        all.reopenings += figures.reopenings;
        all.segments = all.segments.max(figures.segments);
    }
    // A search that records nothing, or is never refused, would find nothing for the wrong reason.
    assert!(
        chosen || (all.accepted > runs && all.refused > runs && all.repeated > 0),
        "{all:?}"
    );
    tell(
        "model",
        &[
            ("histories", runs),
            ("commands", all.commands),
            ("accepted", all.accepted),
            ("refused", all.refused),
            ("repeated", all.repeated),
            ("reopenings", all.reopenings),
            ("most_segments", all.segments),
            ("differences", 0),
        ],
    );
}

/// The search notices the flaw in one of a few histories, and shortens what it found.
fn noticed(flaw: Flaw, word: &str) {
    let found = (0..8).find_map(|seed| {
        let steps = of_seed(seed, 40);
        let difference = play(seed, &steps, Some(flaw)).err()?;
        Some((
            told(seed, &steps, difference.clone(), Some(flaw)),
            shrunk(seed, &steps, difference, Some(flaw)),
        ))
    });
    let (told, (shortest, difference)) = found.unwrap_or_else(|| panic!("{flaw:?} is not noticed"));
    assert!(difference.contains(word), "{difference}");
    assert!(shortest.len() < 12, "{} steps are left", shortest.len());
    assert!(told.contains("DEALTRAIL_MODEL_SEED="));
}

#[test]
fn the_search_notices_a_forgotten_stream_entry() {
    noticed(Flaw::ForgetsAStreamEntry, "events of");
}

#[test]
fn the_search_notices_a_forgotten_key() {
    noticed(Flaw::ForgetsAKey, "mentions of");
}

#[test]
fn the_search_notices_a_miscounted_command() {
    noticed(Flaw::MiscountsACommand, "record of command");
}

#[test]
fn the_search_notices_a_lost_last_event() {
    noticed(Flaw::LosesTheLastEvent, "stored bytes of event");
}

#[test]
fn the_search_notices_a_changed_answer() {
    noticed(Flaw::ForgetsThatItAnswered, "answer to");
}

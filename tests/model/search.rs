//! Looks for a difference, and for the shortest history that still shows it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use dealtrail::deal::event::Kind;

use super::compare::Difference;
use super::flawed::Flaw;
use super::history::{Step, of_seed};
use super::pair::{Figures, play};
use crate::faults::lanes::lanes;
use crate::faults::tally::{count, tell};

/// How often a shorter history is tried, at most.
const TRIES: usize = 150;
/// From how many histories on every kind of event has to be among what they record.
const ENOUGH: u64 = 12;

/// The shortest history found that still differs in the same question, and how it differs.
fn shrunk(
    seed: u64,
    steps: &[Step],
    first: (usize, Difference),
    flaw: Option<Flaw>,
) -> (Vec<Step>, Difference) {
    let mut shortest = steps[..=first.0].to_vec();
    let mut difference = first.1;
    let mut tries = 0;
    let mut part = shortest.len() / 2;
    while part > 0 {
        let before = shortest.len();
        let mut at = 0;
        while at < shortest.len() && tries < TRIES {
            let mut fewer = shortest.clone();
            fewer.drain(at..(at + part).min(shortest.len()));
            tries += 1;
            match play(seed, &fewer, flaw) {
                // Another difference may be another defect: it would hide the one that was found.
                Err((end, found)) if found.question == difference.question => {
                    fewer.truncate(end + 1);
                    (shortest, difference) = (fewer, found);
                }
                _ => at += part,
            }
        }
        // Step by step until nothing more can go: what one step was needed for may be gone itself.
        if part > 1 || shortest.len() == before || tries == TRIES {
            part /= 2;
        }
    }
    (shortest, difference)
}

/// What is told about a difference: enough to see it again.
fn told(seed: u64, number: usize, of: usize, shortest: &[Step], difference: &Difference) -> String {
    let lines: Vec<String> = shortest.iter().map(|step| format!("  {step:?}")).collect();
    format!(
        "seed {seed}: the ledgers differ at step {number} in {}\nstill different with {} steps:\n{}\n\
         again: DEALTRAIL_MODEL_SEED={seed} DEALTRAIL_MODEL_STEPS={of} cargo nextest run model::",
        difference.told,
        shortest.len(),
        lines.join("\n"),
    )
}

#[test]
fn random_histories_answer_alike_on_disk_and_in_memory() {
    let first = count("DEALTRAIL_MODEL_SEED", 0);
    let chosen = std::env::var_os("DEALTRAIL_MODEL_SEED").is_some();
    let runs = match chosen {
        true => 1,
        false => count("DEALTRAIL_MODEL_RUNS", ENOUGH),
    };
    let length = count("DEALTRAIL_MODEL_STEPS", 60);
    let all = Mutex::new(Figures::default());
    let found = AtomicBool::new(false);
    let [played] = lanes(|lane, lanes| {
        let mut played = 0;
        for seed in (first..first + runs).filter(|seed| seed % lanes == lane) {
            // The first difference ends the search, in the other lane too.
            if found.load(Ordering::Relaxed) {
                break;
            }
            let steps = of_seed(seed, length);
            match play(seed, &steps, None) {
                Ok(figures) => all.lock().unwrap().add(figures),
                Err(difference) => {
                    found.store(true, Ordering::Relaxed);
                    let number = difference.0;
                    let (shortest, found) = shrunk(seed, &steps, difference, None);
                    panic!("{}", told(seed, number, steps.len(), &shortest, &found));
                }
            }
            played += 1;
        }
        [played]
    });
    assert_eq!(played, runs);
    let all = all.into_inner().unwrap();
    // A search that records nothing, or is never refused, would find nothing for the wrong reason.
    if runs >= ENOUGH {
        let never: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        let never: Vec<&str> = never
            .into_iter()
            .filter(|kind| !all.kinds.contains_key(*kind))
            .collect();
        assert!(
            never.is_empty(),
            "never recorded, so give them likelier data in tests/model/draft.rs: {never:?} {all:?}"
        );
        assert!(
            all.accepted * 3 > all.commands && all.refused > runs && all.repeated * 2 > runs,
            "{all:?}"
        );
        assert!(all.reopenings > runs && all.segment_changes > 0, "{all:?}");
    }
    tell(
        "model",
        &[
            ("histories", runs),
            ("commands", all.commands),
            ("accepted", all.accepted),
            ("refused", all.refused),
            ("repeated", all.repeated),
            ("events", all.kinds.values().sum()),
            ("kinds", all.kinds.len() as u64),
            ("reasons_of_refusal", all.reasons.len() as u64),
            ("reopenings", all.reopenings),
            ("segment_changes", all.segment_changes),
            ("differences", 0),
        ],
    );
}

/// The search notices the flaw in one of a few histories, and shortens what it found.
fn noticed(flaw: Flaw, question: &str) {
    let found = (0..8).find_map(|seed| {
        let steps = of_seed(seed, 40);
        let difference = play(seed, &steps, Some(flaw)).err()?;
        Some((seed, steps, difference))
    });
    let (seed, steps, first) = found.unwrap_or_else(|| panic!("{flaw:?} is not noticed"));
    let number = first.0;
    let (shortest, difference) = shrunk(seed, &steps, first, Some(flaw));
    let told = told(seed, number, steps.len(), &shortest, &difference);
    assert_eq!(difference.question, question, "{told}");
    assert!(
        shortest.len() < 8,
        "{} steps are left\n{told}",
        shortest.len()
    );
    assert!(
        told.contains(&format!("DEALTRAIL_MODEL_SEED={seed} ")),
        "{told}"
    );
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

//! What a trial does how often, and what it tells about itself.
//!
//! Counts come from the environment: small ones for every day, the full ones of `docs/reliability.md` from
//! `tests/trials`, which collects what is told in the file that `DEALTRAIL_TRIALS_OUT` names.

use std::io::Write;

/// How often: the number in the environment variable, or the usual one.
pub(crate) fn count(variable: &str, usual: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
        Err(_) => usual,
    }
}

/// Says something where people look, whatever the test harness keeps to itself.
pub(crate) fn say(text: &str) {
    // Nobody needs to hear it for the trial to hold.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Tells one line about a finished trial: its name, and its figures in order.
pub(crate) fn tell(trial: &str, figures: &[(&str, u64)]) {
    let figures: Vec<String> = figures
        .iter()
        .map(|(name, figure)| format!("{name}={figure}"))
        .collect();
    let line = format!("{trial}: {}\n", figures.join(", "));
    say(&line);
    if let Some(path) = std::env::var_os("DEALTRAIL_TRIALS_OUT") {
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.create(true).append(true).open(path).unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
}

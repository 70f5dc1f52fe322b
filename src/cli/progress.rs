//! How far long work has come, on standard error when that is a terminal: a bar, the rate and the time left.

use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressState, ProgressStyle};

use super::output::Output;
use crate::service::backup::step::Step;

/// The bar of one piece of work; none where there is no terminal.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    what: &'static str,
}

impl Progress {
    /// A bar for work that goes through so many of `what`: entries, frames, files.
    pub(super) fn of(label: &'static str, what: &'static str) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            bar.set_style(style(what));
            bar.set_message(label);
            bar
        });
        Self { bar, what }
    }

    /// Whether anybody sees it.
    pub(super) fn is_shown(&self) -> bool {
        self.bar.is_some()
    }

    /// Shows how far it has come.
    pub(super) fn told(&self, done: u64, all: u64) {
        // Work that turns out to be none is not shown.
        if let Some(bar) = self.bar.as_ref().filter(|_| all > 0) {
            bar.set_length(all);
            bar.set_position(done);
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// Takes the bar away, and says on the terminal how many it was in how long.
    pub(super) fn end_and_tell(&self) {
        self.end();
        if let Some(bar) = &self.bar {
            let words = summary(bar.position(), self.what, bar.elapsed());
            Output::new(false).aside("Done:", &words);
        }
    }
}

fn style(what: &'static str) -> ProgressStyle {
    let template = "{msg} {human_pos}/{human_len} {wide_bar} {rate}{left}";
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    // Writing words to a terminal's line cannot fail in a way that anybody could mend.
    let style = style.with_key(
        "rate",
        move |state: &ProgressState, line: &mut dyn Write| {
            let _ = line.write_str(&rate(state.pos(), what, state.elapsed()));
        },
    );
    style.with_key("left", |state: &ProgressState, line: &mut dyn Write| {
        let known = state
            .len()
            .filter(|all| state.pos() > 0 && state.pos() < *all);
        if known.is_some() {
            let _ = line.write_str(&left(state.eta()));
        }
    })
}

/// `412,000 entries a second`, over the whole time so far.
fn rate(done: u64, what: &str, elapsed: Duration) -> String {
    let millis = elapsed.as_millis().max(1);
    let a_second = u128::from(done).saturating_mul(1_000) / millis;
    let a_second = u64::try_from(a_second).unwrap_or(u64::MAX);
    format!("{} {what} a second", HumanCount(a_second))
}

/// `, 12 s left`; of a time that is long, in minutes or hours as well.
fn left(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!(", {} s left", seconds.max(1)),
        (0, minutes) => format!(", {minutes} min {} s left", seconds % 60),
        (hours, minutes) => format!(", {hours} h {minutes} min left"),
    }
}

/// `1,000,000 entries in 2.4 s, 416,666 entries a second`.
fn summary(done: u64, what: &str, elapsed: Duration) -> String {
    let (seconds, tenths) = (elapsed.as_secs(), elapsed.subsec_millis() / 100);
    let count = HumanCount(done);
    let rate = rate(done, what, elapsed);
    format!("{count} {what} in {seconds}.{tenths} s, {rate}")
}

/// The steps of long work, a bar each.
#[derive(Default)]
pub(super) struct Steps(Option<(Step, Progress)>);

impl Steps {
    /// Shows how far a step has come; a new one ends the one before.
    pub(super) fn told(&mut self, step: Step, done: u64, all: u64) {
        if self.0.as_ref().is_none_or(|(before, _)| *before != step) {
            self.end();
            let (label, what) = match step {
                Step::Reading => ("reading the ledger", "entries"),
                Step::Copying => ("copying", "files"),
                Step::Restoring => ("putting files back", "files"),
                Step::Proving => ("proving", "entries"),
            };
            self.0 = Some((step, Progress::of(label, what)));
        }
        if let Some((_, progress)) = &self.0 {
            progress.told(done, all);
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&mut self) {
        if let Some((_, progress)) = self.0.take() {
            progress.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_over_the_whole_time() {
        let second = Duration::from_secs(1);
        assert_eq!(rate(0, "entries", Duration::ZERO), "0 entries a second");
        assert_eq!(
            rate(1_234_567, "entries", second),
            "1,234,567 entries a second"
        );
        assert_eq!(rate(1_000, "frames", second * 4), "250 frames a second");
    }

    #[test]
    fn the_time_left_is_said_in_the_words_it_needs() {
        let left = |seconds| left(Duration::from_secs(seconds));
        assert_eq!(left(0), ", 1 s left");
        assert_eq!(left(59), ", 59 s left");
        assert_eq!(left(61), ", 1 min 1 s left");
        assert_eq!(left(3_600 * 2 + 125), ", 2 h 2 min left");
    }

    #[test]
    fn the_end_tells_how_many_in_how_long() {
        assert_eq!(
            summary(1_000_000, "entries", Duration::from_millis(2_480)),
            "1,000,000 entries in 2.4 s, 403,225 entries a second"
        );
    }
}

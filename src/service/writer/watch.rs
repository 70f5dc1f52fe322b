//! Watching the clock: a time that jumps, or that lies before what was recorded, is not written down.

use std::time::Duration as Elapsed;

use chrono::{DateTime, Duration, SubsecRound, Utc};

use crate::service::ambient::Clock;
use crate::service::answer::ClockFault;

/// The largest step that is taken for a correction of the clock.
const TOLERANCE: Duration = Duration::minutes(5);

/// Gives each batch its `recorded_at`, never before the one of the batch before.
#[derive(Debug)]
pub(super) struct ClockWatch {
    /// The time of the last event, durable or about to be.
    last: Option<DateTime<Utc>>,
    /// What the clock showed when it was last believed, and the steady time then.
    believed: (DateTime<Utc>, Elapsed),
}

impl ClockWatch {
    pub(super) fn new(clock: &dyn Clock, last: Option<DateTime<Utc>>) -> Self {
        Self {
            last,
            believed: (clock.now(), clock.elapsed()),
        }
    }

    /// The time to record now.
    ///
    /// # Errors
    /// When the clock jumped by more than five minutes, or shows a time more than five minutes before the last event.
    pub(super) fn read(&mut self, clock: &dyn Clock) -> Result<DateTime<Utc>, ClockFault> {
        let now = clock.now();
        let elapsed = clock.elapsed();
        if !clock.is_set() {
            self.judge(now, elapsed)?;
            // Slow drift between the two clocks must not add up to a jump over the months.
            self.believed = (now, elapsed);
        }
        // The ledger keeps microseconds; what is decided must be what is stored.
        let now = now.trunc_subsecs(6);
        Ok(self.last.map_or(now, |last| now.max(last)))
    }

    /// Remembers the time of a batch that is about to be appended.
    pub(super) fn recorded(&mut self, at: DateTime<Utc>) {
        self.last = self.last.max(Some(at));
    }

    fn judge(&self, now: DateTime<Utc>, elapsed: Elapsed) -> Result<(), ClockFault> {
        let (then, steady) = self.believed;
        let passed = Duration::from_std(elapsed.saturating_sub(steady)).unwrap_or(Duration::MAX);
        let by = now
            .signed_duration_since(then)
            .checked_sub(&passed)
            .unwrap_or(Duration::MIN);
        if by > TOLERANCE || by < -TOLERANCE {
            return Err(ClockFault::Jumped { now, by });
        }
        match self.last {
            Some(last) if last.signed_duration_since(now) > TOLERANCE => {
                Err(ClockFault::BehindLedger { now, last })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A machine's clock under the test's control: what it shows, and the steady time.
    struct Machine(Mutex<(DateTime<Utc>, Elapsed)>);

    impl Machine {
        fn at(text: &str) -> Self {
            Self(Mutex::new((
                text.parse().unwrap(),
                Elapsed::from_secs(1_000),
            )))
        }

        fn pass(&self, shown: i64, steady: u64) {
            let mut both = self.0.lock().unwrap();
            both.0 += Duration::seconds(shown);
            both.1 += Elapsed::from_secs(steady);
        }
    }

    impl Clock for Machine {
        fn now(&self) -> DateTime<Utc> {
            self.0.lock().unwrap().0
        }

        fn elapsed(&self) -> Elapsed {
            self.0.lock().unwrap().1
        }
    }

    #[test]
    fn a_clock_slightly_behind_records_the_last_time_again() {
        let clock = Machine::at("2025-04-24T06:00:00Z");
        let last = "2025-04-24T06:00:02Z".parse().unwrap();
        let mut watch = ClockWatch::new(&clock, Some(last));
        assert_eq!(watch.read(&clock), Ok(last));
    }

    #[test]
    fn a_start_ten_minutes_before_the_last_event_is_refused() {
        let clock = Machine::at("2025-04-24T06:00:00Z");
        let last = "2025-04-24T06:10:00Z".parse().unwrap();
        let mut watch = ClockWatch::new(&clock, Some(last));
        let fault = watch.read(&clock).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "the clock shows 2025-04-24 06:00:00 UTC, but the last event was recorded at 2025-04-24 06:10:00 UTC"
        );
        clock.pass(660, 660);
        assert!(watch.read(&clock).is_ok(), "time caught up");
    }

    #[test]
    fn a_jump_is_refused_until_the_clock_agrees_again() {
        for way in [3_600, -3_600] {
            let clock = Machine::at("2025-04-24T06:00:00Z");
            let mut watch = ClockWatch::new(&clock, None);
            clock.pass(10, 10);
            let before = watch.read(&clock).unwrap();
            watch.recorded(before);
            clock.pass(way, 1);
            assert!(matches!(watch.read(&clock), Err(ClockFault::Jumped { .. })));
            clock.pass(-way, 1);
            assert!(watch.read(&clock).is_ok());
        }
    }

    #[test]
    fn sleep_and_small_corrections_are_no_jump() {
        let clock = Machine::at("2025-04-24T06:00:00Z");
        let mut watch = ClockWatch::new(&clock, None);
        clock.pass(50_000, 50_000);
        assert!(watch.read(&clock).is_ok(), "the machine slept");
        for _ in 0..10 {
            clock.pass(100, 0);
            assert!(watch.read(&clock).is_ok(), "each correction is small");
        }
    }
}

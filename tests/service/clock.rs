//! The clock: days of the agency's zone, small steps back, and jumps that are refused.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use dealtrail::service::ambient::{Ambient, Clock, RandomIds};
use dealtrail::service::answer::{CommandError, ErrorClass};
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::open_error::LedgerError;
use dealtrail::service::opening::Init;

use super::support::{agreement, clock, init, moment, noted, options, record, registered, send};

/// A machine's clock: it passes evenly and may jump.
#[derive(Clone)]
struct Machine(Arc<Mutex<(DateTime<Utc>, Duration)>>);

impl Machine {
    fn at(text: &str) -> Self {
        Self(Arc::new(Mutex::new((
            moment(text),
            Duration::from_secs(1_000),
        ))))
    }

    fn jump(&self, seconds: i64) {
        self.0.lock().unwrap().0 += TimeDelta::seconds(seconds);
    }

    fn pass(&self, seconds: u32) {
        let mut both = self.0.lock().unwrap();
        both.0 += TimeDelta::seconds(seconds.into());
        both.1 += Duration::from_secs(seconds.into());
    }
}

impl Clock for Machine {
    fn now(&self) -> DateTime<Utc> {
        self.0.lock().unwrap().0
    }

    fn elapsed(&self) -> Duration {
        self.0.lock().unwrap().1
    }
}

fn on(machine: &Machine) -> Options {
    Options {
        ambient: Ambient {
            clock: Arc::new(machine.clone()),
            ids: Arc::new(RandomIds),
        },
        ..options(&clock())
    }
}

fn real() -> Init {
    Init {
        demonstration: false,
        ..init()
    }
}

#[test]
fn case_10_two_seconds_behind_records_the_last_time_and_an_hour_is_refused() {
    let machine = Machine::at("2025-04-24T06:00:00Z");
    let ledger = Ledger::memory(real(), &on(&machine)).unwrap();
    machine.pass(10);
    let first = send(&ledger, "c-1", vec![registered(1)]).unwrap();
    machine.jump(-2);
    let second = send(&ledger, "c-2", vec![noted(agreement(1), "x")]).unwrap();
    assert_eq!(second.recorded_at, first.recorded_at);
    machine.jump(-3_600);
    let error = send(&ledger, "c-3", vec![noted(agreement(1), "y")]).unwrap_err();
    assert!(matches!(error, CommandError::Clock(_)), "{error}");
    assert_eq!(error.class(), ErrorClass::Unavailable);
    assert_eq!(ledger.head(), 6);
    machine.jump(3_600);
    assert!(
        send(&ledger, "c-3", vec![noted(agreement(1), "y")]).is_ok(),
        "it agrees again"
    );
}

#[test]
fn case_10_a_start_ten_minutes_before_the_last_event_refuses_to_record_and_still_reads() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    let machine = Machine::at("2025-04-24T06:00:00Z");
    drop(Ledger::create(&dir, real(), &on(&machine)).unwrap());
    let behind = Machine::at("2025-04-24T05:50:00Z");
    let ledger = Ledger::open(&dir, &on(&behind)).unwrap();
    let error = send(&ledger, "c-1", vec![registered(1)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the clock shows 2025-04-24 05:50:00 UTC, but the last event was recorded at 2025-04-24 06:00:00 UTC, so nothing is recorded"
    );
    assert_eq!(ledger.models_at_head().unwrap().position(), 4);
}

#[test]
fn a_retry_is_answered_whatever_the_clock_shows() {
    let machine = Machine::at("2025-04-24T06:00:00Z");
    let ledger = Ledger::memory(real(), &on(&machine)).unwrap();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    machine.jump(86_400);
    assert!(send(&ledger, "c-1", vec![registered(1)]).unwrap().replayed);
}

#[test]
fn case_16_a_day_of_the_agencys_zone_is_no_future() {
    // 17 April in Greenwich, 18 April in Baku; the demonstration's clock may go anywhere.
    let clock = dealtrail::service::ambient::SetClock::at(moment("2025-04-17T22:30:00Z"));
    let ledger = Ledger::memory(init(), &options(&clock)).unwrap();
    assert_eq!(ledger.today().to_string(), "2025-04-18");
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let signed = record(agreement(1), "signed", Some("2025-04-18"), "{}");
    assert!(send(&ledger, "c-2", vec![signed]).is_ok());
    let tomorrow = record(agreement(1), "signed", Some("2025-04-19"), "{}");
    assert_eq!(
        send(&ledger, "c-3", vec![tomorrow]).unwrap_err().code(),
        "in_the_future"
    );
}

#[test]
fn only_a_demonstration_takes_a_clock_set_by_hand() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    let machine = Machine::at("2025-04-24T06:00:00Z");
    drop(Ledger::create(&dir, real(), &on(&machine)).unwrap());
    let refused = Ledger::open(&dir, &options(&clock())).err();
    assert!(
        matches!(refused, Some(LedgerError::ClockNotAllowed)),
        "{refused:?}"
    );
}

#[test]
fn a_demonstrations_time_never_runs_backwards() {
    let clock = clock();
    let ledger = Ledger::memory(init(), &options(&clock)).unwrap();
    let later = moment("2025-04-25T06:00:00Z");
    clock.set(later);
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    clock.set(moment("2025-04-18T06:00:00Z"));
    let answer = send(&ledger, "c-2", vec![noted(agreement(1), "x")]).unwrap();
    assert_eq!(answer.recorded_at, later);
}

#[test]
fn a_position_a_moment_and_a_day_name_what_was_known() {
    let clock = clock();
    let ledger = Ledger::memory(init(), &options(&clock)).unwrap();
    clock.set(moment("2025-04-24T06:00:00Z"));
    send(
        &ledger,
        "c-1",
        vec![registered(1), noted(agreement(1), "a map")],
    )
    .unwrap();
    let known = |text: &str| ledger.known_at(text).map(|known| known.position);
    assert_eq!(known("2025-04-24").unwrap(), 6);
    assert_eq!(known("2025-04-23").unwrap(), 4);
    assert_eq!(known("2025-04-24T06:00:00Z").unwrap(), 6, "inclusive");
    assert_eq!(known("2025-04-24T05:59:59Z").unwrap(), 4);
    assert_eq!(known("5").unwrap(), 4, "a batch is never cut");
    assert_eq!(ledger.boundary(5).unwrap(), 4);
    assert!(known("7").unwrap_err().to_string().contains("has 6 events"));
    assert!(
        known("soon")
            .unwrap_err()
            .to_string()
            .contains("is no moment")
    );
    assert_eq!(ledger.models_at(5).unwrap().position(), 4);
}

/// A command with nothing to do is recorded too: what comes after a restart is not recorded before it.
#[test]
fn a_restart_remembers_the_time_of_a_command_that_had_nothing_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    let machine = Machine::at("2025-04-24T06:00:00Z");
    let ledger = Ledger::create(&dir, real(), &on(&machine)).unwrap();
    let assigned = || record(agreement(1), "assigned", None, r#"{"officer":"u:7f3a"}"#);
    send(&ledger, "c-1", vec![registered(1), assigned()]).unwrap();
    machine.pass(100);
    let nothing = send(&ledger, "c-2", vec![assigned()]).unwrap();
    assert_eq!(nothing.count, 0);
    machine.jump(-60);
    drop(ledger);
    let ledger = Ledger::open(&dir, &on(&machine)).unwrap();
    let next = send(&ledger, "c-3", vec![noted(agreement(1), "x")]).unwrap();
    assert_eq!(next.recorded_at, nothing.recorded_at);
    machine.jump(-3_600);
    drop(ledger);
    let ledger = Ledger::open(&dir, &on(&machine)).unwrap();
    let error = send(&ledger, "c-4", vec![noted(agreement(1), "y")]).unwrap_err();
    assert!(matches!(error, CommandError::Clock(_)), "{error}");
}

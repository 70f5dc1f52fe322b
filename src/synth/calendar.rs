//! Office time: the generator counts microseconds of working hours, Monday to Friday, nine to six, in the
//! fictional agency's zone; the clock of the ledger shows the moments they stand for.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

/// One working day, in microseconds of office time.
pub(super) const WORKDAY: u64 = 9 * HOUR;
/// One hour.
pub(super) const HOUR: u64 = 3_600_000_000;
/// One second.
pub(super) const SECOND: u64 = 1_000_000;
/// The days of one working week.
const WEEK: u64 = 5;
/// Nine o'clock in Baku on Monday, 8 January 2018, when the ledger is opened: in microseconds since 1970.
const OPENED_MICROS: i64 = 1_515_387_600_000_000;
/// Over how many working days agreements come in: a little more than six years.
pub(super) const ARRIVALS: u64 = 1_600;
/// The longest that one agreement is followed, in working days.
pub(super) const LONGEST_LIFE: u64 = 300;

/// The moment that so much office time after the opening stands for.
pub(super) fn moment(office: u64) -> DateTime<Utc> {
    let (days, within) = (office / WORKDAY, office % WORKDAY);
    let days = (days / WEEK).saturating_mul(7).saturating_add(days % WEEK);
    let micros = days.saturating_mul(24 * HOUR).saturating_add(within);
    let micros = i64::try_from(micros).unwrap_or(i64::MAX);
    DateTime::from_timestamp_micros(OPENED_MICROS.saturating_add(micros)).unwrap_or_default()
}

/// The civil day of a moment in Baku, which is four hours ahead of UTC in all the years the generator speaks of.
pub(super) fn day(moment: DateTime<Utc>) -> NaiveDate {
    let local = moment.checked_add_signed(TimeDelta::hours(4));
    local.unwrap_or(moment).date_naive()
}

/// So many days before a day.
pub(super) fn before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

/// So many days after a day.
pub(super) fn after(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, Weekday};

    use super::*;
    use crate::deal::value::zone::Zone;

    #[test]
    fn office_time_begins_when_the_ledger_is_opened() {
        assert_eq!(moment(0).to_rfc3339(), "2018-01-08T05:00:00+00:00");
    }

    #[test]
    fn it_keeps_office_hours_and_the_zone_of_the_agency() {
        let zone: Zone = "Asia/Baku".parse().unwrap();
        let mut last = moment(0);
        for step in 0..40_000 {
            let now = moment(step * HOUR / 2);
            assert!(now >= last);
            assert!(!matches!(day(now).weekday(), Weekday::Sat | Weekday::Sun));
            assert_eq!(day(now), zone.day_of(now));
            last = now;
        }
        assert_eq!(
            day(moment((ARRIVALS + LONGEST_LIFE) * WORKDAY)).year(),
            2025
        );
    }
}

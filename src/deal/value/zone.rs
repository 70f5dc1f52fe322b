//! The zone in which a moment becomes a civil day.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An IANA time zone, such as `Asia/Baku`. Days in the ledger are civil days of this zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(#[schemars(with = "String")] Tz);

/// Why a text is no zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time zone: use a name of the IANA list, such as `Asia/Baku` or `UTC`")]
pub struct ZoneError(String);

impl Zone {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self(Tz::UTC);

    /// The civil day of a moment in this zone.
    #[must_use]
    pub fn day_of(self, moment: DateTime<Utc>) -> NaiveDate {
        moment.with_timezone(&self.0).date_naive()
    }

    /// The first moment after a civil day: everything recorded before it was recorded by the end of that day.
    ///
    /// `None` on the last day the calendar knows.
    #[must_use]
    pub fn end_of(self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let next = day.succ_opt()?;
        // Where a zone skips midnight the day begins at the first hour that exists.
        (0..24).find_map(|hour| {
            let local = next.and_time(NaiveTime::from_hms_opt(hour, 0, 0)?);
            self.0
                .from_local_datetime(&local)
                .earliest()
                .map(|moment| moment.with_timezone(&Utc))
        })
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse()
            .map(Self)
            .map_err(|_| ZoneError(text.chars().take(80).collect()))
    }
}

impl TryFrom<String> for Zone {
    type Error = ZoneError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0.name().to_owned()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_where_the_agency_sits() {
        let baku: Zone = "Asia/Baku".parse().unwrap();
        let late: DateTime<Utc> = "2025-04-17T22:30:00Z".parse().unwrap();
        assert_eq!(baku.day_of(late).to_string(), "2025-04-18");
        assert_eq!(Zone::UTC.day_of(late).to_string(), "2025-04-17");
        let day: NaiveDate = "2025-04-17".parse().unwrap();
        assert_eq!(
            baku.end_of(day).unwrap().to_rfc3339(),
            "2025-04-17T20:00:00+00:00"
        );
        assert_eq!(baku.end_of(NaiveDate::MAX), None);
    }

    #[test]
    fn a_zone_that_skips_midnight_still_ends_its_days() {
        let zone: Zone = "America/Sao_Paulo".parse().unwrap();
        let eve: NaiveDate = "2018-11-03".parse().unwrap();
        assert_eq!(
            zone.end_of(eve).unwrap().to_rfc3339(),
            "2018-11-04T03:00:00+00:00"
        );
    }

    #[test]
    fn an_unknown_zone_is_named() {
        let error = "Baku".parse::<Zone>().unwrap_err().to_string();
        assert!(
            error.contains("\"Baku\"") && error.contains("Asia/Baku"),
            "{error}"
        );
    }
}

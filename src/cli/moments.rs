//! "What had happened by a day, as known at a moment."

use clap::Args;

use super::failure::Failure;
use super::session::Session;
use super::view::View;
use super::words::day;

/// The two times of a question.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Which answer")]
pub(super) struct AskedFlags {
    /// What had happened by this day, that day included
    #[arg(long, value_name = "DAY")]
    pub(super) as_of: Option<String>,
    /// As known then: a day (its end), a moment such as 2025-04-25T09:00:00Z, or a position
    #[arg(long, value_name = "TIME")]
    pub(super) known_at: Option<String>,
}

impl AskedFlags {
    /// The reading asked for: as known now unless said otherwise, and on the earlier of today and
    /// the day of that moment.
    pub(super) fn reading(&self, session: &Session) -> Result<View, Failure> {
        let day = self
            .as_of
            .as_deref()
            .map(|typed| day::day(typed, session.today()))
            .transpose()
            .map_err(|error| Failure::of_field("--as-of", error))?;
        session.reading_known_at(self.known_at.as_deref(), day)
    }
}

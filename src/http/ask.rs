//! What a request asks behind the question mark, and the two times of every reading route.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use super::state::Api;
use crate::service::access::Caller;
use crate::service::follow::NotReady;
use crate::service::ledger::Ledger;
use crate::service::query::Reading;

/// What is wrong with a path whose parts cannot be read.
pub const NO_SUCH_PART: &str =
    "a part of it is not of the form that it has: a position is a whole number, a text is UTF-8";

/// The header that says at which position an answer was given.
pub const POSITION: HeaderName = HeaderName::from_static("dealtrail-position");

/// What stands behind the question mark; a name that the route does not know is refused.
pub struct Asked<Q>(pub Q);

impl<Q: DeserializeOwned> FromRequestParts<Api> for Asked<Q> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        axum::extract::Query::<Q>::try_from_uri(&parts.uri)
            .map(|query| Self(query.0))
            .map_err(|error| {
                let error = std::error::Error::source(&error)
                    .map_or_else(|| error.to_string(), ToString::to_string);
                named(&error)
            })
    }
}

/// What is wrong behind the question mark, told of the name it is wrong with.
fn named(error: &str) -> Problem {
    let is_name = |name: &str| {
        let letters = name.bytes();
        !name.is_empty() && { letters }.all(|one| one.is_ascii_lowercase() || one == b'_')
    };
    match error.split_once(": ").filter(|(name, _)| is_name(name)) {
        // The words of the calendar's reader say nothing of what to write.
        Some((name, said)) if said.contains("input") => {
            Problem::malformed(name, format!("{said}; write a day such as 2025-04-26"))
        }
        Some((name, said)) => Problem::malformed(name, said),
        None => Problem::malformed("query", error),
    }
}

/// What stands in the path in place of its names in braces.
pub struct Named<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Api> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        axum::extract::Path::<T>::from_request_parts(parts, api)
            .await
            .map(|path| Self(path.0))
            .map_err(|_| Problem::malformed("path", NO_SUCH_PART))
    }
}

impl FromRequestParts<Api> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        // Put there before any handler runs.
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(Problem::internal)
    }
}

/// What had happened by which day, as known when.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// What had happened by this day, inclusive; today unless said otherwise.
    pub as_of: Option<NaiveDate>,
    /// As known at this position, moment or day; now unless said otherwise.
    pub known_at: Option<String>,
    /// Waits until the answer rests on at least so many events.
    pub at_least: Option<u64>,
}

/// How long a request waits for the ledger to reach a position, and for the read models to follow it.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it looks.
const PULSE: Duration = Duration::from_millis(5);

impl Times {
    /// Whether the answer is how things stand now, and not on some day or as known at some moment.
    #[must_use]
    pub fn are_now(&self) -> bool {
        self.as_of.is_none() && self.known_at.is_none()
    }

    /// The reading asked for.
    ///
    /// # Errors
    /// When there is none, or not in time.
    pub async fn reading(&self, api: &Api) -> Result<Reading, Problem> {
        self.reached(api).await?;
        let (asked, today) = (self.clone(), api.today());
        api.blocking(move |ledger| asked.read(ledger, today)).await
    }

    /// Waits until the ledger has as many events as asked for; what is not there yet takes no thread.
    ///
    /// # Errors
    /// When it has not in time.
    pub async fn reached(&self, api: &Api) -> Result<(), Problem> {
        let Some(wanted) = self.at_least else {
            return Ok(());
        };
        let ledger = api.ledger();
        let reached = async {
            while ledger.head() < wanted || ledger.follow_status().position < wanted {
                tokio::time::sleep(PULSE).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, reached).await;
        waited.map_err(|_| {
            NotReady::Behind {
                position: ledger.head(),
                wanted,
            }
            .into()
        })
    }

    /// As [`reading`](Self::reading), on a thread that may block.
    ///
    /// # Errors
    /// When there is none, or the read models do not follow.
    pub fn read(&self, ledger: &Ledger, today: NaiveDate) -> Result<Reading, Problem> {
        let live = ledger.models_within(ledger.head(), PATIENCE)?;
        let Some(typed) = &self.known_at else {
            return Ok(Reading::new(live, self.as_of.unwrap_or(today)));
        };
        let known = ledger.known_at(typed)?;
        let models = ledger.models_at(known.position)?;
        let day = known.day.map_or(today, |day| day.min(today));
        Ok(Reading::new(models, self.as_of.unwrap_or(day)))
    }
}

/// The header of a position.
#[must_use]
pub fn at(position: u64) -> (HeaderName, HeaderValue) {
    (POSITION, HeaderValue::from(position))
}

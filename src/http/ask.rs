//! What a request asks behind the question mark, and the two times of every reading route.

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
use crate::service::query::Reading;

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
                Problem::malformed("query", error)
            })
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

impl Times {
    /// The reading asked for.
    ///
    /// # Errors
    /// When there is none, or not in time.
    pub async fn reading(&self, api: &Api) -> Result<Reading, Problem> {
        let (asked, today) = (self.clone(), api.today());
        api.blocking(move |ledger| {
            let at_least = asked.at_least.unwrap_or(0).max(ledger.head());
            let Some(typed) = &asked.known_at else {
                let models = ledger.models(at_least)?;
                return Ok(Reading::new(models, asked.as_of.unwrap_or(today)));
            };
            let known = ledger.known_at(typed)?;
            let models = ledger.models_at(known.position)?;
            let day = known.day.map_or(today, |day| day.min(today));
            Ok(Reading::new(models, asked.as_of.unwrap_or(day)))
        })
        .await
    }
}

/// The header of a position.
#[must_use]
pub fn at(position: u64) -> (HeaderName, HeaderValue) {
    (POSITION, HeaderValue::from(position))
}

//! Lists and the search: what is registered, by what is asked for, a page at a time.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::NaiveDate;
use data_encoding::BASE64URL_NOPAD;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::answer::{json, pinned};
use super::ask::{Asked, Times};
use super::endpoint::Endpoint;
use super::problem::Problem;
use super::state::Api;
use super::validate::number_of;
use crate::deal::value::ids::StreamKind;
use crate::service::access::role::Action;
use crate::service::query::Reading;
use crate::service::query::choice::{ChoiceError, Wanted};
use crate::service::query::rows::Row;
use crate::service::query::search::FoundThing;

/// The most rows of a page (interfaces.md, limits).
const MOST: usize = 1_000;
/// The rows of a page unless said otherwise.
const USUAL: usize = 50;

/// Path, plural, name, and what it is for.
const ROUTES: [(StreamKind, &str, &str, &str, &str); 4] = [
    (
        StreamKind::Agreement,
        "/v1/agreements",
        "agreements",
        "agreements",
        "The registered agreements, by what is asked for",
    ),
    (
        StreamKind::Package,
        "/v1/packages",
        "packages",
        "packages",
        "The registered packages",
    ),
    (
        StreamKind::Occasion,
        "/v1/occasions",
        "occasions",
        "occasions",
        "The registered occasions",
    ),
    (
        StreamKind::Organization,
        "/v1/organizations",
        "organizations",
        "organizations",
        "The registered organisations",
    ),
];

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    let lists = ROUTES.iter().map(|(kind, path, plural, id, summary)| {
        let list = move |api, asked, headers| list((*kind, path, plural), api, asked, headers);
        let endpoint = Endpoint::get(Action::Read, path, list).called(id, summary);
        endpoint
            .asked::<ListAsked>()
            .giving::<Page>(StatusCode::OK)
            .giving_bytes(StatusCode::NOT_MODIFIED, "")
    });
    let search = Endpoint::get(Action::Read, "/v1/search", search)
        .called(
            "search",
            "The things that say all these words, or whose reference they begin",
        )
        .asked::<SearchAsked>()
        .giving::<Found>(StatusCode::OK)
        .giving_bytes(StatusCode::NOT_MODIFIED, "");
    lists.chain([search]).collect()
}

/// What a list is asked for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListAsked {
    /// Agreements of one class: practical or institutional.
    class: Option<String>,
    /// Agreements whose furthest milestone is this one.
    stage: Option<String>,
    /// Agreements in one state: terminated, completed, suspended, slipping, silent or current.
    health: Option<String>,
    /// Agreements by the highest level of evidence behind their milestones: none, or 0 to 4.
    evidence: Option<String>,
    /// Agreements in one sector, by its words or its code (ISIC Rev. 4).
    sector: Option<String>,
    /// Agreements with a party from one country, or organisations registered there, by its code (ISO 3166).
    country: Option<String>,
    /// Agreements of one package, by its reference.
    package: Option<String>,
    /// Agreements of one officer, by their id.
    officer: Option<String>,
    /// Agreements with news on this day or later, or occasions that were held then.
    since: Option<NaiveDate>,
    /// Agreements whose last news is of this day or earlier, or occasions that were held by then.
    until: Option<NaiveDate>,
    /// Things that say all these words.
    q: Option<String>,
    /// The order: ref, -ref, last_news or -last_news; ref unless said otherwise.
    sort: Option<String>,
    /// Where the page begins: from the page before it, whose `next` has it.
    cursor: Option<String>,
    /// How many rows at most: 50 unless said otherwise, 1,000 at most.
    limit: Option<usize>,
    /// What had happened by this day, inclusive; today unless said otherwise.
    as_of: Option<NaiveDate>,
    /// As known at this position, moment or day; now unless said otherwise.
    known_at: Option<String>,
    /// Waits until the answer rests on at least so many events.
    at_least: Option<u64>,
}

/// A page of a list. Its rows stand under the plural of what is listed.
#[derive(Debug, Serialize)]
struct Page {
    #[serde(flatten)]
    rows: std::collections::BTreeMap<&'static str, Vec<Row>>,
    found: usize,
    known_at: u64,
    as_of: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl JsonSchema for Page {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Page".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let rows = generator.subschema_for::<Vec<Row>>();
        schemars::json_schema!({
            "type": "object",
            "description": "A page of a list: the rows stand under the plural of what is listed.",
            "properties": {
                "agreements": rows, "packages": rows, "occasions": rows, "organizations": rows,
                "found": { "type": "integer", "minimum": 0, "description": "How many things there are in all pages." },
                "known_at": { "type": "integer", "minimum": 0, "description": "How many events of the ledger were known." },
                "as_of": { "type": "string", "format": "date", "description": "The day asked about, inclusive." },
                "next": { "type": "string", "description": "The address of the next page; nothing after the last one." }
            },
            "required": ["found", "known_at", "as_of"]
        })
    }
}

/// A place in a list as it was known at a position and stood on a day.
struct Cursor {
    position: u64,
    day: NaiveDate,
    from: usize,
    /// Of what was asked for: a page belongs to one list.
    question: u64,
}

impl Cursor {
    fn text(&self) -> String {
        let Self {
            position,
            day,
            from,
            question,
        } = self;
        BASE64URL_NOPAD.encode(format!("{position} {day} {from} {question}").as_bytes())
    }

    fn read(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let mut parts = text.split(' ');
        let cursor = Self {
            position: parts.next()?.parse().ok()?,
            day: parts.next()?.parse().ok()?,
            from: parts.next()?.parse().ok()?,
            question: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(cursor)
    }
}

fn no_cursor(sentence: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "no_such_cursor",
        sentence,
        "take the cursor from `next` of the page before, with the same question; leave it out for the first page",
    )
    .with("field", "cursor")
}

impl From<ChoiceError> for Problem {
    fn from(error: ChoiceError) -> Self {
        let (sentence, field) = (error.to_string(), error.field());
        let refused = |allowed: Vec<String>| {
            Self::new(
                StatusCode::BAD_REQUEST,
                "no_such_filter",
                format!("{field}: {sentence}"),
                format!("change `{field}` or leave it out"),
            )
            .with("field", field)
            .with("allowed", allowed)
        };
        match error {
            ChoiceError::NoSuchWord { allowed, .. } => refused(allowed),
            ChoiceError::NotBy { allowed, .. } => {
                refused(allowed.into_iter().map(str::to_owned).collect())
            }
            ChoiceError::Malformed(..) => refused(Vec::new()),
            ChoiceError::Find(error) => error.into(),
        }
    }
}

impl ListAsked {
    fn wanted(&self) -> Wanted {
        Wanted {
            class: self.class.clone(),
            stage: self.stage.clone(),
            health: self.health.clone(),
            evidence: self.evidence.clone(),
            sector: self.sector.clone(),
            country: self.country.clone(),
            package: self.package.clone(),
            officer: self.officer.clone(),
            since: self.since,
            until: self.until,
            q: self.q.clone(),
            sort: self.sort.clone(),
        }
    }

    fn limit(&self) -> Result<usize, Problem> {
        match self.limit {
            None => Ok(USUAL),
            Some(limit) if (1..=MOST).contains(&limit) => Ok(limit),
            Some(_) => Err(Problem::malformed("limit", format!("give 1 to {MOST}"))),
        }
    }

    /// The two times, and where the page begins.
    fn place(&self, api: &Api, question: &str) -> Result<(Times, usize), Problem> {
        let Some(cursor) = &self.cursor else {
            let times = Times {
                as_of: self.as_of,
                known_at: self.known_at.clone(),
                at_least: self.at_least,
            };
            return Ok((times, 0));
        };
        let cursor = Cursor::read(cursor)
            .ok_or_else(|| no_cursor("this cursor is none of this service's"))?;
        if cursor.question != number_of(question) || cursor.position > api.ledger().head() {
            return Err(no_cursor("this cursor belongs to another list"));
        }
        let times = Times {
            as_of: Some(cursor.day),
            known_at: Some(cursor.position.to_string()),
            at_least: self.at_least,
        };
        Ok((times, cursor.from))
    }
}

async fn list(
    (kind, path, plural): (StreamKind, &'static str, &'static str),
    State(api): State<Api>,
    Asked(asked): Asked<ListAsked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (wanted, limit) = (asked.wanted(), asked.limit()?);
    let filters = serde_urlencoded::to_string(&wanted).map_err(|_| Problem::internal())?;
    let list = format!("{plural} {filters} {:?} {:?}", asked.as_of, asked.known_at);
    let (times, from) = asked.place(&api, &list)?;
    let question = format!("list {from} {limit} {list}");
    let asked_again = again(&asked, &filters);
    let compute = move |reading: &Reading| {
        let chosen = reading.chosen(kind, &wanted)?;
        let end = from.saturating_add(limit);
        let next = (end < chosen.len()).then(|| {
            let cursor = Cursor {
                position: reading.position(),
                day: reading.day(),
                from: end,
                question: number_of(&list),
            };
            format!("{path}?{asked_again}limit={limit}&cursor={}", cursor.text())
        });
        let page = Page {
            rows: [(plural, reading.rows_of(&chosen, from, limit))].into(),
            found: chosen.len(),
            known_at: reading.position(),
            as_of: reading.day(),
            next: next.clone(),
        };
        Ok((json(&page)?, next))
    };
    pinned(&api, &headers, &times, &question, compute).await
}

/// What was asked for, to be asked again for the next page.
fn again(asked: &ListAsked, filters: &str) -> String {
    let times = [
        ("as_of", asked.as_of.map(|day| day.to_string())),
        ("known_at", asked.known_at.clone()),
    ];
    let times: Vec<(&str, String)> = times
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    let times = serde_urlencoded::to_string(times).unwrap_or_default();
    let parts = [filters, &times]
        .into_iter()
        .filter(|part| !part.is_empty());
    parts.map(|part| format!("{part}&")).collect()
}

/// What is looked for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SearchAsked {
    /// The words, or a reference or its beginning.
    q: String,
    /// Only things of one kind: agreement, package, occasion or organization.
    kind: Option<String>,
    /// How many at most, the best first: 20 unless said otherwise, 1,000 at most.
    limit: Option<usize>,
    /// As known at this position, moment or day; now unless said otherwise.
    known_at: Option<String>,
    /// Waits until the answer rests on at least so many events.
    at_least: Option<u64>,
}

/// What was found.
#[derive(Debug, Serialize, JsonSchema)]
struct Found {
    /// The words that were looked for.
    words: String,
    /// How many events of the ledger were known.
    known_at: u64,
    /// How many things there are in all.
    found: usize,
    /// The best ones, in order.
    results: Vec<FoundThing>,
}

async fn search(
    State(api): State<Api>,
    Asked(asked): Asked<SearchAsked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = asked.limit.unwrap_or(20);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::malformed("limit", format!("give 1 to {MOST}")));
    }
    if !asked.q.chars().any(char::is_alphanumeric) {
        let sentence = "there is no letter and no digit to look for";
        return Err(Problem::malformed("q", sentence));
    }
    let kind = asked.kind.as_deref().map(kind_of).transpose()?;
    let times = Times {
        as_of: None,
        known_at: asked.known_at,
        at_least: asked.at_least,
    };
    let question = format!("search {limit} {kind:?} {}", asked.q);
    let words = asked.q;
    let compute = move |reading: &Reading| {
        let found = reading.search(&words, kind, limit);
        let found = Found {
            words,
            known_at: reading.position(),
            found: found.found,
            results: found.results,
        };
        Ok((json(&found)?, None))
    };
    pinned(&api, &headers, &times, &question, compute).await
}

fn kind_of(typed: &str) -> Result<StreamKind, Problem> {
    let kinds = ROUTES.map(|(kind, ..)| kind);
    let found = kinds.into_iter().find(|kind| kind.as_str() == typed);
    found.ok_or_else(|| {
        let allowed = kinds.map(StreamKind::as_str);
        Problem::malformed(
            "kind",
            format!("{typed:?} is none of {}", allowed.join(", ")),
        )
        .with("allowed", allowed.to_vec())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is_one() {
        let day = NaiveDate::from_ymd_opt(2025, 4, 26).unwrap();
        let cursor = Cursor {
            position: 120,
            day,
            from: 50,
            question: number_of("agreements"),
        };
        let read = Cursor::read(&cursor.text()).unwrap();
        assert_eq!(
            (read.position, read.day, read.from, read.question),
            (120, day, 50, cursor.question)
        );
        for none in ["", "x", "MTIw", &format!("{}A", cursor.text())] {
            assert!(Cursor::read(none).is_none(), "{none}");
        }
        assert_ne!(number_of("agreements"), number_of("packages"));
    }
}

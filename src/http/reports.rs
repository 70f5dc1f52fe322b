//! Reports: asked for in any format, issued, and shown again as they were issued.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::plain;
use super::ask::{self, Asked, Times};
use super::endpoint::Endpoint;
use super::kept::Kept;
use super::negotiate::format_of;
use super::problem::Problem;
use super::recording::command_id;
use super::state::Api;
use super::validate;
use crate::report::REPORTS;
use crate::report::document::Document;
use crate::service::access::Caller;
use crate::service::access::role::Action;
use crate::service::certificate;
use crate::service::issue::{self, IssuedNow, Listed};
use crate::service::publish;

/// The media type of a certificate.
const CERTIFICATE: &str = "text/plain; charset=utf-8";

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    let action = Action::ReadReports;
    let mut report = Endpoint::get(action, "/v1/reports/{name}", report)
        .called("report", "A report, in the format asked for or accepted")
        .asked::<ReportAsked>()
        .giving::<Document>(StatusCode::OK);
    let mut issued = Endpoint::get(action, "/v1/issues/{number}", issued)
        .called(
            "issuedReport",
            "A report as it was issued; as JSON its very bytes",
        )
        .asked::<Format>()
        .giving::<Document>(StatusCode::OK);
    for format in publish::formats().filter(|format| format.name != "json") {
        report = report.giving_bytes(StatusCode::OK, format.media_type);
        issued = issued.giving_bytes(StatusCode::OK, format.media_type);
    }
    vec![
        Endpoint::get(action, "/v1/reports", async || Json(Offered::all()))
            .called(
                "reports",
                "The reports there are, with what they take, and the formats",
            )
            .giving::<Offered>(StatusCode::OK),
        report.giving_bytes(StatusCode::NOT_MODIFIED, ""),
        Endpoint::post(Action::IssueReport, "/v1/reports/{name}/issue", issue)
            .called(
                "issueReport",
                "Computes a report, gives it a number and keeps it: it never changes",
            )
            .taking::<Question>()
            .giving::<IssuedNow>(StatusCode::CREATED),
        Endpoint::get(action, "/v1/issues", issues)
            .called(
                "issuedReports",
                "The reports issued, with what was corrected since",
            )
            .asked::<Named>()
            .giving::<Issues>(StatusCode::OK),
        issued.giving_bytes(StatusCode::NOT_MODIFIED, ""),
        Endpoint::get(action, "/v1/issues/{number}/certificate", certificate)
            .called(
                "certificate",
                "What proves what was issued, and when, once a checkpoint covers it",
            )
            .giving_bytes(StatusCode::OK, CERTIFICATE),
        Endpoint::get(action, "/v1/issues/{number}/since", since)
            .called(
                "issuedReportSince",
                "Which issue it is, and what became of the facts it cites",
            )
            .giving::<Since>(StatusCode::OK),
    ]
}

/// The reports there are.
#[derive(Debug, Serialize, JsonSchema)]
struct Offered {
    /// Each with what it takes.
    reports: Vec<OfferedReport>,
    /// The formats of all of them.
    formats: Vec<OfferedFormat>,
}

/// A report there is.
#[derive(Debug, Serialize, JsonSchema)]
struct OfferedReport {
    /// Its name.
    name: &'static str,
    /// What it is.
    about: &'static str,
    /// The version of its code.
    version: u32,
    /// What it takes.
    parameters: Vec<OfferedParameter>,
}

/// What a report takes.
#[derive(Debug, Serialize, JsonSchema)]
struct OfferedParameter {
    /// Its name.
    name: &'static str,
    /// What it does.
    about: &'static str,
    /// Whether the report cannot do without it.
    required: bool,
}

/// A format of reports.
#[derive(Debug, Serialize, JsonSchema)]
struct OfferedFormat {
    /// Its name.
    name: &'static str,
    /// What it is.
    about: &'static str,
    /// Its media type.
    media_type: &'static str,
}

impl Offered {
    fn all() -> Self {
        let parameters = |report: &crate::report::question::Report| {
            let all = report.parameters.iter();
            all.map(|parameter| OfferedParameter {
                name: parameter.name,
                about: parameter.about,
                required: parameter.required,
            })
            .collect()
        };
        Self {
            reports: REPORTS
                .iter()
                .map(|report| OfferedReport {
                    name: report.name,
                    about: report.about,
                    version: report.version,
                    parameters: parameters(report),
                })
                .collect(),
            formats: publish::formats()
                .map(|format| OfferedFormat {
                    name: format.name,
                    about: format.about,
                    media_type: format.media_type,
                })
                .collect(),
        }
    }
}

/// What a report is asked with.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReportAsked {
    /// The first day of the period, inclusive, or `last-issue`.
    since: Option<String>,
    /// The last day of the period, inclusive.
    until: Option<String>,
    /// One package alone, by its reference.
    package: Option<String>,
    /// The agreement a dossier is about, by its reference.
    agreement: Option<String>,
    /// The agreements of one officer alone, by their id.
    officer: Option<String>,
    /// What changed since this was known: a day (its end), a moment or a position.
    from: Option<String>,
    /// The issue a report of practical steps follows.
    follows: Option<String>,
    /// What had happened by this day, inclusive; today unless said otherwise.
    as_of: Option<NaiveDate>,
    /// As known at this position, moment or day; now unless said otherwise.
    known_at: Option<String>,
    /// Waits until the answer rests on at least so many events.
    at_least: Option<u64>,
    /// The language of its sentences.
    lang: Option<String>,
    /// The format; what is accepted decides unless it is said.
    format: Option<String>,
}

/// What a report to be issued is asked with.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Question {
    /// Its parameters by name: since, until, package, agreement, officer, from, follows.
    parameters: BTreeMap<String, String>,
    /// What had happened by this day, inclusive; today unless said otherwise.
    as_of: Option<NaiveDate>,
    /// As known at this position, moment or day; now unless said otherwise.
    known_at: Option<String>,
    /// The language of its sentences.
    lang: Option<String>,
}

impl ReportAsked {
    fn asked(&self, name: String) -> publish::Asked {
        let given = [
            ("since", &self.since),
            ("until", &self.until),
            ("package", &self.package),
            ("agreement", &self.agreement),
            ("officer", &self.officer),
            ("from", &self.from),
            ("follows", &self.follows),
        ];
        let given = given
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
        publish::Asked {
            name,
            parameters: given.collect(),
            as_of: self.as_of,
            known_at: self.known_at.clone(),
            language: self.lang.clone(),
        }
    }
}

async fn report(
    State(api): State<Api>,
    Path(name): Path<String>,
    Asked(query): Asked<ReportAsked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let format = format_of(query.format.as_deref(), &headers)?;
    let times = Times {
        at_least: query.at_least,
        ..Times::default()
    };
    // Nothing is computed of what the read models do not follow.
    times.reading(&api).await?;
    let asked = query.asked(name);
    let meant = asked.clone();
    let exact = api.blocking(move |ledger| Ok(publish::exact(ledger, &meant)?));
    let key = format!("{} in {}", exact.await?, format.name);
    if let Some(kept) = api.answers().get(&key) {
        return Ok(validate::answered(&headers, &kept));
    }
    let turn = api.answers().turn().await?;
    let computed = api.blocking(move |ledger| {
        let document = publish::document(ledger, &asked)?;
        drop(turn);
        let body = publish::rendered(&document, format.name)?;
        Ok((document.known_at, document.as_of, body))
    });
    let (position, day, body) = computed.await?;
    let kept = Kept {
        body: body.into(),
        media: format.media_type,
        tag: format!(
            "{}-{}",
            validate::two_times(position, day),
            validate::short(&key)
        ),
        position,
        next: None,
    };
    let kept = api.answers().put(key, kept);
    Ok(validate::answered(&headers, &kept))
}

async fn issue(
    State(api): State<Api>,
    caller: Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Result<Response, Problem> {
    let question: Question = match body.is_empty() {
        true => Question::default(),
        false => {
            serde_json::from_slice(&body).map_err(|error| Problem::malformed("body", error))?
        }
    };
    let asked = publish::Asked {
        name,
        parameters: question.parameters,
        as_of: question.as_of,
        known_at: question.known_at,
        language: question.lang,
    };
    let command = command_id(&api, &headers)?;
    let turn = api.answers().turn().await?;
    let issued = api.blocking(move |ledger| {
        let issued = issue::issue(ledger, &asked, &caller.actor, command)?;
        drop(turn);
        Ok(IssuedNow::from(&issued))
    });
    let issued = issued.await?;
    let place = HeaderValue::from_str(&format!("/v1/issues/{}", issued.number));
    let mut response = (StatusCode::CREATED, plain(issued.position, &issued)?).into_response();
    if let Ok(place) = place {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// Which issued reports.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Named {
    /// Those of one report alone.
    report: Option<String>,
}

/// Issued reports.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Issues {
    /// In the order in which they were issued.
    pub issues: Vec<Listed>,
}

async fn issues(State(api): State<Api>, Asked(named): Asked<Named>) -> Result<Response, Problem> {
    // What became of every fact that is cited is looked up.
    let turn = api.answers().turn().await?;
    let answer = api.blocking(move |ledger| {
        let issues = issue::list(ledger, named.report.as_deref())?;
        drop(turn);
        plain(ledger.head(), &Issues { issues })
    });
    answer.await
}

/// In which format.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Format {
    /// The format; what is accepted decides unless it is said.
    format: Option<String>,
}

async fn issued(
    State(api): State<Api>,
    Path(number): Path<String>,
    Asked(query): Asked<Format>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let format = format_of(query.format.as_deref(), &headers)?;
    let turn = api.answers().turn().await?;
    let shown = api.blocking(move |ledger| {
        let shown = issue::show(ledger, &number)?;
        drop(turn);
        let position = ledger.head();
        if format.name == "json" {
            return Ok((position, shown.bytes));
        }
        let certified = certificate::kept(ledger, &number).ok();
        let certified = certified.as_deref();
        let (document, line) = (&shown.document, &shown.line);
        let page = publish::rendered_issue(document, line, certified, format.name)?;
        Ok((position, page))
    });
    let (position, body) = shown.await?;
    // The line above it and the certificate change as time goes on; the bytes themselves say what they are.
    let tag = validate::short(&String::from_utf8_lossy(&body));
    let kept = Kept {
        body: body.into(),
        media: format.media_type,
        tag,
        position,
        next: None,
    };
    Ok(validate::answered(&headers, &kept))
}

async fn certificate(
    State(api): State<Api>,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    let turn = api.answers().turn().await?;
    let made = api.blocking(move |ledger| {
        let certificate = certificate::kept(ledger, &number);
        drop(turn);
        Ok((ledger.head(), certificate?))
    });
    let (position, body) = made.await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(CERTIFICATE)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ask::at(position),
    ];
    Ok((headers, body).into_response())
}

/// What became of an issued report.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Since {
    /// Which issue it is, and what became of the facts it cites, in a sentence.
    pub line: String,
}

async fn since(State(api): State<Api>, Path(number): Path<String>) -> Result<Response, Problem> {
    let turn = api.answers().turn().await?;
    let answer = api.blocking(move |ledger| {
        let shown = issue::show(ledger, &number)?;
        drop(turn);
        plain(ledger.head(), &Since { line: shown.line })
    });
    answer.await
}

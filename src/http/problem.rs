//! What goes wrong, as RFC 9457 problem details: a stable type, a sentence, what to do, and the members that belong to it.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use crate::deal::refusal::RefusalClass;
use crate::report::question::ReportError;
use crate::service::answer::{CommandError, ErrorClass};
use crate::service::certificate::CertifyError;
use crate::service::find::FindError;
use crate::service::follow::NotReady;
use crate::service::open_error::LedgerError;
use crate::service::publish_error::PublishError;

/// The media type of problem details (RFC 9457 section 3).
pub const MEDIA: &str = "application/problem+json";
/// Below this path each type of problem has its page.
pub const TYPES: &str = "/problems/";
/// After how many seconds to try again what failed for want of room or time.
const RETRY_SECONDS: u32 = 1;

/// A problem: what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// The stable code: the last part of its type.
    pub code: &'static str,
    /// What is wrong here.
    pub sentence: String,
    /// What to do next.
    pub hint: String,
    /// Members of its type: the field, near references, what stands in the way.
    pub members: Map<String, Value>,
    /// After how many seconds to try again.
    pub retry_after: Option<u32>,
}

impl Problem {
    /// A problem with its sentence and what to do.
    #[must_use]
    pub fn new(
        status: StatusCode,
        code: &'static str,
        sentence: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            sentence: sentence.into(),
            hint: hint.into(),
            members: Map::new(),
            retry_after: None,
        }
    }

    /// Something in the request is not well formed.
    #[must_use]
    pub fn malformed(field: &str, sentence: impl std::fmt::Display) -> Self {
        let hint =
            format!("change `{field}` and send the request again; /docs shows what it takes");
        Self::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            format!("{field}: {sentence}"),
            hint,
        )
        .with("field", field)
    }

    /// Something went wrong that is no fault of whoever asks; what it was is in the log.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the service failed to answer this request",
            "what was acknowledged is safe; the service's log says what happened",
        )
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Says after how many seconds trying again helps.
    #[must_use]
    pub fn after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Says that trying again helps.
    #[must_use]
    pub fn retry(mut self) -> Self {
        self.retry_after = Some(RETRY_SECONDS);
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut members = self.members;
        let title = self.status.canonical_reason().unwrap_or("Problem");
        members.insert("type".to_owned(), format!("{TYPES}{}", self.code).into());
        members.insert("title".to_owned(), title.into());
        members.insert("status".to_owned(), self.status.as_u16().into());
        members.insert("code".to_owned(), self.code.into());
        members.insert("detail".to_owned(), self.sentence.into());
        if !self.hint.is_empty() {
            members.insert("hint".to_owned(), self.hint.into());
        }
        let mut response = Response::new(Body::from(Value::Object(members).to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// How a refusal is answered: the one table (domain.md, rules; interfaces.md, errors).
fn status_of(class: ErrorClass) -> StatusCode {
    match class {
        ErrorClass::Refusal(RefusalClass::Rule) | ErrorClass::Invalid => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        ErrorClass::Refusal(RefusalClass::Conflict) | ErrorClass::Conflict => StatusCode::CONFLICT,
        ErrorClass::Refusal(RefusalClass::Stale) => StatusCode::PRECONDITION_FAILED,
        ErrorClass::Refusal(RefusalClass::Unknown) => StatusCode::NOT_FOUND,
        ErrorClass::Refusal(RefusalClass::TooLarge) | ErrorClass::TooLarge => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        ErrorClass::Busy | ErrorClass::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorClass::NoSpace => StatusCode::INSUFFICIENT_STORAGE,
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        let status = status_of(error.class());
        let problem = Self::new(status, error.code(), error.to_string(), error.hint());
        let problem = match status {
            StatusCode::SERVICE_UNAVAILABLE => problem.retry(),
            _ => problem,
        };
        let CommandError::Refused(refusal) = error else {
            return problem;
        };
        let mut problem = problem;
        if let Some(field) = refusal.field {
            problem = problem.with("field", field);
        }
        if let Some(version) = refusal.version {
            problem = problem.with("current", version);
        }
        if let Some(intent) = refusal.intent {
            problem = problem.with("event", intent);
        }
        if let Some(other) = refusal.other {
            let told = [
                ("other_ref", other.reference.map(|one| one.to_string())),
                ("other_stream", other.stream.map(|one| one.to_string())),
                ("other_event", other.event.map(|one| one.to_string())),
            ];
            for (name, value) in told {
                if let Some(value) = value {
                    problem = problem.with(name, value);
                }
            }
        }
        problem
    }
}

impl From<FindError> for Problem {
    fn from(error: FindError) -> Self {
        let sentence = error.to_string();
        match error {
            FindError::UnknownRef { near, .. } => {
                let near: Vec<String> = near.iter().map(ToString::to_string).collect();
                Self::new(
                    StatusCode::NOT_FOUND,
                    "not_found",
                    sentence,
                    "GET /v1/agreements lists what is registered",
                )
                .with("near", near)
            }
            FindError::UnknownFact(_) => Self::new(
                StatusCode::NOT_FOUND,
                "unknown_fact",
                sentence,
                "the events of a thing are at /v1/agreements/{ref}/events",
            ),
            FindError::OtherKind { .. } => Self::new(
                StatusCode::NOT_FOUND,
                "other_kind",
                sentence,
                "ask below the path of its own kind",
            ),
            FindError::BeyondHead { .. } => Self::new(
                StatusCode::NOT_FOUND,
                "beyond_head",
                sentence,
                "GET /v1/ledger tells how many events there are",
            ),
            FindError::NoMoment(_) => {
                Self::new(
                    StatusCode::BAD_REQUEST,
                    "no_such_moment",
                    sentence,
                    "write a day such as 2025-04-26, a moment such as 2025-04-26T10:00:00Z, or a position",
                )
                .with("field", "known_at")
            }
        }
    }
}

impl From<PublishError> for Problem {
    fn from(error: PublishError) -> Self {
        let sentence = error.to_string();
        let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
        match error {
            PublishError::Ledger(error) => error.into(),
            PublishError::Command(error) => error.into(),
            PublishError::Report(ReportError::UnknownReport { .. }) => {
                let hint = "GET /v1/reports lists them";
                Self::new(StatusCode::NOT_FOUND, "no_such_report", sentence, hint)
            }
            PublishError::UnknownNumber(_) => no_such_issue(sentence),
            PublishError::Incomplete(_) => {
                let hint =
                    "use a release that can read every entry; the report itself can be printed";
                Self::new(unprocessable, "incomplete", sentence, hint)
            }
            PublishError::NotKept { .. } | PublishError::DocumentGone(_) => {
                tracing::error!(error = %sentence, "a report was not kept or is gone");
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                let hint = "the service's log says what happened; nothing was recorded";
                Self::new(status, "document_gone", sentence, hint)
            }
            PublishError::NoIssue { .. }
            | PublishError::FollowsNothing(_)
            | PublishError::NoPlace => {
                let hint = "say since which day, or leave `since` out";
                Self::new(unprocessable, "follows_nothing", sentence, hint)
            }
            PublishError::Report(_)
            | PublishError::Export(_)
            | PublishError::Language(_)
            | PublishError::Bytes(_)
            | PublishError::NotStorable(_) => {
                let hint = "GET /v1/reports tells what each report takes";
                Self::new(unprocessable, "report", sentence, hint)
            }
        }
    }
}

fn no_such_issue(sentence: String) -> Problem {
    let hint = "GET /v1/issues lists the reports issued";
    Problem::new(StatusCode::NOT_FOUND, "no_such_issue", sentence, hint)
}

impl From<CertifyError> for Problem {
    fn from(error: CertifyError) -> Self {
        let sentence = error.to_string();
        let hint = error.hint().unwrap_or_default();
        match &error {
            CertifyError::UnknownNumber(_) => no_such_issue(sentence),
            CertifyError::NotSigned { .. } => {
                Self::new(StatusCode::CONFLICT, "not_signed", sentence, hint)
            }
            error if error.is_refusal() => {
                Self::new(StatusCode::CONFLICT, "certificate", sentence, hint)
            }
            error => {
                tracing::error!(%error, "a certificate could not be made");
                Self::internal()
            }
        }
    }
}

impl From<NotReady> for Problem {
    fn from(error: NotReady) -> Self {
        let hint = match error {
            NotReady::Failed { .. } => {
                "the service's log says why; `dealtrail replay` names what is wrong"
            }
            NotReady::Behind { .. } => "try again in a moment",
        };
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self::new(status, "not_ready", error.to_string(), hint).retry()
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Find(error) => error.into(),
            LedgerError::NotReady(error) => error.into(),
            LedgerError::Opening(error) => error.into(),
            error => {
                tracing::error!(%error, "the ledger could not be asked");
                Self::internal()
            }
        }
    }
}

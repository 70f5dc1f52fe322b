//! Reports by either way: of the ledger at hand, or of a running service.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::client::{Client, Sending, part};
use super::failure::Failure;
use super::session::{Session, With};
use super::trouble;
use crate::report::document::Document;
use crate::service::certificate::{self, CertifyError};
use crate::service::issue::{self, IssuedNow, Listed};
use crate::service::publish::{self, Asked};

/// A report that was issued, as it was issued.
pub(super) struct Shown {
    /// Its Document.
    pub(super) document: Document,
    /// The Document's bytes.
    pub(super) bytes: Vec<u8>,
    /// Which issue it is, and what became of the facts it cites.
    pub(super) line: String,
}

/// Why an issue has no certificate.
pub(super) struct Uncertified {
    /// What to tell.
    pub(super) failure: Failure,
    /// Whether there is none yet, because no checkpoint covers the issue.
    pub(super) is_early: bool,
}

#[derive(Deserialize)]
struct Issues {
    issues: Vec<Listed>,
}

#[derive(Deserialize)]
struct Since {
    line: String,
}

fn document(bytes: &[u8]) -> Result<Document, Failure> {
    serde_json::from_slice(bytes).map_err(|error| {
        let sentence = format!("what the service keeps is no Document this release reads: {error}");
        Failure::broken("service", sentence)
    })
}

fn issue_path(number: &str) -> String {
    format!("/v1/issues/{}", part(number.trim()))
}

impl Session {
    /// A report in a format.
    pub(super) fn report(&self, asked: &Asked, format: &str) -> Result<Vec<u8>, Failure> {
        match self.with() {
            With::Ledger(ledger) => {
                publish::publish(ledger, asked, format).map_err(|error| trouble::of_report(&error))
            }
            With::Service { client, .. } => {
                let mut query: BTreeMap<String, String> = asked.parameters.clone();
                let further = [
                    ("as_of", asked.as_of.map(|day| day.to_string())),
                    ("known_at", asked.known_at.clone()),
                    ("lang", asked.language.clone()),
                    ("format", Some(format.to_owned())),
                ];
                let further = further.into_iter();
                query.extend(further.filter_map(|(name, value)| Some((name.to_owned(), value?))));
                client.bytes(&format!("/v1/reports/{}", part(asked.name.trim())), &query)
            }
        }
    }

    /// Issues a report: what was issued, and its Document.
    pub(super) fn issue(
        &self,
        asked: &Asked,
        command_id: Option<&str>,
    ) -> Result<(IssuedNow, Document), Failure> {
        let command = self.command_id(command_id)?;
        match self.with() {
            With::Ledger(ledger) => {
                let issued = issue::issue(ledger, asked, self.actor(), command);
                let issued = issued.map_err(|error| trouble::of_report(&error))?;
                Ok((IssuedNow::from(&issued), issued.document))
            }
            With::Service { client, .. } => {
                let question = json!({
                    "parameters": asked.parameters, "as_of": asked.as_of,
                    "known_at": asked.known_at, "lang": asked.language,
                });
                let path = format!("/v1/reports/{}/issue", part(asked.name.trim()));
                let issued: IssuedNow = client.post(
                    &path,
                    Sending {
                        headers: vec![("idempotency-key", command.to_string())],
                        body: Some(("application/json", question.to_string().into_bytes())),
                    },
                )?;
                let document = document(&bytes(client, &issued.number)?)?;
                Ok((issued, document))
            }
        }
    }

    /// The reports issued, all or those of one name.
    pub(super) fn issues(&self, name: Option<&str>) -> Result<Vec<Listed>, Failure> {
        match self.with() {
            With::Ledger(ledger) => {
                issue::list(ledger, name).map_err(|error| trouble::of_report(&error))
            }
            With::Service { client, .. } => {
                let query: Vec<(&str, &str)> =
                    name.map(|name| ("report", name)).into_iter().collect();
                let listed: Issues = client.get("/v1/issues", &query)?;
                Ok(listed.issues)
            }
        }
    }

    /// The report of a number, as it was issued.
    pub(super) fn issued(&self, number: &str) -> Result<Shown, Failure> {
        match self.with() {
            With::Ledger(ledger) => {
                let shown = issue::show(ledger, number);
                let shown = shown.map_err(|error| trouble::of_report(&error))?;
                Ok(Shown {
                    document: shown.document,
                    bytes: shown.bytes,
                    line: shown.line,
                })
            }
            With::Service { client, .. } => {
                let bytes = bytes(client, number)?;
                let since: Since = client.get(&format!("{}/since", issue_path(number)), &())?;
                Ok(Shown {
                    document: document(&bytes)?,
                    bytes,
                    line: since.line,
                })
            }
        }
    }

    /// The certificate of an issued report.
    pub(super) fn certificate(&self, number: &str) -> Result<String, Uncertified> {
        match self.with() {
            With::Ledger(ledger) => {
                certificate::kept(ledger, number).map_err(|error| Uncertified {
                    failure: trouble::of_certificate(&error),
                    is_early: matches!(error, CertifyError::NotSigned { .. }),
                })
            }
            With::Service { client, .. } => {
                let path = format!("{}/certificate", issue_path(number));
                let made = client.bytes(&path, &());
                let made = made.map_err(|failure| Uncertified {
                    is_early: failure.code == "not_signed",
                    failure: match failure.code == "not_signed" {
                        true => failure.coded("certificate"),
                        false => failure,
                    },
                })?;
                String::from_utf8(made).map_err(|error| Uncertified {
                    failure: Failure::broken("service", error.to_string()),
                    is_early: false,
                })
            }
        }
    }
}

/// The Document's bytes of an issued report.
fn bytes(client: &Client, number: &str) -> Result<Vec<u8>, Failure> {
    client.bytes(&issue_path(number), &[("format", "json")])
}

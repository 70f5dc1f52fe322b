//! Issued reports: issuing one, listing them, showing one again.

use std::path::Path;

use serde_json::json;

use super::context::Context;
use super::failure::Failure;
use super::output;
use super::session::Session;
use super::trouble;
use crate::service::issue::{IssuedNow, Listed};
use crate::service::publish::{self, Asked};

/// The words for a number of facts.
fn facts(count: usize) -> String {
    match count {
        1 => "1 cited fact".to_owned(),
        count => format!("{count} cited facts"),
    }
}

/// Issues a report and gives it in a format; with --json, what was issued.
pub(super) fn issue(
    context: &Context,
    session: &Session,
    asked: &Asked,
    command_id: Option<&str>,
    format: &str,
) -> Result<Option<Vec<u8>>, Failure> {
    let (issued, document) = session.issue(asked, command_id)?;
    let output = context.output();
    if output.is_json() {
        output.json(&answer(&issued))?;
        return Ok(None);
    }
    let page = publish::rendered(&document, format);
    let page = page.map_err(|error| trouble::of_report(&error))?;
    let seq = issued.seq.unwrap_or(0);
    let said = match issued.replayed {
        true => format!(
            "{} by this command before, as entry {seq}; nothing was recorded again",
            issued.number
        ),
        false => format!(
            "{} as entry {seq}, known at {}; kept as {}",
            issued.number, issued.known_at, issued.file
        ),
    };
    output.aside("issued", &said);
    Ok(Some(page))
}

fn answer(issued: &IssuedNow) -> serde_json::Value {
    json!({
        "number": issued.number,
        "series": issued.series,
        "seq": issued.seq,
        "position": issued.position,
        "known_at": issued.known_at,
        "as_of": issued.as_of,
        "parameters": issued.parameters,
        "document_sha256": issued.document_sha256,
        "file": issued.file,
        "replayed": issued.replayed,
    })
}

/// Lists issued reports, all or those of one name.
pub(super) fn list(context: &Context, name: Option<&str>) -> Result<(), Failure> {
    let session = context.reader()?;
    let listed = session.issues(name)?;
    let output = context.output();
    if output.is_json() {
        return output.json(&listed);
    }
    if listed.is_empty() {
        output.line("No report has been issued.")?;
        return output.line("  `dealtrail report NAME --issue` issues one.");
    }
    let rows = listed.iter().map(row).collect();
    let heads = [
        "number",
        "issued",
        "series",
        "since",
        "as of",
        "known at",
        "corrected since",
    ];
    output.table(&heads, rows, &[5])?;
    for one in &listed {
        match &one.corrected {
            Some(corrected) if corrected.is_empty() => {}
            Some(corrected) => {
                let count = facts(corrected.len());
                let list = corrected.join("; ");
                output.line(&format!("{}: {count} since corrected: {list}.", one.number))?;
            }
            None => output.line(&format!(
                "{}: its Document is not kept here and cannot be computed again; put it back from a backup.",
                one.number
            ))?,
        }
    }
    Ok(())
}

fn row(one: &Listed) -> Vec<String> {
    let day = one.issued.map(|day| day.to_string());
    vec![
        one.number.clone(),
        day.unwrap_or_default(),
        one.series.clone(),
        one.since.clone().unwrap_or_default(),
        one.as_of.to_string(),
        one.known_at.to_string(),
        match &one.corrected {
            Some(corrected) => facts(corrected.len()),
            None => "not known".to_owned(),
        },
    ]
}

/// An issued report in a format, as it was issued. What became of it since stands above it; JSON is the
/// issued bytes alone, and that line is told beside them. A page carries its certificate, once there is one.
pub(super) fn show(
    context: &Context,
    number: &str,
    format: &str,
    certificate: Option<&Path>,
) -> Result<Vec<u8>, Failure> {
    let session = context.reader()?;
    let shown = session.issued(number)?;
    let certified = session.certificate(number);
    if let Some(file) = certificate {
        let certified = certified.as_ref().map_err(|none| none.failure.clone())?;
        output::write(file, certified.as_bytes())?;
        context.output().aside("wrote", &file.display().to_string());
    }
    if format == "json" {
        context.output().aside("note:", &shown.line);
        let mut bytes = shown.bytes;
        bytes.push(b'\n');
        return Ok(bytes);
    }
    let certified = match certified {
        Ok(certified) => Some(certified),
        Err(none) if none.is_early => None,
        Err(none) => {
            let why = &none.failure.sentence;
            let said = format!("it is printed without its certificate: {why}");
            context.output().aside("note:", &said);
            None
        }
    };
    let page = publish::rendered_issue(&shown.document, &shown.line, certified.as_deref(), format);
    page.map_err(|error| trouble::of_report(&error))
}

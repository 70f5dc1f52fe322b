//! Which format of a report is sent: the one that is named, else the one that is accepted (RFC 9110 section 12.5.1).

use axum::http::{HeaderMap, StatusCode, header};

use super::problem::Problem;
use crate::service::publish::{self, Offered};

/// The format named, else the best of those accepted; JSON where nothing is said.
///
/// # Errors
/// When there is no such format, or none is accepted.
pub fn format_of(named: Option<&str>, headers: &HeaderMap) -> Result<Offered, Problem> {
    let known = || -> Vec<&str> { publish::formats().map(|format| format.name).collect() };
    if let Some(named) = named {
        let wanted = named.trim().to_ascii_lowercase();
        let found = publish::formats().find(|format| format.name == wanted);
        return found.ok_or_else(|| {
            let given: String = named.chars().take(40).collect();
            let known = known();
            let choose = known.join(", ");
            Problem::new(
                StatusCode::BAD_REQUEST,
                "no_such_format",
                format!("{given:?} is no format of reports; choose one of {choose}"),
                "name another `format`, or leave it out and send `Accept`",
            )
            .with("field", "format")
            .with("allowed", known)
        });
    }
    let mut accepted: Vec<(u32, &str)> = Vec::new();
    for field in headers.get_all(header::ACCEPT) {
        let field = field.to_str().unwrap_or_default();
        accepted.extend(field.split(',').filter_map(weighed));
    }
    // The first of the best: a browser names what it likes first.
    accepted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let taken = accepted.iter().filter(|(weight, _)| *weight > 0);
    let found = taken.filter_map(|(_, range)| meant(range)).next();
    let json = || publish::formats().find(|format| format.name == "json");
    let found = match accepted.is_empty() {
        true => json(),
        false => found,
    };
    found.ok_or_else(|| {
        let known = known();
        Problem::new(
            StatusCode::NOT_ACCEPTABLE,
            "not_acceptable",
            "a report is not written in any of the accepted media types",
            format!(
                "send another `Accept`, or name a `format`: {}",
                known.join(", ")
            ),
        )
        .with("allowed", known)
    })
}

/// A media range with its weight in thousandths.
fn weighed(range: &str) -> Option<(u32, &str)> {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts
        .find_map(|part| part.strip_prefix("q="))
        .map_or(1_000, thousandths);
    Some((weight, name))
}

/// A weight such as `0.5`; what is none counts as nothing.
fn thousandths(weight: &str) -> u32 {
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    match (whole, part.parse::<u32>()) {
        ("1", _) => 1_000,
        ("0", Ok(part)) => part,
        _ => 0,
    }
}

/// The format that a media range means.
fn meant(range: &str) -> Option<Offered> {
    let essence = |media: &'static str| media.split(';').next().unwrap_or(media).trim();
    let range = range.to_ascii_lowercase();
    if range == "*/*" || range == "application/*" {
        return publish::formats().find(|format| format.name == "json");
    }
    if range == "text/*" {
        return publish::formats().find(|format| format.name == "text");
    }
    publish::formats().find(|format| essence(format.media_type) == range)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_best_of_what_is_accepted_is_sent() {
        let named = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            format_of(None, &headers).map(|format| format.name)
        };
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        for (accept, format) in [
            (browser, "html"),
            ("*/*", "json"),
            ("text/csv", "csv"),
            ("text/markdown;q=0.5, text/plain", "text"),
            ("text/html;q=0, application/json;q=0.1", "json"),
            ("application/pdf, text/csv;q=0.2", "csv"),
        ] {
            assert_eq!(named(accept).unwrap(), format, "{accept}");
        }
        let none = named("application/pdf").unwrap_err();
        assert_eq!((none.status.as_u16(), none.code), (406, "not_acceptable"));
        assert!(named("text/html;q=0").is_err());
        assert_eq!(format_of(None, &HeaderMap::new()).unwrap().name, "json");
        let wrong = format_of(Some("pdf"), &HeaderMap::new()).unwrap_err();
        assert_eq!(wrong.code, "no_such_format");
    }
}

//! Validators and conditional requests (RFC 9110 sections 8.8 and 13).
//!
//! An answer that rests on a position and a day never changes, so both together, with the release that worded it, are a
//! strong validator of it. How a thing stands *now* has the version of its stream as its validator instead, which is what
//! `If-Match` takes when something is recorded. That version says nothing of the day, which passes by itself, nor of other
//! things that are named in the answer; so no `If-None-Match` is ever answered 304 by it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;

use super::ask;
use super::kept::Kept;

/// May be kept by whoever asked, and is asked for again with its validator each time.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");
/// Is not to be kept.
const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store");

/// What tells an answer from others at the same address: position, day, and release.
#[must_use]
pub fn two_times(position: u64, day: NaiveDate) -> String {
    format!("{position}-{day}-{}", env!("CARGO_PKG_VERSION"))
}

/// A short word for a text, to tell one answer from another (FNV-1a): no proof of anything.
#[must_use]
pub fn short(text: &str) -> String {
    format!("{:016x}", number_of(text))
}

/// The same as a number.
#[must_use]
pub fn number_of(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |number, byte| {
        (number ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Whether `If-None-Match` names this validator (RFC 9110 section 13.1.2, by weak comparison).
#[must_use]
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let fields = headers.get_all(header::IF_NONE_MATCH).iter();
    let mut named = fields
        .filter_map(|field| field.to_str().ok())
        .flat_map(|field| field.split(','))
        .map(str::trim);
    named.any(|one| {
        let strong = one.strip_prefix("W/").unwrap_or(one);
        let bare = strong
            .strip_prefix('"')
            .and_then(|one| one.strip_suffix('"'));
        one == "*" || bare == Some(tag)
    })
}

/// An entity tag as a header; nothing for what no header can hold.
#[must_use]
pub fn tag(tag: &str) -> Option<(HeaderName, HeaderValue)> {
    let value = HeaderValue::from_str(&format!("\"{tag}\"")).ok()?;
    Some((header::ETAG, value))
}

/// The answer, or 304 to whoever has it already.
#[must_use]
pub fn answered(headers: &HeaderMap, kept: &Kept) -> Response {
    let mut response = match is_known(headers, &kept.tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => (
            [(header::CONTENT_TYPE, HeaderValue::from_static(kept.media))],
            kept.body.clone(),
        )
            .into_response(),
    };
    let to = response.headers_mut();
    let (name, value) = ask::at(kept.position);
    to.insert(name, value);
    to.extend(tag(&kept.tag));
    to.insert(header::CACHE_CONTROL, ASK_AGAIN);
    // Which form is sent hangs on what is accepted, and what may be read on who asks.
    let vary = HeaderValue::from_static("accept, authorization");
    to.insert(header::VARY, vary);
    let link = kept
        .next
        .as_ref()
        .and_then(|next| HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).ok());
    if let Some(link) = link {
        to.insert(header::LINK, link);
    }
    response
}

/// How something stands now: its version is its validator, for those who record next.
#[must_use]
pub fn current(version: u64, position: u64, body: Vec<u8>) -> Response {
    let json = HeaderValue::from_static("application/json");
    let mut response = ([(header::CONTENT_TYPE, json)], body).into_response();
    let to = response.headers_mut();
    let (name, value) = ask::at(position);
    to.insert(name, value);
    to.extend(tag(&version.to_string()));
    to.insert(header::CACHE_CONTROL, NOT_KEPT);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_validator_is_found_in_a_list_whole() {
        let with = |field: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(field));
            is_known(&headers, "20")
        };
        for field in ["\"20\"", "W/\"20\"", "\"7\", \"20\"", "*"] {
            assert!(with(field), "{field}");
        }
        for field in ["\"2\"", "20", "\"200\"", "\"20", ""] {
            assert!(!with(field), "{field}");
        }
        assert!(!is_known(&HeaderMap::new(), "20"));
    }
}

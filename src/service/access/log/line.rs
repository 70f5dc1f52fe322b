//! How a record of the access log is written.

use std::io::Write;

use chrono::{DateTime, SecondsFormat, Utc};

use super::decision::{Decision, Entry};
use crate::service::access::chain::Link;
use crate::service::access::token::PREFIX;

/// How much of a path is kept, in bytes: more than any path of the API has.
const LONGEST_PATH: usize = 512;

/// Writes the record with a number that follows a link, without the line's end.
pub(super) fn write(to: &mut Vec<u8>, n: u64, entry: &Entry, prev: Link) {
    // Writing into memory does not fail.
    match entry {
        Entry::Decision(decision) => {
            let _ = head(to, n, decision.at);
            let _ = told(to, decision);
        }
        Entry::Note(at, words) => {
            let _ = head(to, n, *at);
            let _ = write!(to, ",\"note\":");
            text(to, words);
        }
    }
    to.extend_from_slice(b",\"prev\":\"");
    prev.write(to);
    to.extend_from_slice(b"\"}");
}

fn head(to: &mut Vec<u8>, n: u64, at: DateTime<Utc>) -> std::io::Result<()> {
    let at = at.to_rfc3339_opts(SecondsFormat::Millis, true);
    write!(to, "{{\"n\":{n},\"at\":\"{at}\"")
}

fn told(to: &mut Vec<u8>, decision: &Decision) -> std::io::Result<()> {
    // Actors, roles, routes, actions and codes are plain words: nothing in them has to be escaped.
    if let Some(who) = &decision.who {
        write!(
            to,
            ",\"who\":\"{}\",\"role\":\"{}\"",
            who.actor.as_str(),
            who.role.as_str()
        )?;
        if let Some(token) = &who.token {
            write!(to, ",\"token\":\"{}\"", token.as_str())?;
        }
    }
    if let Some(from) = decision.from {
        write!(to, ",\"from\":\"{from}\"")?;
    }
    write!(to, ",\"method\":\"{}\",\"path\":", decision.method)?;
    text(to, shown(&decision.path));
    let (route, action) = (decision.route, decision.action.as_str());
    write!(to, ",\"route\":\"{route}\",\"action\":\"{action}\"")?;
    match decision.refused {
        None => write!(to, ",\"allowed\":true")?,
        Some(why) => write!(to, ",\"allowed\":false,\"why\":\"{why}\"")?,
    }
    match decision.status {
        Some(status) => write!(to, ",\"status\":{status}")?,
        None => write!(to, ",\"status\":null")?,
    }
    if let Some(position) = decision.position {
        write!(to, ",\"position\":{position}")?;
    }
    write!(to, ",\"request\":")?;
    text(to, &decision.request);
    Ok(())
}

/// A path as it may be kept: what looks like a token is cut, wherever somebody put it.
fn shown(path: &str) -> &str {
    let end = path
        .find(PREFIX)
        .map_or(path.len(), |at| at.saturating_add(PREFIX.len()));
    let end = end.min(LONGEST_PATH);
    // The path of a request has ASCII letters alone.
    path.get(..end).unwrap_or_default()
}

fn text(to: &mut Vec<u8>, text: &str) {
    let _ = serde_json::to_writer(to, text);
}

//! The stored events of a service's ledger, as they come over the network.

use std::ops::Range;

use super::client::Client;
use super::failure::Failure;

/// How many events are asked for at a time: some megabytes, which arrive well within the time that an answer may take.
const PAGE: u64 = 5_000;
/// The longest stored event, in bytes, and its end.
const LONGEST: usize = 65_536;
const LINES: &str = "application/x-ndjson";

/// Hands the stored bytes of the events from a position to another to `each`, in order, until that says `false`. `told`
/// hears how many were handed over.
pub(super) fn each(
    client: &Client,
    events: Range<u64>,
    told: &mut dyn FnMut(u64),
    each: &mut dyn FnMut(&[u8]) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let (mut next, mut goes_on) = (events.start, true);
    while goes_on && next < events.end {
        let (from, limit) = (next, PAGE.min(events.end.saturating_sub(next)));
        let path = format!("/v1/ledger/events?from={from}&limit={limit}");
        client.lines((&path, LINES), LONGEST, &mut |line| {
            goes_on = each(line)?;
            next = next.saturating_add(1);
            Ok(goes_on)
        })?;
        // An answer that has begun can tell no trouble but by ending early.
        if goes_on && next < from.saturating_add(limit) {
            let sentence = format!(
                "the service handed out {next} of {} entries and no more",
                events.end
            );
            return Err(
                Failure::broken("broken_off", sentence).hint("what it logs says why; ask again")
            );
        }
        told(next);
    }
    Ok(())
}

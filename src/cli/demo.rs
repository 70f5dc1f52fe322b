//! `demo`: a demonstration ledger with a true-to-life portfolio.

mod bodies;
mod conference;
mod intents;
mod meeting;
mod plan;
mod steps;

use plan::Batch;

/// Every command of the portfolio, in the order of recording.
fn batches() -> Vec<Batch> {
    let mut batches = conference::batches();
    batches.extend(meeting::batches());
    batches.extend(steps::batches());
    batches
}

#[cfg(test)]
mod tests;

//! Taking the time: many clients at once, each waiting for its answers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::sync::Barrier;

use crate::content::Draw;
use crate::peer::{Peer, Thing};
use crate::work::{Measurement, Turn};

/// How long something is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time {
    /// What is done before, and not counted.
    pub(crate) before: Duration,
    pub(crate) counted: Duration,
}

/// What one round of one peer came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Round {
    /// Events or requests a second.
    pub(crate) rate: f64,
    /// How long each turn took, in nanoseconds; nothing for one that reads everything.
    pub(crate) took: Vec<u64>,
    /// How long an event is, in bytes, where everything was read.
    pub(crate) event_bytes: Option<u64>,
}

/// Everything once, in order; `loaded` is how many events there are at least.
pub(crate) async fn replay(peer: &Peer, loaded: usize) -> Result<Round> {
    let mut client = peer.client().await?;
    let began = Instant::now();
    let amount = client.replay().await?;
    let took = began.elapsed().as_secs_f64();
    ensure!(
        amount.events >= loaded as u64,
        "{} events of {loaded} came",
        amount.events
    );
    Ok(Round {
        rate: amount.events as f64 / took,
        took: Vec::new(),
        event_bytes: amount.bytes.checked_div(amount.events),
    })
}

/// As many clients at once as the measurement says; each has some of the things for itself, and `things` knows afterwards what
/// was appended. `round` makes what is recorded differ from what was recorded before, `long` is how many things there are to read.
pub(crate) async fn crowd(
    peer: &Peer,
    measurement: Measurement,
    time: Time,
    things: &mut Vec<Thing>,
    long: usize,
    round: u64,
) -> Result<Round> {
    let count = measurement.clients;
    let mut shares = vec![Vec::new(); count];
    for (at, thing) in things.drain(..).enumerate() {
        shares
            .get_mut(at % count)
            .context("there are no clients")?
            .push(thing);
    }
    let together = Arc::new(Barrier::new(count));
    let mut tasks = Vec::new();
    for (number, mut own) in shares.into_iter().enumerate() {
        let (together, mut client) = (Arc::clone(&together), peer.client().await?);
        tasks.push(tokio::spawn(async move {
            let place = round * 64 + number as u64;
            // Remarks are numbered through: no client of any round says what another says.
            let (mut draw, mut next, mut took) = (Draw::new(place + 1), place << 24, Vec::new());
            together.wait().await;
            let from = Instant::now() + time.before;
            let until = from + time.counted;
            loop {
                let turn = Turn::draw(measurement.work, &mut draw, own.len(), long, &mut next);
                let asked = Instant::now();
                if asked >= until {
                    return anyhow::Ok((took, own));
                }
                turn.take(&mut client, &mut own).await?;
                let answered = Instant::now();
                if asked >= from && answered <= until {
                    took.push((answered - asked).as_nanos() as u64);
                }
            }
        }));
    }
    let mut took = Vec::new();
    for task in tasks {
        let (some, own) = task.await??;
        took.extend(some);
        things.extend(own);
    }
    let counted = (took.len() * measurement.work.of_one_turn()) as f64;
    Ok(Round {
        rate: counted / time.counted.as_secs_f64(),
        took,
        event_bytes: None,
    })
}

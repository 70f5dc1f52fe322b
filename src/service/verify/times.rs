//! The time sandwich: each entry's `recorded_at` held against the times at which witnesses cosigned checkpoints.
//!
//! A witness that cosigned a checkpoint at a time vouches that its entries were there by then; and what is not in it came
//! later than the checkpoint, which was made at most so long before the cosignature as cosigning may take. So an entry was
//! recorded no later than the first cosigned checkpoint that has it, and no earlier than the last one that has it not. Times
//! of witnesses are whole seconds, and clocks differ.

use chrono::DateTime;

use crate::proof::policy::Policy;
use crate::service::checkpoint::kept::Kept;

/// A moment as the ledger writes it: in one length and order, so that bytes compare as times do.
pub(super) type Moment = [u8; 27];

/// How much clocks may differ and cosignatures may be late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    /// How far the clocks of the ledger and of a witness may be apart, in seconds.
    pub skew: u64,
    /// How long after a checkpoint was made a witness may cosign it, in seconds.
    pub delay: u64,
}

impl Default for Tolerance {
    /// Five minutes, as far as clocks are commonly allowed to differ; and a day, so that a witness that was away may be late.
    fn default() -> Self {
        Self {
            skew: 300,
            delay: 24 * 60 * 60,
        }
    }
}

/// What the times of the entries came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Times {
    /// The ledger's clock may be set by hand.
    Demonstration,
    /// No witness told a time.
    NoWitness,
    /// Every entry fits.
    Fit {
        /// How many cosigned checkpoints they were held against.
        checkpoints: usize,
        /// How many entries the largest of them covers: those are bounded from above.
        covered: u64,
        /// What was allowed for.
        tolerance: Tolerance,
    },
    /// An entry does not.
    Misfit {
        /// The first of them.
        seq: u64,
        /// What it says and what a witness says.
        what: String,
    },
}

/// A checkpoint that a known witness cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// How many entries it covers.
    pub(super) size: u64,
    /// The earliest time a witness tells, in seconds since 1970.
    pub(super) time: u64,
    /// That witness.
    pub(super) witness: String,
}

/// Entries between two cosigned sizes, and between which moments they were recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Layer {
    /// The position after the last of them.
    end: u64,
    not_before: Option<(Moment, Seen)>,
    not_after: Option<(Moment, Seen)>,
}

/// What is known of all entries' times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sandwich {
    layers: Vec<Layer>,
    tolerance: Tolerance,
    checkpoints: usize,
    covered: u64,
}

impl Sandwich {
    /// The bounds that these checkpoints give.
    pub(super) fn of(mut seen: Vec<Seen>, tolerance: Tolerance) -> Self {
        seen.sort_by_key(|one| (one.size, one.time));
        // Of one checkpoint the earliest time says most of what it has, and least of what it has not.
        seen.dedup_by_key(|one| one.size);
        let checkpoints = seen.len();
        let covered = seen.last().map_or(0, |one| one.size);
        let mut layers: Vec<Layer> = Vec::new();
        let mut latest: Option<&Seen> = None;
        for at in 0..=seen.len() {
            let later = seen.get(at..).unwrap_or_default();
            let first = later.iter().min_by_key(|one| one.time);
            let allowed = tolerance.skew.saturating_add(tolerance.delay);
            layers.push(Layer {
                end: later.first().map_or(u64::MAX, |one| one.size),
                not_before: latest.and_then(|one| {
                    let time = one.time.saturating_sub(allowed);
                    Some((moment(time, "000000")?, one.clone()))
                }),
                not_after: first.and_then(|one| {
                    let time = one.time.saturating_add(tolerance.skew);
                    Some((moment(time, "999999")?, one.clone()))
                }),
            });
            let next = later.first();
            latest = match (latest, next) {
                (Some(latest), Some(next)) if latest.time > next.time => Some(latest),
                (_, next) => next.or(latest),
            };
        }
        Self {
            layers,
            tolerance,
            checkpoints,
            covered,
        }
    }

    /// Whether an entry recorded at that moment may stand at that position.
    pub(super) fn fits(&self, seq: u64, recorded: &Moment) -> bool {
        self.layer(seq).is_none_or(|layer| {
            let early = layer
                .not_before
                .as_ref()
                .is_some_and(|(bound, _)| recorded < bound);
            let late = layer
                .not_after
                .as_ref()
                .is_some_and(|(bound, _)| recorded > bound);
            !early && !late
        })
    }

    fn layer(&self, seq: u64) -> Option<&Layer> {
        let at = self.layers.partition_point(|layer| layer.end <= seq);
        self.layers.get(at)
    }

    /// What a walk over all entries came to, with the first that did not fit.
    pub(super) fn verdict(&self, misfit: Option<(u64, Moment)>) -> Times {
        match misfit {
            Some((seq, recorded)) => Times::Misfit {
                seq,
                what: self.explained(seq, &recorded),
            },
            None if self.checkpoints == 0 => Times::NoWitness,
            None => Times::Fit {
                checkpoints: self.checkpoints,
                covered: self.covered,
                tolerance: self.tolerance,
            },
        }
    }

    fn explained(&self, seq: u64, recorded: &Moment) -> String {
        let said = String::from_utf8_lossy(recorded);
        let Some(layer) = self.layer(seq) else {
            return String::new();
        };
        let told = |seen: &Seen, has: &str| {
            let time = DateTime::from_timestamp(i64::try_from(seen.time).unwrap_or(0), 0);
            let time = time.map_or_else(String::new, |time| {
                time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
            });
            format!(
                "entry {seq} says it was recorded at {said}, and {} cosigned the checkpoint of {} entries, which {has} it, at \
                 {time}",
                seen.witness, seen.size
            )
        };
        match (&layer.not_before, &layer.not_after) {
            (_, Some((bound, seen))) if recorded > bound => {
                format!(
                    "{}: it cannot have been recorded so late",
                    told(seen, "has")
                )
            }
            (Some((_, seen)), _) => format!(
                "{}: it cannot have been recorded so early",
                told(seen, "does not have")
            ),
            _ => String::new(),
        }
    }
}

/// A second and its fraction as the ledger writes moments; `None` beyond the years of four digits.
fn moment(time: u64, fraction: &str) -> Option<Moment> {
    let time = DateTime::from_timestamp(i64::try_from(time).ok()?, 0)?;
    let text = format!("{}.{fraction}Z", time.format("%Y-%m-%dT%H:%M:%S"));
    text.as_bytes().try_into().ok()
}

/// When a witness that the policy names first cosigned a checkpoint of this ledger, if any did.
pub(super) fn seen(policy: &Policy, origin: &str, kept: &Kept) -> Option<Seen> {
    let checkpoint = kept.signed.checkpoint();
    // A cosignature speaks for what the ledger itself signed.
    let mut logs = policy.logs().iter();
    let signed =
        checkpoint.origin() == origin && logs.any(|log| kept.signed.verify(&log.key).is_ok());
    let witnesses = policy.witnesses().iter().filter(|_| signed);
    let times = witnesses.filter_map(|witness| {
        let key = std::slice::from_ref(&witness.key);
        let verified = kept.signed.note().verify(key).ok()?;
        let time = verified.iter().filter_map(|one| one.time).min()?;
        Some((time, witness.name.to_string()))
    });
    let (time, witness) = times.min()?;
    Some(Seen {
        size: checkpoint.root().size,
        time,
        witness,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600;
    /// 2025-04-24 00:00:00 UTC.
    const DAY: u64 = 1_745_452_800;

    fn seen(size: u64, time: u64) -> Seen {
        Seen {
            size,
            time,
            witness: "audit".to_owned(),
        }
    }

    fn sandwich() -> Sandwich {
        let tolerance = Tolerance {
            skew: 60,
            delay: 600,
        };
        Sandwich::of(vec![seen(10, DAY), seen(20, DAY + 2 * HOUR)], tolerance)
    }

    fn at(time: u64, fraction: &str) -> Moment {
        moment(time, fraction).unwrap()
    }

    #[test]
    fn an_entry_lies_between_the_checkpoints_around_it() {
        let sandwich = sandwich();
        for (seq, time, fits) in [
            (0, 0, true),
            (9, DAY, true),
            (9, DAY + 60, true),
            (9, DAY + 61, false),
            (10, DAY + 61, true),
            (10, DAY - 660, true),
            (10, DAY - 661, false),
            (19, DAY + 2 * HOUR + 60, true),
            (19, DAY + 2 * HOUR + 61, false),
            (20, DAY + 2 * HOUR + 61, true),
            (20, DAY + 2 * HOUR - 660, true),
            (20, DAY + 2 * HOUR - 661, false),
            (u64::MAX - 1, DAY + 1_000_000 * HOUR, true),
        ] {
            assert_eq!(
                sandwich.fits(seq, &at(time, "000000")),
                fits,
                "entry {seq} at {time}"
            );
        }
        // Witnesses tell whole seconds: the second in which they cosigned is not over.
        assert!(sandwich.fits(9, &at(DAY + 60, "999999")));
        assert!(!sandwich.fits(20, &at(DAY + 2 * HOUR - 661, "999999")));
    }

    /// A checkpoint cosigned out of turn bounds what others bound more widely.
    #[test]
    fn the_narrowest_bound_counts() {
        let tolerance = Tolerance { skew: 0, delay: 0 };
        let twisted = Sandwich::of(
            vec![
                seen(10, DAY + HOUR),
                seen(20, DAY),
                seen(10, DAY + 2 * HOUR),
            ],
            tolerance,
        );
        assert!(!twisted.fits(9, &at(DAY + 1, "000000")));
        assert!(!twisted.fits(20, &at(DAY + HOUR - 1, "000000")));
        assert!(twisted.fits(20, &at(DAY + HOUR, "000000")));
        assert_eq!(twisted.checkpoints, 2);
    }

    #[test]
    fn the_verdict_names_the_entry_and_the_witness() {
        let sandwich = sandwich();
        let Times::Misfit { seq: 10, what } =
            sandwich.verdict(Some((10, at(DAY - HOUR, "000000"))))
        else {
            panic!("it does not fit");
        };
        assert_eq!(
            what,
            "entry 10 says it was recorded at 2025-04-23T23:00:00.000000Z, and audit cosigned the checkpoint of 10 entries, \
             which does not have it, at 2025-04-24T00:00:00Z: it cannot have been recorded so early"
        );
        let Times::Misfit { what, .. } = sandwich.verdict(Some((3, at(DAY + HOUR, "000000"))))
        else {
            panic!("it does not fit");
        };
        assert!(
            what.contains(
                "which has it, at 2025-04-24T00:00:00Z: it cannot have been recorded so late"
            ),
            "{what}"
        );
        assert!(matches!(
            sandwich.verdict(None),
            Times::Fit {
                checkpoints: 2,
                covered: 20,
                ..
            }
        ));
        let none = Sandwich::of(Vec::new(), Tolerance::default());
        assert_eq!(none.verdict(None), Times::NoWitness);
        assert!(none.fits(7, &at(0, "000000")));
    }
}

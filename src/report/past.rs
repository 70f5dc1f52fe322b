//! What a report may need of earlier moments: issued reports and the read models of before. It is
//! handed in, so that a report stays a function of what it is given.

use chrono::NaiveDate;

use crate::projection::models::Models;

/// An issued report, as far as later ones speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Its number.
    pub number: String,
    /// The position of the event that issued it.
    pub seq: u64,
    /// The last day it told of.
    pub until: NaiveDate,
    /// Its K.
    pub known_at: u64,
    /// The positions it cites.
    pub cited: Vec<u64>,
}

/// What is handed in of earlier moments; nothing, where a report needs nothing of them.
#[derive(Clone, Copy, Default)]
pub struct Past<'a> {
    /// The issue that this report follows.
    pub follows: Option<&'a Earlier>,
    /// The read models at an earlier position.
    pub before: Option<&'a Models>,
    /// Every report issued before K, in order.
    pub issued: &'a [Earlier],
}

/// The word that stands for the day after the last issue of the series.
pub const LAST_ISSUE: &str = "last-issue";
/// The parameter that holds the number of the issue a report follows.
pub const FOLLOWS: &str = "follows";

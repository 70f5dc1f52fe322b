//! What a report asks of every agreement and answers with yes or no: sixteen bits each.

use chrono::{Datelike, NaiveDate};

use super::gist::Stretch;
use super::register::Entry;
use super::ties::Summed;
use crate::projection::many;

/// What an agreement has to do with the parts of a report; several together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks(u16);

impl Marks {
    /// Its steps are told among those of investment deals: an agreement registered twice is told once.
    pub const PRACTICAL: Self = Self(1);
    /// Its steps are told among those of documents between institutions.
    pub const INSTITUTIONAL: Self = Self(1 << 1);
    /// It was signed in the period.
    pub const SIGNED: Self = Self(1 << 2);
    /// Steps were reached in the period.
    pub const STEPS: Self = Self(1 << 3);
    /// Steps were reached in the period, or reversed.
    pub const MOVED: Self = Self(1 << 4);
    /// A step was confirmed further in the period.
    pub const RAISED: Self = Self(1 << 5);
    /// Steps before the period were learned only in it, or since the issue that is followed.
    pub const LEARNED: Self = Self(1 << 6);
    /// Expectations are open.
    pub const EXPECTS: Self = Self(1 << 7);
    /// Obstacles stand.
    pub const OBSTRUCTED: Self = Self(1 << 8);
    /// Sources make claims on it.
    pub const CLAIMED: Self = Self(1 << 9);
    /// Something of it was inferred.
    pub const INFERRED: Self = Self(1 << 10);
    /// It is in the denominator of conversion.
    pub const IN_DENOMINATOR: Self = Self(1 << 11);
    /// It is, and no step was reached.
    pub const WITHOUT_STEP: Self = Self(1 << 12);
    /// It counts.
    pub const COUNTS: Self = Self(1 << 13);
    /// It counts, and belongs to no registered package.
    pub const OUTSIDE: Self = Self(1 << 14);
    /// It is registered, and in scope.
    pub const REGISTERED: Self = Self(1 << 15);

    /// Both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// With another one, if that is given.
    #[inline]
    #[must_use]
    pub const fn and_if(self, mark: Self, given: bool) -> Self {
        Self(self.0 | if given { mark.0 } else { 0 })
    }

    /// That its steps are told in a part.
    #[must_use]
    pub const fn told(practical: bool) -> Self {
        if practical {
            Self::PRACTICAL
        } else {
            Self::INSTITUTIONAL
        }
    }

    /// Whether all of these are among them.
    #[inline]
    #[must_use]
    pub const fn has(self, all: Self) -> bool {
        self.0 & all.0 == all.0
    }

    /// Those of a registered agreement that depend on no period but on its last day alone.
    pub(super) fn of(entry: &Entry<'_>) -> Self {
        let on = entry.on;
        let is_told = entry.ties.duplicate_of.is_none();
        let is_practical = entry.is_practical();
        let in_denominator = entry.is_in_denominator();
        let counts = entry.counts();
        Self::REGISTERED
            .and_if(Self::PRACTICAL, is_told && is_practical)
            .and_if(Self::INSTITUTIONAL, is_told && !is_practical)
            .and_if(Self::EXPECTS, on.expectations() > 0)
            .and_if(Self::OBSTRUCTED, on.obstacles() > 0)
            .and_if(Self::CLAIMED, on.claims() > 0)
            .and_if(Self::INFERRED, on.inferred() > 0)
            .and_if(Self::IN_DENOMINATOR, in_denominator)
            .and_if(Self::WITHOUT_STEP, in_denominator && !entry.has_step())
            .and_if(Self::COUNTS, counts)
            .and_if(Self::OUTSIDE, counts && entry.ties.package.is_none())
    }

    /// How many agreements have exactly the same marks, each such set once, for there are few; and the marks of all agreements
    /// in an order, by the numbers of their streams.
    #[must_use]
    pub fn counted(all: &[Self], order: &[u32]) -> (Vec<(Self, u64)>, Vec<Self>) {
        let in_order = order.iter().map(|number| all.get(*number as usize));
        let in_order = in_order.map(|marks| marks.copied().unwrap_or_default());
        many::both(|| Self::counts(all), || in_order.collect())
    }

    fn counts(all: &[Self]) -> Vec<(Self, u64)> {
        let mut counts = vec![0_u64; usize::from(u16::MAX).saturating_add(1)];
        for marks in all {
            let slot = counts.get_mut(usize::from(marks.0));
            slot.into_iter()
                .for_each(|count| *count = count.saturating_add(1));
        }
        let counts = (0..=u16::MAX).zip(counts).filter(|(_, count)| *count > 0);
        counts.map(|(marks, count)| (Self(marks), count)).collect()
    }
}

/// The last day on which a milestone was reached, raised or learned, or a step reversed, in two bytes: days are told apart from
/// 1970 to 2149, so that of two days the later one is never the smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Recent(u16);

impl Recent {
    /// A day; days beyond those that are told apart count as the nearest that is.
    pub(super) fn on(day: NaiveDate) -> Self {
        const FIRST: i32 = 719_163;
        let days = day.num_days_from_ce().saturating_sub(FIRST);
        Self(u16::try_from(days.max(0)).unwrap_or(u16::MAX))
    }

    /// What is the last one on a stretch of days.
    pub(super) fn of(stretch: &Stretch) -> Self {
        Self::on(stretch.news.max(stretch.learned))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_day_is_never_the_smaller_one() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let days = [
            NaiveDate::MIN,
            day(1969, 12, 31),
            day(1970, 1, 1),
            day(1970, 1, 2),
            day(2024, 2, 29),
            day(2024, 3, 1),
            day(2149, 6, 6),
            day(2200, 1, 1),
            NaiveDate::MAX,
        ];
        let short = days.map(Recent::on);
        assert!(short.is_sorted());
        assert_eq!(short[2], Recent(0));
        assert!(short[2..7].windows(2).all(|pair| pair[0] < pair[1]));
    }
}

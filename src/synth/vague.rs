//! Days as sources give them: exact, approximate, by month or year, between, from and by.

use chrono::{Datelike, NaiveDate};

use super::calendar::{after, before};
use super::chance::Dice;
use crate::deal::value::when::When;

/// The forms a day may be given in.
const FORMS: [(u64, Form); 12] = [
    (52, Form::Day),
    (6, Form::NearDay),
    (12, Form::By),
    (3, Form::ByNear),
    (7, Form::Month),
    (3, Form::NearMonth),
    (2, Form::Year),
    (1, Form::NearYear),
    (6, Form::Between),
    (2, Form::BetweenMonths),
    (4, Form::From),
    (2, Form::FromMonth),
];

#[derive(Debug, Clone, Copy)]
enum Form {
    Day,
    NearDay,
    By,
    ByNear,
    Month,
    NearMonth,
    Year,
    NearYear,
    Between,
    BetweenMonths,
    From,
    FromMonth,
}

/// A day on which something happened, as a source that was read on `today` may give it. Never in the future.
pub(super) fn happened(day: NaiveDate, today: NaiveDate, dice: &mut Dice) -> When {
    let day = day.min(today);
    let form = dice.weighted(&FORMS);
    let later = after(day, dice.below(9)).min(today);
    let earlier = before(day, dice.between(1, 20));
    let (year, month) = (day.year(), day.month());
    let text = match form {
        Form::Day => day.to_string(),
        Form::NearDay => format!("{day}~"),
        Form::By => format!("../{later}"),
        Form::ByNear => format!("../{later}~"),
        Form::Month => format!("{year:04}-{month:02}"),
        Form::NearMonth => format!("{year:04}-{month:02}~"),
        Form::Year => format!("{year:04}"),
        Form::NearYear => format!("{year:04}~"),
        Form::Between => format!("{earlier}/{later}"),
        Form::BetweenMonths => {
            let (from, until) = (earlier.month(), earlier.year());
            format!("{until:04}-{from:02}/{year:04}-{month:02}~")
        }
        Form::From => format!("{day}/.."),
        Form::FromMonth => format!("{year:04}-{month:02}/.."),
    };
    when(text)
}

/// A day on which something was held; an interval there is a duration.
pub(super) fn held(day: NaiveDate, today: NaiveDate, dice: &mut Dice) -> When {
    let last = after(day, dice.between(1, 3)).min(today);
    match dice.below(4) {
        0 if last > day => when(format!("{day}/{last}")),
        1 => when(format!("../{last}")),
        _ => When::day(day),
    }
}

/// A day in the future by which something is foreseen.
pub(super) fn foreseen(today: NaiveDate, dice: &mut Dice) -> When {
    let day = after(today, dice.between(20, 500));
    let (year, month) = (day.year(), day.month());
    match dice.below(6) {
        0 => when(format!("{year:04}")),
        1 => when(format!("{year:04}-{month:02}~")),
        2 => when(format!("{today}/..")),
        3 => when(format!("{today}/{day}")),
        4 => when(format!("../{day}")),
        _ => when(format!("{year:04}-{month:02}")),
    }
}

fn when(text: String) -> When {
    // PANIC: days of this century in the forms above; a test makes them all.
    When::try_from(text).expect("a day of this room")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn nothing_that_happened_is_in_the_future_and_every_form_occurs() {
        let mut dice = Dice::new(3);
        let today = NaiveDate::from_ymd_opt(2019, 3, 2).unwrap();
        let mut shapes = BTreeSet::new();
        for back in (0..6_000).map(|n| n % 400) {
            let on = happened(before(today, back), today, &mut dice);
            assert_eq!(on.in_future_of(today), None, "{on}");
            shapes.insert(on.as_str().replace(|c: char| c.is_ascii_digit(), "0"));
            let on = held(before(today, back), today, &mut dice);
            assert_eq!(on.in_future_of(today), None, "{on}");
            foreseen(today, &mut dice);
        }
        assert_eq!(shapes.len(), FORMS.len(), "{shapes:?}");
    }
}

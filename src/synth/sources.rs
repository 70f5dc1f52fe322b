//! Where the facts of the invented country come from.

use chrono::NaiveDate;

use super::calendar::before;
use super::chance::Dice;
use super::made::label;
use super::remarks::{About, remark};
use crate::deal::value::source::{Source, SourceType, WebAddress};
use crate::deal::value::when::When;

const TYPES: [(u64, SourceType); 7] = [
    (34, SourceType::Statement),
    (14, SourceType::Note),
    (18, SourceType::Document),
    (12, SourceType::CounterpartyLetter),
    (9, SourceType::Register),
    (7, SourceType::AuthorityAct),
    (6, SourceType::SiteVisit),
];

/// A source that was read on `today`. `number` is one that no other source has.
pub(super) fn source(today: NaiveDate, lang: usize, number: u64, dice: &mut Dice) -> Source {
    let kind = dice.weighted(&TYPES);
    let press = kind == SourceType::Statement;
    let mut source = Source::new(remark(About::Title, lang, dice), kind);
    if press || dice.percent(40) {
        source.publisher = Some(remark(About::Publisher, lang, dice));
    }
    if !press && dice.percent(75) {
        source.number = Some(numbered(number));
    }
    if press || dice.percent(60) {
        source.published = Some(When::day(before(today, dice.below(12))));
    }
    if press {
        let url = format!("https://tales.example/{}/{number}", today.format("%Y/%m"));
        source.url = WebAddress::try_from(url).ok();
    }
    source
}

/// A source with a number of its own, so that it differs from every other.
pub(super) fn numbered_source(
    today: NaiveDate,
    lang: usize,
    number: u64,
    dice: &mut Dice,
) -> Source {
    let mut source = source(today, lang, number, dice);
    source.number = Some(numbered(number));
    source
}

fn numbered(number: u64) -> crate::deal::value::text::Label {
    label(format!("T-{number:07}"))
}

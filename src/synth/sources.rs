//! Where the facts of the invented country come from.

use chrono::NaiveDate;

use super::calendar::before;
use super::chance::Dice;
use super::made::{Said, in_language, label, text};
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

/// What a source of each type is called.
fn title(kind: SourceType) -> Said {
    match kind {
        SourceType::Statement => [
            "Mətbuat açıqlaması",
            "Press statement",
            "Заявление для прессы",
            "新闻声明",
        ],
        SourceType::Note => [
            "Görüşün qeydi",
            "Note of the meeting",
            "Запись о встрече",
            "会议记录",
        ],
        SourceType::Document => [
            "İmzalanmış sənəd",
            "Signed document",
            "Подписанный документ",
            "已签署文件",
        ],
        SourceType::CounterpartyLetter => [
            "Şirkətin məktubu",
            "Letter of the company",
            "Письмо компании",
            "公司来函",
        ],
        SourceType::Register => [
            "Reyestrdən çıxarış",
            "Extract from the register",
            "Выписка из реестра",
            "登记册摘录",
        ],
        SourceType::AuthorityAct => [
            "İdarənin sərəncamı",
            "Order of the authority",
            "Распоряжение ведомства",
            "主管部门决定",
        ],
        SourceType::SiteVisit => [
            "Yerində baxış aktı",
            "Report of the site visit",
            "Акт осмотра площадки",
            "现场查看报告",
        ],
    }
}

/// A source that was read on `today`. `number` is one that no other source has.
pub(super) fn source(today: NaiveDate, lang: usize, number: u64, dice: &mut Dice) -> Source {
    let kind = dice.weighted(&TYPES);
    let press = kind == SourceType::Statement;
    let mut source = Source::new(text(in_language(&title(kind), lang)), kind);
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

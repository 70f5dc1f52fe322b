//! What officers and sources of the invented country say, in four languages.

use super::chance::Dice;
use super::made::{Said, in_language, text};
use super::tales::PLACES;
use crate::deal::value::text::Text;

/// What a remark is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// News of a step.
    Step,
    /// A contact.
    Contact,
    /// What somebody will do.
    Promise,
    /// What blocks.
    Obstacle,
    /// How something ended.
    End,
    /// What is expected.
    Hope,
    /// A remark of the agency.
    Note,
    /// What a source claims.
    Claim,
    /// Why something was corrected or retracted.
    Amends,
    /// What is inferred.
    Inferred,
    /// A party not named.
    Unnamed,
    /// Who publishes.
    Publisher,
}

const STEP: [Said; 4] = [
    [
        "Mərhələ hesabatda təsdiqlənib",
        "The step is confirmed in the progress report",
        "Этап подтверждён в отчёте о ходе работ",
        "进度报告确认了该步骤",
    ],
    [
        "Tərəflər işin bu hissəsini bitirib",
        "The sides have finished this part of the work",
        "Стороны завершили эту часть работы",
        "双方已完成这部分工作",
    ],
    [
        "Komissiya yerində baxış keçirib",
        "The commission looked at the site and had no remarks",
        "Комиссия осмотрела площадку, замечаний нет",
        "委员会查看了现场，没有意见",
    ],
    [
        "İş qrafikdən bir ay gec başa çatıb",
        "The work was done a month later than planned",
        "Работа выполнена на месяц позже плана",
        "工作比计划晚一个月完成",
    ],
];

const CONTACT: [Said; 4] = [
    [
        "Telefonla soruşuldu, yenilik yoxdur",
        "Asked by telephone, there is nothing new to tell",
        "Спросили по телефону, новостей нет",
        "电话询问，没有新消息",
    ],
    [
        "Şirkət növbəti həftə yazılı cavab verəcək",
        "The company will answer in writing next week",
        "Компания ответит письменно на следующей неделе",
        "公司将于下周书面答复",
    ],
    [
        "Görüşdə layihənin xəritəsi istənildi",
        "A map of the plot was asked for at the meeting",
        "На встрече попросили карту участка",
        "会议上要求提供地块图",
    ],
    [
        "Ofis məktubu aldığını bildirdi",
        "The office says that it has received the letter",
        "В офисе подтвердили получение письма",
        "办公室表示已收到信函",
    ],
];

const PROMISE: [Said; 4] = [
    [
        "İcarə müqaviləsinin layihəsini göndərmək",
        "Send the draft of the lease with its annexes",
        "Направить проект договора аренды с приложениями",
        "发送租赁合同草案及附件",
    ],
    [
        "Elektrik xəttinin planını vermək",
        "Hand over the plan of the power line",
        "Передать план линии электропередачи",
        "提交电力线路图",
    ],
    [
        "Avadanlıq siyahısını təqdim etmək",
        "Present the list of equipment",
        "Представить перечень оборудования",
        "提交设备清单",
    ],
    [
        "Nümayəndə heyətini qəbul etmək",
        "Receive the delegation and show it the zone",
        "Принять делегацию и показать зону",
        "接待代表团并参观园区",
    ],
];

const OBSTACLE: [Said; 4] = [
    [
        "Torpaq sahəsinin planı çatışmır",
        "The plan of the parcel is missing",
        "Не хватает плана участка",
        "缺少地块图",
    ],
    [
        "Bank yeni əsaslandırma istəyir",
        "The bank asks for a new feasibility study",
        "Банк просит новое обоснование",
        "银行要求新的可行性研究",
    ],
    [
        "Su xətti zonanın sərhədində bitir",
        "The water pipe ends at the border of the zone",
        "Водопровод заканчивается у границы зоны",
        "水管只到园区边界",
    ],
    [
        "İnvestor üç məktuba cavab vermir",
        "The investor has not answered three letters",
        "Инвестор не ответил на три письма",
        "投资方未回复三封信",
    ],
];

const END: [Said; 3] = [
    [
        "Məsələ həll olundu və qeydə alındı",
        "The matter is settled and was put on record",
        "Вопрос решён и занесён в протокол",
        "事项已解决并记录在案",
    ],
    [
        "Sənəd vaxtında çatdırıldı",
        "The document was delivered in time",
        "Документ доставлен в срок",
        "文件已按时送达",
    ],
    [
        "Tərəflər başqa həll yolu tapdı",
        "The sides found another way",
        "Стороны нашли другой путь",
        "双方找到了其他办法",
    ],
];

const HOPE: [Said; 4] = [
    [
        "Yaxın vaxtlarda başa çatdırılacaq",
        "It is to be completed in the near future",
        "Будет завершено в ближайшее время",
        "将于近期完成",
    ],
    [
        "Gələn rübdə gözlənilir",
        "It is expected in the next quarter",
        "Ожидается в следующем квартале",
        "预计下一季度",
    ],
    [
        "Yay fasiləsindən sonra başlamaq nəzərdə tutulur",
        "The start is planned for after the summer break",
        "Начало намечено после летнего перерыва",
        "计划在夏季之后开始",
    ],
    [
        "İkinci növbə də nəzərdə tutulur",
        "A second line is foreseen as well",
        "Предусмотрена и вторая очередь",
        "还计划建设二期",
    ],
];

const NOTE: [Said; 4] = [
    [
        "Sənədlərin surəti qovluğa əlavə edildi",
        "Copies of the papers were added to the folder",
        "Копии бумаг приложены к делу",
        "文件副本已归档",
    ],
    [
        "Tərcümə yoxlanılmalıdır",
        "The translation has to be checked",
        "Перевод нужно проверить",
        "译文需要核对",
    ],
    [
        "Nümayəndə heyəti zonanın xəritəsini istəyir",
        "The delegation asks for a map of the zone",
        "Делегация просит карту зоны",
        "代表团索要园区地图",
    ],
    [
        "Məsul şöbə dəyişib",
        "Another department is responsible now",
        "Ответственный отдел сменился",
        "负责部门已变更",
    ],
];

const CLAIM: [Said; 4] = [
    [
        "Mənbə iki təşkilati və üç praktiki sənəddən danışır",
        "The source speaks of two institutional and three practical documents",
        "Источник говорит о двух институциональных и трёх практических документах",
        "消息称有两份机构文件和三份实务文件",
    ],
    [
        "Başqa mənbəyə görə sahə daha böyükdür",
        "According to another source the area is larger",
        "По другому источнику площадь больше",
        "另一消息称面积更大",
    ],
    [
        "Şirkət istehsalın başladığını deyir",
        "The company says that production has started",
        "Компания заявляет, что производство началось",
        "公司称生产已经开始",
    ],
    [
        "Agentlik praktiki addımların atıldığını bildirir",
        "The agency states that practical steps have been taken",
        "Агентство сообщает о практических шагах",
        "机构称已采取实际步骤",
    ],
];

const AMENDS: [Said; 5] = [
    ["Yazı səhvi", "typing error", "опечатка", "录入错误"],
    [
        "Sənədin özündə başqa gün göstərilib",
        "the document itself gives another day",
        "в самом документе указан другой день",
        "文件本身写明另一日期",
    ],
    [
        "Sonrakı mənbə dəqiqləşdirib",
        "a later source is more exact",
        "более поздний источник точнее",
        "后来的消息更准确",
    ],
    [
        "Reyestrlə tutuşdurulub",
        "compared with the register",
        "сверено с реестром",
        "已与登记册核对",
    ],
    [
        "Başqa layihə ilə qarışdırılıb",
        "mixed up with another project",
        "перепутано с другим проектом",
        "与另一项目混淆",
    ],
];

const INFERRED: [Said; 2] = [
    [
        "İl mənbədə yoxdur, kontekstdən çıxarılıb",
        "the year is not in the source and was inferred",
        "года в источнике нет, он выведен",
        "来源未写年份，系推断",
    ],
    [
        "Tərəf adından çıxarılıb",
        "inferred from the name of the party",
        "выведено из названия стороны",
        "根据名称推断",
    ],
];

const UNNAMED: [Said; 4] = [
    [
        "adı çəkilməyən xarici şirkət",
        "a foreign company not named in the source",
        "иностранная компания, в источнике не названная",
        "来源未具名的外国公司",
    ],
    [
        "yerli şirkət",
        "a local company",
        "местная компания",
        "一家本地公司",
    ],
    [
        "investorlar qrupu",
        "a group of investors",
        "группа инвесторов",
        "一个投资者集团",
    ],
    [
        "şirkətin nümayəndəliyi",
        "the company's office",
        "офис компании",
        "公司办事处",
    ],
];

const PUBLISHER: [Said; 4] = [
    [
        "Nağıl Xəbərləri",
        "The Tale Gazette",
        "Сказочные вести",
        "童话日报",
    ],
    [
        "Bulud Agentliyi",
        "Cloud News Agency",
        "Облачное агентство",
        "云端通讯社",
    ],
    [
        "Uydurma Reyestr",
        "Register of Fictions",
        "Реестр вымыслов",
        "虚构登记处",
    ],
    [
        "Xəyal İdarəsi",
        "Office of Reverie",
        "Ведомство грёз",
        "幻梦署",
    ],
];

fn said(about: About, dice: &mut Dice) -> Said {
    match about {
        About::Step => dice.pick(&STEP),
        About::Contact => dice.pick(&CONTACT),
        About::Promise => dice.pick(&PROMISE),
        About::Obstacle => dice.pick(&OBSTACLE),
        About::End => dice.pick(&END),
        About::Hope => dice.pick(&HOPE),
        About::Note => dice.pick(&NOTE),
        About::Claim => dice.pick(&CLAIM),
        About::Amends => dice.pick(&AMENDS),
        About::Inferred => dice.pick(&INFERRED),
        About::Unnamed => dice.pick(&UNNAMED),
        About::Publisher => dice.pick(&PUBLISHER),
    }
}

/// A remark in one of the languages.
pub(super) fn remark(about: About, lang: usize, dice: &mut Dice) -> Text {
    let said = said(about, dice);
    text(in_language(&said, lang))
}

/// A remark that names a town and a page, so that two of them rarely read alike.
pub(super) fn long_remark(about: About, lang: usize, dice: &mut Dice) -> Text {
    let (said, place) = (said(about, dice), dice.pick(&PLACES));
    let (said, place) = (in_language(&said, lang), in_language(&place, lang));
    let page = dice.between(1, 400);
    text(match lang {
        0 => format!("{said} ({place}, səh. {page})"),
        2 => format!("{said} ({place}, с. {page})"),
        3 => format!("{said}（{place}，第{page}页）"),
        _ => format!("{said} ({place}, p. {page})"),
    })
}

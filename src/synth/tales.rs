//! The names of an invented country, in Azerbaijani, English, Russian and Chinese. Towns are called after tales and
//! companies after beasts of tales, so that nobody takes them for real ones.

use super::chance::Dice;
use super::made::{Said, in_language};

/// Towns that are on no map.
pub(super) const PLACES: [Said; 12] = [
    ["Nağılabad", "Taletown", "Сказоград", "童话镇"],
    ["Əfsanəkənd", "Legendham", "Легендово", "传说村"],
    ["Xəyaldağ", "Mount Reverie", "Мечтогорск", "幻梦山"],
    ["Buludşəhər", "Cloudbury", "Облакоград", "云上城"],
    ["Təmsilçay", "Fablebrook", "Баснеречье", "寓言河"],
    ["Ulduzliman", "Starhaven", "Звездогавань", "星港"],
    ["Uydurmatəpə", "Fiction Hill", "Выдумкин Холм", "虚构山"],
    ["Aylıdərə", "Moondale", "Лунодол", "月亮谷"],
    ["Heçyerabad", "Nowhereton", "Нигдеград", "乌有镇"],
    ["Simurqkənd", "Phoenixfield", "Жар-Птицыно", "凤凰田"],
    ["Göyqurşağı", "Rainbowgate", "Радужные Ворота", "彩虹门"],
    ["Yuxuqala", "Dreamford", "Сновидово", "梦渡口"],
];

/// Beasts and folk of tales.
const BEASTS: [Said; 8] = [
    ["Təkbuynuz", "Unicorn", "Единорог", "独角兽"],
    ["Əjdaha", "Dragon", "Дракон", "飞龙"],
    ["Simurq", "Phoenix", "Жар-птица", "凤凰"],
    ["Qrifon", "Griffin", "Грифон", "狮鹫"],
    ["Su pərisi", "Mermaid", "Русалка", "美人鱼"],
    ["Cırtdan", "Gnome", "Гном", "小矮人"],
    ["Div", "Giant", "Великан", "巨人"],
    ["Sehrbaz", "Wizard", "Волшебник", "魔法师"],
];

/// A field of business: what is made, and its class in ISIC Rev. 4.
pub(super) struct Trade {
    pub(super) names: Said,
    pub(super) isic: &'static str,
}

const fn trade(isic: &'static str, names: Said) -> Trade {
    Trade { names, isic }
}

/// What is made in the invented country.
const TRADES: [Trade; 16] = [
    trade("2392", ["Kərpic", "Bricks", "Кирпич", "砖块"]),
    trade("2310", ["Şüşə", "Glass", "Стекло", "玻璃"]),
    trade("3100", ["Mebel", "Furniture", "Мебель", "家具"]),
    trade("1071", ["Çörək", "Bread", "Хлеб", "面包"]),
    trade("1312", ["Parça", "Cloth", "Ткани", "布料"]),
    trade("1702", ["Karton", "Cardboard", "Картон", "纸板"]),
    trade("2813", ["Nasos", "Pumps", "Насосы", "水泵"]),
    trade(
        "2610",
        [
            "Günəş panelləri",
            "Solar panels",
            "Солнечные панели",
            "太阳能板",
        ],
    ),
    trade(
        "6201",
        ["Proqram təminatı", "Software", "Программы", "软件"],
    ),
    trade("3092", ["Velosiped", "Bicycles", "Велосипеды", "自行车"]),
    trade("3240", ["Oyuncaq", "Toys", "Игрушки", "玩具"]),
    trade("1079", ["Çay", "Tea", "Чай", "茶叶"]),
    trade("1020", ["Balıq", "Fish", "Рыба", "鱼类"]),
    trade("2022", ["Boya", "Paint", "Краски", "涂料"]),
    trade("2732", ["Kabel", "Cables", "Кабели", "电缆"]),
    trade("2821", ["Traktor", "Tractors", "Тракторы", "拖拉机"]),
];

/// What institutions agree to work on.
const TOPICS: [Said; 8] = [
    [
        "statistika mübadiləsi",
        "exchange of statistics",
        "обмен статистикой",
        "统计交流",
    ],
    ["sərgilər", "trade fairs", "ярмарки", "贸易展会"],
    ["standartlar", "standards", "стандарты", "标准"],
    [
        "kadr hazırlığı",
        "training of staff",
        "подготовка кадров",
        "人员培训",
    ],
    [
        "gömrük məlumatı",
        "customs data",
        "таможенные данные",
        "海关数据",
    ],
    ["turizm", "tourism", "туризм", "旅游"],
    [
        "su ehtiyatları",
        "water management",
        "водное хозяйство",
        "水资源管理",
    ],
    [
        "rəqəmsal xidmətlər",
        "digital services",
        "цифровые услуги",
        "数字服务",
    ],
];

/// Sorts of public bodies.
const BODIES: [Said; 6] = [
    [
        "İqtisadiyyat Palatası",
        "Chamber of Economy",
        "Палата экономики",
        "经济院",
    ],
    [
        "Torpaq Komitəsi",
        "Land Committee",
        "Земельный комитет",
        "土地委员会",
    ],
    [
        "Sənaye Zonası",
        "Industrial Zone",
        "Промышленная зона",
        "工业区",
    ],
    [
        "Ticarət Nümayəndəliyi",
        "Trade Office",
        "Торговое представительство",
        "商务代表处",
    ],
    [
        "İnkişaf Bankı",
        "Development Bank",
        "Банк развития",
        "开发银行",
    ],
    [
        "Limanlar İdarəsi",
        "Ports Authority",
        "Управление портов",
        "港务局",
    ],
];

/// Codes of territories in which nobody lives: parties need a country, and no real one is meant.
pub(super) const COUNTRIES: [&str; 6] = ["AQ", "BV", "HM", "TF", "GS", "UM"];

/// The currencies of the portfolio.
pub(super) const CURRENCIES: [&str; 5] = ["USD", "EUR", "AZN", "CNY", "TRY"];

/// A field of business of the invented country, by chance.
pub(super) fn a_trade(dice: &mut Dice) -> &'static Trade {
    let [first, ..] = &TRADES;
    dice.any(&TRADES).unwrap_or(first)
}

/// The name of a company of this trade, in each language.
pub(super) fn company(dice: &mut Dice, trade: &'static Trade) -> [String; 4] {
    let (beast, place) = (dice.pick(&BEASTS), dice.pick(&PLACES));
    let number = dice.between(2, 99);
    [0, 1, 2, 3].map(|lang| {
        let said = |said: &Said| in_language(said, lang);
        let (beast, place, what) = (said(&beast), said(&place), said(&trade.names));
        match lang {
            0 => format!("{place} {beast}-{number} {what} MMC (uydurma)"),
            2 => format!("ООО «{beast}-{number}: {what}», {place} (вымысел)"),
            3 => format!("{place}{beast}{number}号{what}公司（虚构）"),
            _ => format!("{beast} {number} {what} of {place} LLC (fictional)"),
        }
    })
}

/// The name of a public body, in each language.
pub(super) fn body(dice: &mut Dice) -> [String; 4] {
    let (body, place) = (dice.pick(&BODIES), dice.pick(&PLACES));
    [0, 1, 2, 3].map(|lang| {
        let said = |said: &Said| in_language(said, lang);
        let (body, place) = (said(&body), said(&place));
        match lang {
            0 => format!("{place} {body} (uydurma)"),
            2 => format!("{body}, {place} (вымысел)"),
            3 => format!("{place}{body}（虚构）"),
            _ => format!("{body} of {place} (fictional)"),
        }
    })
}

/// The title of an investment deal.
pub(super) fn deal(dice: &mut Dice, trade: &'static Trade) -> [String; 4] {
    let place = dice.pick(&PLACES);
    [0, 1, 2, 3].map(|lang| {
        let said = |said: &Said| in_language(said, lang);
        let (place, what) = (said(&place), said(&trade.names));
        match lang {
            0 => format!("{what} istehsalı, {place}"),
            2 => format!("{what}: производство, {place}"),
            3 => format!("{place}{what}生产项目"),
            _ => format!("Production of {} at {place}", what.to_lowercase()),
        }
    })
}

/// The title of a document between bodies.
pub(super) fn understanding(dice: &mut Dice) -> [String; 4] {
    let (topic, one, other) = (dice.pick(&TOPICS), dice.pick(&PLACES), dice.pick(&PLACES));
    [0, 1, 2, 3].map(|lang| {
        let said = |said: &Said| in_language(said, lang);
        let (topic, one, other) = (said(&topic), said(&one), said(&other));
        match lang {
            0 => format!("{one} ilə {other} arasında əməkdaşlıq: {topic}"),
            2 => format!("{one} и {other}, сотрудничество: {topic}"),
            3 => format!("{one}与{other}合作：{topic}"),
            _ => format!("{one} and {other} on {topic}"),
        }
    })
}

/// The name of an occasion, and of the documents signed there.
pub(super) fn meeting(dice: &mut Dice, documents: bool) -> [String; 4] {
    let (place, topic) = (dice.pick(&PLACES), dice.pick(&TOPICS));
    let number = dice.between(1, 40);
    [0, 1, 2, 3].map(|lang| {
        let said = |said: &Said| in_language(said, lang);
        let (place, topic) = (said(&place), said(&topic));
        match (lang, documents) {
            (0, false) => format!("{place} {number}-ci investisiya forumu: {topic}"),
            (2, false) => format!("{number}-й инвестиционный форум, {place}: {topic}"),
            (3, false) => format!("第{number}届{place}投资论坛：{topic}"),
            (_, false) => format!("Investment forum {number} of {place}: {topic}"),
            (0, true) => format!("{place} {number}-ci forumunun sənədləri"),
            (2, true) => format!("Документы {number}-го форума, {place}"),
            (3, true) => format!("第{number}届{place}论坛文件"),
            (_, true) => format!("Documents of forum {number} of {place}"),
        }
    })
}

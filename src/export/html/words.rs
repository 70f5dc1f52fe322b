//! The few words a page needs besides the Document's own, in the language of the Document.

/// Words around a report.
pub(super) struct Words {
    /// Leads past the contents.
    pub(super) skip: &'static str,
    /// Above the list of parts.
    pub(super) contents: &'static str,
    /// Of a link from a note to the place that cites it.
    pub(super) back: &'static str,
    /// Of a link to a note.
    pub(super) note: &'static str,
    /// Of a link to a definition.
    pub(super) definition: &'static str,
    /// Marks every page of a demonstration.
    pub(super) demonstration: &'static str,
    /// Above the lines at the foot.
    pub(super) about: &'static str,
    /// Before the report's name.
    pub(super) report: &'static str,
    /// Before the agency's name.
    pub(super) agency: &'static str,
    /// Before the ledger's own name.
    pub(super) ledger: &'static str,
    /// Before the day D.
    pub(super) as_of: &'static str,
    /// Before the position K.
    pub(super) known_at: &'static str,
    /// Before the root at K.
    pub(super) root: &'static str,
    /// Before the parameters.
    pub(super) parameters: &'static str,
    /// Before the positions of the entries cited.
    pub(super) cited: &'static str,
    /// Before whether everything could be read.
    pub(super) complete: &'static str,
    /// It could.
    pub(super) yes: &'static str,
    /// It could not.
    pub(super) no: &'static str,
    /// The rule for the edges of printed pages of a demonstration.
    pub(super) print_mark: &'static str,
}

/// The words in a language; English where it has none.
pub(super) fn words(language: &str) -> &'static Words {
    let code = language.split(['-', '_']).next().unwrap_or_default();
    match code.to_ascii_lowercase().as_str() {
        "az" => &AZERBAIJANI,
        "ru" => &RUSSIAN,
        "zh" => &CHINESE,
        _ => &ENGLISH,
    }
}

const ENGLISH: Words = Words {
    skip: "Skip to the report",
    contents: "Contents",
    back: "Back to where it is cited",
    note: "Source",
    definition: "Definition",
    demonstration: "Demonstration ledger",
    about: "About this report",
    report: "Report",
    agency: "Agency",
    ledger: "Ledger",
    as_of: "As of (D)",
    known_at: "Known at (K)",
    root: "Root at K",
    parameters: "Parameters",
    cited: "Entries cited",
    complete: "All entries could be read",
    yes: "yes",
    no: "no",
    print_mark: "@page{@top-left{content:\"Demonstration ledger\"}}",
};

const AZERBAIJANI: Words = Words {
    skip: "Hesabata keç",
    contents: "Mündəricat",
    back: "İstinad edilən yerə qayıt",
    note: "Mənbə",
    definition: "Tərif",
    demonstration: "Nümayiş jurnalı",
    about: "Bu hesabat haqqında",
    report: "Hesabat",
    agency: "Agentlik",
    ledger: "Jurnal",
    as_of: "Tarixə (D)",
    known_at: "Məlum olan mövqe (K)",
    root: "K-da kök",
    parameters: "Parametrlər",
    cited: "İstinad edilən yazılar",
    complete: "Bütün yazılar oxunub",
    yes: "bəli",
    no: "xeyr",
    print_mark: "@page{@top-left{content:\"Nümayiş jurnalı\"}}",
};

const RUSSIAN: Words = Words {
    skip: "Перейти к отчёту",
    contents: "Содержание",
    back: "Назад к месту ссылки",
    note: "Источник",
    definition: "Определение",
    demonstration: "Демонстрационный журнал",
    about: "Об этом отчёте",
    report: "Отчёт",
    agency: "Агентство",
    ledger: "Журнал",
    as_of: "На день (D)",
    known_at: "Известно на позиции (K)",
    root: "Корень на K",
    parameters: "Параметры",
    cited: "Записи, на которые есть ссылки",
    complete: "Все записи прочитаны",
    yes: "да",
    no: "нет",
    print_mark: "@page{@top-left{content:\"Демонстрационный журнал\"}}",
};

const CHINESE: Words = Words {
    skip: "跳到报告正文",
    contents: "目录",
    back: "返回引用处",
    note: "来源",
    definition: "定义",
    demonstration: "演示账本",
    about: "关于本报告",
    report: "报告",
    agency: "机构",
    ledger: "账本",
    as_of: "截至日期 (D)",
    known_at: "已知位置 (K)",
    root: "K 处的根",
    parameters: "参数",
    cited: "引用的记录",
    complete: "所有记录均可读取",
    yes: "是",
    no: "否",
    print_mark: "@page{@top-left{content:\"演示账本\"}}",
};

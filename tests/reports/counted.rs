//! What the reports on the portfolio and on conversion say of the rich portfolio, counted by hand.

use dealtrail::projection::models::Models;
use dealtrail::report::document::Document;
use dealtrail::report::document::block::{Block, Line};

use super::ledger::Ledger;
use super::rich::rich;
use super::{ask, blocks, figure, rendered, rows};

const DAY: &str = "2025-07-01";

fn asked(report: &str) -> Document {
    ask(&Models::fold(&rich().events), report, DAY, &[]).unwrap()
}

/// The numbers of the row that begins with these words.
fn row(document: &Document, part: &str, words: &str) -> Vec<String> {
    let rows = rows(document, part);
    let found = rows.iter().find(|row| row[0] == words);
    found.unwrap_or_else(|| panic!("no row {words:?} in {rows:#?}"))[1..].to_vec()
}

fn lines<'a>(document: &'a Document, part: &str) -> Vec<&'a Line> {
    let lists = blocks(document, part)
        .iter()
        .filter_map(|block| match block {
            Block::List { items } => Some(items),
            _ => None,
        });
    lists.flatten().collect()
}

#[test]
fn what_does_not_count_is_shown_apart() {
    let document = asked("portfolio");
    let value = |label| figure(&document, "counts", label).value.as_str();
    assert_eq!(
        value("Agreements registered"),
        "9: 8 practical, 1 between institutions"
    );
    assert_eq!(
        value("In packages"),
        "7: 6 practical, 1 between institutions"
    );
    assert_eq!(
        value("Outside packages"),
        "2: 2 practical, 0 between institutions"
    );
    // Of the three practical documents of the fair brick and glass count, and tile was registered and
    // replaced; the visit does not say.
    assert_eq!(
        value("Not registered"),
        "0 practical, 1 between institutions; not known for 1 package"
    );
    for label in [
        "Terminated",
        "Replaced by another agreement",
        "Registered twice",
        "Registration withdrawn",
    ] {
        assert_eq!(
            value(label),
            "1: 1 practical, 0 between institutions",
            "{label}"
        );
    }
}

#[test]
fn milestones_are_counted_in_the_order_of_the_track_with_their_strength() {
    let document = asked("portfolio");
    let reached = |words| row(&document, "milestones", words);
    assert_eq!(reached("Signed")[0], "7 of 8", "paper is not signed");
    assert_eq!(
        reached("Financial model, any strength"),
        ["3 of 8", "1", "0"]
    );
    assert_eq!(
        reached("Financial model: discussions concluded"),
        ["1 of 8", "0", "–"]
    );
    assert_eq!(reached("Financial model agreed"), ["1 of 8", "1", "–"]);
    assert_eq!(reached("Financial model signed off"), ["1 of 8", "0", "–"]);
    // Brick has land; that of cement was withdrawn, that of sun retracted; tide needs none.
    assert_eq!(reached("Land allocated"), ["1 of 8", "1", "1"]);
    assert_eq!(reached("Work plan agreed"), ["1 of 1", "0", "0"]);
    let order: Vec<String> = rows(&document, "milestones")
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    let place = |words: &str| order.iter().position(|row| row == words).unwrap();
    assert!(place("Financial model, any strength") < place("Land allocated"));
    assert!(place("Land allocated") < place("Commercial operation started"));
}

#[test]
fn an_agreement_of_two_sectors_or_countries_stands_in_both_rows_and_is_counted_once_below() {
    let document = asked("portfolio");
    // "brick" and "Brick" are one sector.
    assert_eq!(row(&document, "by_sector", "Brick"), ["2", "2 of 2", "0"]);
    assert_eq!(row(&document, "by_sector", "Energy"), ["2", "2 of 2", "0"]);
    assert_eq!(
        row(&document, "by_sector", "Not known"),
        ["3", "1 of 3", "1"]
    );
    assert_eq!(
        row(&document, "by_sector", "All agreements, each once"),
        ["8", "5 of 8", "1"]
    );
    assert_eq!(
        row(&document, "by_country", "Azerbaijan (AZ)"),
        ["1", "1 of 1", "1"]
    );
    assert_eq!(row(&document, "by_country", "China (CN)"), ["0", "–", "1"]);
    assert_eq!(
        row(&document, "by_country", "Not known"),
        ["7", "4 of 7", "0"]
    );
    let page = rendered(&document, "md");
    assert!(
        page.contains("1 agreement stands under more than one sector and is counted in each"),
        "{page}"
    );
    assert!(
        page.contains("3 agreements stand under more than one country and are counted in each"),
        "{page}"
    );
}

#[test]
fn the_kinds_of_money_stand_side_by_side() {
    let document = asked("portfolio");
    let none = "not stated";
    assert_eq!(
        row(&document, "money", "USD"),
        ["over 82,000,000", none, "7,000,000", none, none]
    );
    assert_eq!(
        row(&document, "money", "USD: with a value"),
        ["3 of 8", "0 of 8", "1 of 8", "0 of 8", "0 of 8"]
    );
    assert_eq!(
        row(&document, "money", "EUR"),
        ["25,000,000", "9,000,000.5", none, none, none]
    );
    assert_eq!(
        row(&document, "money", "AZN"),
        [
            "3,000,000",
            none,
            none,
            "nearly 2,500,000",
            "about 4,000,000"
        ]
    );
    assert_eq!(
        row(&document, "own_money", "The visit (PK-2025-002), EUR")[0],
        "about 5,000,000"
    );
}

#[test]
fn the_value_of_a_package_is_never_added_to_that_of_its_members() {
    let document = asked("portfolio");
    // The fair: 100 declared for the practical ones, 30 + over 40 stated of them, 1 of another.
    assert_eq!(
        row(&document, "declared", "The spring fair (PK-2025-001), USD"),
        [
            "100,000,000",
            "over 70,000,000",
            "up to 30,000,000",
            "2 of 3"
        ]
    );
    // In all: the fair as declared, one million beside it, twelve million outside packages.
    assert_eq!(
        row(&document, "declared", "USD"),
        [
            "100,000,000",
            "over 71,000,000",
            "up to 30,000,000",
            "12,000,000",
            "113,000,000"
        ]
    );
    // The visit: the one member states more than was declared of all.
    assert_eq!(
        row(&document, "declared", "EUR"),
        [
            "over 20,000,000",
            "25,000,000",
            "0",
            "not stated",
            "25,000,000"
        ]
    );
    assert_eq!(
        row(&document, "declared", "The visit (PK-2025-002), EUR"),
        [
            "over 20,000,000",
            "25,000,000",
            "minus up to 5,000,000",
            "1 of 4"
        ]
    );
    assert_eq!(
        row(&document, "declared", "The forum (PK-2025-003), AZN"),
        ["not stated", "3,000,000", "–", "–"]
    );
    let page = rendered(&document, "md");
    assert!(
        page.contains("exceed the value declared in EUR for 1 package;"),
        "{page}"
    );
    assert!(
        page.contains("2 of 3 packages have a value declared."),
        "{page}"
    );
}

#[test]
fn conversion_cannot_be_computed_while_a_count_is_not_known() {
    let document = asked("conversion");
    let cannot = "cannot be computed: the number of practical documents is not known";
    assert_eq!(figure(&document, "rates", "Any step").value, cannot);
    let unknown = figure(&document, "denominator", "Number not known");
    assert_eq!(unknown.value, "1 of 3 packages");
    assert_eq!(unknown.details, ["The visit (PK-2025-002)"]);
    assert_eq!(
        row(&document, "by_package", "The visit (PK-2025-002)")[0],
        "cannot be computed"
    );
    // Three were declared at the fair; tile was replaced by an agreement outside it.
    assert_eq!(
        row(&document, "by_package", "The spring fair (PK-2025-001)"),
        ["2 of 2", "1 of 2", "1 of 2", "0 of 2"]
    );
    // Two were declared at the forum and three are registered.
    assert_eq!(
        row(&document, "by_package", "The forum (PK-2025-003)"),
        ["2 of 3", "0 of 3", "0 of 3", "1 of 3"]
    );
    assert_eq!(
        row(&document, "by_package", "Outside packages")[..2],
        ["1 of 1", "1 of 1"]
    );
    assert_eq!(
        row(&document, "by_package", "All agreements, each once")[0],
        "cannot be computed"
    );
    let contracts = row(&document, "by_instrument", "Contract");
    assert_eq!(contracts, ["3 of 4", "2 of 4", "1 of 4", "1 of 4"]);
    assert_eq!(row(&document, "by_instrument", "Not stated")[0], "1 of 2");
}

#[test]
fn who_stays_in_and_who_is_left_out_is_named_with_the_fact() {
    let document = asked("conversion");
    for (part, label, who) in [
        ("denominator", "Terminated", "Cement (AG-2025-006)"),
        (
            "left_out",
            "Replaced by another agreement",
            "Tile (AG-2025-003)",
        ),
        ("left_out", "Registered twice", "Brick again (AG-2025-005)"),
        (
            "left_out",
            "Outside packages, not signed by D",
            "Paper (AG-2025-009)",
        ),
    ] {
        let row = figure(&document, part, label);
        assert_eq!(
            (row.value.as_str(), &row.details[..]),
            ("1", &[who.to_owned()][..])
        );
        assert_eq!(row.notes.len(), 1, "{label}");
    }
    let behind: Vec<_> = lines(&document, "behind")
        .iter()
        .map(|line| {
            assert_eq!(line.notes.len(), 1, "{}", line.text);
            let fact = line.fact.as_ref().unwrap();
            (fact.agreement.as_str(), fact.milestone.as_str())
        })
        .collect();
    assert_eq!(
        behind,
        [
            ("AG-2025-001", "land_allocated"),
            ("AG-2025-002", "financial_model_agreed"),
            ("AG-2025-004", "financial_model_agreed"),
            ("AG-2025-010", "commercial_operation"),
            ("AG-2025-011", "financial_model_agreed"),
            ("AG-2025-001", "land_allocated"),
            ("AG-2025-004", "financial_model_agreed"),
            ("AG-2025-001", "works_started"),
            ("AG-2025-010", "commercial_operation"),
        ]
    );
}

#[test]
fn conversion_by_value_says_why_it_cannot_be_computed() {
    let document = asked("conversion");
    let by_value = figure(&document, "by_value", "Any step");
    let all: Vec<&str> = [by_value.value.as_str()]
        .into_iter()
        .chain(by_value.details.iter().map(String::as_str))
        .collect();
    assert_eq!(
        all,
        [
            "EUR 0 of over EUR 20 million declared, which covers other than practical documents or may do so",
            "over USD 82 million of USD 112 million declared",
            "AZN: cannot be computed: a package whose members state values in it declares none in it itself",
        ]
    );
}

#[test]
fn an_empty_ledger_says_what_to_do_next() {
    let opened = Ledger::opened("Agency of the Lowlands", false);
    for report in ["portfolio", "conversion"] {
        for models in [Models::new(), Models::fold(&opened.events)] {
            let document = ask(&models, report, DAY, &[]).unwrap();
            let [Block::Empty { text }] = blocks(&document, "empty") else {
                panic!("{report} has more to say of nothing");
            };
            assert!(text.contains("dealtrail register agreement"), "{text}");
        }
    }
}

#[test]
fn a_package_without_agreements_is_calm() {
    let mut ledger = Ledger::opened("Agency of the Lowlands", false);
    ledger.add(
        "PK-2025-009",
        "package_registered",
        None,
        r#"{"ref":"PK-2025-009","titles":{"en":"The talks"},"declared_counts":{"practical":0}}"#,
    );
    ledger.end();
    let models = Models::fold(&ledger.events);
    let alone = [("package", "PK-2025-009")];
    let document = ask(&models, "portfolio", DAY, &alone).unwrap();
    assert!(rendered(&document, "text").contains("No agreement is registered here yet."));
    let document = ask(&models, "conversion", DAY, &alone).unwrap();
    assert_eq!(
        figure(&document, "rates", "Any step").value,
        "cannot be computed: there is no practical agreement"
    );
}

#[test]
fn agreements_too_many_to_be_named_are_counted_and_long_tables_are_cut() {
    let mut ledger = Ledger::opened("Agency of the Lowlands", false);
    for number in 0..310 {
        let package = format!("PK-{number:03}");
        ledger.add(&package, "package_registered", None, &format!(
            r#"{{"ref":"{package}","titles":{{"en":"Day {number}"}},"declared_counts":{{"practical":1}}}}"#
        ));
        let agreement = format!("AG-{number:03}");
        let data = ledger.filled(&format!(
            r#"{{"ref":"{agreement}","titles":{{"en":"Deal {number}"}},"class":"practical","instrument":"contract","nature":"unknown","sectors":[{{"text":"trade {number}"}}],"package":"<{package}>"}}"#
        ));
        ledger.add(&agreement, "agreement_registered", None, &data);
        if number < 31 {
            ledger.add(&agreement, "land_allocated", Some("2025-04-01"), "{}");
        }
    }
    ledger.end();
    let models = Models::fold(&ledger.events);
    let document = ask(&models, "portfolio", DAY, &[]).unwrap();
    assert_eq!(
        rows(&document, "by_sector").len(),
        301,
        "the last row counts all"
    );
    assert_eq!(
        row(&document, "by_sector", "All agreements, each once")[0],
        "310"
    );
    let page = rendered(&document, "md");
    assert!(
        page.contains("10 more sectors with fewer agreements are not listed here."),
        "{page}"
    );
    assert!(
        page.contains("10 more packages are not listed here"),
        "{page}"
    );
    let document = ask(&models, "conversion", DAY, &[]).unwrap();
    assert_eq!(
        figure(&document, "rates", "Any step").value,
        "31 of 310 practical agreements"
    );
    assert!(
        lines(&document, "behind").is_empty(),
        "31 are too many to be named"
    );
    assert!(
        rendered(&document, "md").contains("31 agreements meet it, too many to be named here.")
    );
}

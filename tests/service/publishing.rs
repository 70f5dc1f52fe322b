//! Reports asked for by name: which day and position they stand on, and the same bytes again.

use dealtrail::service::ledger::Ledger;
use dealtrail::service::publish::{self, Asked};
use dealtrail::service::publish_error::PublishError;

use super::support::{agreement, clock, init, moment, options, record, registered, send};

fn ledger() -> Ledger {
    let clock = clock();
    let ledger = Ledger::memory(init(), &options(&clock)).unwrap();
    let signed = record(agreement(1), "signed", Some("2025-04-17"), "{}");
    send(&ledger, "c-1", vec![registered(1), signed]).unwrap();
    clock.set(moment("2025-04-25T06:00:00Z"));
    let land = record(agreement(1), "land_allocated", Some("2025-04-22"), "{}");
    send(&ledger, "c-2", vec![land]).unwrap();
    clock.set(moment("2025-05-10T06:00:00Z"));
    ledger
}

fn asked(known_at: Option<&str>, until: Option<&str>) -> Asked {
    let until = until.map(|until| ("until".to_owned(), until.to_owned()));
    Asked {
        name: "practical-steps".to_owned(),
        parameters: until.into_iter().collect(),
        known_at: known_at.map(str::to_owned),
        ..Asked::default()
    }
}

#[test]
fn without_more_words_a_report_stands_on_the_head_and_today() {
    let ledger = ledger();
    let document = publish::document(&ledger, &asked(None, None)).unwrap();
    assert_eq!(document.known_at, ledger.head());
    assert_eq!(document.as_of.to_string(), "2025-05-10");
    let root = ledger.root(ledger.head()).unwrap();
    assert_eq!(document.ledger.root, root.hash.to_string());
}

#[test]
fn as_known_at_a_day_it_stands_on_that_day() {
    let ledger = ledger();
    let document = publish::document(&ledger, &asked(Some("2025-04-20"), None)).unwrap();
    assert_eq!(document.known_at, 6);
    assert_eq!(document.as_of.to_string(), "2025-04-20");
    assert_eq!(
        document.ledger.root,
        ledger.root(6).unwrap().hash.to_string()
    );
    let until = asked(Some("2025-04-26"), Some("2025-04-21"));
    let document = publish::document(&ledger, &until).unwrap();
    assert_eq!(
        (document.known_at, document.as_of.to_string().as_str()),
        (7, "2025-04-21")
    );
}

#[test]
fn the_same_question_gives_the_same_bytes_after_more_was_recorded() {
    let ledger = ledger();
    let question = asked(Some("2025-04-20"), Some("2025-04-20"));
    for format in ["text", "md", "json", "html", "csv"] {
        let before = publish::publish(&ledger, &question, format).unwrap();
        let id = format!("more-{format}");
        send(&ledger, &id, vec![super::support::noted(agreement(1), "x")]).unwrap();
        assert_eq!(
            publish::publish(&ledger, &question, format).unwrap(),
            before,
            "{format}"
        );
    }
}

#[test]
fn what_is_not_there_is_named_with_what_is() {
    let ledger = ledger();
    let error = |asked: &Asked, format: &str| {
        publish::publish(&ledger, asked, format)
            .unwrap_err()
            .to_string()
    };
    let mut nameless = asked(None, None);
    nameless.name = "practical-step".to_owned();
    assert!(error(&nameless, "text").contains("practical-steps"));
    assert!(error(&asked(None, None), "docx").contains("text"));
    let odd = asked(None, Some("soon"));
    assert!(
        error(&odd, "text").contains("\"soon\""),
        "{}",
        error(&odd, "text")
    );
    let mut tongue = asked(None, None);
    tongue.language = Some("tlh".to_owned());
    let refused = publish::document(&ledger, &tongue);
    assert!(matches!(refused, Err(PublishError::Language(_))));
}

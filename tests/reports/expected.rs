//! The answers the true-to-life portfolio must give.

use super::portfolio::portfolio;
use super::{ask, rendered};

#[test]
fn show() {
    let ledger = portfolio();
    for day in ["2025-04-26", "2025-04-20"] {
        let models = ledger.known_on(day);
        let document = ask(
            &models,
            "practical-steps",
            day,
            &[("since", "2025-04-17"), ("until", day)],
        )
        .unwrap();
        println!("{}", rendered(&document, "text"));
    }
    let models = ledger.known_on("2025-04-26");
    let document = ask(
        &models,
        "dossier",
        "2025-04-26",
        &[("agreement", "AG-2025-002")],
    )
    .unwrap();
    println!("{}", rendered(&document, "text"));
}

//! Tokens and the access log as an administrator and an auditor meet them.

use std::fs;

use super::desk::Desk;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_token_is_shown_once_listed_and_revoked() {
    let desk = Desk::with_two_agreements();
    assert_eq!(
        text(&desk.quiet("token list").stdout),
        "No token is valid.\n"
    );
    let made = desk.quiet("token add u:7f3a --role officer --label desk --as u:admin");
    let token = text(&made.stdout);
    assert!(
        token.starts_with("dt_") && token.trim_end().len() == 62,
        "{token}"
    );
    let told = text(&made.stderr);
    assert!(
        told.contains("lets u:7f3a in as officer until 20"),
        "{told}"
    );
    assert!(
        !told.contains("dt_"),
        "the token stands on standard output alone"
    );
    let only = desk.quiet("token add u:9b --role auditor --only read-metrics,read_ledger --days 7");
    assert_eq!(only.status.code(), Some(0));
    let list = desk.json("token list");
    let list = list["tokens"].as_array().unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(list[0]["granted_by"], "u:admin");
    assert_eq!(
        list[1]["only"],
        serde_json::json!(["read_metrics", "read_ledger"])
    );
    assert!(!serde_json::to_string(list).unwrap().contains(&token[3..20]));
    let shown = text(&desk.quiet("token list").stdout);
    assert!(
        shown.contains("auditor: read-metrics, read-ledger"),
        "{shown}"
    );
    // By the token, then by the id.
    let revoked = text(
        &desk
            .quiet(&format!("token revoke {}", token.trim_end()))
            .stdout,
    );
    assert!(
        revoked.starts_with("Revoked t-") && revoked.contains(" of u:7f3a;"),
        "{revoked}"
    );
    let id = list[1]["token"].as_str().unwrap();
    assert_eq!(
        desk.quiet(&format!("token revoke {id}")).status.code(),
        Some(0)
    );
    let list = text(&desk.quiet("token list").stdout);
    assert_eq!(
        list,
        "No token is valid.\n2 more ran out or were revoked; --all shows them\n"
    );
    let all = text(&desk.quiet("token list --all").stdout);
    assert_eq!(all.matches("revoked 20").count(), 2, "{all}");
}

#[test]
fn what_cannot_be_granted_is_refused_in_words() {
    let mut desk = Desk::with_two_agreements();
    desk.say("token add u:7f3a --role boss")
        .say("token add nobody --role officer")
        .say("token add u:7f3a --role officer --only confirm")
        .say("token add u:7f3a --role officer --only greet")
        .say("token add u:7f3a --role officer --days 91")
        .say("token add u:7f3a --role officer --days 0")
        .say("token revoke 7")
        .say("token revoke t-aaaaaaaaaaaa")
        .say("token list --data nowhere");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn what_was_altered_about_access_is_found_by_verify() {
    let desk = Desk::with_two_agreements();
    let export = desk.quiet("export access-log");
    assert_eq!(
        (text(&export.stdout).as_str(), export.status.code()),
        ("", Some(0))
    );
    desk.quiet("token add u:7f3a --role officer");
    desk.quiet("token add u:9b --role auditor");
    let verified = desk.quiet("verify");
    assert_eq!(
        verified.status.code(),
        Some(0),
        "{}",
        text(&verified.stderr)
    );
    let grants = desk.ledger().join("access/grants");
    let before = fs::read_to_string(&grants).unwrap();
    fs::write(&grants, before.replacen("officer", "reviewer", 1)).unwrap();
    let verified = desk.quiet("verify");
    assert_eq!(verified.status.code(), Some(2));
    assert!(text(&verified.stdout).contains("DAMAGED: the file `access/grants`"));
    let list = desk.quiet("token list");
    assert_eq!(list.status.code(), Some(2));
}

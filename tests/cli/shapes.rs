//! The shape of the program: help, completions and manual pages.

use super::desk::Desk;

const COMMANDS: [&str; 35] = [
    "demo",
    "init",
    "register",
    "describe",
    "link",
    "record",
    "correct",
    "retract",
    "move",
    "source",
    "confirm",
    "expect",
    "promise",
    "obstacle",
    "contact",
    "assign",
    "note",
    "claim",
    "value",
    "figure",
    "list",
    "show",
    "history",
    "report",
    "replay",
    "verify",
    "checkpoint",
    "receipt",
    "trust",
    "info",
    "rebuild",
    "backup",
    "restore",
    "completions",
    "man",
];

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let mut desk = Desk::bare();
    desk.say("--help");
    let said = desk.said();
    for command in COMMANDS {
        assert!(
            said.contains(&format!("\n  {command} ")),
            "{command}\n{said}"
        );
    }
    assert!(said.contains("Exit codes:"), "{said}");
    insta::assert_snapshot!(said);
}

#[test]
fn every_command_has_help_of_its_own() {
    let desk = Desk::bare();
    for command in COMMANDS {
        let output = desk.quiet(&format!("{command} --help"));
        assert_eq!(output.status.code(), Some(0), "{command}");
        assert!(!output.stdout.is_empty(), "{command}");
    }
}

#[test]
fn completions_and_manual_pages_are_made() {
    let desk = Desk::bare();
    for shell in ["bash", "zsh", "fish"] {
        let output = desk.quiet(&format!("completions {shell}"));
        assert!(
            String::from_utf8(output.stdout)
                .unwrap()
                .contains("dealtrail"),
            "{shell}"
        );
    }
    let output = desk.quiet("man pages");
    assert_eq!(output.status.code(), Some(0));
    assert!(desk.path().join("pages/dealtrail-record.1").exists());
    let page = desk.quiet("man");
    assert!(page.stdout.starts_with(b".ie"), "a manual page");
}

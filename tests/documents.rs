//! README, ARCHITECTURE and CONTRIBUTING stay true: short, with files and commands that exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

const DOCUMENTS: [&str; 3] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];

/// The map is read in one sitting or not at all.
const ARCHITECTURE_LINES: usize = 200;

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{name} is at the root: {e}"))
}

/// The text outside fenced blocks, and the text inside them.
fn prose_and_blocks(text: &str) -> (String, String) {
    let (mut prose, mut blocks) = (String::new(), String::new());
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let side = if fenced { &mut blocks } else { &mut prose };
        side.push_str(line);
        side.push('\n');
    }
    (prose, blocks)
}

/// What stands between single backticks.
fn code_spans(prose: &str) -> Vec<&str> {
    prose.split('`').skip(1).step_by(2).collect()
}

/// The part of a span that must exist: all of a path, or the folder before the first `<name>`.
///
/// A span is a path of the repository when it has a folder or a known ending; what begins with `/`,
/// `./` or `~` is a place on the reader's machine or an address of the API.
fn repository_path(span: &str) -> Option<&str> {
    const ENDINGS: [&str; 7] = [".rs", ".md", ".toml", ".json", ".lock", ".yml", ".sh"];
    const MEDIA: [&str; 3] = ["application/", "text/", "image/"];
    let elsewhere = ["/", "./", "../", "~", "-", "http"];
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-<>*".contains(c);
    if !span.chars().all(plain) || elsewhere.iter().any(|start| span.starts_with(start)) {
        return None;
    }
    if MEDIA.iter().any(|kind| span.starts_with(kind)) {
        return None;
    }
    let is_path = span.contains('/') || ENDINGS.iter().any(|end| span.ends_with(end));
    if !is_path {
        return None;
    }
    match span.find(['<', '*']) {
        Some(hole) => span[..hole].rfind('/').map(|end| &span[..end]),
        None => Some(span),
    }
}

/// Subcommands after `dealtrail`, or after the `--` of `cargo run`.
fn subcommands(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let command = match words.iter().position(|w| *w == "cargo") {
            Some(at) if words.get(at + 1) == Some(&"run") => words.iter().position(|w| *w == "--"),
            _ => words
                .iter()
                .position(|w| *w == "dealtrail" || w.ends_with("/dealtrail")),
        };
        let Some(name) = command.and_then(|at| words.get(at + 1)) else {
            continue;
        };
        if name.starts_with(|c: char| c.is_ascii_lowercase()) {
            names.insert((*name).to_owned());
        }
    }
    names
}

/// All subcommands a document names, in its blocks and its spans.
fn named_subcommands(text: &str) -> BTreeSet<String> {
    let (prose, blocks) = prose_and_blocks(text);
    let mut names = subcommands(&blocks);
    let spans = code_spans(&prose).into_iter();
    names.extend(
        spans
            .filter(|s| s.starts_with("dealtrail "))
            .flat_map(subcommands),
    );
    names
}

/// The first word of each line below `Commands:` in a help text.
fn offered(help: &str) -> BTreeSet<String> {
    let lines = help.lines().skip_while(|l| l.trim() != "Commands:").skip(1);
    let commands = lines.take_while(|l| l.is_empty() || l.starts_with(' '));
    commands
        .filter(|l| l.starts_with("  ") && !l.starts_with("   "))
        .filter_map(|l| l.split_whitespace().next().map(str::to_owned))
        .collect()
}

#[test]
fn the_architecture_stays_short() {
    let lines = document("ARCHITECTURE.md").lines().count();
    assert!(
        lines <= ARCHITECTURE_LINES,
        "ARCHITECTURE.md has {lines} lines, at most {ARCHITECTURE_LINES}: move details to the code they are about"
    );
}

#[test]
fn every_path_in_the_documents_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut missing = Vec::new();
    let mut seen = 0;
    for name in DOCUMENTS {
        let text = document(name);
        let (prose, _) = prose_and_blocks(&text);
        for path in code_spans(&prose).into_iter().filter_map(repository_path) {
            seen += 1;
            if !root.join(path).exists() {
                missing.push(format!("{name}: `{path}`"));
            }
        }
    }
    assert!(
        seen > 0,
        "the documents name no file at all: the reader of this test is broken"
    );
    assert!(
        missing.is_empty(),
        "named but not there:\n{}",
        missing.join("\n")
    );
}

#[test]
fn every_command_in_the_documents_exists() {
    let output = Command::new(env!("CARGO_BIN_EXE_dealtrail"))
        .arg("--help")
        .output();
    let output = output.expect("dealtrail can be started");
    let help = String::from_utf8(output.stdout).expect("the help is UTF-8");
    let offered = offered(&help);
    for name in DOCUMENTS {
        let named = named_subcommands(&document(name));
        let unknown: Vec<_> = named.difference(&offered).collect();
        assert!(
            unknown.is_empty(),
            "{name} names {unknown:?}, but the program offers {offered:?}"
        );
    }
}

#[test]
fn the_links_between_documents_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in DOCUMENTS {
        let text = document(name);
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let file = link.split('#').next().unwrap_or_default();
            let outside = link.contains("://") || file.is_empty();
            assert!(
                outside || root.join(file).exists(),
                "{name} links to `{link}`, which is not there"
            );
        }
    }
}

#[test]
fn paths_are_told_from_other_words() {
    let paths = [
        ("src/deal/event.rs", "src/deal/event.rs"),
        ("src/deal/event/<kind>.rs", "src/deal/event"),
        ("schemas/event/*.json", "schemas/event"),
        ("Cargo.toml", "Cargo.toml"),
        ("tests/run", "tests/run"),
    ];
    for (span, path) in paths {
        assert_eq!(repository_path(span), Some(path));
    }
    let others = [
        "deal",
        "/v1/agreements",
        "./dealtrail-demo",
        "cargo test",
        "store::open",
        "--data",
        "application/json",
        "~/ledger",
        "a: b/c",
        "<kind>.rs",
    ];
    for span in others {
        assert_eq!(repository_path(span), None, "{span}");
    }
}

#[test]
fn commands_are_found_in_blocks_and_spans() {
    let text = "Run `dealtrail verify --trust F` or dealtrail alone.\n```\n$ dealtrail --data D show A\n\
                cargo run --release -- demo --no-serve\ncargo test -- record\n\
                ./target/release/dealtrail info\n```\n`dealtrail`, `tests/run`\n";
    let names = named_subcommands(text);
    assert_eq!(names.iter().collect::<Vec<_>>(), ["demo", "info", "verify"]);
}

#[test]
fn the_help_is_read() {
    let help = "Follows deals.\n\nUsage: dealtrail [OPTIONS] <COMMAND>\n\nCommands:\n  demo    Makes a\n          \
                ledger\n  record  Records\n\n  help    Helps\n\nOptions:\n  -h, --help\n";
    assert_eq!(
        offered(help).iter().collect::<Vec<_>>(),
        ["demo", "help", "record"]
    );
}

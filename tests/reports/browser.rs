//! The pages of reports as a browser lays them out: nothing wider than a small screen, no link into nothing,
//! no complaint, and pages on paper.
//!
//! Without chromium the test is skipped, unless `DEALTRAIL_REQUIRE_BROWSER=1`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use dealtrail::report::document::Document;
use serde_json::Value;

use super::everywhere::{dossier, hostile, steps};
use super::rendered;

const WIDTHS: [u32; 3] = [320, 390, 1280];

/// Lays every page out in a frame of its own and tells what it sees; says one thing to the console, to show
/// that what is said there is heard.
const LOOK: &str = r#"
console.error("heard");
onload = () => {
  const seen = [...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument, root = page.documentElement;
    const ids = [...page.querySelectorAll("[id]")].map(one => one.id);
    const wide = [...page.querySelectorAll("body *")].filter(one =>
      !one.closest(".table, .skip") && one.getBoundingClientRect().right > root.clientWidth + 1);
    return {
      name: frame.title, width: root.clientWidth, scroll: root.scrollWidth,
      wide: wide.map(one => one.outerHTML.slice(0, 200)),
      broken: [...page.querySelectorAll("a[href^='#']")].map(one => one.getAttribute("href"))
        .filter(href => !page.getElementById(href.slice(1))),
      links: page.querySelectorAll("a[href^='#']").length,
      twice: ids.filter((id, at) => ids.indexOf(id) !== at),
      nameless: [...page.querySelectorAll("[aria-labelledby]")].map(one => one.getAttribute("aria-labelledby"))
        .filter(id => !page.getElementById(id)?.textContent.trim()),
      headings: [...page.querySelectorAll("h1,h2,h3")].map(one => +one.tagName[1]),
      scripts: page.scripts.length, words: page.body.innerText.length,
    };
  });
  document.body.innerHTML = "<pre id=seen>" + btoa(unescape(encodeURIComponent(JSON.stringify(seen)))) + "</pre>";
};
"#;

pub(super) fn browser() -> Option<&'static str> {
    let found = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok());
    assert!(
        found.is_some() || std::env::var_os("DEALTRAIL_REQUIRE_BROWSER").is_none(),
        "chromium is not installed"
    );
    found
}

/// Runs the browser on a file, with a profile of its own.
pub(super) fn open(browser: &str, dir: &Path, file: &str, arguments: &[&str]) -> Output {
    Command::new(browser)
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args(["--enable-logging=stderr", "--virtual-time-budget=20000"])
        .arg(format!("--user-data-dir={}", dir.join("profile").display()))
        .args(arguments)
        .arg(format!("file://{}", dir.join(file).display()))
        .env("HOME", dir)
        .output()
        .unwrap()
}

pub(super) fn console(output: &Output) -> Vec<String> {
    let said = String::from_utf8_lossy(&output.stderr);
    let lines = said.lines().filter(|line| line.contains("CONSOLE"));
    lines.map(str::to_owned).collect()
}

fn pages() -> [(&'static str, Document); 3] {
    [
        ("steps", steps()),
        ("dossier", dossier()),
        ("hostile", hostile()),
    ]
}

/// What a page wrote down of what it saw.
pub(super) fn seen(output: &Output) -> Vec<Value> {
    let dom = String::from_utf8_lossy(&output.stdout);
    let seen = dom
        .split("<pre id=\"seen\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next());
    let seen = seen.unwrap_or_else(|| panic!("the browser answered nothing: {output:?}"));
    let seen = data_encoding::BASE64.decode(seen.as_bytes()).unwrap();
    serde_json::from_slice(&seen).unwrap()
}

#[test]
fn pages_fit_every_screen_and_lead_nowhere_wrong() {
    let Some(browser) = browser() else { return };
    let dir = tempfile::tempdir().unwrap();
    let mut frames = format!("<!DOCTYPE html><meta charset=utf-8><script>{LOOK}</script><body>");
    for (name, document) in pages() {
        let page = rendered(&document, "html");
        let page = page.replace('&', "&amp;").replace('"', "&quot;");
        for width in WIDTHS {
            frames.push_str(&format!(
                "<iframe title={name} width={width} height=800 style=border:0 srcdoc=\"{page}\"></iframe>"
            ));
        }
    }
    fs::write(dir.path().join("look.html"), frames).unwrap();
    let output = open(browser, dir.path(), "look.html", &["--dump-dom"]);
    let seen = seen(&output);
    assert_eq!(seen.len(), pages().len() * WIDTHS.len());
    for page in &seen {
        assert_eq!(page["scroll"], page["width"], "it scrolls sideways: {page}");
        for nothing in ["wide", "broken", "twice", "nameless"] {
            assert_eq!(page[nothing], serde_json::json!([]), "{nothing}: {page}");
        }
        assert!(page["links"].as_u64() > Some(10), "{page}");
        assert!(page["words"].as_u64() > Some(500), "{page}");
        assert_eq!(page["scripts"], 0);
        let levels: Vec<u64> = page["headings"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_u64)
            .collect();
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
        assert!(
            levels.windows(2).all(|pair| pair[1] <= pair[0] + 1),
            "a level is left out: {levels:?}"
        );
    }
    let console = console(&output);
    assert_eq!(console.len(), 1, "{console:?}");
    assert!(console[0].contains("heard"), "{console:?}");
}

#[test]
fn pages_can_be_printed() {
    let Some(browser) = browser() else { return };
    let dir = tempfile::tempdir().unwrap();
    for (name, document) in pages() {
        let file = format!("{name}.html");
        fs::write(dir.path().join(&file), rendered(&document, "html")).unwrap();
        let paper = dir.path().join("paper.pdf");
        let _ = fs::remove_file(&paper);
        let print = format!("--print-to-pdf={}", paper.display());
        let output = open(
            browser,
            dir.path(),
            &file,
            &[&print, "--no-pdf-header-footer"],
        );
        let bytes = fs::read(&paper).unwrap_or_else(|_| panic!("{output:?}"));
        let text = String::from_utf8_lossy(&bytes);
        let sheets = text.matches("/Type /Page\n").count();
        assert!(
            bytes.starts_with(b"%PDF-") && sheets > 0,
            "{name}: {sheets} pages"
        );
        assert!(
            console(&output).is_empty(),
            "{name}: {:?}",
            console(&output)
        );
    }
}

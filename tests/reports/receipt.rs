//! The page of an issued report checks its own receipt in a browser, and a page that was altered says so.
//!
//! Without chromium the tests are skipped, unless `DEALTRAIL_REQUIRE_BROWSER=1`.

use std::fs;

use data_encoding::BASE64;
use dealtrail::export::html::carried::carried;
use dealtrail::export::html::page;
use dealtrail::export::html::receipt::Issue;
use dealtrail::report::document::Document;
use serde_json::Value;

use super::browser::{browser, console, open, seen};
use crate::service::golden_reports::{numbers, read};

/// Gives each page a key, presses its button, and tells what stands there then.
const ASK: &str = r#"
const wait = () => new Promise(done => setTimeout(done, 50));
onload = async () => {
  const seen = [];
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument, part = id => page.getElementById(id), trust = frame.dataset.trust;
    if (!part("check") || part("check").hidden) { seen.push({ name: frame.title, verdict: "no script" }); continue; }
    const settled = async () => { for (let n = 0; n < 100 && !part("verdict").dataset.is; n += 1) await wait(); };
    await settled();
    if (trust) {
      delete part("verdict").dataset.is;
      part("trust").value = trust;
      part("go").click();
      await settled();
    }
    seen.push({
      name: frame.title, verdict: part("verdict").dataset.is, title: part("verdict").querySelector("h3").textContent,
      live: part("verdict").getAttribute("aria-live"), label: part("trust").labels.length,
      checks: Object.fromEntries([...part("verdict").querySelectorAll("li")].map(one => one.textContent.split(":"))
        .map(([name, ...rest]) => [name, rest.join(":").trim()])),
    });
  }
  document.body.innerHTML = "<pre id=seen>" + btoa(unescape(encodeURIComponent(JSON.stringify(seen)))) + "</pre>";
};
"#;

fn golden(number: &str) -> String {
    let document: Document =
        serde_json::from_slice(&read(&format!("reports/{number}.json"))).unwrap();
    let certificate = read(&format!("reports/{number}.certificate"));
    let issue = Issue {
        line: "This is the report, as issued.",
        certificate: Some(str::from_utf8(&certificate).unwrap()),
    };
    String::from_utf8(page(&document, Some(&issue)).unwrap()).unwrap()
}

fn key() -> String {
    let policy = String::from_utf8(read("policy")).unwrap();
    let key = policy.lines().find_map(|line| line.strip_prefix("log "));
    key.unwrap().to_owned()
}

/// What a browser says of pages, each with the key it is given.
fn asked(pages: &[(&str, String, &str)]) -> Option<Vec<Value>> {
    let browser = browser()?;
    let dir = tempfile::tempdir().unwrap();
    let mut frames = format!("<!DOCTYPE html><meta charset=utf-8><script>{ASK}</script><body>");
    for (name, page, trust) in pages {
        let page = page.replace('&', "&amp;").replace('"', "&quot;");
        frames.push_str(&format!(
            "<iframe title=\"{name}\" data-trust=\"{trust}\" width=900 height=600 srcdoc=\"{page}\"></iframe>"
        ));
    }
    fs::write(dir.path().join("ask.html"), frames).unwrap();
    let output = open(browser, dir.path(), "ask.html", &["--dump-dom"]);
    let seen = seen(&output);
    assert_eq!(seen.len(), pages.len());
    Some(seen)
}

#[test]
fn every_issued_report_checks_itself() {
    let (numbers, key) = (numbers(), key());
    let pages: Vec<_> = numbers
        .iter()
        .map(|number| (number.as_str(), golden(number), key.as_str()))
        .collect();
    let Some(seen) = asked(&pages) else { return };
    for one in seen {
        assert_eq!(one["verdict"], "fits", "{one}");
        assert_eq!((&one["live"], &one["label"]), (&"polite".into(), &1.into()));
        let checks = one["checks"].as_object().unwrap();
        assert_eq!(checks.len(), 5);
        assert!(
            checks
                .values()
                .all(|said| said.as_str().unwrap().starts_with("fits"))
        );
        assert_eq!(
            one["title"],
            "This report is what the ledger issued and signed"
        );
    }
}

/// The page with its Document changed, and everything that is shown with it.
fn with_document(number: &str, from: &str, to: &str) -> String {
    let page_of = golden(number);
    let document = String::from_utf8(carried(&page_of).unwrap().document).unwrap();
    let changed: Document = serde_json::from_str(&document.replace(from, to)).unwrap();
    let certificate = carried(&page_of).unwrap().certificate.unwrap();
    let issue = Issue {
        line: "This is the report, as issued.",
        certificate: Some(&certificate),
    };
    String::from_utf8(page(&changed, Some(&issue)).unwrap()).unwrap()
}

/// The page with its certificate changed.
fn with_certificate(number: &str, change: &dyn Fn(&str) -> String) -> String {
    let page = golden(number);
    let certificate = carried(&page).unwrap().certificate.unwrap();
    let changed = change(&certificate);
    assert_ne!(certificate, changed);
    page.replace(
        &BASE64.encode(certificate.as_bytes()),
        &BASE64.encode(changed.as_bytes()),
    )
}

/// The text with the first letter of a line changed.
fn flipped(text: &str, at: usize) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let line = &mut lines[at];
    let other = if line.starts_with('A') { "B" } else { "A" };
    line.replace_range(..1, other);
    lines.join("\n") + "\n"
}

/// The place of the first hash behind the line that begins so.
fn behind(text: &str, start: &str) -> usize {
    text.lines()
        .position(|line| line.starts_with(start))
        .unwrap()
        + 1
}

/// The certificate with the middle of its last signature changed.
fn signed_otherwise(text: &str) -> String {
    let line = text.lines().last().unwrap();
    let at = line.len() - 12;
    text.replace(line, &line.replace(&line[at..at + 4], "AAAA"))
}

/// Altered pages, each with the one check that has to fail.
fn altered(number: &str) -> Vec<(&'static str, String, &'static str)> {
    let good = golden(number);
    let once = |from: &str, to: &str| {
        let page = good.replacen(from, to, 1);
        assert_ne!(page, good, "{from}");
        page
    };
    let claim = "<p>All land is allocated.</p>";
    let certified = |change: &dyn Fn(&str) -> String| with_certificate(number, change);
    let day = |text: &str| text.replacen("\"as_of\":\"2025-04-26\"", "\"as_of\":\"2025-04-25\"", 1);
    vec![
        ("word", once("2 of 9", "9 of 9"), "Words"),
        ("more", once("</main>", &format!("{claim}</main>")), "Words"),
        (
            "outside",
            once("</body>", &format!("{claim}</body>")),
            "Words",
        ),
        (
            "twice",
            once(
                "<footer",
                &format!("<div id=\"receipt\">{claim}</div><footer"),
            ),
            "Words",
        ),
        ("less", once("Contents</h2>", "</h2>"), "Words"),
        (
            "document",
            with_document(number, "2 of 9", "9 of 9"),
            "Digest",
        ),
        (
            "issue",
            certified(&|text| flipped(text, behind(text, "index"))),
            "Issue",
        ),
        ("manifest", certified(&day), "Issue"),
        (
            "beginning",
            certified(&|text| flipped(text, 2)),
            "Beginning",
        ),
        ("signature", certified(&signed_otherwise), "Signature"),
    ]
}

#[test]
fn a_page_that_was_altered_does_not_match() {
    let (cases, key) = (altered("PS-2025-001"), key());
    let pages: Vec<_> = cases
        .iter()
        .map(|(name, page, _)| (*name, page.clone(), key.as_str()))
        .collect();
    let Some(seen) = asked(&pages) else { return };
    for (one, (name, _, check)) in seen.iter().zip(&cases) {
        assert_eq!(one["verdict"], "differs", "{name}: {one}");
        assert_eq!(one["title"], "This page does not match its receipt");
        let checks = one["checks"].as_object().unwrap().iter();
        let failed =
            checks.filter(|(_, said)| said.as_str().unwrap().starts_with("does not match"));
        let failed: Vec<&String> = failed.map(|(name, _)| name).collect();
        assert_eq!(failed, [check], "{name}: {one}");
    }
}

#[test]
fn a_page_says_what_it_could_not_check_and_runs_no_other_script() {
    let (good, key) = (golden("PS-2025-001"), key());
    let garbled = key.replace("example/demo", "example/mode");
    let changed = good.replacen("\"does not match\"", "\"fits\"", 1);
    let second = "<script>document.body.textContent = ''</script></body>";
    let pages = [
        ("no key", good.clone(), ""),
        ("garbled key", good.clone(), garbled.as_str()),
        ("changed script", changed.clone(), key.as_str()),
        (
            "second script",
            good.replacen("</body>", second, 1),
            key.as_str(),
        ),
    ];
    assert_ne!(changed, good);
    let Some(seen) = asked(&pages) else { return };
    assert_eq!(seen[0]["verdict"], "open");
    assert_eq!(seen[1]["verdict"], "open", "{}", seen[1]);
    let said = seen[1]["checks"]["Signature"].as_str().unwrap();
    assert!(said.contains("not copied whole"), "{said}");
    // The page's own policy lets no other script run than this one, byte for byte.
    assert_eq!(seen[2]["verdict"], "no script");
    assert_eq!(seen[3]["verdict"], "fits", "{}", seen[3]);
}

#[test]
fn a_page_with_a_receipt_is_printed_without_what_is_only_for_screens() {
    let Some(browser) = browser() else { return };
    let dir = tempfile::tempdir().unwrap();
    let number = "PS-2025-001";
    fs::write(dir.path().join("page.html"), golden(number)).unwrap();
    let paper = dir.path().join("paper.pdf");
    let print = format!("--print-to-pdf={}", paper.display());
    let output = open(
        browser,
        dir.path(),
        "page.html",
        &[&print, "--no-pdf-header-footer"],
    );
    let with = fs::read(&paper).unwrap();
    assert!(console(&output).is_empty(), "{:?}", console(&output));
    let sheets = |bytes: &[u8]| {
        String::from_utf8_lossy(bytes)
            .matches("/Type /Page\n")
            .count()
    };
    // Three lines of a checkpoint, and not the certificate or the list of checks.
    let document: Document =
        serde_json::from_slice(&read(&format!("reports/{number}.json"))).unwrap();
    let bare = page(&document, None).unwrap();
    fs::write(dir.path().join("page.html"), bare).unwrap();
    open(
        browser,
        dir.path(),
        "page.html",
        &[&print, "--no-pdf-header-footer"],
    );
    let without = sheets(&fs::read(&paper).unwrap());
    assert!(without > 0 && sheets(&with) <= without + 1);
}

#[test]
fn only_a_page_with_a_certificate_holds_a_script() {
    let document: Document = serde_json::from_slice(&read("reports/PF-2025-001.json")).unwrap();
    let issue = Issue {
        line: "This is PF-2025-001, as issued.",
        certificate: None,
    };
    for issue in [None, Some(&issue)] {
        let page = String::from_utf8(page(&document, issue).unwrap()).unwrap();
        assert!(!page.contains("<script") && !page.contains("script-src"));
        let found = carried(&page).unwrap();
        assert_eq!(found.document, document.canonical_bytes().unwrap());
        assert_eq!(found.certificate, None);
        assert_eq!(page.contains("has no certificate"), issue.is_some());
    }
    let page = golden("PF-2025-001");
    assert_eq!(page.matches("<script>").count(), 1);
    assert!(page.contains("script-src &#39;sha256-"));
    let found = carried(&page).unwrap();
    let certificate = String::from_utf8(read("reports/PF-2025-001.certificate")).unwrap();
    assert_eq!(found.certificate, Some(certificate));
    assert_eq!(
        found.line.as_deref(),
        Some("This is the report, as issued.")
    );
}

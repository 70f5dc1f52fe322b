//! The receipt at the end of an issued report's page, and the script that checks it on the reader's machine.

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::carried;
use super::writer::Writer;

/// What the page of an issued report holds beside its Document.
#[derive(Debug, Clone, Copy)]
pub struct Issue<'a> {
    /// Which issue it is, and what became of the facts it cites.
    pub line: &'a str,
    /// Its certificate, once a checkpoint covers it.
    pub certificate: Option<&'a str>,
}

/// The section's name in the page.
pub(super) const ID: &str = "receipt";
/// Its heading.
pub(super) const TITLE: &str = "Receipt";

/// The verifier, as it also runs without a browser.
const SCRIPT: &str = include_str!("../../../verifier/verify.js");
/// The same between its tags.
const TAGGED: &str = concat!(
    "<script>",
    include_str!("../../../verifier/verify.js"),
    "</script>\n"
);

/// The certificate, if there is one.
pub(super) fn certificate<'a>(issue: Option<&Issue<'a>>) -> Option<&'a str> {
    issue.and_then(|issue| issue.certificate)
}

/// What the page's policy says of the script: this one by its hash, and no other.
pub(super) fn allowed() -> String {
    format!(
        "script-src 'sha256-{}'",
        BASE64.encode(&Sha256::digest(SCRIPT))
    )
}

/// The certificate for programs, and the script, behind everything that is shown.
pub(super) fn embedded(page: &mut Writer, issue: Option<&Issue<'_>>) {
    if let Some(certificate) = certificate(issue) {
        carried::write(
            page,
            carried::CERTIFICATE,
            &BASE64.encode(certificate.as_bytes()),
        );
        page.markup(TAGGED);
    }
}

/// The section. Its words are English in every language, as those of the script are.
pub(super) fn section(page: &mut Writer, issue: &Issue<'_>) {
    let attributes = [
        ("id", ID),
        ("class", ID),
        ("lang", "en"),
        ("aria-labelledby", "receipt-title"),
    ];
    page.block("section", &attributes, |page| {
        page.block("h2", &[("id", "receipt-title")], |page| page.text(TITLE));
        match issue.certificate {
            Some(certificate) => certified(page, certificate),
            None => page.block("p", &[], |page| {
                page.text(
                    "No checkpoint of the ledger covers the issue of this report yet, so it has no certificate. Printed \
                     again after the next checkpoint, it carries one.",
                );
            }),
        }
    });
}

fn certified(page: &mut Writer, certificate: &str) {
    page.block("p", &[], |page| {
        page.text(
            "The ledger recorded the issue of this report with the digest of its words, and later signed all it held: its \
             name, the number of its entries, and the root over them.",
        );
    });
    page.block("pre", &[], |page| page.lines(&checkpoint(certificate)));
    page.block("noscript", &[], |page| {
        page.block("p", &[], |page| {
            page.text(
                "This page can check itself where scripts may run. Without them, the verifier of the ledger's audit pack \
                 does the same.",
            );
        });
    });
    page.block(
        "div",
        &[("id", "check"), ("class", "interactive"), ("hidden", "")],
        |page| {
            page.block("label", &[("for", "trust")], |page| {
                page.text("The ledger's public key, or a trust policy");
            });
            page.block("p", &[("class", "hint"), ("id", "trust-hint")], |page| {
                page.text("As its keepers or an auditor gave it to you, and not from this page.");
            });
            let attributes = [
                ("id", "trust"),
                ("rows", "2"),
                ("spellcheck", "false"),
                ("autocomplete", "off"),
                ("autocapitalize", "off"),
                ("aria-describedby", "trust-hint"),
            ];
            page.block("textarea", &attributes, |_| ());
            page.block("button", &[("type", "button"), ("id", "go")], |page| {
                page.text("Check");
            });
            let attributes = [
                ("id", "verdict"),
                ("class", "verdict"),
                ("role", "status"),
                ("aria-live", "polite"),
            ];
            page.block("div", &attributes, |_| ());
        },
    );
    page.block("details", &[], |page| {
        page.element("summary", &[], |page| page.text("Certificate"));
        page.block("pre", &[], |page| page.lines(certificate));
    });
}

/// The three lines that are signed: the last text of a certificate in front of its signatures.
fn checkpoint(certificate: &str) -> String {
    let note = certificate.rsplit_once("\n\n").map_or("", |(head, _)| head);
    note.rsplit_once("\n\n")
        .map_or("", |(_, text)| text)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_cannot_end_its_own_element() {
        let script = SCRIPT.to_ascii_lowercase();
        assert!(!script.contains("</script") && !script.contains("<!--"));
        assert!(SCRIPT.is_ascii());
    }

    #[test]
    fn the_lines_of_the_checkpoint_are_those_in_front_of_the_signatures() {
        let text = "header\n{}\nhash\n\nproof\nindex 1\n\norigin\n3\nroot\n\n\u{2014} name sig\n";
        assert_eq!(checkpoint(text), "origin\n3\nroot");
    }
}

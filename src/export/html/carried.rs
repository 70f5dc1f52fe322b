//! What a page carries for programs: the Document and its certificate, byte for byte, in `template` elements.

use data_encoding::BASE64;

use super::writer::{Writer, escaped};

/// The element that holds the canonical bytes of the Document, in base64.
pub(super) const DOCUMENT: &str = "document";
/// The element that holds the certificate, in base64.
pub(super) const CERTIFICATE: &str = "certificate";
/// The element with the line that tells which issue it is.
pub(super) const ISSUED: &str = "issued";

/// What was found in a page. Nothing of it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The canonical bytes of the Document.
    pub document: Vec<u8>,
    /// The certificate.
    pub certificate: Option<String>,
    /// The line that tells which issue it is.
    pub line: Option<String>,
}

/// Writes an element that is not shown.
pub(super) fn write(page: &mut Writer, id: &'static str, base64: &str) {
    page.block("template", &[("id", id)], |page| page.text(base64));
}

/// Takes the Document, and what stands beside it, out of a page; `None` when it is not a page of this format.
#[must_use]
pub fn carried(page: &str) -> Option<Carried> {
    let base64 = |id| {
        BASE64
            .decode(between(page, "template", id)?.as_bytes())
            .ok()
    };
    Some(Carried {
        document: base64(DOCUMENT)?,
        certificate: base64(CERTIFICATE).and_then(|bytes| String::from_utf8(bytes).ok()),
        line: between(page, "p", ISSUED).map(unescaped),
    })
}

/// What stands in an element with an id and nothing else; only the first such element counts.
fn between<'p>(page: &'p str, name: &str, id: &str) -> Option<&'p str> {
    let (_, rest) = page.split_once(&format!("<{name} id=\"{id}\">"))?;
    rest.split_once(&format!("</{name}>"))
        .map(|(inside, _)| inside)
}

/// The words of a text that was escaped.
fn unescaped(text: &str) -> String {
    let marks = ["<", ">", "\"", "'", "&"];
    let unescape = |text: String, mark: &&str| text.replace(&escaped(mark), mark);
    marks.iter().fold(text.to_owned(), unescape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_unescaped_as_they_were_escaped() {
        let words = "Smith & Sons, \"A&lt;B\" isn't <b>";
        assert_eq!(unescaped(&escaped(words)), words);
        assert_eq!(carried("<p id=\"issued\">x</p>"), None);
        assert_eq!(carried("<template id=\"document\">?</template>"), None);
    }
}

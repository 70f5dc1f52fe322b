//! The service's own pages: one shell with one style, no script, nothing fetched from elsewhere.

use std::fmt::{self, Display, Write};

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("pages/page.css");
/// The media type of pages.
pub const HTML: &str = "text/html; charset=utf-8";

/// Text as it may stand in a page, in attributes as well.
pub struct Safe<'a>(pub &'a str);

impl Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// Text with words between backticks as code.
#[must_use]
pub fn prose(text: &str) -> String {
    let mut html = String::new();
    for (index, part) in text.split('`').enumerate() {
        let part = Safe(part);
        // Writing into memory does not fail.
        let _ = match index % 2 {
            0 => write!(html, "{part}"),
            _ => write!(html, "<code>{part}</code>"),
        };
    }
    html
}

/// A whole page.
#[must_use]
pub fn page(title: &str, main: &str) -> String {
    let title = Safe(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} · dealtrail</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">To the content</a>\n\
         <header><a class=\"home\" href=\"/docs\">dealtrail</a><nav aria-label=\"Pages\">\
         <a href=\"/docs\">Routes</a> <a href=\"/problems\">Problems</a> \
         <a href=\"/openapi.json\">OpenAPI</a></nav></header>\n{main}\n</body>\n</html>\n"
    )
}

/// The answer of a page. Its policy names the style by its hash and lets nothing else in.
#[must_use]
pub fn answer(page: String) -> Response {
    let hash = BASE64.encode(&Sha256::digest(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    );
    let mut response = page.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(HTML));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        let text = prose("<b>`a\"b`</b> & 'c'");
        assert_eq!(
            text,
            "&lt;b&gt;<code>a&quot;b</code>&lt;/b&gt; &amp; &#39;c&#39;"
        );
        assert!(page("<x>", "").contains("<title>&lt;x&gt; · dealtrail</title>"));
        assert!(
            !STYLE.contains("</") && !STYLE.contains("url("),
            "one style, and nothing fetched"
        );
    }
}

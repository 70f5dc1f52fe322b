//! The reader of Rust text: what looks like something else.

use super::super::imports::imports;
use super::super::lexer::{Kind, tokens};
use super::super::source::Source;
use super::tree;

fn kinds(text: &str) -> Vec<(Kind, String)> {
    tokens(text).into_iter().map(|t| (t.kind, t.text)).collect()
}

fn one(text: &str) -> (Kind, String) {
    let mut all = kinds(text);
    assert_eq!(all.len(), 1, "{text}: {all:?}");
    all.remove(0)
}

#[test]
fn strings_of_every_form() {
    let forms = [
        (r#""a \" b""#, r#"a \" b"#),
        (r#"b"a""#, "a"),
        (r#"c"a""#, "a"),
        (r#"r"a\""#, r"a\"),
        (r###"r##"a"# b"##"###, r##"a"# b"##),
        (r###"br#"a" b"#"###, r#"a" b"#),
        ("\"two\nlines\"", "two\nlines"),
        (r#""\\""#, r"\\"),
    ];
    for (text, inner) in forms {
        assert_eq!(one(text), (Kind::Text, inner.to_owned()));
    }
}

#[test]
fn characters_and_lifetimes() {
    for text in [
        "'a'",
        "'\\''",
        "'\"'",
        "'\\u{1F}'",
        "b'{'",
        "'/'",
        "'é'",
        "'\\\\'",
    ] {
        assert_eq!(one(text).0, Kind::Char, "{text}");
    }
    let found = kinds("&'a str 'outer: 'b'");
    let lifetimes = found.iter().filter(|(k, _)| *k == Kind::Lifetime);
    assert_eq!(
        lifetimes.map(|(_, t)| t.as_str()).collect::<Vec<_>>(),
        ["a", "outer"]
    );
    assert_eq!(found.last(), Some(&(Kind::Char, "b".to_owned())));
}

#[test]
fn comments_nest_and_tell_what_they_document() {
    assert_eq!(one("/* a /* b */ \" c */").0, Kind::Comment);
    assert_eq!(one("// \"").0, Kind::Comment);
    assert_eq!(one("//// a").0, Kind::Comment);
    assert_eq!(one("/// a").0, Kind::OuterDoc);
    assert_eq!(one("//! a").0, Kind::InnerDoc);
    assert_eq!(one("/*! a */").0, Kind::InnerDoc);
    assert_eq!(one("/** a */").0, Kind::OuterDoc);
    assert_eq!(one("/**/").0, Kind::Comment);
    let text = tokens("/* a\nb */ x");
    assert_eq!((text[0].line, text[0].last_line, text[1].line), (1, 2, 2));
}

#[test]
fn raw_names_and_numbers() {
    assert_eq!(one("r#type"), (Kind::Ident, "type".to_owned()));
    for (text, kind) in [
        ("1_000", Kind::Integer),
        ("0xFF", Kind::Integer),
        ("1.5e-3", Kind::Float),
    ] {
        assert_eq!(one(text), (kind, text.to_owned()));
    }
    assert_eq!(one("1e-3").0, Kind::Float);
}

#[test]
fn unfinished_text_ends_at_its_end() {
    for text in [
        "\"open",
        "r#\"open",
        "/* open",
        "'",
        "'\\",
        "fn f(",
        "use a::{b",
        "#[",
        "mod",
        "1.",
    ] {
        let files = [("src/deal.rs", text)];
        assert_eq!(tree(&files).files.len(), 1, "{text}");
    }
}

#[test]
fn use_trees_give_every_leaf() {
    let text = "use std::{\n    fmt::{self, Display as Show},\n    collections::*,\n};\n\
                use super::a as _;\nuse self::kid::K;\nmod kid;\nfn f() { kid::g(); Show::h(); }\n";
    let source = Source::new("src/deal/x.rs", text);
    let found: Vec<String> = imports(&source)
        .iter()
        .map(|i| {
            format!(
                "{}:{}{}",
                i.line,
                i.path.join("::"),
                if i.glob { "::*" } else { "" }
            )
        })
        .collect();
    let expected = [
        "2:std::fmt",
        "2:std::fmt::Display",
        "3:std::collections::*",
        "5:crate::deal::a",
        "6:crate::deal::x::kid::K",
        "8:crate::deal::x::kid::g",
        "8:std::fmt::Display::h",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_name_that_stands_for_itself_ends_the_search() {
    let source = Source::new(
        "src/deal.rs",
        "use sled::sled;\nuse a::b;\nuse b::a;\nfn f() { a::c() }",
    );
    let paths: Vec<String> = imports(&source).iter().map(|i| i.path.join("::")).collect();
    assert!(paths.contains(&"sled::sled".to_owned()), "{paths:?}");
}

//! Formats by name, safe words, lines by width.

use super::csv::cell::safe;
use super::html::writer;
use super::markdown::escaped;
use super::plain::{clean, width, wrap};
use super::{FORMATS, format};

#[test]
fn formats_are_found_by_name_and_listed_when_not() {
    for known in FORMATS {
        assert_eq!(format(&known.name.to_uppercase()).unwrap().name, known.name);
    }
    assert_eq!(
        format("parchment").unwrap_err().to_string(),
        "\"parchment\" is no format of reports; choose one of text, md, json, html, csv"
    );
}

#[test]
fn words_that_could_steer_a_terminal_are_shown_as_marks() {
    assert_eq!(
        clean("a\u{1b}[31mb\u{9b}c\u{202e}d\u{7f}"),
        "a\u{fffd}[31mb\u{fffd}c\u{fffd}d\u{fffd}"
    );
    assert_eq!(clean("a\nb\tc\u{2028}d"), "a b c d");
}

#[test]
fn lines_are_broken_by_the_width_they_are_shown_with() {
    assert_eq!(wrap("one two three", 7), ["one two", "three"]);
    assert_eq!(wrap("", 7), [""]);
    assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
    // Each of these letters takes two columns.
    assert_eq!(wrap("工業投資", 5), ["工業", "投資"]);
    for line in wrap(&"工é".repeat(50), 9) {
        assert!(width(&line) <= 9);
    }
}

#[test]
fn facts_never_become_markup() {
    let cases = [
        ("[a](b) <b>", r"\[a\](b) \<b\>"),
        ("*a* _b_ `c` ~~d~~", r"\*a\* \_b\_ \`c\` \~\~d\~\~"),
        ("a | b & c $d$", r"a \| b \& c \$d\$"),
        ("# a", r"\# a"),
        ("- a", r"\- a"),
        ("+ a", r"\+ a"),
        ("12. a", r"12\. a"),
        ("1) a", r"1\) a"),
        ("a\n# b", r"a \# b"),
        (
            "https://a.example @b www.c.example",
            r"https\://a.example \@b www\.c.example",
        ),
        (r"a\b", r"a\\b"),
        (
            "17 April 2025, 3.5 ha (about)",
            "17 April 2025, 3.5 ha (about)",
        ),
    ];
    for (words, written) in cases {
        assert_eq!(escaped(words), written, "{words}");
    }
}

#[test]
fn nothing_becomes_markup_of_a_page() {
    assert_eq!(
        writer::escaped("<b a=\"c\">&amp;'\u{202e}\n</b>"),
        "&lt;b a=&quot;c&quot;&gt;&amp;amp;&#39;\u{fffd} &lt;/b&gt;"
    );
}

#[test]
fn cells_that_look_like_formulas_are_words_and_numbers_stay_numbers() {
    let formulas = [
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        ("\r=1", "' =1"),
        ("\tx", "' x"),
        ("  =1", "'  =1"),
        ("\u{200b}=1", "'\u{200b}=1"),
        ("\u{feff}=1", "'\u{fffd}=1"),
        ("＝1", "'＝1"),
        ("-", "'-"),
        ("-5 ha", "'-5 ha"),
        ("- x", "'- x"),
        ("-1,23,4", "'-1,23,4"),
        ("-1.2.3", "'-1.2.3"),
        ("+994 12", "'+994 12"),
    ];
    for (words, cell) in formulas {
        assert_eq!(safe(words), cell, "{words:?}");
    }
    let plain = [
        "-12",
        "-12.50",
        "+3",
        "-1,234,567.8",
        "-3 %",
        "-0%",
        "12",
        "2 of 9",
        "a=b",
        "a-b",
        "'=x",
        "2025-04-17",
        "",
        "3.5 ha",
    ];
    for words in plain {
        assert_eq!(safe(words), words);
    }
}

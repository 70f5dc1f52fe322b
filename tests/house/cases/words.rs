//! Sizes, names, introductions, banned words, panics and floats.

use super::super::shape::{introductions, names, sizes, strays};
use super::super::words::{banned, floats, panics};
use super::{messages, places, tree};

#[test]
fn long_files_are_caught() {
    let lines = |count: usize| "// a line\n".repeat(count);
    let long = lines(501);
    assert_eq!(
        places(sizes(&tree(&[("src/a.rs", &long)]))),
        ["src/a.rs:500"]
    );
    assert_eq!(
        places(sizes(&tree(&[("src/a/tests.rs", &long)]))),
        ["src/a/tests.rs:500"]
    );
    assert!(sizes(&tree(&[("src/a.rs", &lines(500))])).is_empty());
}

/// A function of `lines` lines, its body full of what looks like braces and is not.
fn function(head: &str, lines: usize) -> String {
    let traps = [
        "    let s = \"}\";",
        "    let c = '}'; // }",
        "    let r = r#\"}\"}\"#;",
        "    /* } */",
    ];
    let body: Vec<&str> = traps.into_iter().cycle().take(lines - 2).collect();
    format!("{head} {{\n{}\n}}\n", body.join("\n"))
}

#[test]
fn long_functions_are_caught() {
    let heads = [
        "fn f()",
        "pub const unsafe fn f<'a, T: Into<[u8; 4]>>(x: &'a T) -> [T; { 2 }]",
        "fn f() -> Frame<{ N }>",
        "async fn f() where T: Fn(u8) -> u8",
    ];
    for head in heads {
        let (long, good) = (function(head, 71), function(head, 70));
        let found = sizes(&tree(&[("src/a.rs", &long)]));
        assert_eq!(found.len(), 1, "{head}");
        assert!(messages(found).contains("has 71 lines"), "{head}");
        assert!(sizes(&tree(&[("src/a.rs", &good)])).is_empty(), "{head}");
    }
    let nested = format!("impl A {{\n{}\n}}", function("fn inner()", 80));
    assert_eq!(
        places(sizes(&tree(&[("src/a.rs", &nested)]))),
        ["src/a.rs:2"]
    );
    let test = format!(
        "#[cfg(test)]\nmod tests {{\n#[test]\n{}\n}}",
        function("fn long()", 80)
    );
    assert_eq!(places(sizes(&tree(&[("src/a.rs", &test)]))), ["src/a.rs:4"]);
}

#[test]
fn what_is_not_a_function_is_not_measured() {
    let gap = "\n".repeat(80);
    let texts = [
        format!("trait A {{ fn f(&self, x: [u8; 4]);{gap}}}"),
        format!("type F = fn(u8) -> u8;{gap}struct S {{ f: fn() }}"),
        format!("struct S {{ f: fn() }}\nimpl S {{{gap}}}"),
        format!("// fn f() {{{gap}// }}"),
        format!("const S: &str = \"fn f() {{{gap}}}\";"),
    ];
    for text in texts {
        assert!(sizes(&tree(&[("src/a.rs", &text)])).is_empty(), "{text}");
    }
}

#[test]
fn empty_names_are_caught() {
    let wrong = [
        ("src/deal/utils.rs", ""),
        ("src/helper/cut.rs", ""),
        ("src/deal.rs", "mod manager { }"),
        ("src/deal.rs", "mod helpers;"),
        ("src/deal.rs", "#[path = \"elsewhere.rs\"]\nmod state;"),
    ];
    for (path, text) in wrong {
        assert_eq!(
            places(names(&tree(&[(path, text)]))),
            [format!("{path}:1")],
            "{text}"
        );
    }
    let right = [
        (
            "src/deal/uses.rs",
            "fn manager() {}\n// utils\nmod managed;",
        ),
        ("src/deal.rs", "#[doc = \"path\"]\nmod state;"),
    ];
    for (path, text) in right {
        assert!(names(&tree(&[(path, text)])).is_empty(), "{text}");
    }
}

#[test]
fn missing_introductions_are_caught() {
    let rule = |files: &[(&str, &str)]| places(introductions(&tree(files)));
    assert_eq!(rule(&[("src/lib.rs", "pub mod deal;")]), ["src/lib.rs:1"]);
    assert_eq!(
        rule(&[("src/main.rs", "fn main() {}\n//! Late.")]),
        ["src/main.rs:1"]
    );
    assert_eq!(
        rule(&[("src/deal.rs", "/// Not of the module.\nstruct S;")]),
        ["src/deal.rs:1"]
    );
    assert_eq!(
        rule(&[("src/deal.rs", "//!\nstruct S;")]),
        ["src/deal.rs:1"]
    );
    let below = [
        ("src/deal.rs", "//! Deals."),
        ("src/deal/value.rs", "mod when;"),
        ("src/deal/value/when.rs", ""),
    ];
    assert_eq!(rule(&below), ["src/deal/value.rs:1"]);
    let good = [
        ("src/lib.rs", "//! The map.\npub mod deal;"),
        ("src/deal.rs", "//! Deals.\n#![allow(x)]\npub mod when;"),
        ("src/deal/when.rs", "struct When;"),
        ("src/deal/when/tests.rs", ""),
    ];
    assert!(rule(&good).is_empty());
}

#[test]
fn unfinished_work_is_caught() {
    // Texts made up for the rule to read: what they say is the case, and nothing here is left undone.
    let wrong = [
        "fn f() { todo!() }",
        "fn f() { unimplemented!(\"later\") }",
        "fn f() { dbg!(1); }",
        "// FIXME: later",
        "/// TODO later\nstruct S;",
        "/* XXX */",
        "#[allow(dead_code)]\nfn f() {}",
        "#![allow(unused_variables)]",
        "#[expect(dead_code, reason = \"soon\")]\nfn f() {}",
        "#[cfg(test)]\nmod tests { fn f() { todo!() } }",
    ];
    for text in wrong {
        assert_eq!(banned(&tree(&[("src/a.rs", text)])).len(), 1, "{text}");
    }
    let right = [
        "fn todo() { let dbg = 1; }",
        "const NONE: &str = \"XXX\"; enum Currency { XXX }",
        "// `XXX` is the code for no currency; FIXMEUP and todo are words",
        "#[allow(clippy::too_many_lines)]\nfn f() {}",
        "fn f() { let s = \"todo!()\"; }",
    ];
    for text in right {
        assert!(banned(&tree(&[("src/a.rs", text)])).is_empty(), "{text}");
    }
}

#[test]
fn panics_without_a_reason_are_caught() {
    let wrong = [
        "fn f() { a.unwrap(); }",
        "fn f() { a.expect(\"it is there\"); }",
        "fn f() { a\n    .expect_err(\"no\"); }",
        "fn f() { panic!(\"no\") }",
        "fn f() { unreachable!() }",
        "fn f() { a.map(Option::unwrap); }",
        "// PANIC:\nfn f() { a.unwrap(); }",
        "// It cannot fail.\nfn f() { a.unwrap(); }",
        "// PANIC: the line below is not this one\nlet b = 1;\nlet c = a.unwrap();",
        "// PANIC: a blank line parts this from it\n\nlet c = a.unwrap();",
        "let s = \"// PANIC: this is only a string\"; a.unwrap();",
    ];
    for text in wrong {
        assert_eq!(panics(&tree(&[("src/a.rs", text)])).len(), 1, "{text}");
    }
}

#[test]
fn panics_with_a_reason_and_in_tests_pass() {
    let right = [
        "fn f() { a.unwrap_or(1); a.unwrap_or_default(); }",
        "fn f() { a.unwrap() } // PANIC: the length was checked above",
        "// PANIC: a constant that the tests parse\nlet c = a.unwrap();",
        "// PANIC: a constant\n// that the tests parse, every one of them\nlet c = a.unwrap();",
        "/* PANIC: a constant that the tests parse */ let c = a.unwrap();",
        "/// Returns `a.unwrap()`.\nfn unwrap() {}",
        "fn f() { let expect = 1; let panic = \"panic!()\"; }",
        "#[cfg(test)]\nmod tests { fn f() { a.unwrap(); panic!() } }",
        "#[expect(clippy::cast_lossless)]\nfn f() {}",
    ];
    for text in right {
        let found = panics(&tree(&[("src/a.rs", text)]));
        assert!(found.is_empty(), "{text}: {found:?}");
    }
    assert!(panics(&tree(&[("src/a/tests.rs", "fn f() { a.unwrap(); }")])).is_empty());
}

#[test]
fn floats_are_caught_where_facts_are_exact() {
    let wrong = [
        "fn f(a: f64) {}",
        "let a = 1.5;",
        "let a = 1e6;",
        "let a = 2f32;",
        "let a = 1.;",
    ];
    for text in wrong {
        for room in ["deal", "projection", "report", "codec", "export"] {
            let path = format!("src/{room}.rs");
            assert_eq!(floats(&tree(&[(&path, text)])).len(), 1, "{path}: {text}");
        }
        assert!(
            floats(&tree(&[("src/canonical.rs", text)])).is_empty(),
            "{text}"
        );
        assert!(
            floats(&tree(&[("src/service.rs", text)])).is_empty(),
            "{text}"
        );
        assert!(
            floats(&tree(&[("src/deal/tests.rs", text)])).is_empty(),
            "{text}"
        );
    }
    let right = [
        "let a = pair.0.1; let b = 1..2; let c = 1..=2; let d = 1.max(2);",
        "let a = 0xFE; let b = 0xE2f64_u64; let c = 1_000u32; let d = 5usize; let e = 7isize;",
        "let a = \"1.5 f64\"; // 1.5",
        "#[cfg(test)]\nmod tests { const A: f64 = 1.5; }",
    ];
    for text in right {
        let found = floats(&tree(&[("src/deal.rs", text)]));
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn a_file_that_no_module_names_is_caught() {
    let files = tree(&[
        ("src/lib.rs", "mod deal;\n"),
        (
            "src/deal.rs",
            "kinds! { signed }\nmod tests { fn f() {} }\n",
        ),
        ("src/deal/signed.rs", ""),
        ("src/deal/lost.rs", "#[test]\nfn never_run() {}\n"),
        ("benches/append.rs", "fn main() {}\n"),
        ("tests/main.rs", "mod house;\n"),
        ("tests/house.rs", ""),
        ("tests/alone.rs", ""),
    ]);
    let found = places(strays(&files));
    assert_eq!(found, ["src/deal/lost.rs:1", "tests/alone.rs:1"]);
}

//! Directions, circles, outside things and second exports.

use super::super::arrows::{circles, directions, hubs, outside};
use super::super::rooms::{ROOMS, room_of};
use super::super::tree::name_of;
use super::{messages, places, tree};

/// The findings of `directions` for one file among the modules it could reach.
fn directions_of(path: &str, text: &str) -> Vec<String> {
    let others = [
        "src/lib.rs",
        "src/deal.rs",
        "src/deal/value.rs",
        "src/deal/value/when.rs",
        "src/deal/event.rs",
        "src/deal/state.rs",
        "src/canonical.rs",
        "src/store.rs",
        "src/store/recorded.rs",
        "src/store/frame.rs",
        "src/store/open.rs",
        "src/store/engine.rs",
        "src/store/engine/memory.rs",
        "src/store/engine/sled.rs",
        "src/codec.rs",
        "src/projection.rs",
        "src/report.rs",
        "src/report/document.rs",
        "src/report/dossier.rs",
        "src/export.rs",
        "src/proof.rs",
        "src/service.rs",
        "src/http.rs",
        "src/cli.rs",
        "src/cli/serve.rs",
        "src/cli/show.rs",
        "src/config.rs",
    ];
    let mut files: Vec<(&str, &str)> = others.iter().map(|o| (*o, "")).collect();
    files.retain(|(other, _)| *other != path);
    files.push((path, text));
    places(directions(&tree(&files)))
}

#[test]
fn a_wrong_direction_is_caught() {
    let wrong = [
        ("src/deal/state.rs", "use crate::store::recorded::Recorded;"),
        ("src/deal/state.rs", "use crate::canonical::write;"),
        ("src/proof.rs", "use crate::deal::value::when::When;"),
        ("src/proof.rs", "use crate::canonical::write;"),
        ("src/canonical.rs", "use crate::deal::state::Book;"),
        ("src/store/frame.rs", "use crate::deal::value::when::When;"),
        (
            "src/store/frame.rs",
            "use crate::store::engine::memory::Memory;",
        ),
        ("src/store/frame.rs", "use super::open::open;"),
        ("src/store/engine/memory.rs", "use super::sled::Sled;"),
        (
            "src/store/engine/sled.rs",
            "use crate::store::engine::memory::Memory;",
        ),
        ("src/codec.rs", "use crate::store::frame::Frame;"),
        ("src/projection.rs", "use crate::codec::decode;"),
        ("src/projection.rs", "use crate::canonical::write;"),
        (
            "src/report/dossier.rs",
            "use crate::store::recorded::Recorded;",
        ),
        ("src/report/dossier.rs", "use crate::deal::decide::Command;"),
        ("src/export.rs", "use crate::report::dossier::Dossier;"),
        ("src/service.rs", "use crate::store::engine::sled::Sled;"),
        ("src/service.rs", "use crate::http::router;"),
        ("src/http.rs", "use crate::store::recorded::Recorded;"),
        ("src/cli/show.rs", "use crate::http::router;"),
        ("src/cli/show.rs", "use crate::store::recorded::Recorded;"),
        ("src/config.rs", "use crate::cli::Flags;"),
        ("src/main.rs", "use dealtrail::service::Service;"),
        ("src/deal/state.rs", "use crate::Everything;"),
    ];
    for (path, text) in wrong {
        assert_eq!(directions_of(path, text), [format!("{path}:1")], "{text}");
    }
}

#[test]
fn a_right_direction_passes() {
    let right = [
        (
            "src/deal/state.rs",
            "use crate::deal::value::when::When; use super::value;",
        ),
        (
            "src/codec.rs",
            "use crate::{canonical, deal::state::Book, store::recorded::Recorded};",
        ),
        (
            "src/store/frame.rs",
            "use crate::canonical::write; use super::recorded::Recorded;",
        ),
        (
            "src/store/engine/sled.rs",
            "use crate::store::{recorded::Recorded, frame};",
        ),
        (
            "src/store/open.rs",
            "use super::engine::{memory::Memory, sled::Sled};",
        ),
        (
            "src/projection.rs",
            "use crate::deal::state::Book; use crate::store::recorded;",
        ),
        (
            "src/report/dossier.rs",
            "use super::document::Document; use crate::projection::View;",
        ),
        (
            "src/report/dossier.rs",
            "use crate::deal::{event::Kind, value::when::When}; use crate::canonical;",
        ),
        ("src/export.rs", "use crate::report::document::Document;"),
        (
            "src/service.rs",
            "use crate::{codec, report::dossier::Dossier, proof, export};",
        ),
        ("src/http.rs", "use crate::service::Service;"),
        (
            "src/cli/serve.rs",
            "use crate::http::router; use crate::cli::Flags;",
        ),
        (
            "src/cli.rs",
            "mod serve; use crate::config::Config; use crate::store::open::open;",
        ),
        (
            "src/main.rs",
            "use dealtrail::cli; use dealtrail::config::Config;",
        ),
        ("src/lib.rs", "pub mod deal; pub mod store;"),
    ];
    for (path, text) in right {
        assert!(directions_of(path, text).is_empty(), "{path}: {text}");
    }
}

#[test]
fn every_way_of_writing_a_path_is_seen() {
    let wrong = [
        "fn f() { crate::store::frame::cut() }",
        "use crate::{\n    deal::value,\n    store::{self as shop},\n};",
        "use crate::store as shop;\nfn f() { shop::frame::cut() }",
        "use crate as house;\nfn f(x: house::store::frame::Frame) {}",
        "fn f() { super::super::store::frame::cut() }",
        "mod inner {\n    use super::super::super::store::frame;\n}",
        "#[serde(with = \"crate::store::frame\")]\nstruct S;",
        "fn f() -> Vec<crate::store::frame::Frame> { Vec::new() }",
        "use crate::store::*;",
        "macro_rules! m { () => { $crate::store::frame::cut() } }",
        "impl crate::store::frame::Cut for S {}",
    ];
    for text in wrong {
        assert!(
            !directions_of("src/deal/state.rs", text).is_empty(),
            "{text}"
        );
    }
    let fine = [
        "// use crate::store::frame;",
        "/// See [`crate::store::frame`].\nstruct S;",
        "const S: &str = \"use crate::store::frame;\";",
        "const S: &str = r#\"crate::store::\"frame\"#;",
        "#[cfg(test)]\nmod tests {\n    use crate::store::frame;\n}",
        "#[cfg(test)]\nuse crate::store::frame::{cut, Frame};\n",
        "#[cfg(all(test, unix))]\nfn f() { crate::store::frame::cut() }",
        "pub(in crate::deal) fn f() {}",
        "struct S { #[cfg(test)] a: crate::store::frame::Frame, b: u8 }",
    ];
    for text in fine {
        assert!(
            directions_of("src/deal/state.rs", text).is_empty(),
            "{text}"
        );
    }
}

#[test]
fn one_wrong_target_is_told_once_at_its_first_line() {
    let text = "fn f() { crate::store::cut(); }\nuse crate::store;\nuse crate::codec;";
    let found = directions_of("src/deal/state.rs", text);
    assert_eq!(found, ["src/deal/state.rs:1", "src/deal/state.rs:3"]);
}

#[test]
fn test_code_ends_where_its_item_ends() {
    let text = "#[cfg(test)]\nuse crate::store::{frame, recorded};\nuse crate::store::frame;\n";
    assert_eq!(
        directions_of("src/deal/state.rs", text),
        ["src/deal/state.rs:3"]
    );
    let text = "struct S { #[cfg(test)] a: u8, b: crate::store::frame::Frame }";
    assert_eq!(
        directions_of("src/deal/state.rs", text),
        ["src/deal/state.rs:1"]
    );
    let text = "#[cfg(not(test))]\nfn f() { crate::store::frame::cut() }";
    assert_eq!(
        directions_of("src/deal/state.rs", text),
        ["src/deal/state.rs:2"]
    );
    let text = "#[cfg(any(test, unix))]\nfn f() { crate::store::frame::cut() }";
    assert_eq!(
        directions_of("src/deal/state.rs", text),
        ["src/deal/state.rs:2"]
    );
}

#[test]
fn test_files_may_import_more() {
    for path in ["src/deal/state/tests.rs", "src/deal/state_tests.rs"] {
        assert!(
            directions_of(path, "use crate::store::frame;").is_empty(),
            "{path}"
        );
    }
    let declared = tree(&[
        ("src/store.rs", ""),
        ("src/deal.rs", "#[cfg(test)]\nmod samples;\nmod rules;"),
        ("src/deal/samples.rs", "use crate::store;"),
        ("src/deal/samples/more.rs", "use crate::store;"),
        ("src/deal/rules.rs", "use crate::store;"),
    ]);
    assert_eq!(places(directions(&declared)), ["src/deal/rules.rs:1"]);
}

#[test]
fn a_file_in_no_room_is_caught() {
    let found = directions(&tree(&[("src/misplaced.rs", "")]));
    assert_eq!(places(found), ["src/misplaced.rs:1"]);
}

#[test]
fn each_engine_is_a_room_of_its_own() {
    let name = |module: &str| room_of(module).map(|(_, name)| name);
    assert_eq!(
        name("store::engine::memory::index").as_deref(),
        Some("store::engine::memory")
    );
    assert_eq!(
        name("store::engine::sled::tree").as_deref(),
        Some("store::engine::sled")
    );
    assert_eq!(name("store::engine").as_deref(), Some("store::engine"));
    assert_eq!(name("storehouse"), None);
    let names: Vec<_> = ROOMS.iter().map(|r| r.name).collect();
    for room in ROOMS {
        for grant in room.imports {
            let root = grant
                .trim_end_matches("::*")
                .split("::")
                .next()
                .unwrap_or_default();
            assert!(
                names.contains(&root),
                "`{}` imports `{grant}`, no room",
                room.name
            );
        }
    }
}

#[test]
fn circles_are_caught_whole() {
    let two = tree(&[
        ("src/deal.rs", "pub mod state; pub mod event;"),
        ("src/deal/state.rs", "use super::event::Event;"),
        ("src/deal/event.rs", "mod kind;\nuse self::kind::K;"),
        (
            "src/deal/event/kind.rs",
            "\nfn f(b: &crate::deal::state::Book) {}",
        ),
    ]);
    let found = circles(&two);
    assert_eq!(found.len(), 1);
    let text = messages(found);
    assert!(
        text.contains("src/deal/state.rs:1 imports src/deal/event.rs"),
        "{text}"
    );
    assert!(
        text.contains("src/deal/event.rs:2 imports src/deal/event/kind.rs"),
        "{text}"
    );
    assert!(
        text.contains("src/deal/event/kind.rs:2 imports src/deal/state.rs"),
        "{text}"
    );

    let registry_below_member = tree(&[
        (
            "src/deal/event.rs",
            "mod kind;\nfn f() { kind::f() }\nstruct Common;",
        ),
        ("src/deal/event/kind.rs", "use super::Common;"),
    ]);
    assert_eq!(circles(&registry_below_member).len(), 1);
}

#[test]
fn trees_without_circles_pass() {
    let good = tree(&[
        ("src/lib.rs", "pub mod deal;"),
        ("src/deal.rs", "pub mod event; pub mod value;"),
        (
            "src/deal/event.rs",
            "mod kind;\nuse self::kind::K;\nuse super::value;",
        ),
        (
            "src/deal/event/kind.rs",
            "use crate::deal::value::V;\nuse super::super::value::V as W;",
        ),
        (
            "src/deal/value.rs",
            "#[cfg(test)]\nmod tests { use crate::deal::event; }",
        ),
        (
            "src/deal/value/tests.rs",
            "use super::*; use crate::deal::event;",
        ),
    ]);
    assert!(circles(&good).is_empty());
    let reach = tree(&[
        ("src/deal.rs", "mod state;\nuse self::state::Book;"),
        ("src/deal/state.rs", "pub(in crate::deal) struct Book;"),
    ]);
    assert!(circles(&reach).is_empty());
    let within_one_file = tree(&[(
        "src/deal.rs",
        "mod a { use super::b; } mod b { use super::a; }",
    )]);
    assert!(circles(&within_one_file).is_empty());
}

#[test]
fn outside_things_are_caught() {
    let wrong = [
        ("src/deal/state.rs", "use std::fs;"),
        ("src/deal/state.rs", "use std::{fmt, io::Read};"),
        ("src/deal/state.rs", "fn f() { std::env::var(\"X\"); }"),
        (
            "src/deal/state.rs",
            "use chrono::Utc;\nfn f() { Utc::now(); }",
        ),
        (
            "src/deal/state.rs",
            "use chrono as c;\nfn f() { c::Utc::now(); }",
        ),
        ("src/deal/state.rs", "use std::time::*;"),
        (
            "src/deal/state.rs",
            "use std::time;\nfn f() { time::Instant::now(); }",
        ),
        ("src/deal/state.rs", "fn f() { uuid::Uuid::now_v7(); }"),
        ("src/deal/state.rs", "use serde_like::De;"),
        (
            "src/projection/sums.rs",
            "use std::collections::{BTreeMap, HashMap};",
        ),
        (
            "src/report/dossier.rs",
            "use std::collections;\nfn f(a: collections::HashSet<u8>) {}",
        ),
        ("src/report/dossier.rs", "use tokio::spawn;"),
        ("src/projection/sums.rs", "use ::chrono::Local;"),
        ("src/store/frame.rs", "use sled::Db;"),
        ("src/store/engine/memory.rs", "use sled::Db;"),
        ("src/store/journal.rs", "use tokio::fs;"),
        ("src/service/writer.rs", "use sled::Tree;"),
    ];
    for (path, text) in wrong {
        assert!(
            !outside(&tree(&[(path, text)])).is_empty(),
            "{path}: {text}"
        );
    }
}

#[test]
fn outside_things_a_room_may_use_pass() {
    let right = [
        (
            "src/deal/state.rs",
            "use chrono::{DateTime, NaiveDate, Utc};\nuse uuid::Uuid;",
        ),
        (
            "src/deal/state.rs",
            "use std::{collections::BTreeMap, fmt, time::Duration};",
        ),
        (
            "src/deal/state.rs",
            "enum Local { A }\nfn f() { Local::A; not_a_crate::b(); }",
        ),
        (
            "src/store/frame.rs",
            "use std::fs::File; use std::time::Instant;",
        ),
        ("src/store/engine/sled.rs", "use sled::Db;"),
        (
            "src/store/engine.rs",
            "pub mod sled;\nfn f() { sled::open() }",
        ),
        (
            "src/service/writer.rs",
            "use std::collections::HashMap; use tokio::sync::oneshot;",
        ),
        (
            "src/report/dossier.rs",
            "#[cfg(test)]\nmod tests { use std::collections::HashMap; }",
        ),
        ("src/report/dossier/tests.rs", "use std::fs;"),
    ];
    for (path, text) in right {
        let found = outside(&tree(&[(path, text)]));
        assert!(found.is_empty(), "{path}: {text}: {found:?}");
    }
}

#[test]
fn second_exports_and_globs_are_caught() {
    let wrong = [
        "pub use state::Book;",
        "pub(crate) use self::state::Book;",
        "pub(in crate::deal) use super::deal::state::Book;",
        "pub use chrono::NaiveDate;",
        "use crate::deal::state::*;",
    ];
    for text in wrong {
        let files = [("src/deal.rs", text), ("src/deal/state.rs", "")];
        assert_eq!(places(hubs(&tree(&files))), ["src/deal.rs:1"], "{text}");
    }
    let right = [
        "use state::Book;",
        "use self::state::{Book, Fact};",
        "use state::Stage::*;",
        "macro_rules! sum { () => {} }\npub(crate) use sum;",
        "#[cfg(test)]\nmod tests { use super::*; pub use super::state::Book; }",
        "pub fn f() { use state::Book; }",
    ];
    for text in right {
        let files = [("src/deal.rs", text), ("src/deal/state.rs", "")];
        let found = hubs(&tree(&files));
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn a_path_leads_to_the_file_that_defines_it() {
    let tree = tree(&[
        ("src/lib.rs", ""),
        ("src/deal/mod.rs", ""),
        ("src/deal/value.rs", ""),
        ("src/deal/value/when.rs", ""),
    ]);
    let leads_to = |path: &str| {
        let parts: Vec<String> = path.split("::").map(str::to_owned).collect();
        tree.file_of(&parts)
            .map(|index| tree.files[index].source.path.as_str())
    };
    assert_eq!(
        leads_to("crate::deal::value::when::When::day"),
        Some("src/deal/value/when.rs")
    );
    assert_eq!(
        leads_to("crate::deal::value::Amount"),
        Some("src/deal/value.rs")
    );
    assert_eq!(leads_to("crate::deal"), Some("src/deal/mod.rs"));
    assert_eq!(leads_to("crate::Thing"), Some("src/lib.rs"));
    assert_eq!(leads_to("chrono::Utc"), None);
    assert_eq!(name_of(&tree.files[3].source.module), "deal::value::when");
}

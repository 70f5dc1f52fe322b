//! The map in ARCHITECTURE.md says of rooms and imports exactly what the table of rooms says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::rooms::ROOMS;
use super::source::MAIN;

/// Each room with what it may import.
type Map = BTreeMap<String, BTreeSet<String>>;

/// How the map writes a room that is a single file.
fn shown(room: &str) -> &str {
    match room {
        "" => "src/lib.rs",
        MAIN => "src/main.rs",
        name => name,
    }
}

fn by_table() -> Map {
    let rooms = ROOMS.iter().map(|room| {
        let imports = room.imports.iter().map(|name| shown(name).to_owned());
        (shown(room.name).to_owned(), imports.collect())
    });
    rooms.collect()
}

/// Rows `| \`room\` | what for | \`import\`, \`import\` |` under the heading of the map.
fn by_document(text: &str) -> Map {
    let section = text.split("\n## ").find(|s| s.starts_with("The rooms\n"));
    let rows = section
        .unwrap_or_default()
        .lines()
        .filter(|l| l.starts_with("| `"));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    cells
        .filter_map(|cells| {
            let (room, imports) = (cells.get(1)?, cells.get(3)?);
            let imports = imports.split('`').skip(1).step_by(2).map(str::to_owned);
            Some((room.trim_matches('`').to_owned(), imports.collect()))
        })
        .collect()
}

#[test]
fn the_map_matches_the_rooms() {
    let text = fs::read_to_string(super::root().join("ARCHITECTURE.md"));
    let found = by_document(&text.expect("ARCHITECTURE.md is at the root"));
    let expected = by_table();
    for (room, imports) in &expected {
        let advice = "mend \"The rooms\" in ARCHITECTURE.md or tests/house/rooms.rs";
        assert_eq!(found.get(room), Some(imports), "room `{room}`: {advice}");
    }
    let extra: Vec<_> = found
        .keys()
        .filter(|room| !expected.contains_key(*room))
        .collect();
    assert!(
        extra.is_empty(),
        "rooms in ARCHITECTURE.md that do not exist: {extra:?}"
    );
}

#[test]
fn a_row_of_the_map_reads() {
    let text = "# A\n\n## The rooms\n| room | for | may import |\n|---|---|---|\n\
                | `codec` | bytes | `deal`, `store::recorded` |\n| `deal` | facts | nothing |\n\
                \n## Next\n| `other` | x | `y` |\n";
    let map = by_document(text);
    let names = |list: &[&str]| {
        list.iter()
            .map(|n| (*n).to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(map.len(), 2);
    assert_eq!(map["codec"], names(&["deal", "store::recorded"]));
    assert_eq!(map["deal"], names(&[]));
}

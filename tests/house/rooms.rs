//! The rooms of the house as data: who may import whom, and which outside things a room does without.
//!
//! To add a room, add its entry to [`ROOMS`] and its row to the map in ARCHITECTURE.md, which a test
//! holds to this table. To let a room import more, extend `imports`: first ask whether the thing
//! belongs lower down.

use super::source::MAIN;

pub(super) struct Room {
    /// The module path of its root; deeper entries win over shallower ones.
    pub(super) name: &'static str,
    /// Each module directly below is a room of its own: engines do not know each other.
    pub(super) each: bool,
    /// Rooms by name, or single modules by path.
    pub(super) imports: &'static [&'static str],
    /// When given, the only third-party crates allowed.
    pub(super) crates: Option<&'static [&'static str]>,
    pub(super) bans: &'static [Ban],
    /// No `f32`, no `f64`, no float literal.
    pub(super) exact: bool,
}

/// Outside paths that a room does not touch, and why.
#[derive(Clone, Copy)]
pub(super) struct Ban {
    pub(super) paths: &'static [&'static str],
    pub(super) why: &'static str,
}

const CLOCK: Ban = Ban {
    paths: &[
        "std::time::SystemTime",
        "std::time::Instant",
        "chrono::Utc::now",
        "chrono::offset::Utc::now",
        "chrono::Local",
        "chrono::offset::Local",
    ],
    why: "the same facts must give the same answer on any day: take the time as an argument",
};

const CHANCE: Ban = Ban {
    paths: &[
        "rand",
        "getrandom",
        "uuid::Uuid::new_v4",
        "uuid::Uuid::now_v1",
        "uuid::Uuid::now_v6",
        "uuid::Uuid::now_v7",
        "std::hash::RandomState",
        "std::collections::hash_map::RandomState",
    ],
    why: "the same facts must give the same answer in every run: take identifiers as arguments",
};

const OUTSIDE: Ban = Ban {
    paths: &[
        "std::fs",
        "std::io",
        "std::env",
        "std::net",
        "std::process",
        "std::thread",
    ],
    why: "this room neither reads nor writes: the caller hands in what it needs",
};

const RUNTIME: Ban = Ban {
    paths: &["tokio", "sled", "tracing", "tracing_subscriber"],
    why: "this room is plain functions over values",
};

const HASH_ORDER: Ban = Ban {
    paths: &[
        "std::collections::HashMap",
        "std::collections::HashSet",
        "std::collections::hash_map",
        "std::collections::hash_set",
    ],
    why: "its order changes from run to run: use BTreeMap or BTreeSet",
};

const ASYNC: Ban = Ban {
    paths: &["tokio"],
    why: "the store is threads and files: the service above it owns the runtime",
};

const DRIVER: Ban = Ban {
    paths: &["sled"],
    why: "an engine's driver stays inside that engine's file",
};

const TERMINAL: Ban = Ban {
    paths: &[
        "clap",
        "clap_complete",
        "clap_mangen",
        "indicatif",
        "anstream",
        "anstyle",
    ],
    why: "only the command line talks to a terminal",
};

const PURE: &[Ban] = &[CLOCK, CHANCE, OUTSIDE, RUNTIME, HASH_ORDER, TERMINAL];

const fn room(name: &'static str, imports: &'static [&'static str], bans: &'static [Ban]) -> Room {
    Room {
        name,
        each: false,
        imports,
        crates: None,
        bans,
        exact: false,
    }
}

pub(super) const ROOMS: &[Room] = &[
    Room {
        exact: true,
        crates: Some(&[
            "arrayvec",
            "chrono",
            "chrono_tz",
            "iso_currency",
            "rust_decimal",
            "rust_iso3166",
            "schemars",
            "serde",
            "serde_json",
            "thiserror",
            "unicode_normalization",
            "uuid",
        ]),
        ..room("deal", &[], PURE)
    },
    room("proof", &[], PURE),
    // Not exact: a reader of JSON must be able to meet a float in order to refuse it.
    room("canonical", &[], PURE),
    room("store", &["canonical"], &[ASYNC, DRIVER, TERMINAL]),
    Room {
        each: true,
        ..room(
            "store::engine",
            &["canonical", "store"],
            &[ASYNC, DRIVER, TERMINAL],
        )
    },
    // The one engine with an outside driver; the others keep the ban.
    room(
        "store::engine::sled",
        &["canonical", "store"],
        &[ASYNC, TERMINAL],
    ),
    // Above the engines: picks one by the scheme of a URL.
    room(
        "store::open",
        &["store", "store::engine", "store::engine::*"],
        &[ASYNC, DRIVER, TERMINAL],
    ),
    Room {
        exact: true,
        ..room("codec", &["canonical", "deal", "store::recorded"], PURE)
    },
    Room {
        exact: true,
        ..room(
            "projection",
            &["deal", "projection::many", "store::recorded"],
            PURE,
        )
    },
    // Functions over values like the rest, asked on several threads.
    Room {
        exact: true,
        ..room(
            "projection::many",
            &[],
            &[CLOCK, CHANCE, RUNTIME, HASH_ORDER, TERMINAL],
        )
    },
    // The words of events and policy are worded here; folding and deciding are not its business.
    Room {
        exact: true,
        ..room(
            "report",
            &[
                "canonical",
                "deal::event",
                "deal::policy",
                "deal::state",
                "deal::track",
                "deal::value",
                "projection",
            ],
            PURE,
        )
    },
    Room {
        exact: true,
        ..room(
            "export",
            &["canonical", "report::document", "store::recorded"],
            &[CLOCK, CHANCE, RUNTIME, HASH_ORDER, TERMINAL],
        )
    },
    // Its chance is a seed handed in, and its own.
    Room {
        exact: true,
        ..room("synth", &["deal"], PURE)
    },
    room(
        "service",
        &[
            "canonical",
            "codec",
            "deal",
            "export",
            "projection",
            "proof",
            "report",
            "store",
            "store::open",
            "synth",
        ],
        &[DRIVER, TERMINAL],
    ),
    // These meet the values that the service takes and gives, but not the rooms it keeps them in.
    room(
        "http",
        &["deal", "proof", "report", "service"],
        &[DRIVER, TERMINAL],
    ),
    room(
        "web",
        &["deal", "proof", "report", "service"],
        &[DRIVER, TERMINAL],
    ),
    room("config", &[], &[DRIVER]),
    room(
        "cli",
        &[
            "cli::serve",
            "cli::witness",
            "config",
            "deal",
            "report",
            "service",
            "store::open",
            "synth::plan",
        ],
        &[DRIVER],
    ),
    room(
        "cli::serve",
        &["cli", "config", "http", "service", "store::open", "web"],
        &[DRIVER],
    ),
    // The other one that listens: a witness has no ledger and no pages.
    room("cli::witness", &["cli", "http", "service"], &[DRIVER]),
    room(MAIN, &["cli", "config"], &[DRIVER]),
    // lib.rs declares the rooms and takes nothing from them.
    room("", &[], &[DRIVER]),
];

/// The room a module belongs to, and its full name, which differs where each child is a room.
pub(super) fn room_of(module: &str) -> Option<(&'static Room, String)> {
    let holds = |room: &Room| match room.name {
        "" => module.is_empty(),
        name => is_within(module, name),
    };
    let room = ROOMS
        .iter()
        .filter(|r| holds(r))
        .max_by_key(|r| r.name.len())?;
    let below = module
        .strip_prefix(room.name)
        .and_then(|rest| rest.strip_prefix("::"));
    let own = below
        .filter(|_| room.each)
        .and_then(|rest| rest.split("::").next());
    let name = own.map_or(room.name.to_owned(), |child| {
        format!("{}::{child}", room.name)
    });
    Some((room, name))
}

/// `deal::value::when` is within `deal::value` and within itself.
pub(super) fn is_within(module: &str, ancestor: &str) -> bool {
    let rest = module.strip_prefix(ancestor);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Whether a room's list lets it import this module of another room.
pub(super) fn grants(room: &Room, module: &str, module_room: &str) -> bool {
    let is_room = |name: &str| ROOMS.iter().any(|r| r.name == name);
    room.imports
        .iter()
        .any(|grant| match grant.strip_suffix("::*") {
            Some(parent) => is_within(module_room, parent) && module_room != parent,
            None if is_room(grant) => module_room == *grant,
            None => is_within(module, grant),
        })
}

//! Which way imports point: between rooms, in circles between files, and out of the house.

use std::collections::BTreeSet;

use super::imports::Import;
use super::rooms::{Ban, Room, grants, room_of};
use super::tree::{Edge, File, Finding, Tree, name_of};

pub(super) fn directions(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        if room_of(&file.module()).is_none() {
            let advice = "belongs to no room: add its room to tests/house/rooms.rs and to the map";
            findings.push(file.finding(1, format!("`{}` {advice}", file.module())));
        }
    }
    let mut told = BTreeSet::new();
    for edge in tree.edges() {
        let (from, to) = (&tree.files[edge.from], &tree.files[edge.to]);
        if from.source.all_test {
            continue;
        }
        let (Some((room, name)), Some((_, target))) =
            (room_of(&from.module()), room_of(&to.module()))
        else {
            continue;
        };
        // A file that leans on another in many places is told of it once, at the first.
        let wrong = name != target && !grants(room, &to.module(), &target);
        if wrong && told.insert((edge.from, edge.to)) {
            let allowed = match room.imports {
                [] => "no other room".to_owned(),
                list => list.join(", "),
            };
            findings.push(from.finding(
                edge.line,
                format!(
                    "room `{name}` must not import `{}`: it may import {allowed}",
                    to.module()
                ),
            ));
        }
    }
    findings
}

/// One finding a circle, with the imports that close it.
pub(super) fn circles(tree: &Tree) -> Vec<Finding> {
    let edges: Vec<Edge> = tree
        .edges()
        .into_iter()
        .filter(|e| !tree.files[e.from].source.all_test && !tree.files[e.to].source.all_test)
        .collect();
    let mut told: BTreeSet<usize> = BTreeSet::new();
    let mut findings = Vec::new();
    for start in 0..tree.files.len() {
        if told.contains(&start) {
            continue;
        }
        let Some(circle) = shortest_circle(&edges, start) else {
            continue;
        };
        told.extend(circle.iter().map(|e| e.from));
        let steps = circle.iter().map(|e| {
            let (from, to) = (
                &tree.files[e.from].source.path,
                &tree.files[e.to].source.path,
            );
            format!("{from}:{} imports {to}", e.line)
        });
        let steps = steps.collect::<Vec<_>>().join(", ");
        let advice = "move what they share to a file below both";
        let file = &tree.files[start];
        findings.push(file.finding(circle[0].line, format!("circle: {steps}; {advice}")));
    }
    findings
}

/// Breadth first from a file back to itself.
fn shortest_circle(edges: &[Edge], start: usize) -> Option<Vec<&Edge>> {
    let mut trails: Vec<Vec<&Edge>> = vec![Vec::new()];
    let mut seen = BTreeSet::new();
    while !trails.is_empty() {
        let mut longer = Vec::new();
        for trail in trails {
            let at = trail.last().map_or(start, |e: &&Edge| e.to);
            for edge in edges.iter().filter(|e| e.from == at) {
                let mut next = trail.clone();
                next.push(edge);
                if edge.to == start {
                    return Some(next);
                }
                if seen.insert(edge.to) {
                    longer.push(next);
                }
            }
        }
        trails = longer;
    }
    None
}

/// What a room takes from outside although it must do without.
pub(super) fn outside(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|f| !f.source.all_test) {
        let Some((room, name)) = room_of(&file.module()) else {
            continue;
        };
        for import in file.imports.iter().filter(|i| !i.test) {
            if !tree.crates.contains(&import.path[0]) {
                continue;
            }
            if let Some(why) = refusal(room, import) {
                let path = import.path.join("::");
                findings.push(file.finding(
                    import.line,
                    format!("room `{name}` must not use `{path}`: {why}"),
                ));
            }
        }
    }
    findings
}

fn refusal(room: &Room, import: &Import) -> Option<String> {
    if let Some(ban) = room.bans.iter().find(|ban| touches(ban, import)) {
        return Some(ban.why.to_owned());
    }
    let outside = &import.path[0];
    let allowed = room.crates?;
    let standard = ["std", "core", "alloc"].contains(&outside.as_str());
    if standard || allowed.contains(&outside.as_str()) {
        return None;
    }
    Some(format!("the crates it may use are {}", allowed.join(", ")))
}

fn touches(ban: &Ban, import: &Import) -> bool {
    ban.paths.iter().any(|banned| {
        let banned: Vec<&str> = banned.split("::").collect();
        let path: Vec<&str> = import.path.iter().map(String::as_str).collect();
        path.starts_with(&banned) || (import.glob && banned.starts_with(&path))
    })
}

/// Names that reach code through a place other than the file that defines them.
pub(super) fn hubs(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|f| !f.source.all_test) {
        for import in file.imports.iter().filter(|i| !i.test) {
            let path = import.path.join("::");
            if import.reexport && !is_own_macro(file, import) {
                let advice = "let users import it from the file that defines it";
                findings.push(file.finding(
                    import.line,
                    format!("`{path}` is exported a second time: {advice}"),
                ));
            }
            if import.glob && tree.is_module(&import.path) {
                let module = name_of(&import.path);
                findings.push(file.finding(
                    import.line,
                    format!("`use {module}::*` hides where names come from: name them"),
                ));
            }
        }
    }
    findings
}

/// `pub(crate) use name;` after `macro_rules! name` is how a macro gets a path at all.
fn is_own_macro(file: &File, import: &Import) -> bool {
    let [name] = import.path.as_slice() else {
        return false;
    };
    let code = &file.source.code;
    (0..code.len()).any(|at| file.source.matches(at, &["macro_rules", "!", name]))
}

//! All files together: which file a module path leads to, and who imports whom.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::imports::{Import, imports};
use super::source::Source;

/// What is wrong, where, and what to do about it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    pub(super) path: String,
    pub(super) line: usize,
    pub(super) message: String,
}

pub(super) struct Tree {
    pub(super) files: Vec<File>,
    modules: BTreeMap<Vec<String>, usize>,
    /// Crates that Cargo.toml names, as code writes them.
    pub(super) crates: BTreeSet<String>,
}

pub(super) struct File {
    pub(super) source: Source,
    pub(super) imports: Vec<Import>,
}

/// A file that takes something from another one, outside test code.
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) line: usize,
}

impl File {
    pub(super) fn finding(&self, line: usize, message: String) -> Finding {
        let path = self.source.path.clone();
        Finding {
            path,
            line,
            message,
        }
    }

    pub(super) fn module(&self) -> String {
        name_of(&self.source.module)
    }
}

/// `deal::value::when`, without the `crate` in front.
pub(super) fn name_of(module: &[String]) -> String {
    module.get(1..).unwrap_or_default().join("::")
}

impl Tree {
    /// Files given as path and text.
    pub(super) fn of(files: &[(&str, &str)], cargo: &str) -> Tree {
        let mut sources: Vec<Source> = files
            .iter()
            .map(|(path, text)| Source::new(path, text))
            .collect();
        let mut modules = BTreeMap::new();
        for (index, source) in sources.iter().enumerate() {
            modules.insert(source.module.clone(), index);
        }
        spread_test_code(&mut sources, &modules);
        let files = sources.into_iter().map(|source| {
            let imports = imports(&source);
            File { source, imports }
        });
        Tree {
            files: files.collect(),
            modules,
            crates: crates(cargo),
        }
    }

    /// Every Rust file below these folders of the repository.
    pub(super) fn read(root: &Path, folders: &[&str]) -> Tree {
        let mut texts = Vec::new();
        for folder in folders {
            collect(root, &root.join(folder), &mut texts);
        }
        texts.sort();
        let files: Vec<(&str, &str)> = texts
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        Tree::of(&files, &read(&root.join("Cargo.toml")))
    }

    /// The file that a path of ours leads to: the longest beginning of it that is a module.
    pub(super) fn file_of(&self, path: &[String]) -> Option<usize> {
        let longest_first = (1..=path.len()).rev();
        longest_first
            .into_iter()
            .find_map(|len| self.modules.get(&path[..len]).copied())
    }

    pub(super) fn is_module(&self, path: &[String]) -> bool {
        self.modules.contains_key(path)
    }

    /// In the order of the lines of each file.
    pub(super) fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (from, file) in self.files.iter().enumerate() {
            let ours = file
                .imports
                .iter()
                .filter(|i| !i.test && i.path[0] == "crate");
            for import in ours {
                if let Some(to) = self.file_of(&import.path).filter(|to| *to != from) {
                    let line = import.line;
                    edges.push(Edge { from, to, line });
                }
            }
        }
        edges.sort_by_key(|edge| (edge.from, edge.line));
        edges
    }
}

/// A file declared by `#[cfg(test)] mod name;` is test code, and so is what lies below it.
fn spread_test_code(sources: &mut [Source], modules: &BTreeMap<Vec<String>, usize>) {
    let mut queue: Vec<Vec<String>> = Vec::new();
    for source in sources.iter() {
        for name in source.test_modules() {
            let mut module = source.module.clone();
            module.push(name);
            queue.push(module);
        }
    }
    for root in queue {
        for (module, index) in modules {
            if module.starts_with(&root) {
                sources[*index].all_test = true;
            }
        }
    }
}

/// The names left of `=` in the dependency tables of a Cargo.toml.
fn crates(cargo: &str) -> BTreeSet<String> {
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in cargo.lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('[') {
            inside = table.trim_end_matches(']').ends_with("dependencies");
        } else if inside
            && let Some((name, _)) = line.split_once(['=', '.'])
            && !line.starts_with('#')
        {
            names.insert(name.trim().replace('-', "_"));
        }
    }
    names.extend(["std", "core", "alloc"].map(str::to_owned));
    names
}

fn collect(root: &Path, folder: &Path, texts: &mut Vec<(String, String)>) {
    // benches/ may not exist; src/ and tests/ are asked for by name in the checks.
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            collect(root, &path, texts);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let inner = path
                .strip_prefix(root)
                .expect("the file lies below the root");
            let name = inner.to_str().expect("source files have plain names");
            texts.push((name.replace('\\', "/"), read(&path)));
        }
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()))
}

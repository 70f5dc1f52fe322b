//! What a file takes from elsewhere: every leaf of its `use` lines and every path written in place,
//! made absolute, so that a rule sees one form: `crate::deal::event`, `std::fs::read`.

use std::collections::{BTreeMap, BTreeSet};

use super::lexer::{self, Kind, Token};
use super::source::{MAIN, Source, closing};

/// The library's name, as `main.rs` writes it.
const LIBRARY: &str = "dealtrail";

pub(super) struct Import {
    /// Absolute; the first part is `crate` or the name of another crate.
    pub(super) path: Vec<String>,
    pub(super) line: usize,
    /// `use a::*`: the path is that of what stands before the star.
    pub(super) glob: bool,
    /// `pub use`, with any reach.
    pub(super) reexport: bool,
    pub(super) test: bool,
}

pub(super) fn imports(source: &Source) -> Vec<Import> {
    let mut scan = Scan {
        source,
        inner: Vec::new(),
        written: Vec::new(),
        children: BTreeSet::new(),
        bound: BTreeMap::new(),
    };
    scan.run();
    scan.resolve()
}

/// A path as it is written, with the module it is written in.
struct Written {
    module: Vec<String>,
    parts: Vec<String>,
    rooted: bool,
    line: usize,
    glob: bool,
    reexport: bool,
    test: bool,
}

/// What one leaf of a use tree says besides its path.
struct Leaf {
    parts: Vec<String>,
    name: Option<String>,
    line: usize,
    glob: bool,
}

struct Scan<'a> {
    source: &'a Source,
    /// Inline modules that are open here, with the index of their closing brace.
    inner: Vec<(String, usize)>,
    written: Vec<Written>,
    /// Modules declared here, by their full path.
    children: BTreeSet<Vec<String>>,
    /// Which `use` leaves give a name in a module: indices into `written`.
    bound: BTreeMap<(Vec<String>, String), Vec<usize>>,
}

impl Scan<'_> {
    fn module(&self) -> Vec<String> {
        let inner = self.inner.iter().map(|(name, _)| name.clone());
        self.source.module.iter().cloned().chain(inner).collect()
    }

    fn run(&mut self) {
        let code = &self.source.code;
        let mut at = 0;
        while at < code.len() {
            self.inner.retain(|(_, end)| at < *end);
            let next_is = |text: &str| code.get(at + 1).is_some_and(|t| t.is(text));
            if code[at].is("mod") {
                self.declare(at);
                at += 1;
            } else if code[at].is("use") && !next_is("<") {
                at = self.use_line(at);
            } else if code[at].is("#") && (next_is("[") || next_is("!")) {
                self.attribute_texts(at);
                at += 1;
            } else if code[at].kind == Kind::Ident && next_is("::") {
                at = self.path_in_place(at);
            } else {
                at += 1;
            }
        }
    }

    fn declare(&mut self, at: usize) {
        let code = &self.source.code;
        let Some(name) = code.get(at + 1).filter(|t| t.kind == Kind::Ident) else {
            return;
        };
        let mut path = self.module();
        path.push(name.text.clone());
        self.children.insert(path);
        if self.source.matches(at + 2, &["{"])
            && let Some(end) = closing(code, at + 2)
        {
            self.inner.push((name.text.clone(), end));
        }
    }

    /// Reads one `use …;` and answers where the words after it begin.
    fn use_line(&mut self, at: usize) -> usize {
        let code = &self.source.code;
        let len = code[at..].iter().position(|t| t.is(";"));
        let end = len.map_or(code.len(), |len| at + len);
        let rooted = self.source.matches(at + 1, &["::"]);
        let mut leaves = Vec::new();
        let start = at + 1 + usize::from(rooted);
        use_tree(&code[start..end], &[], &mut leaves);
        let reexport = is_public(code, at);
        for leaf in leaves {
            if let Some(name) = leaf.name {
                let slot = self.bound.entry((self.module(), name)).or_default();
                slot.push(self.written.len());
            }
            self.written.push(Written {
                module: self.module(),
                parts: leaf.parts,
                rooted,
                line: leaf.line,
                glob: leaf.glob,
                reexport,
                test: self.source.is_test(at),
            });
        }
        end
    }

    fn path_in_place(&mut self, at: usize) -> usize {
        let code = &self.source.code;
        let mut end = at + 1;
        while code.get(end).is_some_and(|t| t.is("::"))
            && code.get(end + 1).is_some_and(|t| t.kind == Kind::Ident)
        {
            end += 2;
        }
        let before = |back: usize, text: &str| at >= back && code[at - back].is(text);
        let reach = before(1, "in") && before(2, "(") && before(3, "pub");
        let continued = before(1, ".") || (before(1, "::") && before(2, ">"));
        if !reach && !continued && end > at + 1 {
            let parts = code[at..end].iter().step_by(2).map(|t| t.text.clone());
            let rooted = before(1, "::");
            self.add_in_place(parts.collect(), rooted, code[at].line, at);
        }
        end
    }

    /// Paths inside strings of an attribute, such as serde's `with = "crate::codec::hex"`.
    fn attribute_texts(&mut self, at: usize) {
        let open = at + 1 + usize::from(self.source.matches(at + 1, &["!"]));
        let Some(end) = closing(&self.source.code, open) else {
            return;
        };
        for text in &self.source.code[open..end] {
            if text.kind != Kind::Text || !text.text.contains("::") {
                continue;
            }
            let inner = lexer::tokens(&text.text);
            let is_path = inner.iter().enumerate().all(|(n, t)| match n % 2 {
                0 => t.kind == Kind::Ident,
                _ => t.is("::"),
            });
            if is_path {
                let parts = inner.into_iter().step_by(2).map(|t| t.text).collect();
                self.add_in_place(parts, false, text.line, at);
            }
        }
    }

    fn add_in_place(&mut self, parts: Vec<String>, rooted: bool, line: usize, at: usize) {
        self.written.push(Written {
            module: self.module(),
            parts,
            rooted,
            line,
            glob: false,
            reexport: false,
            test: self.source.is_test(at),
        });
    }

    fn resolve(&self) -> Vec<Import> {
        let mut found = Vec::new();
        for (index, written) in self.written.iter().enumerate() {
            for path in self.absolute(written, Some(index), 0) {
                found.push(Import {
                    path,
                    line: written.line,
                    glob: written.glob,
                    reexport: written.reexport,
                    test: written.test,
                });
            }
        }
        found
    }

    /// All readings of a path: a name bound twice in one file, in two functions say, has two.
    fn absolute(&self, written: &Written, own: Option<usize>, depth: usize) -> Vec<Vec<String>> {
        let Some((first, rest)) = written.parts.split_first() else {
            return Vec::new();
        };
        if written.rooted {
            return vec![written.parts.clone()];
        }
        match first.as_str() {
            "crate" => return vec![self.below_root(rest)],
            "self" | "super" => return vec![climb(&written.module, &written.parts)],
            LIBRARY => return vec![join(&["crate".to_owned()], rest)],
            _ => {}
        }
        let child = join(&written.module, std::slice::from_ref(first));
        if self.children.contains(&child) {
            return vec![join(&child, rest)];
        }
        let bound = self.bound.get(&(written.module.clone(), first.clone()));
        let others = bound.into_iter().flatten().filter(|n| Some(**n) != own);
        let readings: Vec<Vec<String>> = others
            .filter(|_| depth < 8)
            .flat_map(|n| self.absolute(&self.written[*n], Some(*n), depth + 1))
            .map(|path| join(&path, rest))
            .collect();
        if readings.is_empty() {
            return vec![written.parts.clone()];
        }
        readings
    }

    fn below_root(&self, rest: &[String]) -> Vec<String> {
        let main = self.source.module.get(1).is_some_and(|m| m == MAIN);
        let root = if main {
            &self.source.module[..2]
        } else {
            &self.source.module[..1]
        };
        join(root, rest)
    }
}

fn join(a: &[String], b: &[String]) -> Vec<String> {
    a.iter().chain(b).cloned().collect()
}

/// Follows leading `self` and `super` from a module.
fn climb(module: &[String], parts: &[String]) -> Vec<String> {
    let mut base = module.to_vec();
    let mut rest = parts;
    while let Some((first, after)) = rest.split_first() {
        match first.as_str() {
            "self" => {}
            "super" => {
                base.pop();
            }
            _ => break,
        }
        rest = after;
    }
    join(&base, rest)
}

/// `pub use`, `pub(crate) use`, `pub(in a::b) use`.
fn is_public(code: &[Token], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else {
        return false;
    };
    if code[before].is("pub") {
        return true;
    }
    let open = (0..before).rev().take(16).find(|n| code[*n].is("("));
    code[before].is(")")
        && open.is_some_and(|open| {
            open > 0 && code[open - 1].is("pub") && closing(code, open) == Some(before)
        })
}

/// Reads one tree: `a::b`, `a as c`, `a::{self, b::*}`.
fn use_tree(tree: &[Token], prefix: &[String], leaves: &mut Vec<Leaf>) {
    let mut parts = prefix.to_vec();
    let mut at = 0;
    while let Some(token) = tree.get(at) {
        if token.is("{") {
            let end = closing(tree, at).unwrap_or(tree.len());
            for branch in split_at_commas(&tree[at + 1..end]) {
                use_tree(branch, &parts, leaves);
            }
            return;
        }
        if token.is("*") {
            let line = token.line;
            leaves.push(Leaf {
                parts,
                name: None,
                line,
                glob: true,
            });
            return;
        }
        if token.is("as") {
            let name = tree.get(at + 1).map(|t| t.text.clone());
            push_leaf(parts, name.filter(|n| n != "_"), token.line, leaves);
            return;
        }
        // `a::{self}` names `a` itself; a leading `self` is kept, to be climbed from.
        let names_itself = token.is("self") && !parts.is_empty();
        if token.kind == Kind::Ident && !names_itself {
            parts.push(token.text.clone());
        }
        at += 1;
    }
    if let Some(line) = tree.first().map(|t| t.line) {
        let name = parts.last().cloned();
        push_leaf(parts, name, line, leaves);
    }
}

fn push_leaf(parts: Vec<String>, name: Option<String>, line: usize, leaves: &mut Vec<Leaf>) {
    leaves.push(Leaf {
        parts,
        name,
        line,
        glob: false,
    });
}

fn split_at_commas(tree: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0_usize;
    tree.split(|t| {
        match t.text.as_str() {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        t.is(",") && depth == 0
    })
    .collect()
}

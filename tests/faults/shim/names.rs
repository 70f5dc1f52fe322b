//! Files of the model by their paths, without going through the mount.

use std::collections::BTreeMap;

use super::disk::{Disk, Node, ROOT};

/// The path of a node from the root, or nothing for one without a name.
pub(super) fn path_of(nodes: &BTreeMap<u64, Node>, node: u64) -> Option<String> {
    if node == ROOT {
        return Some(String::new());
    }
    nodes.iter().find_map(|(parent, candidate)| {
        let Node::Directory { entries, .. } = candidate else {
            return None;
        };
        let (name, _) = entries.iter().find(|(_, number)| **number == node)?;
        Some(format!("{}/{name}", path_of(nodes, *parent)?))
    })
}

impl Disk {
    /// The node at a path such as `ledger/journal/000000`, with or without power.
    pub(crate) fn find(&self, path: &str) -> Option<u64> {
        path.split('/')
            .filter(|name| !name.is_empty())
            .try_fold(ROOT, |directory, name| {
                match self.seen().get(&directory)? {
                    Node::Directory { entries, .. } => entries.get(name).copied(),
                    Node::File { .. } => None,
                }
            })
    }

    /// What stands at a path, with or without power.
    pub(crate) fn bytes_at(&self, path: &str) -> Option<&[u8]> {
        match self.seen().get(&self.find(path)?)? {
            Node::File { data, .. } => Some(data),
            Node::Directory { .. } => None,
        }
    }
}

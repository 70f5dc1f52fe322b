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
    /// The node at a path such as `ledger/journal/000000`.
    pub(crate) fn find(&self, path: &str) -> Option<u64> {
        path.split('/')
            .filter(|name| !name.is_empty())
            .try_fold(ROOT, |directory, name| self.look_up(directory, name).ok())
    }

    /// What stands at a path, as programs see it.
    pub(crate) fn bytes_at(&self, path: &str) -> Option<&[u8]> {
        match self.node(self.find(path)?).ok()? {
            Node::File { data, .. } => Some(data),
            Node::Directory { .. } => None,
        }
    }
}

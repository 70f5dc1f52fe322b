//! A disk that forgets: what was written and not synced is held apart from what is durable.
//!
//! The model is harsher than a real file system where they differ. Writes reach the disk in any
//! order and torn into 512-byte sectors; a new file's name, a rename and a removal are durable only
//! when their directory was synced; a failed sync loses what it should have made durable.

use std::collections::BTreeMap;

use super::dice::Dice;
use super::lie::Lie;
use super::names::path_of;

/// The unit in which a write may be torn.
pub(crate) const SECTOR: usize = 512;

/// The root directory's number.
pub(crate) const ROOT: u64 = 1;

/// What of the un-synced writes survives a cut of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Survival {
    /// Nothing.
    None,
    /// A prefix, in the order of writing.
    Prefix,
    /// Any subset, torn into sectors.
    Subset,
    /// Everything: as when only the process dies.
    All,
}

impl Survival {
    pub(crate) const CUTS: [Self; 3] = [Self::None, Self::Prefix, Self::Subset];
}

/// A file or directory.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    File {
        data: Vec<u8>,
        mode: u16,
    },
    Directory {
        entries: BTreeMap<String, u64>,
        mode: u16,
    },
}

impl Node {
    pub(crate) fn mode(&self) -> u16 {
        match self {
            Self::File { mode, .. } | Self::Directory { mode, .. } => *mode,
        }
    }
}

/// One change that was not synced yet.
#[derive(Debug, Clone)]
enum Change {
    Write {
        node: u64,
        at: usize,
        data: Vec<u8>,
    },
    Resize {
        node: u64,
        length: usize,
    },
    /// Names set or removed in one directory, as one step: a rename is both.
    Names {
        directory: u64,
        set: Vec<(String, Option<u64>)>,
    },
}

impl Change {
    fn node(&self) -> u64 {
        match self {
            Self::Write { node, .. } | Self::Resize { node, .. } => *node,
            Self::Names { directory, .. } => *directory,
        }
    }
}

/// What the disk shall do wrong, and when. Counts are from 1 and over the life of the plan.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// The sync that fails once, and loses what it should have made durable.
    pub(crate) fail_sync: Option<u64>,
    /// The write that finds no space, and every one after it until the plan is changed.
    pub(crate) full_from_write: Option<u64>,
    /// Whether a full disk still takes what needs no new room: writes over what is there, removals. On a
    /// file system that copies on write it does not.
    pub(crate) in_place: bool,
    /// What reads say that is not so.
    pub(crate) lie: Option<Lie>,
    /// After that many writes and syncs the power is gone: every further operation fails.
    pub(crate) stop_after: Option<u64>,
}

/// What went over the disk since the plan began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) writes: u64,
    pub(crate) syncs: u64,
    /// Syncs that failed by plan.
    pub(crate) failed_syncs: u64,
    /// Writes that found no space.
    pub(crate) refused: u64,
    /// Reads that lied.
    pub(crate) lies: u64,
}

/// Why an operation failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Io,
    NoSpace,
    NotFound,
    Exists,
    NotEmpty,
    NotADirectory,
    IsADirectory,
}

/// The disk.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    seen: BTreeMap<u64, Node>,
    durable: BTreeMap<u64, Node>,
    pending: Vec<Change>,
    next: u64,
    pub(crate) plan: Plan,
    pub(crate) counts: Counts,
    /// Where the sync took place that failed by plan.
    pub(crate) failed_at: Option<String>,
    dead: bool,
}

impl Default for Disk {
    fn default() -> Self {
        let root = Node::Directory {
            entries: BTreeMap::new(),
            mode: 0o755,
        };
        Self {
            seen: BTreeMap::from([(ROOT, root.clone())]),
            durable: BTreeMap::from([(ROOT, root)]),
            pending: Vec::new(),
            next: ROOT + 1,
            plan: Plan::default(),
            counts: Counts::default(),
            failed_at: None,
            dead: false,
        }
    }
}

impl Disk {
    /// Whether the power is gone.
    pub(crate) fn is_dead(&self) -> bool {
        self.dead
    }

    /// What programs see, or saw before the power went.
    pub(super) fn seen(&self) -> &BTreeMap<u64, Node> {
        &self.seen
    }

    pub(crate) fn node(&self, node: u64) -> Result<&Node, Fault> {
        self.alive()?;
        self.seen.get(&node).ok_or(Fault::NotFound)
    }

    pub(crate) fn look_up(&self, directory: u64, name: &str) -> Result<u64, Fault> {
        self.alive()?;
        self.entries(directory)?
            .get(name)
            .copied()
            .ok_or(Fault::NotFound)
    }

    pub(crate) fn entries(&self, directory: u64) -> Result<&BTreeMap<String, u64>, Fault> {
        match self.node(directory)? {
            Node::Directory { entries, .. } => Ok(entries),
            Node::File { .. } => Err(Fault::NotADirectory),
        }
    }

    pub(crate) fn read(&mut self, node: u64, at: usize, length: usize) -> Result<Vec<u8>, Fault> {
        let mut bytes = match self.node(node)? {
            Node::File { data, .. } => {
                let from = at.min(data.len());
                data[from..at.saturating_add(length).min(data.len())].to_vec()
            }
            Node::Directory { .. } => return Err(Fault::IsADirectory),
        };
        if let Some(lie) = &mut self.plan.lie {
            self.counts.lies += u64::from(lie.tell(node, at, &mut bytes));
        }
        Ok(bytes)
    }

    pub(crate) fn create(&mut self, directory: u64, name: &str, node: Node) -> Result<u64, Fault> {
        self.alive()?;
        if self.entries(directory)?.contains_key(name) {
            return Err(Fault::Exists);
        }
        self.spend_write(true)?;
        let number = self.next;
        self.next += 1;
        // The node itself costs nothing: without its name nobody finds it.
        self.durable.insert(number, empty_like(&node));
        self.seen.insert(number, node);
        self.change(Change::Names {
            directory,
            set: vec![(name.to_owned(), Some(number))],
        });
        Ok(number)
    }

    pub(crate) fn write(&mut self, node: u64, at: usize, data: &[u8]) -> Result<(), Fault> {
        self.alive()?;
        let grows = match self.seen.get(&node) {
            Some(Node::File { data: old, .. }) => at.saturating_add(data.len()) > old.len(),
            _ => true,
        };
        self.spend_write(grows)?;
        self.change(Change::Write {
            node,
            at,
            data: data.to_vec(),
        });
        Ok(())
    }

    pub(crate) fn resize(&mut self, node: u64, length: usize) -> Result<(), Fault> {
        self.alive()?;
        self.spend_write(false)?;
        self.change(Change::Resize { node, length });
        Ok(())
    }

    pub(crate) fn set_mode(&mut self, node: u64, new: u16) -> Result<(), Fault> {
        self.alive()?;
        for nodes in [&mut self.seen, &mut self.durable] {
            if let Some(Node::File { mode, .. } | Node::Directory { mode, .. }) =
                nodes.get_mut(&node)
            {
                *mode = new;
            }
        }
        Ok(())
    }

    pub(crate) fn remove(&mut self, directory: u64, name: &str) -> Result<(), Fault> {
        let node = self.look_up(directory, name)?;
        if matches!(self.node(node)?, Node::Directory { entries, .. } if !entries.is_empty()) {
            return Err(Fault::NotEmpty);
        }
        self.spend_write(false)?;
        self.change(Change::Names {
            directory,
            set: vec![(name.to_owned(), None)],
        });
        Ok(())
    }

    pub(crate) fn rename(
        &mut self,
        from: u64,
        name: &str,
        to: u64,
        new: &str,
    ) -> Result<(), Fault> {
        let node = self.look_up(from, name)?;
        self.spend_write(true)?;
        if from == to {
            let set = vec![(name.to_owned(), None), (new.to_owned(), Some(node))];
            self.change(Change::Names {
                directory: from,
                set,
            });
        } else {
            self.change(Change::Names {
                directory: to,
                set: vec![(new.to_owned(), Some(node))],
            });
            self.change(Change::Names {
                directory: from,
                set: vec![(name.to_owned(), None)],
            });
        }
        Ok(())
    }

    /// Makes what was written to a file, or the names in a directory, durable.
    pub(crate) fn sync(&mut self, node: u64) -> Result<(), Fault> {
        self.alive()?;
        self.counts.syncs += 1;
        if self.plan.fail_sync == Some(self.counts.syncs) {
            self.counts.failed_syncs += 1;
            self.failed_at = path_of(&self.seen, node);
            // As Linux does: the pages are clean now, and their contents never reach the disk. Names are kept in
            // a journal of the file system and stay as un-synced as they were.
            self.pending
                .retain(|change| change.node() != node || matches!(change, Change::Names { .. }));
            self.spend()?;
            return Err(Fault::Io);
        }
        let (now, later) = self
            .pending
            .drain(..)
            .partition(|change| change.node() == node);
        self.pending = later;
        let now: Vec<Change> = now;
        for change in &now {
            apply(&mut self.durable, change);
        }
        self.spend()
    }

    /// The power goes, and comes back: only what was durable, and what of the rest survived, is there.
    pub(crate) fn cut(&mut self, survival: Survival, dice: &mut Dice) {
        let pending = std::mem::take(&mut self.pending);
        let keep = match survival {
            Survival::None => 0,
            Survival::Prefix => dice.below(pending.len() as u64 + 1) as usize,
            Survival::Subset | Survival::All => pending.len(),
        };
        for change in pending.iter().take(keep) {
            match (survival, change) {
                (Survival::Subset, Change::Write { node, at, data }) => {
                    for (index, sector) in sectors(*at, data) {
                        if dice.coin() {
                            apply(
                                &mut self.durable,
                                &Change::Write {
                                    node: *node,
                                    at: index,
                                    data: sector.to_vec(),
                                },
                            );
                        }
                    }
                }
                (Survival::Subset, _) if dice.coin() => {}
                _ => apply(&mut self.durable, change),
            }
        }
        self.seen = self.durable.clone();
        self.revive();
    }

    /// The process died and the power stayed: everything un-synced is still there, and still un-synced.
    pub(crate) fn revive(&mut self) {
        self.dead = false;
        self.plan = Plan::default();
        self.counts = Counts::default();
    }

    /// The power goes, now; until [`Disk::cut`] brings it back, every operation fails.
    pub(crate) fn kill(&mut self) {
        self.dead = true;
    }

    fn alive(&self) -> Result<(), Fault> {
        if self.dead { Err(Fault::Io) } else { Ok(()) }
    }

    /// Counts a write; on a full disk one that needs room, or any where nothing is written in place, is refused.
    fn spend_write(&mut self, needs_room: bool) -> Result<(), Fault> {
        self.counts.writes += 1;
        let full = |from| self.counts.writes >= from;
        if self.plan.full_from_write.is_some_and(full) && (needs_room || !self.plan.in_place) {
            self.counts.refused += 1;
            return Err(Fault::NoSpace);
        }
        self.spend()
    }

    /// Dies after the operation that the plan names, so that the operation itself took place.
    fn spend(&mut self) -> Result<(), Fault> {
        let spent = self.counts.writes + self.counts.syncs;
        if self.plan.stop_after.is_some_and(|limit| spent >= limit) {
            self.dead = true;
        }
        Ok(())
    }

    fn change(&mut self, change: Change) {
        apply(&mut self.seen, &change);
        self.pending.push(change);
    }
}

fn empty_like(node: &Node) -> Node {
    match node {
        Node::File { mode, .. } => Node::File {
            data: Vec::new(),
            mode: *mode,
        },
        Node::Directory { mode, .. } => Node::Directory {
            entries: BTreeMap::new(),
            mode: *mode,
        },
    }
}

/// The parts of a write that lie in one sector each.
fn sectors(at: usize, data: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        if offset >= data.len() {
            return None;
        }
        let start = at + offset;
        let length = (SECTOR - start % SECTOR).min(data.len() - offset);
        let sector = &data[offset..offset + length];
        offset += length;
        Some((start, sector))
    })
}

fn apply(nodes: &mut BTreeMap<u64, Node>, change: &Change) {
    match change {
        Change::Write {
            node,
            at,
            data: new,
        } => {
            if let Some(Node::File { data, .. }) = nodes.get_mut(node) {
                let end = at + new.len();
                if data.len() < end {
                    data.resize(end, 0);
                }
                data[*at..end].copy_from_slice(new);
            }
        }
        Change::Resize { node, length } => {
            if let Some(Node::File { data, .. }) = nodes.get_mut(node) {
                data.resize(*length, 0);
            }
        }
        Change::Names { directory, set } => {
            if let Some(Node::Directory { entries, .. }) = nodes.get_mut(directory) {
                for (name, target) in set {
                    match target {
                        Some(number) => entries.insert(name.clone(), *number),
                        None => entries.remove(name),
                    };
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;

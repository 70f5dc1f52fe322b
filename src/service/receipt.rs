//! Receipts: the proof that one entry is in the ledger, in a file that anybody can check (C2SP tlog-proof).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::checkpoint::kept::{self, Kept, Unreadable};
use super::history::{self, HistoryError};
use super::ledger::Ledger;
use super::tiles::files::Files;
use crate::proof::checkpoint::SignedCheckpoint;
use crate::proof::policy::{Accepted, Policy, PolicyError};
use crate::proof::receipt::{self as format, Receipt, ReceiptError};
use crate::proof::subtrees::{self, Subtrees};
use crate::proof::tiles::reading::{TileSource, TiledTree};
use crate::proof::tiles::{FULL, Kind, Tile};
use crate::proof::tree::{Hash, leaf_hash, node_hash, root_of, verify_inclusion};
use crate::store::event_store::ReadError;
use crate::store::journal::disk::{Disk, RealDisk};

/// What the name of a receipt's file ends with.
pub const EXTENSION: &str = format::EXTENSION;

/// A receipt as it was made.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The position of the entry.
    pub index: u64,
    /// How many entries its checkpoint covers.
    pub size: u64,
    /// The file.
    pub text: String,
    /// The entry's stored bytes, which it proves.
    pub record: Vec<u8>,
}

impl Issued {
    /// A receipt as it was made elsewhere, with the entry it came with.
    ///
    /// # Errors
    /// When the text is no receipt of an entry at that position, or proves other bytes. Who signed is not looked at.
    pub fn received(index: u64, text: &[u8], record: Vec<u8>) -> Result<Self, ReceiptError> {
        let receipt = Receipt::parse(text)?;
        let root = receipt.checkpoint().checkpoint().root();
        verify_inclusion(&root, index, &leaf_hash(&record), receipt.proof())?;
        // Written anew with the position that was just proved.
        let checkpoint = receipt.checkpoint().clone();
        let receipt = Receipt::new(index, receipt.proof().to_vec(), checkpoint);
        Ok(Self {
            index,
            size: root.size,
            text: receipt.to_string(),
            record,
        })
    }
}

/// What a receipt proves.
#[derive(Debug, Clone)]
pub struct Proven {
    /// The position of the entry.
    pub index: u64,
    /// What was signed.
    pub checkpoint: Trusted,
}

/// A checkpoint that a policy accepts.
#[derive(Debug, Clone)]
pub struct Trusted {
    /// The ledger's name.
    pub origin: String,
    /// How many entries the checkpoint covers.
    pub size: u64,
    /// The root over them, in hexadecimal.
    pub root: String,
    /// The key that signed it, as a vkey.
    pub key: String,
    /// Who cosigned it, and when, in seconds since 1970.
    pub witnesses: Vec<(String, u64)>,
}

impl Trusted {
    /// What a policy says of a checkpoint it accepts.
    #[must_use]
    pub fn of(signed: &SignedCheckpoint, accepted: &Accepted<'_>) -> Self {
        let root = signed.checkpoint().root();
        let witnesses = accepted.witnesses.iter();
        Self {
            origin: signed.checkpoint().origin().to_owned(),
            size: root.size,
            root: root.hash.to_string(),
            key: accepted.log.key.to_string(),
            witnesses: witnesses
                .map(|(witness, time)| (witness.name.to_string(), *time))
                .collect(),
        }
    }
}

/// Makes the receipt of an entry, over the newest kept checkpoint. It is checked before it is given away.
///
/// # Errors
/// When no checkpoint covers the entry yet, the ledger is not what it signed, or an entry cannot be read.
pub fn issue(ledger: &Ledger, disk: &Arc<dyn Disk>, index: u64) -> Result<Issued, IssueError> {
    let made = make(ledger, disk, newest(ledger, disk)?, index)?;
    Ok(Issued {
        index,
        size: made.receipt.checkpoint().checkpoint().root().size,
        text: made.receipt.to_string(),
        record: made.record,
    })
}

/// As [`issue`], from the files as they are kept on this machine.
///
/// # Errors
/// As [`issue`].
pub fn issue_kept(ledger: &Ledger, index: u64) -> Result<Issued, IssueError> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    issue(ledger, &disk, index)
}

/// A receipt, with what it was made of.
pub(super) struct Made<'a> {
    /// The receipt.
    pub(super) receipt: Receipt,
    /// The entry's stored bytes.
    pub(super) record: Vec<u8>,
    /// The tree its proof was taken from.
    pub(super) tree: Tree<'a>,
}

/// The newest kept checkpoint of a ledger, if it signed any.
pub(super) fn newest(ledger: &Ledger, disk: &Arc<dyn Disk>) -> Result<Option<Kept>, Unreadable> {
    match ledger.dir() {
        Some(dir) => kept::newest(disk.as_ref(), dir),
        None => Ok(None),
    }
}

/// As [`issue`], over a checkpoint at hand, for what is built on a receipt.
pub(super) fn make<'a>(
    ledger: &'a Ledger,
    disk: &Arc<dyn Disk>,
    kept: Option<Kept>,
    index: u64,
) -> Result<Made<'a>, IssueError> {
    let head = ledger.head();
    if index >= head {
        return Err(IssueError::NoSuchEntry { index, head });
    }
    let kept = kept.ok_or(IssueError::NotSigned { index, signed: 0 })?;
    let root = kept.signed.checkpoint().root();
    if index >= root.size {
        let signed = root.size;
        return Err(IssueError::NotSigned { index, signed });
    }
    if root.size > head {
        return Err(IssueError::Departs(kept.file));
    }
    let holds = |(record, proof): &(Vec<u8>, Vec<Hash>)| {
        verify_inclusion(&root, index, &leaf_hash(record), proof).is_ok()
    };
    let published = ledger
        .dir()
        .and_then(|dir| published(&Files::of(disk, dir), index, root.size));
    let mut tree = Tree::of(ledger, head);
    // Where what is published is gone or damaged, the ledger itself is asked.
    let (record, proof) = match published.filter(holds) {
        Some(both) => both,
        None => {
            let record = ledger.event_bytes(index)?;
            let record = record.ok_or(IssueError::NoSuchEntry { index, head })?;
            let proof = subtrees::inclusion_proof(&mut tree, index, root.size)?;
            let both = proof.map(|proof| (record, proof)).filter(holds);
            both.ok_or(IssueError::Departs(kept.file))?
        }
    };
    Ok(Made {
        receipt: Receipt::new(index, proof, kept.signed),
        record,
        tree,
    })
}

/// An entry and its proof from what is published: a handful of small files, however large the ledger is. Both are believed
/// only together with the signed root.
fn published(files: &Files, index: u64, size: u64) -> Option<(Vec<u8>, Vec<Hash>)> {
    let mut tree = TiledTree::new(Published(files), size);
    let proof = subtrees::inclusion_proof(&mut tree, index, size).ok()??;
    let (full, within) = (u64::from(FULL), index % u64::from(FULL));
    let first = index.checked_sub(within)?;
    let width = u16::try_from(size.checked_sub(first)?.min(full)).ok()?;
    let bundle = Tile::new(Kind::Entries, first / full, width)?;
    let (standing, bytes) = files.standing(bundle).ok()?;
    let entries = standing.entries(&bytes)?;
    let record = entries.get(usize::try_from(within).ok()?)?.to_vec();
    Some((record, proof))
}

/// Tiles as they are published.
struct Published<'a>(&'a Files);

impl TileSource for Published<'_> {
    type Error = ();

    fn tile(&mut self, tile: Tile) -> Result<Vec<Hash>, ()> {
        self.0.hashes(tile).ok_or(())
    }
}

/// The position that a receipt is about. Nothing of it is checked.
///
/// # Errors
/// When the file is none.
pub fn index_of(receipt: &[u8]) -> Result<u64, ReceiptError> {
    Receipt::parse(receipt).map(|receipt| receipt.index())
}

/// Checks a receipt and the stored bytes of its entry by a trust policy. It needs no ledger.
///
/// # Errors
/// When a file cannot be read, the policy does not accept the checkpoint, or the entry is not what the receipt is about.
pub fn check(receipt: &[u8], record: &[u8], policy: &[u8]) -> Result<Proven, ReceiptError> {
    let policy = Policy::parse(policy)?;
    let receipt = Receipt::parse(receipt)?;
    let accepted = receipt.verify(record, &policy)?;
    Ok(Proven {
        index: receipt.index(),
        checkpoint: Trusted::of(receipt.checkpoint(), &accepted),
    })
}

/// Whether a text is a trust policy.
///
/// # Errors
/// With the line that cannot be read.
pub fn check_policy(policy: &[u8]) -> Result<(), PolicyError> {
    Policy::parse(policy).map(drop)
}

/// The height of the subtrees between whose ends the ledger's memory keeps the tree's edge.
const KEPT_HEIGHT: u32 = 8;

/// A ledger's tree: large subtrees from the edges kept in memory, small ones from the stored bytes.
pub(super) struct Tree<'a> {
    ledger: &'a Ledger,
    head: u64,
    leaves: BTreeMap<u64, Vec<Hash>>,
}

impl<'a> Tree<'a> {
    /// The tree over a ledger's first so many entries.
    pub(super) fn of(ledger: &'a Ledger, head: u64) -> Self {
        let leaves = BTreeMap::new();
        Self {
            ledger,
            head,
            leaves,
        }
    }

    /// The hashes of the events of a run between two kept edges, as far as the ledger goes.
    fn run(&mut self, number: u64) -> Result<&[Hash], IssueError> {
        let first = number << KEPT_HEIGHT;
        let end = first.saturating_add(1 << KEPT_HEIGHT).min(self.head);
        if !self.leaves.contains_key(&number) {
            let mut leaves = Vec::new();
            history::each_stored(self.ledger.store().as_ref(), first, end, |stored| {
                leaves.push(leaf_hash(stored.bytes()));
                Ok::<_, HistoryError>(())
            })?;
            self.leaves.insert(number, leaves);
        }
        Ok(self.leaves.get(&number).map_or(&[], Vec::as_slice))
    }
}

impl Subtrees for Tree<'_> {
    type Error = IssueError;

    fn subtree(&mut self, height: u32, number: u64) -> Result<Hash, IssueError> {
        if height < KEPT_HEIGHT {
            let (first, length) = (number << height, 1_usize << height);
            let within = usize::try_from(first % (1 << KEPT_HEIGHT)).unwrap_or_default();
            let leaves = self.run(first >> KEPT_HEIGHT)?;
            let leaves = leaves.get(within..within.saturating_add(length));
            let leaves = leaves.ok_or(IssueError::Unreadable)?;
            return Ok(root_of(leaves.iter().copied()).hash);
        }
        // The edge where a subtree ends holds its hash when it is a left one. A right one is put together of its halves.
        if number.is_multiple_of(2) {
            let end = number.saturating_add(1) << height;
            let edge = self.ledger.edge(end).filter(|edge| edge.size() == end);
            let hash = edge.and_then(|edge| edge.edge().last().copied());
            return hash.ok_or(IssueError::Unreadable);
        }
        let (below, left) = (height.saturating_sub(1), number.saturating_mul(2));
        let left_hash = self.subtree(below, left)?;
        let right_hash = self.subtree(below, left.saturating_add(1))?;
        Ok(node_hash(&left_hash, &right_hash))
    }
}

/// Why no receipt was made.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The ledger has no such entry.
    #[error("there is no entry {index}: the ledger has {head}, the first is 0")]
    NoSuchEntry {
        /// The position asked for.
        index: u64,
        /// How many there are.
        head: u64,
    },
    /// No checkpoint covers it.
    #[error("no checkpoint covers entry {index} yet: {}", covered(*signed))]
    NotSigned {
        /// The position asked for.
        index: u64,
        /// How many entries the newest checkpoint covers.
        signed: u64,
    },
    /// The ledger is not what it signed.
    #[error("the ledger is not the one that signed {0}: no receipt can be made")]
    Departs(String),
    /// The tree could not be computed.
    #[error("the tree over the ledger could not be computed")]
    Unreadable,
    /// The newest checkpoint cannot be read.
    #[error(transparent)]
    Kept(#[from] Unreadable),
    /// The stored entries cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The entry cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

fn covered(signed: u64) -> String {
    match signed {
        0 => "none was signed".to_owned(),
        signed => format!("the newest is of {signed} entries"),
    }
}

impl IssueError {
    /// Whether asking otherwise helps, as against damage.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::NoSuchEntry { .. } | Self::NotSigned { .. } | Self::Departs(_)
        )
    }

    /// What to do next, where the sentence itself does not say it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotSigned { .. } => {
                Some("`dealtrail checkpoint` signs everything recorded so far")
            }
            Self::NoSuchEntry { .. } => None,
            _ => Some("`dealtrail verify` reads everything and says what differs"),
        }
    }
}

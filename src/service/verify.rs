//! The auditor's walk: everything stored is read and hashed again, and held against what was signed.
//!
//! It takes nothing from a fold, an index or a snapshot; it reads beside a running writer and changes nothing.

use std::io;
use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;

pub mod report;
pub mod times;
mod walk;

use super::access::grants;
use super::access::log::read;
use super::checkpoint::kept::{self, Kept, Unreadable};
use super::checkpoint::key_file::KeyFile;
use super::checkpoint::keys::Keys;
use super::receipt::Trusted;
use super::snapshot;
use super::tiles::check::{Published, Wrong};
use super::tiles::files::Files;
use crate::deal::event::key_rotated::KeyRotated;
use crate::proof::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::proof::policy::{Policy, PolicyError};
use crate::proof::tree::Root;
use crate::store::event_store::ReadError;
use crate::store::journal::disk::Disk;
use crate::store::ledger_file::{LedgerFile, LedgerFileError};
use crate::store::recorded::Recorded;
use times::{Sandwich, Times, Tolerance};
use walk::{Marks, Walked, walk};

/// A checkpoint shown from outside.
#[derive(Debug, Clone, Copy)]
pub struct ShownCheckpoint<'a> {
    /// What to call it.
    pub name: &'a str,
    /// The file.
    pub bytes: &'a [u8],
}

/// What the ledger is held against, beside the checkpoints it keeps.
#[derive(Debug, Clone, Copy, Default)]
pub struct Against<'a> {
    /// A checkpoint kept elsewhere.
    pub checkpoint: Option<ShownCheckpoint<'a>>,
    /// Whom to believe; without it the key in the ledger's own directory is taken.
    pub trust: Option<&'a [u8]>,
    /// How far the times of entries and of witnesses may be apart.
    pub tolerance: Tolerance,
}

/// What a ledger came to.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Its name.
    pub origin: String,
    /// How many entries it has.
    pub position: u64,
    /// How many frames hold them.
    pub frames: u64,
    /// The root over all entries' stored bytes, in hexadecimal.
    pub root: String,
    /// The checkpoints it was held against: the kept ones, the published one, the one that was shown.
    pub checkpoints: Vec<Compared>,
    /// How the times of the entries fit those of the witnesses.
    pub times: Times,
    /// The entries that changed the ledger's key, each signed by the old key and the new one.
    pub key_changes: Vec<u64>,
    /// The ledger's keys, as those entries prove them.
    pub keys: Keys,
    /// Entries that say the key was changed and do not prove it, a sentence each.
    pub unproved: Vec<String>,
    /// What no ledger that was only ever appended to can hold.
    pub impossible: Vec<String>,
    /// How many entries the published checkpoint covers, if one can be read.
    pub published: Option<u64>,
    /// How many published tiles and entry bundles were held against the entries.
    pub tiles: u64,
    /// Those that are not what the entries make them, in the order of their names.
    pub wrong_tiles: Vec<Wrong>,
    /// What is worth knowing and concerns no entry.
    pub notes: Vec<String>,
    /// How many records the service's access log has, each following from the one before, when it has a log; or what is wrong
    /// with it or with the list of tokens.
    pub access_log: Result<Option<u64>, String>,
}

impl Verified {
    /// Whether every checkpoint fits, and every entry's time.
    #[must_use]
    pub fn fits(&self) -> bool {
        let times = !matches!(self.times, Times::Misfit { .. });
        times && self.checkpoints.iter().all(|one| one.verdict.is_ok())
    }
}

/// A checkpoint, and what it says of the ledger.
#[derive(Debug, Clone)]
pub struct Compared {
    /// Its file.
    pub file: String,
    /// How many entries it covers, where it can be read.
    pub size: Option<u64>,
    /// That it fits, and who vouches for it; or what differs.
    pub verdict: Result<Vouched, String>,
}

/// Who vouches for a checkpoint that fits.
#[derive(Debug, Clone)]
pub enum Vouched {
    /// The policy that was handed in accepts it.
    Policy(Trusted),
    /// The key in the ledger's own directory signed it.
    OwnKey,
    /// Nobody: there was no key to check it with.
    Nobody,
}

/// Why nothing could be said.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The directory is no ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerFileError),
    /// The journal is damaged or cannot be read.
    #[error(transparent)]
    Damaged(#[from] ReadError),
    /// The trust policy cannot be read.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// What was shown is no checkpoint.
    #[error("{name}: {error}")]
    Checkpoint {
        /// What it is called.
        name: String,
        /// What is wrong with it.
        error: CheckpointError,
    },
    /// The directory of checkpoints cannot be read.
    #[error("the kept checkpoints cannot be read: {0}")]
    Kept(io::Error),
}

impl VerifyError {
    /// Whether asking otherwise helps, as against damage.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Policy(_) | Self::Checkpoint { .. })
    }
}

/// Reads a whole ledger, hashes every record again, and holds it against every checkpoint. `told` hears entries done, of
/// all.
///
/// # Errors
/// When stored bytes are damaged: the error names the place. A ledger that differs from a checkpoint is an answer.
pub fn verify(
    dir: &Path,
    disk: &Arc<dyn Disk>,
    against: Against<'_>,
    told: &mut dyn FnMut(u64, u64),
) -> Result<Verified, VerifyError> {
    let ledger = LedgerFile::read(disk.as_ref(), dir)?;
    let policy = against.trust.map(Policy::parse).transpose()?;
    let shown = against.checkpoint.map(read_shown).transpose()?;
    // What is kept is read before the journal, so that what is signed meanwhile is not looked for in vain.
    let kept = kept::all(disk.as_ref(), dir).map_err(VerifyError::Kept)?;
    let files = Files::of(disk, dir);
    let published = files.checkpoint().transpose();
    let key = KeyFile::read(disk.as_ref(), dir);
    let places = snapshot::places(dir);
    let signed = kept.iter().chain(&published).flatten().chain(&shown);
    let seen = signed
        .clone()
        .filter_map(|one| times::seen(policy.as_ref()?, &ledger.origin, one));
    let mut marks = Marks {
        times: Sandwich::of(seen.collect(), against.tolerance),
        published: match &published {
            Some(Ok(one)) => Some(Published {
                size: size(&one.signed),
                files,
            }),
            _ => None,
        },
        sizes: signed.map(|one| size(&one.signed)).collect(),
        frames: places.iter().filter_map(passed).collect(),
    };
    let (walked, keys) = walk_with_keys((dir, disk), &ledger, &mut marks, told)?;
    let judge = Judge {
        origin: &ledger.origin,
        walked: &walked,
        keys: &keys,
        policy: policy.as_ref(),
        own: own_policy(key.as_ref().ok().and_then(Option::as_ref)),
    };
    let mut checkpoints: Vec<Compared> = kept.iter().map(|one| judge.kept(one)).collect();
    // The published one is told of only where it is none of those kept.
    let published = published.as_ref().filter(|one| !is_among(&kept, one));
    checkpoints.extend(published.map(|one| judge.kept(one)));
    checkpoints.extend(shown.iter().map(|shown| judge.shown(shown)));
    let mut notes = unbound(&places, &ledger, &walked);
    if let Err(error) = key {
        notes.push(error.to_string());
    }
    Ok(Verified {
        position: walked.head.position,
        frames: walked.head.frames,
        root: walked.root.hash.to_string(),
        checkpoints,
        times: times_of(&walked, &marks),
        key_changes: keys.changes().iter().map(|change| change.seq).collect(),
        unproved: keys.problems().to_vec(),
        keys,
        impossible: impossible(walked.disorder, walked.ids),
        published: marks.published.map(|published| published.size),
        tiles: walked.tiles.0,
        wrong_tiles: walked.tiles.1,
        notes,
        access_log: access_log(dir, ledger.id),
        origin: ledger.origin,
    })
}

/// Holds what is kept about access against its own chains.
fn access_log(dir: &Path, ledger: Uuid) -> Result<Option<u64>, String> {
    grants::read(dir, ledger).map_err(|error| error.to_string())?;
    let checked = read::check(dir, ledger).map_err(|error| error.to_string())?;
    Ok((checked.files > 0).then_some(checked.records))
}

fn times_of(walked: &Walked, marks: &Marks) -> Times {
    match walked.demonstration {
        // Whoever sets the clock by hand says any time.
        true => Times::Demonstration,
        false => marks.times.verdict(walked.misfit),
    }
}

fn read_shown(shown: ShownCheckpoint<'_>) -> Result<Kept, VerifyError> {
    let (file, signed) = (shown.name.to_owned(), SignedCheckpoint::parse(shown.bytes));
    match signed {
        Ok(signed) => Ok(Kept { file, signed }),
        Err(error) => Err(VerifyError::Checkpoint { name: file, error }),
    }
}

/// After how many frames a snapshot was taken, if it can be read.
fn passed(place: &snapshot::Place) -> Option<u64> {
    Some(place.of.as_ref()?.1.frames)
}

fn is_among(all: &[Result<Kept, Unreadable>], one: &Result<Kept, Unreadable>) -> bool {
    let Ok(one) = one else { return false };
    all.iter().flatten().any(|kept| kept.signed == one.signed)
}

/// Walks the journal, and holds every change of key against the entries its old key vouched for.
fn walk_with_keys(
    (dir, disk): (&Path, &Arc<dyn Disk>),
    ledger: &LedgerFile,
    marks: &mut Marks,
    told: &mut dyn FnMut(u64, u64),
) -> Result<(Walked, Keys), ReadError> {
    let mut walked = walk(dir, disk, ledger, marks, told)?;
    let changes: Vec<(u64, KeyRotated)> = walked.key_changes.iter().filter_map(change).collect();
    let vouched = changes.iter().map(|(_, change)| change.size);
    let unknown = |size: &u64| *size <= walked.head.position && !walked.roots.contains_key(size);
    let unknown: Vec<u64> = vouched.filter(unknown).collect();
    // Only where the checkpoints of those sizes are gone.
    if !unknown.is_empty() {
        marks.sizes.extend(unknown);
        walked = walk(dir, disk, ledger, marks, told)?;
    }
    let is_root = |root: Root| walked.roots.get(&root.size) == Some(&root);
    let keys = Keys::of(&ledger.origin, changes, is_root);
    Ok((walked, keys))
}

/// The changes of key that a journal tells of and proves, by its stored bytes. The directory need not be a ledger yet.
///
/// # Errors
/// When the journal is damaged.
pub fn keys(dir: &Path, disk: &Arc<dyn Disk>, ledger: &LedgerFile) -> Result<Keys, ReadError> {
    let marks = &mut Marks::default();
    let (_, keys) = walk_with_keys((dir, disk), ledger, marks, &mut |_, _| ())?;
    Ok(keys)
}

/// What an entry says of a change of key. One that cannot be read changes nothing.
fn change((seq, stored): &(u64, Vec<u8>)) -> Option<(u64, KeyRotated)> {
    let stored = Recorded::parse(stored.clone()).ok()?;
    let told = serde_json::from_str(stored.data()).ok()?;
    Some((*seq, told))
}

/// What is published, held against the journal.
#[derive(Debug, Clone, Default)]
pub struct PublishedTiles {
    /// How many tiles and entry bundles were looked at.
    pub looked_at: u64,
    /// Those that are not what the journal makes them.
    pub wrong: Vec<Wrong>,
    /// Whether the journal is the one that the published checkpoint was signed for; with none published it is.
    pub fits: bool,
}

/// Holds the published tiles and entry bundles against the journal. Signatures are not looked at.
///
/// # Errors
/// When the journal is damaged.
pub fn tiles(dir: &Path, disk: &Arc<dyn Disk>) -> Result<PublishedTiles, VerifyError> {
    let ledger = LedgerFile::read(disk.as_ref(), dir)?;
    let files = Files::of(disk, dir);
    let Ok(Some(kept)) = files.checkpoint() else {
        return Ok(PublishedTiles {
            fits: true,
            ..PublishedTiles::default()
        });
    };
    let root = kept.signed.checkpoint().root();
    let size = root.size;
    let marks = Marks {
        sizes: vec![size],
        published: Some(Published { files, size }),
        ..Marks::default()
    };
    let walked = walk(dir, disk, &ledger, &marks, &mut |_, _| ())?;
    let (looked_at, wrong) = walked.tiles;
    Ok(PublishedTiles {
        looked_at,
        wrong,
        fits: walked.roots.get(&size) == Some(&root),
    })
}

/// The policy that believes the key in the ledger's own directory.
fn own_policy(key: Option<&KeyFile>) -> Option<Policy> {
    key.and_then(|key| key.verifier().ok()).map(Policy::of_log)
}

/// Holds checkpoints against what was walked.
struct Judge<'a> {
    origin: &'a str,
    walked: &'a Walked,
    keys: &'a Keys,
    policy: Option<&'a Policy>,
    own: Option<Policy>,
}

impl Judge<'_> {
    /// A kept checkpoint. It may not have been shown to witnesses yet: of a policy handed in the ledger's key counts.
    fn kept(&self, kept: &Result<Kept, Unreadable>) -> Compared {
        match kept {
            Err(problem) => Compared {
                file: problem.file.clone(),
                size: None,
                verdict: Err(problem.what.clone()),
            },
            Ok(kept) => self.compared(kept, || match self.policy {
                Some(policy) => {
                    let policy = self.keys.fit(policy, size(&kept.signed));
                    if let Ok(accepted) = policy.accept(&kept.signed)
                        && !accepted.witnesses.is_empty()
                    {
                        return Ok(Vouched::Policy(Trusted::of(&kept.signed, &accepted)));
                    }
                    let logs = policy.logs().iter();
                    let mut signed = logs.map(|log| kept.signed.verify(&log.key));
                    // Of several keys of the ledger one is enough; with none the last refusal is told.
                    let first = signed.next();
                    let fits = first.as_ref().is_some_and(Result::is_ok);
                    match fits || signed.any(|one| one.is_ok()) {
                        true => Ok(Vouched::OwnKey),
                        false => Err(match first {
                            Some(Err(error)) => error.to_string(),
                            _ => "the trust policy names no ledger".to_owned(),
                        }),
                    }
                }
                None => self.by_own_key(&kept.signed),
            }),
        }
    }

    /// A checkpoint that somebody kept elsewhere: a policy handed in has to accept it, witnesses and all.
    fn shown(&self, shown: &Kept) -> Compared {
        self.compared(shown, || match self.policy {
            Some(policy) => {
                let policy = self.keys.fit(policy, size(&shown.signed));
                let accepted = policy.accept(&shown.signed);
                let accepted = accepted.map_err(|error| error.to_string())?;
                Ok(Vouched::Policy(Trusted::of(&shown.signed, &accepted)))
            }
            None => self.by_own_key(&shown.signed),
        })
    }

    fn by_own_key(&self, signed: &SignedCheckpoint) -> Result<Vouched, String> {
        match &self.own {
            None => Ok(Vouched::Nobody),
            Some(policy) => {
                let policy = self.keys.fit(policy, size(signed));
                let accepted = policy.accept(signed);
                accepted
                    .map(|_| Vouched::OwnKey)
                    .map_err(|error| error.to_string())
            }
        }
    }

    fn compared(&self, kept: &Kept, vouch: impl FnOnce() -> Result<Vouched, String>) -> Compared {
        let checkpoint = kept.signed.checkpoint();
        let signed = checkpoint.root();
        let verdict = match checkpoint.origin() == self.origin {
            false => Err(format!(
                "it is of {}, and this ledger is {}",
                checkpoint.origin(),
                self.origin
            )),
            true => self.same(&signed).and_then(|()| {
                let told = |error| self.keys.out_of_force(&kept.signed).unwrap_or(error);
                vouch().map_err(told)
            }),
        };
        Compared {
            file: kept.file.clone(),
            size: Some(signed.size),
            verdict,
        }
    }

    fn same(&self, signed: &Root) -> Result<(), String> {
        match self.walked.roots.get(&signed.size) {
            Some(found) if found == signed => Ok(()),
            Some(found) => Err(format!(
                "the root of the first {} entries is {}, and the checkpoint says {}: what was recorded before it was \
                 changed, removed, added to or put in another order",
                signed.size, found.hash, signed.hash
            )),
            None => Err(format!(
                "it covers {} entries, and the ledger has {}: entries were taken away",
                signed.size, self.walked.head.position
            )),
        }
    }
}

fn size(signed: &SignedCheckpoint) -> u64 {
    signed.checkpoint().root().size
}

/// Snapshots that are not of this history. Nothing rests on them, and none of them is used.
fn unbound(places: &[snapshot::Place], ledger: &LedgerFile, walked: &Walked) -> Vec<String> {
    let fits = |place: &&snapshot::Place| {
        let Some((of, head)) = &place.of else {
            return false;
        };
        let passed = walked.passed.get(&head.frames);
        *of == ledger.id && passed == Some(&(head.position, head.chain))
    };
    let stray = places.iter().filter(|place| !fits(place));
    stray
        .map(|place| {
            format!(
                "{} is not of this history and is not used; no entry rests on it",
                place.file
            )
        })
        .collect()
}

/// What cannot be in a ledger that was only ever appended to by this program.
fn impossible(disorder: Option<u64>, mut ids: Vec<u128>) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(seq) = disorder {
        found.push(format!(
            "entry {seq} says it was recorded before the entry in front of it"
        ));
    }
    if !ids.is_sorted_by(|one, next| one < next) {
        ids.sort_unstable();
        let twice = ids.windows(2).find_map(|pair| match pair {
            [one, next] if one == next => Some(*one),
            _ => None,
        });
        if let Some(id) = twice {
            let id = uuid::Uuid::from_u128(id);
            found.push(format!("more than one entry has the id {id}"));
        }
    }
    found
}

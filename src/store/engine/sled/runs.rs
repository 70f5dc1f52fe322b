//! The index as a whole: runs of entries, merged eight at a time, so that a look-up asks few of them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::{Arc, PoisonError, RwLock};

use sled::{Batch, Db};

use crate::store::engine::sled::entry::{ENTRY_BYTES, Entry};
use crate::store::engine::sled::guard::{Guarded, SledError};
use crate::store::engine::sled::layout;
use crate::store::engine::sled::run::{Pair, Run, RunBuilder};
use crate::store::frame::cursor::Cursor;
use crate::store::head::Head;

/// How many runs of one level make one of the next.
const FAN: usize = 8;
/// How many entries one step of a merge goes on for: a step must not hold the copying of frames up.
pub const STEP_ENTRIES: usize = 16 << 10;
/// How often a look-up starts anew because a merge removed a run under it.
const TRIES: u32 = 16;

/// The runs that look-ups ask: replaced as a whole, so that a look-up keeps the ones it began with.
pub type Live = Arc<RwLock<Arc<Vec<Arc<Run>>>>>;

/// The runs, and a merge under way. The follower alone changes them.
pub struct Runs {
    db: Guarded<Db>,
    live: Live,
    indexed: Head,
    next_id: u64,
    merge: Option<Merge>,
}

/// Runs becoming one.
struct Merge {
    inputs: Vec<Arc<Run>>,
    cursors: Vec<RunCursor>,
    heap: BinaryHeap<Reverse<(Entry, usize)>>,
    output: RunBuilder,
}

struct RunCursor {
    run: Arc<Run>,
    block: u32,
    entries: std::vec::IntoIter<Entry>,
}

/// Looks entries up, at any time and from any thread.
pub fn find(db: &Db, live: &Live, hash: u64) -> Result<Vec<Entry>, SledError> {
    for _ in 0..TRIES {
        let runs = Arc::clone(&live.read().unwrap_or_else(PoisonError::into_inner));
        if let Some(found) = find_in(db, &runs, hash)? {
            return Ok(found);
        }
    }
    Err(SledError("a block of sled's index is missing".to_owned()))
}

/// Every entry of every run, sorted; each is checked to stand where a look-up finds it.
///
/// # Errors
/// What sled says, that a block is missing, or that a look-up would miss an entry.
pub fn all(db: &Db, live: &Live) -> Result<Vec<Entry>, SledError> {
    let runs = Arc::clone(&live.read().unwrap_or_else(PoisonError::into_inner));
    let mut found = Vec::new();
    for run in runs.iter() {
        let mut count = 0_u64;
        for block in 0..run.blocks() {
            let bytes = db
                .get(layout::block_key(run.id, block))?
                .ok_or_else(missing)?;
            if !bytes.len().is_multiple_of(ENTRY_BYTES) {
                return Err(missing());
            }
            let entries: Vec<_> = bytes.chunks(ENTRY_BYTES).filter_map(Entry::read).collect();
            let reachable = |entry: &Entry| {
                run.may_have(entry.hash) && run.blocks_of(entry.hash).contains(&block)
            };
            if !entries.is_sorted() || !entries.iter().all(reachable) {
                return Err(SledError("its look-ups would miss an entry".to_owned()));
            }
            count += entries.len() as u64;
            found.extend(entries);
        }
        if count != run.entries {
            return Err(missing());
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// `None` when a block is gone.
fn find_in(db: &Db, runs: &[Arc<Run>], hash: u64) -> Result<Option<Vec<Entry>>, SledError> {
    let mut found = Vec::new();
    for run in runs.iter().filter(|run| run.may_have(hash)) {
        for block in run.blocks_of(hash) {
            let Some(bytes) = db.get(layout::block_key(run.id, block))? else {
                return Ok(None);
            };
            let entries = bytes.as_chunks::<ENTRY_BYTES>().0;
            let hash_of = |entry: &[u8; ENTRY_BYTES]| {
                entry
                    .first_chunk()
                    .map_or(0, |hash| u64::from_le_bytes(*hash))
            };
            let first = entries.partition_point(|entry| hash_of(entry) < hash);
            let same = entries
                .iter()
                .skip(first)
                .take_while(|entry| hash_of(entry) == hash);
            found.extend(same.filter_map(|entry| Entry::read(entry)));
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(Some(found))
}

impl Runs {
    /// Reads the list of runs, their filters and fences; `origin` is the head of an index without any.
    ///
    /// # Errors
    /// What sled says, or that a part is missing.
    pub fn load(db: &Db, origin: Head) -> Result<Self, SledError> {
        let mut runs = Vec::new();
        let mut indexed = origin;
        if let Some(list) = db.get(layout::RUNS)? {
            let mut cursor = Cursor::new(&list);
            indexed = layout::read_head(&mut cursor).ok_or_else(missing)?;
            while !cursor.rest().is_empty() {
                runs.push(Arc::new(load_run(db, &mut cursor)?));
            }
        }
        let next_id = runs.iter().map(|run| run.id + 1).max().unwrap_or(0);
        let live = Arc::new(RwLock::new(Arc::new(runs)));
        Ok(Self {
            db: Guarded::new(db.clone()),
            live,
            indexed,
            next_id,
            merge: None,
        })
    }

    /// The runs that look-ups ask.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// The head up to which everything is in a run.
    pub fn indexed(&self) -> Head {
        self.indexed
    }

    /// Writes a run of new entries and notes how far the index goes now, in one atomic batch.
    ///
    /// # Errors
    /// What sled says.
    pub fn add(&mut self, mut entries: Vec<Entry>, indexed: Head) -> Result<(), SledError> {
        entries.sort_unstable();
        let mut builder = RunBuilder::new(self.take_id(), 0, entries.len() as u64);
        entries.iter().for_each(|entry| builder.push(entry));
        let (run, blocks) = builder.finish();
        let mut runs = self.current().as_ref().clone();
        if run.entries > 0 {
            runs.push(Arc::new(run.clone()));
        }
        self.indexed = indexed;
        self.publish(runs, blocks, run.parts())
    }

    /// Goes a step on with merging; `true` while there is more to do.
    ///
    /// # Errors
    /// What sled says.
    pub fn merge_step(&mut self) -> Result<bool, SledError> {
        if self.merge.is_none() {
            self.merge = self.begin_merge()?;
        }
        let Some(mut merge) = self.merge.take() else {
            return Ok(false);
        };
        if merge.step(&self.db)? {
            self.merge = Some(merge);
            return Ok(true);
        }
        let (run, blocks) = merge.output.finish();
        let gone: Vec<u64> = merge.inputs.iter().map(|run| run.id).collect();
        let mut runs: Vec<_> = self
            .current()
            .iter()
            .filter(|run| !gone.contains(&run.id))
            .cloned()
            .collect();
        let parts = run.parts();
        runs.push(Arc::new(run));
        self.publish(runs, blocks, parts)?;
        for run in &merge.inputs {
            remove(&self.db, run)?;
        }
        Ok(true)
    }

    fn begin_merge(&mut self) -> Result<Option<Merge>, SledError> {
        let mut levels: BTreeMap<u32, Vec<Arc<Run>>> = BTreeMap::new();
        for run in self.current().iter() {
            levels.entry(run.level).or_default().push(Arc::clone(run));
        }
        let Some((level, inputs)) = levels.into_iter().find(|(_, runs)| runs.len() >= FAN) else {
            return Ok(None);
        };
        let entries = inputs.iter().map(|run| run.entries).sum();
        let output = RunBuilder::new(self.take_id(), level.saturating_add(1), entries);
        let cursors = inputs.iter().map(RunCursor::new).collect();
        let mut merge = Merge {
            inputs,
            cursors,
            heap: BinaryHeap::new(),
            output,
        };
        for cursor in 0..merge.cursors.len() {
            merge.refill(&self.db, cursor)?;
        }
        Ok(Some(merge))
    }

    fn current(&self) -> Arc<Vec<Arc<Run>>> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn take_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    fn publish(
        &self,
        runs: Vec<Arc<Run>>,
        blocks: Vec<Pair>,
        parts: Vec<Pair>,
    ) -> Result<(), SledError> {
        let mut batch = Batch::default();
        for (key, value) in blocks.into_iter().chain(parts) {
            batch.insert(&key, value);
        }
        let mut list = Vec::new();
        layout::write_head(self.indexed, &mut list);
        for run in &runs {
            list.extend_from_slice(&run.id.to_le_bytes());
            list.extend_from_slice(&run.level.to_le_bytes());
            list.extend_from_slice(&run.entries.to_le_bytes());
            list.extend_from_slice(&(run.parts().len() as u32).to_le_bytes());
        }
        batch.insert(layout::RUNS, list);
        self.db.apply_batch(batch)?;
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(runs);
        Ok(())
    }
}

impl Merge {
    /// Writes some blocks; `true` while entries are left.
    fn step(&mut self, db: &Db) -> Result<bool, SledError> {
        for _ in 0..STEP_ENTRIES {
            let Some(Reverse((entry, cursor))) = self.heap.pop() else {
                return Ok(false);
            };
            self.output.push(&entry);
            self.refill(db, cursor)?;
        }
        let mut batch = Batch::default();
        for (key, value) in self.output.take_blocks() {
            batch.insert(&key, value);
        }
        db.apply_batch(batch)?;
        Ok(true)
    }

    fn refill(&mut self, db: &Db, cursor: usize) -> Result<(), SledError> {
        let Some(from) = self.cursors.get_mut(cursor) else {
            return Ok(());
        };
        if let Some(entry) = from.next(db)? {
            self.heap.push(Reverse((entry, cursor)));
        }
        Ok(())
    }
}

impl RunCursor {
    fn new(run: &Arc<Run>) -> Self {
        Self {
            run: Arc::clone(run),
            block: 0,
            entries: Vec::new().into_iter(),
        }
    }

    fn next(&mut self, db: &Db) -> Result<Option<Entry>, SledError> {
        if let Some(entry) = self.entries.next() {
            return Ok(Some(entry));
        }
        if self.block >= self.run.blocks() {
            return Ok(None);
        }
        let bytes = db
            .get(layout::block_key(self.run.id, self.block))?
            .ok_or_else(missing)?;
        self.block += 1;
        let entries: Vec<_> = bytes.chunks(ENTRY_BYTES).filter_map(Entry::read).collect();
        self.entries = entries.into_iter();
        Ok(self.entries.next())
    }
}

fn load_run(db: &Db, cursor: &mut Cursor<'_>) -> Result<Run, SledError> {
    let mut head = || Some((cursor.u64()?, cursor.u32()?, cursor.u64()?, cursor.u32()?));
    let (id, level, entries, parts) = head().ok_or_else(missing)?;
    let mut bytes = Vec::new();
    for part in 0..parts {
        bytes.extend_from_slice(&db.get(layout::part_key(id, part))?.ok_or_else(missing)?);
    }
    Run::from_parts(id, level, entries, &bytes).ok_or_else(missing)
}

fn remove(db: &Db, run: &Run) -> Result<(), SledError> {
    let blocks = (0..run.blocks()).map(|block| layout::block_key(run.id, block));
    let parts = (0..run.parts().len() as u32).map(|part| layout::part_key(run.id, part));
    for key in blocks.chain(parts) {
        db.remove(key)?;
    }
    Ok(())
}

fn missing() -> SledError {
    SledError("a part of sled's index is missing".to_owned())
}

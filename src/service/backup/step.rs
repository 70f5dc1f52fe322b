//! How far long work has come.

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The ledger is read and proved, entry by entry.
    Reading,
    /// Files are copied into the backup.
    Copying,
    /// Files are put back.
    Restoring,
    /// What was put back is read and proved, entry by entry.
    Proving,
}

/// Told how far a step has come: done, of all.
pub type Told<'a> = &'a mut dyn FnMut(Step, u64, u64);

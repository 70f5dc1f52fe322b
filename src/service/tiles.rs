//! The ledger as plain files below `published/` (C2SP tlog-tiles): what anybody needs to check it, for any server of
//! files to hand out.
//!
//! Everything there is made from the journal and can be made again; a checkpoint cannot. So the tiles of a checkpoint
//! are durable before it is signed, and it is published last. Full pieces are written once. Partial ones stand for the
//! sizes of checkpoints alone, and go when the full one is there, which serves in their place. Read in this order:
//! [`files`], [`lay`], [`check`].

pub mod check;
pub mod files;
pub mod lay;
pub mod served;

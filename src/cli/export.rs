//! `export`: what others need, in a form they can read.

use clap::Subcommand;

use super::audit_pack::AuditPack;
use super::context::Context;
use super::failure::Failure;

/// Write what others need, in a form they can read
#[derive(Debug, Subcommand)]
pub(super) enum Export {
    /// Everything an auditor needs to check the ledger without this program, in one archive
    ///
    /// Every entry up to the newest checkpoint, the tiles over them, all checkpoints, the public key, the schemas, the
    /// issued reports with their certificates, and two small verifiers, one for Python and one for Node, with a text that
    /// says how to run them. The same ledger and checkpoint give the same bytes.
    AuditPack(AuditPack),
}

impl Export {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::AuditPack(pack) => pack.run(context),
        }
    }
}

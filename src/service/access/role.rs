//! Roles, actions, and the one table of what each role may do.

use serde::{Deserialize, Serialize};

/// What somebody may do, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Records, issues reports, reads.
    Officer,
    /// Also confirms facts.
    Reviewer,
    /// Reads everything, the access log included, and writes nothing.
    Auditor,
    /// Reads and issues reports, and nothing else.
    Reporter,
    /// Tokens and operation; no facts of agreements.
    Administrator,
    /// Everybody who reaches a service that asks for no tokens; no token has this role.
    Anyone,
}

impl Role {
    /// Every role a token can have.
    pub const ALL: &'static [Self] = &[
        Self::Officer,
        Self::Reviewer,
        Self::Auditor,
        Self::Reporter,
        Self::Administrator,
    ];
}

/// What a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Ask whether the service lives and which version it is: for everybody, without a token.
    Greet,
    /// Read what is published for everybody: checkpoints, tiles, the description of the service.
    ReadPublished,
    /// Read agreements and the other things, and their trails.
    Read,
    /// Read the stored events, proofs and evidence files.
    ReadLedger,
    /// Read reports.
    ReadReports,
    /// Issue a report.
    IssueReport,
    /// Record facts, corrections and the like.
    Record,
    /// Confirm what somebody else recorded.
    Confirm,
    /// Read the access log.
    ReadAccessLog,
    /// Read the service's figures.
    ReadMetrics,
}

/// Whether a role may do something. `None` is somebody without a token.
#[must_use]
pub fn allows(role: Option<Role>, action: Action) -> bool {
    use Action as A;
    use Role as R;
    match (role, action) {
        (_, A::Greet | A::ReadPublished) | (Some(R::Anyone), _) => true,
        (None, _) => false,
        (Some(R::Officer), action) => matches!(
            action,
            A::Read | A::ReadLedger | A::ReadReports | A::IssueReport | A::Record
        ),
        (Some(R::Reviewer), action) => matches!(
            action,
            A::Read | A::ReadLedger | A::ReadReports | A::IssueReport | A::Record | A::Confirm
        ),
        (Some(R::Auditor), action) => matches!(
            action,
            A::Read | A::ReadLedger | A::ReadReports | A::ReadAccessLog | A::ReadMetrics
        ),
        (Some(R::Reporter), action) => matches!(action, A::ReadReports | A::IssueReport),
        (Some(R::Administrator), action) => matches!(action, A::ReadMetrics),
    }
}

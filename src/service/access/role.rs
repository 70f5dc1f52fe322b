//! Roles, actions, and the one table of what each role may do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $Name:ident, $one:literal, $of:expr, { $( $(#[$vdoc:meta])* $Variant:ident = $word:literal, )+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $Name { $( $(#[$vdoc])* $Variant, )+ }

        impl $Name {
            /// Its word, as it is typed and recorded.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$Variant => $word, )+ }
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $Name {
            type Err = NoSuchWord;

            fn from_str(typed: &str) -> Result<Self, NoSuchWord> {
                let word = typed.trim().replace('-', "_");
                let found = $of.iter().find(|one: &&Self| one.as_str() == word);
                found.copied().ok_or_else(|| NoSuchWord {
                    what: $one,
                    typed: typed.chars().take(60).collect(),
                    known: $of.iter().map(|one: &Self| one.as_str()).collect::<Vec<_>>().join(", "),
                })
            }
        }
    };
}

/// A word that is no role or no action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no {what} {typed:?}; there are {known}")]
pub struct NoSuchWord {
    what: &'static str,
    typed: String,
    known: String,
}

words! {
    /// What somebody may do, in one word.
    Role, "role", Role::ALL, {
        /// Records, issues reports, reads.
        Officer = "officer",
        /// Also confirms facts.
        Reviewer = "reviewer",
        /// Reads everything, the access log included, and writes nothing.
        Auditor = "auditor",
        /// Reads and issues reports, and nothing else.
        Reporter = "reporter",
        /// Tokens and operation; no facts of agreements.
        Administrator = "administrator",
        /// Everybody who reaches a service that asks for no tokens; no token has this role.
        Anyone = "anyone",
    }
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

words! {
    /// What a route is for.
    Action, "action", Action::ALL, {
        /// Ask whether the service lives and which version it is: for everybody, without a token.
        Greet = "greet",
        /// Read what is published for everybody: checkpoints, tiles of hashes, the description of the service.
        ReadPublished = "read_published",
        /// Read agreements and the other things, and their trails.
        Read = "read",
        /// Read the stored events, proofs and evidence files.
        ReadLedger = "read_ledger",
        /// Read reports.
        ReadReports = "read_reports",
        /// Issue a report.
        IssueReport = "issue_report",
        /// Record facts, corrections and the like.
        Record = "record",
        /// Confirm what somebody else recorded.
        Confirm = "confirm",
        /// Read the access log.
        ReadAccessLog = "read_access_log",
        /// Read the service's figures.
        ReadMetrics = "read_metrics",
    }
}

impl Action {
    /// Every action, in the order of the table.
    pub const ALL: &'static [Self] = &[
        Self::Greet,
        Self::ReadPublished,
        Self::Read,
        Self::ReadLedger,
        Self::ReadReports,
        Self::IssueReport,
        Self::Record,
        Self::Confirm,
        Self::ReadAccessLog,
        Self::ReadMetrics,
    ];

    /// Whether everybody may do it, without a token.
    #[must_use]
    pub fn is_public(self) -> bool {
        allows(None, self)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_again() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse::<Role>().unwrap(), *role);
            let json = serde_json::to_string(role).unwrap();
            assert_eq!(json, format!("\"{role}\""));
        }
        for action in Action::ALL {
            assert_eq!(action.as_str().parse::<Action>().unwrap(), *action);
            let json = serde_json::to_string(action).unwrap();
            assert_eq!(json, format!("\"{action}\""));
        }
        assert_eq!("read-ledger".parse::<Action>().unwrap(), Action::ReadLedger);
        assert!("anyone".parse::<Role>().is_err(), "no token has this role");
        let error = "boss".parse::<Role>().unwrap_err().to_string();
        assert!(error.contains("officer, reviewer"), "{error}");
    }

    #[test]
    fn the_table_is_what_was_agreed() {
        let mut table = String::new();
        for action in Action::ALL {
            let may: Vec<&str> = Role::ALL
                .iter()
                .filter(|role| allows(Some(**role), *action))
                .map(|role| role.as_str())
                .collect();
            let everybody = if action.is_public() {
                "everybody: "
            } else {
                ""
            };
            table += &format!("{action:16} {everybody}{}\n", may.join(" "));
        }
        let agreed = "\
greet            everybody: officer reviewer auditor reporter administrator
read_published   everybody: officer reviewer auditor reporter administrator
read             officer reviewer auditor
read_ledger      officer reviewer auditor
read_reports     officer reviewer auditor reporter
issue_report     officer reviewer reporter
record           officer reviewer
confirm          reviewer
read_access_log  auditor
read_metrics     auditor administrator
";
        assert_eq!(table, agreed);
    }
}

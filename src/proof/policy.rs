//! Whom an auditor believes: the ledgers and witnesses known, and how many witnesses are enough (C2SP
//! tlog-policy).
//!
//! A line each: `log KEY`, `witness NAME KEY`, `group NAME any|all|K MEMBER...`, `quorum NAME` or
//! `quorum none`, and comments behind `#`. A name is used only within the file; it is bytes, so that
//! nothing hangs on an alphabet.

mod reading;
#[cfg(test)]
mod tests;

use std::fmt;

use super::checkpoint::{CheckpointError, SignedCheckpoint};
use super::key::{KeyName, VerifierKey};

/// At most so many bytes are read; far more than the 32 ledgers, witnesses and groups that are asked for.
const MAX_BYTES: usize = 256 << 10;

/// The quorum that asks for nobody.
const NONE: &[u8] = b"none";

/// The name of a witness or a group within a policy. It is never empty and holds no blank.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(Vec<u8>);

impl Name {
    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Name {
    /// With a mark in place of what is not UTF-8.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(&self.0), f)
    }
}

/// A ledger whose checkpoints are believed. The name of its key is its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Its key.
    pub key: VerifierKey,
    /// Where it is published, as the file has it.
    pub url: Option<Vec<u8>>,
}

/// Somebody whose cosignatures are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// What the file calls it.
    pub name: Name,
    /// Its key.
    pub key: VerifierKey,
    /// Where it answers, as the file has it.
    pub url: Option<Vec<u8>>,
}

/// How many members of a group are enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// One.
    Any,
    /// Every one.
    All,
    /// So many.
    Number(usize),
}

/// Several witnesses or groups that count as one when enough of them cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What the file calls it.
    pub name: Name,
    /// How many are enough.
    pub threshold: Threshold,
    /// Witnesses and groups of lines before.
    pub members: Vec<Name>,
}

impl Group {
    fn needs(&self) -> usize {
        match self.threshold {
            Threshold::Any => 1,
            Threshold::All => self.members.len(),
            Threshold::Number(number) => number,
        }
    }
}

/// What a checkpoint needs besides the signature of its ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quorum {
    /// Nothing.
    None,
    /// The cosignature of this witness, or enough of this group.
    Of(Name),
}

/// An auditor's trust, as read from a file. What it refers to is there: reading makes sure of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    quorum: Quorum,
}

/// What a policy says of a checkpoint it accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted<'p> {
    /// The ledger that signed it.
    pub log: &'p Log,
    /// The known witnesses that cosigned it, each once with the earliest time it tells, in seconds since
    /// 1970, in the order of the policy.
    pub witnesses: Vec<(&'p Witness, u64)>,
}

impl Policy {
    /// The policy that believes one ledger without any witness: what a ledger can say of itself.
    pub fn of_log(key: VerifierKey) -> Self {
        Self {
            logs: vec![Log { key, url: None }],
            witnesses: Vec::new(),
            groups: Vec::new(),
            quorum: Quorum::None,
        }
    }

    /// The same trust with this key in the place of those of the ledger it names.
    #[must_use]
    pub fn with_key(&self, key: &VerifierKey) -> Self {
        let mut policy = self.clone();
        let own = |log: &Log| log.key.name() == key.name();
        let url = self
            .logs
            .iter()
            .find(|log| own(log))
            .and_then(|log| log.url.clone());
        policy.logs.retain(|log| !own(log));
        let key = key.clone();
        policy.logs.push(Log { key, url });
        policy
    }

    /// The ledgers believed.
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// The witnesses known.
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// The groups, each after its members.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// What a checkpoint needs.
    pub fn quorum(&self) -> &Quorum {
        &self.quorum
    }

    /// Checks a checkpoint: signed by a known ledger of its origin, cosigned by witnesses enough, and
    /// every signature of a known key good.
    ///
    /// # Errors
    /// If it is of a ledger that is not known, a signature does not verify, or cosignatures are missing.
    pub fn accept(&self, signed: &SignedCheckpoint) -> Result<Accepted<'_>, PolicyError> {
        let origin = signed.checkpoint().origin();
        let of_origin = |log: &&Log| log.key.name().as_str() == origin;
        let logs: Vec<&Log> = self.logs.iter().filter(of_origin).collect();
        if logs.is_empty() {
            return Err(PolicyError::UnknownLog {
                origin: origin.chars().take(80).collect(),
                known: self.logs.iter().map(|log| log.key.name().clone()).collect(),
            });
        }
        let mut keys: Vec<VerifierKey> = logs.iter().map(|log| log.key.clone()).collect();
        keys.extend(self.witnesses.iter().map(|witness| witness.key.clone()));
        let verified = signed.note().verify(&keys);
        let verified = verified.map_err(CheckpointError::Note)?;
        let by = |key: &VerifierKey| verified.iter().any(|one| one.key == key);
        let log = logs.into_iter().find(|log| by(&log.key));
        let log = log.ok_or_else(|| PolicyError::NotSigned(origin.chars().take(80).collect()))?;
        let times = |witness: &Witness| {
            let own = verified.iter().filter(|one| *one.key == witness.key);
            own.filter_map(|one| one.time).min()
        };
        let witnesses: Vec<(&Witness, u64)> = self
            .witnesses
            .iter()
            .filter_map(|witness| times(witness).map(|time| (witness, time)))
            .collect();
        let cosigned: Vec<&Name> = witnesses.iter().map(|(witness, _)| &witness.name).collect();
        if !self.is_satisfied(&cosigned) {
            let missing = self.witnesses.iter().map(|witness| &witness.name);
            let missing = missing.filter(|name| !cosigned.contains(name));
            return Err(PolicyError::Quorum {
                quorum: match &self.quorum {
                    Quorum::Of(name) => name.to_string(),
                    Quorum::None => String::new(),
                },
                cosigned: cosigned.iter().map(ToString::to_string).collect(),
                missing: missing.map(ToString::to_string).collect(),
            });
        }
        Ok(Accepted { log, witnesses })
    }

    /// Whether the cosignatures of these witnesses are enough (tlog-policy, "Defining a witness group").
    pub fn is_satisfied(&self, cosigned: &[&Name]) -> bool {
        let Quorum::Of(quorum) = &self.quorum else {
            return true;
        };
        // A group refers to lines before it alone, so that one walk down the file settles all.
        let mut counted: Vec<&Name> = cosigned.to_vec();
        for group in &self.groups {
            let there = group.members.iter().filter(|name| counted.contains(name));
            if there.count() >= group.needs() {
                counted.push(&group.name);
            }
        }
        counted.contains(&quorum)
    }

    /// The file, without comments; it reads back as this policy.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut lines: Vec<Vec<Vec<u8>>> = Vec::new();
        for log in &self.logs {
            let mut line = vec![b"log".to_vec(), log.key.to_string().into_bytes()];
            line.extend(log.url.clone());
            lines.push(line);
        }
        for witness in &self.witnesses {
            let key = witness.key.to_string().into_bytes();
            let mut line = vec![b"witness".to_vec(), witness.name.0.clone(), key];
            line.extend(witness.url.clone());
            lines.push(line);
        }
        for group in &self.groups {
            let threshold = match group.threshold {
                Threshold::Any => b"any".to_vec(),
                Threshold::All => b"all".to_vec(),
                Threshold::Number(number) => number.to_string().into_bytes(),
            };
            let mut line = vec![b"group".to_vec(), group.name.0.clone(), threshold];
            line.extend(group.members.iter().map(|name| name.0.clone()));
            lines.push(line);
        }
        let quorum = match &self.quorum {
            Quorum::None => NONE.to_vec(),
            Quorum::Of(name) => name.0.clone(),
        };
        lines.push(vec![b"quorum".to_vec(), quorum]);
        let lines = lines.iter().map(|items| {
            let mut line = items.join(&b' ');
            line.push(b'\n');
            line
        });
        lines.flatten().collect()
    }
}

/// Why a policy cannot be read, or does not accept a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Longer than what is read.
    #[error(
        "this is longer than the {} bytes that a trust policy may have",
        MAX_BYTES
    )]
    TooLong,
    /// A line that cannot be read.
    #[error("line {line} of the trust policy: {what}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it, and what would be right.
        what: String,
    },
    /// No quorum line.
    #[error(
        "the trust policy has no quorum line; write `quorum NAME` with a witness or a group, or `quorum none` when no \
         witness is asked for"
    )]
    NoQuorum,
    /// A ledger the policy does not name.
    #[error("the trust policy does not name {origin}; it names {}", list(known))]
    UnknownLog {
        /// The ledger of the checkpoint.
        origin: String,
        /// The ledgers it names.
        known: Vec<KeyName>,
    },
    /// Only others signed.
    #[error(
        "the checkpoint is not signed by {0} itself: its cosignatures alone do not make it one of that ledger"
    )]
    NotSigned(String),
    /// Witnesses are missing.
    #[error(
        "the trust policy asks for {quorum}, and the cosignatures are not enough: it has those of {}, and not those of {}",
        list(cosigned),
        list(missing)
    )]
    Quorum {
        /// What is asked for.
        quorum: String,
        /// Who cosigned.
        cosigned: Vec<String>,
        /// Who did not.
        missing: Vec<String>,
    },
    /// The checkpoint or its signatures.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

fn list(names: &[impl ToString]) -> String {
    match names {
        [] => "none".to_owned(),
        names => {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            names.join(", ")
        }
    }
}

//! Who was granted a token and whose was revoked: the file `access/grants`, a chain of its own that only grows.
//!
//! A grant is never edited; a revocation is a line that follows. So the file is the history of who could do what, and
//! what holds now is folded from it. It holds the SHA-256 of each token and no token. Backups leave it out: a backup that
//! is put back would bring revoked tokens to life again, so a restored ledger begins with none.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::chain::{self, Link, Place};
use super::role::{Action, Role};
use super::token::{NoTokenId, Token, TokenHash, TokenId};
use crate::deal::value::ids::ActorId;
use crate::service::ambient::{NoRandomness, secret};

/// The directory inside a ledger's directory with everything about access, for its owner alone.
pub const DIRECTORY: &str = "access";
/// How long a token is valid unless said otherwise, and at most: one that leaked ends by itself.
pub const LONGEST: TimeDelta = TimeDelta::days(90);
/// How many characters the label of a token may have.
const LONGEST_LABEL: usize = 80;
const FILE_NAME: &str = "grants";
const LOCK_NAME: &str = "lock";
const FORMAT: u32 = 1;

/// What a token is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The token's id.
    pub token: TokenId,
    /// The token's SHA-256, in hexadecimal.
    sha256: String,
    /// Who records with it.
    pub actor: ActorId,
    /// What they may do.
    pub role: Role,
    /// Of what the role may do, this alone; everything when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<Action>,
    /// Until when it is valid.
    pub expires_at: DateTime<Utc>,
    /// What people call it, such as `dashboard`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl Grant {
    /// The token's SHA-256; `None` when the file was altered.
    #[must_use]
    pub fn hash(&self) -> Option<TokenHash> {
        let bytes = HEXLOWER.decode(self.sha256.as_bytes()).ok()?;
        bytes.try_into().ok()
    }
}

/// A grant with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// What was granted.
    pub grant: Grant,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom, in their own word.
    pub by: ActorId,
    /// When it was revoked and by whom.
    pub revoked: Option<(DateTime<Utc>, ActorId)>,
}

impl Granted {
    /// Whether the token is valid at a moment.
    #[must_use]
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.revoked.is_none() && now < self.grant.expires_at
    }
}

/// Every grant, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grants {
    /// Each with what became of it.
    pub all: Vec<Granted>,
    /// Where the chain stands: its number of changes and its last hash.
    pub place: Place,
    /// How many bytes of the file hold; what follows was never finished.
    bytes: u64,
}

/// What is to be granted.
#[derive(Debug, Clone)]
pub struct Order {
    /// Who records with the token.
    pub actor: ActorId,
    /// What they may do.
    pub role: Role,
    /// Of what the role may do, this alone; everything when empty.
    pub only: Vec<Action>,
    /// How long the token is valid.
    pub valid: TimeDelta,
    /// What people call it.
    pub label: Option<String>,
    /// Who grants it.
    pub by: ActorId,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    dealtrail_grants: u32,
    ledger: Uuid,
    first: u64,
    prev: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    n: u64,
    at: DateTime<Utc>,
    by: ActorId,
    #[serde(flatten)]
    change: Change,
    prev: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Change {
    Granted(Grant),
    Revoked(TokenId),
}

/// The file below a ledger's directory.
#[must_use]
pub fn path(dir: &Path) -> PathBuf {
    dir.join(DIRECTORY).join(FILE_NAME)
}

/// Every grant of a ledger; none when none was ever made.
///
/// # Errors
/// When the file cannot be read, is damaged or belongs to another ledger.
pub fn read(dir: &Path, ledger: Uuid) -> Result<Grants, GrantsError> {
    let bytes = chain::bytes_of(&path(dir))?;
    let checked = chain::follow(&bytes, Place::START);
    let mut lines = chain::lines(&bytes);
    let mut grants = Grants {
        all: Vec::new(),
        place: checked.place,
        bytes: checked.bytes,
    };
    // A last line that is not whole was never answered for: whoever granted it was told of a failure.
    let whole = bytes.iter().rposition(|byte| *byte == b'\n');
    let whole = whole.map_or(0, |end| (end as u64).saturating_add(1));
    if let Some(broken) = checked.broken.filter(|_| checked.bytes < whole) {
        return Err(GrantsError::Damaged(broken));
    }
    if let Some(line) = lines.next() {
        let head: Head = serde_json::from_slice(line)
            .map_err(|error| GrantsError::Damaged(error.to_string()))?;
        if head.dealtrail_grants != FORMAT {
            return Err(GrantsError::Newer(head.dealtrail_grants));
        }
        if head.ledger != ledger {
            return Err(GrantsError::OtherLedger(head.ledger));
        }
    }
    for line in lines {
        let line: Line = serde_json::from_slice(line)
            .map_err(|error| GrantsError::Damaged(error.to_string()))?;
        grants.take_in(line)?;
    }
    Ok(grants)
}

impl Grants {
    fn take_in(&mut self, line: Line) -> Result<(), GrantsError> {
        match line.change {
            Change::Granted(grant) => {
                let hash = grant.hash();
                if hash.is_none_or(|hash| TokenId::of(&hash) != grant.token) {
                    return Err(GrantsError::Damaged(format!(
                        "{} is not the token of its hash",
                        grant.token
                    )));
                }
                self.all.push(Granted {
                    grant,
                    at: line.at,
                    by: line.by,
                    revoked: None,
                });
            }
            Change::Revoked(token) => {
                let mut granted = self.all.iter_mut();
                if let Some(one) = granted.find(|one| one.grant.token == token) {
                    one.revoked.get_or_insert((line.at, line.by));
                }
            }
        }
        Ok(())
    }

    /// How many tokens are valid at a moment.
    #[must_use]
    pub fn valid(&self, now: DateTime<Utc>) -> usize {
        self.all.iter().filter(|one| one.is_valid(now)).count()
    }

    /// The grant a person means by a token or its id.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(&self, typed: &str) -> Result<&Granted, GrantsError> {
        let id = match Token::parse(typed.trim()) {
            Ok(token) => TokenId::of(&token.hash()),
            Err(_) => typed.parse()?,
        };
        let found = self.all.iter().find(|one| one.grant.token == id);
        found.ok_or(GrantsError::NoSuchToken(id))
    }
}

/// Grants a token, durably. It is shown this once.
///
/// # Errors
/// When the order is none that can be granted, the system gives no random bytes, or the disk fails: nothing is granted then.
pub fn grant(
    dir: &Path,
    ledger: Uuid,
    order: Order,
    now: DateTime<Utc>,
) -> Result<(Token, Granted), GrantsError> {
    if order.valid <= TimeDelta::zero() || order.valid > LONGEST {
        return Err(GrantsError::TooLong);
    }
    if let Some(action) = order
        .only
        .iter()
        .find(|action| !useful(order.role, **action))
    {
        return Err(GrantsError::NotOfRole(order.role, *action));
    }
    let label = order.label.as_deref();
    if label.is_some_and(|label| !is_label(label)) {
        return Err(GrantsError::Label);
    }
    let token = Token::of(&secret()?);
    let hash = token.hash();
    let grant = Grant {
        token: TokenId::of(&hash),
        sha256: HEXLOWER.encode(&hash),
        actor: order.actor,
        role: order.role,
        only: order.only,
        expires_at: whole_seconds(
            now.checked_add_signed(order.valid)
                .ok_or(GrantsError::TooLong)?,
        ),
        label: order.label,
    };
    let change = Change::Granted(grant.clone());
    let at = whole_seconds(now);
    append(dir, ledger, order.by.clone(), at, |grants| {
        // Twelve letters may meet by chance, once in a billion grants.
        match grants.all.iter().any(|one| one.grant.token == grant.token) {
            true => Err(GrantsError::Again),
            false => Ok(Some(change)),
        }
    })?;
    Ok((
        token,
        Granted {
            grant,
            at,
            by: order.by,
            revoked: None,
        },
    ))
}

/// What a role may do beyond what everybody may.
fn useful(role: Role, action: Action) -> bool {
    super::role::allows(Some(role), action) && !action.is_public()
}

fn is_label(label: &str) -> bool {
    let length = label.chars().count();
    (1..=LONGEST_LABEL).contains(&length) && !label.chars().any(char::is_control)
}

fn whole_seconds(moment: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(moment.timestamp(), 0).unwrap_or(moment)
}

/// Revokes a token, durably, by itself or its id; one that is revoked already stays so.
///
/// # Errors
/// When there is no such token, or the disk fails.
pub fn revoke(
    dir: &Path,
    ledger: Uuid,
    typed: &str,
    by: &ActorId,
    now: DateTime<Utc>,
) -> Result<Granted, GrantsError> {
    let mut found = None;
    let at = whole_seconds(now);
    append(dir, ledger, by.clone(), at, |grants| {
        let one = grants.find(typed)?;
        let change = one
            .revoked
            .is_none()
            .then(|| Change::Revoked(one.grant.token.clone()));
        found = Some(one.clone());
        Ok(change)
    })?;
    let mut found = found.ok_or(GrantsError::Again)?;
    found.revoked.get_or_insert((at, by.clone()));
    Ok(found)
}

/// Adds a change to the file, while nobody else does.
fn append(
    dir: &Path,
    ledger: Uuid,
    by: ActorId,
    at: DateTime<Utc>,
    decide: impl FnOnce(&Grants) -> Result<Option<Change>, GrantsError>,
) -> Result<(), GrantsError> {
    let access = dir.join(DIRECTORY);
    chain::make_dir(&access)?;
    let lock = chain::open(&access.join(LOCK_NAME))?;
    lock.lock()?;
    let grants = read(dir, ledger)?;
    let Some(change) = decide(&grants)? else {
        return Ok(());
    };
    let mut bytes = Vec::new();
    let mut link = grants.place.link.unwrap_or(Link::NONE);
    if grants.bytes == 0 {
        let head = Head {
            dealtrail_grants: FORMAT,
            ledger,
            first: 0,
            prev: link.to_string(),
        };
        link = add(&mut bytes, &head)?;
    }
    let line = Line {
        n: grants.place.next,
        at,
        by,
        change,
        prev: link.to_string(),
    };
    add(&mut bytes, &line)?;
    let file = chain::open(&path(dir))?;
    file.set_len(grants.bytes)?;
    file.write_all_at(&bytes, grants.bytes)?;
    file.sync_data()?;
    File::open(&access)?.sync_all()?;
    File::open(dir)?.sync_all()?;
    Ok(())
}

fn add(bytes: &mut Vec<u8>, line: &impl Serialize) -> Result<Link, GrantsError> {
    let line = serde_json::to_vec(line).map_err(io::Error::from)?;
    bytes.extend_from_slice(&line);
    bytes.push(b'\n');
    Ok(Link::of(&line))
}

/// Why a token cannot be granted, revoked or known.
#[derive(Debug, thiserror::Error)]
pub enum GrantsError {
    /// It would be valid for too long.
    #[error("a token is valid for at least a moment and at most {} days", LONGEST.num_days())]
    TooLong,
    /// The role may not do it anyway.
    #[error("the role {0} has no {1} to be narrowed to")]
    NotOfRole(Role, Action),
    /// The label is none.
    #[error("a label has 1 to {LONGEST_LABEL} characters in one line")]
    Label,
    /// Two tokens met.
    #[error("this could not be carried out: try again")]
    Again,
    /// What was typed names no token.
    #[error(transparent)]
    NoTokenId(#[from] NoTokenId),
    /// There is no such token.
    #[error("there is no token {0}")]
    NoSuchToken(TokenId),
    /// The file was altered.
    #[error("the file `access/grants` in the ledger's directory is damaged or was altered: {0}")]
    Damaged(String),
    /// Of a later release.
    #[error(
        "the file `access/grants` has format {0}, which is newer than this program: use the dealtrail that wrote it"
    )]
    Newer(u32),
    /// Of another ledger.
    #[error("the file `access/grants` belongs to another ledger, {0}")]
    OtherLedger(Uuid),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The system refused.
    #[error("the file `access/grants`: {0}")]
    Io(#[from] io::Error),
}

impl GrantsError {
    /// Whether asking otherwise helps, as against damage and a system that refuses.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::TooLong
                | Self::NotOfRole(..)
                | Self::Label
                | Self::NoTokenId(_)
                | Self::NoSuchToken(_)
        )
    }
}

#[cfg(test)]
mod tests;

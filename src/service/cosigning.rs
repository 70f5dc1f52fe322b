//! Asking witnesses to cosign a checkpoint, and keeping what they sign (C2SP tlog-witness, the client's part).
//!
//! The checkpoint is signed and on disk before anybody is asked, and all witnesses are asked at once: one that does not
//! answer costs its own cosignature and nothing else. What is asked is handed to a [`Post`], so that nothing here knows a
//! network.

use std::io;
use std::thread;

pub mod post;

use self::post::{Post, Reply};
use super::checkpoint::kept;
use super::checkpoint::{Published, Signing, SigningError};
use super::receipt::{IssueError, Tree};
use crate::proof::checkpoint::SignedCheckpoint;
use crate::proof::key::VerifierKey;
use crate::proof::note::{NoteError, SignatureLine};
use crate::proof::policy::{Policy, PolicyError};
use crate::proof::subtrees;
use crate::proof::tree::Hash;
use crate::proof::witness::{Request, cosignatures, size_of};

/// How often a witness may say that it knows another size before it is given up: others may be asking it too.
const ATTEMPTS: u32 = 4;
/// How much of a witness's own words is repeated, in characters.
const WORDS: usize = 200;

/// Whom to ask, and whose cosignatures are believed.
#[derive(Debug, Clone)]
pub struct Witnesses {
    keys: Vec<VerifierKey>,
    asked: Vec<Asked>,
}

/// One address to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    url: String,
    /// The key that the policy gives for this address.
    key: Option<VerifierKey>,
}

impl Witnesses {
    /// The witnesses at these addresses; without any, those to which the policy gives an address. Cosignatures of keys that
    /// the policy names are believed, and no others.
    ///
    /// # Errors
    /// When the policy cannot be read or names no witness, or an address is none.
    pub fn of(policy: &[u8], urls: &[String]) -> Result<Self, WitnessesError> {
        let policy = Policy::parse(policy)?;
        let keys: Vec<VerifierKey> = policy
            .witnesses()
            .iter()
            .map(|one| one.key.clone())
            .collect();
        if keys.is_empty() {
            return Err(WitnessesError::None);
        }
        let mut known: Vec<Asked> = Vec::new();
        for witness in policy.witnesses() {
            if let Some(url) = &witness.url {
                known.push(Asked {
                    url: String::from_utf8_lossy(url)
                        .trim_end_matches('/')
                        .to_owned(),
                    key: Some(witness.key.clone()),
                });
            }
        }
        let asked = match urls {
            [] => known,
            urls => {
                let asked = urls.iter().map(|url| {
                    let url = url.trim_end_matches('/');
                    let of_policy = known.iter().find(|one| one.url == url);
                    of_policy.cloned().unwrap_or_else(|| Asked {
                        url: url.to_owned(),
                        key: None,
                    })
                });
                asked.collect()
            }
        };
        let is_address = |url: &str| url.starts_with("http://") || url.starts_with("https://");
        match asked.iter().find(|asked| !is_address(&asked.url)) {
            Some(asked) => Err(WitnessesError::Address(
                asked.url.chars().take(WORDS).collect(),
            )),
            None => Ok(Self { keys, asked }),
        }
    }

    /// Whether there is nobody to ask.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }
}

/// Why nobody can be asked.
#[derive(Debug, thiserror::Error)]
pub enum WitnessesError {
    /// The policy cannot be read.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// An address that is none.
    #[error("{0:?} is no address of a witness: write such as https://witness.example")]
    Address(String),
    /// It names no witness.
    #[error(
        "the policy names no witness, so no cosignature could be checked: it needs a `witness NAME KEY` line for each"
    )]
    None,
}

/// What came of asking one witness.
#[derive(Debug)]
pub struct Outcome {
    /// Its address.
    pub url: String,
    /// Who cosigned and when, in seconds since 1970; or why nobody did.
    pub result: Result<Vec<(String, u64)>, AskError>,
}

/// Why a witness's cosignature was not had.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// It could not be reached.
    #[error("it did not answer: {0}")]
    Silent(String),
    /// It refused.
    #[error("it refused with status {status}: {words}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Its own words.
        words: String,
    },
    /// It knows more entries than the ledger has.
    #[error(
        "it has cosigned {theirs} entries of this ledger, and the checkpoint covers {ours}: entries were lost, or somebody \
         else signs in this ledger's name"
    )]
    Ahead {
        /// How many it knows.
        theirs: u64,
        /// How many the checkpoint covers.
        ours: u64,
    },
    /// It knows another tree of the same size.
    #[error("it has cosigned another history of {0} entries under this ledger's name")]
    Fork(u64),
    /// It kept naming other sizes.
    #[error("others kept showing it checkpoints meanwhile: try again")]
    Restless,
    /// The answer is not one.
    #[error("its answer cannot be believed: {0}")]
    Answer(NoteError),
    /// The answer is not one.
    #[error("its answer makes no sense: it names no size")]
    NoSize,
    /// The proof could not be made.
    #[error("the proof for it could not be made: {0}")]
    Proof(#[from] IssueError),
    /// The system gives no thread.
    #[error("it could not be asked: {0}")]
    Thread(io::Error),
}

/// A checkpoint that is kept, and what the witnesses said of it.
#[derive(Debug)]
pub struct Cosigned {
    /// The checkpoint with every cosignature that is kept.
    pub published: Published,
    /// What came of each witness, in the order they were given.
    pub outcomes: Vec<Outcome>,
}

impl Signing<'_> {
    /// Asks witnesses to cosign a checkpoint that is kept, and keeps what they sign.
    ///
    /// # Errors
    /// When the checkpoint cannot be read, or the cosignatures not be kept. A witness that does not answer is no error.
    pub fn cosign(
        &self,
        published: &Published,
        witnesses: &Witnesses,
        post: &dyn Post,
    ) -> Result<Cosigned, SigningError> {
        let disk = self.disk();
        let kept = kept::of_size(disk.as_ref(), self.dir(), published.size)?;
        let asking = Asking {
            signing: self,
            signed: &kept.signed,
            witnesses,
            post,
        };
        let answers = asking.all();
        let lines = answers.iter().flat_map(|(_, answer)| answer.as_ref().ok());
        let lines: Vec<SignatureLine> = lines.flatten().map(|(line, _)| line.clone()).collect();
        let kept = match lines.is_empty() {
            true => kept,
            false => self.keep_cosignatures(published.size, lines)?,
        };
        let outcomes = answers.into_iter().map(|(url, answer)| Outcome {
            url,
            result: answer.map(|lines| {
                let told = lines.into_iter();
                told.map(|(line, time)| (line.name().to_string(), time))
                    .collect()
            }),
        });
        Ok(Cosigned {
            published: published.with(&kept.signed),
            outcomes: outcomes.collect(),
        })
    }
}

/// One round of asking.
struct Asking<'a> {
    signing: &'a Signing<'a>,
    signed: &'a SignedCheckpoint,
    witnesses: &'a Witnesses,
    post: &'a dyn Post,
}

type Lines = Vec<(SignatureLine, u64)>;

impl Asking<'_> {
    /// Everybody at once, answers in the order they were asked.
    fn all(&self) -> Vec<(String, Result<Lines, AskError>)> {
        thread::scope(|scope| {
            let asked = self.witnesses.asked.iter().map(|asked| {
                let builder = thread::Builder::new().name("witness".to_owned());
                let thread = builder.spawn_scoped(scope, || self.one(asked));
                (asked.url.clone(), thread)
            });
            let asked: Vec<_> = asked.collect();
            let answers = asked.into_iter().map(|(url, thread)| {
                let crashed = |_| {
                    Err(AskError::Silent(
                        "asking it failed in this program".to_owned(),
                    ))
                };
                let answer = match thread {
                    Ok(thread) => thread.join().unwrap_or_else(crashed),
                    Err(error) => Err(AskError::Thread(error)),
                };
                (url, answer)
            });
            answers.collect()
        })
    }

    fn one(&self, asked: &Asked) -> Result<Lines, AskError> {
        let (text, size) = (
            self.signed.note().text(),
            self.signed.checkpoint().root().size,
        );
        if let Some(key) = &asked.key {
            let mut own = self.signed.note().signatures().iter().filter_map(|line| {
                let time = line.time_by(std::slice::from_ref(key), text).ok()??;
                Some((line.clone(), time))
            });
            // It has said so already; a later time would say less.
            if let Some(own) = own.next() {
                return Ok(vec![own]);
            }
        }
        let mut old = self.known_to(asked).unwrap_or(0);
        for _ in 0..ATTEMPTS {
            let request = Request::new(old, self.proof(old, size)?, self.signed.clone());
            let url = format!("{}/add-checkpoint", asked.url);
            let reply = self.post.post(&url, &request.to_string());
            let reply = reply.map_err(AskError::Silent)?;
            match reply.status {
                200 => return self.lines(&reply),
                409 => {
                    let theirs = size_of(&reply.body).ok_or(AskError::NoSize)?;
                    if theirs > size {
                        return Err(AskError::Ahead { theirs, ours: size });
                    }
                    if theirs == size && old == size {
                        return Err(AskError::Fork(size));
                    }
                    old = theirs;
                }
                status => {
                    let words = String::from_utf8_lossy(&reply.body);
                    let words = words.trim().chars().take(WORDS).collect();
                    return Err(AskError::Refused { status, words });
                }
            }
        }
        Err(AskError::Restless)
    }

    fn lines(&self, reply: &Reply) -> Result<Lines, AskError> {
        cosignatures(&reply.body, self.signed, &self.witnesses.keys).map_err(AskError::Answer)
    }

    /// The size a witness is thought to know: that of the newest kept checkpoint it cosigned.
    fn known_to(&self, asked: &Asked) -> Option<u64> {
        let key = std::slice::from_ref(asked.key.as_ref()?);
        let (disk, dir) = (self.signing.disk(), self.signing.dir());
        let size = self.signed.checkpoint().root().size;
        let sizes = kept::sizes(disk.as_ref(), dir).ok()?;
        let earlier = sizes.into_iter().rev().filter(|one| *one < size);
        // A witness that fell far behind says itself where it stands.
        let mut near = earlier.take(8).filter(|size| {
            let kept = kept::of_size(disk.as_ref(), dir, *size);
            kept.is_ok_and(|kept| kept.signed.note().verify(key).is_ok())
        });
        near.next()
    }

    fn proof(&self, old: u64, size: u64) -> Result<Vec<Hash>, AskError> {
        if old == 0 || old == size {
            return Ok(Vec::new());
        }
        let ledger = self.signing.ledger();
        let mut tree = Tree::of(ledger, ledger.head());
        Ok(subtrees::consistency_proof(&mut tree, old, size)?.unwrap_or_default())
    }
}

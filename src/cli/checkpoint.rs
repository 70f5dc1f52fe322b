//! `checkpoint`: the ledger's signature over everything recorded so far.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::failure::{Exit, Failure};
use super::output::Output;
use super::passphrase;
use super::session;
use super::session::Session;
use crate::service::checkpoint::key_file::{KeyFile, Protection};
use crate::service::checkpoint::{Signing, SigningError};
use crate::service::cosigning::post::Network;
use crate::service::cosigning::{Cosigned, Outcome, Witnesses, WitnessesError};

/// Sign everything recorded so far, and print the checkpoint
///
/// A checkpoint fixes the ledger's name, the number of its entries and the root over them; whoever keeps a copy can later prove
/// that nothing before it was changed. It works beside whoever records. What the ledger signed before is compared first, and
/// a ledger that is not what it signed is refused. The key is made at the first use, sealed with the passphrase in
/// DEALTRAIL_KEY_PASSPHRASE, or in the file that DEALTRAIL_KEY_PASSPHRASE_FILE names, or typed at the terminal. Everything
/// signed is kept in the ledger's directory. Exit code 1 when the checkpoint was signed and a witness did not cosign it.
#[derive(Debug, Args)]
pub(super) struct Checkpoint {
    /// Ask this witness to cosign it, by its address such as https://witness.example (may be repeated); its key stands in the
    /// policy
    #[arg(long, value_name = "URL", requires = "trust")]
    witness: Vec<String>,
    /// A trust policy with the keys of the witnesses (C2SP tlog-policy); without --witness those with an address in it are
    /// asked
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

impl Checkpoint {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        // What is wrong with the policy is told before anything is signed.
        let witnesses = self.witnesses()?;
        let session = context.reader()?;
        let options = session::options(context.clock(), context.mirror())?;
        let signing = Signing::of(session.ledger()?, &options.disk);
        let signing = signing.map_err(|error| failure(&error))?;
        make_key_at_first_use(&signing, &session)?;
        let published = passphrase::handed(|ask| signing.sign(ask))?;
        let published = published.map_err(|error| failure(&error))?;
        let cosigned = match &witnesses {
            None => Cosigned {
                published,
                outcomes: Vec::new(),
            },
            Some(witnesses) => {
                let cosigned = signing.cosign(&published, witnesses, &Network::default());
                cosigned.map_err(|error| failure(&error))?
            }
        };
        tell(context.output(), &cosigned)?;
        all_cosigned(&cosigned.outcomes)
    }

    fn witnesses(&self) -> Result<Option<Witnesses>, Failure> {
        let Some(file) = &self.trust else {
            return Ok(None);
        };
        let of_trust = |error: String| Failure::of_field("--trust", error);
        let policy =
            fs::read(file).map_err(|error| of_trust(format!("{}: {error}", file.display())))?;
        let witnesses = Witnesses::of(&policy, &self.witness);
        let witnesses = witnesses.map_err(|error| match error {
            WitnessesError::Address(_) => Failure::of_field("--witness", error),
            other => of_trust(other.to_string()),
        })?;
        match witnesses.is_empty() {
            true => Err(
                of_trust("the policy gives no witness an address".to_owned())
                    .hint("write the address behind the key, or name it with --witness"),
            ),
            false => Ok(Some(witnesses)),
        }
    }
}

/// Warns of each witness that did not cosign. The checkpoint stands without them.
fn all_cosigned(outcomes: &[Outcome]) -> Result<(), Failure> {
    let output = Output::new(false);
    let mut missing = 0_usize;
    for outcome in outcomes {
        if let Err(error) = &outcome.result {
            missing = missing.saturating_add(1);
            output.aside("Warning:", &format!("{}: {error}", outcome.url));
        }
    }
    match missing {
        0 => Ok(()),
        missing => {
            let all = outcomes.len();
            let sentence = format!(
                "{missing} of {all} witnesses did not cosign; the checkpoint is signed and kept"
            );
            Err(Failure::refused("witness", sentence)
                .hint("the same command asks those again that are missing"))
        }
    }
}

fn make_key_at_first_use(signing: &Signing<'_>, session: &Session) -> Result<(), Failure> {
    let key = signing.key().map_err(|error| failure(&error))?;
    let signed = signing.newest().map_err(|error| failure(&error))?;
    // What is signed up to its head needs no key now.
    if key.is_some() || signed.is_some() || session.ledger()?.head() == 0 {
        return Ok(());
    }
    let passphrase = passphrase::chosen()?.ok_or_else(|| failure(&SigningError::NoKey))?;
    let made = signing.make_key(&Protection::Sealed(&passphrase));
    told_of_key(&made.map_err(|error| failure(&error))?)
}

/// Tells of a key that was made, beside the answer.
pub(super) fn told_of_key(key: &KeyFile) -> Result<(), Failure> {
    let verifier = key.verifier().map_err(|error| failure(&error.into()))?;
    let sealed = match key.is_sealed() {
        true => "sealed with the passphrase; without the passphrase it is lost",
        false => {
            "without a passphrase: whoever can read the file `key` can sign in the ledger's name"
        }
    };
    let output = Output::new(false);
    output.aside("Made:", &format!("the ledger's signing key, {sealed}"));
    output.aside(
        "Note:",
        &format!("give auditors the public key {verifier} by another way than the ledger itself"),
    );
    Ok(())
}

fn tell(output: &Output, cosigned: &Cosigned) -> Result<(), Failure> {
    let published = &cosigned.published;
    if output.is_json() {
        let witnesses = cosigned
            .outcomes
            .iter()
            .map(|outcome| match &outcome.result {
                Ok(by) => {
                    let by = by
                        .iter()
                        .map(|(name, time)| json!({ "name": name, "time": time }));
                    json!({ "url": outcome.url, "cosigned": by.collect::<Vec<_>>() })
                }
                Err(error) => json!({ "url": outcome.url, "error": error.to_string() }),
            });
        return output.json(&json!({
            "origin": published.origin,
            "size": published.size,
            "root": published.root,
            "fresh": published.fresh,
            "checkpoint": published.text,
            "witnesses": witnesses.collect::<Vec<_>>(),
        }));
    }
    output.bytes(published.text.as_bytes())
}

/// A refusal to sign, as the person at the terminal hears it.
pub(super) fn failure(error: &SigningError) -> Failure {
    let failure = Failure {
        exit: match error.is_refusal() {
            true => Exit::Refused,
            false => Exit::Broken,
        },
        ..Failure::refused("signing", error.to_string())
    };
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

//! `trust`: what somebody needs to check this ledger, and the key it signs with.

use clap::{Args, Subcommand};
use serde_json::json;

use super::checkpoint::{failure, told_of_key};
use super::context::Context;
use super::failure::Failure;
use super::passphrase;
use super::session;
use crate::service::checkpoint::key_file::Protection;
use crate::service::checkpoint::{Signing, SigningError};

/// Print the trust policy by which others can check this ledger
///
/// The policy (C2SP tlog-policy) names the ledger's public key and asks for no witness. An auditor keeps it where the
/// ledger's keepers cannot change it, adds witnesses and a quorum to it, and hands it to `verify` with --trust.
#[derive(Debug, Args)]
pub(super) struct Trust {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The ledger's signing key
    #[command(subcommand)]
    Key(KeyCommand),
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Make the ledger's signing key, once
    ///
    /// It is sealed with the passphrase in DEALTRAIL_KEY_PASSPHRASE, or in the file that DEALTRAIL_KEY_PASSPHRASE_FILE
    /// names, or typed at the terminal. Prints the public key.
    New(NewKey),
}

#[derive(Debug, Args)]
struct NewKey {
    /// Keep the secret open in the file `key`, for whoever can read that file
    #[arg(long)]
    without_passphrase: bool,
}

impl Trust {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.reader()?;
        let options = session::options(context.clock(), context.mirror())?;
        let signing = Signing::of(session.ledger(), &options.disk);
        let signing = signing.map_err(|error| failure(&error))?;
        if let Some(What::Key(KeyCommand::New(new))) = &self.what {
            new.make(&signing)?;
        }
        let key = signing.key().map_err(|error| failure(&error))?;
        let key = key.ok_or_else(|| failure(&SigningError::NoKey))?;
        let verifier = key.verifier().map_err(|error| failure(&error.into()))?;
        let output = context.output();
        if output.is_json() {
            let policy = signing.policy().map_err(|error| failure(&error))?;
            return output.json(&json!({
                "origin": verifier.name().as_str(),
                "key": verifier.to_string(),
                "sealed": key.is_sealed(),
                "policy": policy,
            }));
        }
        match &self.what {
            Some(_) => output.line(&verifier.to_string()),
            None => {
                let policy = signing.policy().map_err(|error| failure(&error))?;
                output.bytes(policy.as_bytes())
            }
        }
    }
}

impl NewKey {
    fn make(&self, signing: &Signing<'_>) -> Result<(), Failure> {
        let made = match self.without_passphrase {
            true => signing.make_key(&Protection::Open),
            false => {
                let passphrase = passphrase::chosen()?;
                let passphrase = passphrase.ok_or_else(|| {
                    Failure::refused("passphrase", "no passphrase was given for the new signing key").hint(
                        "set DEALTRAIL_KEY_PASSPHRASE, or DEALTRAIL_KEY_PASSPHRASE_FILE to the file that holds it, or \
                         type it at a terminal; --without-passphrase makes a key that lies open",
                    )
                })?;
                signing.make_key(&Protection::Sealed(&passphrase))
            }
        };
        told_of_key(&made.map_err(|error| failure(&error))?)
    }
}

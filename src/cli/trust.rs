//! `trust`: what somebody needs to check this ledger, and the key it signs with.

use clap::{Args, Subcommand};
use serde_json::json;

use super::checkpoint::{failure, told_of_key};
use super::context::Context;
use super::failure::Failure;
use super::output::Output;
use super::passphrase;
use super::session;
use crate::deal::value::text::Text;
use crate::service::checkpoint::key_file::Protection;
use crate::service::checkpoint::rotate::Order;
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
    /// Replace the ledger's signing key by a new one
    ///
    /// Everything recorded so far is signed with the old key a last time; an entry signed by both keys records the change; from
    /// then on the new one signs. An auditor who holds the old policy follows the change: `verify --trust` accepts the new
    /// key for what was signed after that entry. Give auditors the new policy all the same, by another way than the ledger:
    /// whoever holds the old one alone cannot see that the old key is no longer to be believed. The new key is sealed as the
    /// old one is, with the passphrase in DEALTRAIL_NEW_KEY_PASSPHRASE, or in the file that
    /// DEALTRAIL_NEW_KEY_PASSPHRASE_FILE names, or with that of the old key. Prints the new policy.
    Rotate(RotateKey),
}

#[derive(Debug, Args)]
struct RotateKey {
    /// Why; "yearly rotation" is a reason
    #[arg(long, value_name = "WORDS")]
    reason: String,
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
        if let Some(What::Key(KeyCommand::Rotate(rotate))) = &self.what {
            return rotate.run(context);
        }
        let session = context.reader()?;
        let options = session::options(context.clock(), context.mirror())?;
        let signing = Signing::of(session.ledger()?, &options.disk);
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

impl RotateKey {
    fn run(&self, context: &Context) -> Result<(), Failure> {
        let reason = Text::new(&self.reason);
        let reason = reason.map_err(|error| Failure::of_field("--reason", error))?;
        let session = context.writer()?;
        let options = session::options(context.clock(), context.mirror())?;
        let signing = Signing::of(session.ledger()?, &options.disk);
        let signing = signing.map_err(|error| failure(&error))?;
        let key = signing.key().map_err(|error| failure(&error))?;
        let key = key.ok_or_else(|| failure(&SigningError::NoKey))?;
        let (old, new) = match key.is_sealed() {
            true => (passphrase::given()?, passphrase::next()?),
            false => (None, None),
        };
        let order = Order {
            actor: session.actor().clone(),
            reason,
            passphrase: new.as_ref(),
        };
        let mut old = old;
        let rotated = signing.rotate(&order, &mut || old.take());
        let rotated = rotated.map_err(|error| failure(&error))?;
        let policy = signing.policy().map_err(|error| failure(&error))?;
        let output = context.output();
        if output.is_json() {
            return output.json(&json!({
                "seq": rotated.seq,
                "old_key": rotated.old,
                "key": rotated.new,
                "last_checkpoint": rotated.last.text,
                "checkpoint": rotated.first.text,
                "policy": policy,
            }));
        }
        let aside = Output::new(false);
        aside.aside(
            "Changed:",
            &format!(
                "entry {} records the new signing key; checkpoints of up to {} entries are signed with the old one, later ones \
                 with the new one",
                rotated.seq, rotated.seq
            ),
        );
        aside.aside(
            "Note:",
            "give auditors this policy by another way than the ledger itself; it takes the place of the old one",
        );
        output.bytes(policy.as_bytes())
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

//! `checkpoint`: the ledger's signature over everything recorded so far.

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::failure::{Exit, Failure};
use super::output::Output;
use super::passphrase;
use super::session;
use super::session::Session;
use crate::service::checkpoint::key_file::{KeyFile, Protection};
use crate::service::checkpoint::{Published, Signing, SigningError};

/// Sign everything recorded so far, and print the checkpoint
///
/// A checkpoint fixes the ledger's name, the number of its entries and the root over them; whoever keeps a copy can later prove
/// that nothing before it was changed. It works beside whoever records. What the ledger signed before is compared first, and
/// a ledger that is not what it signed is refused. The key is made at the first use, sealed with the passphrase in
/// DEALTRAIL_KEY_PASSPHRASE, or in the file that DEALTRAIL_KEY_PASSPHRASE_FILE names, or typed at the terminal. Everything
/// signed is kept in the ledger's directory.
#[derive(Debug, Args)]
pub(super) struct Checkpoint {}

impl Checkpoint {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.reader()?;
        let options = session::options(context.clock(), context.mirror())?;
        let signing = Signing::of(session.ledger(), &options.disk);
        let signing = signing.map_err(|error| failure(&error))?;
        make_key_at_first_use(&signing, &session)?;
        let mut problem = None;
        let published = signing.sign(&mut || {
            let given = passphrase::given();
            given.unwrap_or_else(|failure| {
                problem = Some(failure);
                None
            })
        });
        if let Some(problem) = problem {
            return Err(problem);
        }
        let published = published.map_err(|error| failure(&error))?;
        tell(context.output(), &published)
    }
}

fn make_key_at_first_use(signing: &Signing<'_>, session: &Session) -> Result<(), Failure> {
    let key = signing.key().map_err(|error| failure(&error))?;
    let signed = signing.newest().map_err(|error| failure(&error))?;
    // What is signed up to its head needs no key now.
    if key.is_some() || signed.is_some() || session.ledger().head() == 0 {
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

fn tell(output: &Output, published: &Published) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(&json!({
            "origin": published.origin,
            "size": published.size,
            "root": published.root,
            "fresh": published.fresh,
            "checkpoint": published.text,
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

//! `witness`: watches other ledgers, and cosigns what extends what it cosigned before.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::context::Context;
use super::failure::{Exit, Failure};
use super::output::{Output, time_in_words};
use super::passphrase;
use crate::http::server::{self, Limits};
use crate::http::witness::routes;
use crate::service::ambient::SystemClock;
use crate::service::checkpoint::key_file::Protection;
use crate::service::ledger::Options;
use crate::service::witness::{self, Followed, WitnessError};

/// What a witness's directory is called unless said otherwise.
const DEFAULT_STATE: &str = "./dealtrail-witness";

/// Watch other ledgers: cosign what extends what was cosigned before
///
/// A witness (C2SP tlog-witness) is run by somebody who does not keep the ledger, an audit office for one. It remembers the
/// largest checkpoint it cosigned of each ledger and cosigns another only when that one extends it, so that a history that
/// was rewritten finds no witness. It answers POST /add-checkpoint, and shows what it cosigned last under
/// /<SHA-256 of the ledger's name in hexadecimal>/checkpoint. It ends on SIGTERM or Ctrl-C.
///
/// Its directory has to be kept: a witness that forgot what it cosigned could cosign a rewritten history.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Witness {
    #[command(subcommand)]
    what: Option<What>,
    /// The witness's own directory [default: ./dealtrail-witness]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// The ledgers it follows, a trust policy with a `log` line each; `policy` in its directory unless said otherwise
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The address to listen on; in front of others than this machine stands a server with TLS
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7879")]
    listen: SocketAddr,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print the witness's public key, or make it
    Key(Key),
}

#[derive(Debug, Args)]
struct Key {
    /// The witness's own directory [default: ./dealtrail-witness]
    #[arg(long, value_name = "DIR", global = true)]
    state: Option<PathBuf>,
    #[command(subcommand)]
    new: Option<New>,
}

#[derive(Debug, Subcommand)]
enum New {
    /// Make the witness's key, once
    ///
    /// It is sealed with the passphrase in DEALTRAIL_KEY_PASSPHRASE, or in the file that DEALTRAIL_KEY_PASSPHRASE_FILE
    /// names, or typed at the terminal. Prints the public key.
    New(NewKey),
}

#[derive(Debug, Args)]
struct NewKey {
    /// The name it signs under, an address of yours without a scheme such as witness.example/audit
    #[arg(value_name = "NAME")]
    name: String,
    /// Keep the secret open in the file `key`, for whoever can read that file
    #[arg(long)]
    without_passphrase: bool,
}

impl Witness {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        match &self.what {
            Some(What::Key(key)) => key.run(context),
            None => self.watch(context),
        }
    }

    fn watch(&self, context: &Context) -> Result<(), Failure> {
        if context.clock().is_some() {
            return Err(Failure::of_field(
                "--clock",
                "a witness vouches for the time, and takes no clock set by hand",
            )
            .hint("leave --clock out, and DEALTRAIL_CLOCK unset"));
        }
        let dir = state(self.state.as_deref());
        let key = witness::key(&dir, Options::default().disk.as_ref());
        // Without a key there is no witness yet, whatever the policy says.
        if key.map_err(|error| failure(&error))?.is_none() {
            return Err(failure(&WitnessError::NoKey));
        }
        let policy = self.policy.clone().unwrap_or_else(|| dir.join("policy"));
        let policy = fs::read(&policy).map_err(|error| {
            Failure::of_field("--policy", format!("{}: {error}", policy.display()))
                .hint("a policy has a `log` line for each ledger to follow, as `dealtrail trust` prints it")
        })?;
        let around = (Options::default().disk, Arc::new(SystemClock) as _);
        let opened = passphrase::handed(|ask| witness::Witness::open(&dir, around, &policy, ask))?;
        let witness = Arc::new(opened.map_err(|error| failure(&error))?);
        let followed = witness.followed().map_err(|error| failure(&error))?;
        // The runtime that this thread was started by.
        tokio::runtime::Handle::current().block_on(self.answer(context, witness, &followed))
    }

    async fn answer(
        &self,
        context: &Context,
        witness: Arc<witness::Witness>,
        followed: &[Followed],
    ) -> Result<(), Failure> {
        let broken = |error: std::io::Error| {
            Failure::broken(
                "listen",
                format!("{} cannot be listened on: {error}", self.listen),
            )
            .hint("name another address with --listen")
        };
        let mut end = signal(SignalKind::terminate()).map_err(broken)?;
        let mut interrupted = signal(SignalKind::interrupt()).map_err(broken)?;
        let listener = TcpListener::bind(self.listen).await.map_err(broken)?;
        let address = listener.local_addr().map_err(broken)?;
        tell(
            context.output(),
            address,
            &witness.verifier().to_string(),
            followed,
        )?;
        let stop = async {
            tokio::select! {
                _ = end.recv() => {}
                _ = interrupted.recv() => {}
            }
        };
        server::serve(listener, routes(witness), Limits::default(), stop).await;
        Ok(())
    }
}

fn state(said: Option<&Path>) -> PathBuf {
    said.unwrap_or(Path::new(DEFAULT_STATE)).to_owned()
}

fn tell(
    output: &Output,
    address: SocketAddr,
    key: &str,
    followed: &[Followed],
) -> Result<(), Failure> {
    if output.is_json() {
        let followed = followed.iter().map(|one| {
            let (size, time) = one.last.unzip();
            json!({ "origin": one.origin, "size": size, "time": time })
        });
        return output.json(&json!({
            "address": format!("http://{address}"),
            "key": key,
            "follows": followed.collect::<Vec<_>>(),
        }));
    }
    output.heading(&format!("Listening on http://{address}"))?;
    output.line(&format!("  key {key}"))?;
    for one in followed {
        let last = match one.last {
            None => "nothing cosigned yet".to_owned(),
            Some((size, time)) => format!("cosigned {size} entries at {}", time_in_words(time)),
        };
        output.line(&format!("  {}: {last}", one.origin))?;
    }
    Ok(())
}

impl Key {
    fn run(&self, context: &Context) -> Result<(), Failure> {
        let (dir, disk) = (state(self.state.as_deref()), Options::default().disk);
        if let Some(New::New(new)) = &self.new {
            let made = match new.without_passphrase {
                true => witness::make_key(&dir, disk.as_ref(), &new.name, &Protection::Open),
                false => {
                    let passphrase = passphrase::chosen()?;
                    let passphrase = passphrase.ok_or_else(|| {
                        Failure::refused("passphrase", "no passphrase was given for the new key of this witness").hint(
                            "set DEALTRAIL_KEY_PASSPHRASE, or DEALTRAIL_KEY_PASSPHRASE_FILE to the file that holds it, \
                             or type it at a terminal; --without-passphrase makes a key that lies open",
                        )
                    })?;
                    let sealed = Protection::Sealed(&passphrase);
                    witness::make_key(&dir, disk.as_ref(), &new.name, &sealed)
                }
            };
            made.map_err(|error| failure(&error))?;
        }
        let key = witness::key(&dir, disk.as_ref()).map_err(|error| failure(&error))?;
        let key = key.ok_or_else(|| failure(&WitnessError::NoKey))?;
        let verifier = key.verifier().map_err(|error| failure(&error.into()))?;
        let output = context.output();
        match output.is_json() {
            true => output.json(&json!({
                "name": verifier.name().as_str(),
                "key": verifier.to_string(),
                "sealed": key.is_sealed(),
            })),
            false => output.line(&verifier.to_string()),
        }
    }
}

fn failure(error: &WitnessError) -> Failure {
    let failure = Failure {
        exit: match error.is_refusal() {
            true => Exit::Refused,
            false => Exit::Broken,
        },
        ..Failure::refused("witness", error.to_string())
    };
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

//! The tree of commands and the options they share.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::{self, Flags, Secret};

use super::{
    assign, backup, checkpoint, claim, completions, confirm, contact, correct, demo, describe,
    doctor, expect, export, figure, history, info, init, link, list, man, moving, note, obstacle,
    promise, rebuild, receipt, record, register, replay, report, restore, retract, search, serve,
    show, source, synth, token, trust, value, verify, witness,
};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  refused, or an answer that differs
  2  damaged, or could not run (wrong usage included)";

/// Follows signed investment agreements through to delivery.
///
/// Every fact is kept with its source and two dates: when it happened and when it was recorded.
/// Nothing is ever edited; a mistake is corrected or retracted by a later entry. Begin with
/// `dealtrail demo`, or with `dealtrail init` for a ledger of your own.
#[derive(Debug, Parser)]
#[command(name = "dealtrail", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(super) globals: Globals,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options of every command. What is not said here is settled by the environment, then by default.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub(super) struct Globals {
    /// The ledger's directory [env: DEALTRAIL_DATA] [default: ./dealtrail-data]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The address of a running service to work through, instead of a directory [env: DEALTRAIL_SERVER]
    #[arg(long, global = true, value_name = "URL")]
    server: Option<String>,
    /// The token the service knows you by [env: DEALTRAIL_TOKEN]
    #[arg(id = "service-token", long = "token", global = true, value_name = "TOKEN", value_parser = secret)]
    token: Option<Secret>,
    /// The certificates, in PEM, of those who vouch for that service's own, instead of public authorities
    /// [env: DEALTRAIL_CA]
    #[arg(long, global = true, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Who records, as an opaque id such as u:7f3a; on a local ledger the identity is not checked
    /// [env: DEALTRAIL_AS] [default: u:local]
    #[arg(long = "as", global = true, value_name = "ID")]
    actor: Option<String>,
    /// The moment it is, such as 2025-04-25T09:00:00Z; on demonstration ledgers alone
    /// [env: DEALTRAIL_CLOCK]
    #[arg(long, global = true, value_name = "TIME")]
    clock: Option<String>,
    /// A second directory, on another disk, written before every answer; kept until --mirror none ends it
    /// [env: DEALTRAIL_MIRROR]
    #[arg(long, global = true, value_name = "DIR")]
    mirror: Option<PathBuf>,
    /// Answer in JSON, for programs
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// What to log on standard error, such as info or dealtrail=debug; warnings unless said
    /// otherwise, and of a service what it does as well [env: DEALTRAIL_LOG]
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    /// How to write the log: text for people, json for programs [env: DEALTRAIL_LOG_FORMAT] [default: text]
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
    /// A TOML file of settings, which yield to options and to the environment; docs/service.md lists
    /// them [env: DEALTRAIL_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

fn secret(typed: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(typed.to_owned()))
}

impl Globals {
    /// What was said on the command line.
    pub(super) fn flags(&self) -> Flags {
        let flags = Flags {
            file: self.config.clone(),
            token: self.token.clone(),
            ..Flags::default()
        };
        flags
            .with(config::SERVER, self.server.clone())
            .with(config::CA, self.ca.clone())
            .with(config::DATA, self.data.clone())
            .with(config::ACTOR, self.actor.clone())
            .with(config::CLOCK, self.clock.clone())
            .with(config::MIRROR, self.mirror.clone())
            .with(config::LOG, self.log.clone())
            .with(config::LOG_FORMAT, self.log_format.clone())
    }
}

impl Cli {
    /// What was said on the command line, for the service too.
    pub(super) fn flags(&self) -> Flags {
        let flags = self.globals.flags();
        match &self.command {
            Command::Serve(serve) => serve.flags(flags),
            Command::Demo(demo) => demo.flags(flags),
            _ => flags,
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a demonstration ledger from three public reports and print what was done
    Demo(demo::Demo),
    /// Make a demonstration ledger with a fictional portfolio of any size
    Synth(synth::Synth),
    /// Open a new ledger
    Init(init::Init),
    /// Register an agreement, a package, an occasion or an organisation
    #[command(subcommand)]
    Register(register::Register),
    /// Change how a registered thing is described
    #[command(subcommand)]
    Describe(describe::Describe),
    /// Relate an agreement or occasion to another thing
    Link(link::Link),
    /// Record what happened on one or more agreements
    Record(record::Record),
    /// Replace a fact by what should have been recorded
    Correct(correct::Correct),
    /// Withdraw a fact for good
    Retract(retract::Retract),
    /// Move a fact to the agreement it belongs to
    Move(moving::Move),
    /// Add a source to a fact
    Source(source::AddSource),
    /// Confirm a fact somebody else recorded
    Confirm(confirm::Confirm),
    /// State what is expected next, and by when
    Expect(expect::Expect),
    /// Record a promise, or close one
    Promise(promise::Promise),
    /// Record what blocks an agreement, or that it is resolved
    Obstacle(obstacle::Obstacle),
    /// Record a contact with a party
    Contact(contact::Contact),
    /// Assign an agreement to an officer
    Assign(assign::Assign),
    /// Add a note of your own
    Note(note::Note),
    /// Record what a source claims, or prefer one claim to others
    Claim(claim::Claim),
    /// State an amount of money
    Value(value::StateValue),
    /// State a figure such as jobs or capacity
    Figure(figure::Figure),
    /// List agreements, packages, occasions or organisations
    List(list::List),
    /// Find things by words
    Search(search::Search),
    /// Show where a thing stands
    Show(show::Show),
    /// Show a thing's whole trail, corrections struck through
    History(history::History),
    /// Print a report
    Report(report::Report),
    /// Fold everything afresh and compare with the live read models
    Replay(replay::Replay),
    /// Read everything stored, hash it again, and hold it against what was signed
    Verify(verify::Verify),
    /// Sign everything recorded so far, and print the checkpoint
    Checkpoint(checkpoint::Checkpoint),
    /// Print the proof that an entry is in the ledger
    Receipt(receipt::Receipt),
    /// Print what others need to check this ledger
    Trust(trust::Trust),
    /// Serve the ledger over HTTP
    Serve(serve::Serve),
    /// Say who may use the service, and as what
    #[command(subcommand)]
    Token(token::Token),
    /// Watch other ledgers: cosign what extends what was cosigned before
    Witness(witness::Witness),
    /// Write what others need, in a form they can read
    #[command(subcommand)]
    Export(export::Export),
    /// Show the state of the ledger itself
    Info(info::Info),
    /// Examine everything the ledger keeps on disk, and mend it on request
    Doctor(doctor::Doctor),
    /// Make the read models anew beside a running service, for the next start
    Rebuild(rebuild::Rebuild),
    /// Copy the ledger to another place, beside whoever records in it
    Backup(backup::Backup),
    /// Make a ledger of a backup, in the new directory named by --data
    Restore(restore::Restore),
    /// Print the completions of a shell
    Completions(completions::Completions),
    /// Write the manual pages
    Man(man::Man),
}

impl Command {
    /// The name of a command that works on a ledger's own directory, never through a service.
    pub(super) fn at_hand_only(&self) -> Option<&'static str> {
        Some(match self {
            Self::Demo(_) => "demo",
            Self::Synth(_) => "synth",
            Self::Init(_) => "init",
            Self::Verify(_) => "verify",
            Self::Checkpoint(_) => "checkpoint",
            Self::Trust(_) => "trust",
            Self::Serve(_) => "serve",
            Self::Token(_) => "token",
            Self::Witness(_) => "witness",
            Self::Export(export) => return export.at_hand_only(),
            Self::Doctor(_) => "doctor",
            Self::Rebuild(_) => "rebuild",
            Self::Backup(_) => "backup",
            Self::Restore(_) => "restore",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_tree_of_commands_is_sound() {
        Cli::command().debug_assert();
    }
}

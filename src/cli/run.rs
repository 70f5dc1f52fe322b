//! From arguments to an exit code.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use tracing_subscriber::EnvFilter;

use super::args::{Cli, Command};
use super::context::Context;
use super::failure::{Exit, Failure};
use super::output::Output;
use super::stopping::Stopping;
use crate::config::{Config, LogFormat};

/// What is logged unless said otherwise. What stops the read models reaches the terminal as the error of
/// the command that asked them.
const QUIET: &str = "warn,dealtrail::service::follow=off";
/// The same of a service, which nobody sits in front of.
const SERVICE: &str = "info";

/// Runs one command line and gives the exit code: 0 done, 1 refused or different, 2 damaged or could
/// not run.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return told_by_parser(&error),
    };
    let output = Output::new(cli.globals.json);
    let outcome = settled(&cli).and_then(|config| {
        logging(&cli, &config)?;
        until_interrupted(cli, config)
    });
    let exit = match outcome {
        Ok(()) => Exit::Done,
        Err(failure) => {
            if failure.exit != Exit::Done {
                output.failure(&failure);
            }
            failure.exit
        }
    };
    ExitCode::from(exit as u8)
}

/// Help and version are answers; everything else the parser says is wrong usage.
fn told_by_parser(error: &clap::Error) -> ExitCode {
    let exit = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done,
        _ => Exit::Broken,
    };
    // Nothing can be done when neither stream takes it.
    let _ = error.print();
    ExitCode::from(exit as u8)
}

fn settled(cli: &Cli) -> Result<Config, Failure> {
    Config::settle(cli.flags(), |name| std::env::var_os(name))
        .map_err(|error| Failure::broken("settings", error.to_string()))
}

fn logging(cli: &Cli, config: &Config) -> Result<(), Failure> {
    let usual = match cli.command {
        Command::Serve(_) => SERVICE,
        _ => QUIET,
    };
    let filter = config.log.as_deref().unwrap_or(usual);
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Failure::of_field("--log", error).hint("write such as info, or dealtrail=debug")
    })?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    match config.log_format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).init(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .init(),
    }
    Ok(())
}

/// Runs the command on a thread of its own, so that Ctrl-C is answered at once whatever it does. What
/// was acknowledged is on the disk, and what was not is cut cleanly when the ledger is next opened.
fn until_interrupted(cli: Cli, config: Config) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::broken("runtime", format!("no thread could be started: {error}"))
        })?;
    // A service ends its answers first, and by itself.
    let serves = matches!(cli.command, Command::Serve(_) | Command::Demo(_));
    let watches = matches!(cli.command, Command::Witness(_));
    let stopping = Stopping::default();
    let outcome = runtime.block_on(async {
        let handed = stopping.clone();
        let work = tokio::task::spawn_blocking(move || command(cli, config, handed));
        tokio::select! {
            done = work => done.unwrap_or_else(|_| {
                Err(Failure::broken("crashed", "the command stopped on an error of this program")
                    .hint("what was acknowledged is safe; please report this with the output of --log debug"))
            }),
            () = stopping.at_once(serves), if !watches => Err(Failure::broken("interrupted", "interrupted")
                .hint("what was acknowledged is recorded; send a command again with the same --command-id to be sure")),
        }
    });
    runtime.shutdown_background();
    outcome
}

fn command(cli: Cli, config: Config, stopping: Stopping) -> Result<(), Failure> {
    let context = Context::new(config, Output::new(cli.globals.json), stopping);
    if let Some(name) = cli.command.at_hand_only() {
        context.at_hand(name)?;
    }
    match cli.command {
        Command::Demo(command) => command.run(&context),
        Command::Init(command) => command.run(&context),
        Command::Register(command) => command.run(&context),
        Command::Describe(command) => command.run(&context),
        Command::Link(command) => command.run(&context),
        Command::Record(command) => command.run(&context),
        Command::Correct(command) => command.run(&context),
        Command::Retract(command) => command.run(&context),
        Command::Move(command) => command.run(&context),
        Command::Source(command) => command.run(&context),
        Command::Confirm(command) => command.run(&context),
        Command::Expect(command) => command.run(&context),
        Command::Promise(command) => command.run(&context),
        Command::Obstacle(command) => command.run(&context),
        Command::Contact(command) => command.run(&context),
        Command::Assign(command) => command.run(&context),
        Command::Note(command) => command.run(&context),
        Command::Claim(command) => command.run(&context),
        Command::Value(command) => command.run(&context),
        Command::Figure(command) => command.run(&context),
        Command::List(command) => command.run(&context),
        Command::Search(command) => command.run(&context),
        Command::Show(command) => command.run(&context),
        Command::History(command) => command.run(&context),
        Command::Report(command) => command.run(&context),
        Command::Replay(command) => command.run(&context),
        Command::Verify(command) => command.run(&context),
        Command::Checkpoint(command) => command.run(&context),
        Command::Receipt(command) => command.run(&context),
        Command::Trust(command) => command.run(&context),
        Command::Serve(command) => command.run(&context),
        Command::Token(command) => command.run(&context),
        Command::Witness(command) => command.run(&context),
        Command::Export(command) => command.run(&context),
        Command::Info(command) => command.run(&context),
        Command::Rebuild(command) => command.run(&context),
        Command::Backup(command) => command.run(&context),
        Command::Restore(command) => command.run(&context),
        Command::Doctor(command) => command.run(&context),
        Command::Synth(command) => command.run(&context),
        Command::Completions(command) => command.run(&context, Cli::command()),
        Command::Man(command) => command.run(&context, Cli::command()),
    }
}

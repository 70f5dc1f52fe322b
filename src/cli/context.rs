//! What every command is given: the shared options, where to print, and how to open the ledger.

use std::path::{Path, PathBuf};

use super::client::Client;
use super::failure::Failure;
use super::output::Output;
use super::session::{self, Session};
use super::stopping::Stopping;
use crate::config::{self, Config, Secret, Serving};
use crate::deal::value::ids::{Actor, ActorId, KnownBy};

/// The shared options of one run.
pub(super) struct Context {
    config: Config,
    output: Output,
    stopping: Stopping,
}

impl Context {
    /// For these options.
    pub(super) fn new(config: Config, output: Output, stopping: Stopping) -> Self {
        Self {
            config,
            output,
            stopping,
        }
    }

    /// How a service serves.
    pub(super) fn serving(&self) -> &Serving {
        &self.config.serving
    }

    /// Whether and how the end was asked for.
    pub(super) fn stopping(&self) -> &Stopping {
        &self.stopping
    }

    /// Where answers go.
    pub(super) fn output(&self) -> &Output {
        &self.output
    }

    /// The ledger's directory.
    pub(super) fn data(&self) -> &PathBuf {
        &self.config.data
    }

    /// The clock given by hand, as written.
    pub(super) fn clock(&self) -> Option<&str> {
        self.config.clock.as_deref()
    }

    /// The mirror's directory, or `none`, as said.
    pub(super) fn mirror(&self) -> Option<&Path> {
        self.config.mirror.as_deref()
    }

    /// The program with the options needed to meet the same ledger again, for hints.
    pub(super) fn program(&self) -> String {
        if let Some(server) = &self.config.server {
            let is_set =
                std::env::var_os(config::SERVER.environment).is_some_and(|set| set == **server);
            return match is_set {
                true => "dealtrail".to_owned(),
                false => format!("dealtrail --server {}", quoted(server)),
            };
        }
        let data = &self.config.data;
        // Set by the environment or by default, the next command finds it there again.
        let from_environment =
            std::env::var_os(config::DATA.environment).is_some_and(|set| set == *data);
        match from_environment || data == &PathBuf::from(config::DEFAULT_DATA) {
            true => "dealtrail".to_owned(),
            false => format!("dealtrail --data {}", quoted(&data.to_string_lossy())),
        }
    }

    /// Who records. On a local ledger this is their own word.
    pub(super) fn actor(&self) -> Result<Actor, Failure> {
        let id: ActorId = self
            .config
            .actor
            .parse()
            .map_err(|error| Failure::of_field("--as", error))?;
        Ok(Actor {
            id,
            known_by: KnownBy::LocalClaim,
        })
    }

    /// The ledger, open for reading as it is known now.
    pub(super) fn reader(&self) -> Result<Session, Failure> {
        self.reader_at(None)
    }

    /// The ledger, open for reading as it was known at a day, moment or position.
    pub(super) fn reader_at(&self, known_at: Option<&str>) -> Result<Session, Failure> {
        match self.service()? {
            Some(client) => self.through(client),
            None => Session::read(self.data(), self.clock(), self.actor()?, known_at),
        }
    }

    /// The running service to work through, if one was named.
    pub(super) fn service(&self) -> Result<Option<Client>, Failure> {
        let Some(server) = &self.config.server else {
            return Ok(None);
        };
        if self.clock().is_some() {
            let sentence = "a service has a clock of its own";
            return Err(Failure::of_field("--clock", sentence)
                .hint("leave --clock out (and DEALTRAIL_CLOCK unset)"));
        }
        let token = self.config.token.as_ref().map(Secret::reveal);
        Client::at(server, (token, self.config.ca.as_deref())).map(Some)
    }

    /// The ledger behind a running service.
    pub(super) fn through(&self, client: Client) -> Result<Session, Failure> {
        // Who nobody names is whoever the service knows.
        let said = match self.config.actor == config::DEFAULT_ACTOR {
            true => None,
            false => Some(self.actor()?),
        };
        Session::through(client, said.as_ref())
    }

    /// Refuses what works on a ledger's own directory when a service was named.
    pub(super) fn at_hand(&self, command: &str) -> Result<(), Failure> {
        match &self.config.server {
            Some(_) => Err(session::at_hand_only(&format!("`dealtrail {command}`"))),
            None => Ok(()),
        }
    }

    /// The ledger, open for looking at its own state, damaged or not.
    pub(super) fn inspector(&self) -> Result<Session, Failure> {
        Session::inspect(self.data(), self.clock(), self.actor()?)
    }

    /// The ledger, open for recording.
    pub(super) fn writer(&self) -> Result<Session, Failure> {
        match self.service()? {
            Some(client) => self.through(client),
            None => Session::write(self.data(), self.clock(), self.mirror(), self.actor()?),
        }
    }
}

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-:@%+=,".contains(letter);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

//! Where the program works and as whom: one struct, settled in one order.
//!
//! What a flag says wins; then the environment; then what is built in. A file will stand between the
//! environment and the built-in values. All of it may be printed: the one secret, a token, hides itself.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

/// The environment's word for the ledger's directory.
pub const DATA: &str = "DEALTRAIL_DATA";
/// The environment's word for the clock of a demonstration ledger.
pub const CLOCK: &str = "DEALTRAIL_CLOCK";
/// The environment's word for the second directory that is written before every answer.
pub const MIRROR: &str = "DEALTRAIL_MIRROR";
/// The environment's word for what is logged.
pub const LOG: &str = "DEALTRAIL_LOG";
/// The environment's word for who records.
pub const ACTOR: &str = "DEALTRAIL_AS";

/// The environment's word for the address of a running service.
pub const SERVER: &str = "DEALTRAIL_SERVER";
/// The environment's word for the token a service knows its caller by.
pub const TOKEN: &str = "DEALTRAIL_TOKEN";

/// The ledger's directory when nothing else is said.
pub const DEFAULT_DATA: &str = "./dealtrail-data";
/// Who records on a local ledger when nothing else is said: a claim, marked as such in the ledger.
pub const DEFAULT_ACTOR: &str = "u:local";

/// What was said on the command line; what was not said is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// The ledger's directory.
    pub data: Option<PathBuf>,
    /// Who records.
    pub actor: Option<String>,
    /// The clock of a demonstration ledger.
    pub clock: Option<String>,
    /// The mirror's directory, or `none`.
    pub mirror: Option<PathBuf>,
    /// What is logged.
    pub log: Option<String>,
    /// The address of a running service.
    pub server: Option<String>,
    /// The token it knows its caller by.
    pub token: Option<Secret>,
}

/// The settled configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The ledger's directory.
    pub data: PathBuf,
    /// Who records.
    pub actor: String,
    /// The clock of a demonstration ledger, if it is set by hand.
    pub clock: Option<String>,
    /// The mirror's directory, or `none`; when nothing is said, the ledger knows.
    pub mirror: Option<PathBuf>,
    /// What is logged, in the syntax of the log's filter; `None` for warnings only.
    pub log: Option<String>,
    /// The address of a running service to work through, instead of a directory.
    pub server: Option<String>,
    /// The token it knows its caller by.
    pub token: Option<Secret>,
}

/// A text that is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text from being printed by mistake.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// A word of the environment that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not valid UTF-8: set it again, or use the option instead")]
pub struct ConfigError(&'static str);

impl Config {
    /// Settles what was said, asking `environment` for the rest. An empty word counts as unset.
    ///
    /// # Errors
    /// When a word of the environment is no text.
    pub fn settle(
        flags: Flags,
        environment: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let raw = |name: &str| environment(name).filter(|word| !word.is_empty());
        let text = |said: Option<String>, name: &'static str| match said {
            Some(said) => Ok(Some(said)),
            None => raw(name)
                .map(|word| word.into_string().map_err(|_| ConfigError(name)))
                .transpose(),
        };
        // A directory named by hand is meant, whatever service the environment names.
        let server = match (flags.server, &flags.data) {
            (None, Some(_)) => None,
            (said, _) => text(said, SERVER)?,
        };
        let token = match flags.token {
            Some(token) => Some(token),
            None => text(None, TOKEN)?.map(Secret::new),
        };
        let data = flags.data.or_else(|| raw(DATA).map(PathBuf::from));
        Ok(Self {
            data: data.unwrap_or_else(|| PathBuf::from(DEFAULT_DATA)),
            actor: text(flags.actor, ACTOR)?.unwrap_or_else(|| DEFAULT_ACTOR.to_owned()),
            clock: text(flags.clock, CLOCK)?,
            mirror: flags.mirror.or_else(|| raw(MIRROR).map(PathBuf::from)),
            log: text(flags.log, LOG)?,
            server,
            token,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt;

    fn environment(name: &str) -> Option<OsString> {
        match name {
            DATA => Some("/ledgers/one".into()),
            LOG => Some("".into()),
            _ => None,
        }
    }

    #[test]
    fn a_flag_wins_over_the_environment_and_that_over_the_built_in() {
        let said = Flags {
            data: Some("/ledgers/two".into()),
            ..Flags::default()
        };
        assert_eq!(
            Config::settle(said, environment).unwrap().data,
            PathBuf::from("/ledgers/two")
        );
        let config = Config::settle(Flags::default(), environment).unwrap();
        assert_eq!(config.data, PathBuf::from("/ledgers/one"));
        assert_eq!(config.actor, DEFAULT_ACTOR);
        assert_eq!(config.log, None, "an empty word is no word");
        let bare = Config::settle(Flags::default(), |_| None).unwrap();
        assert_eq!(bare.data, PathBuf::from(DEFAULT_DATA));
    }

    #[test]
    fn a_word_that_is_no_text_is_named() {
        let broken = |name: &str| (name == CLOCK).then(|| OsString::from_vec(vec![0xff]));
        let error = Config::settle(Flags::default(), broken).unwrap_err();
        assert!(error.to_string().contains(CLOCK));
    }
}

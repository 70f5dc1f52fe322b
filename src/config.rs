//! Where the program works, as whom, and how it serves: one struct, settled in one order.
//!
//! What a flag says wins; then the environment; then the file that `--config` or `DEALTRAIL_CONFIG` names; then what is
//! built in. Every setting is in [`SETTINGS`], and can be given all three ways. All of it may be printed:
//! secrets stay in files of their own, and the one that does not, a token, hides itself.

pub mod limits;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use self::limits::{Limits, Measure};

/// Something that can be set: `--some-thing VALUE`, `DEALTRAIL_SOME_THING=VALUE`, `some_thing = VALUE` in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its name in the file.
    pub key: &'static str,
    /// Its option.
    pub flag: &'static str,
    /// Its word of the environment.
    pub environment: &'static str,
}

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $flag:literal, $environment:literal;)*) => {
        $($(#[$doc])* pub const $name: Setting = Setting {
            key: $key,
            flag: $flag,
            environment: $environment,
        };)*
        /// Every setting.
        pub const SETTINGS: &[Setting] = &[$($name),*];
    };
}

settings! {
    /// The ledger's directory.
    DATA = "data", "--data", "DEALTRAIL_DATA";
    /// Who records.
    ACTOR = "as", "--as", "DEALTRAIL_AS";
    /// The clock of a demonstration ledger.
    CLOCK = "clock", "--clock", "DEALTRAIL_CLOCK";
    /// The second directory that is written before every answer.
    MIRROR = "mirror", "--mirror", "DEALTRAIL_MIRROR";
    /// The address of a running service to work through.
    SERVER = "server", "--server", "DEALTRAIL_SERVER";
    /// Who vouches for that service's certificate.
    CA = "ca", "--ca", "DEALTRAIL_CA";
    /// What is logged.
    LOG = "log", "--log", "DEALTRAIL_LOG";
    /// How the log is written.
    LOG_FORMAT = "log_format", "--log-format", "DEALTRAIL_LOG_FORMAT";
    /// Whether each request is logged.
    LOG_REQUESTS = "log_requests", "--log-requests", "DEALTRAIL_LOG_REQUESTS";
    /// The address a service listens on.
    LISTEN = "listen", "--listen", "DEALTRAIL_LISTEN";
    /// The certificate of a service.
    TLS_CERT = "tls_cert", "--tls-cert", "DEALTRAIL_TLS_CERT";
    /// The key of that certificate.
    TLS_KEY = "tls_key", "--tls-key", "DEALTRAIL_TLS_KEY";
    /// How many connections are served at a time.
    MAX_CONNECTIONS = "max_connections", "--max-connections", "DEALTRAIL_MAX_CONNECTIONS";
    /// How long answers under way may take once the end was asked for.
    FAREWELL = "farewell", "--farewell", "DEALTRAIL_FAREWELL";
    /// How fast a service compares its read models with the ledger.
    SELF_AUDIT = "self_audit", "--self-audit", "DEALTRAIL_SELF_AUDIT";
    /// Requests a second with one token.
    TOKEN_RATE = "token_rate", "--token-rate", "DEALTRAIL_TOKEN_RATE";
    /// How many of them may come at once.
    TOKEN_BURST = "token_burst", "--token-burst", "DEALTRAIL_TOKEN_BURST";
    /// How many of them may be under way.
    TOKEN_AT_ONCE = "token_at_once", "--token-at-once", "DEALTRAIL_TOKEN_AT_ONCE";
    /// Requests a second without a valid token, from one address.
    ADDRESS_RATE = "address_rate", "--address-rate", "DEALTRAIL_ADDRESS_RATE";
    /// How many of them may come at once.
    ADDRESS_BURST = "address_burst", "--address-burst", "DEALTRAIL_ADDRESS_BURST";
    /// Reading requests under way.
    READS_AT_ONCE = "reads_at_once", "--reads-at-once", "DEALTRAIL_READS_AT_ONCE";
    /// Recording requests under way.
    WRITES_AT_ONCE = "writes_at_once", "--writes-at-once", "DEALTRAIL_WRITES_AT_ONCE";
    /// Long answers under way.
    LONG_AT_ONCE = "long_at_once", "--long-at-once", "DEALTRAIL_LONG_AT_ONCE";
    /// The longest body.
    MAX_BODY = "max_body", "--max-body", "DEALTRAIL_MAX_BODY";
    /// The longest file of evidence.
    MAX_EVIDENCE = "max_evidence", "--max-evidence", "DEALTRAIL_MAX_EVIDENCE";
    /// The longest address with its query.
    MAX_URI = "max_uri", "--max-uri", "DEALTRAIL_MAX_URI";
    /// How long a body may take to arrive.
    BODY_TIME = "body_time", "--body-time", "DEALTRAIL_BODY_TIME";
    /// How long an answer may take to begin.
    ANSWER_TIME = "answer_time", "--answer-time", "DEALTRAIL_ANSWER_TIME";
    /// The same for long answers.
    LONG_ANSWER_TIME = "long_answer_time", "--long-answer-time", "DEALTRAIL_LONG_ANSWER_TIME";
    /// How long a follower of the ledger may take nothing.
    FOLLOWER_TIME = "follower_time", "--follower-time", "DEALTRAIL_FOLLOWER_TIME";
}

/// The environment's word for the token a service knows its caller by: a secret, and so none of the settings.
pub const TOKEN: &str = "DEALTRAIL_TOKEN";
/// The environment's word for the file of settings.
pub const FILE: &str = "DEALTRAIL_CONFIG";

/// The ledger's directory when nothing else is said.
pub const DEFAULT_DATA: &str = "./dealtrail-data";
/// Who records on a local ledger when nothing else is said: a claim, marked as such in the ledger.
pub const DEFAULT_ACTOR: &str = "u:local";
/// Where a service listens when nothing else is said.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:7878";

/// The longest file of settings that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// What was said on the command line: a setting's key and its value, and the file to take others from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// The file of settings.
    pub file: Option<PathBuf>,
    /// What was said of settings.
    pub said: BTreeMap<&'static str, OsString>,
    /// The token a service knows its caller by.
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

impl Flags {
    /// Adds what was said of a setting, if anything was.
    #[must_use]
    pub fn with(mut self, setting: Setting, value: Option<impl Into<OsString>>) -> Self {
        if let Some(value) = value {
            self.said.insert(setting.key, value.into());
        }
        self
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// A JSON object a line, for programs.
    Json,
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("write text or json"),
        }
    }
}

/// How a service serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serving {
    /// The address it listens on.
    pub listen: SocketAddr,
    /// Its certificate and the key of that, if it has one.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// How many connections are served at a time.
    pub connections: usize,
    /// How long answers that are under way may take once the end was asked for.
    pub farewell: Duration,
    /// How many events a second are compared with the read models; 0 for none.
    pub audit: u32,
    /// Whether each request is logged.
    pub log_requests: bool,
    /// How much it takes on.
    pub limits: Limits,
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
    /// How the log is written.
    pub log_format: LogFormat,
    /// How a service serves.
    pub serving: Serving,
    /// The address of a running service to work through, instead of a directory.
    pub server: Option<String>,
    /// The token it knows its caller by.
    pub token: Option<Secret>,
    /// The file with the certificates that are believed of it, instead of those of public authorities.
    pub ca: Option<PathBuf>,
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A word is no text.
    #[error("{0} is not valid UTF-8: set it again")]
    NotText(String),
    /// The file cannot be read.
    #[error("the file of settings {} cannot be read: {problem}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        problem: String,
    },
    /// The file is not well formed.
    #[error("the file of settings {} is no TOML: {problem}", file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// What is wrong and where.
        problem: String,
    },
    /// The file sets something that there is not.
    #[error("the file of settings {} sets `{key}`, which there is not{}", file.display(), meant(near))]
    Unknown {
        /// The file.
        file: PathBuf,
        /// What it sets.
        key: String,
        /// What may have been meant.
        near: Option<&'static str>,
    },
    /// A value is of no use.
    #[error("{place}: {value:?} cannot be used: {problem}")]
    Value {
        /// Where it was said.
        place: String,
        /// What was said.
        value: String,
        /// What is wrong with it.
        problem: String,
    },
    /// One of two that belong together.
    #[error("{given} is of no use without {missing}: give both")]
    Half {
        /// The one that was given.
        given: &'static str,
        /// The other.
        missing: &'static str,
    },
}

fn meant(near: &Option<&'static str>) -> String {
    near.map_or(String::new(), |near| format!(": did you mean `{near}`?"))
}

/// What was said in all three places.
struct Said<E> {
    flags: BTreeMap<&'static str, OsString>,
    environment: E,
    file: Option<(PathBuf, BTreeMap<&'static str, String>)>,
}

impl<E: Fn(&str) -> Option<OsString>> Said<E> {
    /// What was said first of a setting, and where.
    fn raw(&self, setting: Setting) -> Option<(OsString, String)> {
        if let Some(value) = self.flags.get(setting.key) {
            return Some((value.clone(), setting.flag.to_owned()));
        }
        let word = (self.environment)(setting.environment).filter(|word| !word.is_empty());
        if let Some(word) = word {
            return Some((word, setting.environment.to_owned()));
        }
        let (path, values) = self.file.as_ref()?;
        let value = values.get(setting.key)?;
        let place = format!("`{}` in {}", setting.key, path.display());
        Some((value.into(), place))
    }

    fn path(&self, setting: Setting) -> Option<PathBuf> {
        self.raw(setting).map(|(value, _)| PathBuf::from(value))
    }

    fn text(&self, setting: Setting) -> Result<Option<(String, String)>, ConfigError> {
        let Some((value, place)) = self.raw(setting) else {
            return Ok(None);
        };
        match value.into_string() {
            Ok(value) => Ok(Some((value, place))),
            Err(_) => Err(ConfigError::NotText(place)),
        }
    }

    fn word(&self, setting: Setting) -> Result<Option<String>, ConfigError> {
        Ok(self.text(setting)?.map(|(value, _)| value))
    }

    /// A value of some type, read by `read`.
    fn read<T>(
        &self,
        setting: Setting,
        otherwise: T,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        let Some((value, place)) = self.text(setting)? else {
            return Ok(otherwise);
        };
        read(&value).map_err(|problem| ConfigError::Value {
            place,
            value,
            problem,
        })
    }

    /// A limit, if anything was said of it.
    fn limit(&self, key: &str, measure: Measure) -> Result<Option<u64>, ConfigError> {
        let setting = SETTINGS.iter().find(|setting| setting.key == key);
        let limit =
            setting.map(|setting| self.read(*setting, None, |text| measure.read(text).map(Some)));
        limit.unwrap_or(Ok(None))
    }

    fn tls(&self) -> Result<Option<(PathBuf, PathBuf)>, ConfigError> {
        let half = |given: Setting, missing: Setting| ConfigError::Half {
            given: given.flag,
            missing: missing.flag,
        };
        match (self.path(TLS_CERT), self.path(TLS_KEY)) {
            (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
            (None, None) => Ok(None),
            (Some(_), None) => Err(half(TLS_CERT, TLS_KEY)),
            (None, Some(_)) => Err(half(TLS_KEY, TLS_CERT)),
        }
    }

    fn serving(&self) -> Result<Serving, ConfigError> {
        let number = |text: &str, least: u32, most: u32| match text.parse::<u32>() {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(format!("write a number from {least} to {most}")),
        };
        let address = |text: &str| {
            let address = text.parse::<SocketAddr>();
            address.map_err(|_| "write an address and a port, such as 127.0.0.1:7878".to_owned())
        };
        let truth = |text: &str| match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err("write true or false".to_owned()),
        };
        Ok(Serving {
            listen: self.read(LISTEN, SocketAddr::from(([127, 0, 0, 1], 7878)), address)?,
            tls: self.tls()?,
            connections: self.read(MAX_CONNECTIONS, 4_096, |text| {
                number(text, 1, 65_536).map(|number| number as usize)
            })?,
            farewell: self.read(FAREWELL, Duration::from_secs(10), |text| {
                number(text, 0, 3_600).map(|seconds| Duration::from_secs(seconds.into()))
            })?,
            audit: self.read(SELF_AUDIT, 500, |text| number(text, 0, 1_000_000))?,
            log_requests: self.read(LOG_REQUESTS, false, truth)?,
            limits: Limits::settle(|key, measure| self.limit(key, measure))?,
        })
    }
}

impl Config {
    /// Settles what was said, asking `environment` for the rest. An empty word counts as unset.
    ///
    /// # Errors
    /// When a value is of no use, or the file of settings cannot be read or sets what there is not.
    pub fn settle(
        flags: Flags,
        environment: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let named = environment(FILE).filter(|word| !word.is_empty());
        let file = flags.file.or_else(|| named.map(PathBuf::from));
        let said = Said {
            flags: flags.said,
            environment,
            file: file
                .map(|file| Ok((file.clone(), read_file(&file)?)))
                .transpose()?,
        };
        let data = said.path(DATA);
        let actor = said.word(ACTOR)?;
        // A directory named by hand is meant, whatever service the environment or the file names.
        let by_hand = |setting: Setting| said.flags.contains_key(setting.key);
        let server = match by_hand(DATA) && !by_hand(SERVER) {
            true => None,
            false => said.word(SERVER)?,
        };
        let token = (said.environment)(TOKEN).filter(|word| !word.is_empty());
        let token = token.map(|word| word.into_string().map(Secret::new));
        let token = match (flags.token, token) {
            (Some(token), _) | (None, Some(Ok(token))) => Some(token),
            (None, Some(Err(_))) => return Err(ConfigError::NotText(TOKEN.to_owned())),
            (None, None) => None,
        };
        Ok(Self {
            data: data.unwrap_or_else(|| PathBuf::from(DEFAULT_DATA)),
            actor: actor.unwrap_or_else(|| DEFAULT_ACTOR.to_owned()),
            clock: said.word(CLOCK)?,
            mirror: said.path(MIRROR),
            log: said.word(LOG)?,
            log_format: said.read(LOG_FORMAT, LogFormat::default(), |text| {
                text.parse().map_err(str::to_owned)
            })?,
            serving: said.serving()?,
            server,
            token,
            ca: said.path(CA),
        })
    }
}

/// What a file sets, by key.
fn read_file(file: &Path) -> Result<BTreeMap<&'static str, String>, ConfigError> {
    let unreadable = |problem: String| ConfigError::Unreadable {
        file: file.to_owned(),
        problem,
    };
    let length = std::fs::metadata(file).map(|found| found.len());
    if length.map_err(|error| unreadable(error.to_string()))? > MAX_FILE {
        return Err(unreadable("it is longer than 1 MiB".to_owned()));
    }
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(error.to_string()))?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| ConfigError::Malformed {
        file: file.to_owned(),
        problem: error.to_string().trim_end().to_owned(),
    })?;
    let mut values = BTreeMap::new();
    for (key, value) in table {
        let setting = SETTINGS.iter().find(|setting| setting.key == key);
        let setting = setting.ok_or_else(|| ConfigError::Unknown {
            file: file.to_owned(),
            near: near(&key),
            key: key.clone(),
        })?;
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(truth) => truth.to_string(),
            other => {
                return Err(ConfigError::Value {
                    place: format!("`{key}` in {}", file.display()),
                    value: other.type_str().to_owned(),
                    problem: "write a text, a whole number, true or false".to_owned(),
                });
            }
        };
        values.insert(setting.key, value);
    }
    Ok(values)
}

/// The setting that somebody who wrote `key` may have meant.
fn near(key: &str) -> Option<&'static str> {
    let written = key.to_lowercase().replace('-', "_");
    let far = |setting: &&Setting| strsim::osa_distance(&written, setting.key);
    let nearest = SETTINGS.iter().min_by_key(far)?;
    let close = far(&nearest) <= (nearest.key.len() / 3).max(1);
    close.then_some(nearest.key)
}

#[cfg(test)]
mod tests;

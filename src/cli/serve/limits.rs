//! The options that say how much a service takes on.

use clap::Args;

use crate::config::limits::Limits;
use crate::config::{self, Flags};
use crate::http::limits::{Pace, Settings};

/// How much a service takes on. Sizes are bytes, or as `1 MiB`.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "How much it takes on")]
pub(super) struct LimitFlags {
    /// Requests a second with one token [env: DEALTRAIL_TOKEN_RATE] [default: 2000]
    #[arg(long, value_name = "NUMBER")]
    token_rate: Option<String>,
    /// How many of them may come at once, before that pace is kept to [env: DEALTRAIL_TOKEN_BURST] [default: 4000]
    #[arg(long, value_name = "NUMBER")]
    token_burst: Option<String>,
    /// How many of them may be under way at a time [env: DEALTRAIL_TOKEN_AT_ONCE] [default: 256]
    #[arg(long, value_name = "NUMBER")]
    token_at_once: Option<String>,
    /// Requests a second without a valid token from one address [env: DEALTRAIL_ADDRESS_RATE] [default: 200]
    #[arg(long, value_name = "NUMBER")]
    address_rate: Option<String>,
    /// How many of them may come at once, before that pace is kept to [env: DEALTRAIL_ADDRESS_BURST] [default: 1000]
    #[arg(long, value_name = "NUMBER")]
    address_burst: Option<String>,
    /// Reading requests under way at a time [env: DEALTRAIL_READS_AT_ONCE] [default: 1024]
    #[arg(long, value_name = "NUMBER")]
    reads_at_once: Option<String>,
    /// Recording requests under way at a time [env: DEALTRAIL_WRITES_AT_ONCE] [default: 4096]
    #[arg(long, value_name = "NUMBER")]
    writes_at_once: Option<String>,
    /// Exports, streams and other long answers under way at a time [env: DEALTRAIL_LONG_AT_ONCE] [default: 256]
    #[arg(long, value_name = "NUMBER")]
    long_at_once: Option<String>,
    /// The longest body of a request, up to 4 MiB [env: DEALTRAIL_MAX_BODY] [default: 1 MiB]
    #[arg(long, value_name = "SIZE")]
    max_body: Option<String>,
    /// The longest file of evidence, up to 256 MiB [env: DEALTRAIL_MAX_EVIDENCE] [default: 64 MiB]
    #[arg(long, value_name = "SIZE")]
    max_evidence: Option<String>,
    /// The longest address of a request with its query, up to 16 KiB [env: DEALTRAIL_MAX_URI] [default: 8 KiB]
    #[arg(long, value_name = "SIZE")]
    max_uri: Option<String>,
    /// How long a body may take to arrive, in seconds [env: DEALTRAIL_BODY_TIME] [default: 30]
    #[arg(long, value_name = "SECONDS")]
    body_time: Option<String>,
    /// How long an answer may take to begin, in seconds [env: DEALTRAIL_ANSWER_TIME] [default: 30]
    #[arg(long, value_name = "SECONDS")]
    answer_time: Option<String>,
    /// The same for long answers, in seconds [env: DEALTRAIL_LONG_ANSWER_TIME] [default: 300]
    #[arg(long, value_name = "SECONDS")]
    long_answer_time: Option<String>,
    /// How long whoever follows the ledger may take nothing, in seconds [env: DEALTRAIL_FOLLOWER_TIME] [default: 20]
    #[arg(long, value_name = "SECONDS")]
    follower_time: Option<String>,
}

impl LimitFlags {
    /// Adds what was said of them.
    pub(super) fn flags(&self, flags: Flags) -> Flags {
        flags
            .with(config::TOKEN_RATE, self.token_rate.clone())
            .with(config::TOKEN_BURST, self.token_burst.clone())
            .with(config::TOKEN_AT_ONCE, self.token_at_once.clone())
            .with(config::ADDRESS_RATE, self.address_rate.clone())
            .with(config::ADDRESS_BURST, self.address_burst.clone())
            .with(config::READS_AT_ONCE, self.reads_at_once.clone())
            .with(config::WRITES_AT_ONCE, self.writes_at_once.clone())
            .with(config::LONG_AT_ONCE, self.long_at_once.clone())
            .with(config::MAX_BODY, self.max_body.clone())
            .with(config::MAX_EVIDENCE, self.max_evidence.clone())
            .with(config::MAX_URI, self.max_uri.clone())
            .with(config::BODY_TIME, self.body_time.clone())
            .with(config::ANSWER_TIME, self.answer_time.clone())
            .with(config::LONG_ANSWER_TIME, self.long_answer_time.clone())
            .with(config::FOLLOWER_TIME, self.follower_time.clone())
    }
}

/// The limits of a service, with its own choice where nothing was said.
pub(super) fn settled(said: &Limits) -> Settings {
    let own = Settings::default();
    let pace = |a_second: Option<u32>, burst: Option<u32>, own: Pace| Pace {
        a_second: a_second.unwrap_or(own.a_second),
        burst: burst.unwrap_or(own.burst),
    };
    Settings {
        token: pace(said.token_rate, said.token_burst, own.token),
        address: pace(said.address_rate, said.address_burst, own.address),
        token_at_once: said.token_at_once.unwrap_or(own.token_at_once),
        reads: said.reads_at_once.unwrap_or(own.reads),
        writes: said.writes_at_once.unwrap_or(own.writes),
        long: said.long_at_once.unwrap_or(own.long),
        body_bytes: said.max_body.unwrap_or(own.body_bytes),
        upload_bytes: said.max_evidence.unwrap_or(own.upload_bytes),
        uri_bytes: said.max_uri.unwrap_or(own.uri_bytes),
        body_time: said.body_time.unwrap_or(own.body_time),
        time: said.answer_time.unwrap_or(own.time),
        long_time: said.long_answer_time.unwrap_or(own.long_time),
        taking: said.follower_time.unwrap_or(own.taking),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::Config;

    /// Settles what is said of each limit: an option and its value.
    fn limits(said: &[(&str, &str)]) -> Settings {
        let mut flags = Flags::default();
        for (key, value) in said {
            let mut all = config::SETTINGS.iter();
            let setting = all.find(|one| one.key == *key).unwrap();
            flags = flags.with(*setting, Some(*value));
        }
        settled(&Config::settle(flags, |_| None).unwrap().serving.limits)
    }

    /// What the help calls built in is what is built in.
    #[test]
    fn the_help_tells_what_is_built_in() {
        let command = LimitFlags::augment_args(clap::Command::new("serve"));
        let built_in: Vec<(String, String)> = command
            .get_arguments()
            .filter_map(|one| {
                let help = one.get_help()?.to_string();
                let (_, default) = help.split_once("[default: ")?;
                let default = default.split(']').next()?.to_owned();
                Some((one.get_id().to_string(), default))
            })
            .collect();
        assert_eq!(built_in.len(), 15);
        for (key, default) in &built_in {
            assert_eq!(limits(&[(key, default)]), Settings::default(), "{key}");
        }
        assert_eq!(limits(&[]), Settings::default());
    }

    #[test]
    fn each_limit_is_the_one_that_was_said() {
        let said = limits(&[
            ("token_rate", "1"),
            ("token_burst", "2"),
            ("token_at_once", "3"),
            ("address_rate", "4"),
            ("address_burst", "5"),
            ("reads_at_once", "6"),
            ("writes_at_once", "7"),
            ("long_at_once", "8"),
            ("max_body", "9 KiB"),
            ("max_evidence", "10 KiB"),
            ("max_uri", "1100"),
            ("body_time", "12"),
            ("answer_time", "13"),
            ("long_answer_time", "14"),
            ("follower_time", "15"),
        ]);
        let expected = Settings {
            token: Pace {
                a_second: 1,
                burst: 2,
            },
            token_at_once: 3,
            address: Pace {
                a_second: 4,
                burst: 5,
            },
            reads: 6,
            writes: 7,
            long: 8,
            body_bytes: 9 << 10,
            upload_bytes: 10 << 10,
            uri_bytes: 1_100,
            body_time: Duration::from_secs(12),
            time: Duration::from_secs(13),
            long_time: Duration::from_secs(14),
            taking: Duration::from_secs(15),
        };
        assert_eq!(said, expected);
    }
}

use super::*;
use std::os::unix::ffi::OsStringExt;

fn environment(name: &str) -> Option<OsString> {
    match name {
        "DEALTRAIL_DATA" => Some("/ledgers/one".into()),
        "DEALTRAIL_LOG" => Some("".into()),
        _ => None,
    }
}

/// A file of settings.
fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("settings.toml");
    std::fs::write(&path, text).unwrap();
    (dir, path)
}

fn settled_by(text: &str) -> Result<Config, ConfigError> {
    let (_dir, path) = file(text);
    let flags = Flags {
        file: Some(path),
        ..Flags::default()
    };
    Config::settle(flags, |_| None)
}

/// Two values of a setting that differ from each other and from what is built in, as flag, environment and file take them.
fn values(setting: Setting) -> [&'static str; 2] {
    match setting.key {
        "data" | "mirror" | "ca" => ["/one", "/two"],
        "as" => ["u:one", "u:two"],
        "server" => ["http://one.example", "http://two.example"],
        "clock" => ["2025-04-18T06:00:00Z", "2025-04-19T06:00:00Z"],
        "log" => ["info", "debug"],
        "log_format" => ["json", "text"],
        "log_requests" => ["true", "false"],
        "listen" => ["127.0.0.1:1", "127.0.0.1:2"],
        "tls_cert" | "tls_key" => ["/one.pem", "/two.pem"],
        "max_connections" => ["3", "4"],
        "farewell" => ["1", "2"],
        "self_audit" => ["1", "0"],
        "max_body" | "max_evidence" | "max_uri" => ["2 KiB", "3072"],
        limit if limit.contains("_rate") || limit.contains("_burst") => ["3", "4"],
        limit if limit.ends_with("_at_once") || limit.ends_with("_time") => ["3", "4"],
        other => panic!("{other} has no values here"),
    }
}

/// What came of settling, with what a setting needs beside it.
fn settle(
    setting: Setting,
    flag: Option<&str>,
    word: Option<&str>,
    in_file: Option<&str>,
) -> Config {
    let beside = match setting.key {
        "tls_cert" => Some(TLS_KEY),
        "tls_key" => Some(TLS_CERT),
        _ => None,
    };
    let written = |value: &str| match value.parse::<i64>().is_ok() || value.parse::<bool>().is_ok()
    {
        true => format!("{} = {value}\n", setting.key),
        false => format!("{} = {value:?}\n", setting.key),
    };
    let (_dir, path) = file(&in_file.map(written).unwrap_or_default());
    let mut flags = Flags::default().with(setting, flag);
    flags.file = Some(path);
    if let Some(beside) = beside {
        flags = flags.with(beside, Some("/beside.pem"));
    }
    Config::settle(flags, |name| {
        let asked = name == setting.environment;
        word.filter(|_| asked).map(OsString::from)
    })
    .unwrap()
}

#[test]
fn each_setting_can_be_given_all_three_ways_and_the_first_wins() {
    for setting in SETTINGS {
        let [one, two] = values(*setting);
        let settle = |flag, word, file| settle(*setting, flag, word, file);
        let wanted = settle(Some(one), None, None);
        let other = settle(Some(two), None, None);
        assert_ne!(wanted, other, "{}", setting.key);
        assert_eq!(settle(None, Some(one), None), wanted, "{}", setting.key);
        assert_eq!(settle(None, None, Some(one)), wanted, "{}", setting.key);
        assert_eq!(
            settle(Some(one), Some(two), Some(two)),
            wanted,
            "{}",
            setting.key
        );
        assert_eq!(
            settle(None, Some(one), Some(two)),
            wanted,
            "{}",
            setting.key
        );
    }
}

#[test]
fn the_three_names_of_a_setting_follow_from_each_other() {
    for setting in SETTINGS {
        assert_eq!(setting.flag, format!("--{}", setting.key.replace('_', "-")));
        let word = format!("DEALTRAIL_{}", setting.key.to_uppercase());
        assert_eq!(setting.environment, word);
    }
}

#[test]
fn a_directory_named_by_hand_wins_over_a_service_of_the_environment() {
    let service = |name: &str| (name == SERVER.environment).then(|| "http://one.example".into());
    let none = Config::settle(Flags::default(), service).unwrap();
    assert_eq!(none.server.as_deref(), Some("http://one.example"));
    let data = Flags::default().with(DATA, Some("/one"));
    assert_eq!(Config::settle(data.clone(), service).unwrap().server, None);
    let both = data.with(SERVER, Some("http://two.example"));
    let both = Config::settle(both, service).unwrap();
    assert_eq!(both.server.as_deref(), Some("http://two.example"));
}

#[test]
fn a_token_is_not_printed() {
    let token = |name: &str| (name == TOKEN).then(|| "dt_word".into());
    let config = Config::settle(Flags::default(), token).unwrap();
    assert_eq!(config.token.as_ref().map(Secret::reveal), Some("dt_word"));
    assert!(!format!("{config:?}").contains("dt_word"));
    let said = Flags {
        token: Some(Secret::new("dt_flag".to_owned())),
        ..Flags::default()
    };
    let config = Config::settle(said, token).unwrap();
    assert_eq!(config.token.as_ref().map(Secret::reveal), Some("dt_flag"));
}

#[test]
fn what_is_built_in_stands_where_nothing_is_said() {
    let said = Flags::default().with(DATA, Some("/ledgers/two"));
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
    assert_eq!(bare.serving.listen.to_string(), DEFAULT_LISTEN);
}

#[test]
fn a_word_that_is_no_text_is_named() {
    let broken = |name: &str| (name == CLOCK.environment).then(|| OsString::from_vec(vec![0xff]));
    let error = Config::settle(Flags::default(), broken).unwrap_err();
    assert!(error.to_string().contains("DEALTRAIL_CLOCK"));
}

#[test]
fn the_file_is_named_by_the_environment_too() {
    let (_dir, path) = file("data = \"/from/the/file\"");
    let named = |name: &str| (name == FILE).then(|| path.clone().into_os_string());
    let config = Config::settle(Flags::default(), named).unwrap();
    assert_eq!(config.data, PathBuf::from("/from/the/file"));
}

#[test]
fn what_is_wrong_in_a_file_is_told_with_the_way_out() {
    let told = |text: &str| settled_by(text).unwrap_err().to_string();
    let unknown = told("lisen = \"127.0.0.1:1\"");
    assert!(
        unknown.ends_with("sets `lisen`, which there is not: did you mean `listen`?"),
        "{unknown}"
    );
    assert!(told("tls-cert = \"x\"").ends_with("did you mean `tls_cert`?"));
    assert!(told("wholly_other = 1").ends_with("sets `wholly_other`, which there is not"));
    assert!(told("[service]\nlisten = 1").contains("sets `service`, which there is not"));
    assert!(told("data = [1]").contains("write a text, a whole number, true or false"));
    assert!(
        told("data = ").contains("is no TOML"),
        "{}",
        told("data = ")
    );
    assert!(told("data = 'a'\ndata = 'b'").contains("duplicate key"));
    assert!(told("max_connections = 0").contains("write a number from 1 to 65536"));
    assert!(told("max_connections = 0").contains("`max_connections` in "));
    assert!(told("answer_time = 0").contains("write a number from 1 to 86400"));
    assert!(told("max_body = \"1 GiB\"").contains("a number of bytes from 1 KiB to 4 MiB"));
    assert!(told("max_uri = 99").contains("a number of bytes from 256 to 16 KiB"));
    assert!(told("listen = \"localhost\"").contains("such as 127.0.0.1:7878"));
    assert!(told("log_format = \"xml\"").contains("write text or json"));
    assert!(told("log_requests = \"yes\"").contains("write true or false"));
    assert!(told("tls_cert = \"/x\"").contains("--tls-cert is of no use without --tls-key"));
    let missing = Flags {
        file: Some(PathBuf::from("/nowhere/settings.toml")),
        ..Flags::default()
    };
    let missing = Config::settle(missing, |_| None).unwrap_err().to_string();
    assert!(
        missing.contains("/nowhere/settings.toml cannot be read"),
        "{missing}"
    );
}

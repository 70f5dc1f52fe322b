//! Who may do what, cell by cell; what is kept of it; and what a service takes on.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use dealtrail::http::api::endpoints;
use dealtrail::http::limits::{Pace, Settings};
use dealtrail::service::access::grants::{self, Order};
use dealtrail::service::access::log::read;
use dealtrail::service::access::role::{Action, Role, allows};
use dealtrail::service::access::{self, Opened};
use dealtrail::service::ambient::{SetClock, SystemClock};
use dealtrail::service::ledger::Ledger;

use super::service::{Reply, Service, new_ledger};

/// A service that asks for tokens, and a token of each role.
struct Guarded {
    service: Service,
    tokens: BTreeMap<Role, String>,
}

fn grant(ledger: &Ledger, role: Role, only: &[Action], now: DateTime<Utc>) -> String {
    let order = Order {
        actor: format!("u:{role}").parse().unwrap(),
        role,
        only: only.to_vec(),
        valid: TimeDelta::days(1),
        label: None,
        by: "u:admin".parse().unwrap(),
    };
    let dir = ledger.dir().unwrap();
    let (token, _) = grants::grant(dir, ledger.id(), order, now).unwrap();
    token.as_str().to_owned()
}

fn opened(ledger: &Ledger) -> Opened {
    let place = (ledger.dir().unwrap(), ledger.id());
    let clock = Arc::new(SystemClock);
    access::open(place, false, "u:local".parse().unwrap(), clock).unwrap()
}

impl Guarded {
    fn start(settings: Settings) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ledger = new_ledger(&dir.path().join("ledger"));
        let all = Role::ALL.iter();
        let tokens = all.map(|role| (*role, grant(&ledger, *role, &[], Utc::now())));
        let tokens = tokens.collect();
        let opened = opened(&ledger);
        let service = Service::guarded(dir, ledger, (opened.access, Some(opened.log)), settings);
        Self { service, tokens }
    }

    fn ask(&self, method: &str, path: &str, token: Option<&str>) -> Reply {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = bearer
            .iter()
            .map(|b| ("authorization", b.as_str()))
            .collect();
        let body = (method == "POST").then_some(b"{".as_slice());
        self.service.send(method, path, &headers, body)
    }

    fn dir(&self) -> &Path {
        self.service.ledger.dir().unwrap()
    }

    /// What the access log holds by now, a record each.
    fn log(&self) -> Vec<serde_json::Value> {
        // It is written a moment later.
        std::thread::sleep(Duration::from_millis(200));
        let page = read::page(self.dir(), 0, 100_000).unwrap();
        let text = String::from_utf8(page.bytes).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

fn code(reply: &Reply) -> String {
    reply.json()["code"].as_str().unwrap_or_default().to_owned()
}

/// Each route with each role: the table a person can read, and what the service really does.
#[test]
fn every_route_with_every_role_is_as_the_table_says() {
    let guarded = Guarded::start(Settings::default());
    let now = Utc::now();
    let ledger = &guarded.service.ledger;
    let expired = grant(ledger, Role::Officer, &[], now - TimeDelta::days(2));
    let revoked = grant(ledger, Role::Officer, &[], now);
    grants::revoke(
        guarded.dir(),
        ledger.id(),
        &revoked,
        &"u:admin".parse().unwrap(),
        now,
    )
    .unwrap();
    let unknown = format!("dt_{}aym44ya", "a".repeat(52));
    let mut table = String::from(
        "route | action | nobody | unknown | expired | revoked | officer | reviewer | auditor | reporter | administrator\n",
    );
    for endpoint in endpoints() {
        let mut path = endpoint.path.replace(['{', '}', '*'], "");
        if endpoint.id == "ledgerStream" {
            // Without an end of its own; refused only after whoever asks was let in.
            path += "?from=none";
        }
        let ask = |token: Option<&str>| guarded.ask(endpoint.method.as_str(), &path, token);
        let cell = |reply: &Reply| match (reply.status, endpoint.action.is_public()) {
            (401, _) => "401",
            (403, _) => "403",
            _ => "yes",
        };
        let mut row = format!(
            "{} {} | {}",
            endpoint.method, endpoint.path, endpoint.action
        );
        for token in [None, Some(unknown.as_str()), Some(&expired), Some(&revoked)] {
            let reply = ask(token);
            row += &format!(" | {}", cell(&reply));
            if reply.status == 401 {
                assert_eq!(code(&reply), "token");
                let scheme = reply.header("www-authenticate").unwrap();
                assert!(scheme.starts_with("Bearer"));
            }
        }
        for (role, token) in &guarded.tokens {
            let reply = ask(Some(token));
            row += &format!(" | {}", cell(&reply));
            let expected = if allows(Some(*role), endpoint.action) {
                "yes"
            } else {
                "403"
            };
            assert_eq!(cell(&reply), expected, "{row} {role}");
        }
        table += &row;
        table.push('\n');
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_narrowed_token_may_do_no_more_than_that() {
    let guarded = Guarded::start(Settings::default());
    let ledger = &guarded.service.ledger;
    let token = grant(ledger, Role::Auditor, &[Action::ReadAccessLog], Utc::now());
    let until = Instant::now() + Duration::from_secs(1);
    while guarded.ask("GET", "/v1/access-log", Some(&token)).status != 200 {
        assert!(
            Instant::now() < until,
            "a new token is known within a second"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let refused = guarded.ask("GET", "/v1/agreements/X", Some(&token));
    assert_eq!(
        (refused.status, code(&refused).as_str()),
        (403, "forbidden")
    );
    assert!(refused.text().contains("narrowed"), "{}", refused.text());
    let by = "u:admin".parse().unwrap();
    grants::revoke(guarded.dir(), ledger.id(), &token, &by, Utc::now()).unwrap();
    let revoked = Instant::now();
    while guarded.ask("GET", "/v1/access-log", Some(&token)).status != 401 {
        assert!(
            revoked.elapsed() < Duration::from_secs(1),
            "revoked within a second"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Recording and confirming share a route: what a token may is asked once more where it confirms.
#[test]
fn only_who_may_confirm_confirms() {
    let guarded = Guarded::start(Settings::default());
    let ledger = &guarded.service.ledger;
    let narrowed = grant(ledger, Role::Reviewer, &[Action::Record], Utc::now());
    let confirm = |token: &str| {
        let bearer = format!("Bearer {token}");
        let body = br#"{"events":[{"kind":"fact_confirmed","data":{"fact":0}}]}"#;
        let headers = [("authorization", bearer.as_str())];
        let service = &guarded.service;
        service.send("POST", "/v1/batches", &headers, Some(body))
    };
    let until = Instant::now() + Duration::from_secs(2);
    while confirm(&narrowed).status == 401 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    for token in [&narrowed, &guarded.tokens[&Role::Officer]] {
        let refused = confirm(token);
        let wanted = (403, "forbidden".to_owned());
        assert_eq!((refused.status, code(&refused)), wanted);
    }
    let decided = confirm(&guarded.tokens[&Role::Reviewer]);
    assert!(![401, 403].contains(&decided.status), "{}", decided.text());
}

#[test]
fn without_tokens_only_this_machine_is_answered() {
    let service = Service::start();
    let ask = |host: &str, origin: &str| {
        let head = format!(
            "GET /v1/agreements HTTP/1.1\r\nHost: {host}\r\n{origin}Connection: close\r\n\r\n"
        );
        raw(&service, head.as_bytes())
    };
    assert!(ask("localhost:7878", "").starts_with("HTTP/1.1 200"));
    let other = ask("ledger.example", "");
    assert!(
        other.starts_with("HTTP/1.1 421") && other.contains("not_this_machine"),
        "{other}"
    );
    let page = ask("localhost", "Origin: https://page.example\r\n");
    assert!(
        page.starts_with("HTTP/1.1 403") && page.contains("other_origin"),
        "{page}"
    );
}

#[test]
fn every_decision_is_in_the_log_and_no_token_is() {
    let guarded = Guarded::start(Settings::default());
    let auditor = guarded.tokens[&Role::Auditor].clone();
    let reporter = guarded.tokens[&Role::Reporter].clone();
    guarded.ask("GET", "/v1/agreements/BRICK?known_at=3", Some(&auditor));
    guarded.ask("GET", "/v1/agreements/BRICK", Some(&reporter));
    guarded.ask("GET", "/v1/agreements/BRICK", None);
    guarded.ask("GET", &format!("/v1/agreements/{auditor}"), Some(&auditor));
    guarded.ask("GET", "/version", None);
    let bearer = format!("Bearer {auditor}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("x-request-id", "audit-1"),
    ];
    let page = guarded
        .service
        .send("GET", "/v1/access-log?from=1&limit=2", &headers, None);
    assert_eq!(page.status, 200, "{}", page.text());
    assert_eq!(page.header("x-request-id"), Some("audit-1"));
    assert_eq!(page.header("content-type"), Some("application/x-ndjson"));
    let log = guarded.log();
    let told: Vec<_> = log
        .iter()
        .filter(|record| record["note"].is_null())
        .map(|record| {
            let text = |name: &str| record[name].as_str().unwrap_or("-").to_owned();
            let status = record["status"].to_string();
            format!(
                "{} {} {} {} {status}",
                text("who"),
                text("path"),
                record["allowed"],
                text("why")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "u:auditor /v1/agreements/BRICK true - 404",
            "u:reporter /v1/agreements/BRICK false forbidden 403",
            "- /v1/agreements/BRICK false token 401",
            "u:auditor /v1/agreements/dt_ true - 404",
            "u:auditor /v1/access-log true - 200",
        ]
    );
    assert_eq!(log.last().unwrap()["request"], "audit-1");
    let all = serde_json::to_string(&log).unwrap();
    for token in guarded.tokens.values() {
        assert!(!all.contains(&token[3..]), "a token stands in the log");
    }
    // Where the grants stand is anchored in the log.
    assert!(all.contains("5 changes of tokens, the last "), "{all}");
    let id = guarded.service.ledger.id();
    assert!(read::check(guarded.dir(), id).is_ok());
}

#[test]
fn too_many_and_too_large_requests_are_refused_in_time() {
    let guarded = Guarded::start(Settings {
        token: Pace {
            a_second: 1,
            burst: 3,
        },
        address: Pace {
            a_second: 1,
            burst: 20,
        },
        body_bytes: 1_000,
        uri_bytes: 200,
        ..Settings::default()
    });
    let officer = guarded.tokens[&Role::Officer].clone();
    let statuses: Vec<u16> = (0..5)
        .map(|_| {
            guarded
                .ask("GET", "/v1/agreements/X", Some(&officer))
                .status
        })
        .collect();
    assert_eq!(statuses, [404, 404, 404, 429, 429]);
    let slowed = guarded.ask("GET", "/v1/agreements/X", Some(&officer));
    assert_eq!(code(&slowed), "too_many_requests");
    assert!(
        slowed
            .header("retry-after")
            .unwrap()
            .parse::<u32>()
            .unwrap()
            >= 1
    );
    // Others are not slowed by it.
    let reviewer = guarded.tokens[&Role::Reviewer].clone();
    assert_eq!(
        guarded
            .ask("GET", "/v1/agreements/X", Some(&reviewer))
            .status,
        404
    );
    let long = guarded.ask("GET", &format!("/v1/agreements/{}", "x".repeat(200)), None);
    assert_eq!((long.status, code(&long).as_str()), (414, "uri_too_long"));
    // Whoever guesses tokens is slowed by their address.
    let guessed = (0..40).map(|_| guarded.ask("GET", "/v1/access-log", Some("dt_x")).status);
    let guessed: Vec<u16> = guessed.collect();
    assert!(
        guessed.contains(&401) && guessed.ends_with(&[429, 429]),
        "{guessed:?}"
    );
    // What was refused for its number is not in the log, or a flood would fill the disk.
    let refused = guarded
        .log()
        .into_iter()
        .filter(|record| record["why"] == "token")
        .count();
    assert!((1..=21).contains(&refused), "{refused}");
}

#[test]
fn every_answer_carries_what_browsers_and_logs_need() {
    let service = Service::start();
    for path in ["/version", "/nothing", "/v1/agreements/X"] {
        let reply = service.get(path);
        assert_eq!(
            reply.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
        assert!(
            reply
                .header("content-security-policy")
                .unwrap()
                .contains("default-src 'none'")
        );
        assert!(reply.header("x-request-id").is_some() && reply.header("cache-control").is_some());
        assert_eq!(reply.header("access-control-allow-origin"), None);
    }
}

/// A connection with a raw request, read until something came.
fn raw(service: &Service, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(service.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = vec![0; 4096];
    let length = stream.read(&mut answer).unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

#[test]
fn a_service_that_others_reach_needs_a_token_and_one_that_had_some_never_opens_again() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = new_ledger(&dir.path().join("ledger"));
    let place = (ledger.dir().unwrap(), ledger.id());
    let unnamed = || "u:local".parse().unwrap();
    let open = |local: bool, at: &str| {
        let clock = Arc::new(SetClock::at(at.parse().unwrap()));
        access::open(place, local, unnamed(), clock)
    };
    let [early, late] = ["2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"];
    let refused = open(false, early).unwrap_err();
    assert!(
        refused.is_refusal() && refused.hint().contains("token add"),
        "{refused}"
    );
    let local = open(true, early).unwrap();
    assert!(local.access.caller(None).is_ok());
    drop(local);
    grant(&ledger, Role::Officer, &[], early.parse().unwrap());
    assert!(open(false, early).is_ok());
    assert!(open(true, early).unwrap().access.caller(None).is_err());
    // The only token ran out: that does not let everybody in.
    assert!(open(false, late).is_err());
    assert!(open(true, late).unwrap().access.caller(None).is_err());
}

#[test]
fn whoever_goes_away_before_the_answer_is_in_the_log_all_the_same() {
    let guarded = Guarded::start(Settings::default());
    let officer = &guarded.tokens[&Role::Officer];
    let head = format!(
        "GET /v1/agreements/X?at_least=999999 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {officer}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(guarded.service.address).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(150));
    drop(stream);
    let began = Instant::now();
    let kept = || {
        guarded
            .log()
            .iter()
            .any(|record| record["path"] == "/v1/agreements/X")
    };
    while !kept() {
        assert!(began.elapsed() < Duration::from_secs(20));
    }
    assert!(
        raw(
            &guarded.service,
            b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n"
        )
        .starts_with("HTTP/1.1 200")
    );
}

//! The service as whoever runs it meets it: the real program, its signals, and what it says when it cannot serve.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::desk::Desk;

/// A service that runs, and everything it says.
pub(crate) struct Running {
    child: Child,
    /// The address it told.
    pub(crate) url: String,
    said: std::thread::JoinHandle<String>,
}

impl Running {
    /// Starts the program and waits until it tells its address.
    pub(crate) fn start(desk: &Desk, line: &str) -> Self {
        Self::start_with(desk, line, &[])
    }

    fn start_with(desk: &Desk, line: &str, environment: &[(&str, &Path)]) -> Self {
        let mut program = desk.program();
        program.args(line.split(' '));
        program.envs(environment.iter().copied());
        let mut child = program
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = |line: &str| {
            let at = line.find("http")?;
            line.get(at..)?.split([' ', '"', '/']).nth(2).map(|host| {
                let scheme = line.get(at..).and_then(|rest| rest.split(':').next());
                format!("{}://{host}", scheme.unwrap_or_default())
            })
        };
        let wanted = |line: &String| {
            line.contains("Listening on")
                || line.contains("Serving it on")
                || line.contains("\"address\"")
        };
        let told = lines.by_ref().map(Result::unwrap).find(wanted);
        let Some(told) = told else {
            let output = child.wait_with_output().unwrap();
            panic!(
                "it did not start: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        };
        let url = address(&told).unwrap_or_else(|| panic!("no address in {told:?}"));
        let mut stderr = child.stderr.take().unwrap();
        let said = std::thread::spawn(move || {
            let mut said = String::new();
            for line in lines {
                said.push_str(&line.unwrap());
                said.push('\n');
            }
            stderr.read_to_string(&mut said).unwrap();
            said
        });
        Self { child, url, said }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for its end: the exit code and all it said since it told its address.
    pub(crate) fn ended(mut self) -> (Option<i32>, String) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.is_running() {
            if Instant::now() > deadline {
                self.child.kill().unwrap();
                panic!("it does not end");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let code = self.child.wait().unwrap().code();
        (code, self.said.join().unwrap())
    }

    fn host(&self) -> &str {
        self.url.split("://").nth(1).unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build()
            .into();
        let mut answer = agent.get(format!("{}{path}", self.url)).call().unwrap();
        let status = answer.status().as_u16();
        (status, answer.body_mut().read_to_string().unwrap())
    }
}

fn told(output: &Output) -> (Option<i32>, String) {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

/// What the program says when it does not come to serve.
fn refused(desk: &Desk, line: &str) -> (Option<i32>, String) {
    told(&desk.quiet(line))
}

#[test]
fn it_answers_and_ends_when_it_is_asked_to() {
    let desk = Desk::with_two_agreements();
    for signal in [Signal::TERM, Signal::INT] {
        let service = Running::start(&desk, "serve --listen 127.0.0.1:0");
        assert_eq!(service.get("/health/live").0, 200);
        assert_eq!(service.get("/health/ready").0, 200);
        let info = desk.json("info");
        assert_eq!(info["service"]["address"], service.url.as_str());
        assert_eq!(info["service"]["pid"], service.child.id());
        let (status, body) = service.get("/v1/agreements/BRICK");
        assert!(status == 200 && body.contains("BRICK"), "{body}");
        service.signal(signal);
        let (code, said) = service.ended();
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("ended"), "{said}");
    }
    assert_eq!(desk.json("info")["service"]["running"], false);
    // What it held is free again.
    assert_eq!(refused(&desk, "note BRICK 'after the service'").0, Some(0));
}

#[test]
fn what_is_under_way_is_waited_for_and_a_second_signal_ends_it_at_once() {
    let desk = Desk::with_two_agreements();
    let mut service = Running::start(&desk, "serve --listen 127.0.0.1:0 --farewell 600");
    let mut half = TcpStream::connect(service.host()).unwrap();
    half.write_all(b"GET /version HTTP/1.1\r\nHost: x\r\n")
        .unwrap();
    std::thread::sleep(Duration::from_millis(200));
    service.signal(Signal::TERM);
    std::thread::sleep(Duration::from_millis(500));
    assert!(service.is_running(), "half a request is under way");
    assert!(
        TcpStream::connect(service.host()).is_err(),
        "nothing new is taken"
    );
    let asked = Instant::now();
    service.signal(Signal::TERM);
    let (code, said) = service.ended();
    assert!(asked.elapsed() < Duration::from_secs(3));
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("interrupted"), "{said}");

    // The one that is let through ends with its answer.
    let service = Running::start(&desk, "serve --listen 127.0.0.1:0 --farewell 600");
    let mut half = TcpStream::connect(service.host()).unwrap();
    half.write_all(b"GET /version HTTP/1.1\r\nHost: x\r\n")
        .unwrap();
    std::thread::sleep(Duration::from_millis(200));
    service.signal(Signal::TERM);
    std::thread::sleep(Duration::from_millis(200));
    half.write_all(b"\r\n").unwrap();
    let mut answer = String::new();
    half.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(service.ended().0, Some(0));
}

#[test]
fn a_port_that_is_taken_is_told() {
    let desk = Desk::with_two_agreements();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let (code, said) = refused(&desk, &format!("serve --listen {address}"));
    assert_eq!(code, Some(2));
    assert!(
        said.contains(&format!("{address} is in use by another program")),
        "{said}"
    );
    let (code, said) = refused(&desk, "serve --listen 192.0.2.1:0");
    assert!(
        code == Some(2) && said.contains("is no address of this machine"),
        "{said}"
    );
    let (code, said) = refused(&desk, "serve --listen 0.0.0.0:0");
    assert!(
        code == Some(1)
            && said.contains("no token is valid")
            && said.contains("dealtrail token add"),
        "{said}"
    );
}

#[test]
fn a_ledger_that_cannot_be_served_is_told() {
    let desk = Desk::with_two_agreements();
    let service = Running::start(&desk, "serve --listen 127.0.0.1:0");
    let (code, said) = refused(&desk, "serve --listen 127.0.0.1:0");
    let pid = service.child.id();
    assert_eq!(code, Some(2));
    assert!(
        said.contains(&format!(
            "open for recording in another process (process {pid})"
        )),
        "{said}"
    );
    service.signal(Signal::TERM);
    assert_eq!(service.ended().0, Some(0));
    let (code, said) = refused(&desk, "serve --data nowhere --listen 127.0.0.1:0");
    assert!(
        code == Some(2) && said.contains("`dealtrail init` makes a ledger"),
        "{said}"
    );
    std::fs::write(desk.ledger().join("LEDGER"), "{").unwrap();
    std::fs::write(desk.ledger().join("LEDGER.copy"), "{").unwrap();
    let (code, said) = refused(&desk, "serve --listen 127.0.0.1:0");
    assert!(code == Some(2) && said.contains("LEDGER"), "{said}");
}

#[test]
fn settings_come_from_a_file_and_what_is_wrong_in_it_is_told() {
    let desk = Desk::with_two_agreements();
    let file = desk.path().join("settings.toml");
    std::fs::write(
        &file,
        "listen = \"127.0.0.1:0\"\nlog_requests = true\nlog_format = \"json\"\n",
    )
    .unwrap();
    let service = Running::start(&desk, "serve --config settings.toml");
    assert_eq!(service.get("/version").0, 200);
    let (_, recorded) = noted(&service.url, "one", "a word that is in no log").unwrap();
    service.signal(Signal::TERM);
    let (code, said) = service.ended();
    assert_eq!(code, Some(0));
    let lines = said.lines().filter(|line| line.starts_with('{'));
    let lines: Vec<serde_json::Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        lines.iter().any(|line| line["message"] == "ready"),
        "{said}"
    );
    let asked = lines.iter().find(|line| line["message"] == "request");
    let asked = asked.unwrap_or_else(|| panic!("{said}"));
    assert_eq!(
        (&asked["method"], &asked["status"]),
        (&"GET".into(), &200.into())
    );
    assert_eq!(asked["path"], "\"/version\"");
    assert!(
        asked["span"]["id"]
            .as_str()
            .is_some_and(|id| !id.is_empty()),
        "{asked}"
    );
    let wrote = lines.iter().find(|line| line["method"] == "POST");
    let span = &wrote.unwrap_or_else(|| panic!("{said}"))["span"];
    let id = recorded["events"][0]["id"].as_str().unwrap();
    assert!(
        span["events"]
            .as_str()
            .is_some_and(|events| events.contains(id)),
        "{span}"
    );
    assert_eq!(span["actor"], "u:local");
    assert!(!said.contains("a word that is in no log"), "{said}");
    std::fs::write(&file, "lissen = \"127.0.0.1:0\"\n").unwrap();
    let (code, said) = refused(&desk, "serve --config settings.toml");
    assert!(
        code == Some(2) && said.contains("did you mean `listen`?"),
        "{said}"
    );
    let (code, said) = refused(&desk, "serve --max-connections many");
    assert!(
        code == Some(2) && said.contains("--max-connections"),
        "{said}"
    );
    let (code, said) = refused(&desk, "serve --tls-cert nowhere.pem --tls-key nowhere.pem");
    assert!(
        code == Some(2) && said.contains("nowhere.pem cannot be read"),
        "{said}"
    );
}

#[test]
fn how_much_it_takes_on_can_be_set() {
    let desk = Desk::with_two_agreements();
    let service = Running::start(
        &desk,
        "serve --listen 127.0.0.1:0 --max-uri 300 --max-body 2KiB",
    );
    assert_eq!(service.get("/v1/agreements/BRICK").0, 200);
    let (status, body) = service.get(&format!("/v1/search?q={}", "x".repeat(300)));
    assert!(status == 414 && body.contains("300 bytes"), "{body}");
    service.signal(Signal::TERM);
    assert_eq!(service.ended().0, Some(0));
    let (code, said) = refused(&desk, "serve --max-body 1GiB");
    assert!(
        code == Some(2) && said.contains("write a number of bytes from 1 KiB to 4 MiB"),
        "{said}"
    );
}

#[test]
fn every_setting_is_in_the_help_and_in_the_book() {
    let desk = Desk::bare();
    let help = String::from_utf8(desk.quiet("serve --help").stdout).unwrap();
    let book = std::fs::read_to_string("docs/service.md").unwrap();
    for setting in dealtrail::config::SETTINGS {
        for word in [setting.flag, setting.environment] {
            assert!(help.contains(word), "{word} is not in the help:\n{help}");
        }
        let row = format!("| `{}` |", setting.key);
        assert!(book.contains(&row), "{row} is not in docs/service.md");
        assert!(book.contains(&format!("`{}`", setting.environment)));
    }
}

#[test]
fn whoever_manages_services_is_told() {
    let desk = Desk::with_two_agreements();
    let socket = desk.path().join("notify");
    let manager = UnixDatagram::bind(&socket).unwrap();
    manager
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let told = || {
        let mut words = [0; 256];
        let length = manager.recv(&mut words).unwrap();
        String::from_utf8_lossy(&words[..length]).into_owned()
    };
    let named = [("NOTIFY_SOCKET", socket.as_path())];
    let service = Running::start_with(&desk, "serve --listen 127.0.0.1:0", &named);
    assert!(told().starts_with("READY=1\n"));
    service.signal(Signal::TERM);
    assert!(told().starts_with("STOPPING=1\n"));
    assert_eq!(service.ended().0, Some(0));
}

#[test]
fn a_demonstration_is_served_until_it_is_ended() {
    let desk = Desk::bare();
    let service = Running::start(&desk, "demo ledger --listen 127.0.0.1:0");
    let (status, body) = service.get("/v1/agreements/AG-2025-003");
    assert!(status == 200 && body.contains("AG-2025-003"), "{body}");
    let url = service.url.clone();
    service.signal(Signal::TERM);
    let (code, said) = service.ended();
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains(&format!("{url}/docs")) && said.contains("Ctrl-C ends it"),
        "{said}"
    );
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let output = desk.quiet(&format!(
        "demo ledger --listen {}",
        taken.local_addr().unwrap()
    ));
    let (code, said) = told(&output);
    assert!(
        code == Some(2) && said.contains("is in use by another program"),
        "{said}"
    );
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("3 steps on 2 agreements"), "{printed}");
}

/// Records a note, as the command `key`; gives what was answered, if an answer came.
fn noted(url: &str, key: &str, words: &str) -> Option<(u16, serde_json::Value)> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .into();
    let body = serde_json::json!({ "kind": "noted", "data": { "words": words } }).to_string();
    let sent = agent
        .post(format!("{url}/v1/agreements/BRICK/events"))
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .send(body);
    let mut answer = sent.ok()?;
    let status = answer.status().as_u16();
    let text = answer.body_mut().read_to_string().ok()?;
    Some((status, serde_json::from_str(&text).ok()?))
}

#[test]
fn what_was_answered_over_http_is_there_after_a_kill() {
    let desk = Desk::with_two_agreements();
    let service = Running::start(&desk, "serve --listen 127.0.0.1:0");
    let url = service.url.clone();
    let senders: Vec<_> = (0..4)
        .map(|sender| {
            let url = url.clone();
            std::thread::spawn(move || {
                let mut answered = Vec::new();
                for number in 0..10_000 {
                    let key = format!("sender-{sender}-{number}");
                    match noted(&url, &key, &key) {
                        Some((201, answer)) => answered.push((key, answer)),
                        Some((status, answer)) => panic!("{status} {answer}"),
                        None => return (answered, key),
                    }
                }
                panic!("nobody killed it");
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(1_500));
    service.signal(Signal::KILL);
    let told: Vec<_> = senders.into_iter().map(|one| one.join().unwrap()).collect();
    assert_eq!(service.ended().0, None, "it was killed");
    let service = Running::start(&desk, "serve --listen 127.0.0.1:0");
    let (mut answers, mut events) = (0, std::collections::BTreeSet::new());
    for (answered, unanswered) in told {
        for (key, before) in answered {
            // Sent again it is the same command, with the answer it had.
            let (status, again) = noted(&service.url, &key, &key).unwrap();
            assert_eq!((status, &again["replayed"]), (200, &true.into()), "{again}");
            assert_eq!(again["events"][0]["id"], before["events"][0]["id"]);
            assert_eq!(again["position"], before["position"]);
            assert!(events.insert(again["events"][0]["id"].to_string()));
            answers += 1;
        }
        let (status, _) = noted(&service.url, &unanswered, &unanswered).unwrap();
        assert!(
            status == 201 || status == 200,
            "whether it was recorded or not"
        );
    }
    assert!(
        answers > 20,
        "{answers} answers are too few to prove anything"
    );
    service.signal(Signal::TERM);
    assert_eq!(service.ended().0, Some(0));
    let (code, said) = refused(&desk, "verify");
    assert_eq!(code, Some(0), "{said}");
}

//! A running service, asked over its API.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::authority;
use super::failure::Failure;
use super::problem;

/// How long an answer may take: reports over everything, and files on their way.
const TIME: Duration = Duration::from_secs(120);
/// How long the service may take to be reached.
const CONNECT: Duration = Duration::from_secs(5);
/// The most that is read of an answer, in bytes: the largest file that is taken as evidence, and a little.
const MAX_ANSWER: u64 = 257 << 20;

/// The code of an answer that did not come, or not whole, from a service that was reached.
pub(super) const BROKEN_OFF: &str = "broken_off";

/// What is sent with a request beyond its address.
#[derive(Debug, Default)]
pub(super) struct Sending<'a> {
    /// Headers by name.
    pub(super) headers: Vec<(&'static str, String)>,
    /// The body and its media type.
    pub(super) body: Option<(&'a str, Vec<u8>)>,
}

/// A service at an address.
pub(super) struct Client {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
    /// The first answer that was missed where nobody could be told at once.
    missed: Mutex<Option<Failure>>,
}

impl Client {
    /// The service at an address such as `https://ledger.example`.
    /// `authority` names a file with the certificates, in PEM, of those who vouch for the service's own.
    pub(super) fn at(
        server: &str,
        (token, authority): (Option<&str>, Option<&Path>),
    ) -> Result<Self, Failure> {
        let base = server.trim().trim_end_matches('/');
        let is_tls = base.starts_with("https://");
        if !is_address(base) {
            return Err(Failure::of_field(
                "--server",
                format!("{server:?} is no address of a service"),
            )
            .hint("write such as http://127.0.0.1:7878 or https://ledger.example"));
        }
        if is_tls && !cfg!(feature = "tls") {
            let sentence = "this dealtrail was built without TLS (cargo's feature `tls`)";
            return Err(Failure::broken("unreachable", sentence)
                .hint("use a build with it, as released ones are"));
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // A token goes to the service that was named and to no other.
            .max_redirects(0)
            .timeout_global(Some(TIME))
            .timeout_connect(Some(CONNECT))
            .user_agent(concat!("dealtrail/", env!("CARGO_PKG_VERSION")));
        let config = match authority {
            None => config,
            Some(file) => authority::believing(config, file)?,
        };
        Ok(Self {
            agent: config.build().new_agent(),
            base: base.to_owned(),
            token: token.map(str::to_owned),
            missed: Mutex::new(None),
        })
    }

    /// Asks for a value.
    pub(super) fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &impl Serialize,
    ) -> Result<T, Failure> {
        self.read(&self.bytes(path, query)?)
    }

    /// Asks for bytes.
    pub(super) fn bytes(&self, path: &str, query: &impl Serialize) -> Result<Vec<u8>, Failure> {
        let query = serde_urlencoded::to_string(query)
            .map_err(|error| Failure::broken("service", error.to_string()))?;
        let path = match query.is_empty() {
            true => path.to_owned(),
            false => format!("{path}?{query}"),
        };
        self.send("GET", &path, Sending::default())
    }

    /// Sends something and reads the answer.
    pub(super) fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        sending: Sending<'_>,
    ) -> Result<T, Failure> {
        self.read(&self.send("POST", path, sending)?)
    }

    /// What was asked, or nothing when that failed: the failure is kept and told before anything is sent.
    pub(super) fn or_missed<T>(&self, asked: Result<Option<T>, Failure>) -> Option<T> {
        asked.unwrap_or_else(|failure| {
            let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
            missed.get_or_insert(failure);
            None
        })
    }

    /// Refuses to go on when an answer was missed.
    pub(super) fn nothing_missed(&self) -> Result<(), Failure> {
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        missed.take().map_or(Ok(()), Err)
    }

    fn read<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, Failure> {
        serde_json::from_slice(body).map_err(|error| {
            let sentence = format!("the answer of {} cannot be read: {error}", self.base);
            Failure::broken("service", sentence)
                .hint("use the same release of dealtrail as the service")
        })
    }

    fn send(&self, method: &str, path: &str, sending: Sending<'_>) -> Result<Vec<u8>, Failure> {
        let mut answer = self.answer(method, path, sending)?;
        let mut body = Vec::new();
        let read = answer
            .body_mut()
            .as_reader()
            .take(MAX_ANSWER)
            .read_to_end(&mut body);
        read.map_err(|error| self.broken_off(&error))?;
        match answer.status().as_u16() {
            200..=299 => Ok(body),
            status => Err(problem::failure(&self.base, status, &body)),
        }
    }

    /// Asks for lines of at most `longest` bytes, and hands each to `each` as it comes, until that says `false`.
    pub(super) fn lines(
        &self,
        (path, media): (&str, &str),
        longest: usize,
        each: &mut dyn FnMut(&[u8]) -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        let sending = Sending {
            headers: vec![("accept", media.to_owned())],
            body: None,
        };
        let mut answer = self.answer("GET", path, sending)?;
        if !answer.status().is_success() {
            let mut body = Vec::new();
            let read = answer.body_mut().as_reader().take(MAX_ANSWER);
            let read = { read }.read_to_end(&mut body);
            read.map_err(|error| self.broken_off(&error))?;
            return Err(problem::failure(
                &self.base,
                answer.status().as_u16(),
                &body,
            ));
        }
        let mut lines = BufReader::with_capacity(64 << 10, answer.body_mut().as_reader());
        let mut line = Vec::new();
        loop {
            line.clear();
            let most = (longest as u64).saturating_add(1);
            let read = { &mut lines }.take(most).read_until(b'\n', &mut line);
            if read.map_err(|error| self.broken_off(&error))? == 0 {
                return Ok(());
            }
            if line.pop() != Some(b'\n') {
                return Err(self.broken_off(&"a line has no end"));
            }
            if !each(&line)? {
                return Ok(());
            }
        }
    }

    fn answer(
        &self,
        method: &str,
        path: &str,
        sending: Sending<'_>,
    ) -> Result<ureq::http::Response<ureq::Body>, Failure> {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in sending.headers {
            request = request.header(name, value);
        }
        let malformed = |error: ureq::http::Error| {
            Failure::of_field("--server", format!("{}: {error}", self.base))
                .hint("write such as http://127.0.0.1:7878 or https://ledger.example")
        };
        let answer = match sending.body {
            Some((media, body)) => {
                let request = request.header("content-type", media).body(body);
                self.agent.run(request.map_err(malformed)?)
            }
            None => self.agent.run(request.body(()).map_err(malformed)?),
        };
        answer.map_err(|error| self.unanswered(error))
    }

    /// Nobody answered: because nobody was reached, or because whoever was reached went away.
    fn unanswered(&self, error: ureq::Error) -> Failure {
        use std::io::ErrorKind;
        use ureq::{Error, Timeout};
        let is_reached = match &error {
            Error::HostNotFound
            | Error::ConnectionFailed
            | Error::BadUri(_)
            | Error::Timeout(Timeout::Resolve | Timeout::Connect) => false,
            // What the handshake of TLS says is wrong is an error of this kind.
            Error::Io(error) => !matches!(
                error.kind(),
                ErrorKind::ConnectionRefused
                    | ErrorKind::HostUnreachable
                    | ErrorKind::NetworkUnreachable
                    | ErrorKind::TimedOut
                    | ErrorKind::InvalidData
            ),
            _ => true,
        };
        let is_other_protocol = matches!(error, Error::Protocol(_));
        match is_reached {
            true if is_other_protocol && self.base.starts_with("http://") => self
                .broken_off(&error)
                .hint("it does not speak HTTP there: when the service has a certificate, write https://"),
            true => self.broken_off(&error),
            false => Failure::broken(
                "unreachable",
                format!("{} cannot be reached: {error}", self.base),
            )
            .hint(unreachable_hint(&error)),
        }
    }

    fn broken_off(&self, error: &dyn std::fmt::Display) -> Failure {
        let sentence = format!("{} gave no whole answer: {error}", self.base);
        Failure::broken(BROKEN_OFF, sentence)
            .hint("ask again; when it stays so, see whether the service runs and what it logs")
    }
}

/// Whether a text is the address of a service: a scheme, a machine, perhaps a port and a path below which a server in front
/// hands on. Who asks is said by the token alone.
fn is_address(base: &str) -> bool {
    let uri = base.parse::<ureq::http::Uri>().ok();
    uri.is_some_and(|uri| {
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let port = authority.rsplit_once(':').map(|(_, port)| port);
        let port = port.filter(|port| !port.ends_with(']'));
        matches!(uri.scheme_str(), Some("http" | "https"))
            && !authority.is_empty()
            && !authority.contains('@')
            && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
            && uri.query().is_none()
            && !base.contains('#')
    })
}

/// What to do about a service that could not be reached.
fn unreachable_hint(error: &ureq::Error) -> &'static str {
    let said = error.to_string();
    if said.contains("certificate") {
        return "its certificate is not vouched for by an authority that is known here: name the authority's with --ca FILE, \
                and write the machine's name as the certificate has it";
    }
    if said.contains("corrupt message") {
        return "it speaks no TLS there: when the service has no certificate, write http://";
    }
    "check the address and that the service runs; `dealtrail serve` starts one"
}

/// A part of a path, with everything but letters, digits and `-._~` escaped (RFC 3986 section 2.1).
pub(super) fn part(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_path_stays_one() {
        assert_eq!(part("AG-2025-001"), "AG-2025-001");
        assert_eq!(part("a/b?c=%2f ü"), "a%2Fb%3Fc%3D%252f%20%C3%BC");
    }

    #[test]
    fn what_is_no_address_is_refused_before_anything_is_sent() {
        for server in [
            "",
            "ledger.example",
            "ftp://ledger.example",
            "http://",
            "http://ledger.example?x=1",
            "http://ledger.example#x",
            "http://somebody@ledger.example",
            "http://ledger.example:99999",
            "http://ledger.example:0",
            "http://ledger example",
        ] {
            let refused = Client::at(server, (None, None)).err();
            assert_eq!(refused.unwrap().code, "malformed", "{server}");
        }
        for server in [
            "http://127.0.0.1:1/",
            "http://[::1]:7878",
            "http://[::1]",
            "https://ledger.example/below",
        ] {
            assert!(Client::at(server, (None, None)).is_ok(), "{server}");
        }
    }

    #[test]
    fn who_cannot_be_reached_is_named_with_what_to_do() {
        let client = Client::at("http://127.0.0.1:1", (None, None)).unwrap();
        let failure = client.bytes("/version", &()).unwrap_err();
        assert_eq!(failure.code, "unreachable");
        assert_eq!(failure.exit as u8, 2);
        assert!(
            failure.sentence.contains("http://127.0.0.1:1"),
            "{failure:?}"
        );
        assert!(failure.hint.is_some());
    }

    #[test]
    fn an_answer_that_was_missed_is_told_before_anything_is_sent() {
        let client = Client::at("http://127.0.0.1:1", (None, None)).unwrap();
        assert!(client.nothing_missed().is_ok());
        let failed = Err(Failure::broken("unreachable", "gone"));
        assert_eq!(client.or_missed::<u8>(failed), None);
        assert_eq!(client.nothing_missed().unwrap_err().sentence, "gone");
    }
}

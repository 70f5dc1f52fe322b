//! How a request leaves the machine.

use std::io::Read;
use std::time::Duration;

/// How long a witness may take for its whole answer.
const TIME: Duration = Duration::from_secs(15);
/// How long it may take to be reached.
const CONNECT: Duration = Duration::from_secs(5);
/// The most that is read of an answer, in bytes: many cosignatures of the longest kind.
const MAX_ANSWER: u64 = 256 << 10;

/// An answer of HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The body, as far as it is read.
    pub body: Vec<u8>,
}

/// Sends requests.
pub trait Post: Sync {
    /// Posts a text and waits for the answer.
    ///
    /// # Errors
    /// When there is none, in a few words.
    fn post(&self, url: &str, body: &str) -> Result<Reply, String>;
}

/// HTTP over the network; with TLS where the feature `tls` is built in.
pub struct Network(ureq::Agent);

impl Default for Network {
    fn default() -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(TIME))
            .timeout_connect(Some(CONNECT))
            .user_agent(concat!("dealtrail/", env!("CARGO_PKG_VERSION")));
        Self(config.build().new_agent())
    }
}

impl Post for Network {
    fn post(&self, url: &str, body: &str) -> Result<Reply, String> {
        if url.starts_with("https:") && !cfg!(feature = "tls") {
            return Err("this dealtrail was built without TLS (cargo's feature `tls`)".to_owned());
        }
        let sent = self
            .0
            .post(url)
            .content_type("text/plain; charset=utf-8")
            .send(body);
        let mut response = sent.map_err(|error| error.to_string())?;
        let mut bytes = Vec::new();
        let read = response
            .body_mut()
            .as_reader()
            .take(MAX_ANSWER)
            .read_to_end(&mut bytes);
        read.map_err(|error| error.to_string())?;
        Ok(Reply {
            status: response.status().as_u16(),
            body: bytes,
        })
    }
}

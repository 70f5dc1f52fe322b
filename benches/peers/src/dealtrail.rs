//! dealtrail over HTTP/1.1, on a plain socket that stays open.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::load::Item;
use crate::peer::{Amount, Thing};

/// A number for each command: no two are the same.
static COMMANDS: AtomicU64 = AtomicU64::new(0);

/// A connection to the service.
pub(crate) struct Dealtrail {
    address: String,
    stream: TcpStream,
    answer: Vec<u8>,
}

/// What the head of an answer says.
struct Head {
    status: u16,
    /// How long the head is, with the empty line behind it.
    head: usize,
    /// How long the body is.
    body: usize,
    /// The version of the one thing that the answer is about.
    version: Option<u64>,
}

impl Dealtrail {
    pub(crate) async fn connect(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await;
        let stream = stream.with_context(|| format!("dealtrail does not answer at {address}"))?;
        stream.set_nodelay(true)?;
        let address = address.to_owned();
        Ok(Self {
            address,
            stream,
            answer: Vec::with_capacity(64 << 10),
        })
    }

    pub(crate) async fn load(&mut self, items: &[Item]) -> Result<Vec<u64>> {
        let written = items.iter().map(|item| match item.version {
            0 => registration(&item.name),
            _ => note(&item.name, &item.remark),
        });
        let written: Vec<String> = written.collect();
        self.post("/v1/batches", None, &batch(&written)).await?;
        Ok(items.iter().map(|item| item.version + 1).collect())
    }

    pub(crate) async fn append(&mut self, thing: &mut Thing, remarks: &[String]) -> Result<()> {
        let (name, expected) = (&thing.name, Some(thing.expected));
        let head = if let [remark] = remarks {
            let path = format!("/v1/agreements/{name}/events");
            let body = format!(r#"{{"kind":"noted","data":{{"words":"{remark}"}}}}"#);
            self.post(&path, expected, &body).await?
        } else {
            let items: Vec<String> = remarks.iter().map(|remark| note(name, remark)).collect();
            self.post("/v1/batches", expected, &batch(&items)).await?
        };
        let now = thing.expected + remarks.len() as u64;
        ensure!(
            head.version == Some(now),
            "{name} is at {:?} and not at {now}",
            head.version
        );
        thing.expected = now;
        Ok(())
    }

    pub(crate) async fn read(&mut self, name: &str) -> Result<usize> {
        let request = format!(
            "GET /v1/agreements/{name}/events HTTP/1.1\r\nHost: localhost\r\nAccept: application/x-ndjson\r\n\r\n"
        );
        let head = self.ask(request.as_bytes()).await?;
        ensure!(head.status == 200, "{}", self.said());
        let body = self.answer.get(head.head..).unwrap_or_default();
        Ok(lines(body) as usize)
    }

    /// On a connection of its own: its end is the end of the ledger.
    pub(crate) async fn replay(&mut self) -> Result<Amount> {
        let mut stream = TcpStream::connect(&self.address).await?;
        let request = "GET /v1/ledger/events HTTP/1.0\r\nHost: localhost\r\nAccept: application/x-ndjson\r\n\r\n";
        stream.write_all(request.as_bytes()).await?;
        let mut piece = vec![0; 256 << 10];
        let mut length = 0;
        let end = loop {
            let room = piece.get_mut(length..).unwrap_or_default();
            let read = stream.read(room).await?;
            ensure!(read > 0, "the answer has no head");
            length += read;
            if let Some(end) = head_end(piece.get(..length).unwrap_or_default()) {
                break end;
            }
        };
        let head = String::from_utf8_lossy(piece.get(..end).unwrap_or_default()).into_owned();
        ensure!(head.starts_with("HTTP/1.0 200 "), "{head}");
        let position = field(&head, "dealtrail-position").context("the answer has no position")?;
        let position: u64 = position.parse()?;
        let body = piece.get(end..length).unwrap_or_default();
        let mut amount = Amount {
            events: lines(body),
            bytes: body.len() as u64,
        };
        loop {
            let read = stream.read(&mut piece).await?;
            if read == 0 {
                break;
            }
            amount.events += lines(piece.get(..read).unwrap_or_default());
            amount.bytes += read as u64;
        }
        ensure!(
            amount.events == position,
            "{} events of {position} came",
            amount.events
        );
        amount.bytes = amount.bytes.saturating_sub(amount.events);
        Ok(amount)
    }

    /// Records something; anything but 201 is a failure.
    async fn post(&mut self, path: &str, expected: Option<u64>, body: &str) -> Result<Head> {
        let command = COMMANDS.fetch_add(1, Ordering::Relaxed);
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: peers-{command}\r\n"
        );
        if let Some(version) = expected {
            write!(request, "If-Match: \"{version}\"\r\n")?;
        }
        write!(request, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        let head = self.ask(request.as_bytes()).await?;
        ensure!(head.status == 201, "{}", self.said());
        Ok(head)
    }

    async fn ask(&mut self, request: &[u8]) -> Result<Head> {
        self.stream.write_all(request).await?;
        self.answer.clear();
        let mut head = None;
        loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                bail!("the connection ended before the answer: {}", self.said());
            }
            if head.is_none() {
                head = parse(&self.answer)?;
            }
            if head
                .as_ref()
                .is_some_and(|head| self.answer.len() >= head.head + head.body)
            {
                return head.context("the answer has no head");
            }
        }
    }

    fn said(&self) -> String {
        String::from_utf8_lossy(&self.answer).into_owned()
    }
}

fn registration(name: &str) -> String {
    format!(
        r#"{{"kind":"agreement_registered","data":{{"class":"practical","instrument":"contract","nature":"greenfield","ref":"{name}","titles":{{"en":"Agreement {name}"}}}}}}"#
    )
}

fn note(name: &str, remark: &str) -> String {
    format!(r#"{{"ref":"{name}","kind":"noted","data":{{"words":"{remark}"}}}}"#)
}

fn batch(items: &[String]) -> String {
    format!(r#"{{"events":[{}]}}"#, items.join(","))
}

fn lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// Where the body of an answer begins.
fn head_end(answer: &[u8]) -> Option<usize> {
    memchr::memmem::find(answer, b"\r\n\r\n").map(|at| at + 4)
}

/// A field of a head; the service writes their names in small letters.
fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    fields.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The head of an answer, once all of it is there.
fn parse(answer: &[u8]) -> Result<Option<Head>> {
    let Some(end) = head_end(answer) else {
        return Ok(None);
    };
    let head = std::str::from_utf8(answer.get(..end).unwrap_or_default())?;
    let status = head.split(' ').nth(1).context("the answer has no status")?;
    let body = field(head, "content-length").context("the answer does not say how long it is")?;
    let version = field(head, "etag").and_then(|tag| tag.trim_matches('"').parse().ok());
    Ok(Some(Head {
        status: status.parse()?,
        head: end,
        body: body.parse()?,
        version,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "HTTP/1.1 201 Created\r\netag: \"3\"\r\ncontent-length: 2\r\n\r\n{}";

    #[test]
    fn a_head_is_read_once_all_of_it_is_there() {
        let end = ANSWER.len() - 2;
        for part in 0..end {
            assert!(
                parse(&ANSWER.as_bytes()[..part]).unwrap().is_none(),
                "{part}"
            );
        }
        let head = parse(ANSWER.as_bytes()).unwrap().unwrap();
        assert_eq!((head.status, head.head, head.body), (201, end, 2));
        assert_eq!(head.version, Some(3));
    }

    #[test]
    fn an_answer_that_does_not_say_how_long_it_is_is_refused() {
        assert!(parse(b"HTTP/1.1 201 Created\r\n\r\n").is_err());
    }
}

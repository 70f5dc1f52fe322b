//! HTTP/2 and TLS: what clients of others agree on with the service, and what it puts up with.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use dealtrail::http::server::{Limits, serve};
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

const LIMITS: Limits = Limits {
    head: Duration::from_millis(400),
    connections: 4,
    farewell: Duration::from_secs(2),
};

fn routes() -> Router {
    let slow = async || {
        tokio::time::sleep(Duration::from_millis(900)).await;
        "slow"
    };
    Router::new()
        .route("/quick", get(async || "quick"))
        .route("/slow", get(slow))
}

/// Serves without TLS until the sender is dropped.
async fn plain() -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(async {
        serve(listener, routes(), LIMITS, async { drop(stopped.await) }).await;
    });
    (address, stop, server)
}

type Sender = http2::SendRequest<String>;

/// A client that begins with HTTP/2.
async fn begun<I>(stream: I) -> (Sender, tokio::task::JoinHandle<hyper::Result<()>>)
where
    I: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    (sender, tokio::spawn(connection))
}

fn request(path: &str) -> Request<String> {
    let uri = format!("http://service{path}");
    Request::get(uri).body(String::new()).unwrap()
}

async fn text(answer: Response<Incoming>) -> String {
    let body = axum::body::Body::new(answer.into_body());
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_begins_with_http_2_is_answered_in_it_many_at_a_time() {
    let (address, stop, server) = plain().await;
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = begun(stream).await;
    let answers = (0..20).map(|_| sender.send_request(request("/slow")));
    let answers: Vec<_> = answers.collect();
    let begun_at = Instant::now();
    for answer in answers {
        let answer = answer.await.unwrap();
        assert_eq!(
            (answer.version(), answer.status().as_u16()),
            (Version::HTTP_2, 200)
        );
        assert_eq!(text(answer).await, "slow");
    }
    assert!(
        begun_at.elapsed() < Duration::from_secs(9),
        "one after the other takes eighteen"
    );
    // Asked to end, it answers what is under way and takes nothing new.
    let last = sender.send_request(request("/slow"));
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(stop);
    assert_eq!(text(last.await.unwrap()).await, "slow");
    server.await.unwrap();
    connection.await.unwrap().unwrap();
    assert!(sender.send_request(request("/quick")).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_on_which_nothing_is_under_way_is_closed() {
    let (address, _stop, _server) = plain().await;
    // One that says nothing, one that breaks off in the preface of HTTP/2, one that spoke it and falls silent.
    for words in [&b""[..], b"PRI * HT", b"GET / HTTP/1.1\r\nHo"] {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        stream.write_all(words).unwrap();
        let mut rest = Vec::new();
        let ended = stream.read_to_end(&mut rest);
        let open = ended.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
        assert!(!open, "{words:?} keeps a connection");
    }
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = begun(stream).await;
    // What takes longer than a connection may be idle is no idleness.
    assert_eq!(
        text(sender.send_request(request("/slow")).await.unwrap()).await,
        "slow"
    );
    let ended = tokio::time::timeout(Duration::from_secs(10), connection).await;
    assert!(ended.is_ok(), "a silent client keeps its connection");
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_have_a_length() {
    let (address, _stop, _server) = plain().await;
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, _connection) = begun(stream).await;
    let mut long = request("/quick");
    let value = "x".repeat(40 << 10).parse().unwrap();
    long.headers_mut().insert("x-long", value);
    let answer = sender.send_request(long).await;
    let refused = answer
        .as_ref()
        .is_ok_and(|answer| answer.status().as_u16() == 431);
    assert!(refused || answer.is_err(), "{answer:?}");
}

#[cfg(feature = "tls")]
mod secured {
    use std::path::Path;
    use std::sync::Arc;

    use dealtrail::http::server::serve_changing;
    use dealtrail::http::tls::{Files, Tls, TlsError};
    use rcgen::{CertifiedKey, generate_simple_self_signed};
    use rustls::pki_types::{CertificateDer, ServerName};
    use rustls::{ClientConfig, RootCertStore};
    use tokio_rustls::TlsConnector;
    use tokio_rustls::client::TlsStream;

    use super::*;

    /// Writes a certificate and its key, and gives the certificate.
    fn certified(dir: &Path) -> CertificateDer<'static> {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(dir.join("cert.pem"), cert.pem()).unwrap();
        std::fs::write(dir.join("key.pem"), signing_key.serialize_pem()).unwrap();
        cert.der().clone()
    }

    fn files(dir: &Path) -> Files {
        Files {
            certificate: dir.join("cert.pem"),
            key: dir.join("key.pem"),
        }
    }

    /// Connects as a client that trusts this certificate and speaks these protocols.
    async fn connected(
        address: SocketAddr,
        trusted: &CertificateDer<'static>,
        protocols: &[&str],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions().unwrap();
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols
            .iter()
            .map(|one| one.as_bytes().to_vec())
            .collect();
        let stream = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_version_is_agreed_on_in_the_handshake_and_the_certificate_can_change() {
        let dir = tempfile::tempdir().unwrap();
        let first = certified(dir.path());
        let tls = Arc::new(Tls::load(files(dir.path())).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (_stop, stopped) = oneshot::channel::<()>();
        tokio::spawn({
            let tls = Arc::clone(&tls);
            async {
                let stop = async { drop(stopped.await) };
                serve_changing((listener, Some(tls)), routes, LIMITS, stop).await;
            }
        });
        let both = ["h2", "http/1.1"];
        let stream = connected(address, &first, &both).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let (mut sender, _connection) = begun(stream).await;
        assert_eq!(
            text(sender.send_request(request("/quick")).await.unwrap()).await,
            "quick"
        );
        let old = connected(address, &first, &["http/1.1"]).await.unwrap();
        assert_eq!(old.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake::<_, String>(TokioIo::new(old))
                .await
                .unwrap();
        tokio::spawn(connection);
        let mut asked = request("/quick");
        asked
            .headers_mut()
            .insert("host", "localhost".parse().unwrap());
        assert_eq!(
            text(sender.send_request(asked).await.unwrap()).await,
            "quick"
        );

        assert!(!tls.reload().unwrap(), "nothing has changed");
        std::fs::write(dir.path().join("cert.pem"), "no certificate").unwrap();
        assert!(matches!(tls.reload(), Err(TlsError::Without { .. })));
        assert!(
            connected(address, &first, &both).await.is_ok(),
            "the one in use stays"
        );
        let second = certified(dir.path());
        assert!(tls.reload().unwrap());
        assert!(connected(address, &second, &both).await.is_ok());
        assert!(
            connected(address, &first, &both).await.is_err(),
            "it is used no more"
        );
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        let dir = tempfile::tempdir().unwrap();
        certified(dir.path());
        let key = std::fs::read(dir.path().join("key.pem")).unwrap();
        certified(dir.path());
        std::fs::write(dir.path().join("key.pem"), key).unwrap();
        let told = |files| Tls::load(files).map(drop).unwrap_err().to_string();
        let other = told(files(dir.path()));
        assert!(other.contains("cannot be used together"), "{other}");
        let none = told(Files {
            certificate: dir.path().join("none.pem"),
            ..files(dir.path())
        });
        assert!(none.contains("none.pem cannot be read"), "{none}");
        std::fs::write(dir.path().join("key.pem"), "").unwrap();
        let empty = told(files(dir.path()));
        assert!(empty.contains("key.pem holds no secret key"), "{empty}");
    }
}

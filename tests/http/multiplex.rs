//! What one connection of HTTP/2 may ask at once, frame by frame (RFC 9113): no client at hand would ask so much.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::service::Service;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
/// Error codes (RFC 9113 section 7).
const REFUSED_STREAM: u32 = 7;
const CANCEL: u32 = 8;
const ENHANCE_YOUR_CALM: u32 = 11;

struct Frame {
    kind: u8,
    stream: u32,
    payload: Vec<u8>,
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// A whole request: GET of a path, with its fields as HPACK has them in its static table (RFC 7541 appendix A).
fn asked(stream: u32, path: &str) -> Vec<u8> {
    let literal = |index: u8, text: &str| {
        let mut field = vec![index, u8::try_from(text.len()).unwrap()];
        field.extend_from_slice(text.as_bytes());
        field
    };
    let mut block = vec![0x82, 0x86];
    block.extend(literal(4, path));
    block.extend(literal(1, "localhost"));
    // END_STREAM and END_HEADERS.
    frame(HEADERS, 0x5, stream, &block)
}

/// A connection that was begun, and what the service announced of itself.
fn begun(service: &Service) -> (TcpStream, Vec<(u16, u32)>) {
    let mut stream = TcpStream::connect(service.address).unwrap();
    let patience = Duration::from_secs(20);
    stream.set_read_timeout(Some(patience)).unwrap();
    stream.write_all(PREFACE).unwrap();
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).unwrap();
    let first = read(&mut stream).unwrap();
    assert_eq!((first.kind, first.stream), (SETTINGS, 0));
    let settings = first.payload.chunks_exact(6).map(|one| {
        let name = u16::from_be_bytes([one[0], one[1]]);
        (name, number(&one[2..]))
    });
    let settings = settings.collect();
    stream.write_all(&frame(SETTINGS, 1, 0, &[])).unwrap();
    (stream, settings)
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_be_bytes(bytes[..4].try_into().unwrap())
}

/// The next frame; `None` when the connection ended or nothing comes.
fn read(stream: &mut TcpStream) -> Option<Frame> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).ok()?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; length as usize];
    stream.read_exact(&mut payload).ok()?;
    Some(Frame {
        kind: head[3],
        stream: number(&head[5..]),
        payload,
    })
}

#[test]
fn more_requests_than_are_taken_at_once_are_turned_away_one_by_one() {
    let service = Service::start();
    let (mut stream, settings) = begun(&service);
    assert!(
        settings.contains(&(3, 100)),
        "SETTINGS_MAX_CONCURRENT_STREAMS: {settings:?}"
    );
    assert!(
        settings.contains(&(6, 16 << 10)),
        "SETTINGS_MAX_HEADER_LIST_SIZE: {settings:?}"
    );
    // A follower of the ledger is under way until it is ended.
    let requests = (0..130).map(|n| asked(1 + 2 * n, "/v1/ledger/stream"));
    stream
        .write_all(&requests.collect::<Vec<_>>().concat())
        .unwrap();
    let (mut taken, mut refused) = (0, 0);
    while taken + refused < 130 {
        let frame = read(&mut stream).expect("an answer to each");
        match frame.kind {
            HEADERS => taken += 1,
            RST_STREAM => {
                assert_eq!(
                    number(&frame.payload),
                    REFUSED_STREAM,
                    "stream {}",
                    frame.stream
                );
                refused += 1;
            }
            GOAWAY => panic!("the connection was ended for it"),
            _ => {}
        }
    }
    assert_eq!((taken, refused), (100, 30));
    assert_eq!(service.get("/health/ready").status, 200);
}

/// CVE-2023-44487: requests that are taken back as soon as they are sent never count as under way.
#[test]
fn requests_that_are_taken_back_without_end_end_the_connection() {
    let service = Service::start();
    let (mut stream, _) = begun(&service);
    let mut flood = Vec::new();
    for n in 0..2_000 {
        let number = 1 + 2 * n;
        flood.extend(asked(number, "/v1/agreements"));
        flood.extend(frame(RST_STREAM, 0, number, &CANCEL.to_be_bytes()));
    }
    // The service may end it while this is still being written.
    let _ = stream.write_all(&flood);
    let mut reason = None;
    while let Some(frame) = read(&mut stream) {
        if frame.kind == GOAWAY {
            reason = Some(number(&frame.payload[4..]));
        }
    }
    assert_eq!(reason, Some(ENHANCE_YOUR_CALM));
    assert_eq!(service.get("/health/ready").status, 200);
}

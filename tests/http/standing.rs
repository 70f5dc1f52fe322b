//! Many connections that are opened and left standing keep nobody out.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use dealtrail::http::server::Limits;

use super::service::Service;

/// More than there are places for.
const STANDING: usize = 300;

#[test]
fn connections_left_standing_give_their_places_to_others() {
    let service = Service::start_with(Limits {
        connections: 100,
        // So long that none of them ends for its time.
        head: Duration::from_secs(300),
        ..Limits::default()
    });
    let mut kept = TcpStream::connect(service.address).unwrap();
    kept.set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    ask(&mut kept);
    let standing: Vec<TcpStream> = (0..STANDING)
        .map(|n| {
            let mut stream = TcpStream::connect(service.address).unwrap();
            // Each says a part of a request, and the first of some never ends.
            if n % 2 == 0 {
                stream
                    .write_all(b"GET /version HTTP/1.1\r\nHost: x\r\nX-Slow:")
                    .unwrap();
            }
            stream
        })
        .collect();
    let began = Instant::now();
    for _ in 0..50 {
        assert_eq!(service.get("/version").status, 200);
    }
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
    // Whoever was answered before keeps their connection while others never asked anything.
    ask(&mut kept);
    let closed = standing.iter().filter(|stream| is_closed(stream)).count();
    assert!(closed >= STANDING - 100, "{closed}");
}

fn ask(stream: &mut TcpStream) {
    stream
        .write_all(b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    let mut answer = [0; 4096];
    let length = stream.read(&mut answer).unwrap();
    assert!(
        answer[..length].starts_with(b"HTTP/1.1 200"),
        "{}",
        String::from_utf8_lossy(&answer[..length])
    );
}

fn is_closed(stream: &TcpStream) -> bool {
    stream
        .set_read_timeout(Some(Duration::from_millis(2)))
        .unwrap();
    let mut stream = stream;
    match stream.read(&mut [0; 16]) {
        Ok(length) => length == 0,
        Err(error) => !matches!(
            error.kind(),
            std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
        ),
    }
}

//! A service that asks for no tokens is for programs of its own machine, and not for pages that happen to be open there.
//!
//! A page from elsewhere can make a browser send requests to `127.0.0.1`, and a name of its own can be made to lead there (DNS
//! rebinding). Neither can say that the request is for this machine by name, or that it comes from a page of it.

use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri, header};

use super::problem::Problem;

/// Lets through what is asked of this machine by its own names, and not by a page of another origin.
///
/// # Errors
/// When the request is meant for another name, or a page from elsewhere sent it.
pub fn of_this_machine(uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    let asked = match uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok()),
    };
    if !asked.is_some_and(is_own_name) {
        return Err(Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "not_this_machine",
            "this service asks for no tokens and answers only what is asked of localhost or 127.0.0.1",
            "ask it by one of these names on its own machine; to let others in, make tokens with `dealtrail token add`",
        ));
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let origin = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"));
    match origin.is_some_and(|(_, host)| is_own_name(host)) {
        true => Ok(()),
        false => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "other_origin",
            "a page from elsewhere sent this, and this service asks for no tokens",
            "send it from a program, or from a page that this machine serves",
        )),
    }
}

/// Whether an authority, with or without a port, is this machine's own.
fn is_own_name(authority: &str) -> bool {
    let Ok(authority) = authority.parse::<Authority>() else {
        return false;
    };
    let host = authority.host();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = |address: std::net::IpAddr| address.is_loopback();
    host.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn asked(host: &str, origin: Option<&str>) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        let answer = of_this_machine(&Uri::from_static("/v1/agreements"), &headers);
        answer.err().map(|problem| problem.code)
    }

    #[test]
    fn names_of_this_machine_are_let_in_and_no_others() {
        for own in [
            "localhost",
            "localhost:7878",
            "127.0.0.1:7878",
            "[::1]:7878",
            "LOCALHOST",
            "127.8.9.1",
        ] {
            assert_eq!(asked(own, None), None, "{own}");
        }
        let others = [
            "ledger.example",
            "localhost.example:7878",
            "10.0.0.1:7878",
            "127.0.0.1.example",
            "",
            "[::2]",
            "user@example",
        ];
        for other in others {
            assert_eq!(asked(other, None), Some("not_this_machine"), "{other}");
        }
        let none = of_this_machine(&Uri::from_static("/"), &HeaderMap::new());
        assert!(none.is_err(), "a request without a name");
        let whole = Uri::from_static("http://localhost:7878/");
        assert!(
            of_this_machine(&whole, &HeaderMap::new()).is_ok(),
            "HTTP/2 names it in the address"
        );
    }

    #[test]
    fn pages_from_elsewhere_are_not() {
        assert_eq!(asked("localhost:7878", Some("http://localhost:7878")), None);
        assert_eq!(asked("localhost:7878", Some("http://127.0.0.1:3000")), None);
        for other in [
            "https://page.example",
            "null",
            "file://",
            "http://localhost.example",
        ] {
            assert_eq!(
                asked("localhost:7878", Some(other)),
                Some("other_origin"),
                "{other}"
            );
        }
    }
}

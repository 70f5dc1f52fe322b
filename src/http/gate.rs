//! The gate of every route: how much is under way, who asks, whether they may, and what is kept of it.
//!
//! In this order, so that the cheapest answers come first: a place in the budget of the route, the token, its pace, the
//! table of roles, whether the access log takes what will be decided, the announced length of the body. Only then does the
//! handler run, within a time limit; and whatever becomes of it, one record of it is kept.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Utc;

use super::ask::{NO_SUCH_PART, POSITION};
use super::counting::counted;
use super::front::{self, RequestId};
use super::limits::{Load, Turn, Wait};
use super::locality::of_this_machine;
use super::problem::Problem;
use super::sending::{Excess, Fate, Sent, Watched};
use super::server::Peer;
use super::state::Api;
use crate::service::access::log::AccessLog;
use crate::service::access::log::decision::Decision;
use crate::service::access::role::{Action, Role, allows};
use crate::service::access::{Access, Caller, Unknown};

/// What is asked of a request to a route.
pub struct Rule {
    /// The API.
    pub api: Api,
    /// Its path, with the names of its parts in braces.
    pub path: &'static str,
    /// What the route is for.
    pub action: Action,
    /// Which budget it takes from.
    pub load: Load,
    /// Its name.
    pub route: &'static str,
    /// Its method.
    pub method: &'static str,
}

/// A handler behind its gate. All that stands before a handler is one future around its own: as layers of the router each would
/// be cloned with all those behind it, and kept in a box, for every request.
#[derive(Clone)]
pub struct Gated<H> {
    rule: Arc<Rule>,
    handler: H,
}

impl<H> Gated<H> {
    /// A handler behind the gate of its route.
    #[must_use]
    pub fn new(rule: Arc<Rule>, handler: H) -> Self {
        Self { rule, handler }
    }
}

impl<T: 'static, H: Handler<T, Api>> Handler<T, Api> for Gated<H> {
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, api: Api) -> Self::Future {
        Box::pin(async move {
            let Self { rule, handler } = self;
            let handled = |request| handler.call(request, api);
            let passed = |request| pass(&rule, request, handled);
            let counted = |request| counted(&rule.api, rule.path, request, passed);
            front::stand(&rule.api, request, counted).await
        })
    }
}

/// Lets a request through to its handler when whoever sends it may; the [`Caller`] goes with it.
async fn pass<F: Future<Output = Response>>(
    rule: &Rule,
    mut request: Request,
    handled: impl FnOnce(Request) -> F,
) -> Response {
    let Some(turn) = rule.api.limits().enter(rule.load) else {
        return busy().into_response();
    };
    let from = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let caller = rule.api.access().caller(token(request.headers()));
    let mut turns: Vec<Turn> = turn.into_iter().collect();
    match rule.paced(&caller, from) {
        Ok(turn) => turns.extend(turn),
        Err(problem) => return problem.into_response(),
    }
    let mut kept = match rule.kept(&request, from, caller.as_ref().ok()) {
        Ok(kept) => kept,
        Err(problem) => return problem.into_response(),
    };
    let caller = match rule.admits(caller, &request) {
        Ok(caller) => caller,
        Err(problem) => {
            kept.refused(&problem);
            let mut response = problem.into_response();
            if response.status() == StatusCode::UNAUTHORIZED {
                let scheme = HeaderValue::from_static("Bearer realm=\"dealtrail\"");
                response
                    .headers_mut()
                    .insert(header::WWW_AUTHENTICATE, scheme);
            }
            return response;
        }
    };
    if let Some(caller) = &caller {
        let actor = tracing::field::display(&caller.actor.id);
        tracing::Span::current().record("actor", actor);
        request.extensions_mut().insert(caller.clone());
    }
    let answered = match rule.supervised(request) {
        Ok((request, fate)) => rule.answered(handled(request), fate.as_ref()).await,
        Err(problem) => problem.into_response(),
    };
    kept.answered(&answered);
    // An answer of unknown length is a long one: it goes on after its head was sent.
    match answered.body().size_hint().exact() {
        Some(_) => answered,
        None => {
            let api = rule.api.clone();
            answered.map(|body| Body::new(Watched::new(body, api, caller, turns)))
        }
    }
}

impl Rule {
    /// Counts the request with whoever sends it.
    fn paced(
        &self,
        caller: &Result<Caller, Unknown>,
        from: Option<IpAddr>,
    ) -> Result<Option<Turn>, Problem> {
        let limits = self.api.limits();
        if let Access::Open(_) = self.api.access() {
            // Nobody but this machine.
            return Ok(None);
        }
        let token = caller.as_ref().ok().and_then(Caller::token);
        let counted = match token {
            Some(token) => limits.of_token(token).map(Some),
            None => limits.of_address(from).map(|()| None),
        };
        counted.map_err(|wait| {
            let (sentence, seconds) = match wait {
                Wait::TooFast(seconds) => ("requests come too fast", seconds),
                Wait::TooMany => ("too many requests of yours are under way", 1),
            };
            Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_requests",
                sentence,
                "wait as long as Retry-After says; send fewer at a time, or several events in one batch",
            )
            .after(seconds.max(1))
        })
    }

    /// Whoever asks, when they may.
    fn admits(
        &self,
        caller: Result<Caller, Unknown>,
        request: &Request,
    ) -> Result<Option<Caller>, Problem> {
        if self.action.is_public() {
            return Ok(caller.ok());
        }
        if let Access::Open(_) = self.api.access() {
            of_this_machine(request.uri(), request.headers())?;
        }
        match caller {
            Ok(caller) if caller.may(self.action) => Ok(Some(caller)),
            Ok(caller) => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                match allows(Some(caller.role), self.action) {
                    true => "this token was narrowed and may not do this".to_owned(),
                    false => format!("the role {} may not do this", caller.role),
                },
                "ask whoever administers the service for a token that may",
            )
            .with("action", self.action.as_str())
            .with("roles", roles(self.action))),
            Err(Unknown::Unreadable) => Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "tokens_unreadable",
                "the service cannot read which tokens are valid, and lets nobody in",
                "whoever runs the service finds the reason in its log",
            )
            .retry()),
            Err(error @ (Unknown::NoToken | Unknown::NotValid)) => Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "token",
                error.to_string(),
                "send a valid one as `Authorization: Bearer …`; an administrator makes them with `dealtrail token add`",
            )),
        }
    }

    /// The record of what is decided now; none for what everybody may.
    fn kept(
        &self,
        request: &Request,
        from: Option<IpAddr>,
        caller: Option<&Caller>,
    ) -> Result<Kept, Problem> {
        let log = match self.api.log() {
            Some(log) if !self.action.is_public() => log,
            _ => return Ok(Kept(None)),
        };
        if !log.is_ready() {
            return Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "access_log",
                "the access log cannot be written, and nothing is answered that could not be looked up later",
                "whoever runs the service frees space on the ledger's disk; it goes on by itself then",
            )
            .retry());
        }
        let id = request.extensions().get::<RequestId>();
        let decision = Decision {
            at: Utc::now(),
            who: caller.map(Caller::who),
            from,
            method: self.method,
            path: request.uri().path().into(),
            route: self.route,
            action: self.action,
            refused: None,
            status: None,
            position: None,
            request: id.map_or_else(|| Arc::from(""), |id| Arc::clone(&id.0)),
        };
        Ok(Kept(Some((Arc::clone(log), decision))))
    }

    /// The request with its body under supervision.
    fn supervised(&self, request: Request) -> Result<(Request, Option<Fate>), Problem> {
        let hint = request.body().size_hint();
        if hint.exact() == Some(0) {
            return Ok((request, None));
        }
        encoded_as_it_is(request.headers())?;
        let settings = self.api.limits().settings();
        let most = match self.load {
            Load::Upload => settings.upload_bytes,
            _ => settings.body_bytes,
        };
        // What announces more than is read is not waited for.
        if hint.lower() > most {
            return Err(too_much(self.load, Excess::TooLong, most));
        }
        let (parts, body) = request.into_parts();
        let (sent, fate) = Sent::new(body, most, settings.body_time);
        Ok((Request::from_parts(parts, Body::new(sent)), Some(fate)))
    }

    async fn answered(
        &self,
        handled: impl Future<Output = Response>,
        fate: Option<&Fate>,
    ) -> Response {
        let settings = self.api.limits().settings();
        let time = match self.load {
            Load::Long | Load::Upload => settings.long_time,
            _ => settings.time,
        };
        let Ok(response) = tokio::time::timeout(time, handled).await else {
            return self.too_slow(time).into_response();
        };
        match fate.and_then(Fate::excess) {
            // Whatever the handler made of a body that broke off.
            Some(excess) if !response.status().is_success() => {
                let most = match self.load {
                    Load::Upload => settings.upload_bytes,
                    _ => settings.body_bytes,
                };
                too_much(self.load, excess, most).into_response()
            }
            _ if is_rejection(&response) => {
                Problem::malformed("path", NO_SUCH_PART).into_response()
            }
            _ => response,
        }
    }

    fn too_slow(&self, time: Duration) -> Problem {
        let hint = match self.load {
            Load::Write | Load::Upload => {
                "it is not known whether it was recorded; send the same again with the same Idempotency-Key, and it is \
                 recorded once"
            }
            _ => "try again in a moment, or ask for less",
        };
        let sentence = format!("this took longer than {} seconds", time.as_secs());
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_slow", sentence, hint).retry()
    }
}

/// Refuses a body that is sent in another form than its own: what is recorded is what was sent, byte for byte.
fn encoded_as_it_is(headers: &HeaderMap) -> Result<(), Problem> {
    let encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    let mut encodings = encodings.map(HeaderValue::as_bytes);
    match encodings.find(|encoding| !encoding.eq_ignore_ascii_case(b"identity")) {
        None => Ok(()),
        Some(encoding) => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media_type",
            format!(
                "the body is sent with `Content-Encoding: {}`, which is not taken",
                encoding.escape_ascii()
            ),
            "send it as it is, without an encoding",
        )),
    }
}

/// The roles that may do something, for people who ask why theirs may not.
fn roles(action: Action) -> Vec<&'static str> {
    let all = Role::ALL.iter();
    let may = all.filter(|role| allows(Some(**role), action));
    may.map(|role| role.as_str()).collect()
}

fn busy() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "overloaded",
        "the service has as much under way as it can take",
        "nothing was read of this request; try again in a moment",
    )
    .retry()
}

/// A body that was not taken.
fn too_much(load: Load, excess: Excess, most: u64) -> Problem {
    match excess {
        Excess::TooLong if load == Load::Upload => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "evidence_too_large",
            format!("the file has more than {most} bytes, which is the limit of this service"),
            "attach an extract of it",
        )
        .with("limit", most),
        Excess::TooLong => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_long",
            format!("the body has more than {most} bytes"),
            "send less at a time, in several requests",
        )
        .with("limit", most),
        Excess::TooSlow => Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_too_slow",
            "the body did not arrive in time",
            "nothing was recorded; send it again",
        ),
    }
}

/// Whether the framework refused the request before the handler saw it, in its own words: a part of the path that is no number.
fn is_rejection(response: &Response) -> bool {
    let media = response.headers().get(header::CONTENT_TYPE);
    let media = media.and_then(|media| media.to_str().ok());
    response.status() == StatusCode::BAD_REQUEST
        && media.is_some_and(|media| media.starts_with("text/plain"))
}

/// The token of a request (RFC 6750 section 2.1).
fn token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A record that is kept whatever happens: also when whoever asked went away before they were answered.
struct Kept(Option<(Arc<AccessLog>, Decision)>);

impl Kept {
    fn refused(&mut self, problem: &Problem) {
        if let Some((_, decision)) = &mut self.0 {
            decision.refused = Some(problem.code);
            decision.status = Some(problem.status.as_u16());
        }
    }

    fn answered(&mut self, response: &Response) {
        if let Some((_, decision)) = &mut self.0 {
            decision.status = Some(response.status().as_u16());
            if response.status() == StatusCode::FORBIDDEN {
                // The route let them in, and what they asked for in it was not theirs to ask.
                decision.refused = Some("forbidden");
            }
            let position = response.headers().get(POSITION);
            let position = position.and_then(|position| position.to_str().ok());
            decision.position = position.and_then(|position| position.parse().ok());
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some((log, decision)) = self.0.take() {
            log.decided(decision);
        }
    }
}

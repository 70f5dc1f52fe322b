//! The API: the list of its routes, and who is let through to them.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use super::endpoint::Endpoint;
use super::problem::Problem;
use super::state::Api;
use super::{agreements, counting, greeting, health, metrics};
use crate::service::access::Caller;
use crate::service::access::role::{Action, allows};

/// Every route of the API.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    let mut all = greeting::endpoints();
    all.extend(health::endpoints());
    all.extend(metrics::endpoints());
    all.extend(agreements::endpoints());
    all
}

/// The router of the API.
pub fn routes(api: Api) -> Router {
    let mut router = Router::new();
    for endpoint in endpoints() {
        let rule = (api.clone(), endpoint.action);
        let handler = endpoint
            .handler
            .route_layer(from_fn_with_state(rule, admitted));
        router = router.route(endpoint.path, handler);
    }
    router
        .fallback(async || {
            Problem::new(
                StatusCode::NOT_FOUND,
                "no_such_path",
                "there is nothing at this path",
                "/docs shows what there is",
            )
        })
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "no_such_method",
                "this path does not take this method",
                "/docs shows what it takes",
            )
        })
        .layer(from_fn_with_state(api.clone(), counting::counted))
        .with_state(api)
}

/// Lets a request through to its handler when whoever sends it may; the [`Caller`] goes with it.
async fn admitted(
    State((api, action)): State<(Api, Action)>,
    mut request: Request,
    next: Next,
) -> Response {
    match caller(&api, action, request.headers()) {
        Ok(caller) => {
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

fn caller(api: &Api, action: Action, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
    let known = api.access().caller(token(headers));
    let role = known.as_ref().ok().map(|caller| caller.role);
    if allows(role, action) {
        return Ok(known.ok());
    }
    match known {
        Err(error) => Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "token",
            error.to_string(),
            "send a valid one as `Authorization: Bearer …`; an administrator makes them with `dealtrail token add`",
        )),
        Ok(_) => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "the role of this token may not do this",
            "ask whoever administers the service for a token of another role",
        )),
    }
}

/// The token of a request (RFC 6750 section 2.1).
fn token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

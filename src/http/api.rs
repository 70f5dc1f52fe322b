//! The API: the list of its routes, and who is let through to them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::counting::counted;
use super::docs::Described;
use super::endpoint::Endpoint;
use super::problem::Problem;
use super::state::Api;
use super::{
    access_log, docs, evidence, feed, front, greeting, health, inspect, lists, lookups, metrics,
    problem_pages, published, recording, reports, things,
};

/// Every route of the API.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    let mut all = greeting::endpoints();
    all.extend(health::endpoints());
    all.extend(metrics::endpoints());
    all.extend(things::endpoints());
    all.extend(lists::endpoints());
    all.extend(lookups::endpoints());
    all.extend(inspect::endpoints());
    all.extend(reports::endpoints());
    all.extend(recording::endpoints());
    all.extend(access_log::endpoints());
    all.extend(docs::endpoints(&Arc::new(Described::new(endpoints))));
    all.extend(problem_pages::endpoints());
    all.extend(feed::endpoints());
    all.extend(published::endpoints());
    all.extend(evidence::endpoints());
    all
}

/// The router of the API.
pub fn routes(api: Api) -> Router {
    let mut router = Router::new();
    for endpoint in endpoints() {
        router = router.route(endpoint.path, endpoint.of(&api));
    }
    router
        .fallback(async |State(api): State<Api>, request: Request| {
            let problem = Problem::new(
                StatusCode::NOT_FOUND,
                "no_such_path",
                "there is nothing at this path",
                "/docs shows what there is",
            );
            refused(&api, request, problem).await
        })
        .method_not_allowed_fallback(async |State(api): State<Api>, request: Request| {
            let problem = Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "no_such_method",
                "this path does not take this method",
                "/docs shows what it takes",
            );
            refused(&api, request, problem).await
        })
        .with_state(api)
}

/// What no route takes, counted like everything else.
async fn refused(api: &Api, request: Request, problem: Problem) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("", MatchedPath::as_str);
    let answered = async |_| problem.into_response();
    front::stand(api, request, |request| {
        counted(api, path, request, answered)
    })
    .await
}

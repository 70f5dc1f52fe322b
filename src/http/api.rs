//! The API: the list of its routes, and who is let through to them.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::{Extension, Router};

use super::docs::Described;
use super::endpoint::Endpoint;
use super::problem::Problem;
use super::state::Api;
use super::{
    access_log, counting, docs, evidence, feed, front, gate, greeting, health, inspect, lists,
    lookups, metrics, problem_pages, published, recording, reports, things,
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
    all.extend(docs::endpoints());
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
        let rule = gate::Rule {
            api: api.clone(),
            action: endpoint.action,
            load: endpoint.load,
            route: endpoint.id,
            method: endpoint.method_name(),
        };
        let handler = endpoint
            .handler
            .route_layer(from_fn_with_state(rule, gate::pass));
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
        .layer(Extension(Arc::new(Described::new(endpoints))))
        .layer(from_fn_with_state(api.clone(), front::stand))
        .with_state(api)
}

//! The API described: for programs at `/openapi.json`, for people at `/docs`.

use std::sync::{Arc, OnceLock};

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::docs_page;
use super::endpoint::Endpoint;
use super::openapi::describe;
use super::pages::{self, HTML};
use crate::service::access::role::Action;

/// Its routes.
#[must_use]
pub fn endpoints(described: &Arc<Described>) -> Vec<Endpoint> {
    let (for_programs, for_people) = (Arc::clone(described), Arc::clone(described));
    vec![
        Endpoint::get(Action::Greet, "/openapi.json", async move || {
            openapi(&for_programs)
        })
        .called("openapi", "This description, for programs (OpenAPI 3.1)")
        .giving::<serde_json::Value>(StatusCode::OK),
        Endpoint::get(Action::Greet, "/docs", async move || docs(&for_people))
            .called("docs", "This description, for people")
            .giving_bytes(StatusCode::OK, HTML),
    ]
}

/// The description of the routes, made when it is first asked for.
pub struct Described {
    routes: fn() -> Vec<Endpoint>,
    made: OnceLock<(String, String)>,
}

impl Described {
    /// The description of these routes.
    #[must_use]
    pub fn new(routes: fn() -> Vec<Endpoint>) -> Self {
        Self {
            routes,
            made: OnceLock::new(),
        }
    }

    fn made(&self) -> &(String, String) {
        self.made.get_or_init(|| {
            let described = describe(&(self.routes)());
            let page = docs_page::render(&described);
            (described.to_string(), page)
        })
    }
}

fn openapi(described: &Described) -> Response {
    let mut response = described.made().0.clone().into_response();
    let headers = response.headers_mut();
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn docs(described: &Described) -> Response {
    pages::answer(described.made().1.clone())
}
